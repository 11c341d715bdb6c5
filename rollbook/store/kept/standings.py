"""Where callers stand in research: their rights in projects, and the subjects that schools let be seen."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ...model.organisation import School
from ...model.research import HUB, ResearchUser
from ..references import key_of
from .planned import Plannings, after
from .settings import Settings
from .statements import Row, Timed


class Rights(NamedTuple):
    """What somebody may do in a project, by themselves or through any of their groups."""

    project: str
    can_change: bool
    is_manager: bool
    is_owner: bool


@dataclass(frozen=True)
class Reach:
    """How far a school's grant to the app of a project reaches."""

    grant: str
    app: str
    district: int
    school: str
    scopes: frozenset[str]
    students: str | None
    """`only` or `except` where the grant names students one by one."""
    time_zone: str | None


_USER = key_of(ResearchUser, HUB, ":user")

_GRANTED = f"""count(*), coalesce(sum(version), 0), (SELECT count(*) FROM ending WHERE at <= :now),
 (SELECT count(*) FROM planned WHERE at <= :now),
 (SELECT count(*) FROM project WHERE district = {HUB} AND last_day < :day) FROM "grant\""""
"""Equal numbers, equal reach: each change of a grant counts one up, and so do the end that a school named for it,
what else it decided for later, and the end of a project."""


_BOUND = "coalesce((SELECT o.district FROM sandbox o WHERE o.id = project.id), {0})"
"""The district that a project is bound to: that of its sandbox, whose id it has, or else any."""


class Standings(Timed):
    """Where callers stand in research."""

    def moment(self) -> Row | None:
        """Numbers that only grow: while they stand, so does what anybody may see and do."""
        return self._row(f"SELECT (SELECT max(seq) FROM clock), {_GRANTED}", self._time)

    def rests_on(self) -> Row | None:
        """Numbers that every answer rests on: equal ones, equal answers."""
        return self._row(
            f"SELECT (SELECT max(seq) FROM moved WHERE district = {HUB}),"
            f" (SELECT max(seq) FROM moved WHERE kind = 'Student'), {_GRANTED}",
            self._time,
        )

    @property
    def _time(self) -> dict[str, float | str]:
        return {"now": self._clock(), "day": Settings(self._connection, self._clock).day("UTC")}

    def projects(self, *, public: bool) -> list[str]:
        """The hub ids of all projects, or of those that anybody may read."""
        only = " AND is_public = 1" if public else ""
        return [project for (project,) in self._rows(f"SELECT id FROM project WHERE district = {HUB}{only}")]

    def rights(self, account: str) -> list[Rights]:
        """What somebody may do in each project that they have a place in."""
        rows = self._rows(
            "SELECT p.id, max(m.can_change), max(m.is_manager), max(m.is_owner) FROM project_member m"
            " JOIN project p ON p.district = m.district AND p.key = m.project"
            f' WHERE m.district = {HUB} AND (m."user" = {_USER} OR m.team IN'
            f' (SELECT team FROM team_member WHERE district = {HUB} AND "user" = {_USER}))'
            " GROUP BY p.id ORDER BY p.id",
            {"user": account},
        )
        return [Rights(project, bool(change), bool(manage), bool(own)) for project, change, manage, own in rows]

    def reach(self, projects: Iterable[str]) -> list[Reach]:
        """The active grants of schools to the apps of these projects."""
        rows = self._rows(self._reach(), {"projects": json.dumps(list(projects)), **self._time})
        due = Plannings(self._connection, self._clock).due()
        found = list[Reach]()
        for grant, app, district, school, scopes, people, zone, state in rows:
            now, held = after(due.get(grant, ()), state, frozenset(json.loads(scopes)))
            if now == "active":
                found.append(Reach(grant, app, district, school, held, json.loads(people).get("Student"), zone))
        return found

    def _reach(self) -> str:
        return (
            'SELECT g.id, g.app, g.district, g.school, g.scopes, g.people, s.time_zone, g.state FROM "grant" g'
            " JOIN school s ON s.district = g.district AND s.id = g.school WHERE g.state <> 'revoked'"
            ' AND NOT EXISTS (SELECT 1 FROM ending WHERE ending."grant" = g.id AND ending.at <= :now)'
            f" AND EXISTS (SELECT 1 FROM project WHERE district = {HUB} AND app = g.app AND id {self._in(':projects')}"
            f" AND (last_day IS NULL OR last_day >= :day) AND g.district = {_BOUND.format('g.district')})"
        )

    def seen(self, projects: Iterable[str], through: Iterable[Reach]) -> list[str]:
        """The subjects of these projects that stand for students who may be seen today through these grants."""
        settings = Settings(self._connection, self._clock)
        reach = [
            {
                "grant": one.grant,
                "app": one.app,
                "district": one.district,
                "school": one.school,
                "students": one.students,
                "today": settings.day(one.time_zone),
            }
            for one in through
        ]
        asked = {"projects": json.dumps(list(projects)), "reach": json.dumps(reach), "day": settings.day("UTC")}
        rows = self._rows(self._seen(), asked)
        return [subject for (subject,) in rows]

    def _seen(self) -> str:
        names = ("grant", "app", "students", "today")
        given = ", ".join(f'{self._flavour.member("value", name)} AS "{name}"' for name in names)
        district = f"CAST({self._flavour.member('value', 'district')} AS bigint)"
        school = key_of(School, district, self._flavour.member("value", "school"))
        return f"""
WITH reach AS MATERIALIZED (SELECT {given}, {district} AS district, {school} AS school
  FROM ({self._flavour.listed(":reach")}) r)
SELECT s.id FROM subject_project p
JOIN project ON project.district = {HUB} AND project.key = p.project
JOIN research_subject s ON s.district = {HUB} AND s.key = p.subject AND s.of_student IS NOT NULL
JOIN student ON student.district = s.of_district AND student.id = s.of_student
JOIN reach ON reach.app = project.app AND reach.district = student.district AND reach.school = student.school
  AND reach.district = {_BOUND.format("reach.district")}
WHERE p.district = {HUB} AND project.id {self._in(":projects")}
  AND (project.last_day IS NULL OR project.last_day >= :day) AND (reach.students IS NULL
  OR (reach.students = 'only') = EXISTS (SELECT 1 FROM chosen
    WHERE chosen."grant" = reach."grant" AND chosen.kind = 'Student' AND chosen.id = student.id
      AND reach.today BETWEEN chosen.first AND chosen.last))
"""
