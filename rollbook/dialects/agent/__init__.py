"""What school agents speak: they call, the hub never does; docs/agent.md has the protocol."""

from __future__ import annotations

import base64
import binascii
import time
from urllib.parse import urlsplit

from ...api.messages import Request, Response
from ...consent import Desk
from ...consent.agents import Agent
from ...errors import (
    Malformed,
    NotFound,
    NotSignedIn,
    Problem,
    RollbookError,
    Stop,
    TooManyRequests,
    Unavailable,
    WrongMethod,
)
from ...ingest.agents import Brought
from ...mis import Handing, Outcome, Task
from ...mis.agents import asked
from ...mis.orders import order_from
from ...mis.tasks import OPEN, ORDER, RECALLED
from .uploads import Uploads
from .wire import (
    PART_BYTES,
    POLL_SECONDS,
    PROTOCOLS,
    Done,
    Hello,
    Insecure,
    Next,
    NoCommonVersion,
    Superseded,
    problem,
    read,
    told,
)

__all__ = ["AgentHub", "Uploads"]

LOOK_SECONDS = 0.1
"""How often it is looked whether there is something for an agent that waits; a thousand of them may."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class AgentHub:
    """The handler of `/agent/v1/`: admits agents, hands out what is next, takes what they bring."""

    prefixes = ("/agent/",)

    def __init__(self, desk: Desk, handing: Handing, brought: Brought, uploads: Uploads) -> None:
        self.desk = desk
        self.handing = handing
        self.tasks = handing.tasks
        self.brought = brought
        self.uploads = uploads

    def handle(self, request: Request) -> Response:
        """Answer a request."""
        try:
            return self.route(request)
        except (Unavailable, TooManyRequests):
            raise
        except RollbookError as error:
            return self.refuse(request, error)

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error as problem details."""
        return problem(error)

    def party(self, request: Request) -> str | None:
        """The key that is shown: every call signs in."""
        return _credential(request)[0]

    def route(self, request: Request) -> Response:
        steps = [step for step in request.path.split("/") if step]
        agent = self.admit(request)
        calls = {"hello": self.hello, "next": self.next, "done": self.done}
        if len(steps) == 3 and steps[1] == "v1" and steps[2] in calls:
            _method(request, "POST")
            return calls[steps[2]](agent, request)
        if len(steps) == 4 and steps[1:3] == ["v1", "records"]:
            _method(request, "PUT")
            return self.part(agent, request, steps[3])
        raise NotFound(Problem("path", "is not one that agents have", "begin with POST /agent/v1/hello"))

    def admit(self, request: Request) -> Agent:
        """The agent that calls. Its secret must not have travelled in the clear, except within one machine."""
        if request.scheme != "https" and urlsplit(request.base).hostname not in LOOPBACK:
            raise Insecure
        key, secret = _credential(request)
        if not key:
            raise NotSignedIn(Problem("Authorization", "is missing", "send the agent's key and secret (RFC 7617)"))
        return self.desk.agents.admit(key, secret)

    # ---- calls

    def hello(self, agent: Agent, request: Request) -> Response:
        """An agent begins: from now on this run of it speaks, and an earlier one no more."""
        said: Hello = read(request.body, Hello)
        common = sorted({*said.protocols} & {*PROTOCOLS})
        if not common:
            raise NoCommonVersion(Problem("protocols", f"the hub speaks {', '.join(map(str, PROTOCOLS))}"))
        if not said.run or not said.store:
            raise Malformed(Problem("body", "names no run or no store"))
        agent = self.desk.agents.bind(agent, said.store[:200])
        if agent.position is not None and said.reached < agent.position:
            # The school's records were put back to an earlier day.
            agent = self.desk.agents.unread(agent)
        self.tasks.seen(agent.id, said.run[:100], said.software[:100])
        limits = {"poll_seconds": POLL_SECONDS, "part_bytes": PART_BYTES}
        return told({"protocol": common[-1], "position": agent.position, **limits})

    def next(self, agent: Agent, request: Request) -> Response:
        """What is next for an agent, as soon as there is something; `task` is null when nothing came in time."""
        said: Next = read(request.body, Next)
        self.current(agent, said.run)
        self.tasks.still(agent.id)
        found = self.look(agent)
        if found is not None:
            return found
        looked = time.monotonic()

        def wait() -> Response | None:
            nonlocal looked
            if time.monotonic() - looked < LOOK_SECONDS:
                return None
            looked = time.monotonic()
            # Meanwhile another run may have begun, or the credential may have ended.
            now = self.admit(request)
            self.current(now, said.run)
            return self.look(now)

        return Response(told({"task": None}).body, wait=wait, patience=max(0.0, min(said.wait, 2 * POLL_SECONDS)))

    def look(self, agent: Agent) -> Response | None:
        task = self.handing.next(agent)
        return None if task is None else told({"task": asked(agent, task, self.desk.agents.schools(agent))})

    def done(self, agent: Agent, request: Request) -> Response:
        """What came of a task; told again, it changes nothing."""
        said: Done = read(request.body, Done)
        self.current(agent, said.run)
        self.tasks.still(agent.id)
        task = self.tasks.find(agent.id, said.task)
        if task is None:
            raise NotFound(Problem("task", "is none of this agent's"))
        if task.state in (OPEN, RECALLED):
            self.take(agent, task, said)
        return told({"task": task.id})

    def take(self, agent: Agent, task: Task, said: Done) -> None:
        if task.kind == ORDER:
            if said.outcome is None:
                raise Malformed(Problem("outcome", "is missing", "an order is answered by what came of it"))
            outcome = Outcome(said.outcome.state, tuple(said.outcome.messages), tuple(said.outcome.results))
            self.brought.outcome(agent, task, order_from(task.payload), outcome, said.changes)
        elif said.upload is not None:
            self.brought.uploaded(agent, task, self.uploads.whole(task.id, said.upload), said.upload.to)
        else:
            self.changed(agent, task, said)

    def changed(self, agent: Agent, task: Task, said: Done) -> None:
        try:
            self.brought.changed(agent, task, said.changes)
        except (Malformed, Stop) as error:
            # The agent need not repeat it: the hub keeps what is wrong for the school to see.
            self.brought.refuse(agent, task, error)

    def part(self, agent: Agent, request: Request, identity: str) -> Response:
        """A part of a file with all records of an agent: `offset` says after how many bytes it comes."""
        asked_for = dict(request.query)
        self.current(agent, asked_for.get("run", ""))
        self.tasks.still(agent.id)
        task = self.tasks.find(agent.id, identity)
        if task is None or task.kind == ORDER or task.state != OPEN:
            raise NotFound(Problem("task", "is not a reading that this agent is asked for"))
        offset = asked_for.get("offset", "")
        if not offset.isascii() or not offset.isdecimal() or len(offset) > 12:
            raise Malformed(Problem("offset", "is not a number of bytes"))
        return told({"size": self.uploads.add(task.id, int(offset), request.body)})

    def current(self, agent: Agent, run: str) -> None:
        """Raises `Superseded` unless this is the run of the agent that spoke up last."""
        contact = self.tasks.contact(agent.id)
        if contact is None or contact.run != run:
            raise Superseded(Problem("run", "is not the agent's latest", "say hello to take over"))


def _credential(request: Request) -> tuple[str, str]:
    """The key and secret that a request shows; "" for what is not there."""
    kind, _, shown = request.header("authorization").strip().partition(" ")
    try:
        key, _, secret = base64.b64decode(shown.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError):
        return "", ""
    return (key, secret) if kind.lower() == "basic" else ("", "")


def _method(request: Request, allowed: str) -> None:
    if request.method != allowed:
        raise WrongMethod(Problem("method", f"{request.method[:20]} is not allowed here", f"use {allowed}"))
