"""The queue: one row a job, taken by one worker at a time, retried until it is done or has failed permanently."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from ..errors import Conflict, NotFound, Occupied, Problem, RollbookError
from ..store.kept.jobs import Job as Job
from ..store.kept.jobs import Turn
from ..store.port import Store

LONG_LEASES = {"refresh": 900.0, "reading": 900.0, "delivery": 3600.0, "retention": 3600.0, "sandbox": 300.0}
LEASE = 30.0
"""Seconds after which a job whose worker has said nothing is taken by another one: longer than the longest call, and
for reading a source or delivering files, than the longest that takes."""

KEPT = 7 * 24 * 3600.0
"""Seconds for which a job that is done can still be looked at."""

REPEATED = frozenset({"webhook", "callback", "refresh"})
"""The kinds that can be done again for as long as they are kept, for a receiver that lost what it was told. Of any
other kind the payload, which may be what an app wrote of children, is let go as soon as the job is done."""

DEAD_KEPT = 30 * 24 * 3600.0
"""Seconds for which a job that failed permanently can be run again. After that its payload, which may be about
children, is deleted; the row stays, with the reason."""

SWEEP = 3600.0
"""Seconds between two looks at what need no longer be kept."""

DELAYS = (10.0, 60.0, 300.0, 900.0, 3600.0, 3600.0 * 6, 3600.0 * 24)
"""Seconds to wait after each failure; after the last one a job has failed permanently. There is no jitter: it is the
share of an app, not chance, that keeps its receiver from being called by many at once when it comes back."""

SHARE = 3
"""How many jobs of one app are done at a time, so that an app whose server is slow holds up nobody else."""


class Failed(RollbookError):
    """The job could not be done."""

    def __init__(self, *problems: Problem | str, after: float = 0.0, final: bool = False) -> None:
        super().__init__(*problems)
        self.after = after
        """The least number of seconds until it is worth trying again."""
        self.final = final
        """Whether trying again is of no use."""


class Later(Exception):
    """The job cannot be done yet, and nothing went wrong: it is tried again after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:g} seconds")
        self.seconds = seconds


