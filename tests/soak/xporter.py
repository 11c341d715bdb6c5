"""Clients of Xporter: readers, followers of changes, and those who write conduct back."""

from __future__ import annotations

import itertools
import json
from typing import Any
from urllib.parse import quote

from ..laws.test_change_sets import by_key
from .client import Client, Field, expect, same

DAY = "2026-11-20"
"""The day on which the demo's clock stands still, and conduct is written down."""

ACHIEVEMENTS = f"AchievementForDateRange?DateFrom={DAY}&DateTo={DAY}"

Tables = dict[str, dict[str, list[str]]]
"""The rows of tables by their keys."""


class School(Client):
    """An app at one school, which signs in with the school's secret."""

    dialect = "xporter"

    def __init__(self, field: Field, name: str, estab: str, secret: str) -> None:
        super().__init__(field, name)
        self.estab, self.secret = estab, secret

    def sign_in(self) -> str:
        if not self.token:
            body = {"estab": self.estab, "relyingParty": self.name, "password": self.secret}
            answer = self.ask("POST", "/api/oauth/GetToken", "", body, signed=False)
            assert answer is not None
            expect("token" in answer.json, f"no token: {answer.body[:200]!r}")
            self.token = f"Idaas {answer.json['token']}"
        return self.token

    def school(self, path: str) -> dict[str, Any]:
        """The answer of a school endpoint."""
        label = f"school.{path.partition('?')[0].lower()}"
        answer: dict[str, Any] = self.get(f"/api/v1/School/{self.estab}/{path}", label)
        expect("ExceptionMessage" not in answer, f"{path}: {answer.get('ExceptionMessage')}")
        return answer


def described(answer: dict[str, Any]) -> list[str]:
    """The ids of the students of an answer."""
    return [row["Id"] for row in answer["Students"]]


class Reader(School):
    """Pages through lists of a school that nobody changes, and asks for single students."""

    known: list[str] | None = None

    def step(self) -> None:
        if self.known is None:
            self.known = described(self.school("Students?select=Id"))
        match self.dice.choice(["page", "page", "one", "one", "one", "callback", "staff"]):
            case "page":
                self.page(self.dice.choice([7, 10, 20]))
            case "one":
                one = self.dice.choice(self.known)
                expect(
                    described(self.school(f"Students?id={one}")) == [one], f"student {one} is not what was asked for"
                )
            case "staff":
                ids = [row["Id"] for row in self.school("Staff?select=Id")["Staff"]]
                expect(len(ids) == len(set(ids)), "a member of staff stands twice")
            case _:
                self.called_back()

    def page(self, size: int) -> None:
        """All pages of a list hold everybody once, in order."""
        found: list[str] = []
        for number in itertools.count(1):
            answer = self.school(f"Students?select=Id&pagesize={size}&page={number}")
            found += described(answer)
            if number >= answer["__pagination__"][0]["PageCount"]:
                break
        expect(found == self.known, f"pages of {size} held {len(found)} students, not {len(self.known or ())}")

    def called_back(self) -> None:
        """An answer whose request named an address: it is called."""
        key = f"{self.name}/{len(self.promised)}"
        address = quote(f"{self.field.hooks}/read?id={quote(key)}", safe="")
        self.school(f"SchoolInfo?callbackUrl={address}")
        self.promised.add(key)

    def __init__(self, field: Field, name: str, estab: str, secret: str) -> None:
        super().__init__(field, name, estab, secret)
        self.promised = set[str]()

    def finish(self) -> None:
        self.page(10)


class Follower(School):
    """Keeps a copy of an endpoint by change sets only."""

    def __init__(self, field: Field, name: str, estab: str, secret: str, path: str) -> None:
        super().__init__(field, name, estab, secret)
        self.path, self.at = path, "%2A"
        self.rows: Tables = {}
        self.moved = 0

    def step(self) -> None:
        answer = self.school(f"{self.path}{'&' if '?' in self.path else '?'}changedRows={self.at}")
        for table, rows in answer.items():
            if table.endswith("_deleted"):
                for row in rows:
                    gone = self.rows[table.removesuffix("_deleted")].pop(row["Id"], None)
                    expect(gone is not None, f"{table}: {row['Id']} was told of as gone, and was never told of")
            elif table not in ("meta", "__changedRows__", "__pagination__"):
                self.moved += len(rows)
                self.rows.setdefault(table, {}).update(by_key(table, rows))
        self.at = answer["__changedRows__"][0]["NextChangedRows"]

    def finish(self) -> None:
        self.step()
        fresh = self.school(self.path)
        for table, rows in fresh.items():
            if table not in ("meta", "__pagination__"):
                same(self.rows.get(table, {}), by_key(table, rows), f"the copy of {self.path}, {table}")


