"""What school agents send: all their records, or the changes, with the outcome of write-backs."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from ..consent import Desk
from ..consent.agents import Agent
from ..errors import Conflict, Malformed, RollbookError, Stop
from ..jobs import Freshness, Job, Later, Queue
from ..mis.orders import Order, Outcome, WriteBacks
from ..mis.tasks import DONE, REFUSED, UPLOADED, Task, Tasks
from ..store.kept import Kept
from ..store.numbering import now
from ..store.writing import Batch
from .exporting import Changes
from .feeds import note_run, read_by_agent
from .following import follow_changes
from .limits import FEW, Limits
from .matching.districts import Found
from .refusals import keep_refusal, problems_of
from .rows import Connector, Reading, Source
from .sync import Import, without_collections

MANY = 200
"""What an order may take away of one kind, whatever share that is: a class's seats, the people of an incident."""

ELSEWHERE, LONGEST_ELSEWHERE = 1.0, 3600.0
"""Seconds until a worker of another machine may take a reading whose file is there; and after how many it is lost."""

MACHINE = socket.gethostname()

LOOK, LOOK_OFFLINE = 30.0, 300.0
"""Seconds between two looks at a reading that is under way; and while the agent cannot be reached."""

OFFLINE = "the school's agent cannot be reached"
REFUSED_READING = "the source could not be read; see ValidationErrors"


class FollowedConnector(Connector, Protocol):
    """A connector that can also be followed change by change."""

    def changes(self, files: Mapping[str, bytes]) -> Source:
        """Read files that are at hand, each with only some of the rows of its kind."""
        ...


class Behind(Conflict):
    """The hub's copy is older than these changes. Send what changed since the position given."""

    def __init__(self, position: int | None) -> None:
        super().__init__("the changes do not start where the hub's copy ends")
        self.position = position


