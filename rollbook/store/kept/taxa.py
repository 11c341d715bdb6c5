"""Species and strains, the lists that all projects of research share."""

from __future__ import annotations

from typing import NamedTuple

from ...model.research import HUB
from .statements import Statements


class Proposed(NamedTuple):
    """A change to a list that waits for a decision."""

    kind: str
    """`species` or `strain`."""
    name: str
    action: str
    by: str
    """The e-mail address of whoever proposes it; "" where they are gone."""


_PENDING = (
    "SELECT '{0}', p.name, p.action, coalesce(u.email, '') FROM {0}_proposal p LEFT JOIN research_user u"
    " ON u.district = p.district AND u.key = p.proposer"
    f" WHERE p.district = {HUB} AND p.status = 'Pending'"
)


class Taxa(Statements):
    """Species and strains."""

    def pending(self) -> list[Proposed]:
        """What waits for a decision."""
        rows = self._rows(f"{_PENDING.format('species')} UNION ALL {_PENDING.format('strain')}")
        return [Proposed(*row) for row in rows]
