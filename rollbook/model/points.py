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

_TERM = (
    "t.district = :district AND t.school = :school AND t.kind IN ('term', 'semester')"
    " AND t.start BETWEEN :year_start AND :year_end"
)


def _in_terms(first: str, last: str) -> str:
    """Whether a time touches one of the terms of the academic year."""
    return f"EXISTS (SELECT 1 FROM session t WHERE {_TERM} AND t.start <= {last} AND t.end >= {first})"


def _stamp(alias: str, *facts: str) -> str:
    changed = ", ".join(f"coalesce({alias}.changed ->> '{fact}', '')" for fact in facts)
    return f"max({alias}.made, {changed})"


def _shares(table: str, event: str, days: tuple[str, str], *, termly: bool) -> str:
    """The number and the points of each student's shares in events of some days."""
    first, last = days
    term = f"AND {_in_terms('e.date', 'e.date')}" if termly else ""
    return f"""
    SELECT p.student, count(*) AS events, coalesce(sum(p.points), 0) AS points,
           max(max({_stamp("p", "student", event, "points")}, {_stamp("e", "date")})) AS at
    FROM "{event}" e CROSS JOIN "{table}" p ON p.district = :district AND p."{event}" = e.id
    WHERE e.district = :district AND e.school = :school AND e.date BETWEEN :{first} AND :{last} {term}
      AND p.school = :school
    GROUP BY p.student
    """


_OTHERS = f"""
    SELECT student, max(at) AS at, sum(detained) AS detentions, sum(helped) AS interventions FROM (
      SELECT p.student, max({_stamp("p", "student", "detention")}, {_stamp("e", "date")}) AS at,
             {_in_terms("e.date", "e.date")} AS detained, 0 AS helped
      FROM student_detention p JOIN detention e ON e.district = :district AND e.id = p.detention
      WHERE p.district = :district AND p.school = :school
      UNION ALL
      SELECT c.student, {_stamp("c", "student", "start", "end")}, 0, 0 FROM report_card c
      WHERE c.district = :district AND c.school = :school
      UNION ALL
      SELECT i.student, {_stamp("i", "student", "start", "end")}, 0,
             {_in_terms("i.start", "coalesce(i.end, :year_end)")}
      FROM intervention i WHERE i.district = :district AND i.school = :school)
    GROUP BY student
    """
"""When a detention, report card or intervention of each student was put down, or moved, and how many are in term."""


def _sums(days: tuple[str, str], *, termly: bool = False) -> str:
    """Every student of the school with the sums over some days, and when what is summed last changed."""
    achieved = _shares("achievement_student", "achievement", days, termly=termly)
    behaved = _shares("behaviour_student", "behaviour", days, termly=termly)
    others = ", coalesce(o.detentions, 0) AS detentions, coalesce(o.interventions, 0) AS interventions"
    return f"""
    SELECT s.district, s.id, s.school, s.id AS student,
           coalesce(a.events, 0) AS achievements, coalesce(a.points, 0) AS achievement_points,
           coalesce(b.events, 0) AS incidents, coalesce(b.points, 0) AS behaviour_points,
           coalesce(a.points, 0) - coalesce(b.points, 0) AS balance,
           coalesce(a.events, 0) + coalesce(b.events, 0) AS events,
           max(s.made, coalesce(a.at, ''), coalesce(b.at, ''), coalesce(o.at, '')) AS made,
           s.seq, NULL AS changed {others if termly else ""}
    FROM student s
    LEFT JOIN ({achieved}) a ON a.student = s.id
    LEFT JOIN ({behaved}) b ON b.student = s.id
    LEFT JOIN ({_OTHERS}) o ON o.student = s.id
    WHERE s.district = :district AND s.school = :school
    """


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


class ConductYear(ConductSums, scope=S.Conduct, query=_sums(YEAR), over=_SUMMED):
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


class ConductWeek(ConductSums, scope=S.Conduct, query=_sums(WEEK_SO_FAR), over=_SUMMED):
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


class ConductTerms(ConductSums, scope=S.Conduct, query=_sums(YEAR, termly=True), over=_SUMMED):
    """Totals of a student's achievements and incidents in the terms of an academic year."""

    detentions = Number("The number of detentions for terms in this academic year", 7)
    interventions = Number("The number of interventions for terms in this academic year", 2)
