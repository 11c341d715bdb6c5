"""Suspensions and exclusions of an invented school; this year's are those that its registers tell of."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from random import Random
from typing import Any

from ..model.exclusion import EXCLUSION_REASONS, Exclusion, ExclusionAgency, ExclusionGround, ExclusionReason
from .admissions import LEFT_LAST_YEAR, Place
from .agencies import Outside
from .opened import Opened
from .register import Registers
from .years import Year

OFTEN = {"DB": 45, "VA": 16, "PP": 16, "VP": 5, "DM": 4, "PA": 3, "RA": 3, "MT": 2, "TH": 2, "BU": 2, "OW": 2}
"""How many of a hundred exclusions have each reason, about as in the national statistics."""
COMMENTS = {
    "DB": "Would not settle in three lessons, in spite of two warnings",
    "VA": "Shouted at a member of staff in the corridor",
    "PP": "Pushed another pupil in the queue",
    "DM": "Broke a window in the drama studio",
    "TH": "Took a calculator; it has been given back",
}
FOLLOW_UP = {"DB": "Counsellor", "BU": "Counsellor", "PP": "Police Officer", "TH": "Police Officer"}
"""Which profession an exclusion for a reason may bring in."""


class Office:
    """Writes a school's exclusions."""

    def __init__(self, opened: Opened, outside: Outside) -> None:
        self.opened = opened
        self.outside = outside
        self.rng: Random = opened.chance_of("exclusions")
        years = (opened.plan.last_year, opened.plan.this_year)
        self.days = [day.date for year in years for day in year.days() if not day.closed]
        self.spells = list(spells(opened))
        self.reasons = {
            code: opened.put(ExclusionReason, code=code, description=words) for code, words in EXCLUSION_REASONS.items()
        }

    def reasons_for(self) -> list[str]:
        """One reason, or now and then two or three."""
        many = self.rng.choices((1, 2, 3), (75, 20, 5))[0]
        return list(dict.fromkeys(self.rng.choices(list(OFTEN), list(OFTEN.values()), k=many)))

    def school_day(self, day: str, later: int = 0) -> str:
        """The first school day so many days later."""
        wanted = (date.fromisoformat(day) + timedelta(later)).isoformat()
        return self.days[min(bisect_left(self.days, wanted), len(self.days) - 1)]

    def exclude(self, place: Place, kind: str, reasons: list[str], **facts: Any) -> None:
        """Add an exclusion with its reasons, and whom it brought in."""
        year, term = _when(self.opened, facts["start"])
        exclusion = self.opened.put(
            Exclusion,
            student=place.id,
            kind=kind,
            reason=self.reasons[reasons[0]] if len(reasons) == 1 else None,
            term=term,
            academic_year=year.name.replace("-", "/"),
            comments=COMMENTS.get(reasons[0]),
            **{"appealed": 0, **facts},
        )
        for code in reasons:
            whom = {"exclusion": exclusion, "student": place.id}
            self.opened.put(ExclusionGround, **whom, reason=self.reasons[code])
        profession = FOLLOW_UP.get(reasons[0])
        if profession and self.rng.random() < 0.3:
            adviser = self.outside.of_kind(profession, place)
            self.outside.link(place, adviser, facts["start"], place.leaving)
            self.opened.put(ExclusionAgency, exclusion=exclusion, student=place.id, agency=adviser.agency)


def put_exclusions(opened: Opened, outside: Outside) -> None:
    """Add the suspensions of this year and the last, and what the school's governors made of some."""
    office = Office(opened, outside)
    for number, (place, first, last, sessions) in enumerate(office.spells):
        span = {"start": first[0], "start_session": first[1], "end": last[0], "end_session": last[1]}
        span |= {"sessions": sessions, "days": sessions / 2}
        reviewed = not opened.plan.american and last[0] <= opened.plan.last_year.last and number % 9 == 0
        if reviewed:
            _put_reviewed(office, place, "RFIX" if number else "RPER", span)
        else:
            office.exclude(place, "FIXD", office.reasons_for(), **span)
    if not opened.plan.american:
        _put_permanent(office)
        _put_lunchtimes(office)


def spells(opened: Opened) -> Iterator[tuple[Place, tuple[str, str], tuple[str, str], int]]:
    """Each time that the registers say a student was suspended: from which session to which, and how many."""
    registers = Registers(opened.groups, opened.places, opened.today)
    kept = [(p, registers.of_last_year(p)) for p in registers.before] + [(p, registers.of(p)) for p in registers.places]
    for place, entries in kept:
        held = [(day.date, session, e.mark) for day, session, e in entries if e.mark != "#"]
        for suspended, group in groupby(held, lambda entry: entry[2] == "E"):
            if suspended:
                missed = list(group)
                yield place, missed[0][:2], missed[-1][:2], len(missed)


def _when(opened: Opened, day: str) -> tuple[Year, str]:
    year = opened.plan.this_year if day >= opened.plan.this_year.start else opened.plan.last_year
    return year, next((t.name for t in reversed(year.terms) if t.start <= day), year.terms[0].name)


# ---- what the governors and the panel decided


def _put_reviewed(office: Office, place: Place, kind: str, span: dict[str, Any]) -> None:
    """An exclusion that was to be longer, or for good: the pupil was brought back."""
    back = office.school_day(span["end"], 1)
    appeal = {
        "appealed": 1,
        "appeal": span["start"],
        "appeal_notice": span["end"],
        "appeal_result": "Pupil Reinstated",
        "appeal_reinstatement": back,
    }
    office.exclude(
        place,
        kind,
        ["DB", "PA"] if kind == "RPER" else ["VA"],
        **span,
        result="Pupil Reinstated",
        hearing=span["end"],
        parents_represented=1,
        reinstatement=back,
        **(appeal if kind == "RPER" else {}),
    )


def _put_permanent(office: Office) -> None:
    """One who left for good."""
    last, places = office.opened.plan.last_year, office.opened.places
    gone = [p for p in places if p.stay.status == LEFT_LAST_YEAR and last.first < (p.leaving or "") < last.last]
    for place in gone[:1]:
        start = place.leaving or last.last
        office.exclude(
            place,
            "PERM",
            ["DB", "PA"],
            start=start,
            start_session="PM",
            result="Exclusion Stands",
            hearing=office.school_day(start, 14),
            parents_represented=1,
            appealed=1,
            appeal=office.school_day(start, 28),
            appeal_notice=office.school_day(start, 42),
            appeal_result="Appeal Dismissed",
        )


# ---- lunchtimes


def _put_lunchtimes(office: Office) -> None:
    """Some spend a few lunchtimes at home; each counts for half a day."""
    opened, rng = office.opened, office.rng
    days = [d for d in office.days if opened.plan.this_year.first <= d <= opened.today]
    away = {(place.id, day) for place, first, last, _ in office.spells for day in days if first[0] <= day <= last[0]}
    for place in opened.places:
        length = rng.choice((1, 2, 3, 5))
        known = [d for d in days if place.entry <= d]
        if not place.current or place.number % 43 != 8 or len(known) <= length:
            continue
        first = rng.randrange(len(known) - length)
        span = known[first : first + length]
        if not any((place.id, day) in away for day in span):
            half = {"start_session": "PM", "end_session": "PM", "sessions": length, "days": length / 2}
            office.exclude(place, "LNCH", ["DB"], start=span[0], end=span[-1], **half)
