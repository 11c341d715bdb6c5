"""Clients of Edlink and OneRoster: they list, follow events and dates, and put marks into gradebooks."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from .client import Client, Field, expect, same
from .slots import Slot

Row = dict[str, Any]
GRAPH = "/api/v2/graph"
ROSTERING, GRADEBOOK = "/ims/oneroster/rostering/v1p2", "/ims/oneroster/gradebook/v1p2"


class Graph(Client):
    """A vendor of Edlink with an integration's token."""

    dialect = "edlink"

    def __init__(self, field: Field, name: str, token: str) -> None:
        super().__init__(field, name)
        self.token = f"Bearer {token}"

    def pages(self, name: str, **parameters: object) -> Iterator[Row]:
        """The things of a list, page by page as `$next` leads."""
        path: str | None = f"{GRAPH}/{name}?{urlencode({f'${n}': v for n, v in parameters.items()})}"
        while path:
            body: Row = self.get(path, name)
            yield from body["$data"]
            parts = urlsplit(str(body.get("$next", "")))
            path = f"{parts.path}?{parts.query}" if parts.path else None


class GraphReader(Graph):
    """Pages through lists that nobody changes."""

    known: dict[str, dict[str, None]]

    def __init__(self, field: Field, name: str, token: str) -> None:
        super().__init__(field, name, token)
        self.known = {}

    def step(self) -> None:
        name = self.dice.choice(["people", "classes", "enrollments"])
        ids = [row["id"] for row in self.pages(name, first=self.dice.choice([50, 120, 1000]))]
        expect(len(ids) == len(set(ids)), f"{name}: something stands twice")
        held = dict.fromkeys(ids)
        same(held, self.known.setdefault(name, held), f"the list of {name}")

    def finish(self) -> None:
        self.step()


class Listener(Graph):
    """Keeps a copy of everything by events."""

    one = {"person": "people", "class": "classes", "enrollment": "enrollments"}

    def __init__(self, field: Field, name: str, token: str) -> None:
        super().__init__(field, name, token)
        self.last = ""
        self.held: dict[tuple[str, str], Row] = {}

    def step(self) -> None:
        for event in self.pages("events", first=1000, **({"after": self.last} if self.last else {})):
            key, self.last = (event["target"], event["target_id"]), event["id"]
            if event["type"] == "deleted":
                self.held.pop(key, None)
            else:
                self.held[key] = event["data"]

    def finish(self) -> None:
        self.step()
        for one, many in self.one.items():
            fresh = {row["id"]: row for row in self.pages(many, first=1000)}
            held = {identity: row for (kind, identity), row in self.held.items() if kind == one}
            self.judged(lambda held=held, fresh=fresh, many=many: same(held, fresh, f"the copy of {many}"))


class Platform(Client):
    """A learning platform with a client id and a secret."""

    dialect = "oneroster"

    def __init__(self, field: Field, name: str, key: str, secret: str) -> None:
        super().__init__(field, name)
        self.key, self.secret = key, secret

    def sign_in(self) -> str:
        if not self.token:
            shown = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
            body = urlencode({"grant_type": "client_credentials"}).encode()
            kind, basic = "application/x-www-form-urlencoded", f"Basic {shown}"
            answer = self.ask("POST", "/oauth/token", "", body, signed=False, Content_Type=kind, Authorization=basic)
            assert answer is not None
            expect(answer.status == 200, f"no token: {answer.body[:200]!r}")
            self.token = f"Bearer {answer.json['access_token']}"
        return self.token

    def rows(self, name: str, **parameters: object) -> list[Row]:
        """The things of a list, page by page."""
        size, found, total = 400, list[Row](), 1
        while len(found) < total:
            asked = urlencode({"limit": size, "offset": len(found), **parameters})
            answer = self.got(f"{ROSTERING}/{name}?{asked}", name)
            (page,) = answer.json.values()
            found, total = found + page, int(answer.headers["x-total-count"]) if page else 0
        return found


class PlatformReader(Platform):
    """Lists what nobody changes."""

    def __init__(self, field: Field, name: str, key: str, secret: str) -> None:
        super().__init__(field, name, key, secret)
        self.known: dict[str, dict[str, None]] = {}

    def step(self) -> None:
        name = self.dice.choice(["users", "classes", "enrollments", "orgs"])
        ids = [row["sourcedId"] for row in self.rows(name)]
        expect(len(ids) == len(set(ids)), f"{name}: something stands twice")
        held = dict.fromkeys(ids)
        same(held, self.known.setdefault(name, held), f"the list of {name}")

    def finish(self) -> None:
        self.step()


