"""Behaviour (school.behaviourfordaterange, school.behaviourfortoday)."""

from __future__ import annotations

from ...api.resource import Endpoint, Table
from ...fields import ALWAYS, TODAY, Csv, Key, LastUpdated, RowHash, Some
from ...model.conduct import (
    Behaviour as Incident,
)
from ...model.conduct import (
    BehaviourStaff,
    BehaviourStudent,
    ConductLookup,
    ConductType,
    behaviour_staff,
    behaviour_students,
)
from ...model.curriculum import Subject
from ...model.people import Staff
from ...model.students import Student
from ...scopes import S
from .incidents import LINKED, OF_STAFF, OF_STUDENTS, RANGE, filters_of_days, filters_of_today

_ORDER = (Incident.date, Incident.mis_id)
# What was done by nobody of whom the caller may know is not there.
_SEEN = Some(behaviour_students, ALWAYS)


class Behaviour(Table, of=Incident, only=_SEEN, order=_ORDER):
    """Incidents in which students behaved badly."""

    Id = Incident.mis_id
    ConductId = Incident.conduct_id
    BehaviourType = Incident.type / ConductType.description
    Date = Incident.date
    Time = Incident.time / ConductLookup.description
    Activity = Incident.activity / ConductLookup.description
    Status = Incident.status / ConductLookup.description
    Location = Incident.location / ConductLookup.description
    RecordedBy = Incident.recorded_by / Staff.display_name
    Outcome = Incident.outcome / ConductLookup.description
    RecordedOn = Incident.recorded_on
    Description = Incident.description
    Subject = Incident.subject / Subject.name
    Category = Incident.category
    StudentIds = Csv(behaviour_students, BehaviourStudent.student / Student.mis_id, about=OF_STUDENTS)
    StaffIds = Csv(behaviour_staff, BehaviourStaff.staff / Staff.mis_id, about=OF_STAFF)
    LastUpdated = LastUpdated(Incident)
    RowHash = RowHash(Incident)


class BehaviourToday(
    Table,
    of=Incident,
    name="Behaviour",
    only=_SEEN & Incident.date.is_(TODAY),
    order=_ORDER,
    shared=Behaviour.columns,
):
    """Incidents of today."""


class StudentBehaviour(
    Table,
    of=BehaviourStudent,
    follows=BehaviourStudent.behaviour,
    order=(BehaviourStudent.behaviour / Incident.date, BehaviourStudent.behaviour / Incident.mis_id),
):
    """Who took part, with each student's role and points."""

    Id = Key(
        BehaviourStudent.student / Student.idaas_id,
        ".",
        BehaviourStudent.behaviour / Incident.conduct_id,
        about="Composite Id for the student membership",
        example="PL-9919.Beh.4000",
    )
    StudentId = BehaviourStudent.student / Student.mis_id
    BehaviourId = BehaviourStudent.behaviour / Incident.mis_id
    Points = BehaviourStudent.points
    Outcome = BehaviourStudent.outcome / ConductLookup.description
    OutcomeCode = BehaviourStudent.outcome / ConductLookup.code
    Role = BehaviourStudent.role / ConductLookup.description
    LastUpdated = LastUpdated(BehaviourStudent)
    RowHash = RowHash(BehaviourStudent)


class StaffBehaviour(
    Table,
    of=BehaviourStaff,
    follows=BehaviourStaff.behaviour,
    order=(BehaviourStaff.behaviour / Incident.date, BehaviourStaff.behaviour / Incident.mis_id),
):
    """Staff who had to do with the incidents, beside those who recorded them."""

    Id = Key(
        BehaviourStaff.staff / Staff.idaas_id,
        ".",
        BehaviourStaff.behaviour / Incident.conduct_id,
        about="Composite Id for the staff membership",
        example="PWT-1.Beh.4000",
    )
    StaffId = BehaviourStaff.staff / Staff.mis_id
    BehaviourId = BehaviourStaff.behaviour / Incident.mis_id
    StaffRole = BehaviourStaff.role / ConductLookup.description
    LastUpdated = LastUpdated(BehaviourStaff)
    RowHash = RowHash(BehaviourStaff)


behaviour_for_date_range = Endpoint(
    "BehaviourForDateRange",
    "Behaviour for Date Range",
    "Behaviour",
    "Negative conduct records of a range of days, with the students and staff who took part.",
    S.Conduct,
    (Behaviour, StudentBehaviour, StaffBehaviour),
    databases=("XodConductForDateRange",),
    example=RANGE,
    options=LINKED,
    filters=filters_of_days(Behaviour),
)

behaviour_for_today = Endpoint(
    "BehaviourForToday",
    "Behaviour for Today",
    "Behaviour",
    "Negative conduct records of today, with the students and staff who took part.",
    S.Conduct,
    (BehaviourToday, StudentBehaviour, StaffBehaviour),
    databases=("XodConductForToday",),
    options=LINKED,
    filters=filters_of_today(BehaviourToday),
)

ENDPOINTS = (behaviour_for_date_range, behaviour_for_today)
