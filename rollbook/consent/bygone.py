"""What is gone: tombstones and changes of key as the history keeps them, and what is taken out of somebody's sight."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..fields import RECORDS, Record
from ..model.people import Person
from ..store.connection import Connection
from ..store.plan.sights import humans
from ..store.schema import columns
from ..store.sqlite import Store
from ..store.writing import OTHERS, SEER

STONE = "seq, at, kind, id, school, what, keys, made"
"""The columns of the history that a `Gone` is made of."""


@dataclass(frozen=True)
class Gone:
    """A record that is gone, or whose key changed: `keys` are the natural keys that it had, by dotted name."""

    seq: int
    at: str
    kind: str
    id: str
    school: str
    what: str
    keys: Mapping[str, Any]
    made: int | None = None
    """The number of the record's making; unknown of what is gone since before that was written down."""
    unseen: bool = False
    """Whether people are left out now whom it was of: nothing that is seen can have its key."""

    @property
    def humans(self) -> list[tuple[str, str | None]]:
        """The humans that it was, or was a part of: what each is, and the hub id."""
        record = RECORDS[self.kind]
        own: list[tuple[str, str | None]] = [(self.kind, self.id)] if record.human or record is Person else []
        return own + [
            (ref.target.__name__, self.keys.get(name))
            for name, ref in record.refs().items()
            if ref.part_of and ref.target.human
        ]

    @property
    def people(self) -> list[str]:
        """Their hub ids."""
        return [identity for _, identity in self.humans if identity]


TOLD = (
    f"""AND coalesce(keys ->> '$."{SEER}"', :seer) = :seer AND coalesce(keys ->> '$."{OTHERS}"', '') <> :seer"""
    f""" AND (keys ->> '$."{SEER}"' IS NOT NULL OR id NOT IN (SELECT id FROM veiled WHERE app = :seer AND NOT shown))"""
)
"""What holds of a row of the history that an app (`:seer`) is told, where there are veils."""


def history_of(
    store: Store, district: int, kinds: Iterable[str], since: int, until: int | None, seer: str = ""
) -> Iterator[Gone]:
    """What is gone of some kinds in a district, and keys that changed, after one number up to another.

    `seer` is the app that is told, where some records are veiled.
    """
    last, listed = 2**62 if until is None else until, json.dumps(sorted(kinds))
    with store.lend() as connection:
        rows = connection.execute(
            f"SELECT {STONE} FROM history WHERE district = :district AND seq > :since AND seq <= :last"
            f" AND kind IN (SELECT value FROM json_each(:kinds)) {TOLD if seer else ''} ORDER BY seq",
            {"district": district, "since": since, "last": last, "kinds": listed, "seer": seer},
        ).fetchall()
    return map(gone_from, rows)


def gone_from(row: tuple[Any, ...]) -> Gone:
    """A row of the history."""
    seq, at, kind, identity, school, what, keys, made = row
    return Gone(seq, at, kind, identity, school or "", what, json.loads(keys), made)


Stones = Mapping[tuple[str, str], list[Gone]]
"""By kind and hub id, in order, what a record was known by before each change of its key, and when it went."""


def by_record(stones: Iterable[Gone]) -> Stones:
    """What is said of each record, in order."""
    found: dict[tuple[str, str], list[Gone]] = {}
    for stone in stones:
        found.setdefault((stone.kind, stone.id), []).append(stone)
    return found


def first(stones: Stones, kind: str, identity: str, number: int) -> Gone | None:
    """The first thing said of a record from a number on."""
    return next((stone for stone in stones.get((kind, identity), ()) if stone.seq >= number), None)


def parts_left(
    connection: Connection, district: int, record: type[Record], left: Mapping[str, list[str]]
) -> dict[str, dict[str, Any]]:
    """By hub id the rows, column by column, that some humans (hub ids by kind) are, or that are parts of them."""
    found: dict[str, dict[str, Any]] = {}
    if record.derived() or "school" not in record.fields:
        return found
    names = list(columns(record))
    at, listed = names.index("id"), ", ".join(f't."{n}"' for n in names)
    for kind, identity in humans(record, "t"):
        rows = connection.execute(
            f'SELECT {listed} FROM "{record.table}" t WHERE t.district = ?'
            f" AND {identity} IN (SELECT value FROM json_each(?))",
            (district, json.dumps(left.get(kind.__name__, []))),
        )
        found |= {row[at]: dict(zip(names, row, strict=True)) for row in rows}
    return found
