"""SeatingPlan Writeback: who of a class sits where in its room.

The document gives it no fields. They are the columns that the SeatingPlans endpoint shows, a record for each seat, so
that what was read can be sent back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....mis import Change
from ....mis.seating import PlanEntry, SeatEntry, Seating
from ....model.groups import Group
from ....model.students import Student
from ....model.timetable import Room, Seat, SeatingPlan
from ....scopes import S
from .operation import Case, Operation
from .sections import Body, Item, Property, Section, shown, twice, without_minus

MOST = 100
"""The most rows, or columns, of seats that a room has."""

SEATS = Section(
    "SeatingPlan",
    "The seats, each with the plan that it belongs to; a plan's own facts need be said once.",
    (
        Property("PlanId", "id", "Id of a plan that is there; a minus empties it first", "3"),
        Property("Name", "text", "Name of the plan; mandatory without PlanId", "Practical benches"),
        Property("GroupId", "id", "Id of the class; mandatory without PlanId", "8811"),
        Property("RoomId", "id", "Id of the room that the plan is for", "7"),
        Property("Rows", "integer", "How many rows of seats the room has", 5),
        Property("Columns", "integer", "How many seats a row has", 6),
        Property("StudentId", "id", "Id of the student who sits there; a minus takes them off the plan", "9919"),
        Property("Row", "integer", "The row of the seat, 1 at the front; mandatory with StudentId", 2),
        Property("Column", "integer", "The seat in its row, 1 at the left as the teacher sees it; so too", 3),
    ),
    mandatory=True,
)

PLAN_FACTS = ("Name", "GroupId", "RoomId", "Rows", "Columns")

SITTER = Seat.student / Student.mis_id
ON_ROLL = (Seat.student / Student.on_roll).is_("OnRoll")
"""A seat of somebody who has left is free."""


def read(body: Body, case: Case, wrong: list[str]) -> Change | None:
    """The plans of a body."""
    plans: dict[tuple[str, ...], list[Item]] = {}
    for item in body["SeatingPlan"]:
        if "PlanId" not in item and "PlanId" not in item.unread:
            known = item.keys() | item.unread
            wrong += [f"Missing mandatory field {name}" for name in ("Name", "GroupId") if name not in known]
        told = item.get("PlanId")
        named = (item.get("GroupId", ""), item.get("Name", "")) if told is None else (without_minus(told)[0],)
        plans.setdefault(named, []).append(item)
    entries = [_Reading(items, case, wrong).plan() for items in plans.values()]
    return None if wrong else Seating(tuple(entries))


class _Reading:
    """Reads the records of one plan."""

    def __init__(self, items: list[Item], case: Case, wrong: list[str]) -> None:
        self.emptied = any(item.get("PlanId", "").startswith("-") for item in items)
        self.items = [item for item in items if not item.get("PlanId", "").startswith("-")]
        self.checker = case.checker
        self.wrong = wrong
        self.mis_id = without_minus(items[0]["PlanId"])[0] if "PlanId" in items[0] else None
        self.known = self.told_by(items[0])
        self.identity = self.checker.known(SeatingPlan, None, **self.known)
        if self.mis_id is not None and self.identity is None:
            wrong.append(f"Invalid PlanId provided: {shown(self.mis_id)}")

    def told_by(self, item: Item) -> dict[str, str]:
        """The facts by which the plan is told from others."""
        if self.mis_id is not None:
            return {"mis_id": self.mis_id}
        return {
            "group": self.checker.known(Group, mis_id=item.get("GroupId", "")) or "",
            "name": item.get("Name", ""),
        }

    def plan(self) -> PlanEntry:
        """The plan with its seats."""
        facts = self.facts()
        seats, unseated = self.seats()
        if self.emptied and self.identity is not None:
            # Whom the app does not see stays in the plan, and the plan with them.
            unseated += self.checker.told(Seat, SITTER, plan=self.identity)
        seated = {seat.student for seat in seats}
        unseated = [student for student in dict.fromkeys(unseated) if student not in seated]
        self.check_seats(seats, unseated, facts)
        return PlanEntry(
            self.mis_id,
            facts.get("GroupId"),
            facts.get("Name"),
            facts.get("RoomId"),
            facts.get("Rows"),
            facts.get("Columns"),
            tuple(seats),
            tuple(unseated),
        )

    def facts(self) -> dict[str, Any]:
        """What is told of the plan itself, which must be one thing."""
        facts: dict[str, Any] = {}
        for name in PLAN_FACTS:
            said = dict.fromkeys(item[name] for item in self.items if name in item)
            if len(said) > 1:
                self.wrong.append(f"Only write back one {name} for a seating plan")
            facts |= dict.fromkeys([name], next(iter(said))) if said else {}
        for name, record in (("GroupId", Group), ("RoomId", Room)):
            if name in facts and self.checker.known(record, mis_id=facts[name]) is None:
                self.wrong.append(f"Invalid {name} provided: {shown(facts[name])}")
        for name in ("Rows", "Columns"):
            if not 1 <= facts.get(name, 1) <= MOST:
                self.wrong.append(f"Invalid {name} provided: {facts[name]}")
        if len(facts.get("Name", "")) > MOST:
            self.wrong.append(f"Name field max character limit ({MOST}) exceeded for a seating plan")
        return facts

    def seats(self) -> tuple[list[SeatEntry], list[str]]:
        """Who is given a seat, and who is taken off the plan."""
        seats: list[SeatEntry] = []
        unseated: list[str] = []
        for item in (one for one in self.items if "StudentId" in one):
            student, gone = without_minus(item["StudentId"])
            if self.checker.student(student) is None:
                self.wrong.append(f"Invalid StudentId: {shown(student)}")
            if gone:
                unseated.append(student)
                continue
            told = item.keys() | item.unread
            self.wrong += [f"Missing mandatory field {name}" for name in ("Row", "Column") if name not in told]
            seats.append(SeatEntry(student, item.get("Row", 1), item.get("Column", 1)))
        named = twice([*(seat.student for seat in seats), *unseated])
        self.wrong += [f"Only write back one seat for StudentId: {shown(student)}" for student in named]
        return seats, unseated

    def check_seats(self, seats: list[SeatEntry], unseated: list[str], facts: dict[str, Any]) -> None:
        """Seats are in the room, and each is one student's, as far as the app can see."""
        for name, most in self.size(facts):
            outside = (getattr(s, name.lower()) for s in seats if not 1 <= getattr(s, name.lower()) <= most)
            self.wrong += [f"Invalid {name} provided: {one}" for one in outside]
        moved = {seat.student for seat in seats} | set(unseated)
        held: set[tuple[int, int]] = set()
        for seat in seats:
            place = (seat.row, seat.column)
            if place in held or any(one not in moved for one in self.sitting(place)):
                self.wrong.append(f"The seat in Row {seat.row}, Column {seat.column} is taken")
            held.add(place)

    def size(self, facts: dict[str, Any]) -> Iterator[tuple[str, int]]:
        """How many rows and columns the room has, as it is told or kept."""
        for name, rows, fact in (("Row", "Rows", SeatingPlan.rows), ("Column", "Columns", SeatingPlan.columns)):
            kept = self.checker.told(SeatingPlan, fact, None, **self.known)
            yield name, facts.get(rows) or next(iter(kept), None) or MOST

    def sitting(self, place: tuple[int, int]) -> list[str]:
        """The students whom the app can see in a place."""
        if self.identity is None:
            return []
        row, column = place
        return self.checker.told(Seat, SITTER, ON_ROLL, plan=self.identity, row=row, column=column)


seating_plan = Operation(
    "SeatingPlan",
    "SeatingPlan Writeback",
    "Create and change seating plans, seat by seat.",
    ("writeback/seatingplan", "writeback/seatingplan/{estab}"),
    (S.School | S.EmergeForWeb) & S.WritebackSeating,
    (SEATS,),
    read,
    subject="Seating plan",
)

OPERATIONS = (seating_plan,)
