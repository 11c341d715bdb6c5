"""A body for each write-back of Xporter, which names people whom the caller may see and people whom it may not."""

from __future__ import annotations

import random
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.hub import THORNFIELD, Hub
from tests.looking import look

Body = dict[str, Any]

TODAY = "2026-11-20"
CALL = {"Callback": {"Method": "POST", "Url": "https://app.example.org/done"}}
PNG = b64encode(b"\x89PNG\r\n\x1a\n invented").decode()


@dataclass(frozen=True)
class Names:
    """Ids of a school's people, groups and events, to be drawn from."""

    hub: Hub
    rng: random.Random
    username: str

    def some(self, table: str, count: int = 1, what: str = "mis_id", order: str = "mis_id") -> list[str]:
        """Ids from a table: of the first eight, of which a choice of people leaves out four.

        Mostly of the others, since a body that names one person too many is refused for that alone.
        """
        sql = f'SELECT {what} FROM "{table}" WHERE school = ? ORDER BY {order} LIMIT 8'
        rows = look(self.hub.store, sql, (self.hub.desk.schools.find(THORNFIELD)[1],)).fetchall()
        rows = rows[4:] if len(rows) == 8 and self.rng.random() < 0.7 else rows
        return [one for (one,) in self.rng.sample(rows, min(count, len(rows)))]

    def one(self, table: str, what: str = "mis_id") -> str:
        """An id from a table."""
        return self.some(table, what=what)[0]


def marks(names: Names) -> Body:
    days = [TODAY, TODAY, TODAY, "2026-11-19", "2026-12-25"]
    usual = {"MarkType": "S", "Session": "AM"}
    return {
        "Marks": [
            {**usual, "StudentId": mis, "Date": names.rng.choice(days), "Mark": names.rng.choice("I/LN")}
            for mis in names.some("student", 2)
        ]
    }


def attributes(names: Names) -> Body:
    value = names.rng.choice(["Every day", None])
    return {"attributes": [{"XID": names.one(t, "xid"), "Reads": value} for t in ("student", "staff", "contact")]}


def conduct(names: Names) -> Body:
    kind = names.rng.choice(["Beh", "Ach"])
    table = {"Beh": "behaviour", "Ach": "achievement"}[kind]
    event: Body = {"Id": 1, "IncidentType": kind, "RecordedById": names.one("staff"), "EntryDate": TODAY}
    event |= {"TypeId": 1, "StatusId": 51} if kind == "Beh" else {"TypeId": 25}
    if names.rng.random() < 0.5:
        event = {"Id": 1, "IncidentType": kind, "UpdateId": names.one(table), "Note": "Twin"}
    taking_part = [{"ConductId": 1, "StudentId": mis, "Points": 2} for mis in names.some("student", 2)]
    file = {"Id": 1, "ConductId": 1, "MediaDateTime": f"{TODAY}T12:00:00", "Description": "Twin", "MediaType": "png"}
    files = [{**file, "FileName": "twin.png", "MediaBase64": PNG}] if names.rng.random() < 0.3 else []
    staff = [{"ConductId": 1, "StaffId": names.one("staff")}]
    return {"Conducts": [event], "Participants": taking_part, "Staff": staff, "MediaFiles": files}


def detention(names: Names) -> Body:
    one: Body = {"Id": 1, "DetentionTypeId": 2, "LocationId": 14, "DetentionDate": "2026-11-25"}
    if names.rng.random() < 0.5:
        one = {"Id": 1, "UpdateId": names.one("detention"), "LocationId": 16}
    whom = [{"DetentionId": 1, "StudentId": mis} for mis in names.some("student", 2)]
    if names.rng.random() < 0.5:
        whom[0]["BehaviourId"] = names.one("behaviour")
    return {"Detentions": [one], "DetentionStudents": whom, "DetentionStaff": [{"DetentionId": 1, "StaffId": "2"}]}


def lists(names: Names) -> Body:
    people = [{"Type": "Student", "Id": mis} for mis in names.some("student", 1)]
    return {names.rng.choice(["add", "remove"]): people}


def photos(names: Names) -> Body:
    mis, kind = names.rng.choice([(names.one("student"), "Student"), (names.one("staff"), "Staff")])
    gone = {"PersonId": f"-{mis}", "PersonType": kind}
    return {"Photos": [names.rng.choice([gone, {"PersonId": mis, "PersonType": kind, "Photo": PNG}])]}


def seats(names: Names) -> Body:
    mis = names.one("student")
    seat: Body = {"StudentId": names.rng.choice([mis, f"-{mis}"]), "Row": 1, "Column": names.rng.choice([1, 2])}
    own = {"Name": "Twin", "GroupId": names.one("group")}
    return {"SeatingPlan": [seat | names.rng.choice([own, {"PlanId": names.one("seating_plan")}])]}


def definitions(names: Names) -> Body:
    return {"TagDefinitions": [{"Code": names.rng.choice("TU"), "Name": "Twin", "AppliesTo": "Student"}]}


def tags(names: Names) -> Body:
    mis = names.one("student")
    whom = {"EntityType": "Student", "EntityId": names.rng.choice([mis, f"-{mis}"])}
    return {"Tags": [{"TagDefinitionId": names.one("tag_definition"), **whom}]}


def users(names: Names) -> Body:
    table = names.rng.choice(["student", "staff", "contact"])
    return {"Users": [{f"{table.title()}Id": names.one(table), "Username": names.username}]}


BODIES: dict[str, tuple[str, Callable[[Names], Body]]] = {
    "Attendance": (f"Attendance/{THORNFIELD}", marks),
    "AttendanceAsync": (f"AttendanceAsync/{THORNFIELD}", marks),
    "Conduct": ("Conduct", conduct),
    "ConductAsync": ("ConductAsync", conduct),
    "Detention": ("Detention", detention),
    "DetentionAsync": ("DetentionAsync", detention),
    "EntityAttributes": ("EntityAttributes", attributes),
    "GDPRfilter": ("GDPRfilter", lists),
    "Photos": ("Photos", photos),
    "SeatingPlan": ("SeatingPlan", seats),
    "TagDefinitions": ("TagDefinitions", definitions),
    "Tags": ("Tags", tags),
    "UserAsync": ("UserAsync", users),
}
"""By the name of each write-back, its path below /api/v1/Writeback/ and what makes a body for it."""


def sent(hub: Hub, rng: random.Random, username: str, each: int) -> Iterator[tuple[str, Body]]:
    """Every write-back some times over, in any order: paths with bodies."""
    names = Names(hub, rng, username)
    order = [name for name in BODIES for _ in range(each)]
    rng.shuffle(order)
    for name in order:
        path, made = BODIES[name]
        yield path, made(names) | (CALL if name.endswith("Async") else {})
