"""Groups that users make of themselves."""

from __future__ import annotations

from typing import NamedTuple

from ...model.research import HUB, ResearchTeam, ResearchUser
from ..references import key_of
from .statements import Statements


class Membership(NamedTuple):
    """A user's place in a group."""

    user: str
    id: str
    """The hub id of the record of the place."""
    is_manager: int
    is_owner: int


class Asked(NamedTuple):
    """An invitation to a group that waits for an answer."""

    id: str
    new_manager: int
    new_owner: int


_TEAM = key_of(ResearchTeam, HUB, "?")


class Teams(Statements):
    """Groups that users make of themselves."""

    def members(self, team: str) -> list[Membership]:
        """The members of a group."""
        rows = self._rows(
            "SELECT u.id, m.id, m.is_manager, m.is_owner FROM team_member m"
            ' JOIN research_user u ON u.district = m.district AND u.key = m."user"'
            f" WHERE m.district = {HUB} AND m.team = {_TEAM}",
            (team,),
        )
        return [Membership(*row) for row in rows]

    def asked(self, team: str, invitee: str, email: str = "") -> Asked | None:
        """The invitation of a user, or of an address that was no user's, to a group."""
        sql = (
            f"SELECT id, new_manager, new_owner FROM team_invitation WHERE district = {HUB} AND team = {_TEAM}"
            f" AND (invitee = {key_of(ResearchUser, HUB, '?')} OR email = ?)"
        )
        row = self._row(sql, (team, invitee, email))
        return Asked(*row) if row else None

    def unanswered(self, team: str) -> int:
        """How many invitations to a group wait for an answer."""
        return int(
            self._value(f"SELECT count(*) FROM team_invitation WHERE district = {HUB} AND team = {_TEAM}", (team,))
        )

    def request(self, team: str, user: str) -> str:
        """The hub id of a user's request to join a group; "" for none."""
        sql = (
            f"SELECT id FROM team_request WHERE district = {HUB} AND team = {_TEAM}"
            f' AND "user" = {key_of(ResearchUser, HUB, "?")}'
        )
        return self._value(sql, (team, user)) or ""

    def any_without_owner(self) -> bool:
        """Whether there is a group that nobody owns."""
        owner = f"SELECT 1 FROM team_member m WHERE m.district = {HUB} AND m.team = t.key AND m.is_owner = 1"
        sql = f"SELECT 1 FROM research_team t WHERE t.district = {HUB} AND NOT EXISTS ({owner}) LIMIT 1"
        return self._row(sql) is not None
