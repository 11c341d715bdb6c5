"""A student of an invented school who died, and whom it remembers."""

from __future__ import annotations

from ..model.people import Person
from .admissions import LEFT_LAST_YEAR
from .health import students_of
from .opened import Opened


def put_remembered(opened: Opened) -> None:
    """Note of one of Thornfield's youngest leavers of last year that they died; of no other school's."""
    left = (p for p in opened.places if p.stay.status == LEFT_LAST_YEAR and p.stay.year == 8)
    place = next(left, None) if opened.plan.key == "thornfield" else None
    if place is None:
        return
    human = next(row for row in opened.draft.rows[Person] if row["id"] == place.child.human.id)
    human["death_date"] = place.leaving
    students_of(opened)[place.id].update(
        reason_for_leaving="Deceased", destination=None, destination_start=None, quick_note=None
    )
