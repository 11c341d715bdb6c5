"""What a caller may see and do in research projects: their role in each, and the students whom schools let be seen."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cached_property
from typing import Any

from ...errors import NotHeld
from ...model.research import HUB
from ...model.students import Student
from ...store.connection import Connection
from ...store.kept.settings import Settings
from ..grants import STATE


class Portal(Enum):
    """Through which door a caller comes."""

    PUBLIC = "public"
    PRIVATE = "private"
    SUPER = "super"


def refusal(hint: str) -> NotHeld:
    """What a caller is told who may see something and not do what they ask."""
    return NotHeld("You do not have permission to perform this action.", hint=hint)


class Role(IntEnum):
    """What somebody may do in a project; each role may do what those before it may."""

    MEMBER = 1
    CONTRIBUTOR = 2
    MANAGER = 3
    OWNER = 4


@dataclass(frozen=True)
class Researcher:
    """Somebody who is signed in: hub id, number on the wire, e-mail address."""

    id: str
    number: int
    email: str
    administrator: bool = False


@dataclass(frozen=True)
class Caller:
    """Who asks, and through which portal; the public one knows nobody."""

    portal: Portal
    researcher: Researcher | None = None

    @property
    def id(self) -> str:
        """The hub id of the user, empty for nobody."""
        return self.researcher.id if self.researcher else ""

    @property
    def administrator(self) -> bool:
        """Whether the caller keeps the lists that all projects share."""
        return self.researcher is not None and self.researcher.administrator


PUBLIC = Caller(Portal.PUBLIC)


@dataclass(frozen=True)
class Standing:
    """A caller's role in each project that they may see, and the linked subjects that may be seen in those."""

    caller: Caller
    roles: dict[str, Role]
    seen: frozenset[str]
    grants: tuple[str, ...] = ()
    """The grants of schools, to the apps of those projects, by which they may be seen."""

    def may(self, project: str, role: Role) -> bool:
        """Whether the caller has this role in a project, or a greater one."""
        return self.roles.get(project, 0) >= role

    @cached_property
    def args(self) -> dict[str, Any]:
        """What the statements of a reading are bounded by (`reading.GUARDS`)."""
        return {
            "district": HUB,
            "projects": json.dumps(list(self.roles)),
            "managed": json.dumps([p for p, role in self.roles.items() if role >= Role.MANAGER]),
            "seen": json.dumps(list(self.seen)),
            "user": self.caller.id,
            "administrator": int(self.caller.administrator),
        }


_ROLE = (
    f"max(CASE WHEN is_owner = 1 THEN {Role.OWNER:d} WHEN is_manager = 1 THEN {Role.MANAGER:d}"
    f" WHEN can_change = 1 THEN {Role.CONTRIBUTOR:d} ELSE {Role.MEMBER:d} END)"
)

_PROJECTS = {
    Portal.PUBLIC: f"SELECT id, {Role.MEMBER:d} FROM project WHERE district = {HUB} AND is_public = 1",
    Portal.PRIVATE: f'SELECT project, {_ROLE} FROM project_member WHERE district = {HUB} AND ("user" = :user OR team IN'
    f' (SELECT team FROM team_member WHERE district = {HUB} AND "user" = :user)) GROUP BY project ORDER BY project',
    Portal.SUPER: f"SELECT id, {Role.OWNER:d} FROM project WHERE district = {HUB}",
}

_GRANTS = (
    'SELECT g.id, g.app, g.district, g.school, g.scopes, g.people, s.time_zone FROM "grant" g'
    f" JOIN school s ON s.district = g.district AND s.id = g.school WHERE {STATE} = 'active'"
    f" AND g.app IN (SELECT app FROM project WHERE district = {HUB} AND id IN (SELECT value FROM json_each(:projects)))"
)

_SEEN = f"""
WITH reach AS MATERIALIZED (SELECT value ->> 'grant' AS "grant", value ->> 'app' AS app, value ->> 'mode' AS mode,
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


def standing_of(connection: Connection, caller: Caller) -> Standing:
    """Where a caller stands, at the moment that the connection reads."""
    roles = {project: Role(role) for project, role in connection.execute(_PROJECTS[caller.portal], {"user": caller.id})}
    # A school's grant is to an app, and so to those who work on its projects: it is not to the whole world.
    seen, grants = (frozenset[str](), ()) if caller.portal is Portal.PUBLIC else _seen(connection, roles)
    return Standing(caller, roles, seen, grants)


def _seen(connection: Connection, projects: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The subjects that stand for students whom the app of their project may know of now, and by which grants."""
    listed = json.dumps(list(projects))
    reach = [
        {
            "grant": grant,
            "app": app,
            "district": district,
            "school": school,
            "mode": json.loads(people).get("Student"),
            "today": Settings(connection).day(zone),
        }
        for grant, app, district, school, scopes, people, zone in connection.execute(_GRANTS, {"projects": listed})
        if Student.scope.met_by(frozenset(json.loads(scopes)))
    ]
    if not reach:
        return frozenset(), ()
    rows = connection.execute(_SEEN, {"projects": listed, "reach": json.dumps(reach)})
    return frozenset(identity for (identity,) in rows), tuple(sorted(r["grant"] for r in reach))
