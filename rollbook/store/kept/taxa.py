"""Species, strains, suppliers and journals: the lists that all projects of research share."""

from __future__ import annotations

from typing import NamedTuple

from ...model.research import HUB
from .statements import Statements


class Proposed(NamedTuple):
    """A change to a list that waits for a decision."""

    kind: str
    """`species`, `strain`, `supplier` or `journal`."""
    name: str
    action: str
    by: str
    """The e-mail address of whoever proposes it; "" where they are gone."""


KINDS = ("species", "strain", "supplier", "journal")

_PENDING = (
    "SELECT '{0}', p.name, p.action, coalesce(u.email, '') FROM {0}_proposal p LEFT JOIN research_user u"
    " ON u.district = p.district AND u.key = p.proposer"
    f" WHERE p.district = {HUB} AND p.status = 'Pending'"
)


class Taxa(Statements):
    """Lists that all projects share."""

    def pending(self) -> list[Proposed]:
        """What waits for a decision."""
        rows = self._rows(" UNION ALL ".join(_PENDING.format(kind) for kind in KINDS))
        return [Proposed(*row) for row in rows]
