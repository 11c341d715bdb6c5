"""Achievements and behaviour together (school.conductfordaterange, school.conductfortoday)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Instead, Option, Table, Union
from ...fields import TODAY, Arg, Csv, Expr, LastUpdated, RowHash
from ...model.conduct import (
    CATEGORIES,
    Achievement,
    AchievementStaff,
    AchievementStudent,
    BehaviourStaff,
    BehaviourStudent,
    ConductLookup,
    ConductType,
    achievement_staff,
    achievement_students,
    behaviour_staff,
    behaviour_students,
)
from ...model.conduct import (
    Behaviour as Incident,
)
from ...model.curriculum import Subject
from ...model.people import Staff
from ...model.students import Student
from ...scopes import S
from . import achievements, behaviour, conduct_lookups, conduct_points
from .achievements import Achievements, StaffAchievements, StudentAchievements
from .behaviour import Behaviour, StaffBehaviour, StudentBehaviour
from .incidents import LINKED, OF_STAFF, OF_STUDENTS, RANGE, each, filters_of_days, filters_of_today


def _common(of: type[Achievement] | type[Incident]) -> dict[str, Expr]:
    """The columns that both categories fill in the same way."""
    return {
        "Id": of.conduct_id,
        "ConductId": of.mis_id,
        "ConductType": of.type / ConductType.description,
        "Date": of.date,
        "Time": of.time / ConductLookup.description,
        "Activity": of.activity / ConductLookup.description,
        "Status": Achievement.status if of is Achievement else Incident.status / ConductLookup.description,
        "Location": of.location / ConductLookup.description,
        "RecordedBy": of.recorded_by / Staff.display_name,
        "Outcome": of.outcome / ConductLookup.description,
        "OutcomeDate": of.outcome_date,
        "ParentGuardianInformed": of.parent_informed,
        "RecordedOn": of.recorded_on,
        "Description": Achievement.description if of is Achievement else Incident.comments,
        "Subject": of.subject / Subject.name,
        "Category": of.category,
    }


class AchievementConducts(
    Table,
    of=Achievement,
    name="Conducts",
    only=Achievements.only,
    order=Achievements.order,
    shared={
        **_common(Achievement),
        "StudentIds": Csv(achievement_students, AchievementStudent.student / Student.mis_id, about=OF_STUDENTS),
        "StaffIds": Csv(achievement_staff, AchievementStaff.staff / Staff.mis_id, about=OF_STAFF),
        "LastUpdated": LastUpdated(Achievement),
        "RowHash": RowHash(Achievement),
    },
):
    """What students did well."""


class BehaviourConducts(
    Table,
    of=Incident,
    name="Conducts",
    only=Behaviour.only,
    order=Behaviour.order,
    shared={
        **_common(Incident),
        "StudentIds": Csv(behaviour_students, BehaviourStudent.student / Student.mis_id, about=OF_STUDENTS),
        "StaffIds": Csv(behaviour_staff, BehaviourStaff.staff / Staff.mis_id, about=OF_STAFF),
        "LastUpdated": LastUpdated(Incident),
        "RowHash": RowHash(Incident),
    },
):
    """Incidents in which students behaved badly."""


_LATER = ("OutcomeDate", "ParentGuardianInformed")
"""What the record of a day does not tell of itself yet."""


class AchievementConductsToday(
    Table,
    of=Achievement,
    name="Conducts",
    only=Achievements.only & (Achievement.date.is_(TODAY) | Achievement.recorded_on.is_(TODAY)),
    order=Achievements.order,
    shared={n: e for n, e in AchievementConducts.columns.items() if n not in _LATER},
):
    """What students did well, that happened or was recorded today."""


class BehaviourConductsToday(
    Table,
    of=Incident,
    name="Conducts",
    only=Behaviour.only & (Incident.date.is_(TODAY) | Incident.recorded_on.is_(TODAY)),
    order=Behaviour.order,
    shared={n: e for n, e in BehaviourConducts.columns.items() if n not in _LATER},
):
    """Incidents that happened or were recorded today."""


class AchievementStudents(
    Table,
    of=AchievementStudent,
    name="StudentConducts",
    follows=AchievementStudent.achievement,
    order=StudentAchievements.order,
):
    """Whose achievements they are, with each student's points."""

    Id = StudentAchievements.Id
    StudentId = StudentAchievements.StudentId
    ConductId = AchievementStudent.achievement / Achievement.conduct_id
    Points = AchievementStudent.points
    Outcome = StudentAchievements.Outcome
    Role = AchievementStudent.role
    LastUpdated = LastUpdated(AchievementStudent)
    RowHash = RowHash(AchievementStudent)


