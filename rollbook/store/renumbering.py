"""Other unique ids for a human: what is known through them has another key then, and the old ids are remembered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..fields import RECORDS, Record
from ..model.people import Person
from .references import key_of

if TYPE_CHECKING:
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
    for fact, new in numbers.items():
        if before[fact] != new:
            batch.kept.history.renumbered(batch.district, fact, before[fact], identity)


def _known_by(batch: Batch, record: type[Record], identity: str) -> Iterator[tuple[type[Record], str]]:
    """The records whose natural key leads through a record."""
    for other in (r for r in RECORDS.values() if not r.derived()):
        steps = {name.split(".")[0] for name in other.natural if "." in name}
        for name in (n for n, ref in other.refs().items() if n in steps and ref.target is record):
            led = key_of(record, ":district", ":id")
            told = f'"{other.told_by}"' if other.told_by else "NULL"
            rows = batch.connection.execute(
                f'SELECT id, {told} FROM "{other.table}" WHERE district = :district AND "{name}" = {led}',
                {"district": batch.district, "id": identity},
            ).fetchall()
            for row, kind in rows:
                known = other.of_row({other.told_by: kind})
                yield known, row
                yield from _known_by(batch, known, row)
