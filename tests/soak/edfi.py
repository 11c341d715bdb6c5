"""Clients of Ed-Fi: writers of documents of their own, and followers of what changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..district import ED_FI, cohort, enrolment, place, student
from .client import Client, Field, expect, same
from .slots import Slot

FEW = 6
"""Cohorts, and places in one, of each writer."""

ALL = 500
"""The most documents on a page."""


@dataclass(frozen=True)
class Kind:
    """A resource, the document of a key that says something, what says it, and how a key is asked for."""

    resource: str
    make: Callable[[str, str], dict[str, Any]]
    says: str
    query: Callable[[str], str]


class Keyed(Client):
    """An app with a key and a secret."""

    dialect = "edfi"

    def __init__(self, field: Field, name: str, key: str, secret: str) -> None:
        super().__init__(field, name)
        self.key, self.secret = key, secret

    def sign_in(self) -> str:
        if not self.token:
            body = {"grant_type": "client_credentials", "client_id": self.key, "client_secret": self.secret}
            answer = self.ask("POST", "/edfi/oauth/token", "", body, signed=False)
            assert answer is not None
            expect(answer.status == 200, f"no token: {answer.body[:200]!r}")
            self.token = f"Bearer {answer.json['access_token']}"
        return self.token


class Writer(Keyed):
    """Makes, changes and deletes cohorts and places in them, and reads what it wrote."""

    def __init__(self, field: Field, name: str, key: str, secret: str, at: int) -> None:
        super().__init__(field, name, key, secret)
        self.at, self.ready = at, False
        self.pupils = [f"{name}-{number}" for number in range(FEW)]
        self.kinds = self._kinds()
        self.slots = [(kind, Slot(f"{name}-{n}" if kind is self.kinds[0] else self.pupils[n]))
                      for kind in self.kinds for n in range(FEW)]  # fmt: skip
        self.count = 0

    def _kinds(self) -> list[Kind]:
        home = f"{self.name}-home"

        def a_cohort(key: str, says: str) -> dict[str, Any]:
            return cohort(key, self.at, cohortDescription=says)

        def a_place(key: str, says: str) -> dict[str, Any]:
            return place(home, self.at, key, "2026-09-14", endDate=says)

        return [
            Kind("cohorts", a_cohort, "cohortDescription", lambda key: f"cohortIdentifier={quote(key)}"),
            Kind("studentCohortAssociations", a_place, "endDate", lambda key: f"studentUniqueId={quote(key)}"),
        ]

    def prepare(self) -> None:
        """The students and the cohort in which they have places."""
        documents = [("cohorts", cohort(f"{self.name}-home", self.at))]
        documents += [("students", student(pupil)) for pupil in self.pupils]
        documents += [("studentSchoolAssociations", enrolment(pupil, self.at)) for pupil in self.pupils]
        for resource, document in documents:
            answer = self.ask("POST", f"{ED_FI}/{resource}", resource, document)
            assert answer is not None
            expect(answer.status in (200, 201), f"{resource}: {answer.status} {answer.body[:300]!r}")
        self.ready = True

    def step(self) -> None:
        if not self.ready:
            self.prepare()
        kind, slot = self.dice.choice(self.slots)
        match self.dice.choice(["post", "post", "put", "delete", "read"]):
            case "post":
                self.post(kind, slot)
            case "put" if slot.identity:
                value = self.value(kind)
                body = kind.make(slot.key, value)
                slot.changed(self.sent("PUT", f"{kind.resource}/{slot.identity}", kind, body), value)
            case "delete" if slot.identity:
                slot.removed(self.sent("DELETE", f"{kind.resource}/{slot.identity}", kind))
            case _:
                self.read(kind, slot)

    def value(self, kind: Kind) -> str:
        """Something that nobody has said yet of this document, or a day."""
        self.count += 1
        if kind.says == "endDate":
            return f"{2027 + self.count // 336}-{1 + self.count // 28 % 12:02}-{1 + self.count % 28:02}"
        return f"{self.name} says {self.count}"

    def sent(self, method: str, path: str, kind: Kind, body: Any = None) -> Any:
        """The answer to a write, or none where the client gave up."""
        return self.ask(method, f"{ED_FI}/{path}", kind.resource, body, tries=self.dice.choice([1, 1e9]))

    def post(self, kind: Kind, slot: Slot) -> None:
        value = self.value(kind)
        answer = self.sent("POST", kind.resource, kind, kind.make(slot.key, value))
        slot.put(answer, value)
        if answer is not None:
            slot.identity = str(answer.headers["location"]).rsplit("/", 1)[-1]

    def read(self, kind: Kind, slot: Slot) -> None:
        """What a writer reads is what it wrote, whichever server answers."""
        found = self.get(f"{ED_FI}/{kind.resource}?{kind.query(slot.key)}", kind.resource)
        slot.seen([one[kind.says] for one in found])
        if found and slot.certain:
            slot.identity = found[0]["id"]

    def finish(self) -> None:
        for kind, slot in self.slots:
            self.judged(lambda kind=kind, slot=slot: self.read(kind, slot))


class Follower(Keyed):
    """Keeps a copy of two resources by the numbers of changes.

    By their keys, as Ed-Fi means it: what is deleted and then made anew is told of as a change, under another id.
    """

    keys = {"cohorts": ("cohortIdentifier",), "studentCohortAssociations": ("studentReference", "cohortReference")}

    def __init__(self, field: Field, name: str, key: str, secret: str) -> None:
        super().__init__(field, name, key, secret)
        self.held: dict[str, dict[str, Any]] = {name: {} for name in self.keys}
        self.position = 0

    def step(self) -> None:
        newest = self.get("/edfi/changeQueries/v1/availableChangeVersions", "")["newestChangeVersion"]
        expect(newest >= self.position, f"the newest change version went back from {self.position} to {newest}")
        if newest == self.position:
            return
        window = f"minChangeVersion={self.position + 1}&maxChangeVersion={newest}"
        for name in self.keys:
            now = self.by_key(name, self.pages(name, window))
            gone = {document["id"] for document in self.pages(f"{name}/deletes", window)}
            self.held[name] = {key: d for key, d in (self.held[name] | now).items() if d["id"] not in gone}
        self.position = newest

    def by_key(self, name: str, documents: Iterator[Any]) -> dict[str, Any]:
        """Documents by what tells them apart."""
        return {json.dumps([one[part] for part in self.keys[name]]): one for one in documents}

    def pages(self, resource: str, window: str) -> Iterator[Any]:
        """Everything of a window, page by page."""
        offset = 0
        while page := self.get(f"{ED_FI}/{resource}?{window}&limit={ALL}&offset={offset}", resource):
            yield from page
            offset += len(page)

    def finish(self) -> None:
        self.step()
        for name, held in self.held.items():
            fresh = self.by_key(name, self.pages(name, "minChangeVersion=0"))
            self.judged(lambda held=held, fresh=fresh, name=name: same(held, fresh, f"the copy of {name}"))
