"""Seating plans (school.seatingplans)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Table
from ...fields import Arg, Key, LastUpdated, Question, RowHash, Within
from ...model.groups import Group
from ...model.students import Student
from ...model.timetable import Room, Seat
from ...model.timetable import SeatingPlan as Plan
from ...scopes import S


class SeatingPlan(Table, of=Seat, order=(Seat.plan / Plan.mis_id, Seat.row, Seat.column)):
    """The seats of all plans, a row for each student who has one."""

    Id = Key(
        "SP-",
        Seat.plan / Plan.mis_id,
        ".",
        Seat.student / Student.idaas_id,
        about="Unique Id of the seat",
        example="SP-3.PL-9919",
    )
    PlanId = Seat.plan / Plan.mis_id
    Name = Seat.plan / Plan.name
    GroupId = Seat.plan / (Plan.group / Group.mis_id)
    GroupName = Seat.plan / (Plan.group / Group.name)
    RoomId = Seat.plan / (Plan.room / Room.mis_id)
    RoomCode = Seat.plan / (Plan.room / Room.code)
    Rows = Seat.plan / Plan.rows
    Columns = Seat.plan / Plan.columns
    StudentId = Seat.student / Student.mis_id
    Row = Seat.row
    Column = Seat.column
    LastUpdated = LastUpdated(Seat)
    RowHash = RowHash(Seat)


_GROUP_ID = Arg("GroupId")

seating_plans = Endpoint(
    "SeatingPlans",
    "Fetch seating plans for a group",
    "School",
    "Who sits where in a class's room: the seating plans of all classes, or of one.",
    S.School | S.EmergeForWeb,
    (SeatingPlan,),
    filters={
        "GroupId": Filter(
            "Optional Group Id",
            Within(Seat.plan, Question(Plan, (), (Plan.group / Group.mis_id).is_(_GROUP_ID))),
        ),
    },
)

ENDPOINTS = (seating_plans,)
