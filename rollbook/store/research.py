"""The sight of research: every statement is bounded by the projects and the linked subjects that a caller may see."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from ..fields import Record
from ..model.research import (
    HUB,
    CohortSubject,
    Project,
    ProjectInvitation,
    ProjectMember,
    ResearchCohort,
    ResearchSubject,
    ResearchTag,
    ResearchTeam,
    ResearchUser,
    Species,
    SpeciesProposal,
    Strain,
    StrainProposal,
    SubjectProject,
    TeamMember,
)
from .sights import Whole

EVERYBODY = "1"

_MINE = "SELECT value FROM json_each(:projects)"

# A subject of a project; one that stands for a student only while the student may be seen.
_UNLINKED = (
    f"EXISTS (SELECT 1 FROM research_subject u WHERE u.district = {HUB} AND u.id = {{0}} AND u.of_student IS NULL)"
)
_SHOWN = f"({{0}} IN (SELECT value FROM json_each(:seen)) OR {_UNLINKED})"
_PLACED = (
    f"EXISTS (SELECT 1 FROM subject_project v WHERE v.district = {HUB} AND v.subject = {{0}}"
    f" AND v.project IN ({_MINE}))"
)
_NAMED = (
    f'{{0}} IN (SELECT m."user" FROM project_member m WHERE m.district = {HUB} AND m.project IN ({_MINE}) UNION'
    f' SELECT t."user" FROM project_member m JOIN team_member t ON t.district = {HUB} AND t.team = m.team'
    f" WHERE m.district = {HUB} AND m.project IN ({_MINE}))"
)
_TEAMED = f"{{0}} IN (SELECT m.team FROM project_member m WHERE m.district = {HUB} AND m.project IN ({_MINE}))"
_PROPOSED = "({0}.proposer = :user OR :administrator)"

GUARDS: dict[type[Record], str] = {
    Species: EVERYBODY,
    Strain: EVERYBODY,
    SpeciesProposal: _PROPOSED,
    StrainProposal: _PROPOSED,
    Project: f"{{0}}.id IN ({_MINE})",
    ProjectMember: f"{{0}}.project IN ({_MINE})",
    ProjectInvitation: "({0}.invitee = :user OR {0}.project IN (SELECT value FROM json_each(:managed)))",
    ResearchSubject: f"{_SHOWN} AND {_PLACED}".replace("{0}", "{0}.id"),
    SubjectProject: f"{{0}}.project IN ({_MINE}) AND {_SHOWN.replace('{0}', '{0}.subject')}",
    ResearchCohort: f"{{0}}.project IN ({_MINE})",
    CohortSubject: _SHOWN.replace("{0}", "{0}.subject"),
    # Tags and members are read as parts of what bears or names them, and with that.
    ResearchTag: EVERYBODY,
    TeamMember: EVERYBODY,
    ResearchUser: EVERYBODY,
    ResearchTeam: EVERYBODY,
}
"""What must hold of a row, `{0}` standing for it, so that a caller may know of it; other records are not read here."""

PARTS_ONLY = {ResearchTag, TeamMember}
"""What is read only with what it is a part of."""

ANONYMOUS: dict[type[Record], str] = {
    **GUARDS,
    ResearchUser: _NAMED.replace("{0}", "{0}.id"),
    ResearchTeam: _TEAMED.replace("{0}", "{0}.id"),
    TeamMember: f"{_TEAMED.replace('{0}', '{0}.team')} AND {_NAMED.replace('{0}', '{0}.user')}",
}
"""Researchers know of each other; the public knows of those who work on public projects."""


@dataclass(frozen=True)
class ResearchSight(Whole):
    """The hub's own partition, every research record under its guard; a row that is seen is seen whole."""

    signed_in: bool

    @property
    def key(self) -> Hashable:
        """There are two."""
        return ("research", self.signed_in)

    def guard(self, record: type[Record], alias: str) -> str:
        guards = GUARDS if self.signed_in else ANONYMOUS
        if record not in guards:
            raise TypeError(f"{record.__name__} is not research")
        return guards[record].format(alias)

    def bounds(self, record: type[Record], alias: str, plus: str = "") -> list[str]:
        """The rows that a caller may know of."""
        if record in PARTS_ONLY:
            raise TypeError(f"{record.__name__} is read with what it is a part of")
        return [f"{alias}.district = :district", self.guard(record, alias)]

    def linked(self, record: type[Record], alias: str) -> list[str]:
        """What is referred to has its own guard."""
        return [self.guard(record, alias)]

    def part(self, record: type[Record], alias: str, of: type[Record], *, disclosed: bool) -> list[str]:
        """What refers has its own guard."""
        return [self.guard(record, alias)]


def bounds_of(
    account: str, *, administrator: bool, projects: Iterable[str], managed: Iterable[str], seen: Iterable[str]
) -> dict[str, Any]:
    """The values that bound the statements of a `ResearchSight`.

    `projects` are those that the caller sees, `managed` those that they manage, `seen` the subjects that stand for
    students who may be seen; all are hub ids, and the public's `account` is empty.
    """
    return {
        "district": HUB,
        "projects": json.dumps(list(projects)),
        "managed": json.dumps(list(managed)),
        "seen": json.dumps(list(seen)),
        "user": account,
        "administrator": int(administrator),
    }
