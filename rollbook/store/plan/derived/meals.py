"""Entitlements to free school meals that count for the pupil premium."""

from __future__ import annotations

from ....fields import Record
from ....model.history import MealsLately
from ..flavour import Flavour
from .text import Query, Seen, written

SIX_YEARS_AGO = "(CAST(substr(:today, 1, 4) AS INTEGER) - 6) || substr(:today, 5)"
"""The same day six years before; where that is 29 February of another year, a text between the days around it."""


def _lately(flavour: Flavour, seen: Seen) -> str:
    return f"""
    SELECT e.district, e.id, e.key, e.school, e.student, e.start, e."end", e.key AS made,
           {written(flavour, "e")} AS seq, e.changed
    FROM entitlement e JOIN entitlement_group g ON g.district = e.district AND g.key = e."group"
    WHERE g.short = 'FSM' AND (e."end" IS NULL OR e."end" >= {SIX_YEARS_AGO})
       OR g.short = 'Ever6' AND (e."end" IS NULL OR e."end" >= :today)
    """


QUERIES: dict[type[Record], Query] = {MealsLately: _lately}