class Queue:
    """The jobs of a data directory; they outlive any process."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self.store = store
        self.clock = clock
        self._brought: set[str] = set()
        self._swept = float("-inf")

    # ---- what is to be done

    def add(self, kind: str, payload: dict[str, Any], *, key: str = "", due: float | None = None) -> str:
        """Write a job down; gives its id. Where one with the same kind and key waits or runs already, that one's."""
        identity, now = str(uuid.uuid4()), self.clock()
        key = key or identity
        with self.store.passing as passing:
            passing.jobs.put(identity, kind, key, payload, due=now if due is None else due, now=now)
            return passing.jobs.pending(kind, key) or identity

    def collect(self) -> int:
        """Bring what the records' changes have promised into the queue; gives how many jobs there were."""
        if not self.store.kept.outbox.waiting():
            self._brought.clear()
            return 0
        promised = self.store.kept.outbox.promised()
        fresh = [one for one in promised if one.id not in self._brought]
        with self.store.passing as passing:
            # A job that is known already came here before a crash could take it out of the outbox.
            passing.jobs.bring(fresh)
            # One that is the same runs now, and may not know of what caused this one, which waits its turn there.
            held = {one.id for one in fresh if one.key != one.id and passing.jobs.runs(one.kind, one.key, one.id)}
        self._brought.update(one.id for one in fresh if one.id not in held)
        self._forget([one.id for one in promised if one.id not in held])
        return len(fresh) - len(held)

    def _forget(self, promised: list[str]) -> None:
        """Take out of the outbox what has been brought; when an import holds the records, at a later time."""
        try:
            with self.store.transaction(patience=0) as kept:
                kept.outbox.forget(promised)
        except Occupied:
            return
        self._brought.difference_update(promised)

    def runs(self, kind: str, key: str) -> bool:
        """Whether such a job is under way."""
        return self.store.passing.jobs.runs(kind, key)

    def pending(self, kind: str, key: str) -> bool:
        """Whether such a job waits or runs."""
        return self.store.passing.jobs.pending(kind, key) is not None

    # ---- doing it

    def take(self, kinds: Iterable[str] | None = None) -> Job | None:
        """The job of these kinds, or of any, that has been due longest, now this worker's for a while.

        None when none is due, or when each that is belongs to an app that has its share of jobs under way.
        """
        turn = Turn(self.clock(), None if kinds is None else frozenset(kinds), SHARE)
        # Looking takes no lock, so that those who find nothing hold up nobody who writes.
        if not self.store.passing.jobs.due(turn):
            return None
        with self.store.passing as passing:
            return passing.jobs.take(turn, LEASE, LONG_LEASES)

    def next_due(self, kinds: Iterable[str]) -> float:
        """In how many seconds a job of some kinds may be taken, as far as is known now."""
        due = self.store.passing.jobs.next_due(kinds)
        return float("inf") if due is None else due - self.clock()

    def finish(self, job: Job) -> None:
        """The job is done."""
        with self.store.passing as passing:
            passing.jobs.finish(job.id, self.clock(), keeping=job.kind in REPEATED)
        self.let_go()

    def postpone(self, job: Job, seconds: float) -> None:
        """The job cannot be done yet; this does not count as a failure."""
        with self.store.passing as passing:
            passing.jobs.postpone(job, self.clock() + seconds)

    def hasten(self, kind: str, beginning: str) -> None:
        """Have waiting jobs of a kind, whose keys begin so, done now: what they wait for has come."""
        with self.store.passing as passing:
            passing.jobs.hasten(kind, beginning, self.clock())

    def fail(self, job: Job, why: str, *, after: float = 0.0, final: bool = False) -> str:
        """The job failed: it is retried later, or has failed permanently if that is no use or it was tried often
        enough; gives which of the two, `failed` or `dead`."""
        now = self.clock()
        with self.store.passing as passing:
            if final or job.tries > len(DELAYS):
                passing.jobs.bury(job, now, why)
                return "dead"
            passing.jobs.retry(job, now + max(DELAYS[job.tries - 1], after), why)
        return "failed"

    # ---- what has been done

    def jobs(self, *states: str, kind: str = "") -> list[Job]:
        """The jobs in these states, or in any, oldest first; of one kind, or of all."""
        every = self.store.passing.jobs.every(kind)
        return [job for job in every if not states or job.state in states]

    def undelivered(self, grant: str) -> Job | None:
        """The last authorisation webhook about a grant (hub id), if it has failed so far or permanently."""
        job = self.store.passing.jobs.last_webhook(grant, "authorisation")
        return job if job is not None and job.state != "done" and job.error else None

    def job(self, identity: str) -> Job:
        """The job with this id."""
        found = self.store.passing.jobs.find(identity)
        if found is None:
            raise NotFound(Problem("job", f"{identity} is not known", "see `rollbook jobs`"))
        return found

    def again(self, identity: str) -> Job:
        """Run a finished or permanently failed job again, under the same id."""
        found = self.job(identity)
        if found.state not in ("dead", "done"):
            raise Conflict(f"{identity} has not ended: it is {found.state}", hint="see `rollbook jobs`")
        gone = found.kind not in REPEATED if found.state == "done" else (found.ended or 0) < self.clock() - DEAD_KEPT
        if gone:
            raise Conflict(f"{identity} has ended, and its details were deleted")
        if self.pending(found.kind, found.key):
            raise Conflict(
                f"another job that does the same as {identity} is already waiting", hint="see `rollbook jobs`"
            )
        with self.store.passing as passing:
            passing.jobs.again(identity, self.clock())
        return found

    def let_go(self) -> None:
        """Let go of what need no longer be kept: payloads may tell of children."""
        now = self.clock()
        if now < self._swept + SWEEP:
            return
        self._swept = now
        with self.store.passing as passing:
            passing.jobs.let_go(done_before=now - KEPT, dead_before=now - DEAD_KEPT)
