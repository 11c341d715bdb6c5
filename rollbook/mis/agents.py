"""Schools whose records are kept elsewhere: their write-backs wait as tasks for the school's agent."""

from __future__ import annotations

import json
from typing import Any

from ..consent import Desk
from ..consent.agents import Agent
from .changes import Invalid
from .orders import FAILED, INVALID, UNREACHED, Order, Outcome, WriteBacks, order_from, order_payload
from .systems import Find, Mis, check_standing, standing_grant
from .tasks import OPEN, ORDER, READING, RECALLED, REFUSED, UPLOADED, WITHDRAWN, Task, Tasks

PATIENCE = 3600.0
"""Seconds for which an agent is waited for: an hour, as the document says."""

LONGEST = 24 * 3600.0
"""Seconds to wait for an agent that has a write-back to report its outcome."""

AFTER_REFUSAL = 900.0
"""Seconds after which an agent whose records were refused is asked for them again."""

NOT_REACHED = "The school's agent could not be reached for an hour. Nothing was written back"
NOT_SAID = (
    "The school's agent took the write-back but has not connected for a day. It is not known whether it was entered"
)


class AgentMis:
    """A MIS that is reached through an agent: an order becomes a task, and the agent tells what came of it."""

    def __init__(self, agent: Agent, tasks: Tasks, writebacks: WriteBacks) -> None:
        self.agent = agent
        self.tasks = tasks
        self.writebacks = writebacks

    def take(self, order: Order) -> Outcome | None:
        """Have the agent asked to enter an order; after an hour, take it back if nobody has ever had it.

        What an agent has had, only it can tell of: it is then asked whether it was entered, and has it entered no more.
        """
        known = self.writebacks.outcome(order.id)
        if known is not None:
            return known
        task = self.tasks.put(self.agent.id, ORDER, order_payload(order), order.id)
        waited = self.tasks.clock() - task.made
        if task.state == WITHDRAWN:
            return self.writebacks.settle(order, reason(task.note))
        if waited >= PATIENCE:
            why = json.dumps([UNREACHED, NOT_REACHED])
            if self.tasks.withdraw(task.id, why):
                return self.writebacks.settle(order, reason(why))
            self.tasks.recall(task.id, why)
        if waited < LONGEST:
            return None
        outcome = self.writebacks.settle(order, Outcome(FAILED, (NOT_SAID,)))
        self.tasks.end(task.id)
        return outcome


def mis_of(desk: Desk, tasks: Tasks, writebacks: WriteBacks, hub: Mis) -> Find:
    """Finds the MIS of a school: its agent if it has one, and the hub itself if not."""

    def find(district: int, school: str) -> Mis:
        agent = desk.agents.of_school(district, school)
        return hub if agent is None else AgentMis(agent, tasks, writebacks)

    return find


class Handing:
    """Hands an agent what is next for it, and nothing that the school no longer grants."""

    def __init__(self, desk: Desk, tasks: Tasks, writebacks: WriteBacks) -> None:
        self.desk = desk
        self.tasks = tasks
        self.writebacks = writebacks

    def next(self, agent: Agent) -> Task | None:
        """What an agent is to do now: orders first, in the order in which they came.

        An agent whose records must be read whole is asked for them before anything else, so that the hub's copy can
        follow each order that is entered.
        """
        if agent.position is None and not self._just_refused(agent):
            self.tasks.read(agent.id)
        reading = self.tasks.reading(agent.id)
        if agent.position is not None and (reading is None or reading.state != UPLOADED):
            for task in self.tasks.unanswered(agent.id, ORDER):
                if self._stands(task):
                    return self.tasks.hand(task)
        return self.tasks.hand(reading) if reading is not None and reading.state == OPEN else None

    def _just_refused(self, agent: Agent) -> bool:
        last = self.tasks.last_reading(agent.id)
        if last is None or last.state != REFUSED or agent.may_shrink:
            return False
        return (last.ended or 0.0) + AFTER_REFUSAL > self.tasks.clock()

    def _stands(self, task: Task) -> bool:
        """Whether an order may be handed out; one that nobody has had yet is settled here when it may not."""
        order = order_from(task.payload)
        if task.state == RECALLED or self.writebacks.outcome(order.id) is not None:
            # The first outcome stands; the agent is asked all the same, for what it has changed.
            return True
        wrong = self._wrong(order)
        if wrong is None:
            return True
        why = json.dumps([INVALID, *wrong])
        if self.tasks.withdraw(task.id, why):
            self.writebacks.settle(order, reason(why))
            return False
        self.tasks.recall(task.id, why)
        return True

    def _wrong(self, order: Order) -> tuple[str, ...] | None:
        grant = standing_grant(self.desk, order)
        try:
            with self.desk.store.lend() as kept:
                check_standing(kept, grant, order, self.desk)
        except Invalid as error:
            return tuple(p.what for p in error.problems)
        return None


def asked(agent: Agent, task: Task, schools: dict[str, str]) -> dict[str, Any]:
    """A task as its agent is told of it; `since` is how far the hub has followed the agent's history."""
    told: dict[str, Any] = {"id": task.id, "kind": task.kind, "since": agent.position}
    if task.kind == READING:
        return told
    order = order_from(task.payload)
    told["order"] = {"operation": order.operation, "school": schools.get(order.school, ""), "change": order.change}
    if task.state == RECALLED:
        why = reason(task.note)
        told["recalled"] = {"state": why.state, "messages": why.messages}
    return told


def reason(note: str | None) -> Outcome:
    """What comes of an order that was taken back, from the note of its task."""
    state, *messages = json.loads(note or f'["{UNREACHED}"]')
    return Outcome(state, tuple(messages))
