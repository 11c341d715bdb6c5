"""Jobs: what is to be done, by whom, until when, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .outbox import Promise
from .statements import Row, Statements

_COLUMNS = "id, kind, key, payload, state, due, tries, made, ended, error, lease"

_PUT = (
    "INSERT INTO job (id, kind, key, payload, state, due, tries, made) VALUES (?, ?, ?, ?, 'waiting', ?, ?, ?)"
    " ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True)
class Job:
    """Something to do: `kind` says what, `key` whether another one is the same, `payload` with what.

    `state` is waiting, running, done or dead; moments are seconds since 1970. Whoever a job reaches can tell a repeat
    by its `id`. A running job is its worker's until `lease`.
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


@dataclass(frozen=True)
class Queued:
    """Jobs of one kind in one state: how many, and when the first of them was or is due (seconds since 1970)."""

    kind: str
    state: str
    jobs: int
    due: float


@dataclass(frozen=True)
class Turn:
    """Which jobs a worker may take at a moment: of these kinds (None: of any), and of each app at most `share` at a
    time, over all workers."""

    now: float
    kinds: frozenset[str] | None
    share: int

    def values(self) -> dict[str, Any]:
        """The turn as a statement needs it."""
        return {
            "now": self.now,
            "kinds": None if self.kinds is None else json.dumps(sorted(self.kinds)),
            "share": self.share,
        }


