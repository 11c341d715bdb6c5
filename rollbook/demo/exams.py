"""Public examinations of an invented school."""

from __future__ import annotations

from .examhall import Hall
from .examinees import Candidates
from .examsetup import open_office, put_discount_codes
from .opened import Opened


def put_exams(opened: Opened) -> None:
    """Add seasons, entries, forecasts, results and seats of a school that is an examination centre."""
    if "exam_centre" not in opened.plan.facts:
        return
    office = open_office(opened)
    candidates = Candidates(opened, office)
    candidates.enter_all()
    candidates.put_all()
    Hall(opened, office, candidates.entries).open()
    put_discount_codes(opened)
