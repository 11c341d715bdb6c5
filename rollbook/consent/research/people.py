"""Users, and the groups that they make of themselves."""

from __future__ import annotations

from ...fields import Record
from ...model.research import ResearchTeam, ResearchUser, TeamMember
from ..accounts import close_account, open_account
from .inviting import invite_to_team
from .places import Place, keep_owners, keep_team_owners, members_of, need_in_team, role_in_team, team_flags
from .standing import Role
from .writing import Values, Work

PROFILE = ("first_name", "last_name", "website", "google_scholar", "orcid_id", "atlas_preference")


class Users:
    """Everybody keeps their own profile; administrators make and remove users."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Make a user."""
        work.require_administrator()
        if "email" in values and work.called(ResearchUser, values["email"]):
            work.wrong("email", "user with this email already exists.")
        work.settle()
        facts = {n: values[n] for n in PROFILE if n in values}
        return ResearchUser, open_account(work.batch, values["email"].strip().lower(), facts).id

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Change a profile; the e-mail address stays, since projects identify people by it."""
        before = work.row(ResearchUser, identity)
        if identity != work.caller.id:
            work.require_administrator()
        if values.get("email", before["email"]).strip().lower() != before["email"]:
            work.wrong("email", "cannot be changed", "projects identify people by it")
        work.settle()
        work.batch.change(ResearchUser, identity, {n: values[n] for n in PROFILE if n in values})
        return ResearchUser, identity

    def remove(self, work: Work, identity: str) -> None:
        """Remove a user from the hub, unless a project or a group would have no owner left."""
        work.row(ResearchUser, identity)
        work.require_administrator()
        close_account(work.batch, identity)
        keep_team_owners(work)
        keep_owners(work)


class Teams:
    """Whoever makes a group owns it; managers invite and remove members, owners do everything.

    In the super portal an administrator puts people in without asking them.
    """

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Make a group; members are added by changing it."""
        work.caller.require_person()
        work.unique(ResearchTeam, "group", values)
        work.settle()
        team = work.batch.add(ResearchTeam, [{"name": values["name"], "number": work.batch.number("research_team")}])[0]
        flags = {"is_manager": 1, "is_owner": 1}
        work.batch.add(TeamMember, [{"team": team, "user": work.caller.id, **flags}])
        return ResearchTeam, team

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Change a group's name, and who is in it."""
        before = work.row(ResearchTeam, identity)
        held, mine = members_of(work, identity), role_in_team(work, identity)
        renamed = "name" in values and values["name"] != before["name"]
        if renamed:
            need_in_team(mine, Role.OWNER)
            work.unique(ResearchTeam, "group", values, but=identity)
        changes: list[tuple[str, Place, str]] = []
        for email, place in values.get("users", {}).items():
            who = work.called(ResearchUser, email)
            member, role = held.get(who, ("", None))
            if not who or (place.role is None and not member):
                work.wrong("users", f"{email} is not known" if not who else f"{email} is not in the group")
            elif place.role != role:
                if not (place.role is None and who == work.caller.id):
                    greatest = max(place.role or Role.MEMBER, role or Role.MEMBER)
                    need_in_team(mine, Role.OWNER if greatest >= Role.MANAGER else Role.MANAGER)
                changes.append((who, place, member))
        work.settle()
        if renamed:
            work.batch.change(ResearchTeam, identity, {"name": values["name"]})
        for who, place, member in changes:
            if member or work.above:
                _put(work, identity, who, place, member)
            else:
                work.may_invite()
                invite_to_team(work, identity, place, who)
        keep_team_owners(work)
        keep_owners(work)
        return ResearchTeam, identity

    def remove(self, work: Work, identity: str) -> None:
        """Delete a group, unless a project would have no owner left."""
        work.row(ResearchTeam, identity)
        need_in_team(role_in_team(work, identity), Role.OWNER)
        work.batch.remove(ResearchTeam, identity)
        keep_owners(work)


def _put(work: Work, team: str, who: str, place: Place, held: str) -> None:
    flags = team_flags(place)
    if place.role is None:
        work.batch.remove(TeamMember, held)
    elif held:
        work.batch.change(TeamMember, held, flags)
    else:
        work.batch.add(TeamMember, [{"team": team, "user": who, **flags}])


def leave_team(work: Work, team: str) -> None:
    """Leave a group, unless it or a project would have no owner left."""
    work.row(ResearchTeam, team)
    member, _ = members_of(work, team).get(work.caller.id, ("", None))
    if not member:
        work.wrong("", "you are not in the group")
    work.settle()
    work.batch.remove(TeamMember, member)
    keep_team_owners(work)
    keep_owners(work)