class Jobs(Statements):
    """Jobs: what is to be done, by whom, until when, and how it ended.

    Of one kind and key, one job at a time waits or runs.
    """

    # ---- what is to be done

    def put(
        self, identity: str, kind: str, key: str, payload: Mapping[str, Any], *, due: float, now: float, tries: int = 0
    ) -> None:
        """Write a job down; nothing where its id is known, or where one with the same kind and key waits or runs."""
        self._do(_PUT, (identity, kind, key, json.dumps(payload), due, tries, now))
        self._ring(kind)

    def bring(self, promised: Iterable[Promise]) -> None:
        """Write down what was promised, under the ids that it has, in the same way."""
        every = list(promised)
        self._each(_PUT, ((one.id, one.kind, one.key, one.payload, one.due, 0, one.made) for one in every))
        for kind in {one.kind for one in every}:
            self._ring(kind)

    def pending(self, kind: str, key: str) -> str | None:
        """The id of the job with this kind and key that waits or runs."""
        return self._value(
            "SELECT id FROM job WHERE kind = ? AND key = ? AND state IN ('waiting', 'running')", (kind, key)
        )

    def runs(self, kind: str, key: str, other_than: str = "") -> bool:
        """Whether such a job is running, under another id than the one given."""
        found = "SELECT 1 FROM job WHERE kind = ? AND key = ? AND state = 'running' AND id <> ?"
        return self._value(found, (kind, key, other_than)) is not None

    def waiting(self, kind: str, key: str) -> Job | None:
        """Such a job while it waits."""
        row = self._row(f"SELECT {_COLUMNS} FROM job WHERE kind = ? AND key = ? AND state = 'waiting'", (kind, key))
        return _job(row) if row else None

    def drop(self, kind: str, key: str) -> None:
        """Delete such a job if it waits."""
        self._do("DELETE FROM job WHERE kind = ? AND key = ? AND state = 'waiting'", (kind, key))

    # ---- doing it

    def due(self, turn: Turn) -> bool:
        """Whether there is a job to take."""
        return self._value(self._due(), turn.values()) is not None

    def next_due(self, kinds: Iterable[str]) -> float | None:
        """The moment from which a job of some kinds may be taken next; None when there is none."""
        return self._value(
            "SELECT min(CASE state WHEN 'waiting' THEN due ELSE lease END) FROM job"
            f" WHERE state IN ('waiting', 'running') AND kind {self._in('?')}",
            (json.dumps(sorted(kinds)),),
        )

    def _due(self) -> str:
        """The id of the job that may be taken first; another worker may be about to take it."""
        app = self._flavour.member("payload", "app")
        return (
            "SELECT id FROM job WHERE (state = 'waiting' AND due <= :now OR state = 'running' AND lease < :now)"
            f" AND (CAST(:kinds AS text) IS NULL OR kind {self._in(':kinds')})"
            f" AND coalesce({app}, '') NOT IN (SELECT {app} FROM job WHERE state = 'running' AND lease >= :now"
            f" AND {app} <> '' GROUP BY 1 HAVING count(*) >= :share)"
            f" ORDER BY due, made LIMIT 1 {self._flavour.skip_taken}"
        )

    def take(self, turn: Turn, lease: float, longer: Mapping[str, float]) -> Job | None:
        """The job that has been due longest, from now on running; None when there is none.

        It can be taken again after `lease` seconds, or after those in `longer` where its kind is there. Workers take
        one after the other, so that together they give no app more than its share.
        """
        self._alone("jobs")
        row = self._row(
            "UPDATE job SET state = 'running', tries = tries + 1,"
            " lease = :now + coalesce((SELECT CAST(l.value AS double precision)"
            f" FROM {self._flavour.members(':longer')} l WHERE l.key = job.kind), :lease)"
            f" WHERE id = ({self._due()}) RETURNING {_COLUMNS}",
            {**turn.values(), "lease": lease, "longer": json.dumps(longer)},
        )
        return _job(row) if row else None

    def finish(self, identity: str, now: float, *, keeping: bool) -> None:
        """The job is done; whether its payload is kept."""
        self._do(
            "UPDATE job SET state = 'done', ended = ?, error = NULL,"
            " payload = CASE WHEN ? = 1 THEN payload ELSE '{}' END WHERE id = ?",
            (now, keeping, identity),
        )

    def postpone(self, job: Job, due: float) -> None:
        """A running job waits again until `due`, and this time does not count as a try.

        Nothing happens to a job that another worker has taken since, here as in `retry` and `bury`.
        """
        self._do(
            "UPDATE job SET state = 'waiting', due = ?, tries = tries - 1"
            " WHERE id = ? AND state = 'running' AND lease IS NOT DISTINCT FROM ?",
            (due, job.id, job.lease),
        )
        self._ring(job.kind)

    def retry(self, job: Job, due: float, why: str) -> None:
        """A running job failed, and waits until `due`."""
        self._do(
            "UPDATE job SET state = 'waiting', due = ?, ended = NULL, error = ?"
            " WHERE id = ? AND state = 'running' AND lease IS NOT DISTINCT FROM ?",
            (due, why, job.id, job.lease),
        )
        self._ring(job.kind)

    def bury(self, job: Job, now: float, why: str) -> None:
        """A running job failed permanently."""
        self._do(
            "UPDATE job SET state = 'dead', due = ?, ended = ?, error = ?"
            " WHERE id = ? AND state = 'running' AND lease IS NOT DISTINCT FROM ?",
            (now, now, why, job.id, job.lease),
        )

    def hasten(self, kind: str, beginning: str, now: float) -> None:
        """Waiting jobs of a kind, whose keys begin so, are due now."""
        self._do(
            "UPDATE job SET due = :now WHERE state = 'waiting' AND due > :now AND kind = :kind"
            " AND substr(key, 1, length(:beginning)) = :beginning",
            {"now": now, "kind": kind, "beginning": beginning},
        )
        self._ring(kind)

    # ---- what has been done

    def find(self, identity: str) -> Job | None:
        """A job by its id."""
        row = self._row(f"SELECT {_COLUMNS} FROM job WHERE id = ?", (identity,))
        return _job(row) if row else None

    def queued(self) -> list[Queued]:
        """How many jobs of each kind there are in each state."""
        rows = self._rows("SELECT kind, state, count(*), min(due) FROM job GROUP BY kind, state ORDER BY kind, state")
        return [Queued(*row) for row in rows]

    def every(self, kind: str = "") -> list[Job]:
        """The jobs of a kind, or all, oldest first."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM job WHERE (? = '' OR kind = ?) ORDER BY made, id", (kind, kind))
        return [_job(row) for row in rows]

    def last_webhook(self, grant: str, family: str) -> Job | None:
        """The newest webhook of a family about a grant (hub id)."""
        row = self._row(
            f"SELECT {_COLUMNS} FROM job WHERE kind = 'webhook' AND {self._flavour.member('payload', 'grant')} = ?"
            f" AND {self._flavour.member('payload', 'family')} = ? ORDER BY made DESC, id DESC LIMIT 1",
            (grant, family),
        )
        return _job(row) if row else None

    def again(self, identity: str, now: float) -> None:
        """A job that has ended is due now, as if it had never been tried."""
        statement = "UPDATE job SET state = 'waiting', due = ?, tries = 0, ended = NULL WHERE id = ? RETURNING kind"
        for kind in self._values(statement, (now, identity)):
            self._ring(kind)

    def let_go(self, *, done_before: float, dead_before: float) -> None:
        """Delete the jobs that were done before a moment, and the payloads of those that failed before another."""
        self._do("DELETE FROM job WHERE state = 'done' AND ended < ?", (done_before,))
        self._do("UPDATE job SET payload = '{}' WHERE state = 'dead' AND ended < ?", (dead_before,))


def _job(row: Row) -> Job:
    identity, kind, key, payload, *rest = row
    return Job(identity, kind, key, json.loads(payload), *rest)
