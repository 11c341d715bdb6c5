"""Moving a hub's store from a data directory into a PostgreSQL database, and back.

Every row is copied as it is: keys, numbers of writes, digests. So the hub that comes out of it answers with the same
bytes, and its numbers go on from where they were. Rows are copied in the order of their primary keys, some megabytes
in each transaction, together with a mark of how far that has come; who is killed goes on from there.

While it lasts nobody else has the source, so that it is of one moment, and nobody opens the target: a directory gets
its files when they are whole, and a database has a mark that every hub looks for. In the end a digest is made of each
table on both sides, and only when all agree does the target become a hub. The source stays as it is.
"""

from __future__ import annotations

from .moving import Moved, into_database, into_directory

__all__ = ["Moved", "into_database", "into_directory"]
