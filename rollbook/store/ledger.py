"""The ledger: what was told to whom about whom, for a year of traffic and more, in one file of its own."""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from ..errors import Occupied, Stop
from .connection import Busy, Connection, Fault, Opened, connect
from .folding import DAY, Folder
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


NAME = "ledger.sqlite"
"""What the file is called in a data directory."""

RESTORE = "restore it from a backup, or move it away to begin a new ledger"

CHECKED_BYTES = 32 * 1024 * 1024
"""Up to which size a ledger is checked whole when it is opened."""


class Broken(Stop):
    """The ledger of disclosures cannot be used."""


Given = ParamSpec("Given")
Found = TypeVar("Found")


def _in_turn(ask: Callable[Concatenate[LedgerFile, Given], Found]) -> Callable[Concatenate[LedgerFile, Given], Found]:
    """One thread after the other: a connection serves one at a time."""

    @wraps(ask)
    def asked(self: LedgerFile, /, *args: Given.args, **kwargs: Given.kwargs) -> Found:
        with self.lock:
            return ask(self, *args, **kwargs)

    return asked


class LedgerFile:
    """The ledger of a data directory, open from the first use on; serves any number of threads.

    Raises `Broken` where the file is no ledger, cannot be written to, or was deleted while it was open. It is opened
    again when it is next asked for, so that nothing has to be restarted when somebody has put it right.
    """

    def __init__(self, folder: Path, migrate: Callable[[Connection], None]) -> None:
        self._folder = folder
        self._migrate = migrate
        self.lock = threading.RLock()
        self._connection: Opened | None = None
        self._folds: Folder | None = None
        self._file = 0, 0
        self._made = False
        self._whats: dict[int, What] = {}

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = self._folds = None

    def check(self) -> None:
        """Raises `Broken` unless the file is a ledger."""
        with self.lock:
            self._opened()

    def fold(self) -> None:
        """Take in all that the journals hold by now; raises `Occupied` while another process does."""
        with self.lock:
            try:
                self._fold()
            except Busy as error:
                raise Occupied("another process is writing to the ledger of disclosures", hint="try again") from error
            except (Fault, OSError) as error:
                self._give_up()
                raise self._broken(f"cannot be written to: {error}", "see that the disk has room") from error

    def _fold(self) -> None:
        db = self._opened()
        self._folds = self._folds or Folder(self._folder, db)
        self._folds.fold()

    @property
    def _db(self) -> Connection:
        return self._opened()

    def _opened(self) -> Opened:
        """The open file, as long as it is the one that has the name."""
        path = self._folder / NAME
        try:
            found = path.stat()
        except OSError:
            self._give_up()
            if self._made:
                hint = "put it back, or restart the hub to begin a new one"
                raise self._broken("was deleted or moved while the hub was running", hint) from None
        else:
            if self._connection is not None and (found.st_dev, found.st_ino) != self._file:
                self._give_up()
        if self._connection is None:
            self._connection = self._open(path)
        return self._connection

    def _open(self, path: Path) -> Opened:
        try:
            if not path.exists():
                self._begin(path)
            if not path.stat().st_size:
                raise self._broken("is empty", RESTORE)
            connection = self._connect(path)
            self._migrate(connection)
            connection.execute("SELECT 1 FROM disclosure, people, what, human, daily, usage, folded LIMIT 0")
            small = path.stat().st_size <= CHECKED_BYTES
            if small and (said := connection.execute("PRAGMA quick_check(1)").get) != "ok":
                raise self._broken(f"is damaged: {said}", RESTORE)
        except Busy:
            raise
        except (Fault, OSError) as error:
            raise self._broken(f"cannot be opened: {error}", RESTORE) from error
        found = path.stat()
        self._file, self._made = (found.st_dev, found.st_ino), True
        return connection

    def _connect(self, path: Path) -> Opened:
        try:
            return connect(path)
        except Stop:
            raise self._broken("is not a database", RESTORE) from None

    def _begin(self, path: Path) -> None:
        """A new ledger, which has its name when it is whole: one without anything in it has lost what it held."""
        beside = path.with_name(f"ledger.{uuid.uuid4()}.new")
        try:
            connection = connect(beside)
            self._migrate(connection)
            connection.close()
            os.chmod(beside, 0o600)
            # A link fails where somebody else was faster.
            with suppress(FileExistsError):
                os.link(beside, path)
        finally:
            for name in (beside.name, f"{beside.name}-wal", f"{beside.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)

    def _give_up(self) -> None:
        """Close what can no longer be trusted; it is opened again when it is next asked for."""
        with suppress(Fault):
            if self._connection is not None:
                self._connection.close()
        self._connection = self._folds = None
        self._whats.clear()

    def _broken(self, what: str, hint: str) -> Broken:
        return Broken(f"the ledger of disclosures {self._folder / NAME} {what}", hint=hint)

    # ---- of people

    @_in_turn
    def about(self, ids: Iterable[str], span: Span = ALWAYS) -> list[Often]:
        """What was told of any of some humans (hub ids), the latest first."""
        rows = self._db.execute(
            "SELECT what, sum(times), min(first), max(last) FROM daily"
            " WHERE people IN (SELECT value FROM json_each(?)) AND day BETWEEN ? AND ?"
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
            "SELECT coalesce(sum(times), 0) FROM daily WHERE people IN (SELECT value FROM json_each(?))"
            " AND day BETWEEN ? AND ?",
            (sets, span.first, span.last),
        ).get
        # Where many fit, the latest are met at once on a walk from the end; few are found by whom they tell of.
        plus = "+" if found > MANY else ""
        where = f"{plus}people IN (SELECT value FROM json_each(:sets)) AND at BETWEEN :first AND :last"
        if whats is not None:
            where += " AND +what IN (SELECT value FROM json_each(:whats))"
        args = {"sets": sets, "first": span.first * DAY, "last": (span.last + 1) * DAY - 1}
        return self._answers(where, {**args, "whats": json.dumps(list(whats or ()))}, take, skip)

    def _sets(self, ids: Iterable[str]) -> str:
        """The sets of people that any of some humans is in, as a JSON list of their numbers."""
        found: set[int] = set()
        listed = json.dumps(list(ids))
        for (number,) in self._db.execute(
            "SELECT number FROM human WHERE id IN (SELECT value FROM json_each(?))", (listed,)
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
        rows = self._db.execute("SELECT id FROM human WHERE number IN (SELECT value FROM json_each(?))", (numbers,))
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
            "SELECT what, day, times FROM usage WHERE what IN (SELECT value FROM json_each(?)) ORDER BY day",
            (json.dumps(list(whats)),),
        ).fetchall()

    @_in_turn
    def log(self, whats: Iterable[int], tracking: str = "", take: int = 100, skip: int = 0) -> list[Once]:
        """The requests for some things, the latest first; with `tracking` those of one write-back."""
        where = "+what IN (SELECT value FROM json_each(:whats))"
        if tracking:
            where += " AND tracking = :tracking"
        return self._answers(where, {"whats": json.dumps(list(whats)), "tracking": tracking}, take, skip)

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
