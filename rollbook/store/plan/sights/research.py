"""The sight of research: every statement is bounded by the projects and the linked subjects that a caller may see."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from ....fields import Record
from ....model.research import (
    HUB,
    CohortSubject,
    CollectionSession,
    Journal,
    JournalProposal,
    LogEntry,
    Procedure,
    Project,
    ProjectInvitation,
    ProjectMember,
    ProjectPublication,
    Publication,
    ResearchCohort,
    ResearchCollection,
    ResearchSession,
    ResearchSubject,
    ResearchTag,
    ResearchTeam,
    ResearchUser,
    SessionProject,
    Species,
    SpeciesProposal,
    Strain,
    StrainProposal,
    SubjectLog,
    SubjectProject,
    Supplier,
    SupplierProposal,
    TeamInvitation,
    TeamMember,
    TeamProjectInvitation,
    TeamRequest,
)
from ..phrases import ALWAYS, keys_of
from .sight import Decides
from .whole import Whole

# A subject of a project; one that stands for a student only while the student may be seen.
_UNLINKED = (
    "EXISTS (SELECT 1 FROM research_subject u WHERE u.district = :district AND u.key = {0} AND u.of_student IS NULL)"
)
_SHOWN = f"({{0}} IN ({{seen}}) OR {_UNLINKED})"
_PLACED = (
    "EXISTS (SELECT 1 FROM subject_project v WHERE v.district = :district AND v.subject = {0}"
    " AND v.project IN ({projects}))"
)
_SUBJECT = f"{_SHOWN} AND {_PLACED}"
_HELD = (
    "EXISTS (SELECT 1 FROM session_project v WHERE v.district = :district AND v.session = {0}"
    " AND v.project IN ({projects}))"
)
_NAMED = (
    '{0} IN (SELECT m."user" FROM project_member m WHERE m.district = :district AND m.project IN ({projects})'
    ' UNION SELECT t."user" FROM project_member m JOIN team_member t ON t.district = :district AND t.team = m.team'
    " WHERE m.district = :district AND m.project IN ({projects}))"
)
_TEAMED = "{0} IN (SELECT m.team FROM project_member m WHERE m.district = :district AND m.project IN ({projects}))"
_ADDRESSED = "{0}.email = (SELECT w.email FROM research_user w WHERE w.district = :district AND w.key = {user})"
_LED = (
    '({0}.team IN (SELECT t.team FROM team_member t WHERE t.district = :district AND t."user" = {user}'
    " AND t.is_manager = 1) OR :above = 1)"
)
_PROPOSED = "({0}.proposer = {user} OR :administrator = 1)"

GUARDS: dict[type[Record], str] = {
    Species: ALWAYS,
    Strain: ALWAYS,
    SpeciesProposal: _PROPOSED,
    StrainProposal: _PROPOSED,
    Supplier: ALWAYS,
    SupplierProposal: _PROPOSED,
    Journal: ALWAYS,
    JournalProposal: _PROPOSED,
    Publication: ALWAYS,
    ProjectPublication: "{0}.project IN ({projects})",
    Project: "{0}.key IN ({projects})",
    ProjectMember: "{0}.project IN ({projects})",
    ProjectInvitation: f"({{0}}.invitee = {{user}} OR {_ADDRESSED} OR {{0}}.project IN ({{managed}}))",
    TeamProjectInvitation: f"({{0}}.project IN ({{managed}}) OR {_LED})",
    TeamInvitation: f"({{0}}.invitee = {{user}} OR {_ADDRESSED} OR {_LED})",
    TeamRequest: f'({{0}}."user" = {{user}} OR {_LED})',
    ResearchSubject: _SUBJECT.replace("{0}", "{0}.key"),
    SubjectProject: f"{{0}}.project IN ({{projects}}) AND {_SHOWN.replace('{0}', '{0}.subject')}",
    ResearchCohort: "{0}.project IN ({projects})",
    CohortSubject: _SHOWN.replace("{0}", "{0}.subject"),
    # What was done with a subject is there while the subject is.
    Procedure: _SUBJECT.replace("{0}", "{0}.subject"),
    SubjectLog: _SUBJECT.replace("{0}", "{0}.subject"),
    ResearchSession: _HELD.replace("{0}", "{0}.key"),
    SessionProject: "{0}.project IN ({projects})",
    ResearchCollection: "{0}.project IN ({projects})",
    CollectionSession: _HELD.replace("{0}", "{0}.session"),
    # Tags, members and lines of logs are read as parts of what bears or names them, and with that.
    ResearchTag: ALWAYS,
    TeamMember: ALWAYS,
    LogEntry: ALWAYS,
    ResearchUser: ALWAYS,
    ResearchTeam: ALWAYS,
}
"""What must hold of a row, so that a caller may know of it; other records are not read here.

