"""Achievements (school.achievementfordaterange, school.achievementfortoday)."""

from __future__ import annotations

from ...api.resource import Endpoint, Table
from ...fields import ALWAYS, TODAY, Csv, Key, LastUpdated, RowHash, Some
from ...model.conduct import (
    Achievement,
    AchievementStaff,
    AchievementStudent,
    ConductLookup,
    ConductType,
    achievement_staff,
    achievement_students,
)
from ...model.people import Staff
from ...model.students import Student
from ...scopes import S
from .incidents import LINKED, OF_STAFF, OF_STUDENTS, RANGE, filters_of_days, filters_of_today

_ORDER = (Achievement.date, Achievement.mis_id)
# What was done by nobody of whom the caller may know is not there.
_SEEN = Some(achievement_students, ALWAYS)


class Achievements(Table, of=Achievement, name="Achievements", only=_SEEN, order=_ORDER):
    """What students did well."""

    Id = Achievement.mis_id
    ConductId = Achievement.conduct_id
    AchievementType = Achievement.type / ConductType.description
    Date = Achievement.date
    Activity = Achievement.activity / ConductLookup.description
    Location = Achievement.location / ConductLookup.description
    RecordedBy = Achievement.recorded_by / Staff.display_name
    RecordedOn = Achievement.recorded_on
    Description = Achievement.description
    Category = Achievement.category
    StudentIds = Csv(achievement_students, AchievementStudent.student / Student.mis_id, about=OF_STUDENTS)
    StaffIds = Csv(achievement_staff, AchievementStaff.staff / Staff.mis_id, about=OF_STAFF)
    LastUpdated = LastUpdated(Achievement)
    RowHash = RowHash(Achievement)


class AchievementsToday(
    Table,
    of=Achievement,
    name="Achievements",
    only=_SEEN & Achievement.date.is_(TODAY),
    order=_ORDER,
    shared=Achievements.columns,
):
    """What students did well today."""


class StudentAchievements(
    Table,
    of=AchievementStudent,
    follows=AchievementStudent.achievement,
    order=(AchievementStudent.achievement / Achievement.date, AchievementStudent.achievement / Achievement.mis_id),
):
    """Whose achievements they are, with each student's points."""

    Id = Key(
        AchievementStudent.student / Student.idaas_id,
        ".",
        AchievementStudent.achievement / Achievement.conduct_id,
        about="Composite Id for the student membership",
        example="PL-9919.Ach.4000",
    )
    StudentId = AchievementStudent.student / Student.mis_id
    AchievementId = AchievementStudent.achievement / Achievement.mis_id
    Points = AchievementStudent.points
    Outcome = AchievementStudent.outcome / ConductLookup.description
    OutcomeCode = AchievementStudent.outcome / ConductLookup.code
    LastUpdated = LastUpdated(AchievementStudent)
    RowHash = RowHash(AchievementStudent)


class StaffAchievements(
    Table,
    of=AchievementStaff,
    follows=AchievementStaff.achievement,
    order=(AchievementStaff.achievement / Achievement.date, AchievementStaff.achievement / Achievement.mis_id),
):
    """Staff who had to do with them, beside those who recorded them."""

    Id = Key(
        AchievementStaff.staff / Staff.idaas_id,
        ".",
        AchievementStaff.achievement / Achievement.conduct_id,
        about="Composite Id for the staff membership",
        example="PWT-1.Ach.4000",
    )
    StaffId = AchievementStaff.staff / Staff.mis_id
    AchievementId = AchievementStaff.achievement / Achievement.mis_id
    StaffRole = AchievementStaff.role / ConductLookup.description
    LastUpdated = LastUpdated(AchievementStaff)
    RowHash = RowHash(AchievementStaff)


achievement_for_date_range = Endpoint(
    "AchievementForDateRange",
    "Achievements for Date Range",
    "Achievement",
    "Positive conduct records of a range of days, with the students and staff who took part.",
    S.Conduct,
    (Achievements, StudentAchievements, StaffAchievements),
    databases=("XodConductForDateRange",),
    example=RANGE,
    options=LINKED,
    filters=filters_of_days(Achievements),
)

achievement_for_today = Endpoint(
    "AchievementForToday",
    "Achievements for Today",
    "Achievement",
    "Positive conduct records of today, with the students and staff who took part.",
    S.Conduct,
    (AchievementsToday, StudentAchievements, StaffAchievements),
    databases=("XodConductForToday",),
    options=LINKED,
    filters=filters_of_today(AchievementsToday),
)

ENDPOINTS = (achievement_for_date_range, achievement_for_today)
