"""Ids and numbers that the hub gives: hub ids, MIS ids, and the ids by which a district knows its people."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from ..fields import Record
from ..model.people import Person
from .connection import Connection


def new_id() -> str:
    """A new hub id: a version 4 UUID whose first half grows with time, so that new rows lie side by side."""
    return new_ids(1)[0]


def new_ids(count: int) -> list[str]:
    """As many new hub ids, in their order."""
    moment, random = f"{time.time_ns() // 1_000_000:012x}", os.urandom(10 * count).hex()
    rest = sorted(random[at : at + 19] for at in range(0, 20 * count, 20))
    return [f"{moment[:8]}-{moment[8:]}-4{r[:3]}-{_VARIANTS[r[3]]}{r[4:7]}-{r[7:]}" for r in rest]


def now() -> str:
    """This moment, UTC, in milliseconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]


_VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}

_XIDS, _MIXING, _ADDED = 36**6, 1_292_957_237, 777_767_777


def xid(number: int) -> str:
    """The external id with this number: `x` and six characters that look unordered, no two alike in a district."""
    high, low = divmod((number * _MIXING + _ADDED) % _XIDS, 36**3)
    return f"x{_three(high)}{_three(low)}"


@lru_cache(maxsize=36**3)
def _three(number: int) -> str:
    """A number below 36³ as three characters."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return digits[number // 1296] + digits[number // 36 % 36] + digits[number % 36]


UNIQUE_IDS = ("student_unique_id", "staff_unique_id", "contact_unique_id")
"""A human's ids across the schools of a district: one number, whichever of them they need."""

_HUMANS_FROM = 36**6 // 2
"""Humans are numbered from the middle, so that their ids are never those of their roles."""


def gave(unique_id: str | None) -> bool:
    """Whether a human's unique id is one that the hub gave, as far as its form tells."""
    digits = (unique_id or "")[1:]
    if not unique_id or unique_id[0] != "x" or len(digits) != 6 or not (digits.isascii() and digits.isalnum()):
        return False
    return (int(digits, 36) - _ADDED) * pow(_MIXING, -1, _XIDS) % _XIDS > _HUMANS_FROM


_SHARED_FROM = 9_000_000
"""What all schools of a district share is numbered from here, so that no school has the number already."""


class Counters:
    """The counters of a district, within one transaction."""

    def __init__(self, connection: Connection, district: int, found: dict[str, int]) -> None:
        """`found` is how far those have come that were asked for before."""
        self._connection = connection
        self._district = district
        self._found = found
        self._values: dict[str, int] = {}
        self._kept: dict[str, int] = {}

    def next(self, name: str) -> int:
        """The next number of a counter, from 1."""
        if name not in self._values:
            self._look_up([name])
            self._values[name] = self._found[name]
        self._values[name] += 1
        return self._values[name]

    def _look_up(self, names: Iterable[str]) -> None:
        """Read how far counters have come, all at once."""
        unknown = [name for name in names if name not in self._found]
        if unknown:
            listed = self._connection.flavour.listed(":names")
            rows = self._connection.execute(
                f"SELECT name, value FROM counter WHERE district = :district AND name IN ({listed})",
                {"district": self._district, "names": json.dumps(unknown)},
            )
            self._found |= {**dict.fromkeys(unknown, 0), **dict(rows.fetchall())}

    def fill(self, record: type[Record], schools: Sequence[str], columns: Mapping[str, list[Any]]) -> None:
        """Number new rows, each with its school, which have no number of their own.

        A missing `mis_id` is numbered per school and kind, a missing `xid` per district; a human's missing unique
        ids are one new number.
        """
        numbered, crossed = columns.get("mis_id"), columns.get("xid")
        unique = [columns[name] for name in UNIQUE_IDS] if record is Person else []
        asked = [f"{record.table} {school}" for school in dict.fromkeys(schools)] if numbered else []
        self._look_up([*asked, *(["xid"] if crossed else []), *(["person"] if unique else [])])
        for at, (school, given) in enumerate(zip(schools, numbered or (), strict=False)):
            first = 0 if school else _SHARED_FROM
            (numbered or [])[at] = self._mis_id(f"{record.table} {school}", given, first)
        for at, given in enumerate(crossed or ()):
            if given is None:
                (crossed or [])[at] = xid(self.next("xid"))
        for at, given in enumerate(zip(*unique, strict=True)):
            if None in given:
                self._fill_unique(unique, at)

    def _mis_id(self, counter: str, given: str | None, first: int) -> str:
        """The MIS id that was given, or the next number after `first`; what sources gave is not handed out again."""
        if given is None:
            return str(first + self.next(counter))
        if given.isdecimal() and len(given) < 16:
            self._values[counter] = max(self._values.get(counter) or self.next(counter) - 1, int(given))
        return given

    def _fill_unique(self, unique: Sequence[list[Any]], at: int) -> None:
        one = xid(_HUMANS_FROM + self.next("person"))
        for column in unique:
            column[at] = one if column[at] is None else column[at]

    def keep(self) -> None:
        """Write down how far the counters have come."""
        if self._values == self._kept:
            return
        self._connection.executemany(
            "INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT (district, name) DO UPDATE SET value = excluded.value",
            [(self._district, name, value) for name, value in self._values.items() - self._kept.items()],
        )
        self._kept = dict(self._values)
        self._found |= self._values
