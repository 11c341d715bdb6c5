"""Records of the older layout, drawn at random into the tables of the released migrations."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from rollbook.store import schema
from rollbook.store.connection import Opened, connect
from rollbook.store.upgrade.catalogue import Kind, kinds, tables

LAST = schema.BEGINNINGS["records"] - 1
"""The last number of the older layout."""

DISTRICTS = (0, 1, 2)

MOMENT = 23
"""The length of the moment in a stamp."""

FACTS: dict[str, tuple[Any, ...]] = {
    "TEXT": (None, "", "Zoë ☃", "007", '{"a": [1, "x"]}', 'O\'Neill, "Bo"'),
    "INTEGER": (None, 0, 1, -5, 2**40),
    "REAL": (None, 0.0, 1.5, -2.25),
}


def stamp(number: int) -> str:
    """The stamp of a write; a few writes are of one moment."""
    tenths = number // 7
    return f"2026-11-20T08:{tenths // 600 % 60:02d}:{tenths // 10 % 60:02d}.{tenths % 10}00{number:012d}"


def empty(folder: Path, number: int = LAST) -> Opened:
    """The records of a data directory of an older number: its tables, without rows."""
    folder.mkdir(exist_ok=True)
    database = connect(folder / "records.sqlite")
    for script in schema.migrations("records")[:number]:
        database.execute(script)
    database.execute(f"PRAGMA user_version = {number}")
    return database


def put(database: Opened, table: str, row: dict[str, Any]) -> None:
    """Insert a row, unless one of its keys is there."""
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    database.execute(f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})', tuple(row.values()))


class Draw:
    """What draws rows of every table: some changed, some with references to what is gone or never was.

    Where they `count_apart`, numbers of stamps are those of other rows as well, as in the first release, or missing.
    """

    def __init__(self, database: Opened, seed: int, *, count_apart: bool = False) -> None:
        self.database = database
        self.random = random.Random(seed)
        self.count_apart = count_apart
        self.last = 0
        self.there: dict[tuple[str, int], list[str]] = {}
        self.gone: dict[tuple[str, int], list[str]] = {}

    def fill(self, each: int) -> None:
        """Put about so many rows into every table."""
        with self.database:
            for kind in kinds().values():
                for district in DISTRICTS:
                    ids = [self.identity() for _ in range(self.random.randint(0, 2 * each // len(DISTRICTS)))]
                    self.there[kind.table, district] = ids
                    self.gone[kind.table, district] = [self.identity()]
            # Humans with a record in several districts have one hub id.
            self.there["person", 2] += self.there["person", 1][:2]
            for kind in kinds().values():
                for district in DISTRICTS:
                    self.records(kind, district)
            for table in self.others():
                for _ in range(each):
                    put(self.database, table, self.housekeeping(table))
            for district in DISTRICTS:
                clock = {"district": district, "seq": self.last, "at": stamp(self.last)[:MOMENT]}
                put(self.database, "clock", clock)

    def identity(self) -> str:
        """A hub id."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def number(self) -> int:
        """The number of the next write."""
        self.last += 1
        return self.last

    # ---- records

    def records(self, kind: Kind, district: int) -> None:
        """Insert the rows of a kind, and a word about those that are gone."""
        for identity in self.there[kind.table, district]:
            put(self.database, kind.table, self.record(kind, district, identity))
        for identity in self.gone[kind.table, district]:
            known = self.random.randint(1, self.number()) if self.count_apart else self.number()
            self.remember(kind, district, identity, "gone", self.random.choice((None, known)))

    def record(self, kind: Kind, district: int, identity: str) -> dict[str, Any]:
        """A row of a kind."""
        row: dict[str, Any] = {"district": district, "id": identity}
        made = self.made()
        facts = [name for name in self.columns(kind.table) if name not in {*row, "made", "seq", "changed", "remainder"}]
        row |= {name: self.fact(kind, district, name) for name in facts}
        row |= {"made": made, "seq": int(made[MOMENT:] or 0) if made[0] == "2" else 5, "changed": None}
        row["remainder"] = self.random.choice((None, None, '{"edfi": {"studentUniqueId": "☃"}}'))
        if facts and self.random.random() < 0.3:
            row |= self.change(kind, district, identity, facts, made)
        return row

    def made(self) -> str:
        """The stamp of a row's making."""
        own = stamp(self.number())
        other = stamp(self.random.randint(1, self.last))
        odd = (other, other, own[:MOMENT], f"m{self.last}") if self.count_apart else (own,)
        return self.random.choice((own, own, *odd))

    def change(self, kind: Kind, district: int, identity: str, facts: list[str], made: str) -> dict[str, Any]:
        """What the history of a row says that was changed once or twice, perhaps to another key."""
        changed: dict[str, str] = {}
        for _ in range(self.random.randint(1, 2)):
            number = self.number()
            changed |= dict.fromkeys(self.random.sample(facts, min(2, len(facts))), stamp(number))
        if self.random.random() < 0.3:
            number = self.number()
            changed[facts[0]] = stamp(number)
            self.remember(kind, district, identity, "key", int(made[MOMENT:] or 0) if made[0] == "2" else None, number)
        if self.count_apart and self.random.random() < 0.2:
            changed[facts[-1]] = "m3"
        return {"seq": self.last, "changed": json.dumps(changed)}

    def fact(self, kind: Kind, district: int, name: str) -> Any:
        """A value of a row: of a reference, the hub id of what is there, gone, in another district, or nowhere."""
        if name in kind.days:
            return self.random.choice((None, "2026-11-20", "1969-12-31", "2024-02-29"))
        if name not in kind.references:
            return self.random.choice(FACTS[self.columns(kind.table)[name]])
        target = kind.references[name]
        known = [*self.there[target, district], *self.there[target, district], None]
        lost = (*self.gone[target, district], *self.there[target, (district + 1) % 3][:1], "nowhere")
        return self.random.choice([*known, self.random.choice(lost)])

    def remember(
        self, kind: Kind, district: int, identity: str, what: str, made: int | None, number: int | None = None
    ) -> None:
        """Insert a row of the history."""
        seq = number or self.number()
        row = {"district": district, "seq": seq, "kind": kind.name, "id": identity, "school": None, "what": what}
        put(self.database, "history", {**row, "at": stamp(seq)[:MOMENT], "keys": '{"mis_id": "7"}', "made": made})

    # ---- the rest

    def others(self) -> Iterable[str]:
        """The tables that hold no records; grants first, since others name them."""
        named = (
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name <> 'grant'"
        )
        every = [name for (name,) in self.database.execute(named).fetchall()]
        return [name for name in every if name not in {*tables(), "history", "clock"}]

    def housekeeping(self, table: str) -> dict[str, Any]:
        """A row of a table that holds no records."""
        row = {name: self.value(name, kind) for name, kind in self.columns(table).items()}
        if table in ("chosen", "turned", "veiled"):
            row |= self.listed(table, row)
        return row

    def value(self, name: str, kind: str) -> Any:
        """A value that few other rows have."""
        number = self.number()
        if name == "district":
            return self.random.choice(DISTRICTS)
        if name == "at" and kind == "TEXT":
            return stamp(number)[:MOMENT]
        return {"TEXT": f"{name} {number} é", "INTEGER": number, "REAL": number / 8, "BLOB": number.to_bytes(4, "big")}[
            kind
        ]

    def listed(self, table: str, row: dict[str, Any]) -> dict[str, Any]:
        """Whom a row of a list names, and through which grant."""
        grants = self.database.execute('SELECT id, district FROM "grant"').fetchall()
        grant, district = self.random.choice([*grants, ("no such grant", 1)])
        kind = self.random.choice([*kinds().values()])
        ids = [*self.there[kind.table, row.get("district", district)], *self.gone[kind.table, district], "nobody"]
        named = {
            "kind": self.random.choice((kind.name, kind.name, kind.name, "Nonesuch")),
            "id": self.random.choice(ids),
        }
        if table == "turned":
            number = self.number()
            named |= {"seq": number, "at": stamp(number)[:MOMENT], "id": self.random.choice((named["id"], ""))}
        return named if table == "veiled" else {**named, "grant": grant}

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table with their types."""
        return dict(self.database.execute("SELECT name, type FROM pragma_table_xinfo(?)", (table,)).fetchall())


def draw(folder: Path, seed: int, each: int = 6, *, count_apart: bool = False) -> Path:
    """A data directory of the older layout; gives a copy of its records, to compare with."""
    database = empty(folder)
    Draw(database, seed, count_apart=count_apart).fill(each)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    copy = folder.with_name(f"{folder.name}-before.sqlite")
    copy.write_bytes((folder / "records.sqlite").read_bytes())
    return copy
