"""The queue: one row a job, taken by one worker at a time, tried again until it is done or given up."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import NotFound, Problem
from ..store.sqlite import Store

LEASE, LONG_LEASE, LONG = 30.0, 900.0, '["refresh", "reading"]'
"""Seconds after which a job whose worker has said nothing is taken by another one: longer than the longest call, and
for reading a source, than the longest reading."""

KEPT = 7 * 24 * 3600.0
"""Seconds for which a job that is done can still be looked at; one that was given up stays until it is sent again."""

DELAYS = (10.0, 60.0, 300.0, 900.0, 3600.0, 3600.0 * 6, 3600.0 * 24)
"""Seconds to wait after each failure; after the last one a job is given up."""

_COLUMNS = "id, kind, key, payload, state, due, tries, made, ended, error"


class Later(Exception):
    """The job cannot be done yet, and nothing went wrong: it is tried again after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:g} seconds")
        self.seconds = seconds


@dataclass(frozen=True)
class Job:
    """Something to do: `kind` says what, `key` whether another one is the same, `payload` with what.

    `state` is waiting, running, done or dead; moments are seconds since 1970. Whoever a job reaches can tell by its
    `id` that it was told before.
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


def _job(row: tuple[Any, ...]) -> Job:
    identity, kind, key, payload, *rest = row
    return Job(identity, kind, key, json.loads(payload), *rest)


class Queue:
    """The jobs of a data directory; they outlive any process."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self.store = store
        self.clock = clock

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
            return 0
        promised = self.store.records.execute(
            "SELECT id, kind, key, payload, due, made FROM outbox ORDER BY made, id"
        ).fetchall()
        with self.store.passing as db:
            # A job that is known already came here before a crash could take it out of the outbox.
            db.executemany(
                "INSERT OR IGNORE INTO job (id, kind, key, payload, state, due, tries, made)"
                " VALUES (?, ?, ?, ?, 'waiting', ?, 0, ?)",
                promised,
            )
        with self.store.transaction() as db:
            db.executemany("DELETE FROM outbox WHERE id = ?", [(identity,) for identity, *_ in promised])
        return len(promised)

    def pending(self, kind: str, key: str) -> bool:
        """Whether such a job waits or runs."""
        found = self.store.passing.execute(
            "SELECT 1 FROM job WHERE kind = ? AND key = ? AND state IN ('waiting', 'running')", (kind, key)
        )
        return found.get is not None

    def take(self) -> Job | None:
        """The job that has been due longest, now this worker's for a while; None when none is due."""
        now = self.clock()
        with self.store.passing as db:
            row = db.execute(
                "UPDATE job SET state = 'running', tries = tries + 1,"
                " lease = ?1 + CASE WHEN kind IN (SELECT value FROM json_each(?2)) THEN ?3 ELSE ?4 END"
                " WHERE id = (SELECT id FROM job"
                " WHERE state = 'waiting' AND due <= ?1 OR state = 'running' AND lease < ?1 ORDER BY due, made LIMIT 1)"
                f" RETURNING {_COLUMNS}",
                (now, LONG, LONG_LEASE, LEASE),
            ).fetchone()
        return _job(row) if row else None

    def finish(self, job: Job) -> None:
        """The job is done."""
        with self.store.passing as db:
            db.execute("DELETE FROM job WHERE state = 'done' AND ended < ?", (self.clock() - KEPT,))
            db.execute("UPDATE job SET state = 'done', ended = ?, error = NULL WHERE id = ?", (self.clock(), job.id))

    def postpone(self, job: Job, seconds: float) -> None:
        """The job cannot be done yet; this does not count as a failure."""
        with self.store.passing as db:
            db.execute(
                "UPDATE job SET state = 'waiting', due = ?, tries = tries - 1 WHERE id = ?",
                (self.clock() + seconds, job.id),
            )

    def hasten(self, kind: str, beginning: str) -> None:
        """Have waiting jobs of a kind, whose keys begin so, done now: what they wait for has come."""
        with self.store.passing as db:
            db.execute(
                "UPDATE job SET due = ?1 WHERE state = 'waiting' AND due > ?1 AND kind = ?2"
                " AND substr(key, 1, length(?3)) = ?3",
                (self.clock(), kind, beginning),
            )

    def fail(self, job: Job, why: str) -> None:
        """The job failed: it is tried again later, or given up when it has been tried often enough."""
        now, again = self.clock(), job.tries <= len(DELAYS)
        due = now + DELAYS[job.tries - 1] if again else now
        with self.store.passing as db:
            db.execute(
                "UPDATE job SET state = ?, due = ?, ended = ?, error = ? WHERE id = ?",
                ("waiting" if again else "dead", due, None if again else now, why, job.id),
            )

    def jobs(self, *states: str) -> list[Job]:
        """The jobs in these states, or in any, oldest first."""
        rows = self.store.passing.execute(f"SELECT {_COLUMNS} FROM job ORDER BY made, id").fetchall()
        return [job for job in map(_job, rows) if not states or job.state in states]

    def again(self, identity: str) -> Job:
        """Have a job that was given up or done carried out once more, under the same id."""
        found = next((job for job in self.jobs("dead", "done") if job.id == identity), None)
        if found is None:
            raise NotFound(Problem("job", f"{identity} is not one that has ended", "see `rollbook jobs`"))
        with self.store.passing as db:
            db.execute(
                "UPDATE job SET state = 'waiting', due = ?, tries = 0, ended = NULL WHERE id = ?",
                (self.clock(), identity),
            )
        return found
