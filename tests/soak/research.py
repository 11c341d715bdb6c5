"""Clients of the research API: they make, change, delete and find cohorts of a project of their own."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .client import Client, Field, expect
from .slots import Slot

STEM = "/api/private/stem"


class Researcher(Client):
    """Somebody with a personal token."""

    dialect = "research"

    def __init__(self, field: Field, name: str, token: str) -> None:
        super().__init__(field, name)
        self.token = f"Bearer {token}"
        self.project = self.account = ""
        self.slots = [Slot(f"{name} {number}") for number in range(6)]
        self.count = 0

    def step(self) -> None:
        if not self.project:
            answer = self.ask("POST", f"{STEM}/project/", "project", {"name": self.name})
            assert answer is not None
            expect(answer.status == 201, f"no project: {answer.body[:300]!r}")
            self.project = answer.json["project"]["id"]
        slot = self.dice.choice(self.slots)
        match self.dice.choice(["make", "make", "change", "delete", "read"]):
            # To make one twice would be two.
            case "make" if not slot.there:
                self.make(slot)
            case "change" if slot.identity:
                value = self.value()
                path = f"cohort/{slot.identity}/"
                slot.changed(self.sent("PATCH", path, {"description": value}), value)
            case "delete" if slot.identity:
                slot.removed(self.sent("DELETE", f"cohort/{slot.identity}/"))
            case _:
                self.read(slot)

    def value(self) -> str:
        """Something that nobody has said yet."""
        self.count += 1
        return f"says {self.count}"

    def sent(self, method: str, path: str, body: Any = None, tries: float = 0) -> Any:
        """The answer to a write, or none where the client gave up."""
        tries = tries or self.dice.choice([1, 1e9])
        return self.ask(method, f"{STEM}/{path}", "cohort", body, tries=tries)

    def make(self, slot: Slot) -> None:
        value = self.value()
        answer = self.sent(
            "POST", "cohort/", {"name": slot.key, "description": value, "project": self.project, "subjects": []}, 1
        )
        slot.put(answer, value)
        slot.identity = "" if answer is None else answer.json["cohort"]["id"]

    def read(self, slot: Slot) -> None:
        path = f"{STEM}/cohort/?filter%7Bname%7D={quote(slot.key)}"
        found = self.get(path, "cohort")["cohorts"]
        slot.seen([one["description"] for one in found])
        if found:
            slot.identity = found[0]["id"]

    def finish(self) -> None:
        for slot in self.slots:
            self.judged(lambda slot=slot: self.read(slot))
