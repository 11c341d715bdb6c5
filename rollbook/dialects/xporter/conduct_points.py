"""What each student's achievements and behaviour come to (school.conductpoints)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Option, Table, With
from ...fields import ALWAYS, Arg, Called, LastUpdated, RowHash
from ...model.points import ConductTerms, ConductWeek, ConductYear
from ...model.students import Student
from ...scopes import S
from .filters import updated_since

_ON_ROLL = (ConductYear.student / Student.on_roll).is_("OnRoll")


class ConductPoints(Table, of=ConductYear, only=_ON_ROLL, order=(ConductYear.student / Student.mis_id,)):
    """The points and counts of an academic year, of each student on roll."""

    Id = ConductYear.student / Student.mis_id
    TotalAchievementPoints = ConductYear.achievement_points
    TotalAchievementIncidents = ConductYear.achievements
    TotalBehaviourPoints = ConductYear.behaviour_points
    TotalBehaviourIncidents = ConductYear.incidents
    TotalConductPoints = ConductYear.balance
    TotalConductIncidents = ConductYear.events
    NumberOfDetentions = ConductYear.detentions
    NumberOfInterventions = ConductYear.interventions
    NumberOfReportCards = ConductYear.report_cards
    LastUpdated = LastUpdated(ConductYear)
    RowHash = RowHash(ConductYear)


class WeeklyStats(Table, of=ConductWeek, follows=ConductWeek.student, order=(ConductWeek.student / Student.mis_id,)):
    """The same of this week, from Monday until today."""

    Id = ConductWeek.student / Student.mis_id
    WeeklyAchievementEvents = ConductWeek.achievements
    WeeklyAchievementPoints = ConductWeek.achievement_points
    WeeklyBehaviourIncidents = ConductWeek.incidents
    WeeklyBehaviourPoints = ConductWeek.behaviour_points
    WeeklyDetentionsTotal = ConductWeek.detentions
    WeeklyDetentionsFuture = ConductWeek.detentions_to_come
    WeekInterventions = ConductWeek.interventions
    LastUpdated = LastUpdated(ConductWeek)
    RowHash = RowHash(ConductWeek)


class TermlyStats(Table, of=ConductTerms, follows=ConductTerms.student, order=(ConductTerms.student / Student.mis_id,)):
    """The same of the days that lie in the terms of the academic year."""

    Id = ConductTerms.student / Student.mis_id
    TermAchievementEvents = ConductTerms.achievements
    TermAchievementPoints = ConductTerms.achievement_points
    TermBehaviourIncidents = ConductTerms.incidents
    TermBehaviourPoints = ConductTerms.behaviour_points
    TermDetentions = ConductTerms.detentions
    TermInterventions = ConductTerms.interventions
    LastUpdated = LastUpdated(ConductTerms)
    RowHash = RowHash(ConductTerms)


conduct_points = Endpoint(
    "ConductPoints",
    "Conduct Points",
    "Students",
    "The points for achievements and behaviour that students on roll have gathered, and how many detentions, "
    "interventions and report cards they have had.",
    S.Conduct,
    (ConductPoints, WeeklyStats, TermlyStats),
    databases=("XodConductPoints",),
    years=True,
    options={
        "includeWeeklyStats": Option("Include the sums of the current week", With(WeeklyStats)),
        "includeTermlyStats": Option("Include the sums of the terms", With(TermlyStats)),
    },
    filters={
        "id": Filter(
            "A specific student, by Id or ExternalId",
            Called((Student.mis_id, Student.external_id), Arg("id"), ConductYear.student),
        ),
        "SchoolYear": Filter(
            "The calendar year in which an academic year begins; this one if none", ALWAYS, kind="year"
        ),
        "updatedSince": updated_since(ConductYear),
    },
)

ENDPOINTS = (conduct_points,)
