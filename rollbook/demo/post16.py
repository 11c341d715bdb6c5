"""Study programmes of the learners over sixteen, their funding, and education elsewhere, at an invented school."""

from __future__ import annotations

from typing import Any

from ..model.post16 import AlternativeProvision, FundingRecord, LearnerSupport, StudyCourse, StudyProgramme
from ..model.students import Student
from .admissions import CURRENT, Place
from .curriculum import SIXTH, SUBJECTS
from .opened import Opened
from .register import OCCASIONS
from .teaching import choice_of
from .years import Year

COURSE_HOURS, OTHER_HOURS = 180, 60
AREAS = {
    "En": "12.1",
    "Ma": "2.2",
    "Sc": "2.1",
    "Fr": "12.2",
    "Hi": "10.1",
    "Gg": "11.1",
    "Ar": "9.2",
    "Mu": "9.1",
    "Co": "6.1",
}
"""Ofqual's sector subject areas."""


def put_post16(opened: Opened) -> None:
    """Add them."""
    rows = {row["id"]: row for row in opened.draft.rows[Student] if row["school"] == opened.school}
    learners = 0
    for place in opened.places:
        for year in (opened.plan.last_year, opened.plan.this_year):
            if (place.year_in(year) or 0) > 11 and place.entry <= min(year.last, opened.today):
                _put_programme(opened, place, year, rows[place.id])
        if place.current and place.stay.year > 11:
            _put_funding(opened, place, rows[place.id], learners)
            learners += 1
    _put_alternatives(opened)


def academic_year(year: Year, separator: str = "/") -> str:
    """How an academic year is written: `2026/2027`."""
    return separator.join((year.start[:4], year.end[:4]))


def _put_programme(opened: Opened, place: Place, year: Year, student: dict[str, Any]) -> None:
    standard = place.year_in(year) or 12
    subjects = [s for s in (choice_of(line, standard, place) for line in SIXTH) if s]
    start = max(place.entry, year.first)
    left = place.leaving if place.leaving and place.leaving < min(year.last, opened.today) else None
    left = left if left and left >= year.first else None
    over = year.last < opened.today
    status = "Withdrawn" if left else "Completed" if over else "Continuing"
    core = place.number % 5 == 0
    dates = {"start": start, "end": left or (year.last if over else None), "planned_end": year.last}
    hours = COURSE_HOURS * len(subjects)
    programme = opened.put(
        StudyProgramme,
        student=place.id,
        academic_year=academic_year(year),
        kind="Study Programme",
        status=status,
        reason=student.get("reason_for_leaving") if left else None,
        traineeship=0,
        qualification_hours=hours,
        other_hours=OTHER_HOURS,
        total_hours=hours + OTHER_HOURS,
        core_aim=f"A level {SUBJECTS[subjects[0]]}" if core else None,
        notes="Work experience at the museum in July" if place.number % 9 == 3 else None,
        **dates,
    )
    for number, subject in enumerate(subjects):
        _put_course(opened, place, programme, subject, standard, status, dates, core=core and number == 0)


def _put_course(
    opened: Opened,
    place: Place,
    programme: str,
    subject: str,
    standard: int,
    status: str,
    dates: dict[str, str | None],
    *,
    core: bool,
) -> None:
    opened.put(
        StudyCourse,
        student=place.id,
        programme=programme,
        course=str(2089 + 2 * list(SUBJECTS).index(subject) + standard),
        name=f"A level {SUBJECTS[subject]}, Year {standard}",
        status=status,
        planned_hours=COURSE_HOURS,
        planned_other_hours=0,
        hours=COURSE_HOURS,
        subject=subject,
        classification=AREAS[subject],
        core_aim=int(core),
        **dates,
    )


