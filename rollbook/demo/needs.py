"""Special needs at an invented school: what students need, what they get, and who looks at it again and when."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from ..model.students import SEN_PROVISIONS, Relationship, Student
from ..model.support import NEEDS, Disability, SenNeed, SenProvision
from .admissions import JOINS_NEXT_YEAR, JOINS_THIS_YEAR, Place
from .agencies import Outside
from .opened import Opened

OFTEN = {
    "SPLD": 22,
    "MLD": 14,
    "SEMH": 22,
    "SLCN": 16,
    "ASD": 16,
    "OTH": 4,
    "HI": 2,
    "VI": 1,
    "PD": 3,
    "MSI": 1,
    "SLD": 1,
    "PMLD": 1,
    "NSA": 3,
}
"""How many of a hundred needs are of each kind, about as in the national statistics."""
NOTES = {
    "SPLD": ("Reads with a coloured overlay", "Extra time in tests", "Word processor for longer writing"),
    "MLD": ("Small steps, and time to practise", "Pre-teach new words"),
    "SEMH": ("May leave for a quiet room with a card", "A check-in with a known adult each morning"),
    "SLCN": ("Give instructions one at a time", "Visual timetable helps"),
    "ASD": ("Tell about changes beforehand", "Ear defenders in busy places"),
    "HI": ("Has a hearing impairment: sits near the front, on the left",),
    "VI": ("Has a vision impairment: print of 18 points",),
    "PD": ("Uses the lift; leaves lessons five minutes early",),
}
# IDEA, 34 CFR 300.8: the kinds of disability that American law names.
AMERICAN_NEEDS = {
    "SPLD": "Specific Learning Disability",
    "MLD": "Intellectual Disability",
    "SEMH": "Emotional Disturbance",
    "SLCN": "Speech or Language Impairment",
    "ASD": "Autism",
    "OTH": "Other Health Impairment",
    "HI": "Hearing Impairment",
    "VI": "Visual Impairment",
    "PD": "Orthopedic Impairment",
}
AMERICAN_PROVISIONS = {
    "N": "General Education",
    "K": "Section 504 Plan",
    "E": "Individualized Education Program",
}
DISABILITIES = {
    "HI": "Hearing",
    "VI": "Vision",
    "PD": "Problems with Mobility",
    "ASD": "Diagnosed with Autism or Asperger Syndrome",
    "SLCN": "Communication",
    "SEMH": "Behaviour",
}
"""Disabilities that go with a need; of others it is one of learning."""


@dataclass(frozen=True)
class Case:
    """A student who has special needs, or had: since when which provision, and the kinds of need, severest first."""

    place: Place
    provision: str
    spans: tuple[tuple[str, str, str | None], ...]
    needs: tuple[str, ...]
    guardian: str | None

    def since(self, code: str) -> str | None:
        """The first day of a provision."""
        return next((start for one, start, _ in self.spans if one == code), None)

    def until(self, code: str) -> str | None:
        """The last day of a provision that is over."""
        return next((end for one, _, end in self.spans if one == code), None)


class Caseload:
    """The students of a school with special needs, and its days."""

    def __init__(self, opened: Opened, outside: Outside) -> None:
        self.opened = opened
        self.outside = outside
        years = (opened.plan.last_year, opened.plan.this_year)
        self.days = [day.date for year in years for day in year.days() if not day.closed]
        self.rng: Random = opened.chance_of("needs")
        self.facts = {r["id"]: r for r in opened.draft.rows.get(Student, []) if r["school"] == opened.school}
        self.guardians: dict[str, str] = {}
        for row in opened.draft.rows.get(Relationship, []):
            if row["school"] == opened.school and not row["court_order"]:
                self.guardians.setdefault(row["student"], row["contact"])
        self.cases: list[Case] = []
        self.advised = False
        """Whether an agent from outside has advised on the help that students have; on the first such help one does."""

    def school_day(self, day: str) -> str:
        """The day, or the next one on which the school teaches."""
        return self.days[min(bisect_left(self.days, day), len(self.days) - 1)]

    def day_of_change(self, day: str, since: str) -> str:
        """A day in school, at that time or shortly before, on which what is provided since another day is changed."""
        held = bisect_right(self.days, day)
        found = self.days[held - 1] if held else working(day)
        return found if found > since else day

    def day_between(self, first: str, last: str) -> str:
        """A day of teaching from the first to the last, as far as there is one."""
        low, high = bisect_left(self.days, first), bisect_left(self.days, last)
        return self.days[min(self.rng.randrange(low, max(high, low + 1)), len(self.days) - 1)]


def after(day: str, days: int) -> str:
    """A day so many days later, or earlier."""
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def working(day: str, days: int = 0) -> str:
    """A day so many days later, or earlier, on which offices are open: no Saturday, no Sunday."""
    found = date.fromisoformat(day) + timedelta(days)
    return (found - timedelta(max(0, found.weekday() - 4))).isoformat()


def put_needs(opened: Opened, outside: Outside) -> Caseload:
    """Add what students need and get, and their disabilities; gives those who need or needed something."""
    load = Caseload(opened, outside)
    for place in opened.places:
        facts = load.facts[place.id]
        provision = facts["sen_provision"]
        spans = tuple(_spans(load, place, provision)) if provision else ()
        _put_spans(load, place, spans)
        needs: tuple[str, ...] = ()
        joins = place.stay.status in (JOINS_NEXT_YEAR, JOINS_THIS_YEAR)
        if any(code != "N" for code, _, _ in spans) and not joins:
            needs = _choose(load, provision)
            case = Case(place, provision, spans, needs, load.guardians.get(place.id))
            load.cases.append(case)
            _put_case(load, case)
        _put_disability(load, place, facts, needs)
    return load


def _spans(load: Caseload, place: Place, provision: str) -> list[tuple[str, str, str | None]]:
    """What was provided, from the day of entry to now: the last of it is what the student's own record says."""
    before = {"N": ("K", 0.05), "K": ("N", 0.3), "E": ("K", 0.5)}[provision]
    if provision == "K" and load.rng.random() < 0.06:
        before = ("E", 1.0)
    last = min(place.leaving or load.opened.today, load.opened.today)
    length = (date.fromisoformat(last) - date.fromisoformat(place.entry)).days if place.entry < last else 0
    share = 0.2 + 0.7 * load.rng.random()
    if load.rng.random() >= before[1] or length < 90:
        return [(provision, place.entry, place.leaving)]
    changed = load.day_of_change(after(place.entry, int(length * share)), place.entry)
    return [(before[0], place.entry, after(changed, -1)), (provision, changed, place.leaving)]


