"""Changing records: every write is stamped, a delete leaves a tombstone, and parts go with what they are part of."""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any

from ..errors import NotFound
from ..fields import RECORDS, Record
from ..fields.record import OWN_DISTRICT
from ..model.organisation import District, School
from ..model.people import Person
from .kept import Kept
from .kept.history import OTHERS, SEER
from .keys import key_facts, keys_of
from .plan.stamps import TEXT_STAMP
from .schema import columns
from .settling import follow

Row = Mapping[str, Any]


def new_id() -> str:
    """A new hub id: a version 4 UUID whose first half grows with time, so that new rows lie side by side."""
    digits = f"{time.time_ns() // 1_000_000:012x}{os.urandom(10).hex()}"
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def now() -> str:
    """This moment, UTC, in milliseconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]


def xid(number: int) -> str:
    """The external id with this number: `x` and six characters that look unordered, no two alike in a district."""
    mixed = (number * 1_292_957_237 + 777_767_777) % 36**6
    digits = ""
    for _ in range(6):
        mixed, digit = divmod(mixed, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return "x" + digits


UNIQUE_IDS = ("student_unique_id", "staff_unique_id")
"""A human's ids across the schools of a district: one number, whichever of the two they need."""

_HUMANS_FROM = 36**6 // 2
"""Humans are numbered from the middle, so that their ids are never those of their roles."""

_SHARED_FROM = 9_000_000
"""What all schools of a district share is numbered from here, so that no school has the number already."""


