"""Where callers stand in research: their rights in projects, and the subjects that schools let be seen."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ...model.research import HUB
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


_REACH = (
    'SELECT g.id, g.app, g.district, g.school, g.scopes, g.people, s.time_zone FROM "grant" g'
    f" JOIN school s ON s.district = g.district AND s.id = g.school WHERE g.state = 'active'"
    ' AND NOT EXISTS (SELECT 1 FROM ending WHERE ending."grant" = g.id AND ending.at <= :now)'
    f" AND g.app IN (SELECT app FROM project WHERE district = {HUB} AND id IN (SELECT value FROM json_each(:projects)))"
)

_SEEN = f"""
WITH reach AS MATERIALIZED (SELECT value ->> 'grant' AS "grant", value ->> 'app' AS app, value ->> 'students' AS mode,
  value ->> 'district' AS district, value ->> 'school' AS school, value ->> 'today' AS today FROM json_each(:reach))
SELECT s.id FROM subject_project p
JOIN project ON project.district = {HUB} AND project.id = p.project
JOIN research_subject s ON s.district = {HUB} AND s.id = p.subject AND s.of_student IS NOT NULL
JOIN student ON student.district = s.of_district AND student.id = s.of_student
JOIN reach ON reach.app = project.app AND reach.district = student.district AND reach.school = student.school
WHERE p.district = {HUB} AND p.project IN (SELECT value FROM json_each(:projects)) AND (reach.mode IS NULL
  OR (reach.mode = 'only') = EXISTS (SELECT 1 FROM chosen
    WHERE chosen."grant" = reach."grant" AND chosen.kind = 'Student' AND chosen.id = student.id
      AND reach.today BETWEEN chosen.first AND chosen.last))
"""

_GRANTED = """count(*), coalesce(sum(version), 0), (SELECT count(*) FROM ending WHERE at <= :now) FROM "grant\""""
"""Equal numbers, equal grants: each change counts one up, and so does the moment that a school named for an end."""


class Standings(Timed):
    """Where callers stand in research."""

    def moment(self) -> Row | None:
        """Numbers that only grow: while they stand, so does what anybody may see and do."""
        return self._row(f"SELECT (SELECT max(seq) FROM clock), {_GRANTED}", {"now": self._clock()})

    def rests_on(self) -> Row | None:
        """Numbers that every answer rests on: equal ones, equal answers."""
        return self._row(
            f"SELECT (SELECT max(seq) FROM moved WHERE district = {HUB}),"
            f" (SELECT max(seq) FROM moved WHERE kind = 'Student'), {_GRANTED}",
            {"now": self._clock()},
        )

    def projects(self, *, public: bool) -> list[str]:
        """The hub ids of all projects, or of those that anybody may read."""
        only = " AND is_public = 1" if public else ""
        return [project for (project,) in self._rows(f"SELECT id FROM project WHERE district = {HUB}{only}")]

    def rights(self, account: str) -> list[Rights]:
        """What somebody may do in each project that they have a place in."""
        rows = self._rows(
            "SELECT project, max(can_change), max(is_manager), max(is_owner) FROM project_member"
            f' WHERE district = {HUB} AND ("user" = :user OR team IN'
            f' (SELECT team FROM team_member WHERE district = {HUB} AND "user" = :user))'
            " GROUP BY project ORDER BY project",
            {"user": account},
        )
        return [Rights(project, bool(change), bool(manage), bool(own)) for project, change, manage, own in rows]

    def reach(self, projects: Iterable[str]) -> list[Reach]:
        """The active grants of schools to the apps of these projects."""
        rows = self._rows(_REACH, {"projects": json.dumps(list(projects)), "now": self._clock()})
        return [
            Reach(grant, app, district, school, frozenset(json.loads(scopes)), json.loads(people).get("Student"), zone)
            for grant, app, district, school, scopes, people, zone in rows
        ]

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
        rows = self._rows(_SEEN, {"projects": json.dumps(list(projects)), "reach": json.dumps(reach)})
        return [subject for (subject,) in rows]
