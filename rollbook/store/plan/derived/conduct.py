"""What each student's achievements and incidents come to, and when what is summed last changed."""

from __future__ import annotations

from ....fields import Record
from ....model.points import WEEK_SO_FAR, YEAR, ConductTerms, ConductWeek, ConductYear
from ..flavour import Flavour
from ..phrases import HERE
from .text import Query, Seen, written

_TERM = (
    f"t.district = :district AND t.school = {HERE} AND t.kind IN ('term', 'semester')"
    " AND t.start BETWEEN :year_start AND :year_end"
)


def _in_terms(first: str, last: str) -> str:
    """Whether a time touches one of the terms of the academic year."""
    return f'EXISTS (SELECT 1 FROM session t WHERE {_TERM} AND t.start <= {last} AND t."end" >= {first})'


def _stamp(flavour: Flavour, alias: str, *facts: str) -> str:
    """When one of a row's facts was last changed, or the row made."""
    changed = (f"coalesce(CAST({flavour.member(f'{alias}.changed', fact)} AS BIGINT), 0)" for fact in facts)
    return flavour.greatest(f"{alias}.key", *changed)


def _shares(flavour: Flavour, table: str, event: str, days: tuple[str, str], *, termly: bool) -> str:
    """The number and the points of each student's shares in events of some days."""
    first, last = days
    term = f"AND {_in_terms('e.date', 'e.date')}" if termly else ""
    share, happened = _stamp(flavour, "p", "student", event, "points"), _stamp(flavour, "e", "date")
    return f"""
    SELECT p.student, count(*) AS events, coalesce(sum(p.points), 0) AS points,
           max({flavour.greatest(share, happened)}) AS at
    FROM "{event}" e {flavour.then_join} "{table}" p ON p.district = :district AND p."{event}" = e.key
    WHERE e.district = :district AND e.school = {HERE} AND e.date BETWEEN :{first} AND :{last} {term}
      AND p.school = {HERE}
    GROUP BY p.student
    """


def _others(flavour: Flavour) -> str:
    """When a detention, report card or intervention of each student was put down or moved; how many are in term."""
    detention = flavour.greatest(_stamp(flavour, "p", "student", "detention"), _stamp(flavour, "e", "date"))
    helped = _in_terms("i.start", 'coalesce(i."end", :year_end)')
    return f"""
    SELECT student, max(at) AS at, sum(detained) AS detentions, sum(helped) AS interventions FROM (
      SELECT p.student, {detention} AS at,
             {flavour.number(_in_terms("e.date", "e.date"))} AS detained, 0 AS helped
      FROM student_detention p JOIN detention e ON e.district = :district AND e.key = p.detention
      WHERE p.district = :district AND p.school = {HERE}
      UNION ALL
      SELECT c.student, {_stamp(flavour, "c", "student", "start", "end")}, 0, 0 FROM report_card c
      WHERE c.district = :district AND c.school = {HERE}
      UNION ALL
      SELECT i.student, {_stamp(flavour, "i", "student", "start", "end")}, 0, {flavour.number(helped)}
      FROM intervention i WHERE i.district = :district AND i.school = {HERE}) put_down
    GROUP BY student
    """


def _sums(days: tuple[str, str], *, termly: bool = False) -> Query:
    """Every student of the school with the sums over some days."""
    others = ", coalesce(o.detentions, 0) AS detentions, coalesce(o.interventions, 0) AS interventions"

    def text(flavour: Flavour, seen: Seen) -> str:
        made = flavour.greatest("s.key", *(f"coalesce({alias}.at, 0)" for alias in "abo"))
        return f"""
        SELECT s.district, s.id, s.key, s.school, s.key AS student,
               coalesce(a.events, 0) AS achievements, coalesce(a.points, 0) AS achievement_points,
               coalesce(b.events, 0) AS incidents, coalesce(b.points, 0) AS behaviour_points,
               coalesce(a.points, 0) - coalesce(b.points, 0) AS balance,
               coalesce(a.events, 0) + coalesce(b.events, 0) AS events,
               {made} AS made, {written(flavour, "s")} AS seq, NULL AS changed {others if termly else ""}
        FROM student s
        LEFT JOIN ({_shares(flavour, "achievement_student", "achievement", days, termly=termly)}) a
          ON a.student = s.key
        LEFT JOIN ({_shares(flavour, "behaviour_student", "behaviour", days, termly=termly)}) b ON b.student = s.key
        LEFT JOIN ({_others(flavour)}) o ON o.student = s.key
        WHERE s.district = :district AND s.school = {HERE}
        """

    return text


QUERIES: dict[type[Record], Query] = {
    ConductYear: _sums(YEAR),
    ConductWeek: _sums(WEEK_SO_FAR),
    ConductTerms: _sums(YEAR, termly=True),
}
