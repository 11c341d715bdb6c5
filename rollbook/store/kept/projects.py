"""Projects of research: who has a place in them, who is invited, and the apps that they draw students through."""

from __future__ import annotations

from typing import NamedTuple

from ...fields import Ref
from ...model.research import HUB, Project, ResearchTeam, ResearchUser
from ..references import key_of
from .statements import Statements


class Place(NamedTuple):
    """The place of a user or a group in a project."""

    who: str
    """The hub id of the user or group."""
    id: str
    """The hub id of the record of the place."""
    can_change: int
    is_manager: int
    is_owner: int


class Invited(NamedTuple):
    """An invitation to a project or a group, as whoever may answer it is told of it."""

    id: str
    place: str
    """The name of the project or group."""
    email: str
    """The address of whoever may answer."""
    by: str
    """The name of who invites."""
    address: str
    """The address of who invites."""
    last_day: str | None
    """The last day on which it may be accepted, in UTC; None for no end."""
    can_change: int
    manage: int
    own: int
    kind: str
    """The kind of record that it is."""
    team: str
    """The name of the group that is invited, where somebody answers for one."""


class ProjectLine(NamedTuple):
    """What an operator sees of a project."""

    id: str
    name: str
    is_public: bool
    app: str
    """The name by which its app signs in; "" for no app."""
    subjects: int
    last_day: str
    """The last day on which students may stand behind its subjects; "" for no end."""


_PROJECT = key_of(Project, HUB, "?")

# Owned by a user, or by a group that has members.
_OWNED = (
    f"SELECT 1 FROM project_member m WHERE m.district = {HUB} AND m.project = p.key AND m.is_owner = 1 AND"
    f' (m."user" IS NOT NULL OR EXISTS (SELECT 1 FROM team_member t WHERE t.district = {HUB} AND t.team = m.team))'
)

_INVITER = (
    " LEFT JOIN research_user b ON b.district = i.district AND b.key = i.inviter"
    f" WHERE i.district = {HUB} AND i.id = :id"
)
_BY = "coalesce(b.first_name, ''), coalesce(b.last_name, ''), coalesce(b.email, ''), i.last_day"
_INVITATIONS = (
    f"SELECT i.id, p.name, coalesce(u.email, i.email), {_BY}, i.can_change, i.manage_project, i.own_project,"
    " 'ProjectInvitation', '' FROM project_invitation i"
    " JOIN project p ON p.district = i.district AND p.key = i.project"
    f" LEFT JOIN research_user u ON u.district = i.district AND u.key = i.invitee{_INVITER} AND :answerer = ''",
    f"SELECT i.id, t.name, coalesce(u.email, i.email), {_BY}, 0, i.new_manager, i.new_owner,"
    " 'TeamInvitation', '' FROM team_invitation i"
    " JOIN research_team t ON t.district = i.district AND t.key = i.team"
    f" LEFT JOIN research_user u ON u.district = i.district AND u.key = i.invitee{_INVITER} AND :answerer = ''",
    f"SELECT i.id, p.name, u.email, {_BY}, i.can_change, i.manage_project, i.own_project,"
    " 'TeamProjectInvitation', t.name FROM team_project_invitation i"
    " JOIN project p ON p.district = i.district AND p.key = i.project"
    " JOIN research_team t ON t.district = i.district AND t.key = i.team"
    " JOIN team_member m ON m.district = i.district AND m.team = i.team AND m.is_manager = 1"
    f' JOIN research_user u ON u.district = i.district AND u.key = m."user" AND u.id = :answerer{_INVITER}',
)


class Projects(Statements):
    """Projects of research."""

    def every(self) -> list[ProjectLine]:
        """Every project, by name."""
        rows = self._rows(
            "SELECT p.id, p.name, coalesce(p.is_public, 0), coalesce(a.relying_party, ''), (SELECT count(*)"
            " FROM subject_project s WHERE s.district = p.district AND s.project = p.key),"
            " coalesce(p.last_day, '') FROM project p"
            f" LEFT JOIN app a ON a.id = p.app WHERE p.district = {HUB} ORDER BY p.name"
        )
        return [ProjectLine(identity, name, bool(public), *rest) for identity, name, public, *rest in rows]

    def through(self, project: str) -> tuple[str, int]:
        """The hub id of the app whose grants say which students may stand behind its subjects ("" for none), and the
        number of the only district whose grants do: that of the sandbox whose id the project has, 0 for all."""
        row = self._row(
            "SELECT coalesce(p.app, ''), coalesce(o.district, 0) FROM project p LEFT JOIN sandbox o ON o.id = p.id"
            f" WHERE p.district = {HUB} AND p.id = ?",
            (project,),
        )
        return (row[0], row[1]) if row else ("", 0)

    def places(self, project: str, holder: Ref) -> list[Place]:
        """The places in a project of users (`ProjectMember.user`) or of groups (`ProjectMember.team`)."""
        rows = self._rows(
            "SELECT h.id, m.id, m.can_change, m.is_manager, m.is_owner FROM project_member m"
            f' JOIN "{holder.target.table}" h ON h.district = m.district AND h.key = m."{holder.name}"'
            f" WHERE m.district = {HUB} AND m.project = {_PROJECT}",
            (project,),
        )
        return [Place(*row) for row in rows]

    def invited(self, project: str, invitee: str) -> bool:
        """Whether somebody is invited to a project."""
        sql = (
            f"SELECT 1 FROM project_invitation WHERE district = {HUB} AND project = {_PROJECT}"
            f" AND invitee = {key_of(ResearchUser, HUB, '?')}"
        )
        return self._row(sql, (project, invitee)) is not None

    def invited_address(self, project: str, email: str) -> bool:
        """Whether an e-mail address that was no user's is invited to a project."""
        sql = f"SELECT 1 FROM project_invitation WHERE district = {HUB} AND project = {_PROJECT} AND email = ?"
        return self._row(sql, (project, email)) is not None

    def unanswered(self, project: str) -> int:
        """How many invitations to a project wait for an answer, of people and of groups."""
        one, other = (
            f"(SELECT count(*) FROM {table} WHERE district = {HUB} AND project = {_PROJECT})"
            for table in ("project_invitation", "team_project_invitation")
        )
        return int(self._value(f"SELECT {one} + {other}", (project, project)))

    def team_invited(self, project: str, team: str) -> bool:
        """Whether a group is invited to a project."""
        sql = (
            f"SELECT 1 FROM team_project_invitation WHERE district = {HUB} AND project = {_PROJECT}"
            f" AND team = {key_of(ResearchTeam, HUB, '?')}"
        )
        return self._row(sql, (project, team)) is not None

    def invitation(self, identity: str, answerer: str = "") -> Invited | None:
        """An invitation, as whoever may answer is told of it: of a whole group, an `answerer` who manages it."""
        known = {"id": identity, "answerer": answerer}
        rows = [row for sql in _INVITATIONS if (row := self._row(sql, known)) is not None]
        if not rows:
            return None
        found, place, email, first, last, address, *rest = rows[0]
        return Invited(found, place, email, f"{first} {last}".strip() or address, address, *rest)

    def any_without_owner(self) -> bool:
        """Whether there is a project that nobody owns."""
        sql = f"SELECT 1 FROM project p WHERE p.district = {HUB} AND NOT EXISTS ({_OWNED}) LIMIT 1"
        return self._row(sql) is not None
