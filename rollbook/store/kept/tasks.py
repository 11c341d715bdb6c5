"""What school agents are asked to do, and when each was last heard of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..bell import AGENTS
from .statements import Row, Statements

ORDER, READING = "order", "reading"

OPEN, RECALLED, UPLOADED = "open", "recalled", "uploaded"
"""To be done; to be answered, but not begun any more; brought, and waiting to be imported."""

DONE, WITHDRAWN, REFUSED = "done", "withdrawn", "refused"
"""How a task ends: answered; taken back before anybody had it; answered with what could not be accepted."""

_FIND = "SELECT id, agent, kind, payload, state, made, handed, ended, note FROM task"


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


@dataclass(frozen=True)
class Contact:
    """When an agent was last heard of (seconds since 1970), in which run of its program, and what program that is."""

    at: float
    run: str
    software: str


class Tasks(Statements):
    """What school agents are asked to do, and when each was last heard of."""

    def put(self, identity: str, agent: str, kind: str, payload: Mapping[str, Any], now: float) -> Task:
        """Keep a task; where its id is known already, what is given is the one that is kept."""
        self._do(
            "INSERT INTO task (id, agent, kind, payload, state, made) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (identity, agent, kind, json.dumps(payload), OPEN, now),
        )
        self._ring(AGENTS)
        (row,) = self._rows(f"{_FIND} WHERE id = ?", (identity,))
        return _task(row)

    def forget(self, before: float) -> None:
        """Delete the tasks that ended before a moment."""
        self._do("DELETE FROM task WHERE ended < ?", (before,))

    def find(self, agent: str, identity: str) -> Task | None:
        """A task of an agent; None when it is none of its own."""
        row = self._row(f"{_FIND} WHERE agent = ? AND id = ?", (agent, identity))
        return _task(row) if row else None

    def unanswered(self, agent: str, kind: str, states: Iterable[str]) -> list[Task]:
        """The tasks of a kind that an agent has not answered, in these states, oldest first."""
        rows = self._rows(
            f"{_FIND} WHERE agent = ? AND kind = ? AND state {self._in('?')} ORDER BY made, id",
            (agent, kind, json.dumps(list(states))),
        )
        return [_task(row) for row in rows]

    def ended_last(self, agent: str, kind: str) -> Task | None:
        """The task of a kind that ended last."""
        row = self._row(
            f"{_FIND} WHERE agent = ? AND kind = ? AND ended IS NOT NULL ORDER BY ended DESC LIMIT 1", (agent, kind)
        )
        return _task(row) if row else None

    # ---- what becomes of a task

    def hand(self, identity: str, now: float) -> None:
        """A task that is not answered is handed out, unless it was before."""
        self._do(
            "UPDATE task SET handed = coalesce(handed, ?) WHERE id = ? AND state IN (?, ?)",
            (now, identity, OPEN, RECALLED),
        )

    def withdraw(self, identity: str, why: str, now: float) -> bool:
        """Take a task back that nobody has ever had; false where somebody has."""
        return self._do(
            "UPDATE task SET state = ?, ended = ?, note = ?, payload = '{}'"
            " WHERE id = ? AND state = ? AND handed IS NULL RETURNING 1",
            (WITHDRAWN, now, why, identity, OPEN),
        )

    def turn(self, identity: str, state: str, note: str) -> None:
        """An open task comes into another state."""
        self._do("UPDATE task SET state = ?, note = ? WHERE id = ? AND state = ?", (state, note, identity, OPEN))
        self._ring(AGENTS)

    def end(self, identity: str, state: str, note: str | None, now: float) -> None:
        """A task ends, unless it has; what it was about is kept no longer."""
        self._do(
            "UPDATE task SET state = ?, ended = ?, note = ?, payload = '{}' WHERE id = ? AND ended IS NULL",
            (state, now, note, identity),
        )

    # ---- who is there

    def seen(self, agent: str, contact: Contact) -> None:
        """An agent was heard of."""
        self._do(
            "INSERT INTO school_agent_seen (agent, at, run, software) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (agent) DO UPDATE SET at = excluded.at, run = excluded.run, software = excluded.software",
            (agent, contact.at, contact.run, contact.software),
        )

    def still(self, agent: str, now: float) -> None:
        """An agent that is known was heard of again."""
        self._do("UPDATE school_agent_seen SET at = ? WHERE agent = ?", (now, agent))

    def contact(self, agent: str) -> Contact | None:
        """When an agent was last heard of."""
        row = self._row("SELECT at, run, software FROM school_agent_seen WHERE agent = ?", (agent,))
        return Contact(*row) if row else None


def _task(row: Row) -> Task:
    identity, agent, kind, payload, *rest = row
    return Task(identity, agent, kind, json.loads(payload), *rest)
