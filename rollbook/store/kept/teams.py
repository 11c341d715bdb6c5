"""Groups that users make of themselves."""

from __future__ import annotations

from typing import NamedTuple

from ...model.research import HUB, ResearchTeam
from ..references import key_of
from .statements import Statements


class Membership(NamedTuple):
    """A user's place in a group."""

    user: str
    id: str
    """The hub id of the record of the place."""
    is_manager: int
    is_owner: int


class Teams(Statements):
    """Groups that users make of themselves."""

    def members(self, team: str) -> list[Membership]:
        """The members of a group."""
        rows = self._rows(
            "SELECT u.id, m.id, m.is_manager, m.is_owner FROM team_member m"
            ' JOIN research_user u ON u.district = m.district AND u.key = m."user"'
            f" WHERE m.district = {HUB} AND m.team = {key_of(ResearchTeam, HUB, '?')}",
            (team,),
        )
        return [Membership(*row) for row in rows]

    def any_without_owner(self) -> bool:
        """Whether there is a group that nobody owns."""
        owner = f"SELECT 1 FROM team_member m WHERE m.district = {HUB} AND m.team = t.key AND m.is_owner = 1"
        sql = f"SELECT 1 FROM research_team t WHERE t.district = {HUB} AND NOT EXISTS ({owner}) LIMIT 1"
        return self._row(sql) is not None
