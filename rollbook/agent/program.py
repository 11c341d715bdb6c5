"""The agent's loop: ask the hub for the next task, do it, report the outcome; when it cannot be reached, try again."""

from __future__ import annotations

import logging
import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from .. import __version__
from ..errors import Occupied, Stop
from ..ingest.exporting import Changes
from ..mis import Outcome
from .line import Declined, Line
from .school import Copy, School

log = logging.getLogger("rollbook.agent")

SOFTWARE = f"rollbook {__version__}"
PROTOCOLS = [1]

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""The shortest and longest pause, in seconds, between tries to reach a hub that does not answer; each pause is twice
the last."""

GIVE_UP = ("not-signed-in", "insecure", "not-held", "superseded", "bound-elsewhere", "no-common-version")
"""Problems that no retry fixes: a person must."""


TRIES = 3
"""How many times changes that make the hub fail are sent before it is told to read all records instead."""


class Ending(Exception):
    """The program was asked to stop while it waits for the hub."""


class Agent:
    """One run of the agent of a school; with `once` it ends when the hub has no more tasks, or cannot be reached."""

    def __init__(self, school: School, line: Line, once: bool = False) -> None:
        self.school = school
        self.line = line
        self.once = once
        self.run_id = str(uuid.uuid4())
        self.ended = threading.Event()
        self.waiting = False
        self.idle = False
        self.failures = 0
        self.troubled: Counter[str] = Counter()
        self.part_bytes = 0
        self.wait_seconds = 0.0

    def end(self, *_: object) -> None:
        """End after the task at hand; at once when there is none (a signal's handler)."""
        self.ended.set()
        if self.waiting:
            raise Ending

    def run(self) -> None:
        """Go on until ended.

        Raises `Stop` when the hub refuses the agent and no retry can change that.
        """
        try:
            while not self.ended.is_set():
                if self._met(self._hello):
                    while not self.ended.is_set() and self._met(self._step):
                        if self.once and self.idle:
                            return
        except Ending:
            pass
        finally:
            self.line.close()
            log.info("the agent has stopped")

    # ---- a line that may fail

    def _met(self, call: Callable[[], None]) -> bool:
        """Whether a call went well; if not, the time until the next one has passed."""
        try:
            call()
        except Declined as problem:
            if problem.kind in GIVE_UP:
                raise Stop(str(problem), hint=MENDS.get(problem.kind, "")) from problem
            self._rest(problem)
        except (OSError, Occupied) as error:
            self._rest(error)
        else:
            self.failures = 0
            return True
        return False

    def _rest(self, why: Exception) -> None:
        if self.once:
            raise Stop(str(why)) from why
        longest = min(FIRST_PAUSE * 2**self.failures, LONGEST_PAUSE)
        # Agents that lost one hub at one moment must not all come back at one moment.
        seconds = longest * (0.5 + random.random() / 2)  # noqa: S311
        self.failures = min(self.failures + 1, 10)
        log.warning("%s; retrying in %.1f seconds", why, seconds)
        self.ended.wait(seconds)

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """A call during which nothing is held, so that the program may end at any moment of it."""
        self.waiting = True
        try:
            # The end may have been asked for in the moment before.
            if self.ended.is_set():
                raise Ending
            return self.line.post(path, body)
        finally:
            self.waiting = False

    # ---- what is done

    def _hello(self) -> None:
        about = {"software": SOFTWARE, "store": self.school.identity, "reached": self.school.reached}
        said = self._post("hello", {"run": self.run_id, "protocols": PROTOCOLS, **about})
        self.part_bytes, self.wait_seconds = int(said["part_bytes"]), float(said["poll_seconds"])
        log.info("connected to the hub at %s", self.line.host)

    def _step(self) -> None:
        wait = 0.0 if self.once else self.wait_seconds
        task = self._post("next", {"run": self.run_id, "wait": wait})["task"]
        self.idle = task is None
        if task is not None:
            (self._order if task["kind"] == "order" else self._reading)(task)

    def _order(self, task: dict[str, Any]) -> None:
        outcome = self.school.enter(task["id"], task["order"], task.get("recalled"))
        log.info("%s %s: %s", task["order"]["operation"], task["id"], outcome.state)
        since = task["since"]
        self._tell(task, outcome, None if since is None else self.school.changes(since))

    def _reading(self, task: dict[str, Any]) -> None:
        since = task["since"]
        changed = None if since is None else self.school.changes(since)
        if changed is None:
            self._upload(task)
        else:
            self._tell(task, None, changed)

    def _tell(self, task: dict[str, Any], outcome: Outcome | None, changed: Changes | None) -> None:
        """Answer a task, with what has changed since the hub's copy; without that, the hub asks for all."""
        told = {"run": self.run_id, "task": task["id"], "outcome": msgspec.to_builtins(outcome)}
        try:
            self.line.post("done", {**told, "changes": msgspec.to_builtins(changed)})
        except Declined as problem:
            position = problem.said.get("position")
            if problem.kind == "behind" and position is not None:
                self._tell(task, outcome, self.school.changes(position))
            elif changed is not None and self._hopeless(task, problem):
                log.warning("the hub did not accept the changes (%s); it will read all records", problem.kind)
                self.line.post("done", {**told, "changes": None})
            else:
                raise

    def _hopeless(self, task: dict[str, Any], problem: Declined) -> bool:
        self.troubled[task["id"]] += problem.status == 500
        return problem.kind in ("malformed", "shrinks", "too-large") or self.troubled[task["id"]] > TRIES

    def _upload(self, task: dict[str, Any]) -> None:
        with self.school.copy() as copy:
            if self._send(task["id"], copy):
                log.info("sent all records, %d bytes", copy.size)
                upload = {"size": copy.size, "sha256": copy.sha256, "to": copy.to}
                self.line.post("done", {"run": self.run_id, "task": task["id"], "upload": upload})

    def _send(self, task: str, copy: Copy) -> bool:
        """Send a file in parts, from where the hub's copy ends; returns whether the hub still wants it."""
        sent = 0
        with copy.path.open("rb") as file:
            while sent < copy.size and not self.ended.is_set():
                file.seek(sent)
                sent = self._part(task, sent, file.read(self.part_bytes))
                if sent < 0:
                    return False
        return sent == copy.size

    def _part(self, task: str, offset: int, part: bytes) -> int:
        """Send one part; returns how many bytes the hub then has, or -1 when it wants none."""
        found = [offset]

        def put() -> None:
            try:
                found[0] = self.line.put(f"records/{task}?run={self.run_id}&offset={offset}", part)["size"]
            except Declined as problem:
                if problem.kind not in ("wrong-offset", "not-found", "too-large"):
                    raise
                found[0] = int(problem.said.get("size", -1))

        self._met(put)
        return found[0]


MENDS = {
    "not-signed-in": "ask the hub's owner for a new credential (`rollbook agents rotate`)",
    "superseded": "another agent uses this credential; stop one of them",
    "no-common-version": "upgrade Rollbook here or on the hub",
}
"""What a person can do about a problem that stops the agent."""
