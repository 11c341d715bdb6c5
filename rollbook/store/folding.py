"""Folding journals into the ledger: each record once, however often whoever folds is killed in between.

What a piece of a journal says, and how far the journal is folded with it, is written in one transaction. A file goes
when it is folded and its process has begun the next one, or is gone.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from operator import itemgetter
from pathlib import Path
from typing import Any

from . import journal, members
from .connection import Connection
from .journal import Answered, Inquiry, Named, Told

log = logging.getLogger("rollbook")

PIECE = 1024 * 1024
"""How much of a journal is folded in one transaction, in bytes; one record that is longer is folded whole."""

DAY = 86_400_000

NUMBERS = 500_000
"""How many humans' numbers are remembered between two foldings."""

Numbers = dict[tuple[str, int], int]
"""The humans' numbers in the ledger, by run and number there."""


@dataclass
class Open:
    """An answer that is under way."""

    at: int
    what: int
    status: int
    tracking: str
    rows: int = 0
    members: set[int] = field(default_factory=set[int])


class Folder:
    """Folds the journals of a directory into a ledger; `begin` begins a transaction that nobody else writes beside."""

    def __init__(self, folder: Path, ledger: Connection, begin: Callable[[], object]) -> None:
        self._folder = folder
        self._ledger = ledger
        self._begin = begin
        self._upto: dict[Path, int] = {}
        self._numbers: Numbers = {}

    def fold(self) -> None:
        """Fold all that has been written until now."""
        for run in journal.runs(self._folder):
            alive = journal.lives(self._folder, run)
            parts = journal.parts(self._folder, run)
            for part in parts:
                self._fold_part(run, part)
                if part != parts[-1] and not self._left(part):
                    part.unlink(missing_ok=True)
                    self._upto.pop(part, None)
            # What it wrote before it died was there before it was found dead.
            if not alive:
                self._end(run)

    @contextmanager
    def _writing(self) -> Generator[Connection]:
        """A transaction that nobody else writes beside."""
        self._begin()
        try:
            yield self._ledger
        except BaseException:
            # Numbers that were given within it are nobody's.
            self._numbers.clear()
            self._ledger.execute("ROLLBACK")
            raise
        self._ledger.execute("COMMIT")

    def _left(self, part: Path) -> bool:
        return journal.follows(part, self._upto.get(part, 0))

    def _fold_part(self, run: str, part: Path) -> None:
        try:
            while self._left(part) and self._fold_piece(run, part):
                pass
        except FileNotFoundError:
            # Another process has folded it to its end.
            self._upto.pop(part, None)

    def _fold_piece(self, run: str, part: Path) -> bool:
        """Fold the next piece; tells whether there was one."""
        with self._writing() as db:
            before = db.execute("SELECT upto FROM folded WHERE run = ? AND part = ?", (run, part.suffix)).get or 0
            data = _read_from(part, before)
            piece = _Piece(db, run, self._numbers)
            upto = 0
            for entry, end in journal.read(data):
                piece.take(entry)
                upto = end
            if upto:
                piece.settle()
                db.execute(
                    "INSERT INTO folded VALUES (?, ?, ?) ON CONFLICT (run, part) DO UPDATE SET upto = excluded.upto",
                    (run, part.suffix, before + upto),
                )
        self._upto[part] = before + upto
        return upto > 0

    def _end(self, run: str) -> None:
        """What a process that is gone has begun and not ended was cut off."""
        for part in journal.parts(self._folder, run):
            if self._left(part):
                log.warning("the end of the journal %s is not whole: it is left out of the ledger", part.name)
        with self._writing() as db:
            piece = _Piece(db, run, self._numbers)
            piece.cut_off()
            piece.settle()
            for table in ("run_what", "run_human", "run_people"):
                db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))
        # How far it was folded is forgotten last: without that, what is left of it would be taken for new.
        journal.forget(self._folder, run)
        self._ledger.execute("DELETE FROM folded WHERE run = ?", (run,))