`{0}` stands for the row; `{projects}`, `{managed}` and `{seen}` for the keys of what a caller's lists hold, `{user}`
for the key of the caller (`bounds_of`).
"""

_LISTED = {"projects": Project, "managed": Project, "seen": ResearchSubject}

PARTS_ONLY = {ResearchTag, TeamMember, LogEntry}
"""What is read only with what it is a part of."""

ANONYMOUS: dict[type[Record], str] = {
    **GUARDS,
    ResearchUser: _NAMED.replace("{0}", "{0}.key"),
    ResearchTeam: _TEAMED.replace("{0}", "{0}.key"),
    TeamMember: f"{_TEAMED.replace('{0}', '{0}.team')} AND {_NAMED.replace('{0}', '{0}.user')}",
}
"""Researchers know of each other; the public knows of those who work on public projects."""


_LED_BY = Decides(kinds=frozenset({TeamMember.__name__}))
_NAMED_BY = Decides(kinds=frozenset({ProjectMember.__name__, TeamMember.__name__}))

DECIDED_BY: dict[type[Record], Decides] = {
    ResearchSubject: Decides((SubjectProject.subject,)),
    SubjectProject: Decides((SubjectProject.subject,)),
    CohortSubject: Decides((CohortSubject.subject,)),
    Procedure: Decides((Procedure.subject,), kinds=frozenset({SubjectProject.__name__})),
    SubjectLog: Decides((SubjectLog.subject,), kinds=frozenset({SubjectProject.__name__})),
    ResearchSession: Decides((SessionProject.session,)),
    CollectionSession: Decides(kinds=frozenset({SessionProject.__name__})),
    TeamProjectInvitation: _LED_BY,
    TeamInvitation: _LED_BY,
    TeamRequest: _LED_BY,
    ResearchUser: _NAMED_BY,
    ResearchTeam: Decides(kinds=frozenset({ProjectMember.__name__})),
    TeamMember: _NAMED_BY,
}
"""What the guards ask of other records."""


@dataclass(frozen=True)
class ResearchSight(Whole):
    """The hub's own partition, every research record under its guard; a row that is seen is seen whole."""

    signed_in: bool

    @property
    def key(self) -> Hashable:
        """There are two."""
        return ("research", self.signed_in, self.flavour)

    def guard(self, record: type[Record], alias: str) -> str:
        guards = GUARDS if self.signed_in else ANONYMOUS
        if record not in guards:
            raise TypeError(f"{record.__name__} is not research")
        lists = {name: keys_of(kind, self.flavour.listed(f":{name}")) for name, kind in _LISTED.items()}
        return guards[record].format(alias, user=f"({keys_of(ResearchUser, ':user')})", **lists)

    def together(self, record: type[Record], of: type[Record]) -> bool:
        """Each row has its own guard."""
        return False

    def decides(self, record: type[Record]) -> Decides:
        """What its guard asks."""
        return DECIDED_BY.get(record, Decides())

    def bounds(self, record: type[Record], alias: str, *, few: bool = False, keyed: bool = False) -> list[str]:
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
    account: str,
    *,
    administrator: bool,
    above: bool,
    projects: Iterable[str],
    managed: Iterable[str],
    seen: Iterable[str],
) -> dict[str, Any]:
    """The values that bound the statements of a `ResearchSight`.

    `projects` are those that the caller sees, `managed` those that they manage, `seen` the subjects that stand for
    students who may be seen; all are hub ids, and the public's `account` is empty. Whoever is `above` acts as an
    administrator in the super portal.
    """
    return {
        "district": HUB,
        "projects": json.dumps(list(projects)),
        "managed": json.dumps(list(managed)),
        "seen": json.dumps(list(seen)),
        "user": account,
        "administrator": int(administrator),
        "above": int(above),
    }
