"""Other unique ids for a human: what is known through them has another key then, and the old ids are remembered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..fields import RECORDS, Record
from ..model.people import Person
from .connection import Connection
from .writing import Batch


def renumber(batch: Batch, identity: str, numbers: Mapping[str, str]) -> None:
    """Give a human (hub id) other unique ids, by stored fact.

    The history tells of the change for the human and for every record whose natural key leads through them.
    """
    before = batch.get(Person, identity) or {}
    knowing = [(kind, row, batch.keys(kind, row)) for kind, row in _known_by(batch, Person, identity)]
    batch.change(Person, identity, numbers)
    for kind, row, keys in knowing:
        batch.touch(kind, row, keys)
    old = [(batch.district, fact, before[fact], identity) for fact, new in numbers.items() if before[fact] != new]
    batch.connection.executemany("INSERT OR REPLACE INTO former_id VALUES (?, ?, ?, ?)", old)


def _known_by(batch: Batch, record: type[Record], identity: str) -> Iterator[tuple[type[Record], str]]:
    """The records whose natural key leads through a record."""
    for other in (r for r in RECORDS.values() if not r.derived()):
        steps = {name.split(".")[0] for name in other.natural if "." in name}
        for name in (n for n, ref in other.refs().items() if n in steps and ref.target is record):
            rows = batch.connection.execute(
                f'SELECT id FROM "{other.table}" WHERE district = ? AND "{name}" = ?', (batch.district, identity)
            ).fetchall()
            for (row,) in rows:
                yield other, row
                yield from _known_by(batch, other, row)


def formerly(connection: Connection, district: int, fact: str, value: str) -> list[tuple[str, str]]:
    """The humans of a district who had a unique id before: the hub id of each, and what it is now."""
    return connection.execute(
        f'SELECT p.id, p."{fact}" FROM former_id f JOIN person p ON p.district = f.district AND p.id = f.person'
        " WHERE f.district = ? AND f.fact = ? AND f.value = ?",
        (district, fact, value),
    ).fetchall()


def called(connection: Connection, district: int, fact: str, value: str) -> list[str]:
    """The humans (hub ids) of a district who have a unique id now."""
    rows = connection.execute(f'SELECT id FROM person WHERE district = ? AND "{fact}" = ?', (district, value))
    return [identity for (identity,) in rows]
