"""Report cards of an invented school: who is on report, and who was."""

from __future__ import annotations

from collections.abc import Mapping

from ..model.conduct import ReportCard
from ..model.students import Student
from .admissions import Place
from .conduct_words import REPORT_REASONS
from .opened import Opened


def put_report_cards(opened: Opened, trouble: Mapping[str, float]) -> None:
    """Add an open card for each student who is on report, and cards that some of the others have got over."""
    rng = opened.chance_of("report cards")
    on_report = {row["id"] for row in opened.draft.rows[Student] if row["on_report"]}
    hard = sorted(trouble.values())[int(len(trouble) * 0.93)] if trouble else 0
    days = [d.date for d in opened.plan.this_year.days() if not d.closed]
    past = [d for d in days if d <= opened.today] or days[:1]
    for place in opened.places:
        here = place.entry <= opened.today <= (place.leaving or "9999")
        began = max(past[max(0, len(past) - rng.randrange(2, 12))], place.entry)
        if here and place.id in on_report:
            ends = next((d for d in days if d > opened.today), None) if rng.random() < 0.5 else None
            _put(opened, place, rng.choice(REPORT_REASONS), began, ends)
        elif here and trouble[place.id] > hard and len(past) > 25 and place.entry < past[3]:
            first = rng.randrange(3, len(past) - 15)
            _put(opened, place, rng.choice(REPORT_REASONS), past[first], past[first + rng.choice((9, 14))])


def _put(opened: Opened, place: Place, reason: str, start: str, end: str | None) -> None:
    leaders = opened.staff.teachers()
    opened.put(
        ReportCard,
        student=place.id,
        reason=reason,
        start=start,
        end=end,
        staff=leaders[place.stay.year % len(leaders)].id,
    )
