"""The ledger's pen: what an answer tells is written down before the answer leaves.

Answers that are kept in memory are given again and again for the same people, so a pen numbers what it wrote once and
later writes numbers only: a few bytes for each answer. `store/folding.py` brings them into the ledger.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from ..store import journal
from ..store.journal import CUT, KEPT, LAST, Journal
from .slips import Slip, laid

ASKED = 4096
"""How many of the things that were asked are remembered by their numbers."""

NOBODY = 0
"""The number of the people of whom an answer without any tells."""


class Told(NamedTuple):
    """What an answer told, by the numbers of the pen that wrote it down: what was asked, the people, the status."""

    what: int
    people: int
    status: int


class Ledger:
    """Writes down what one thread of a process answers; raises OSError when that cannot be done."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._journal = Journal(folder)
        self._asked: dict[object, int] = {}
        self._numbers = 0

    def close(self) -> None:
        """Put the pen down."""
        self._journal.close()

    def note(self, slip: Slip, status: int = 200, *, kept: bool = False) -> Told:
        """Write down a whole answer; `kept` that it may be given again."""
        begun = self._what(slip)
        people, told = slip.take(), b""
        number = NOBODY
        if people or slip.rows:
            number = self._next()
            told = journal.told(number, begun.number, slip.rows, people, LAST | (KEPT if kept else 0))
        found = Told(begun.number, number, slip.status or status)
        self._write(begun, told + journal.answered(self._clock(), *found, slip.tracking))
        return found

    def again(self, told: Told) -> None:
        """Write down that an answer is given once more."""
        self._journal.write(journal.answered(self._clock(), *told))

    @contextmanager
    def noting(self, slip: Slip) -> Generator[Slip]:
        """Write down what is read within the block and leaves after it, such as in a webhook."""
        with laid(slip):
            yield slip
        self.note(slip)

    def begin(self, slip: Slip, status: int = 200, *, kept: bool = False) -> Growing:
        """Write down the beginning of an answer that is read while it is sent."""
        begun = self._what(slip)
        told = Told(begun.number, self._next(), slip.status or status)
        self._write(begun, journal.answered(self._clock(), *told, slip.tracking))
        return Growing(self, slip, told, kept)

    def more(self, slip: Slip, told: Told, people: set[str], flags: int) -> Told:
        """Write down that an answer tells of more people, or of more than was known when it began."""
        asked = self._what(slip)
        self._write(asked, journal.told(told.people, asked.number, slip.rows, people, flags))
        return told._replace(what=asked.number)

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers

    def _what(self, slip: Slip) -> _Asked:
        """The number of what was asked, with its record if it has to be written first."""
        key = (slip.dialect, slip.endpoint, slip.app, slip.grants, slip.reader, frozenset(slip.facts), slip.outcome)
        known = self._asked.get(key)
        if known is not None:
            return _Asked(key, known, b"")
        number = self._next()
        facts = sorted(frozenset[str]().union(*slip.facts))
        names = ("dialect", "endpoint", "app", "grants", "reader", "facts", "outcome")
        said = dict(zip(names, (*key[:5], facts, slip.outcome), strict=True))
        return _Asked(key, number, journal.asked(number, msgspec.json.encode(said)))

    def _write(self, asked: _Asked, records: bytes) -> None:
        self._journal.write(asked.record + records)
        if asked.record:
            if len(self._asked) >= ASKED:
                self._asked.clear()
            self._asked[asked.key] = asked.number


class _Asked(NamedTuple):
    key: object
    number: int
    record: bytes


class Growing:
    """An answer that is read while it is sent: whom a chunk tells of is written down before the chunk leaves."""

    def __init__(self, pen: Ledger, slip: Slip, told: Told, kept: bool) -> None:
        self.told = told
        self._pen = pen
        self._slip = slip
        self._kept = kept
        self._before: set[str] = set()
        self._facts = len(slip.facts)
        self._ended = False
        self.grow()

    def grow(self) -> None:
        """Write down what the next chunk tells, if that is more than before."""
        fresh = self._slip.take() - self._before
        if fresh or len(self._slip.facts) != self._facts:
            self._write(fresh, 0)

    def end(self, *, cut: bool = False) -> None:
        """Write down that the answer has ended; `cut` before its end."""
        if not self._ended:
            self._ended = True
            self._write(self._slip.take() - self._before, LAST | (CUT if cut else KEPT if self._kept else 0))

    def _write(self, fresh: set[str], flags: int) -> None:
        self.told = self._pen.more(self._slip, self.told, fresh, flags)
        self._before |= fresh
        self._facts = len(self._slip.facts)
