"""What a caller may see and do in research projects: their role in each, and the students whom schools let be seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cached_property
from typing import Any

from ...errors import NotHeld
from ...model.students import Student
from ...store.kept import Kept
from ...store.kept.accounts import Account
from ...store.kept.standings import Standings
from ...store.plan.sights import bounds_of


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
class Caller:
    """Who asks, and through which portal; the public one knows nobody."""

    portal: Portal
    researcher: Account | None = None

    @property
    def id(self) -> str:
        """The hub id of the user, empty for nobody."""
        return self.researcher.id if self.researcher else ""

    @property
    def knows_others(self) -> bool:
        """Whether the caller knows of all who work on research: a sandbox's researcher is told what anybody is."""
        return self.researcher is not None and not self.researcher.invented

    def require_person(self) -> None:
        """Refuse what joins people together to a sandbox's researcher, who goes with the sandbox."""
        if self.researcher is not None and self.researcher.invented:
            raise refusal("the researcher of a sandbox works alone")

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
        """The values that bound every statement of a reading."""
        return bounds_of(
            self.caller.id,
            administrator=self.caller.administrator,
            above=self.caller.portal is Portal.SUPER,
            projects=self.roles,
            managed=(project for project, role in self.roles.items() if role >= Role.MANAGER),
            seen=self.seen,
        )


def role_of(can_change: object, is_manager: object, is_owner: object) -> Role:
    """The role that rights amount to."""
    if is_owner:
        return Role.OWNER
    if is_manager:
        return Role.MANAGER
    return Role.CONTRIBUTOR if can_change else Role.MEMBER


def standing_of(kept: Kept, caller: Caller) -> Standing:
    """Where a caller stands, at the moment at which `kept` reads."""
    roles = _roles(kept.standings, caller)
    # A school's grant is to an app, and so to those who work on its projects: it is not to the whole world.
    seen, grants = (frozenset[str](), ()) if caller.portal is Portal.PUBLIC else _seen(kept.standings, roles)
    return Standing(caller, roles, seen, grants)


def _roles(standings: Standings, caller: Caller) -> dict[str, Role]:
    """The caller's role in each project that they may see."""
    if caller.portal is Portal.PRIVATE:
        return {r.project: role_of(r.can_change, r.is_manager, r.is_owner) for r in standings.rights(caller.id)}
    role = Role.MEMBER if caller.portal is Portal.PUBLIC else Role.OWNER
    return dict.fromkeys(standings.projects(public=caller.portal is Portal.PUBLIC), role)


def _seen(standings: Standings, projects: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The subjects that stand for students whom the app of their project may know of now, and by which grants."""
    reach = [one for one in standings.reach(projects) if Student.scope.met_by(one.scopes)]
    if not reach:
        return frozenset(), ()
    return frozenset(standings.seen(projects, reach)), tuple(sorted(one.grant for one in reach))
