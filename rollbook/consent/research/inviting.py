"""Invitations to projects and groups, and requests to join a group: each waits for an answer."""

from __future__ import annotations

from datetime import date, timedelta

from ...errors import NotFound
from ...fields import Record
from ...model.research import (
    Project,
    ProjectInvitation,
    ProjectMember,
    ResearchTeam,
    ResearchUser,
    TeamInvitation,
    TeamMember,
    TeamProjectInvitation,
    TeamRequest,
)
from ..addresses import address_problems, sends_mail
from .places import Place, held_by, members_of, need_in_team, role_in_team, team_flags
from .standing import Role, refusal, role_of
from .writing import Values, Work

ANSWER_DAYS = 30
"""For how many days an invitation may be accepted."""

UNANSWERED = 50
"""How many invitations to a project, or to a group, may wait for an answer at a time."""


class Answered:
    """What is answered is not changed."""

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Refuse: it is answered."""
        raise NotFound


# ---- to projects


class Invitations(Answered):
    """A manager invites somebody to a project; who is invited accepts or declines, and the manager may cancel."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Invite a user, or an e-mail address, to a project."""
        projects = work.refer("project", Project, [values["project"]] if "project" in values else [])
        invitee, email = _invited(work, values, "invitee")
        for project in projects:
            self._may_be_asked(work, project, invitee, email)
        work.settle()
        row = {"invitee": invitee or None, "email": None if invitee else email}
        made = work.batch.add(ProjectInvitation, [{**row, **_offer(work, projects[0], values)}])[0]
        _tell(work, made)
        return ProjectInvitation, made

    def _may_be_asked(self, work: Work, project: str, invitee: str, email: str) -> None:
        where, known = "email" if email else "invitee", work.kept.projects
        if invitee and invitee in held_by(work, project, ProjectMember.user):
            work.wrong(where, "is already in the project")
        if (invitee and known.invited(project, invitee)) or (email and known.invited_address(project, email)):
            work.wrong(where, "is already invited")
        _room(work, project)

    def answer(self, work: Work, identity: str, *, accept: bool) -> None:
        """Accept or decline, as the one who is invited."""
        row, caller = work.row(ProjectInvitation, identity), work.caller
        _for_me(work, row, accept=accept)
        if accept and caller.id not in held_by(work, row["project"], ProjectMember.user):
            work.batch.add(ProjectMember, [{**_place(row), "user": caller.id}])
        work.batch.remove(ProjectInvitation, identity)

    def remove(self, work: Work, identity: str) -> None:
        """Cancel an invitation, as a manager of its project."""
        _cancel(work, ProjectInvitation, identity)


class TeamProjectInvitations(Answered):
    """A manager invites a whole group to a project; a manager of the group accepts or declines."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Invite a group to a project."""
        projects = work.refer("project", Project, [values["project"]] if "project" in values else [])
        team = _numbered(work, ResearchTeam, "invitee", values)
        for project in projects if team else ():
            if team in held_by(work, project, ProjectMember.team):
                work.wrong("invitee", "is already in the project")
            if work.kept.projects.team_invited(project, team):
                work.wrong("invitee", "is already invited")
            _room(work, project)
        work.settle()
        row = {"team": team, **_offer(work, projects[0], values)}
        made = work.batch.add(TeamProjectInvitation, [row])[0]
        for member in work.kept.teams.members(team):
            if member.is_manager:
                _tell(work, made, member.user)
        return TeamProjectInvitation, made

    def answer(self, work: Work, identity: str, *, accept: bool) -> None:
        """Accept or decline for the group, as somebody who manages it."""
        row = work.row(TeamProjectInvitation, identity)
        need_in_team(role_in_team(work, row["team"]), Role.MANAGER)
        if accept:
            _in_time(work, row)
            if row["team"] not in held_by(work, row["project"], ProjectMember.team):
                work.batch.add(ProjectMember, [{**_place(row), "team": row["team"]}])
        work.batch.remove(TeamProjectInvitation, identity)

    def remove(self, work: Work, identity: str) -> None:
        """Cancel an invitation, as a manager of its project."""
        _cancel(work, TeamProjectInvitation, identity)


