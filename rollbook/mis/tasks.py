"""What school agents are asked to do: a row for each task, which outlives the hub and the agent.

An agent does one thing at a time. Whenever it asks what is next it holds nothing, so whatever has not been answered is
handed out again; it tells by the task's id that it has done it before.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from ..store.kept.tasks import DONE, OPEN, ORDER, READING, RECALLED, REFUSED, UPLOADED, WITHDRAWN, Contact, Task
from ..store.port import Store

KEPT = 7 * 24 * 3600.0
"""Seconds for which it is known what became of a task."""

SILENT = 90.0
"""Seconds after which an agent that has said nothing is taken to be offline; one that waits asks every 25."""


class Tasks:
    """The tasks of all agents of a hub."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self.store = store
        self.clock = clock

    def put(self, agent: str, kind: str, payload: dict[str, Any], identity: str = "") -> Task:
        """Ask an agent to do something; under an id that is known already, give that task."""
        now = self.clock()
        with self.store.passing as passing:
            passing.tasks.forget(now - KEPT)
            return passing.tasks.put(identity or str(uuid.uuid4()), agent, kind, payload, now)

    def read(self, agent: str) -> Task:
        """Ask an agent for its records, unless it is being asked already."""
        return self.reading(agent) or self.put(agent, READING, {})

    def reading(self, agent: str) -> Task | None:
        """The reading of an agent's records that is under way."""
        found = self.unanswered(agent, READING, (OPEN, UPLOADED))
        return found[0] if found else None

    def last_reading(self, agent: str) -> Task | None:
        """The reading that ended last."""
        return self.store.passing.tasks.ended_last(agent, READING)

    def unanswered(self, agent: str, kind: str, states: Iterable[str] = (OPEN, RECALLED)) -> list[Task]:
        """The tasks of a kind that an agent has not answered, oldest first."""
        return self.store.passing.tasks.unanswered(agent, kind, states)

    def find(self, agent: str, identity: str) -> Task | None:
        """A task of an agent; None when it is none of its own."""
        return self.store.passing.tasks.find(agent, identity)

    def hand(self, task: Task) -> Task | None:
        """Note that a task is handed out; None when it was taken back in the meantime."""
        with self.store.passing as passing:
            passing.tasks.hand(task.id, self.clock())
        found = self.find(task.agent, task.id)
        return found if found and found.handed is not None and found.ended is None else None

    def withdraw(self, identity: str, why: str) -> bool:
        """Take a task back that nobody has ever had; tells whether it could be."""
        with self.store.passing as passing:
            return passing.tasks.withdraw(identity, why, self.clock())

    def recall(self, identity: str, why: str) -> None:
        """Have a task that was handed out no longer begun: the agent is asked only whether it had done it."""
        with self.store.passing as passing:
            passing.tasks.turn(identity, RECALLED, why)

    def uploaded(self, identity: str, note: str) -> None:
        """Note that an agent has brought its records."""
        with self.store.passing as passing:
            passing.tasks.turn(identity, UPLOADED, note)

    def end(self, identity: str, state: str = DONE, note: str | None = None) -> None:
        """Note how a task ended; what it was about is kept no longer."""
        with self.store.passing as passing:
            passing.tasks.end(identity, state, note, self.clock())

    # ---- who is there

    def seen(self, agent: str, run: str, software: str) -> None:
        """Note that an agent is there now."""
        with self.store.passing as passing:
            passing.tasks.seen(agent, Contact(self.clock(), run, software))

    def still(self, agent: str) -> None:
        """Note that an agent that is known is still there."""
        with self.store.passing as passing:
            passing.tasks.still(agent, self.clock())

    def contact(self, agent: str) -> Contact | None:
        """When an agent was last heard of."""
        return self.store.passing.tasks.contact(agent)

    def offline(self, agent: str) -> bool:
        """Whether nothing has been heard of an agent for a while."""
        contact = self.contact(agent)
        return contact is None or contact.at + SILENT < self.clock()


__all__ = [
    "DONE",
    "KEPT",
    "OPEN",
    "ORDER",
    "READING",
    "RECALLED",
    "REFUSED",
    "SILENT",
    "UPLOADED",
    "WITHDRAWN",
    "Contact",
    "Task",
    "Tasks",
]