def _put_spans(load: Caseload, place: Place, spans: tuple[tuple[str, str, str | None], ...]) -> None:
    words = AMERICAN_PROVISIONS if load.opened.plan.american else SEN_PROVISIONS
    for code, start, end in spans:
        facts = {"code": code, "description": words[code], "start": start, "end": end}
        load.opened.put(SenProvision, student=place.id, **facts)


def _choose(load: Caseload, provision: str) -> tuple[str, ...]:
    able = AMERICAN_NEEDS if load.opened.plan.american else NEEDS
    # Nobody has a plan without an assessment of the need.
    codes = [c for c in OFTEN if c in able and (c != "NSA" or provision == "K")]
    first, second = load.rng.choices(codes, [OFTEN[c] for c in codes], k=2)
    both = "NSA" not in (first, second) and first != second
    return (first, second) if both and load.rng.random() < (0.6 if provision == "E" else 0.3) else (first,)


def _put_case(load: Caseload, case: Case) -> None:
    words = AMERICAN_NEEDS if load.opened.plan.american else NEEDS
    start = next(s for code, s, _ in case.spans if code != "N")
    # A need ends with the provision for it, or with the time at the school.
    end = case.place.leaving or (case.until("K") if case.provision == "N" else None)
    for rank, code in enumerate(case.needs, 1):
        notes = load.rng.choice(NOTES.get(code, ("See the pupil profile",))) if load.rng.random() < 0.8 else None
        facts: dict[str, Any] = {"code": code, "description": words[code], "rank": rank, "notes": notes}
        load.opened.put(SenNeed, student=case.place.id, start=start, end=end, **facts)


def _put_disability(load: Caseload, place: Place, facts: dict[str, Any], needs: tuple[str, ...]) -> None:
    mended = after(place.entry, 120)
    was = bool(needs) and not facts["disabled"] and place.number % 5 == 0 and mended < load.opened.today
    if facts["disabled"] or was:
        # A hand that was broken mends.
        kind = next((DISABILITIES[n] for n in needs if n in DISABILITIES), "Learning")
        end = mended if was else place.leaving
        what = "Hand Function" if was else kind
        load.opened.put(Disability, student=place.id, description=what, start=place.entry, end=end)
