"""The ledger: what was told to whom about whom, for a year of traffic and more."""

from __future__ import annotations

import json
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from ..errors import Stop
from .connection import Connection
from .folding import DAY
from .members import holds, unpack


@dataclass(frozen=True)
class What:
    """Whoever asked for something: dialect, endpoint, app, grants and person (hub ids), facts shown, error."""

    number: int
    dialect: str
    endpoint: str
    app: str
    grants: tuple[str, ...]
    reader: str
    facts: tuple[str, ...]
    outcome: str


@dataclass(frozen=True)
class Often:
    """How often something was told between two moments, in milliseconds since 1970."""

    what: What
    times: int
    first: int
    last: int


@dataclass(frozen=True)
class Once:
    """One answer: the moment in milliseconds since 1970, how many rows and people it told of, whether cut off."""

    number: int
    at: int
    what: What
    people: int
    rows: int
    status: int
    cut: bool
    tracking: str


@dataclass(frozen=True)
class Span:
    """Days, by their numbers since 1970 (UTC), both included."""

    first: int = 0
    last: int = 2**32


ALWAYS = Span()

MANY = 20_000
"""How many answers are so many that they are not looked up one by one."""


class Broken(Stop):
    """The ledger of disclosures cannot be used."""


Given = ParamSpec("Given")
Found = TypeVar("Found")


def _in_turn(ask: Callable[Concatenate[Ledger, Given], Found]) -> Callable[Concatenate[Ledger, Given], Found]:
    """One thread after the other: a connection serves one at a time."""

    @wraps(ask)
    def asked(self: Ledger, /, *args: Given.args, **kwargs: Given.kwargs) -> Found:
        with self.lock:
            return ask(self, *args, **kwargs)

    return asked


