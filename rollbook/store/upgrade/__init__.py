"""Bringing a data directory of the older layout, where hub ids were the keys, up to the layout of migration 12.

The records are written anew into a file beside the old one, in a folder of their own: chunk by chunk, each a
transaction that keeps how far it has come, so that a process which is killed goes on where it was. Then every row of
the old file is compared with what the new one says of it, and only when all agree does the new file take the old one's
place. Until then the old file stays as it is, closed to every other process.

Memory is bounded by the pages that SQLite keeps; what must be known of the whole (which numbers are taken, which
moments there were) is in a second file in that folder, `notes.sqlite`, which is deleted at the end.
"""

from __future__ import annotations

from .opening import bring_up

__all__ = ["bring_up"]