def _put_funding(opened: Opened, place: Place, student: dict[str, Any], number: int) -> None:
    year = opened.plan.this_year
    found: list[tuple[str, str, str, float | None]] = []
    if number % 4 == 0:
        found.append(("NLM", "01", "Tutoring", (2.0, 6.0, 10.5)[number // 4 % 3]))
    if number % 12 == 5:
        found.append(("MCF", "03", "GCSE mathematics condition of funding met: equivalent qualification held", None))
    if number % 17 == 6:
        found.append(("ECF", "04", "GCSE English condition of funding met: studied at another institution", None))
    if student["sen_provision"] == "E":
        found.append(("HNS", "01", "High needs student in receipt of top-up funding", None))
    if student["fsm_eligible"]:
        found.append(("FME", "02", "Learner aged 16 to 19 in receipt of free meals", None))
    for kind, code, description, hours in found:
        opened.put(
            FundingRecord,
            student=place.id,
            kind=kind,
            code=code,
            description=description,
            academic_year=year.start[:4],
            **({f"{t}_hours": hours for t in ("autumn", "spring", "summer")} if hours else {}),
            hours=hours * 3 if hours else None,
            notes="In a group of three, before school" if hours else None,
        )
    _put_support(opened, place, student, number)


SUPPORT = {
    "55": "16 to 19 Bursary Fund: member of a vulnerable group",
    "56": "16 to 19 Bursary Fund: discretionary bursary",
}


def _put_support(opened: Opened, place: Place, student: dict[str, Any], number: int) -> None:
    year = opened.plan.this_year
    code = "55" if student["in_care"] else "56" if student["fsm_eligible"] or number % 4 == 0 else None
    if code is None:
        return
    opened.put(
        LearnerSupport,
        student=place.id,
        code=code,
        description=SUPPORT[code],
        academic_year=year.start[:4],
        start=max(place.entry, year.first),
        end=year.last,
        notes="Bus pass and a laptop on loan" if number % 2 == 0 else None,
    )


PLACEMENTS: tuple[dict[str, Any], ...] = (
    {
        "start": "2025-11-03",
        "end": "2026-03-27",
        "pattern": "PT",
        "sessions": 4,
        "setting": "Further education college",
        "reason": "Off-site placement for behaviour support",
        "association": "School arranged",
        "post_code": "LK4 7QA",
        "urn": "999130",
        "ukprn": "19999130",
        "notes": "Motor vehicle workshop on two days a week",
    },
    {
        "start": "2026-01-12",
        "end": "2026-05-22",
        "pattern": "FT",
        "sessions": 10,
        "setting": "Hospital school",
        "reason": "Physical health need",
        "association": "Local authority arranged",
        "post_code": "LK1 5TU",
        "urn": "999107",
        "notes": "Came back to school by degrees",
    },
    {
        "start": "2026-04-20",
        "end": "2026-07-17",
        "pattern": "PT",
        "sessions": 2,
        "setting": "One on one tuition",
        "reason": "Mental health need",
        "association": "School arranged",
        "company_no": "99345326",
        "post_code": "LK2 8XE",
    },
)
FARM: dict[str, Any] = {
    "pattern": "PT",
    "sessions": 2,
    "setting": "Unregistered provider",
    "reason": "Off-site placement for behaviour support",
    "association": "Local authority arranged",
    "company_no": "99871204",
    "post_code": "LK3 6HN",
    "notes": "Farm school on Thursdays: lambs, hens and fences",
}


def _put_alternatives(opened: Opened) -> None:
    """Add last year's placements, and those that the registers know of."""
    here = (CURRENT,)
    older = [p for p in opened.places if p.stay.status in here and p.stay.year in (9, 10, 11)]
    stayed = [p for p in older if p.entry <= opened.plan.last_year.first]
    step = min(90, max(1, len(stayed) // 3))
    for number, place in enumerate(stayed[::step] or older[:1]):
        facts = PLACEMENTS[number % len(PLACEMENTS)]
        opened.put(AlternativeProvision, student=place.id, **facts)
    for farm in (o for o in OCCASIONS if o.am == "K" and o.kind == opened.plan.kind):
        first, last = farm.dates[0], min(farm.dates[-1], max(farm.dates[0], opened.today))
        year = opened.plan.this_year if first >= opened.plan.this_year.start else opened.plan.last_year
        for place in opened.places if first <= opened.today else ():
            there = place.entry <= first and last <= (place.leaving or last)
            if there and place.year_in(year) in farm.years and place.number % farm.one_in == 0:
                days = {"start": first, "end": farm.dates[-1]}
                opened.put(AlternativeProvision, student=place.id, **FARM, **days)
