"""Places of people and groups in projects, and of people in groups: who has which, and that somebody owns each."""

from __future__ import annotations

from dataclasses import dataclass

from ...fields import Ref
from .standing import Role, refusal, role_of
from .writing import Work


@dataclass(frozen=True)
class Place:
    """What a user or a group may do, as a caller wants it; a higher right brings the lower ones."""

    role: Role | None
    """None takes the place away."""

    @property
    def flags(self) -> dict[str, int]:
        """The rights, one by one."""
        role = self.role or Role.MEMBER
        return {
            "can_change": int(role >= Role.CONTRIBUTOR),
            "is_manager": int(role >= Role.MANAGER),
            "is_owner": int(role >= Role.OWNER),
        }


Held = dict[str, tuple[str, Role]]
"""For each user or group by hub id, the record of their place and their role."""


def held_by(work: Work, project: str, holder: Ref) -> Held:
    """Who has a place in a project: the users, or the groups."""
    return {
        place.who: (place.id, role_of(place.can_change, place.is_manager, place.is_owner))
        for place in work.kept.projects.places(project, holder)
    }


def keep_owners(work: Work) -> None:
    """Raise when a project has nobody left who owns it; what was done is then undone."""
    if work.kept.projects.any_without_owner():
        work.wrong("users", "a project needs an owner", "add another one first")
    work.settle()


# ---- in groups


def members_of(work: Work, team: str) -> dict[str, tuple[str, Role]]:
    """By user, the record of their place in a group and their role."""
    return {
        member.user: (member.id, role_of(False, member.is_manager, member.is_owner))
        for member in work.kept.teams.members(team)
    }


def role_in_team(work: Work, team: str) -> Role | None:
    """What the caller may do in a group; an administrator in the super portal, everything."""
    return Role.OWNER if work.above else members_of(work, team).get(work.caller.id, ("", None))[1]


def need_in_team(mine: Role | None, role: Role) -> None:
    """Refuse unless the caller has a role in a group."""
    if mine is None or mine < role:
        who = "an owner" if role is Role.OWNER else "a manager"
        raise refusal(f"only {who} of the group may do this")


def team_flags(place: Place) -> dict[str, int]:
    """The rights that a place in a group knows of."""
    return {n: f for n, f in place.flags.items() if n != "can_change"}


def keep_team_owners(work: Work) -> None:
    """Raise when a group has nobody left who owns it; what was done is then undone."""
    if work.kept.teams.any_without_owner():
        work.wrong("users", "a group needs an owner", "add another one first")
    work.settle()
