"""Edits at random, of any kind of record: facts, references, rows added and rows removed with their parts."""

from __future__ import annotations

import random
from collections.abc import Collection
from typing import Any

from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.fields import RECORDS, Code, Date, DateTime, Decimal, Field, Flag, Number, Record, Ref, Time
from rollbook.model.people import Person
from rollbook.store.writing import Batch
from tests.hub import THORNFIELD, Hub
from tests.looking import connected

from .asking import stored_in

THE_HUBS_OWN = ("rollbook.model.research", "rollbook.model.vocabulary", "rollbook.model.whole")
"""Where the kinds are declared that no district has, or whose facts say which kind a row is."""

KEPT = {
    record.__name__: record
    for record in RECORDS.values()
    if not record.derived()
    and record.__module__ not in THE_HUBS_OWN
    and record.__name__ not in ("District", "School", "Person")
}
"""The kinds of record of which a school has many."""

IDS = ("mis_id", "external_id", "xid", "estab", "school")
"""What a record is known by: it stays as it is."""


KEYS = {
    (fact.owner.__name__, fact.name)
    for endpoint in ENDPOINTS.values()
    for table in endpoint.tables
    for part in endpoint.parts(table)
    if part.key is not None
    for fact in stored_in(part.key)
}
"""The facts that tell the rows of a table apart: without them there is no row to speak of."""


def day(rng: random.Random) -> str:
    """A day near those of the demo."""
    return f"{rng.choice(['2025', '2026', '2026', '2026'])}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


def fresh(field: Field, rng: random.Random) -> Any:
    """A value of the field's kind."""
    if isinstance(field, Flag):
        return rng.choice([0, 1])
    if isinstance(field, Number | Decimal):
        return rng.randint(0, 60)
    if isinstance(field, Date):
        return day(rng)
    if isinstance(field, DateTime):
        return f"{day(rng)}T{rng.randint(8, 15):02}:00:00"
    if isinstance(field, Time):
        return f"{rng.randint(8, 15):02}:{rng.choice(['00', '30'])}"
    if isinstance(field, Code) and field.choices:
        return rng.choice(sorted(field.choices))
    return f"new {rng.randint(0, 10**6)}"


class Editor:
    """Edits the records of the first school, and those that its district shares."""

    def __init__(self, hub: Hub, rng: random.Random) -> None:
        self.hub, self.rng = hub, rng
        self.district, self.school, _ = hub.desk.schools.find(THORNFIELD)
        self._connection = connected(hub.store)
        self.done: list[str] = []

    def ids(self, record: type[Record]) -> list[str]:
        """The hub ids of a kind of record."""
        where = "school = ? OR school IS NULL" if "school" in record.fields else "'' <> ?"
        sql = f'SELECT id FROM "{record.table}" WHERE district = ? AND ({where}) ORDER BY id'
        return [identity for (identity,) in self._connection.execute(sql, (self.district, self.school))]

    def some(self, record: type[Record]) -> str | None:
        """The hub id of some record."""
        ids = self.ids(record)
        return self.rng.choice(ids) if ids else None

    def edit(self, kinds: Collection[str] = ()) -> None:
        """Change something, anything, as a source or a dialect would; one of these kinds more often than not."""
        near = sorted(k for k in kinds if k in RECORDS and not RECORDS[k].derived())
        record = RECORDS[self.rng.choice(near if near and self.rng.random() < 0.8 else [*sorted(KEPT), "Person"])]
        identity = self.some(record)
        if identity is None:
            return
        with self.hub.store.write(self.district) as batch:
            ways = [self.fact, self.fact, self.fact, self.move, self.add, self.remove]
            way = self.rng.choice(ways[:3] if record.__name__ not in KEPT else ways)
            self.done.append(f"{way.__name__} {record.__name__} {identity} {way(batch, record, identity)}")

    def touch(self) -> None:
        """Write something of every kind that changes nothing but its number."""
        with self.hub.store.write(self.district) as batch:
            for record in (*KEPT.values(), Person):
                identity = self.some(record)
                row = batch.get(record, identity) if identity else None
                if identity and row:
                    batch.change(record, identity, {"remainder": '{"$touched": 1}'})

    def fact(self, batch: Batch, record: type[Record], identity: str) -> str:
        """Change a fact, to what it is elsewhere, to nothing, or to something new."""
        names = [n for n, f in record.stored().items() if not isinstance(f, Ref) and n not in IDS]
        if not names:
            return ""
        name = self.rng.choice(names)
        value = self.value(batch, record, name)
        batch.change(record, identity, {name: value})
        return f"{name}={value}"

    def value(self, batch: Batch, record: type[Record], name: str) -> Any:
        """A value for a fact."""
        chance = self.rng.random()
        if chance < 0.4:
            other = self.some(record)
            row = batch.get(record, other) if other else None
            return row[name] if row else None
        empty = chance < 0.55 and (record.__name__, name) not in KEYS
        return None if empty else fresh(record.fields[name], self.rng)

    def move(self, batch: Batch, record: type[Record], identity: str) -> str:
        """Have a reference point at another record."""
        names = [n for n in record.refs() if n != "school"]
        if not names:
            return ""
        name = self.rng.choice(names)
        ref = record.refs()[name]
        value = self.some(ref.target) if ref.part_of or self.rng.random() < 0.8 else None
        batch.change(record, identity, {name: value})
        return f"{name}={value}"

    def add(self, batch: Batch, record: type[Record], identity: str) -> str:
        """Add a record that is like another one, but for some of its references and facts."""
        row = batch.get(record, identity)
        assert row is not None
        names = [*record.stored(), "remainder"]
        new = {n: v for n, v in row.items() if n in names and n not in IDS[:3] and not n.endswith("unique_id")}
        for name, ref in record.refs().items():
            if name != "school" and row[name] is not None and self.rng.random() < 0.5:
                new[name] = self.some(ref.target)
        return batch.add(record, [new])[0]

    def remove(self, batch: Batch, record: type[Record], identity: str) -> str:
        """Remove a record and its parts."""
        return str(batch.remove(record, identity))