class BehaviourStudents(
    Table,
    of=BehaviourStudent,
    name="StudentConducts",
    follows=BehaviourStudent.behaviour,
    order=StudentBehaviour.order,
):
    """Who took part in incidents, with each student's role and points."""

    Id = StudentBehaviour.Id
    StudentId = StudentBehaviour.StudentId
    ConductId = BehaviourStudent.behaviour / Incident.conduct_id
    Points = BehaviourStudent.points
    Outcome = StudentBehaviour.Outcome
    Role = StudentBehaviour.Role
    LastUpdated = LastUpdated(BehaviourStudent)
    RowHash = RowHash(BehaviourStudent)


class AchievementStaffs(
    Table,
    of=AchievementStaff,
    name="StaffConducts",
    follows=AchievementStaff.achievement,
    order=StaffAchievements.order,
):
    """Staff who had to do with achievements, beside those who recorded them."""

    Id = StaffAchievements.Id
    StaffId = StaffAchievements.StaffId
    ConductId = AchievementStaff.achievement / Achievement.conduct_id
    StaffRole = StaffAchievements.StaffRole
    LastUpdated = LastUpdated(AchievementStaff)
    RowHash = RowHash(AchievementStaff)


class BehaviourStaffs(
    Table, of=BehaviourStaff, name="StaffConducts", follows=BehaviourStaff.behaviour, order=StaffBehaviour.order
):
    """Staff who had to do with incidents, beside those who recorded them."""

    Id = StaffBehaviour.Id
    StaffId = StaffBehaviour.StaffId
    ConductId = BehaviourStaff.behaviour / Incident.conduct_id
    StaffRole = StaffBehaviour.StaffRole
    LastUpdated = LastUpdated(BehaviourStaff)
    RowHash = RowHash(BehaviourStaff)


_SIDES = (
    Union("StudentConducts", (AchievementStudents, BehaviourStudents)),
    Union("StaffConducts", (AchievementStaffs, BehaviourStaffs)),
)


def _options(achieved: type[Table], behaved: type[Table]) -> dict[str, Option]:
    return {
        **LINKED,
        "useFixedConductIds": Option(
            "Prefix the ConductId of the main table too: it is then unique and joins the other tables",
            Instead(achieved, {"ConductId": Achievement.conduct_id}),
            Instead(behaved, {"ConductId": Incident.conduct_id}),
        ),
    }


def _category(*tables: type[Table]) -> Filter:
    asked = each(
        tables, "Achievements (Ach) or behaviour (Beh) only", lambda of: of.category.is_(Arg("conductCategory"))
    )
    return Filter(asked.about, asked.where, kind="code", choices={c: c for c in CATEGORIES}, elsewhere=asked.elsewhere)


conduct_for_date_range = Endpoint(
    "ConductForDateRange",
    "Conduct for Date Range",
    "Conduct",
    "Positive and negative conduct records of a range of days, with the students and staff who took part.",
    S.Conduct,
    (Union("Conducts", (AchievementConducts, BehaviourConducts)), *_SIDES),
    databases=("XodConductForDateRange",),
    example=RANGE,
    options=_options(AchievementConducts, BehaviourConducts),
    filters={
        **filters_of_days(AchievementConducts, BehaviourConducts),
        "conductCategory": _category(AchievementConducts, BehaviourConducts),
    },
)

conduct_for_today = Endpoint(
    "ConductForToday",
    "Conduct for Today",
    "Conduct",
    "Positive and negative conduct records of what happened or was recorded today.",
    S.Conduct,
    (Union("Conducts", (AchievementConductsToday, BehaviourConductsToday)), *_SIDES),
    databases=("XodConductForToday",),
    options=_options(AchievementConductsToday, BehaviourConductsToday),
    filters={
        **filters_of_today(AchievementConductsToday, BehaviourConductsToday),
        "conductCategory": _category(AchievementConductsToday, BehaviourConductsToday),
    },
)

ENDPOINTS: tuple[Endpoint, ...] = (
    *achievements.ENDPOINTS,
    *behaviour.ENDPOINTS,
    conduct_for_date_range,
    conduct_for_today,
    *conduct_lookups.ENDPOINTS,
    *conduct_points.ENDPOINTS,
)
