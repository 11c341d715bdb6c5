"""The queue: one row a job, taken by one worker at a time, retried until it is done or has failed permanently."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..errors import Conflict, NotFound, Occupied, Problem, RollbookError
from ..store.sqlite import Store

LEASE, LONG_LEASE, LONG = 30.0, 900.0, '["refresh", "reading"]'
"""Seconds after which a job whose worker has said nothing is taken by another one: longer than the longest call, and
for reading a source, than the longest reading."""

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

_COLUMNS = "id, kind, key, payload, state, due, tries, made, ended, error, lease"


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


@dataclass(frozen=True)
class Job:
    """Something to do: `kind` says what, `key` whether another one is the same, `payload` with what.

    `state` is waiting, running, done or dead; moments are seconds since 1970. Whoever a job reaches can tell by its
    `id` that it was told before. A running job is its worker's until `lease`.
    """

    id: str
    kind: str
    key: str
    payload: dict[str, Any]
    state: str
    due: float
    tries: int
    made: float
    ended: float | None
    error: str | None
    lease: float | None = None


def _job(row: tuple[Any, ...]) -> Job:
    identity, kind, key, payload, *rest = row
    return Job(identity, kind, key, json.loads(payload), *rest)


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
        with self.store.passing as db:
            db.execute(
                "INSERT OR IGNORE INTO job (id, kind, key, payload, state, due, tries, made)"
                " VALUES (?, ?, ?, ?, 'waiting', ?, 0, ?)",
                (identity, kind, key, json.dumps(payload), now if due is None else due, now),
            )
            return db.execute(
                "SELECT id FROM job WHERE kind = ? AND key = ? AND state IN ('waiting', 'running')", (kind, key)
            ).get

    def collect(self) -> int:
        """Bring what the records' changes have promised into the queue; gives how many jobs there were."""
        if self.store.records.execute("SELECT 1 FROM outbox LIMIT 1").get is None:
            self._brought.clear()
            return 0
        promised = self.store.records.execute(
            "SELECT id, kind, key, payload, due, made FROM outbox ORDER BY made, id"
        ).fetchall()
        fresh = [row for row in promised if row[0] not in self._brought]
        with self.store.passing as db:
            # A job that is known already came here before a crash could take it out of the outbox.
            db.executemany(
                "INSERT OR IGNORE INTO job (id, kind, key, payload, state, due, tries, made)"
                " VALUES (?, ?, ?, ?, 'waiting', ?, 0, ?)",
                fresh,
            )
            # One that is the same runs now, and may not know of what caused this one, which waits its turn there.
            held = {identity for identity, kind, key, *_ in fresh if key != identity and self.runs(kind, key, identity)}
        self._brought.update(identity for identity, *_ in fresh if identity not in held)
        self._forget([identity for identity, *_ in promised if identity not in held])
        return len(fresh) - len(held)

    def _forget(self, promised: list[str]) -> None:
        """Take out of the outbox what has been brought; when an import holds the records, at a later time."""
        try:
            with self.store.transaction(patience=0) as db:
                db.executemany("DELETE FROM outbox WHERE id = ?", [(identity,) for identity in promised])
        except Occupied:
            return
        self._brought.difference_update(promised)

    def runs(self, kind: str, key: str, other_than: str = "") -> bool:
        """Whether such a job is under way."""
        found = self.store.passing.execute(
            "SELECT 1 FROM job WHERE kind = ? AND key = ? AND state = 'running' AND id <> ?", (kind, key, other_than)
        )
        return found.get is not None

    def pending(self, kind: str, key: str) -> bool:
        """Whether such a job waits or runs."""
        found = self.store.passing.execute(
            "SELECT 1 FROM job WHERE kind = ? AND key = ? AND state IN ('waiting', 'running')", (kind, key)
        )
        return found.get is not None

    # ---- doing it

    def take(self, kinds: Iterable[str] | None = None) -> Job | None:
        """The job of these kinds, or of any, that has been due longest, now this worker's for a while.

        None when none is due, or when each that is belongs to an app that has its share of jobs under way.
        """
        chosen = None if kinds is None else json.dumps(list(kinds))
        found = (
            "SELECT id FROM job WHERE (state = 'waiting' AND due <= :now OR state = 'running' AND lease < :now)"
            " AND (:kinds IS NULL OR kind IN (SELECT value FROM json_each(:kinds)))"
            " AND coalesce(payload ->> '$.app', '') NOT IN (SELECT payload ->> '$.app' FROM job"
            " WHERE state = 'running' AND lease >= :now AND payload ->> '$.app' <> '' GROUP BY 1"
            " HAVING count(*) >= :share) ORDER BY due, made LIMIT 1"
        )
        said = {"now": self.clock(), "kinds": chosen, "share": SHARE}
        # Looking takes no lock, so that those who find nothing hold up nobody who writes.
        if self.store.passing.execute(found, said).get is None:
            return None
        with self.store.passing as db:
            row = db.execute(
                "UPDATE job SET state = 'running', tries = tries + 1,"
                " lease = :now"
                " + CASE WHEN kind IN (SELECT value FROM json_each(:long)) THEN :long_lease ELSE :lease END"
                f" WHERE id = ({found}) RETURNING {_COLUMNS}",
                {**said, "long": LONG, "long_lease": LONG_LEASE, "lease": LEASE},
            ).fetchone()
        return _job(row) if row else None

    def finish(self, job: Job) -> None:
        """The job is done."""
        with self.store.passing as db:
            db.execute(
                "UPDATE job SET state = 'done', ended = ?, error = NULL,"
                " payload = CASE WHEN ? THEN payload ELSE '{}' END WHERE id = ?",
                (self.clock(), job.kind in REPEATED, job.id),
            )
        self.let_go()

    def postpone(self, job: Job, seconds: float) -> None:
        """The job cannot be done yet; this does not count as a failure."""
        with self.store.passing as db:
            db.execute(
                "UPDATE job SET state = 'waiting', due = ?, tries = tries - 1"
                " WHERE id = ? AND state = 'running' AND lease IS ?",
                (self.clock() + seconds, job.id, job.lease),
            )

    def hasten(self, kind: str, beginning: str) -> None:
        """Have waiting jobs of a kind, whose keys begin so, done now: what they wait for has come."""
        with self.store.passing as db:
            db.execute(
                "UPDATE job SET due = ?1 WHERE state = 'waiting' AND due > ?1 AND kind = ?2"
                " AND substr(key, 1, length(?3)) = ?3",
                (self.clock(), kind, beginning),
            )

    def fail(self, job: Job, why: str, *, after: float = 0.0, final: bool = False) -> None:
        """The job failed: it is retried later, or has failed permanently if that is no use or it was tried often
        enough."""
        now, again = self.clock(), job.tries <= len(DELAYS) and not final
        due = now + max(DELAYS[job.tries - 1], after) if again else now
        with self.store.passing as db:
            # Whoever was so slow that another has taken the job has no say any more.
            db.execute(
                "UPDATE job SET state = ?, due = ?, ended = ?, error = ?"
                " WHERE id = ? AND state = 'running' AND lease IS ?",
                ("waiting" if again else "dead", due, None if again else now, why, job.id, job.lease),
            )

    # ---- what has been done

    def jobs(self, *states: str, kind: str = "") -> list[Job]:
        """The jobs in these states, or in any, oldest first; of one kind, or of all."""
        rows = self.store.passing.execute(
            f"SELECT {_COLUMNS} FROM job WHERE (? = '' OR kind = ?) ORDER BY made, id", (kind, kind)
        ).fetchall()
        return [job for job in map(_job, rows) if not states or job.state in states]

    def undelivered(self, grant: str) -> Job | None:
        """The last authorisation webhook about a grant (hub id), if it has failed so far or permanently."""
        row = self.store.passing.execute(
            f"SELECT {_COLUMNS} FROM job WHERE kind = 'webhook' AND payload ->> '$.grant' = ?"
            " AND payload ->> '$.family' = 'authorisation' ORDER BY made DESC, id DESC LIMIT 1",
            (grant,),
        ).fetchone()
        job = _job(row) if row else None
        return job if job is not None and job.state != "done" and job.error else None

    def job(self, identity: str) -> Job:
        """The job with this id."""
        row = self.store.passing.execute(f"SELECT {_COLUMNS} FROM job WHERE id = ?", (identity,)).fetchone()
        if row is None:
            raise NotFound(Problem("job", f"{identity} is not known", "see `rollbook jobs`"))
        return _job(row)

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
        with self.store.passing as db:
            db.execute(
                "UPDATE job SET state = 'waiting', due = ?, tries = 0, ended = NULL WHERE id = ?",
                (self.clock(), identity),
            )
        return found

    def let_go(self) -> None:
        """Let go of what need no longer be kept: payloads may tell of children."""
        now = self.clock()
        if now < self._swept + SWEEP:
            return
        self._swept = now
        with self.store.passing as db:
            db.execute("DELETE FROM job WHERE state = 'done' AND ended < ?", (now - KEPT,))
            db.execute("UPDATE job SET payload = '{}' WHERE state = 'dead' AND ended < ?", (now - DEAD_KEPT,))
