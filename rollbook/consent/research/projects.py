"""Projects and who may do what in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ...errors import NotFound
from ...fields import Record, Ref
from ...model.research import (
    Project,
    ProjectInvitation,
    ProjectMember,
    ResearchSubject,
    ResearchTag,
    ResearchUser,
)
from ..addresses import address_problems, sends_mail
from .standing import Role, refusal, role_of
from .writing import Values, Work

ANSWER_DAYS = 30
"""For how many days an invitation may be accepted."""

UNANSWERED = 50
"""How many invitations to a project may wait for an answer at a time."""

FACTS = ("name", "description", "extra_fields", "is_public")
HOLDERS: dict[str, Ref] = {"users": ProjectMember.user, "groups": ProjectMember.team}
"""What leads to those who have a place in a project."""


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
        changes = [c for name in HOLDERS for c in self._wanted(work, identity, name, values.get(name, {}))]
        work.settle()
        work.batch.change(Project, identity, facts)
        if "tags" in values and work.tag(ResearchTag.project, identity, values["tags"]):
            work.require(identity, Role.OWNER)
        for holder, who, place, held in changes:
            _put(work, identity, holder, who, place, held)
        keep_owners(work)
        return Project, identity

    def _wanted(
        self, work: Work, project: str, name: str, places: dict[str, Place]
    ) -> list[tuple[Ref, str, Place, str]]:
        """The places that are to change: what leads to their holder, who that is, the new place, and its record."""
        holder = HOLDERS[name]
        held = held_by(work, project, holder)
        found: list[tuple[Ref, str, Place, str]] = []
        for called, place in places.items():
            who = work.called(holder.target, called)
            member, role = held.get(who, ("", None))
            if not who or (place.role is None and not member):
                work.wrong(name, f"{called} is not known" if not who else f"{called} is not in the project")
            elif place.role != role:
                if not (place.role is None and who == work.caller.id):
                    greatest = max(place.role or Role.MEMBER, role or Role.MEMBER)
                    work.require(project, Role.OWNER if greatest >= Role.MANAGER else Role.MANAGER)
                found.append((holder, who, place, member))
        return found

    def remove(self, work: Work, identity: str) -> None:
        """Delete a project with all that belongs to it alone."""
        work.require(identity, Role.OWNER)
        subjects = work.kept.subjects.of_project(identity)
        work.batch.remove(Project, identity)
        for subject in subjects:
            if not work.kept.subjects.projects(subject):
                work.batch.remove(ResearchSubject, subject)


def held_by(work: Work, project: str, holder: Ref) -> Held:
    """Who has a place in a project: the users, or the groups."""
    return {
        place.who: (place.id, role_of(place.can_change, place.is_manager, place.is_owner))
        for place in work.kept.projects.places(project, holder)
    }


def _put(work: Work, project: str, holder: Ref, who: str, place: Place, held: str) -> None:
    if place.role is None:
        work.batch.remove(ProjectMember, held)
    elif held:
        work.batch.change(ProjectMember, held, place.flags)
    else:
        work.batch.add(ProjectMember, [{"project": project, holder.name: who, **place.flags}])


def keep_owners(work: Work) -> None:
    """Raise when a project has nobody left who owns it; what was done is then undone."""
    if work.kept.projects.any_without_owner():
        work.wrong("users", "a project needs an owner", "add another one first")
    work.settle()


def _later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


class Invitations:
    """A manager invites somebody; who is invited accepts or declines, and the manager may cancel."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Invite a user, or an e-mail address, to a project."""
        projects = work.refer("project", Project, [values["project"]] if "project" in values else [])
        invitee, email = self._invited(work, values)
        for project in projects:
            self._may_be_asked(work, project, invitee, email)
        work.settle()
        role = role_of(values.get("can_change"), values.get("manage_project"), values.get("own_project"))
        work.require(projects[0], Role.OWNER if role >= Role.MANAGER else Role.MANAGER)
        flags = Place(role).flags
        row = {
            "project": projects[0],
            "invitee": invitee or None,
            "email": None if invitee else email,
            "inviter": work.caller.id,
            "last_day": _later(work.kept.settings.day("UTC"), ANSWER_DAYS),
            "can_change": flags["can_change"],
            "manage_project": flags["is_manager"],
            "own_project": flags["is_owner"],
        }
        made = work.batch.add(ProjectInvitation, [row])[0]
        if sends_mail(work.kept):
            work.kept.outbox.promise("mail", {"letter": "membership", "invitation": made}, key=f"membership/{made}")
        return ProjectInvitation, made

    def _invited(self, work: Work, values: Values) -> tuple[str, str]:
        """Who is invited: the hub id of a user, or else an address that is no user's."""
        number, email = values.get("invitee"), values.get("email")
        if number is not None:
            found = work.numbered(ResearchUser, number)
            if found is None:
                work.unknown("invitee", number)
            if email is not None:
                work.wrong("email", "cannot be told beside an invitee")
            return found or "", ""
        if email is None:
            if not any(problem.where in ("invitee", "email") for problem in work.problems):
                hint = "or email, the address of somebody who is no user yet"
                work.wrong("invitee", "This field is required.", hint)
            return "", ""
        address = str(email).lower()
        wrong = address_problems("email", address)
        work.problems += wrong
        return ("", "") if wrong else (work.called(ResearchUser, address), address)

    def _may_be_asked(self, work: Work, project: str, invitee: str, email: str) -> None:
        where, known = "email" if email else "invitee", work.kept.projects
        if invitee and invitee in held_by(work, project, ProjectMember.user):
            work.wrong(where, "is already in the project")
        if (invitee and known.invited(project, invitee)) or (email and known.invited_address(project, email)):
            work.wrong(where, "is already invited")
        if work.standing.may(project, Role.MANAGER) and known.unanswered(project) >= UNANSWERED:
            work.wrong("project", f"{UNANSWERED} invitations wait for an answer", "cancel some of them first")

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """An invitation is answered, not changed."""
        raise NotFound

    def answer(self, work: Work, identity: str, *, accept: bool) -> None:
        """Accept or decline, as the one who is invited."""
        row, caller = work.row(ProjectInvitation, identity), work.caller
        if row["invitee"] != caller.id and (caller.researcher is None or row["email"] != caller.researcher.email):
            raise refusal("only the person who is invited may do this")
        if accept and row["last_day"] and row["last_day"] < work.kept.settings.day("UTC"):
            work.wrong("", f"the invitation could be accepted until {row['last_day']}", "ask for another one")
            work.settle()
        if accept and caller.id not in held_by(work, row["project"], ProjectMember.user):
            role = role_of(row["can_change"], row["manage_project"], row["own_project"])
            place = {"project": row["project"], "user": caller.id, **Place(role).flags}
            work.batch.add(ProjectMember, [place])
        work.batch.remove(ProjectInvitation, identity)

    def remove(self, work: Work, identity: str) -> None:
        """Cancel an invitation, as a manager of its project."""
        row = work.row(ProjectInvitation, identity)
        if not work.standing.may(row["project"], Role.MANAGER):
            raise refusal("only a manager of the project may do this")
        work.batch.remove(ProjectInvitation, identity)