class Ledger(ABC):
    """The ledger of a hub, open from the first use on; serves any number of threads.

    Raises `Broken` where it cannot be read or written to.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._whats: dict[int, What] = {}

    @property
    @abstractmethod
    def _db(self) -> Connection:
        """The open connection to it."""

    @abstractmethod
    def check(self) -> None:
        """Raises `Broken` unless it is a ledger."""

    @abstractmethod
    def fold(self) -> None:
        """Take in all that the journals of this machine hold by now; raises `Occupied` while another process does."""

    @abstractmethod
    def close(self) -> None:
        """Close it."""

    @abstractmethod
    def _changing(self, table: str) -> AbstractContextManager[Connection]:
        """A transaction in which humans may be called otherwise, or old answers deleted; all else stays for ever."""

    def forget(self, ids: Collection[str]) -> int:
        """Call humans (hub ids) by names that lead nowhere; gives how many of them were ever told of.

        Every answer, whom it told of and the digests of both stay as they are: nobody can say any more who that is.
        """
        with self.lock, self._changing("human") as db:
            listed = f"SELECT number FROM human WHERE id IN ({db.flavour.listed('?')}) ORDER BY number"
            numbers = [number for (number,) in db.execute(listed, (json.dumps(sorted(ids)),)).fetchall()]
            names = [(f"erased-{os.urandom(16).hex()}", number) for number in numbers]
            db.executemany("UPDATE human SET id = ? WHERE number = ?", names)
        return len(numbers)

    def old(self, before: int) -> int:
        """How many answers were given before a moment (milliseconds since 1970)."""
        with self.lock:
            return self._db.execute("SELECT count(*) FROM disclosure WHERE at < ?", (before,)).get

    def cut(self, before: int) -> int:
        """Delete all answers before the day of a moment; gives how many there were."""
        day = before // DAY
        with self.lock, self._changing("disclosure") as db:
            gone = len(db.execute("DELETE FROM disclosure WHERE at < ? RETURNING 1", (day * DAY,)).fetchall())
            for table in ("daily", "usage"):
                db.execute(f"DELETE FROM {table} WHERE day < ?", (day,))
        return gone

    def _numbers(self, argument: str) -> str:
        """A SELECT of the numbers of a bound JSON list."""
        return self._db.flavour.listed(argument, "number")

    def _unindexed(self, column: str) -> str:
        return self._db.flavour.unindexed(column)

    # ---- of people

    @_in_turn
    def about(self, ids: Iterable[str], span: Span = ALWAYS) -> list[Often]:
        """What was told of any of some humans (hub ids), the latest first."""
        rows = self._db.execute(
            "SELECT what, sum(times), min(first), max(last) FROM daily"
            f" WHERE people IN ({self._numbers('?')}) AND day BETWEEN ? AND ?"
            " GROUP BY what ORDER BY max(last) DESC, what",
            (self._sets(ids), span.first, span.last),
        ).fetchall()
        return [Often(self.what(what), *rest) for what, *rest in rows]

    @_in_turn
    def each(
        self,
        ids: Iterable[str],
        span: Span = ALWAYS,
        whats: Iterable[int] | None = None,
        take: int = 100,
        skip: int = 0,
    ) -> list[Once]:
        """Single answers that told of any of some humans, the latest first; `whats` to choose from by number."""
        sets = self._sets(ids)
        found = self._db.execute(
            f"SELECT coalesce(sum(times), 0) FROM daily WHERE people IN ({self._numbers('?')}) AND day BETWEEN ? AND ?",
            (sets, span.first, span.last),
        ).get
        # Where many fit, the latest are met at once on a walk from the end; few are found by whom they tell of.
        people = self._unindexed("people") if found > MANY else "people"
        where = f"{people} IN ({self._numbers(':sets')}) AND at BETWEEN :first AND :last"
        if whats is not None:
            where += f" AND {self._unindexed('what')} IN ({self._numbers(':whats')})"
        args = {"sets": sets, "first": span.first * DAY, "last": (span.last + 1) * DAY - 1}
        return self._answers(where, {**args, "whats": json.dumps(list(whats or ()))}, take, skip)

    def _sets(self, ids: Iterable[str]) -> str:
        """The sets of people that any of some humans is in, as a JSON list of their numbers."""
        found: set[int] = set()
        listed = json.dumps(list(ids))
        for (number,) in self._db.execute(
            f"SELECT number FROM human WHERE id IN ({self._db.flavour.listed('?')})", (listed,)
        ).fetchall():
            rows = self._db.execute("SELECT id, low, members FROM people WHERE low <= ?1 AND high >= ?1", (number,))
            found.update(identity for identity, low, members in rows if holds(members, low, number))
        return json.dumps(sorted(found))

    @_in_turn
    def people(self, number: int) -> frozenset[str]:
        """The hub ids of those of whom an answer told, by its number."""
        row = self._db.execute(
            "SELECT p.low, p.members FROM disclosure d JOIN people p ON p.id = d.people WHERE d.id = ?", (number,)
        ).fetchone()
        numbers = json.dumps(list(unpack(row[1], row[0]))) if row else "[]"
        rows = self._db.execute(f"SELECT id FROM human WHERE number IN ({self._numbers('?')})", (numbers,))
        return frozenset(identity for (identity,) in rows)

    # ---- of requests

    @_in_turn
    def whats(self) -> list[What]:
        """All that was ever asked for, and by whom."""
        for (number,) in self._db.execute("SELECT id FROM what").fetchall():
            self.what(number)
        return list(self._whats.values())

    @_in_turn
    def what(self, number: int) -> What:
        """What was asked for, by its number."""
        if number not in self._whats:
            row = self._db.execute(
                'SELECT dialect, endpoint, app, "grants", reader, facts, outcome FROM what WHERE id = ?', (number,)
            ).get
            dialect, endpoint, app, grants, reader, facts, outcome = row
            told = tuple(json.loads(grants)), reader, tuple(json.loads(facts)), outcome
            self._whats[number] = What(number, dialect, endpoint, app, *told)
        return self._whats[number]

    @_in_turn
    def usage(self, whats: Iterable[int]) -> list[tuple[int, int, int]]:
        """How often each of some things was asked for on each day: its number, the day, how often."""
        return self._db.execute(
            f"SELECT what, day, times FROM usage WHERE what IN ({self._numbers('?')}) ORDER BY day",
            (json.dumps(list(whats)),),
        ).fetchall()

    @_in_turn
    def log(
        self,
        whats: Iterable[int],
        tracking: str = "",
        take: int = 100,
        skip: int = 0,
        *,
        status: int = 0,
        span: Span | None = None,
        number: int = 0,
    ) -> list[Once]:
        """The requests for some things, the latest first: of a write-back, a status or some days, or the one."""
        wanted: dict[str, str | int] = {"tracking": tracking, "status": status, "number": number}
        held = {name: value for name, value in wanted.items() if value}
        where = [f"{self._unindexed('what')} IN ({self._numbers(':whats')})"]
        where += [f"{'d.id' if name == 'number' else name} = :{name}" for name in held]
        if span is not None:
            where.append("at BETWEEN :first AND :last")
            held |= {"first": span.first * DAY, "last": (span.last + 1) * DAY - 1}
        return self._answers(" AND ".join(where), {**held, "whats": json.dumps(list(whats))}, take, skip)

    def _answers(self, where: str, args: dict[str, str | int], take: int, skip: int) -> list[Once]:
        rows = self._db.execute(
            "SELECT d.id, at, what, (SELECT size FROM people p WHERE p.id = d.people), rows, status, cut, tracking"
            f" FROM disclosure d WHERE {where} ORDER BY d.id DESC LIMIT :take OFFSET :skip",
            {**args, "take": take, "skip": skip},
        ).fetchall()
        return [
            Once(number, at, self.what(what), people, shown, status, bool(cut), tracking or "")
            for number, at, what, people, shown, status, cut, tracking in rows
        ]
