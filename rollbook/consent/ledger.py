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
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from .. import figures
from ..errors import Occupied, Stop, Unavailable
from ..store import journal
from ..store.journal import CUT, KEPT, LAST, Journal
from ..store.plan.facts import settled
from ..store.port import Store
from .slips import Share, Slip, lying

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
        except Occupied:
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
        figures.hold("folded", time.time())


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

    def note(self, slip: Slip, status: int = 200, *, kept: bool = False) -> tuple[Told, ...]:
        """Write down a whole answer, a line for each share of it; `kept` that it may be given again."""
        with self._lock:
            records, found = b"", list[Told]()
            for share in shares_of(slip):
                what, asked = self.asked(slip, share)
                people, told, number = share.take(), b"", NOBODY
                if people or share.rows:
                    number = next(self._count)
                    flags = LAST | (KEPT if kept else 0)
                    told = journal.told(number, what, share.rows, self.numbers(people), flags)
                found.append(Told(what, number, slip.status or status))
                records += asked + told + journal.answered(self._clock(), *found[-1], slip.tracking)
            self.write(records)
            return tuple(found)

    def again(self, told: Iterable[Told]) -> None:
        """Write down that an answer is given once more."""
        with self._lock:
            self.write(b"".join(journal.answered(self._clock(), *one) for one in told))

    def again_at_once(self, told: Iterable[Told]) -> bool:
        """The same for a thread that must not wait: tells whether it could be done without any waiting."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            records = b"".join(journal.answered(self._clock(), *one) for one in told)
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
        growing = Growing(self, slip, status, kept)
        growing.grow()
        return growing

    def numbers(self, people: Iterable[str]) -> list[int]:
        """The numbers of people, which are written down with what is written next."""
        if len(self._names) > NAMED:
            fresh = self._names.fresh
            self._names = Names(self._count)
            self._names.fresh = fresh
        return list(map(self._names.__getitem__, people))

    def asked(self, slip: Slip, share: Share) -> tuple[int, bytes]:
        """The number of what was asked, and its record if that has to be written yet."""
        grants = share.grants or slip.grants
        key = (slip.dialect, slip.endpoint, slip.app, grants, slip.reader, share.facts, slip.outcome)
        known = self._asked.get(key)
        if known is not None:
            return known, b""
        if len(self._asked) >= ASKED:
            self._asked.clear()
        self._asked[key] = number = next(self._count)
        names = ("dialect", "endpoint", "app", "grants", "reader", "facts", "outcome")
        said = dict(zip(names, (*key[:5], settled(share.facts), slip.outcome), strict=True))
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
            log.warning("disclosures can be recorded again: answers are sent")
            self._fault = ""

    def _hold_back(self, fault: str) -> None:
        if fault != self._fault:
            log.error("an answer was withheld, because its disclosure could not be recorded: %s", fault)
        self._fault = fault

    def growing(self, growing: Growing, flags: int) -> None:
        """Write down what more an answer tells that is read while it is sent."""
        with self._lock:
            slip, records, fresh_of = growing.slip, b"", dict[tuple[str, ...], set[str]]()
            for share in shares_of(slip, growing.before):
                what, asked = self.asked(slip, share)
                told = growing.lines.get(share.grants)
                records += asked
                if told is None:
                    told = Told(what, next(self._count), slip.status or growing.status)
                    records += journal.answered(self._clock(), *told, slip.tracking)
                growing.lines[share.grants] = told = told._replace(what=what)
                fresh, known = share.take(), growing.before.get(share.grants)
                fresh = fresh - known if known else fresh
                fresh_of[share.grants] = fresh
                records += journal.told(told.people, what, share.rows, self.numbers(fresh), flags)
            self.write(records)
            for grants, fresh in fresh_of.items():
                growing.knows(grants, fresh)


def shares_of(slip: Slip, before: Mapping[tuple[str, ...], set[str]] | None = None) -> list[Share]:
    """The shares of an answer, one at the least; those whom the request names are in the first, unless told of."""
    only = slip.named.difference(*(share.people for share in slip.shares.values()), *(before or {}).values())
    if only or not slip.shares:
        slip.share().people.update(only)
    return list(slip.shares.values())


class Growing:
    """An answer that is read while it is sent: whom a chunk tells of is written down before the chunk leaves."""

    def __init__(self, pen: Ledger, slip: Slip, status: int, kept: bool) -> None:
        self.slip = slip
        self.status = status
        self.lines: dict[tuple[str, ...], Told] = {}
        self.before: dict[tuple[str, ...], set[str]] = {}
        """Those of whom it has told until now, by the grants through which they were seen."""
        self._pen = pen
        self._kept = kept
        self._facts = -1
        self._ended = False

    @property
    def told(self) -> tuple[Told, ...]:
        """What it has told."""
        return tuple(self.lines.values())

    def knows(self, grants: tuple[str, ...], fresh: set[str]) -> None:
        """Remember whom it has told of through some grants."""
        before = self.before.setdefault(grants, fresh)
        if before is not fresh:
            before |= fresh

    def grow(self) -> None:
        """Write down what the next chunk tells, if that is more than before."""
        facts = sum(len(share.facts) for share in self.slip.shares.values()) + len(self.slip.named)
        if facts != self._facts or any(share.people for share in self.slip.shares.values()):
            self._facts = facts
            self._pen.growing(self, 0)

    def end(self, *, cut: bool = False) -> None:
        """Write down that the answer has ended; `cut` before its end."""
        if not self._ended:
            self._ended = True
            self._pen.growing(self, LAST | (CUT if cut else KEPT if self._kept else 0))
