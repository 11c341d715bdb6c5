"""An app that writes back, and the worker that enters what it asked for."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from rollbook.app import works
from rollbook.consent.ledger import Folding
from rollbook.jobs import Queue
from rollbook.scopes import CATALOGUE
from tests.looking import changing, look

from ..hub import THORNFIELD, Answer, Hub

APP = "register.example.org"


class Writer:
    """An app with a token for a school, to which everything is granted until the test says otherwise."""

    def __init__(self, hub: Hub, estab: str = THORNFIELD) -> None:
        self.hub = hub
        self.estab = estab
        self.hold(*CATALOGUE)

    # ---- what the school lets it do

    def hold(self, *scopes: str) -> None:
        """Hold only these scopes from now on."""
        self.token = self.hub.token(scopes, self.estab, APP)

    def leave_out(self, kind: str, *mis_ids: str) -> None:
        """Leave people out of the grant."""
        self.hub.desk.people.choose(self.hub.desk.grants.at(self.hub.app(APP), self.estab), kind, "except", mis_ids)

    def revoke(self) -> None:
        """End the grant."""
        self.hub.desk.grants.revoke(self.hub.desk.grants.at(self.hub.app(APP), self.estab))

    def set_mis(self, name: str) -> None:
        """Have the school keep its records in another kind of MIS."""
        with changing(self.hub.store) as db:
            db.execute("UPDATE school SET mis = ? WHERE estab = ?", (name, self.estab))

    # ---- what it asks

    def read(self, path: str) -> dict[str, Any]:
        """The answer of a school endpoint."""
        answer = self.hub.school(path, self.token, self.estab)
        assert answer.get("ExceptionMessage") is None, answer
        return answer

    def write(self, path: str, body: Any, **headers: str) -> dict[str, Any]:
        """The answer to a write-back, by its path below /api/v1/."""
        return self.hub.ask("POST", f"/api/v1/{path}", self.token, json.dumps(body).encode(), **headers).json

    async def sent(self, path: str, body: Any) -> Answer:
        """The answer to a write-back, while others ask too."""
        headers = {"authorization": f"Idaas {self.token}"}
        return await self.hub.asking("POST", f"/api/v1/{path}", json.dumps(body).encode(), headers)

    async def asked(self, path: str) -> Answer:
        """The answer of a school endpoint, while others ask too."""
        headers = {"authorization": f"Idaas {self.token}"}
        return await self.hub.asking("GET", f"/api/v1/School/{self.estab}/{path}", b"", headers)

    async def left_to_the_worker(self) -> None:
        """Wait until a write-back that is being sent has been handed to the worker."""
        queue = Queue(self.hub.store, self.hub.edge.clock)
        async with asyncio.timeout(60):
            while not queue.jobs("waiting", kind="writeback"):
                await asyncio.sleep(0.01)

    # ---- what the worker does

    def work(self, kind: str = "writeback") -> int:
        """Do the jobs of one kind that are due, as the worker beside a server does; gives how many there were."""
        queue = Queue(self.hub.store, self.hub.edge.clock)
        queue.collect()
        due = [job for job in queue.jobs("waiting") if job.kind == kind and job.due <= self.hub.now]
        for job in due:
            works(self.hub.edge.clock, Folding(), self.hub.store, queue)[kind](job)
            queue.finish(job)
        return len(due)

    def called(self, tracking: str) -> dict[str, Any]:
        """The `webhook` job that tells of a write-back, once the worker has entered it."""
        self.work()
        queue = Queue(self.hub.store, self.hub.edge.clock)
        queue.collect()
        jobs = [j for j in queue.jobs("waiting") if j.payload.get("query", {}).get("trackingid") == tracking]
        (job,) = jobs
        return job.payload

    def outcome(self, tracking: str) -> str | None:
        """What came of a write-back: done, invalid or failed."""
        return look(self.hub.store, "SELECT state FROM writeback WHERE id = ?", (tracking,)).get
