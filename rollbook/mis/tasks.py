"""What school agents are asked to do: a row for each task, which outlives the hub and the agent.

An agent does one thing at a time. Whenever it asks what is next it holds nothing, so whatever has not been answered is
handed out again; it tells by the task's id that it has done it before.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..store.sqlite import Store

ORDER, READING = "order", "reading"

OPEN, RECALLED, UPLOADED = "open", "recalled", "uploaded"
"""To be done; to be answered, but not begun any more; brought, and waiting to be imported."""

DONE, WITHDRAWN, REFUSED = "done", "withdrawn", "refused"
"""How a task ends: answered; taken back before anybody had it; answered with what could not be accepted."""

KEPT = 7 * 24 * 3600.0
"""Seconds for which it is known what became of a task."""

SILENT = 90.0
"""Seconds after which an agent that has said nothing is taken to be offline; one that waits asks every 25."""

_COLUMNS = "id, agent, kind, payload, state, made, handed, ended, note"


@dataclass(frozen=True)
class Task:
    """Something that an agent is asked to do: to enter an order, or to let its records be read.

    Moments are seconds since 1970; `handed` is when it was first handed out, None while it never was.
    """

    id: str
    agent: str
    kind: str
    payload: dict[str, Any]
    state: str
    made: float
    handed: float | None
    ended: float | None
    note: str | None


def _task(row: tuple[Any, ...]) -> Task:
    identity, agent, kind, payload, *rest = row
    return Task(identity, agent, kind, json.loads(payload), *rest)


@dataclass(frozen=True)
class Contact:
    """When an agent was last heard of (seconds since 1970), in which run of its program, and what program that is."""

    at: float
    run: str
    software: str


class Tasks:
    """The tasks of all agents of a hub."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self.store = store
        self.clock = clock

    def put(self, agent: str, kind: str, payload: dict[str, Any], identity: str = "") -> Task:
        """Ask an agent to do something; under an id that is known already, give that task."""
        identity = identity or str(uuid.uuid4())
        with self.store.passing as db:
            db.execute("DELETE FROM task WHERE ended < ?", (self.clock() - KEPT,))
            db.execute(
                "INSERT OR IGNORE INTO task VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, NULL)",
                (identity, agent, kind, json.dumps(payload), OPEN, self.clock()),
            )
        return self._one("id = ?", identity)

    def read(self, agent: str) -> Task:
        """Ask an agent for its records, unless it is being asked already."""
        return self.reading(agent) or self.put(agent, READING, {})

    def reading(self, agent: str) -> Task | None:
        """The reading of an agent's records that is under way."""
        found = self.unanswered(agent, READING, (OPEN, UPLOADED))
        return found[0] if found else None

    def last_reading(self, agent: str) -> Task | None:
        """The reading that ended last."""
        rows = self._rows("agent = ? AND kind = ? AND ended IS NOT NULL ORDER BY ended DESC LIMIT 1", agent, READING)
        return rows[0] if rows else None

    def unanswered(self, agent: str, kind: str, states: Iterable[str] = (OPEN, RECALLED)) -> list[Task]:
        """The tasks of a kind that an agent has not answered, oldest first."""
        return self._rows(
            "agent = ? AND kind = ? AND state IN (SELECT value FROM json_each(?)) ORDER BY made, id",
            agent,
            kind,
            json.dumps(list(states)),
        )

    def find(self, agent: str, identity: str) -> Task | None:
        """A task of an agent; None when it is none of its own."""
        rows = self._rows("agent = ? AND id = ?", agent, identity)
        return rows[0] if rows else None

    def hand(self, task: Task) -> Task | None:
        """Note that a task is handed out; None when it was taken back in the meantime."""
        with self.store.passing as db:
            db.execute(
                "UPDATE task SET handed = coalesce(handed, ?) WHERE id = ? AND state IN (?, ?)",
                (self.clock(), task.id, OPEN, RECALLED),
            )
        found = self.find(task.agent, task.id)
        return found if found and found.handed is not None and found.ended is None else None

    def withdraw(self, identity: str, why: str) -> bool:
        """Take a task back that nobody has ever had; tells whether it could be."""
        with self.store.passing as db:
            found = db.execute(
                "UPDATE task SET state = ?, ended = ?, note = ?, payload = '{}'"
                " WHERE id = ? AND state = ? AND handed IS NULL RETURNING id",
                (WITHDRAWN, self.clock(), why, identity, OPEN),
            ).fetchone()
        return found is not None

    def recall(self, identity: str, why: str) -> None:
        """Have a task that was handed out no longer begun: the agent is asked only whether it had done it."""
        with self.store.passing as db:
            db.execute(
                "UPDATE task SET state = ?, note = ? WHERE id = ? AND state = ?", (RECALLED, why, identity, OPEN)
            )

    def uploaded(self, identity: str, note: str) -> None:
        """Note that an agent has brought its records."""
        with self.store.passing as db:
            db.execute(
                "UPDATE task SET state = ?, note = ? WHERE id = ? AND state = ?", (UPLOADED, note, identity, OPEN)
            )

    def end(self, identity: str, state: str = DONE, note: str | None = None) -> None:
        """Note how a task ended; what it was about is kept no longer."""
        with self.store.passing as db:
            db.execute(
                "UPDATE task SET state = ?, ended = ?, note = ?, payload = '{}' WHERE id = ? AND ended IS NULL",
                (state, self.clock(), note, identity),
            )

    # ---- who is there

    def seen(self, agent: str, run: str, software: str) -> None:
        """Note that an agent is there now."""
        with self.store.passing as db:
            db.execute(
                "INSERT OR REPLACE INTO school_agent_seen VALUES (?, ?, ?, ?)", (agent, self.clock(), run, software)
            )

    def still(self, agent: str) -> None:
        """Note that an agent that is known is still there."""
        with self.store.passing as db:
            db.execute("UPDATE school_agent_seen SET at = ? WHERE agent = ?", (self.clock(), agent))

    def contact(self, agent: str) -> Contact | None:
        """When an agent was last heard of."""
        row = self.store.passing.execute(
            "SELECT at, run, software FROM school_agent_seen WHERE agent = ?", (agent,)
        ).fetchone()
        return Contact(*row) if row else None

    def offline(self, agent: str) -> bool:
        """Whether nothing has been heard of an agent for a while."""
        contact = self.contact(agent)
        return contact is None or contact.at + SILENT < self.clock()

    def _one(self, where: str, *values: Any) -> Task:
        return self._rows(where, *values)[0]

    def _rows(self, where: str, *values: Any) -> list[Task]:
        rows = self.store.passing.execute(f"SELECT {_COLUMNS} FROM task WHERE {where}", values)
        return [_task(row) for row in rows]