class WriteBack(School):
    """Writes achievements back, two of three through the queue; each is one record, and its outcome is told."""

    def __init__(self, field: Field, name: str, estab: str, secret: str) -> None:
        super().__init__(field, name, estab, secret)
        self.words: dict[str, int] = {}
        self.student = 0
        self.written = set[str]()
        self.maybe = set[str]()
        """Those that were sent, had no answer and were not sent again."""
        self.promised = set[str]()

    def prepare(self) -> None:
        """A kind of achievement, who writes it down, and of whom."""
        (kind, *_) = self.school("ConductLookups?conductType=Ach")["ConductTypes"]
        (staff, *_) = self.school("Staff?pagesize=1&select=Id")["Staff"]
        self.student = int(self.dice.choice(described(self.school("Students?select=Id"))))
        self.words = {"TypeId": int(kind["LocalId"]), "RecordedById": int(staff["Id"])}

    def step(self) -> None:
        if not self.words:
            self.prepare()
        key = f"{self.name}/{len(self.written) + len(self.maybe)}"
        conduct = {"Id": 1, "IncidentType": "Ach", "EntryDate": DAY, "Note": f"soak {key}", **self.words}
        body = {
            "Conducts": [conduct],
            "Participants": [{"ConductId": 1, "Points": 2, "StudentId": self.student}],
            "Callback": {"Method": "POST", "Url": f"{self.field.hooks}/done?id={quote(key)}&estab={self.estab}"},
        }
        path = f"/api/v1/Writeback/{self.dice.choice(['ConductAsync', 'ConductAsync', 'Conduct'])}"
        self.maybe.add(key)
        # Some apps give up where they have no answer.
        tries = self.dice.choice([1, 1e9, 1e9])
        answer = self.ask("POST", path, "writeback", body, tries=tries, Idempotency_Key=key)
        if answer is None:
            return
        expect(answer.json["ExceptionMessage"] is None, f"{key}: {answer.body[:300]!r}")
        self.maybe.discard(key)
        self.written.add(key)
        self.promised.add(key)

    def finish(self) -> None:
        """What is there is what was acknowledged, each once; what had no answer may be there once."""
        rows = self.school(ACHIEVEMENTS)["Achievements"]
        mine = f"soak {self.name}/"
        notes = [row["Description"] for row in rows if str(row["Description"]).startswith(mine)]
        found = {note.removeprefix("soak ") for note in notes}
        expect(len(notes) == len(found), f"{len(notes) - len(found)} write-backs were entered twice")
        missing, strange = self.written - found, found - self.written - self.maybe
        expect(not missing, f"acknowledged, and not there: {sorted(missing)[:5]}")
        expect(not strange, f"there, and never sent: {sorted(strange)[:5]}")


class Subscriber(School):
    """Is told that what it sees has changed, and reads it then."""

    def __init__(self, field: Field, name: str, estab: str, secret: str) -> None:
        super().__init__(field, name, estab, secret)
        self.path = f"/api/v1/School/{estab}/Webhooks/DataChanges"
        self.subscribed = False

    def step(self) -> None:
        if not self.subscribed:
            body = {"url": f"{self.field.hooks}/changed?who={quote(self.name)}", "DatabaseName": "XodSchoolData"}
            answer = self.ask("POST", f"{self.path}?httpstatuscodes=true", "subscribe", body)
            assert answer is not None
            expect(answer.status == 200, f"no subscription: {answer.body[:300]!r}")
            self.subscribed = True
        listed = self.ask("GET", self.path, "subscriptions")
        assert listed is not None
        known = json.dumps(listed.json)
        expect(quote(self.name) in known, f"its subscription is not listed: {known[:300]}")

    def finish(self) -> None:
        self.step()