class Poller(Platform):
    """Keeps a copy by asking what has changed since the newest moment that it saw."""

    kinds = ("classes", "users", "enrollments")

    def __init__(self, field: Field, name: str, key: str, secret: str) -> None:
        super().__init__(field, name, key, secret)
        self.held: dict[str, dict[str, Row]] = {name: {} for name in self.kinds}
        self.newest: dict[str, str] = dict.fromkeys(self.kinds, "2000-01-01")

    def step(self) -> None:
        for name, held in self.held.items():
            for row in self.rows(name, filter=f"dateLastModified>='{self.newest[name]}'"):
                self.newest[name] = max(self.newest[name], row["dateLastModified"])
                held.pop(row["sourcedId"], None)
                if row["status"] == "active":
                    held[row["sourcedId"]] = row

    def finish(self) -> None:
        self.step()
        for name, held in self.held.items():
            fresh = {row["sourcedId"]: row for row in self.rows(name)}
            self.judged(lambda h=held, f=fresh, n=name: same(plain(h), plain(f), f"the copy of {n}"))


def plain(rows: dict[str, Row]) -> dict[str, Row]:
    """Rows without when they changed: what has lost a part has no stamp of that."""
    return {i: {n: v for n, v in row.items() if n != "dateLastModified"} for i, row in rows.items()}


class Grader(Platform):
    """Puts marks for a line item of its own, reads and deletes them."""

    def __init__(self, field: Field, name: str, key: str, secret: str) -> None:
        super().__init__(field, name, key, secret)
        self.slots = [Slot(f"{name}-{number}", identity=f"{name}-{number}") for number in range(8)]
        self.pupil = ""
        self.count = 0

    def prepare(self) -> None:
        """A line item of a class, and a student of the class."""
        (items,) = self.get(f"{GRADEBOOK}/lineItems?limit=50", "lineItems").values()
        like = self.dice.choice(items)
        group = like["class"]["sourcedId"]
        (students,) = self.get(f"{ROSTERING}/classes/{group}/students?limit=50", "classes/{id}/students").values()
        item = {
            "title": f"Of {self.name}",
            "assignDate": "2026-11-01T08:00:00Z",
            "dueDate": "2026-11-08T15:30:00Z",
            **{name: {"sourcedId": like[name]["sourcedId"]} for name in ("class", "school", "category")},
        }
        answer = self.ask("PUT", f"{GRADEBOOK}/lineItems/{self.name}", "lineItems/{id}", {"lineItem": item})
        assert answer is not None
        expect(answer.status in (200, 201), f"no line item: {answer.body[:300]!r}")
        self.pupil = self.dice.choice(students)["sourcedId"]

    def step(self) -> None:
        if not self.pupil:
            self.prepare()
        slot = self.dice.choice(self.slots)
        match self.dice.choice(["put", "put", "delete", "read", "read"]):
            case "put":
                self.count += 1
                value = f"{self.name} says {self.count}"
                mark = {
                    "lineItem": {"sourcedId": self.name},
                    "student": {"sourcedId": self.pupil},
                    "scoreStatus": "fully graded",
                    "scoreDate": "2026-11-09",
                    "score": self.count % 20,
                    "comment": value,
                }
                slot.put(self.sent("PUT", slot, {"result": mark}), value)
            case "delete":
                slot.removed(self.sent("DELETE", slot))
            case _:
                self.read(slot)

    def sent(self, method: str, slot: Slot, body: Any = None) -> Any:
        """The answer to a write, or none where the client gave up."""
        tries = self.dice.choice([1, 1e9])
        return self.ask(method, f"{GRADEBOOK}/results/{quote(slot.key)}", "results/{id}", body, tries=tries)

    def read(self, slot: Slot) -> None:
        answer = self.ask("GET", f"{GRADEBOOK}/results/{quote(slot.key)}", "results/{id}")
        assert answer is not None
        expect(answer.status in (200, 404), f"{slot.key}: {answer.status} {answer.body[:300]!r}")
        slot.seen([answer.json["result"]["comment"]] if answer.status == 200 else [])

    def finish(self) -> None:
        for slot in self.slots:
            self.judged(lambda slot=slot: self.read(slot))
