"""What each student's achievements and incidents come to: over a year, over a week, over the terms of a year."""

from __future__ import annotations

from ..fields import TODAY, Arg, Computed, Condition, Expr, Many, Number, Ref, Tally
from ..scopes import S
from .conduct import ReportCard
from .detention import Detention, StudentDetention
from .intervention import Intervention
from .organisation import SchoolRecord
from .students import Student

YEAR = ("year_start", "year_end")
WEEK = ("week_start", "week_end")
WEEK_SO_FAR = ("week_start", "today")

_SUMMED = (
    *("Student", "Achievement", "AchievementStudent", "Behaviour", "BehaviourStudent"),
    *("Detention", "StudentDetention", "ReportCard", "Intervention", "Session"),
)


def _between(day: Expr, days: tuple[str, str]) -> Condition:
    return day.since(Arg(days[0])) & day.until(Arg(days[1]))


def _under_way(first: Expr, last: Expr, days: tuple[str, str]) -> Condition:
    return first.until(Arg(days[1])) & (last.unknown() | last.since(Arg(days[0])))


def _detentions(about: str, where: Condition) -> Tally:
    return Tally(Many(about, StudentDetention.student), where, scope=S.Conduct)


_DETAINED = StudentDetention.detention / Detention.date
_INTERVENTIONS = Many("The interventions of a student", Intervention.student)
_REPORT_CARDS = Many("The report cards of a student", ReportCard.student)


class ConductSums(SchoolRecord, abstract=True):
    """Totals of a student's achievements and incidents over some days."""

    student = Ref("The student", Student, part_of=True, tells=("mis_id", "external_id", "on_roll"))
    achievements = Number("The number of achievements", 65)
    achievement_points = Number("The number of points for achievements", 1232)
    incidents = Number("The number of incidents", 23)
    behaviour_points = Number("The number of points for behaviour", 567)


class ConductYear(ConductSums, scope=S.Conduct, over=_SUMMED):
    """Totals of a student's achievements and incidents in an academic year."""

    balance = Number("Overall conduct points this academic year (Ach - Beh)", 665)
    events = Number("Total conduct incidents this academic year (Ach Incidents + Beh Incidents)", 77)
    detentions = Computed(
        "Total detentions this academic year",
        1,
        _detentions("The student's detentions of the academic year", _between(_DETAINED, YEAR)),
    )
    interventions = Computed(
        "Total interventions this academic year",
        0,
        Tally(_INTERVENTIONS, _under_way(Intervention.start, Intervention.end, YEAR), scope=S.Conduct),
    )
    report_cards = Computed(
        "Total report cards this academic year",
        2,
        Tally(_REPORT_CARDS, _under_way(ReportCard.start, ReportCard.end, YEAR), scope=S.Conduct),
    )


class ConductWeek(ConductSums, scope=S.Conduct, over=_SUMMED):
    """Totals of a student's achievements and incidents so far this week."""

    detentions = Computed(
        "The number of detentions for this entire week",
        1,
        _detentions("The student's detentions of the week", _between(_DETAINED, WEEK)),
    )
    detentions_to_come = Computed(
        "The number of detentions from today until the end of the week",
        1,
        _detentions(
            "The student's detentions of the rest of the week",
            _DETAINED.since(TODAY) & _DETAINED.until(Arg("week_end")),
        ),
    )
    interventions = Computed(
        "The number of interventions from the start of the week until today",
        2,
        Tally(_INTERVENTIONS, _under_way(Intervention.start, Intervention.end, WEEK_SO_FAR), scope=S.Conduct),
    )


class ConductTerms(ConductSums, scope=S.Conduct, over=_SUMMED):
    """Totals of a student's achievements and incidents in the terms of an academic year."""

    detentions = Number("The number of detentions for terms in this academic year", 7)
    interventions = Number("The number of interventions for terms in this academic year", 2)
