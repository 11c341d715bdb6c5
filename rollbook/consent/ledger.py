"""The ledger's pen: what an answer tells is written down before the answer leaves.

Answers that are kept in memory are given again and again for the same people, so a pen numbers what it wrote once and
later writes numbers only: a few bytes for each answer. `store/folding.py` brings them into the ledger.

What cannot be written down does not leave (`Unavailable`): the journal is gone, the disk is full, or what was written
could not be brought into the ledger. Answers go out again as soon as that has been put right.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from ..errors import Stop, Unavailable
from ..store import journal
from ..store.connection import Busy
from ..store.journal import CUT, KEPT, LAST, Journal
from ..store.sqlite import Store
from .slips import Slip, lying

log = logging.getLogger("rollbook")

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


class Names(dict[str, int]):
    """A small number for each hub id that comes along, given when it first does."""

    def __init__(self, numbers: Iterator[int]) -> None:
        super().__init__()
        self._numbers = numbers
        self.fresh: list[tuple[int, str]] = []
        """What has been given since it was last written down."""

    def __missing__(self, identity: str) -> int:
        self[identity] = number = next(self._numbers)
        self.fresh.append((number, identity))
        return number


class Folding:
    """Brings what pens wrote down into the ledger, now and then; what hinders that stops the pens that look here."""

    def __init__(self) -> None:
        self.fault = ""
        """Why it could not be done the last time."""

    def fold(self, store: Store) -> None:
        """Bring in all that has been written; whether that could be done is known to the pens afterwards."""
        try:
            store.ledger.fold()
        except Busy:
            # Another process is at it, such as `rollbook disclosures`.
            return
        except Stop as error:
            if str(error) != self.fault:
                log.error("answers are held back: %s", error)
            self.fault = str(error)
            return
        if self.fault:
            log.warning("the ledger of disclosures is in order again")
        self.fault = ""


class Ledger:
    """Writes down what a process answers, for any of its threads; raises `Unavailable` when that cannot be done."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time, folding: Folding | None = None) -> None:
        self._clock = clock
        self._folding = folding or Folding()
        self._journal = Journal(folder)
        self._asked: dict[object, int] = {}
        self._count = itertools.count(1)
        self._names = Names(self._count)
        self._lock = threading.RLock()
        self._fault = ""

    def close(self) -> None:
        """Put the pen down."""
        with self._lock:
            self._journal.close()

    def slip(self) -> Slip:
        """A slip for an answer that is about to be read."""
        return Slip()

    def note(self, slip: Slip, status: int = 200, *, kept: bool = False) -> Told:
        """Write down a whole answer; `kept` that it may be given again."""
        with self._lock:
            what, asked = self.asked(slip)
            people, told = slip.take(), b""
            number = NOBODY
            if people or slip.rows:
                number = next(self._count)
                flags = LAST | (KEPT if kept else 0)
                told = journal.told(number, what, slip.rows, self.numbers(people), flags)
            found = Told(what, number, slip.status or status)
            self.write(asked + told + journal.answered(self._clock(), *found, slip.tracking))
            return found

    def again(self, told: Told) -> None:
        """Write down that an answer is given once more."""
        with self._lock:
            self.write(journal.answered(self._clock(), *told))

    def again_at_once(self, told: Told) -> bool:
        """The same for a thread that must not wait: tells whether it could be done without any waiting."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            records = journal.answered(self._clock(), *told)
            if not self._journal.has_room(len(records)):
                return False
            self.write(records)
            return True
        finally:
            self._lock.release()

    @contextmanager
    def reading(self, dialect: str, endpoint: str, app: str, grants: Iterable[str]) -> Generator[Slip]:
        """A slip for what is read within the block, to leave by other ways than an answer, such as a webhook.

        Whoever sends it gives the slip to `note` first. What is not read through a `Reader` is put on it by
        `slips.shows`.
        """
        slip = self.slip()
        slip.dialect, slip.endpoint = dialect, endpoint
        slip.by(app, grants)
        with lying(slip):
            yield slip

    def begin(self, slip: Slip, status: int = 200, *, kept: bool = False) -> Growing:
        """Write down the beginning of an answer that is read while it is sent, and whom it tells of until then."""
        with self._lock:
            what, asked = self.asked(slip)
            told = Told(what, next(self._count), slip.status or status)
            growing = Growing(self, slip, told, kept)
            growing.grow(asked + journal.answered(self._clock(), *told, slip.tracking))
            return growing

    def numbers(self, people: Iterable[str]) -> list[int]:
        """The numbers of people, which are written down with what is written next."""
        if len(self._names) > NAMED:
            fresh = self._names.fresh
            self._names = Names(self._count)
            self._names.fresh = fresh
        return list(map(self._names.__getitem__, people))

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

    def write(self, records: bytes) -> None:
        """Write records, and before them the ids of those who are told of for the first time."""
        fresh = self._names.fresh
        try:
            if self._folding.fault:
                raise OSError(self._folding.fault)
            self._journal.write(journal.named(fresh) + records if fresh else records)
        except OSError as error:
            # What was to be asked was not written down either.
            self._asked.clear()
            self._hold_back(str(error))
            raise Unavailable(
                "the hub cannot record disclosures at the moment, so it returns no data",
                hint="try again later; the hub's log says why",
            ) from error
        fresh.clear()
        if self._fault:
            log.warning("disclosures can be recorded again: answers go out")
            self._fault = ""

    def _hold_back(self, fault: str) -> None:
        if fault != self._fault:
            log.error("an answer is held back, since what it tells cannot be recorded: %s", fault)
        self._fault = fault

    def growing(self, growing: Growing, records: bytes, flags: int) -> None:
        """Write down what more an answer tells that is read while it is sent."""
        with self._lock:
            slip = growing.slip
            if len(slip.facts) != growing.facts:
                what, asked = self.asked(slip)
                growing.facts, records = len(slip.facts), records + asked
                growing.told = growing.told._replace(what=what)
            fresh = slip.take() - growing.before
            told = journal.told(growing.told.people, growing.told.what, slip.rows, self.numbers(fresh), flags)
            self.write(records + told)
            growing.before |= fresh


class Growing:
    """An answer that is read while it is sent: whom a chunk tells of is written down before the chunk leaves."""

    def __init__(self, pen: Ledger, slip: Slip, told: Told, kept: bool) -> None:
        self.slip = slip
        self.told = told
        self.before: set[str] = set()
        """Those of whom it has told until now."""
        self.facts = len(slip.facts)
        self._pen = pen
        self._kept = kept
        self._ended = False

    def grow(self, records: bytes = b"") -> None:
        """Write down what the next chunk tells, if that is more than before, after other records."""
        if records or self.slip.people or len(self.slip.facts) != self.facts:
            self._pen.growing(self, records, 0)

    def end(self, *, cut: bool = False) -> None:
        """Write down that the answer has ended; `cut` before its end."""
        if not self._ended:
            self._ended = True
            self._pen.growing(self, b"", LAST | (CUT if cut else KEPT if self._kept else 0))
