"""Projects and who may do what in them."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import NotFound
from ...fields import Record
from ...model.research import (
    HUB,
    Project,
    ProjectInvitation,
    ProjectMember,
    ResearchSubject,
    ResearchTag,
    ResearchTeam,
    ResearchUser,
)
from .standing import Role, refusal
from .writing import Values, Work

FACTS = ("name", "description", "extra_fields", "is_public")
KINDS: dict[str, tuple[type[Record], str]] = {"users": (ResearchUser, "user"), "groups": (ResearchTeam, "team")}


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


class Projects:
    """Whoever makes a project owns it; managers add and remove people, owners do everything."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Make a project; users and groups are added by changing it."""
        work.unique(Project, "project", values)
        work.settle()
        facts = {"is_public": 0, **{n: values[n] for n in FACTS if n in values}}
        project = work.batch.add(Project, [facts])[0]
        work.batch.add(ProjectMember, [{"project": project, "user": work.caller.id, **Place(Role.OWNER).flags}])
        work.tag(ResearchTag.project, project, values.get("tags", []))
        return Project, project

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Change a project, and who is in it."""
        before = work.row(Project, identity)
        facts = {n: values[n] for n in FACTS if n in values and values[n] != before[n]}
        if facts:
            work.require(identity, Role.OWNER)
        work.unique(Project, "project", facts, but=identity)
        changes = [c for name in KINDS for c in self._wanted(work, identity, name, values.get(name, {}))]
        work.settle()
        work.batch.change(Project, identity, facts)
        if "tags" in values and work.tag(ResearchTag.project, identity, values["tags"]):
            work.require(identity, Role.OWNER)
        for column, who, place, held in changes:
            _put(work, identity, column, who, place, held)
        keep_owners(work)
        return Project, identity

    def _wanted(
        self, work: Work, project: str, name: str, places: dict[str, Place]
    ) -> list[tuple[str, str, Place, str]]:
        """The places that are to be other ones: column, user or group, place, and the record of the one they have."""
        record, column = KINDS[name]
        held = held_by(work, project, column)
        found: list[tuple[str, str, Place, str]] = []
        for called, place in places.items():
            who = named(work, record, called)
            member, role = held.get(who, ("", None))
            if not who or (place.role is None and not member):
                work.wrong(name, f"{called} is not known" if not who else f"{called} is not in the project")
            elif place.role != role:
                if not (place.role is None and who == work.caller.id):
                    greatest = max(place.role or Role.MEMBER, role or Role.MEMBER)
                    work.require(project, Role.OWNER if greatest >= Role.MANAGER else Role.MANAGER)
                found.append((column, who, place, member))
        return found

    def remove(self, work: Work, identity: str) -> None:
        """Delete a project with all that belongs to it alone."""
        work.require(identity, Role.OWNER)
        subjects = work.ask(f"SELECT subject FROM subject_project WHERE district = {HUB} AND project = ?", identity)
        work.batch.remove(Project, identity)
        for (subject,) in subjects:
            left = f"SELECT 1 FROM subject_project WHERE district = {HUB} AND subject = ?"
            if not work.ask(left, subject):
                work.batch.remove(ResearchSubject, subject)


def held_by(work: Work, project: str, column: str) -> Held:
    """Who has a place in a project: the users, or the groups."""
    rows = work.ask(
        f'SELECT "{column}", id, can_change, is_manager, is_owner FROM project_member'
        f' WHERE district = {HUB} AND project = ? AND "{column}" IS NOT NULL',
        project,
    )
    return {who: (member, role_of(*flags)) for who, member, *flags in rows}


def role_of(can_change: object, is_manager: object, is_owner: object) -> Role:
    """The role that rights amount to."""
    if is_owner:
        return Role.OWNER
    if is_manager:
        return Role.MANAGER
    return Role.CONTRIBUTOR if can_change else Role.MEMBER


def named(work: Work, record: type[Record], called: str) -> str:
    """The hub id of a user by e-mail address or of a group by name; "" for nobody."""
    by, value = ("email", called.strip().lower()) if record is ResearchUser else ("name", called)
    found = work.ask(f'SELECT id FROM "{record.table}" WHERE district = {HUB} AND "{by}" = ?', value)
    return found[0][0] if found else ""


def _put(work: Work, project: str, column: str, who: str, place: Place, held: str) -> None:
    if place.role is None:
        work.batch.remove(ProjectMember, held)
    elif held:
        work.batch.change(ProjectMember, held, place.flags)
    else:
        work.batch.add(ProjectMember, [{"project": project, column: who, **place.flags}])


_OWNED = (
    f"SELECT 1 FROM project_member m WHERE m.district = {HUB} AND m.project = p.id AND m.is_owner = 1 AND"
    f' (m."user" IS NOT NULL OR EXISTS (SELECT 1 FROM team_member t WHERE t.district = {HUB} AND t.team = m.team))'
)


def keep_owners(work: Work) -> None:
    """Raise when a project has nobody left who owns it; what was done is then undone."""
    lost = work.ask(f"SELECT name FROM project p WHERE p.district = {HUB} AND NOT EXISTS ({_OWNED})")
    if lost:
        work.wrong("users", "a project needs an owner", "add another one first")
    work.settle()


class Invitations:
    """A manager invites somebody; who is invited accepts or declines, and the manager may cancel."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Invite a user to a project."""
        projects = work.refer("project", Project, [values["project"]] if "project" in values else [])
        invitee = self._invitee(work, values)
        for project in projects:
            if invitee and invitee in held_by(work, project, "user"):
                work.wrong("invitee", "is already in the project")
            pending = f"SELECT 1 FROM project_invitation WHERE district = {HUB} AND project = ? AND invitee = ?"
            if invitee and work.ask(pending, project, invitee):
                work.wrong("invitee", "is already invited")
        work.settle()
        role = role_of(values.get("can_change"), values.get("manage_project"), values.get("own_project"))
        work.require(projects[0], Role.OWNER if role >= Role.MANAGER else Role.MANAGER)
        flags = Place(role).flags
        row = {
            "project": projects[0],
            "invitee": invitee,
            "inviter": work.caller.id,
            "can_change": flags["can_change"],
            "manage_project": flags["is_manager"],
            "own_project": flags["is_owner"],
        }
        return ProjectInvitation, work.batch.add(ProjectInvitation, [row])[0]

    def _invitee(self, work: Work, values: Values) -> str:
        if "invitee" not in values:
            return ""
        found = work.numbered(ResearchUser, values["invitee"])
        if found is None:
            work.unknown("invitee", values["invitee"])
        return found or ""

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """An invitation is answered, not changed."""
        raise NotFound

    def answer(self, work: Work, identity: str, *, accept: bool) -> None:
        """Accept or decline, as the one who is invited."""
        row = work.row(ProjectInvitation, identity)
        if row["invitee"] != work.caller.id:
            raise refusal("only the person who is invited may do this")
        if accept and row["invitee"] not in held_by(work, row["project"], "user"):
            role = role_of(row["can_change"], row["manage_project"], row["own_project"])
            place = {"project": row["project"], "user": row["invitee"], **Place(role).flags}
            work.batch.add(ProjectMember, [place])
        work.batch.remove(ProjectInvitation, identity)

    def remove(self, work: Work, identity: str) -> None:
        """Cancel an invitation, as a manager of its project."""
        row = work.row(ProjectInvitation, identity)
        if not work.standing.may(row["project"], Role.MANAGER):
            raise refusal("only a manager of the project may do this")
        work.batch.remove(ProjectInvitation, identity)