class Batch:
    """Changes to one district's records, in one transaction; `ids` makes hub ids (the demo makes them repeatable)."""

    ids: Callable[[], str] = staticmethod(new_id)

    def __init__(self, kept: Kept, district: int) -> None:
        self.kept = kept
        self.connection = kept.connection
        self.district = district
        # One count for all districts: who reads several of them knows with one number how far they have read.
        self._first, last = self.connection.execute(
            "SELECT coalesce(max(seq), 0), coalesce(max(at), '') FROM clock"
        ).get
        self._seq: int = self._first
        # A clock set back must not make a later write look older.
        self.at = max(now(), last)
        self._moved: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._counters: dict[str, int] = {}

    # ---- writing

    def add_district(self, values: Row) -> str:
        """Make the district's own record."""
        return self.add(District, [values])[0]

    def add(self, record: type[Record], rows: Iterable[Row]) -> list[str]:
        """Insert new records; gives their hub ids in order. A row may bring its own `id`.

        A missing `mis_id` is numbered per school and kind, a missing `xid` per district; a human's missing unique
        ids are one new number.
        """
        names = [*record.stored(), "remainder"]
        # Neither is ever a record's first column, so 0 stands for not there.
        numbered, crossed = (names.index(n) if n in names else 0 for n in ("mis_id", "xid"))
        unique = [names.index(n) for n in UNIQUE_IDS] if record is Person else []
        known = {*names, "id"}
        made: list[str] = []
        values: list[Sequence[Any]] = []
        last: dict[str, int] = {}
        for row in rows:
            if not known.issuperset(row):
                raise TypeError(f"{record.__name__} has no {', '.join(sorted(row.keys() - known))}")
            self._seq += 1
            identity = row.get("id") or self.ids()
            school = row.get("school") or (identity if record is School else "")
            kept = list(map(row.get, names))
            if numbered:
                first = 0 if school else _SHARED_FROM
                kept[numbered] = self.mis_id(f"{record.table} {school}", kept[numbered], first)
            if crossed and kept[crossed] is None:
                kept[crossed] = xid(self.number("xid"))
            if unique and None in [kept[at] for at in unique]:
                one = xid(_HUMANS_FROM + self.number("person"))
                for at in unique:
                    kept[at] = one if kept[at] is None else kept[at]
            values.append((self.district, identity, *kept, f"{self.at}{self._seq:012d}", self._seq))
            made.append(identity)
            last[school] = self._seq
        for school, seq in last.items():
            self._moved[school, record.__name__] = seq
        if values:
            named = ", ".join(f'"{n}"' for n in ("district", "id", *names, "made", "seq"))
            marks = ", ".join("?" * (len(names) + 4))
            self.connection.executemany(f'INSERT INTO "{record.table}" ({named}) VALUES ({marks})', values)
        return made

    def change(self, record: type[Record], identity: str, values: Row) -> bool:
        """Change fields of a record; only those that differ are written and stamped. Tells whether any did."""
        before = self.get(record, identity)
        if before is None:
            raise NotFound(f"no {record.__name__} {identity}")
        different = {n: v for n, v in values.items() if before[n] != v}
        if not different:
            return False
        keys = keys_of(self.connection, record, before) if key_facts(record) & different.keys() else None
        self._write(record, identity, before, different, different)
        for school in {_school(record, before), _school(record, {**before, **different})}:
            self._moved[school, record.__name__] = self._seq
        if keys is not None:
            self._remember(record, before, "key", keys)
        return True

    def touch(self, record: type[Record], identity: str, keys: Mapping[str, Any]) -> bool:
        """Stamp a record that is known by something else now, because what it refers to is; `keys` are the old ones.

        What has another key shows that in the reference that leads to it. Tells whether anything is different.
        """
        row = self.get(record, identity)
        if row is None:
            raise NotFound(f"no {record.__name__} {identity}")
        new = self.keys(record, identity)
        moved = {n.split(".")[0] for n in {*keys, *new} if "." in n and keys.get(n) != new.get(n)}
        if not moved:
            return False
        # The district is no fact of the row; what leads to it is that no school does.
        self._write(record, identity, row, {}, {"school" if n == OWN_DISTRICT else n for n in moved})
        self._moved[_school(record, row), record.__name__] = self._seq
        self._remember(record, row, "key", keys)
        return True

    def _write(self, record: type[Record], identity: str, before: Row, values: Row, stamped: Iterable[str]) -> None:
        self._seq += 1
        stamp = f"{self.at}{self._seq:012d}"
        changed = {**json.loads(before["changed"] or "{}"), **dict.fromkeys(stamped, stamp)}
        sets = "".join(f'"{n}" = ?, ' for n in values)
        self.connection.execute(
            f'UPDATE "{record.table}" SET {sets}seq = ?, changed = ? WHERE district = ? AND id = ?',
            (*values.values(), self._seq, json.dumps(changed), self.district, identity),
        )

    def remove(self, record: type[Record], identity: str) -> int:
        """Delete a record and all that is part of it; gives how many records went."""
        before = self.get(record, identity)
        if before is None:
            return 0
        gone = 0
        for part, name in parts_of(record):
            found = self.connection.execute(
                f'SELECT id FROM "{part.table}" WHERE district = ? AND "{name}" = ?',
                (self.district, identity),
            ).fetchall()
            gone += sum(self.remove(part, one) for (one,) in found)
        self._seq += 1
        keys = keys_of(self.connection, record, before)
        self.connection.execute(
            f'DELETE FROM "{record.table}" WHERE district = ? AND id = ?', (self.district, identity)
        )
        self._moved[_school(record, before), record.__name__] = self._seq
        self._remember(record, before, "gone", keys)
        return gone + 1

    def veil(self, record: type[Record], identity: str, app: str, *, shown: bool) -> None:
        """Let only one app see a record (`shown`), or everybody but that app, for whom it is gone."""
        row = self.get(record, identity)
        if row is None:
            raise NotFound(f"no {record.__name__} {identity}")
        # A record that only one app sees is veiled as it is made, and counts as one write like any other.
        self._seq += not shown
        self.connection.execute(
            "INSERT OR REPLACE INTO veiled VALUES (?, ?, ?, ?, ?, ?)",
            (self.district, record.__name__, identity, app, int(shown), self.at),
        )
        self._moved[_school(record, row), record.__name__] = self._seq
        if shown:
            self._veils[identity] = app
        else:
            self._remember(record, row, "gone", {**keys_of(self.connection, record, row), SEER: app})

    def set_apart(self, record: type[Record], identity: str, app: str) -> None:
        """Let only one app see a record that others saw so far: for them it is gone, with all that is part of it."""
        row = self.get(record, identity)
        if row is None or self.alone(record, row):
            return
        for part, name in parts_of(record):
            sql = f'SELECT id FROM "{part.table}" WHERE district = ? AND "{name}" = ?'
            for (one,) in self.connection.execute(sql, (self.district, identity)).fetchall():
                self.set_apart(part, one, app)
        self.veil(record, identity, app, shown=True)
        self._seq += 1
        self._moved[_school(record, row), record.__name__] = self._seq
        self._remember(record, row, "gone", {**keys_of(self.connection, record, row), SEER: None, OTHERS: app})

    def veiled(self, identity: str) -> bool:
        """Whether only one app sees a record."""
        return identity in self._veils

    def alone(self, record: type[Record], row: Row) -> bool:
        """Whether only one app sees a row, for what it is, is part of, or is known by."""
        return any(row.get(name) in self._veils for name in ("id", *_leads(record)))

    @cached_property
    def _veils(self) -> dict[str, str]:
        """The records that only one app sees, each with that app."""
        return dict(self.connection.execute("SELECT id, app FROM veiled WHERE shown").fetchall())

    def _seer(self, record: type[Record], row: Row) -> dict[str, str]:
        """The app that alone sees a row, if there is one, as the history keeps it."""
        whole = [row["id"], *(row.get(name) for name, ref in record.refs().items() if ref.part_of)]
        seer = next((self._veils[one] for one in whole if one in self._veils), None)
        return {} if seer is None else {SEER: seer}

    def _remember(self, record: type[Record], before: Row, what: str, keys: Row) -> None:
        self.connection.execute(
            "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.district,
                self._seq,
                record.__name__,
                before["id"],
                before.get("school"),
                what,
                self.at,
                json.dumps({**self._seer(record, before), **keys}),
                number_of(before["made"]),
            ),
        )

    def tick(self) -> tuple[int, str]:
        """The next number and its moment, for what is no record and yet has its place among the writes."""
        self._seq += 1
        return self._seq, self.at

    # ---- reading what is about to change

    def get(self, record: type[Record], identity: str) -> dict[str, Any] | None:
        """A record as it is now, column by column."""
        names = list(columns(record))
        listed = ", ".join(f'"{n}"' for n in names)
        row = self.connection.execute(
            f'SELECT {listed} FROM "{record.table}" WHERE district = ? AND id = ?', (self.district, identity)
        ).fetchone()
        return dict(zip(names, row, strict=True)) if row else None

    def keys(self, record: type[Record], identity: str) -> dict[str, Any]:
        """What others know a record by now, as the history would keep it."""
        row = self.get(record, identity)
        return keys_of(self.connection, record, row) if row else {}

    def number(self, name: str) -> int:
        """The next number of a counter of this district, from 1."""
        if name not in self._counters:
            found = self.connection.execute(
                "SELECT value FROM counter WHERE district = ? AND name = ?", (self.district, name)
            ).get
            self._counters[name] = int(found or 0)
        self._counters[name] += 1
        return self._counters[name]

    def mis_id(self, counter: str, given: str | None, first: int = 0) -> str:
        """The MIS id that was given, or the next number after `first`; what sources gave is not handed out again."""
        if given is None:
            return str(first + self.number(counter))
        if given.isdecimal() and len(given) < 16:
            self._counters[counter] = max(self._counters.get(counter) or self.number(counter) - 1, int(given))
        return given

    def synced(self, source: str, schools: Mapping[str, object]) -> None:
        """Write down that a source was read now, and for each school (hub id) what came of it; '' is the district."""
        self.connection.executemany(
            "INSERT OR REPLACE INTO sync VALUES (?, ?, ?, ?, ?)",
            [(self.district, school, source, now(), json.dumps(outcome)) for school, outcome in schools.items()],
        )

    def settle(self) -> None:
        """Write down whom grants see now, the clock, the counters and what moved, at the end of the transaction."""
        follow(self, self._moved)
        put = self.connection.executemany
        put(
            "INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT (district, name) DO UPDATE SET value = excluded.value",
            [(self.district, name, value) for name, value in self._counters.items()],
        )
        put(
            "INSERT INTO moved VALUES (?, ?, ?, ?)"
            " ON CONFLICT (district, school, kind) DO UPDATE SET seq = excluded.seq",
            [(self.district, school, kind, seq) for (school, kind), seq in self._moved.items()],
        )
        if self._seq != self._first:
            put(
                "INSERT INTO clock VALUES (?, ?, ?)"
                " ON CONFLICT (district) DO UPDATE SET seq = excluded.seq, at = excluded.at",
                [(self.district, self._seq, self.at)],
            )

    def makes(self, stamp: str) -> bool:
        """Whether a record with this stamp of its making is one of this transaction."""
        return number_of(stamp) > self._first

    @property
    def writes(self) -> int:
        """How many records have been written so far."""
        return self._seq - self._first


@cache
def _leads(record: type[Record]) -> tuple[str, ...]:
    """The references to what a record is part of, and to what its natural key leads through, less its school."""
    known = {name.split(".")[0] for name in record.natural if "." in name}
    return tuple(n for n, ref in record.refs().items() if ref.target is not School and (ref.part_of or n in known))


def number_of(stamp: str) -> int:
    """The number of the write that a stamp tells, behind its moment."""
    return int(stamp[TEXT_STAMP:])


def _school(record: type[Record], row: Row) -> str:
    """The school that a row belongs to; '' stands for the whole district."""
    return row["id"] if record is School else row.get("school") or ""


_PARTS: dict[str, list[tuple[type[Record], str]]] = {}


def parts_of(record: type[Record]) -> list[tuple[type[Record], str]]:
    """The kinds of record that are part of this kind, with the reference that says so."""
    if not _PARTS:
        for part in RECORDS.values():
            if part.derived():
                continue
            for name, ref in part.refs().items():
                if ref.part_of:
                    _PARTS.setdefault(ref.target.__name__, []).append((part, name))
    return _PARTS.get(record.__name__, [])