def _offer(work: Work, project: str, values: Values) -> dict[str, object]:
    """What an invitation to a project says, of whoever; raises unless the caller may give these rights."""
    role = role_of(values.get("can_change"), values.get("manage_project"), values.get("own_project"))
    work.require(project, Role.OWNER if role >= Role.MANAGER else Role.MANAGER)
    flags = Place(role).flags
    return {
        "project": project,
        "can_change": flags["can_change"],
        "manage_project": flags["is_manager"],
        "own_project": flags["is_owner"],
        **_sent(work),
    }


def _place(row: Values) -> dict[str, object]:
    role = role_of(row["can_change"], row["manage_project"], row["own_project"])
    return {"project": row["project"], **Place(role).flags}


def _room(work: Work, project: str) -> None:
    if work.standing.may(project, Role.MANAGER) and work.kept.projects.unanswered(project) >= UNANSWERED:
        work.wrong("project", f"{UNANSWERED} invitations wait for an answer", "cancel some of them first")


def _cancel(work: Work, record: type[Record], identity: str) -> None:
    if not work.standing.may(work.row(record, identity)["project"], Role.MANAGER):
        raise refusal("only a manager of the project may do this")
    work.batch.remove(record, identity)


# ---- to groups


class TeamInvitations(Answered):
    """A manager invites somebody to a group; who is invited accepts or declines, and a manager may cancel."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Invite a user, or an e-mail address, to a group."""
        team = _numbered(work, ResearchTeam, "authgroup", values)
        invitee, email = _invited(work, values, "user_account_invitation")
        where = "email" if email else "user_account_invitation"
        if team and invitee in members_of(work, team):
            work.wrong(where, "is already in the group")
        if team and (invitee or email) and work.kept.teams.asked(team, invitee, email):
            work.wrong(where, "is already invited")
        work.settle()
        role = role_of(False, values.get("new_manager"), values.get("new_owner"))
        return TeamInvitation, invite_to_team(work, team, Place(role), invitee, email)

    def answer(self, work: Work, identity: str, *, accept: bool) -> None:
        """Accept or decline, as the one who is invited."""
        row = work.row(TeamInvitation, identity)
        _for_me(work, row, accept=accept)
        if accept:
            _enter(work, row["team"], work.caller.id, role_of(False, row["new_manager"], row["new_owner"]))
        work.batch.remove(TeamInvitation, identity)

    def remove(self, work: Work, identity: str) -> None:
        """Cancel an invitation, as a manager of its group."""
        need_in_team(role_in_team(work, work.row(TeamInvitation, identity)["team"]), Role.MANAGER)
        work.batch.remove(TeamInvitation, identity)


def invite_to_team(work: Work, team: str, place: Place, invitee: str, email: str = "") -> str:
    """Invite somebody to a group; whoever was invited before is offered these rights in place of others."""
    role = place.role or Role.MEMBER
    need_in_team(role_in_team(work, team), Role.OWNER if role >= Role.MANAGER else Role.MANAGER)
    flags = {"new_manager": int(role >= Role.MANAGER), "new_owner": int(role >= Role.OWNER)}
    before = work.kept.teams.asked(team, invitee, email)
    if before is not None:
        work.batch.change(TeamInvitation, before.id, flags)
        return before.id
    if work.kept.teams.unanswered(team) >= UNANSWERED:
        work.wrong("authgroup", f"{UNANSWERED} invitations wait for an answer", "cancel some of them first")
        work.settle()
    row = {"team": team, "invitee": invitee or None, "email": None if invitee else email, **flags, **_sent(work)}
    made = work.batch.add(TeamInvitation, [row])[0]
    _tell(work, made)
    return made


