"""Districts, schools and the words of standards, as far as others than readers need them."""

from __future__ import annotations

from .statements import Statements


class Schools(Statements):
    """Districts, schools and the words of standards, as far as others than readers need them."""

    def largest_group(self, district: int, school: str, kind: str, day: str) -> str | None:
        """The MIS id of the group of a kind with the most students on a day (`YYYY-MM-DD`)."""
        return self._value(
            'SELECT g.mis_id FROM "group" g JOIN student_membership m ON m.district = g.district AND m."group" = g.id'
            " WHERE g.district = :district AND g.school = :school AND g.kind = :kind"
            " AND coalesce(m.start, '') <= :day AND coalesce(m.\"end\", '9') >= :day"
            " GROUP BY g.id, g.mis_id ORDER BY count(*) DESC, g.mis_id LIMIT 1",
            {"district": district, "school": school, "kind": kind, "day": day},
        )