def _read_from(part: Path, before: int) -> bytes:
    with part.open("rb") as file:
        file.seek(before)
        data = file.read(PIECE)
        # The record at the end of the piece may be longer than the piece is.
        if len(data) == PIECE and next(journal.read(data), None) is None:
            data += file.read()
        return data


Row = tuple[int, int, int, int, int, int, str | None]
"""A row of `disclosure` but for its number."""


_FACTS = {
    "what": ("dialect", "endpoint", "app", "grants", "reader", "facts", "outcome"),
    "people": ("size", "low", "high", "members"),
}
"""The columns of what is in the ledger once, behind its digest."""


class _Piece:
    """A piece of one run's journal, as it is put into the ledger."""

    def __init__(self, db: Connection, run: str, numbers: Numbers) -> None:
        self._db = db
        self._run = run
        self._numbers = numbers
        self._whats: dict[int, int] = {}
        self._told: dict[int, tuple[int, int]] = {}
        self._new: dict[int, tuple[int, int]] = {}
        self._open: dict[int, Open] = {}
        for number, at, what, status, tracking, rows, listed in db.execute(
            "SELECT number, at, what, status, tracking, rows, members FROM run_open WHERE run = ?", (run,)
        ):
            self._open[number] = Open(at, what, status, tracking, rows, set(json.loads(listed)))
        self._rows: list[Row] = []

    def take(self, entry: journal.Entry) -> None:
        """Put a record in."""
        if isinstance(entry, Inquiry):
            self._whats[entry.number] = what = self._what(json.loads(entry.said))
            self._db.execute(
                "INSERT INTO run_what VALUES (?, ?, ?) ON CONFLICT (run, number) DO UPDATE SET what = excluded.what",
                (self._run, entry.number, what),
            )
        elif isinstance(entry, Named):
            self._name(entry)
        elif isinstance(entry, Told):
            self._people(entry)
        else:
            self._answer(entry)

    def _what(self, said: dict[str, Any]) -> int:
        facts = json.dumps(sorted(said["facts"]))
        values = (*(said[n] for n in ("dialect", "endpoint", "app")), json.dumps(said["grants"]), said["reader"], facts)
        values = (*values, said["outcome"])
        digest = blake2b(json.dumps(values).encode(), digest_size=16).digest()
        return self._one("what", digest, (*values,))

    def _one(self, table: str, digest: bytes, values: tuple[Any, ...]) -> int:
        """The number of a row with a digest, made when it is not there."""
        found = self._db.execute(f"SELECT id FROM {table} WHERE digest = ?", (digest,)).get
        if found is not None:
            return found
        names, marks = ", ".join(f'"{name}"' for name in _FACTS[table]), ", ".join("?" * len(values))
        return self._db.execute(
            f"INSERT INTO {table} (digest, {names}) VALUES (?, {marks}) RETURNING id", (digest, *values)
        ).get

    def _people(self, entry: Told) -> None:
        found = set(map(self._human, entry.people))
        if entry.number in self._open:
            answer = self._open[entry.number]
            answer.members |= found
            answer.rows, answer.what = entry.rows, self._asked(entry.what)
            if entry.last:
                del self._open[entry.number]
                self._finish(entry.number, answer, cut=entry.cut)
        else:
            self._told[entry.number] = self._set(found), entry.rows
        if entry.last and entry.kept:
            self._new[entry.number] = self._told[entry.number]

    def _finish(self, number: int, answer: Open, *, cut: bool) -> None:
        people = self._set(answer.members)
        self._told[number] = people, answer.rows
        self._add(answer.at, answer.what, people, answer.rows, answer.status, int(cut), answer.tracking)

    def _answer(self, entry: Answered) -> None:
        at, what = int(entry.at * 1000), self._asked(entry.what)
        found = self._known(entry.people)
        if found is None:
            self._open[entry.people] = Open(at, what, entry.status, entry.tracking)
        else:
            self._add(at, what, *found, entry.status, 0, entry.tracking)

    def _asked(self, number: int) -> int:
        if number not in self._whats:
            found = self._db.execute("SELECT what FROM run_what WHERE run = ? AND number = ?", (self._run, number))
            self._whats[number] = found.get
        return self._whats[number]

    def _known(self, number: int) -> tuple[int, int] | None:
        """A set of people by its number in the run, and how many rows told of them."""
        if number == 0 and 0 not in self._told:
            self._told[0] = self._set(set()), 0
        if number not in self._told:
            row = self._db.execute(
                "SELECT people, rows FROM run_people WHERE run = ? AND number = ?", (self._run, number)
            ).fetchone()
            if row is None:
                return None
            self._told[number] = row[0], row[1]
        return self._told[number]

    def _name(self, entry: Named) -> None:
        """Give humans their numbers in the ledger."""
        if len(self._numbers) >= NUMBERS:
            self._numbers.clear()
        # Hub ids grow with time, so that those who came together have numbers that lie together.
        for number, identity in sorted(entry.ids.items(), key=itemgetter(1)):
            known = self._db.execute("SELECT number FROM human WHERE id = ?", (identity,)).get
            if known is None:
                known = self._db.execute("INSERT INTO human (id) VALUES (?) RETURNING number", (identity,)).get
            self._numbers[self._run, number] = known
            self._db.execute(
                "INSERT INTO run_human VALUES (?, ?, ?) ON CONFLICT (run, number) DO UPDATE SET human = excluded.human",
                (self._run, number, known),
            )

    def _human(self, number: int) -> int:
        """The number in the ledger of a human by that of the run."""
        key = self._run, number
        if key not in self._numbers:
            found = self._db.execute("SELECT human FROM run_human WHERE run = ? AND number = ?", key)
            self._numbers[key] = found.get
        return self._numbers[key]

    def _set(self, numbers: set[int]) -> int:
        ordered = sorted(numbers)
        packed = members.pack(ordered)
        low, high = (ordered[0], ordered[-1]) if ordered else (0, -1)
        digest = blake2b(b"%d:%s" % (low, packed), digest_size=16).digest()
        return self._one("people", digest, (len(ordered), low, high, packed))

    def _add(self, at: int, what: int, people: int, rows: int, status: int, cut: int, tracking: str) -> None:
        self._rows.append((at, what, people, rows, status, cut, tracking or None))

    def cut_off(self) -> None:
        """End what is under way."""
        for number, answer in self._open.items():
            self._finish(number, answer, cut=True)
        self._open.clear()

    def settle(self) -> None:
        """Write down what was taken."""
        self._db.executemany(
            "INSERT INTO disclosure (at, what, people, rows, status, cut, tracking) VALUES (?, ?, ?, ?, ?, ?, ?)",
            self._rows,
        )
        add_days(self._db, self._rows)
        self._db.executemany(
            "INSERT INTO run_people VALUES (?, ?, ?, ?)"
            " ON CONFLICT (run, number) DO UPDATE SET people = excluded.people, rows = excluded.rows",
            [(self._run, number, *told) for number, told in self._new.items()],
        )
        self._db.execute("DELETE FROM run_open WHERE run = ?", (self._run,))
        self._db.executemany(
            "INSERT INTO run_open VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (self._run, number, a.at, a.what, a.status, a.tracking, a.rows, json.dumps(sorted(a.members)))
                for number, a in self._open.items()
            ],
        )


def add_days(db: Connection, rows: Iterable[Row]) -> None:
    """Add disclosures to the sums by day."""
    flavour = db.flavour
    days: dict[tuple[int, int, int], list[int]] = {}
    used: Counter[tuple[int, int]] = Counter()
    for at, what, people, *_ in rows:
        days.setdefault((people, what, at // DAY), []).append(at)
        used[what, at // DAY] += 1
    db.executemany(
        "INSERT INTO daily VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (people, what, day) DO UPDATE"
        f" SET times = daily.times + excluded.times, first = {flavour.least('daily.first', 'excluded.first')},"
        f" last = {flavour.greatest('daily.last', 'excluded.last')}",
        [(*key, len(moments), min(moments), max(moments)) for key, moments in days.items()],
    )
    db.executemany(
        "INSERT INTO usage VALUES (?, ?, ?) ON CONFLICT (what, day) DO UPDATE SET times = usage.times + excluded.times",
        [(*key, times) for key, times in used.items()],
    )
