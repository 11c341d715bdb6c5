"""A hub and the agent of a school in one process: each with records of its own, and a line between them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import msgspec

from rollbook.agent import Agent, Credential, Line, School
from rollbook.agent.line import Declined
from rollbook.model.whole import WholeDocument
from rollbook.store import port
from rollbook.store.sqlite import Store
from tests.looking import look, looking

from .hub import Answer, Hub
from .test_crash import TABLES

TRUST = "Larkspur Learning Trust"
"""The demo's district with the secondary school, for which the agents of the tests speak."""


class Direct(Line):
    """A line without sockets: calls reach the hub's edge, and can be cut."""

    def __init__(self, hub: Hub, credential: Credential) -> None:
        super().__init__("http://127.0.0.1:8000", credential)
        self.hub = hub
        self.cut_after = ""
        """The path after whose answer the line breaks once: the hub has done it, the agent does not know."""

    def _call(self, method: str, path: str, body: bytes, kind: str) -> dict[str, Any]:
        answer = self.hub.ask(method, f"/agent/v1/{path}", None, body, authorization=self.headers["Authorization"])
        if self.cut_after and path.startswith(self.cut_after):
            self.cut_after = ""
            raise ConnectionResetError("the line was cut")
        if answer.status != 200:
            raise Declined(answer.status, answer.json)
        return answer.json


class Beside:
    """A school with its agent, and the hub that knows it by `name`."""

    def __init__(
        self,
        hub: Hub,
        records: Path,
        credential: Credential | None = None,
        name: str = "larkspur",
        district: str = TRUST,
    ) -> None:
        self.hub = hub
        self.name = name
        self.store = Store(records)
        self.credential = credential or self._credential()
        self.school = School(self.store, district)

    def _credential(self) -> Credential:
        agent, secret = self.hub.desk.agents.add(self.name)
        return Credential(agent.key, secret)

    def close(self) -> None:
        """Close the school's records; their files stay."""
        self.store.close()

    def line(self) -> Direct:
        """A line to the hub with the school's credential."""
        return Direct(self.hub, self.credential)

    def run(self, line: Line | None = None) -> None:
        """Let the agent do all that the hub asks now."""
        Agent(self.school, line or self.line(), once=True).run()

    def read(self) -> None:
        """Have the hub read the school whole, as when the agent first comes."""
        self.run()
        self.hub.work()

    # ---- the protocol by hand

    def ask(self, path: str, method: str = "POST", credential: Credential | None = None, **body: Any) -> Answer:
        """A call as some agent might make it."""
        shown = credential or self.credential
        basic = base64.b64encode(f"{shown.key}:{shown.secret}".encode()).decode()
        return self.hub.ask(
            method, f"/agent/v1/{path}", None, json.dumps(body).encode(), authorization=f"Basic {basic}"
        )

    def hello(self, run: str = "r", **other: Any) -> Answer:
        """Take over as a run of the agent."""
        said: dict[str, Any] = {
            "protocols": [1],
            "software": "a test",
            "store": self.school.identity,
            "reached": self.school.reached,
        }
        return self.ask("hello", run=run, **{**said, **other})

    def next(self, run: str = "r") -> dict[str, Any] | None:
        """What is next for the agent."""
        return self.ask("next", run=run, wait=0).json["task"]

    def changes(self, since: int) -> Any:
        """What has changed at the school, as its agent sends it."""
        return msgspec.to_builtins(self.school.changes(since))


def same_records(hub: port.Store, school: port.Store, district: str) -> None:
    """The two hold the same of a district, record by record; a text that says nothing is unknown."""
    find = "SELECT district FROM district WHERE name = ?"
    here, there = (look(store, find, (district,)).get for store in (hub, school))
    with looking(hub), looking(school):
        # What apps wrote into one hub and has no place in the record stays there.
        for kind in (one for one in TABLES if one is not WholeDocument):
            facts = [name for name in kind.stored() if name not in kind.refs()]
            listed = ", ".join(f"nullif(\"{name}\", '')" for name in facts) or "1"
            query = f'SELECT {listed} FROM "{kind.table}" WHERE district = ?'
            ours = look(hub, query, (here,)).fetchall()
            theirs = look(school, query, (there,)).fetchall()
            assert sorted(map(repr, ours)) == sorted(map(repr, theirs)), kind.__name__
