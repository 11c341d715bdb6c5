"""Changing records: every write is stamped, a delete leaves a tombstone, and parts go with what they are part of."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from itertools import count, islice, repeat
from typing import Any

from ..errors import NotFound
from ..fields import Day, Record, Ref
from ..fields.record import OWN_DISTRICT
from ..model.organisation import District, School
from ..model.people import Person
from . import connection
from .claims import Claims
from .kept import Kept
from .kept.history import OTHERS, SEER, Stone
from .keys import key_facts, keys_of
from .linking import Links, Slot, numbered_id
from .namesakes import OWN, Namesakes
from .numbering import Counters, new_ids, now
from .numbers import Numbers
from .parts import parts_of
from .references import key_of, row_of, rows_of
from .registers import Registers
from .settling import follow
from .shapes import Shape, shape_of
from .zero import may_have_zero, refuse_zeros

Row = Mapping[str, Any]

_AT_ONCE = 10_000
"""How many new records are held before they are written."""


class Batch:
    """Changes to one district's records, in one transaction; `ids` makes hub ids that are to repeat, as the demo's do.

    Records are known by their hub ids here, and so are those that they refer to. One may refer to another that is
    added later in the same batch.
    """

    ids: Callable[[], str] | None = None

    def __init__(self, kept: Kept, district: int, numbers: Numbers | None = None) -> None:
        self.kept = kept
        self.connection = kept.connection
        self.district = district
        self._numbers = numbers or kept.numbers(self.connection, district)
        self._last = 0
        self._written = 0
        self._source: str | None = None
        self._noted = False
        self._filled: type[Record] | None = None
        self._moved: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._counters = Counters(self.connection, district, kept.once(("counters", district), (), dict[str, int]))
        self._links = Links(self.connection, district, kept.once(("keys", district), (), _no_keys))
        self._registers = Registers(self.connection, district, self._links)
        self._namesakes = Namesakes(self.connection, district)
        self.claims = Claims(self)
        """Who says what of the records."""

    @property
    def at(self) -> str:
        """The moment of the transaction (UTC, milliseconds)."""
        return self._numbers.at

    def hold(self) -> None:
        """Keep everybody else from writing the district: what is read from now on stays so until the end."""
        self._numbers.hold()

    def beside(self, district: int) -> Batch:
        """A batch for another district in the same transaction: their writes are numbered by one count."""
        return Batch(self.kept, district, self._numbers.beside(district))

    def _take(self, count: int) -> int:
        """The first of as many numbers as are needed next."""
        first = self._numbers.take(count)
        if count:
            if not self._noted:
                noted = (self.district, first, self.at, self._source or None)
                self.connection.execute("INSERT INTO moment (district, seq, at, source) VALUES (?, ?, ?, ?)", noted)
                self._noted = True
            self._last = first + count - 1
        return first

    @property
    def last(self) -> int:
        """The number of the last write."""
        return self._last

    @contextmanager
    def quoting(self, source: str = "") -> Generator[None]:
        """What is written within is what a source says, or what several come to, and not the hub's own say."""
        was, self._source, self._noted = self._source, source, False
        try:
            yield
        finally:
            self._source, self._noted = was, False

    # ---- writing

    def add_district(self, values: Row) -> str:
        """Make the district's own record."""
        return self.add(District, [values])[0]

    def promise(self, record: type[Record]) -> str:
        """The hub id for a record of a kind that is added later in this batch, and brings it as its `id`."""
        return self.promises(record, 1)[0]

    def promises(self, record: type[Record], count: int) -> list[str]:
        """Such hub ids for as many records."""
        if not record.numbered:
            return self._new_ids(count)
        first = self._take(count)
        self.kept.forget()
        return [self._links.promise(record, key) for key in range(first, first + count)]

    def _new_ids(self, count: int) -> list[str]:
        return [self.ids() for _ in range(count)] if self.ids else new_ids(count)

    def add(self, record: type[Record], rows: Iterable[Row]) -> list[str]:
        """Insert new records; gives their hub ids in order. A row may bring its own `id`.

        A missing `mis_id` is numbered per school and kind, a missing `xid` per district; a human's missing unique
        ids are one new number.
        """
        made: list[str] = []
        every = iter(rows)
        while some := list(islice(every, _AT_ONCE)):
            made += self._add(record, some)
        return made

    @contextmanager
    def filling(self, record: type[Record], count: int) -> Generator[None]:
        """While so many new records of a kind are added one after the other: of very many, the first ones are quick.

        Where the hub has none of the kind yet, they are found by anything but their key and hub id only at the end.
        """
        if count < connection.MANY or self.kept.records.any(record):
            yield
            return
        self._filled = record
        with self.connection.filling(record.table):
            yield
        self._filled = None
        if "origin" in record.fields:
            self._namesakes.filled(record, self.at)

    def _add(self, record: type[Record], rows: list[Row]) -> list[str]:
        shape = shape_of(record).saying(frozenset[str]().union(*rows), len(rows))
        keys, ids, given = self._identify(record, rows)
        self._links.come(record, ids, keys)
        schools = ids if record is School else [row.get("school") or "" for row in rows]
        columns = [[row.get(name) for row in rows] for name in shape.names]
        if may_have_zero(columns):
            refuse_zeros(record, rows)
        self._counters.fill(record, schools, dict(zip(shape.names, columns, strict=True)))
        self._refer(record, shape, keys, columns)
        for at in shape.days:
            columns[at] = _days(columns[at])
        told = zip(keys, repeat(self.district), given, *columns, strict=False)
        self.connection.insert(record.table, shape.stored, told)
        self._registers.made(record, dict(zip(shape.names, columns, strict=True)))
        self._name(record, rows)
        if led := self._links.lead(record, ids):
            self._registers.led(led)
            self.kept.forget()
        self._now_there(record)
        for school, key in _latest(schools, keys).items():
            self._move(record, school, key)
        return ids

    def _identify(
        self, record: type[Record], rows: Sequence[Row]
    ) -> tuple[Sequence[int], list[str], Sequence[str | None]]:
        """The key of each new row, its hub id, and what is stored of that."""
        brought: list[str | None] = [row.get("id") or None for row in rows]
        if not record.numbered:
            first = self._take(len(rows))
            others = iter(self._new_ids(brought.count(None)))
            ids = [one or next(others) for one in brought]
            return range(first, first + len(rows)), ids, ids
        promised = [self._links.redeem(record, one) for one in brought]
        fresh = count(self._take(promised.count(0)))
        keys = [key or next(fresh) for key in promised]
        given = [None if key else one for one, key in zip(brought, promised, strict=True)]
        return keys, [one or numbered_id(key) for one, key in zip(brought, keys, strict=True)], given

    def _name(self, record: type[Record], rows: Iterable[Row]) -> None:
        """Note whose ids of a source's are those of other records too."""
        if "origin" in record.fields and record is not self._filled:
            self._namesakes.came(record, (row["external_id"] for row in rows if all(map(row.get, OWN))), self.at)

    def _refer(self, record: type[Record], shape: Shape, keys: Sequence[int], columns: list[list[Any]]) -> None:
        """Let new rows, of these keys, refer to others by key."""
        for at, name, target in shape.leads:
            others = columns[at]
            missing = others.count(None)
            if missing == len(others):
                continue
            there = self._links.keys(target, others)
            columns[at] = led = list(map(there.get, others))
            if led.count(None) > missing:
                for key, other, to in zip(keys, others, led, strict=True):
                    if other is not None and to is None:
                        self._links.wait(Slot(record, key, name), other)

    def _now_there(self, record: type[Record]) -> None:
        """Let lists that name new records, which were there before, know them by their keys."""
        if record.human or record is Person:
            self.kept.chosen.come(self.district, record)
        if self._any_veiled:
            self.kept.history.come(self.district, record)

    def change(self, record: type[Record], identity: str, values: Row) -> bool:
        """Change fields of a record; only those that differ are written and stamped. Tells whether any did.

        Where sources tell of the record, the hub says so above them from now on, unless it is quoting one.
        """
        before = self._known(record, identity)
        different = self._change(record, before, values)
        if different and self._source is None:
            self.claims.overwrite(record, before, different)
        return bool(different)

    def correct(self, record: type[Record], identity: str, values: Row, before: Row | None = None) -> bool:
        """Change fields of a record, which is as `before`, to what its sources say. Tells whether any differed."""
        return bool(self._change(record, before or self._known(record, identity), values))

    def _known(self, record: type[Record], identity: str) -> dict[str, Any]:
        before = self.get(record, identity)
        if before is None:
            raise NotFound(f"no {record.__name__} {identity}")
        return before

    def _change(self, record: type[Record], before: Row, values: Row) -> Row:
        record = record.of_row(before)
        different = {n: v for n, v in values.items() if before[n] != v}
        if not different:
            return {}
        refuse_zeros(record, [different])
        keys = keys_of(self.connection, record, before) if key_facts(record) & different.keys() else None
        self._write(record, before, different, different)
        self._registers.moved(record, before, {**before, **different})
        if different.keys() & OWN:
            self._name(record, [{**before, **different}])
        for school in {_school(record, before), _school(record, {**before, **different})}:
            self._move(record, school, self._last)
        if keys is not None:
            self._remember(record, before, "key", keys)
        return different

    def touch(self, record: type[Record], identity: str, keys: Mapping[str, Any]) -> bool:
        """Stamp a record that is known by something else now, because what it refers to is; `keys` are the old ones.

        What has another key shows that in the reference that leads to it. Tells whether anything is different.
        """
        row = self.get(record, identity)
        if row is None:
            raise NotFound(f"no {record.__name__} {identity}")
        record = record.of_row(row)
        new = self.keys(record, identity)
        moved = {n.split(".")[0] for n in {*keys, *new} if "." in n and keys.get(n) != new.get(n)}
        if not moved:
            return False
        # The district is no fact of the row; what leads to it is that no school does.
        self._write(record, row, {}, {"school" if n == OWN_DISTRICT else n for n in moved})
        self._move(record, _school(record, row), self._last)
        self._remember(record, row, "key", keys)
        return True

    def _write(self, record: type[Record], before: Row, values: Row, stamped: Iterable[str]) -> None:
        number, key = self._take(1), before["made"]
        changed = {**json.loads(before["changed"] or "{}"), **dict.fromkeys(stamped, number)}
        stored = {n: self._stored(Slot(record, key, n), v) for n, v in values.items()}
        sets = "".join(f'"{n}" = ?, ' for n in stored)
        self.connection.execute(
            f'UPDATE "{record.table}" SET {sets}seq = ?, changed = ? WHERE district = ? AND key = ?',
            (*stored.values(), number, json.dumps(changed), self.district, key),
        )

    def _stored(self, slot: Slot, value: Any) -> Any:
        """A fact of a row, as it is stored."""
        fact = slot.record.fields.get(slot.name)
        if isinstance(fact, Ref):
            return self._links.key(slot, value)
        return Day.number(value) if isinstance(fact, Day) else value

    def _move(self, record: type[Record], school: str, number: int) -> None:
        self.kept.moved(record.table)
        where = school, record.__name__
        self._moved[where] = max(self._moved[where], number)

    def remove(self, record: type[Record], identity: str) -> int:
        """Delete a record and all that is part of it; gives how many records went.

        What sources have is held deleted from now on, unless it is their say that it is gone (`quoting`).
        """
        before = self.get(record, identity)
        return self._remove(record, before) if before else 0

    def _remove(self, record: type[Record], before: Row) -> int:
        # Each is looked for again: what is part of two that go may be gone with the first.
        gone = sum(
            self._remove(part, row) for part, key in self._parts(record, before) if (row := self._row(part, key))
        )
        record = record.of_row(before)
        number, key = self._take(1), before["made"]
        keys = keys_of(self.connection, record, before)
        self.connection.execute(f'DELETE FROM "{record.table}" WHERE district = ? AND key = ?', (self.district, key))
        self._registers.moved(record, before)
        self._move(record, _school(record, before), number)
        self._remember(record, before, "gone", keys)
        self._gone(record, before["id"], key)
        self.claims.gone(record, before, quoted=self._source is not None)
        return gone + 1

    def _parts(self, record: type[Record], row: Row) -> Iterator[tuple[type[Record], int]]:
        """The keys of what is part of a record."""
        for part, name in parts_of(record):
            sql = f'SELECT key FROM "{part.table}" WHERE district = ? AND "{name}" = ?'
            found = self.connection.execute(sql, (self.district, row["made"])).fetchall()
            yield from ((part, key) for (key,) in found)

    def _gone(self, record: type[Record], identity: str, key: int) -> None:
        """Let nothing lead to a record any more; lists go on naming it, for when it returns."""
        self._links.go(record, identity, key)
        self.kept.forget()
        if self._any_pointers:
            self.kept.pointers.go(self.district, identity)
        if record.human or record is Person:
            self.kept.chosen.go(self.district, record, key)
        if self._any_veiled:
            self.kept.history.go(key)

    def veil(self, record: type[Record], identity: str, app: str, *, shown: bool) -> None:
        """Let only one app see a record (`shown`), or everybody but that app, for whom it is gone."""
        row = self.get(record, identity)
        if row is None:
            raise NotFound(f"no {record.__name__} {identity}")
        # A record that only one app sees is veiled as it is made, and counts as one write like any other.
        if not shown:
            self._take(1)
        self.connection.execute(
            "INSERT INTO veiled (district, kind, id, app, shown, at, key) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id, app) DO UPDATE SET district = excluded.district, kind = excluded.kind,"
            " shown = excluded.shown, at = excluded.at, key = excluded.key",
            (self.district, record.__name__, identity, app, int(shown), self.at, row["made"]),
        )
        self._any_veiled = self.kept.veiled = True
        self.kept.forget()
        self._move(record, _school(record, row), self._last)
        if shown:
            self._veils[identity] = app
        else:
            self._remember(record, row, "gone", {**keys_of(self.connection, record, row), SEER: app})

    def set_apart(self, record: type[Record], identity: str, app: str) -> None:
        """Let only one app see a record that others saw so far: for them it is gone, with all that is part of it."""
        row = self.get(record, identity)
        if row is None or self.alone(record, row):
            return
        for part, key in self._parts(record, row):
            if one := self._row(part, key):
                self.set_apart(part.of_row(one), one["id"], app)
        self.veil(record, identity, app, shown=True)
        self._take(1)
        self._move(record, _school(record, row), self._last)
        self._remember(record, row, "gone", {**keys_of(self.connection, record, row), SEER: None, OTHERS: app})

    def veiled(self, identity: str) -> bool:
        """Whether only one app sees a record."""
        return self._any_veiled and identity in self._veils

    def alone(self, record: type[Record], row: Row) -> bool:
        """Whether only one app sees a row, for what it is, is part of, or is known by."""
        return self._any_veiled and any(row.get(name) in self._veils for name in ("id", *_leads(record)))

    @cached_property
    def _any_pointers(self) -> bool:
        return self.kept.pointers.any(self.district)

    @cached_property
    def _any_veiled(self) -> bool:
        return self.kept.once("veiled", (), self.kept.history.any_veiled)

    @cached_property
    def _veils(self) -> dict[str, str]:
        """The records that only one app sees, each with that app."""
        return dict(self.connection.execute("SELECT id, app FROM veiled WHERE shown = 1").fetchall())

    def _seer(self, record: type[Record], row: Row) -> dict[str, str]:
        """The app that alone sees a row, if there is one, as the history keeps it."""
        whole = [row["id"], *(row.get(name) for name, ref in record.refs().items() if ref.part_of)]
        seer = next((self._veils[one] for one in whole if one in self._veils), None)
        return {} if seer is None else {SEER: seer}

    def _remember(self, record: type[Record], before: Row, what: str, keys: Row) -> None:
        known = {**self._seer(record, before), **keys}
        school, made = before.get("school") or "", before["made"]
        told = Stone(self._last, self.at, record.__name__, before["id"], school, what, known, made)
        self.kept.history.add(self.district, told)

    def tick(self) -> tuple[int, str]:
        """The next number and its moment, for what is no record and yet has its place among the writes."""
        return self._take(1), self.at

    # ---- reading what is about to change

    def get(self, record: type[Record], identity: str) -> dict[str, Any] | None:
        """A record as it is now, column by column; `made` is the number of its making."""
        where = f"t.key = {key_of(record, ':district', ':id')}"
        known = "row", self.district, record, identity
        return self.kept.once(known, (record.table,), lambda: self._one(record, where, {"id": identity}))

    def _row(self, record: type[Record], key: int) -> dict[str, Any] | None:
        return self._one(record, "t.key = :key", {"key": key})

    def _one(self, record: type[Record], where: str, values: Row) -> dict[str, Any] | None:
        found = self.connection.execute(
            f"{rows_of(record, self.kept.flavour)} WHERE t.district = :district AND {where}",
            {**values, "district": self.district},
        ).fetchone()
        return row_of(record, found) if found else None

    def look_up(self, record: type[Record], ids: Collection[str]) -> None:
        """Look up at once which of many records are there, of which each is asked about soon."""
        self._links.keys(record, ids)

    def there(self, record: type[Record], identity: str) -> bool:
        """Whether a record is there, or is promised."""
        return identity in self._links.keys(record, [identity])

    def keys(self, record: type[Record], identity: str) -> dict[str, Any]:
        """What others know a record by now, as the history would keep it."""
        row = self.get(record, identity)
        return keys_of(self.connection, record, row) if row else {}

    def number(self, name: str) -> int:
        """The next number of a counter of this district, from 1."""
        return self._counters.next(name)

    def synced(self, source: str, schools: Mapping[str, object]) -> None:
        """Write down that a source was read now, and for each school (hub id) what came of it; '' is the district."""
        self.connection.executemany(
            "INSERT INTO sync VALUES (?, ?, ?, ?, ?) ON CONFLICT (district, school, source)"
            " DO UPDATE SET at = excluded.at, outcome = excluded.outcome",
            [(self.district, school, source, now(), json.dumps(outcome)) for school, outcome in schools.items()],
        )

    def settle(self) -> None:
        """Write down whom grants see now, the clock, the counters and what moved, at the end of the transaction.

        It may be done before too, by who reads what others are going to read; then only what is new is written again.
        Raises `NotFound` where a record refers to one that is not there.
        """
        self._links.settle()
        self._registers.keep()
        put = self.connection.executemany
        if self._moved:
            follow(self, self._moved)
            if any(kind in _PLACES for _, kind in self._moved):
                self.kept.renamed = True
            put(
                "INSERT INTO moved VALUES (?, ?, ?, ?)"
                " ON CONFLICT (district, school, kind) DO UPDATE SET seq = excluded.seq",
                [(self.district, school, kind, seq) for (school, kind), seq in self._moved.items()],
            )
            self._moved.clear()
        self._counters.keep()
        if self._last > self._written:
            self._written = self._last
            self._numbers.keep()
            put(
                "INSERT INTO clock VALUES (?, ?, ?)"
                " ON CONFLICT (district) DO UPDATE SET seq = excluded.seq, at = excluded.at",
                [(self.district, self._last, self.at)],
            )

    def makes(self, number: int) -> bool:
        """Whether a record with this number of its making is one of this transaction."""
        return number > self._numbers.before

    @property
    def writes(self) -> int:
        """How many records have been written so far."""
        return self._numbers.taken


def _no_keys() -> defaultdict[str, dict[str, int]]:
    return defaultdict(dict)


def _days(column: list[Any]) -> list[Any]:
    """A column of days as they are stored."""
    numbers = {day: Day.number(day) for day in {*column}}
    return [numbers[day] for day in column]


_PLACES = {School.__name__, District.__name__}
"""The kinds of which grants tell."""


@cache
def _leads(record: type[Record]) -> tuple[str, ...]:
    """The references to what a record is part of, and to what its natural key leads through, less its school."""
    known = {name.split(".")[0] for name in record.natural if "." in name}
    return tuple(n for n, ref in record.refs().items() if ref.target is not School and (ref.part_of or n in known))


def _latest(schools: Iterable[str], keys: Iterable[int]) -> dict[str, int]:
    """The greatest key of each school; of keys that were promised, it need not be the last."""
    found: dict[str, int] = {}
    for school, key in zip(schools, keys, strict=True):
        if key > found.get(school, 0):
            found[school] = key
    return found


def _school(record: type[Record], row: Row) -> str:
    """The school that a row belongs to; '' stands for the whole district."""
    return row["id"] if record is School else row.get("school") or ""
