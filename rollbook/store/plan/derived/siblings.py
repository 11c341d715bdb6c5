"""Students for whom the same person has parental responsibility."""

from __future__ import annotations

from ....fields import Record
from ....model.students import Relationship, Sibling
from ..flavour import Flavour
from .text import Query, Seen, written


def _siblings(flavour: Flavour, seen: Seen) -> str:
    """One row for each pair, by the first of the relationships that may be known of."""
    return f"""
    SELECT a.district, a.id || '.' || b.id AS id, NULL AS key, a.school, a.student, b.student AS sibling,
           {flavour.greatest("a.key", "b.key")} AS made, {written(flavour, "a", "b")} AS seq, NULL AS changed
    FROM relationship a
    JOIN relationship b ON b.district = a.district AND b.contact = a.contact AND b.student <> a.student
    WHERE a.parental = 1 AND b.parental = 1 AND {seen(Relationship, "a")}
      AND NOT EXISTS (
        SELECT 1 FROM relationship c JOIN relationship d ON d.district = c.district AND d.contact = c.contact
        WHERE c.district = a.district AND c.student = a.student AND d.student = b.student
          AND c.parental = 1 AND d.parental = 1 AND {flavour.unindexed("c.key")} < a.key AND {seen(Relationship, "c")})
    """


QUERIES: dict[type[Record], Query] = {Sibling: _siblings}