class Brought:
    """Takes what agents bring into the record of the hub, each in one transaction."""

    def __init__(
        self,
        desk: Desk,
        tasks: Tasks,
        queue: Queue,
        seen: Freshness,
        writebacks: WriteBacks,
        connector: FollowedConnector,
    ) -> None:
        self.desk = desk
        self.store = desk.store
        self.tasks = tasks
        self.queue = queue
        self.seen = seen
        self.writebacks = writebacks
        self.connector = connector

    # ---- change by change

    def outcome(self, agent: Agent, task: Task, order: Order, outcome: Outcome, changes: Changes | None) -> None:
        """Keep what came of an order and write what changed with it: one transaction, and the first outcome stands.

        Without changes the agent's records are read whole, and no order is handed out until they are.
        """
        with self.store.of_district(agent.district, 0.05) as kept:
            self._follow(kept, agent, changes, MANY)
            if kept.orders.outcome(order.id) is None:
                self.writebacks.keep(kept, order, outcome)
        self.tasks.end(task.id)
        self.queue.hasten("writeback", order.id)
        self._fresh(agent, task)

    def changed(self, agent: Agent, task: Task, changes: Changes | None) -> None:
        """Write what has changed since the last time, as a reading asked; without changes, have all of it read."""
        with self.store.of_district(agent.district, 0.05) as kept:
            self._follow(kept, agent, changes, FEW)
            if changes is not None:
                keep_refusal(kept, agent.district, agent.source, ())
        self.tasks.end(task.id)
        self._fresh(agent, task)

    def _follow(self, kept: Kept, agent: Agent, changes: Changes | None, few: int) -> None:
        position = kept.agents.position(agent.id)
        if changes is None:
            kept.agents.follow(agent.id, None)
            return
        if position is None or changes.since > position:
            raise Behind(position)
        if changes.to <= position:
            # It was written before, and the agent was not told in time.
            return
        batch = Batch(kept, agent.district)
        source = self.connector.changes({name: text.encode() for name, text in changes.files.items()})
        follow_changes(batch, agent.source, source, self.connector.format, changes.gone, few, secret=self.store.secret)
        batch.settle()
        kept.agents.follow(agent.id, changes.to)

    # ---- whole

    def uploaded(self, agent: Agent, task: Task, path: Path, to: int) -> None:
        """Have a file with all records of an agent, as they were at a number of its history, imported."""
        self.tasks.uploaded(task.id, json.dumps({"path": str(path), "to": to, "machine": MACHINE}))
        self.queue.add("reading", {"agent": agent.name, "task": task.id}, key=task.id)

    def __call__(self, job: Job) -> None:
        """Do a `reading` job: import what was uploaded, whole or not at all; raises `Later` on another machine."""
        agent = next((a for a in self.desk.agents.all() if a.name == job.payload["agent"]), None)
        task = agent and self.tasks.find(agent.id, job.payload["task"])
        if agent is None or task is None or task.state != UPLOADED:
            return
        said = json.loads(task.note or "{}")
        elsewhere = said.get("machine", MACHINE) != MACHINE and not Path(said["path"]).exists()
        if elsewhere and self.desk.clock() < job.made + LONGEST_ELSEWHERE:
            raise Later(ELSEWHERE)
        try:
            self._import(agent, Path(said["path"]), said["to"])
        except (Malformed, Stop, FileNotFoundError) as error:
            self._refuse(agent, task, error)
        else:
            self.tasks.end(task.id, DONE)
            self._fresh(self.desk.agents.named(agent.name), task)
        Path(said["path"]).unlink(missing_ok=True)

    def _import(self, agent: Agent, path: Path, to: int) -> None:
        began = now()
        with without_collections():
            source = self.connector.read(Reading(path))
            source.problems.stop()
            if source.origin.key is None:
                source.problems.add(
                    "district", "district.csv", "is not there", "an agent sends the records of one district"
                )
                source.problems.stop()
            with self.store.of_district(agent.district) if agent.district else self.store.of_new_district() as kept:
                batch = Batch(kept, agent.district or kept.schools.next_district())
                limits = Limits(shrink=1.0, rekey=True) if agent.may_shrink else Limits()
                found = Found(batch.district, source.origin, agent.source)
                diff = Import(self.connector, source, limits, secret=self.store.secret).write(batch, found)
                keep_refusal(kept, batch.district, agent.source, ())
                read_by_agent(kept, batch.district, agent.source, agent.name)
                note_run(kept, diff, began)
                kept.agents.brought(agent.id, batch.district, to)

    def refuse(self, agent: Agent, task: Task, error: RollbookError) -> None:
        """Note that what an agent brought for a reading was not accepted."""
        self._refuse(agent, task, error)

    def _refuse(self, agent: Agent, task: Task, error: Exception) -> None:
        told = error if isinstance(error, RollbookError) else Malformed("the uploaded file is no longer there")
        with self.store.of_district(agent.district) as kept:
            keep_refusal(kept, agent.district, agent.source, problems_of(told))
        self.tasks.end(task.id, REFUSED, str(told)[:2000])
        self.seen.note_all(agent.district, self.desk.agents.schools(agent), None, REFUSED_READING)
        self._hasten(agent)

    # ---- how fresh it is

    def _fresh(self, agent: Agent, task: Task) -> None:
        """The records are as old as the moment at which the agent was asked for them."""
        schools = self.desk.agents.schools(agent)
        self.seen.note_all(agent.district, schools, task.handed or task.made, None)
        self._hasten(agent)

    def _hasten(self, agent: Agent) -> None:
        for school in self.desk.agents.schools(agent):
            self.queue.hasten("refresh", f"{agent.district}/{school}/")


def ask_agent(desk: Desk, tasks: Tasks, seen: Freshness) -> Callable[[str, Job], None]:
    """Has an agent's records read for a `refresh` job; raises `Later` until they were, since the job was made."""

    def ask(source: str, job: Job) -> None:
        district, school, database = job.payload["district"], job.payload["school"], job.payload["database"]
        agent = desk.agents.of_source(source)
        if agent is None or seen.read_at(district, school, database) >= job.made:
            return
        last = tasks.last_reading(agent.id)
        if last is not None and last.state == REFUSED and (last.ended or 0) >= job.made:
            raise Stop(f"the records from {agent.name} were refused: {last.note}")
        tasks.read(agent.id)
        if tasks.offline(agent.id):
            seen.note(district, school, database, None, OFFLINE)
            raise Later(LOOK_OFFLINE)
        raise Later(LOOK)

    return ask
