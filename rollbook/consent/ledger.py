"""The ledger's pen: what an answer tells is written down before the answer leaves.

Answers that are kept in memory are given again and again for the same people, so a pen numbers what it wrote once and
later writes numbers only: a few bytes for each answer. `store/folding.py` brings them into the ledger.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from ..store import journal
from ..store.journal import CUT, KEPT, LAST, Journal
from .slips import Names, Slip, current, lay

ASKED = 4096
"""How many of the things that were asked are remembered by their numbers."""

NAMED = 500_000
"""How many humans are remembered by their numbers."""

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
        self._count = itertools.count(1)
        self._names = Names(self._count)

    def close(self) -> None:
        """Put the pen down."""
        self._journal.close()

    def slip(self) -> Slip:
        """A slip for an answer that is about to be read."""
        if len(self._names) > NAMED:
            self._names = Names(self._count)
        return Slip(self._names)

    def note(self, slip: Slip, status: int = 200, *, kept: bool = False) -> Told:
        """Write down a whole answer; `kept` that it may be given again."""
        what, asked = self.asked(slip)
        people, told = slip.take(), b""
        number = NOBODY
        if people or slip.rows:
            number = next(self._count)
            told = journal.told(number, what, slip.rows, people, LAST | (KEPT if kept else 0))
        found = Told(what, number, slip.status or status)
        self.write(slip, asked + told + journal.answered(self._clock(), *found, slip.tracking))
        return found

    def again(self, told: Told) -> None:
        """Write down that an answer is given once more."""
        self._journal.write(journal.answered(self._clock(), *told))

    @contextmanager
    def reading(self, dialect: str, endpoint: str, app: str, grants: Iterable[str]) -> Generator[Slip]:
        """A slip for what is read within the block, to leave by other ways than an answer, such as a webhook.

        Whoever sends it gives the slip to `note` first. What is not read through a `Reader` is put on it by
        `slips.shows`.
        """
        slip = self.slip()
        slip.dialect, slip.endpoint = dialect, endpoint
        slip.by(app, grants)
        before = current()
        lay(slip)
        try:
            yield slip
        finally:
            lay(before)

    def begin(self, slip: Slip, status: int = 200, *, kept: bool = False) -> Growing:
        """Write down the beginning of an answer that is read while it is sent, and whom it tells of until then."""
        what, asked = self.asked(slip)
        told = Told(what, next(self._count), slip.status or status)
        growing = Growing(self, slip, told, kept)
        growing.grow(asked + journal.answered(self._clock(), *told, slip.tracking))
        return growing

    def asked(self, slip: Slip) -> tuple[int, bytes]:
        """The number of what was asked, and its record if that has to be written yet."""
        key = (slip.dialect, slip.endpoint, slip.app, slip.grants, slip.reader, frozenset(slip.facts), slip.outcome)
        known = self._asked.get(key)
        if known is not None:
            return known, b""
        if len(self._asked) >= ASKED:
            self._asked.clear()
        self._asked[key] = number = next(self._count)
        facts = sorted(frozenset[str]().union(*slip.facts))
        names = ("dialect", "endpoint", "app", "grants", "reader", "facts", "outcome")
        said = dict(zip(names, (*key[:5], facts, slip.outcome), strict=True))
        return number, journal.asked(number, msgspec.json.encode(said))

    def write(self, slip: Slip, records: bytes) -> None:
        """Write records, and before them the ids of those who are told of for the first time."""
        named = journal.named(slip.names.fresh) if slip.names.fresh else b""
        try:
            self._journal.write(named + records)
        except OSError:
            # What was to be asked was not written down either.
            self._asked.clear()
            raise
        slip.names.fresh.clear()


class Growing:
    """An answer that is read while it is sent: whom a chunk tells of is written down before the chunk leaves."""

    def __init__(self, pen: Ledger, slip: Slip, told: Told, kept: bool) -> None:
        self.told = told
        self._pen = pen
        self._slip = slip
        self._kept = kept
        self._before: set[int] = set()
        self._facts = len(slip.facts)
        self._ended = False

    def grow(self, records: bytes = b"") -> None:
        """Write down what the next chunk tells, if that is more than before, after other records."""
        if records or self._slip.people or len(self._slip.facts) != self._facts:
            fresh = self._slip.take() - self._before
            self._write(records, fresh, 0)

    def end(self, *, cut: bool = False) -> None:
        """Write down that the answer has ended; `cut` before its end."""
        if not self._ended:
            self._ended = True
            flags = LAST | (CUT if cut else KEPT if self._kept else 0)
            self._write(b"", self._slip.take() - self._before, flags)

    def _write(self, records: bytes, fresh: set[int], flags: int) -> None:
        if len(self._slip.facts) != self._facts:
            what, asked = self._pen.asked(self._slip)
            self._facts, records = len(self._slip.facts), records + asked
            self.told = self.told._replace(what=what)
        told = journal.told(self.told.people, self.told.what, self._slip.rows, fresh, flags)
        self._pen.write(self._slip, records + told)
        self._before |= fresh