class TeamRequests(Answered):
    """Somebody asks to join a group; a manager accepts or rejects, and who asked may cancel."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Requests are made by joining the group."""
        raise NotFound

    def answer(self, work: Work, identity: str, *, accept: bool) -> None:
        """Accept or reject, as a manager of the group."""
        row = work.row(TeamRequest, identity)
        need_in_team(role_in_team(work, row["team"]), Role.MANAGER)
        if accept:
            _enter(work, row["team"], row["user"], Role.MEMBER)
        else:
            work.batch.remove(TeamRequest, identity)

    def remove(self, work: Work, identity: str) -> None:
        """Cancel a request, as the one who asked."""
        if work.row(TeamRequest, identity)["user"] != work.caller.id:
            raise refusal("only the person who asked may do this")
        work.batch.remove(TeamRequest, identity)


def ask_to_join(work: Work, team: str) -> None:
    """Ask to join a group; asking twice is asking once."""
    work.row(ResearchTeam, team)
    if work.caller.id in members_of(work, team):
        work.wrong("", "you are in the group")
    work.settle()
    if not work.kept.teams.request(team, work.caller.id):
        work.batch.add(TeamRequest, [{"team": team, "user": work.caller.id}])


def _enter(work: Work, team: str, user: str, role: Role) -> None:
    """Put somebody into a group; a request of theirs is answered by that."""
    if user not in members_of(work, team):
        work.batch.add(TeamMember, [{"team": team, "user": user, **team_flags(Place(role))}])
    request = work.kept.teams.request(team, user)
    if request:
        work.batch.remove(TeamRequest, request)


# ---- what they have in common


def _sent(work: Work) -> dict[str, object]:
    last = date.fromisoformat(work.kept.settings.day("UTC")) + timedelta(days=ANSWER_DAYS)
    return {"inviter": work.caller.id or None, "last_day": last.isoformat()}


def _tell(work: Work, invitation: str, answerer: str = "") -> None:
    """Promise a letter to whoever may answer."""
    if sends_mail(work.kept):
        told = {"letter": "membership", "invitation": invitation, **({"to": answerer} if answerer else {})}
        key = f"membership/{invitation}{f'/{answerer}' if answerer else ''}"
        work.kept.outbox.promise("mail", told, key=key)


def _numbered(work: Work, record: type[Record], where: str, values: Values) -> str:
    """The hub id of a user or group by number; "" with a problem."""
    number = values.get(where)
    if number is None:
        if not any(problem.where == where for problem in work.problems):
            work.wrong(where, "This field is required.")
        return ""
    found = work.numbered(record, number)
    if found is None:
        work.unknown(where, number)
    return found or ""


def _invited(work: Work, values: Values, where: str) -> tuple[str, str]:
    """Who is invited: the hub id of a user, or else an address that is no user's."""
    email = values.get("email")
    if values.get(where) is not None:
        if email is not None:
            work.wrong("email", f"cannot be told beside {where}")
        return _numbered(work, ResearchUser, where, values), ""
    if email is None:
        if not any(problem.where in (where, "email") for problem in work.problems):
            work.wrong(where, "This field is required.", "or email, the address of somebody who is no user yet")
        return "", ""
    address = str(email).lower()
    wrong = address_problems("email", address)
    work.problems += wrong
    return ("", "") if wrong else (work.called(ResearchUser, address), address)


def _for_me(work: Work, row: Values, *, accept: bool) -> None:
    caller = work.caller
    if row["invitee"] != caller.id and (caller.researcher is None or row["email"] != caller.researcher.email):
        raise refusal("only the person who is invited may do this")
    if accept:
        caller.require_person()
        _in_time(work, row)


def _in_time(work: Work, row: Values) -> None:
    if row["last_day"] and row["last_day"] < work.kept.settings.day("UTC"):
        work.wrong("", f"the invitation could be accepted until {row['last_day']}", "ask for another one")
        work.settle()
