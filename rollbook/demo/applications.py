"""Applications for a place at an invented school: those of students to come, and those not settled yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ..model.application import Application
from .admissions import JOINS_NEXT_YEAR, JOINS_THIS_YEAR, Place
from .applicants import Applicants, Somebody
from .opened import Opened

CLOSING = {"secondary": ("2026-09-01", "2026-10-31"), "primary": ("2026-09-01", "2027-01-15")}
"""The days on which coordinated admissions open and close (School Admissions Code 2021, 2.15 and 2.17)."""
OPEN_ENROLMENT = ("2026-08-10", "2027-01-29")
CRITERIA = (
    "Looked-after child",
    "Education, health and care plan names the school",
    "Sibling at the school",
    "School of the same trust",
    "Distance from home",
)
PREFERENCES = (1, 1, 1, 1, 1, 2, 2, 2, 3, 4)
IN_YEAR = ("Offered", "WaitingList", "Applied", "Refused", "Accepted", "Withdrawn")
INTAKE_SHARE, IN_YEAR_SHARE = 0.06, 0.012
"""Open applications for each student on roll."""
FEWEST = 6


def put_applications(opened: Opened) -> None:
    """Add the applications of those who will join, and of those who hope to."""
    book = AdmissionsBook(opened)
    for place in opened.places:
        if place.stay.status in (JOINS_NEXT_YEAR, JOINS_THIS_YEAR):
            book.admitted(place)
    on_roll = sum(place.current for place in opened.places)
    for number in range(max(FEWEST, round(on_roll * INTAKE_SHARE))):
        book.hopes_for_autumn(number)
    for number in range(max(FEWEST, round(on_roll * IN_YEAR_SHARE))):
        book.hopes_for_soon(number)


class AdmissionsBook:
    """Writes down applications, each with the somebody who made it."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.plan = opened.plan
        self.rng = opened.chance_of("applications")
        self.people = Applicants(opened)
        self.autumn = int(self.plan.this_year.first[:4]) + 1
        self.made = 0

    def admitted(self, place: Place) -> None:
        """Of somebody who is a student already, if not yet on roll."""
        who = self.people.student(place)
        if place.stay.status == JOINS_THIS_YEAR:
            asked = self.ago(38, 60)
            decided, answered = _later(asked, 12), _later(asked, 17)
            facts = self.in_year(place.stay.year)
        else:
            asked, decided, answered = f"2026-06-{self.rng.randrange(8, 27):02}", "2026-07-06", "2026-07-13"
            facts = {**self.intake(), "route": "Direct"}
        dates = {"application_date": asked, "decision_date": decided, "response_date": answered}
        self.put(who, status="Admitted", **facts, **dates, admission_date=place.entry, preference=1)

    def hopes_for_autumn(self, number: int) -> None:
        """Of somebody who would come at the start of the next academic year, and has to wait for the day of offers."""
        opens, closes = CLOSING.get(self.plan.kind, OPEN_ENROLMENT)
        today = self.opened.today
        late = today > closes and number % 15 == 4
        asked = self.between(_days_from(closes, 1), today) if late else self.between(opens, min(today, closes))
        self.put(
            self.people.newcomer(min(self.plan.years), number, this_year=False),
            **self.intake(),
            route="Direct" if self.plan.american else "Coordinated",
            status="Withdrawn" if number % 17 == 9 else "Applied",
            application_date=asked,
            is_late=int(late),
            preference=self.rng.choice(PREFERENCES),
            admission_date=self.plan.first_day(self.autumn),
        )

    def hopes_for_soon(self, number: int) -> None:
        """Of somebody who has moved here, or will."""
        year = list(self.plan.years)[number % min(5, len(self.plan.years))]
        status = IN_YEAR[number % len(IN_YEAR)]
        asked = self.ago(2, 9) if status == "Applied" else self.ago(24, 40)
        decided = status in ("Offered", "WaitingList", "Refused", "Accepted")
        self.put(
            self.people.newcomer(year, number, this_year=True),
            **self.in_year(year),
            status=status,
            application_date=asked,
            preference=1 + number % 2,
            waiting_list=1 + number // len(IN_YEAR) if status == "WaitingList" else None,
            decision_date=_later(asked, 14) if decided else None,
            response_date=_later(asked, 19) if status == "Accepted" else None,
            admission_date=self.first_day_after(15) if status in ("Offered", "Accepted") else None,
        )

    # ---- what applications say

    def intake(self) -> dict[str, Any]:
        """The intake of the next academic year."""
        first = min(self.plan.years)
        return {
            "academic_year": f"{self.autumn}-{self.autumn + 1}",
            "intake_group": f"{self.plan.year_name(first)} {self.plan.first_day(self.autumn)[:4]}",
            "year_code": self.plan.year_code(first),
        }

    def in_year(self, year: int) -> dict[str, Any]:
        """A place in a year that has begun."""
        return {
            "academic_year": self.plan.this_year.name,
            "intake_group": f"In-year {self.plan.this_year.name}",
            "year_code": self.plan.year_code(year),
            "route": "InYear",
        }

    def put(self, who: Somebody, /, **facts: Any) -> None:
        """Add an application, under the next number of its academic year."""
        self.made += 1
        self.opened.put(
            Application,
            applicant=who.id,
            student=who.student,
            **{"is_late": 0, **facts},
            reference=f"{self.plan.estab[:3]}-{facts['academic_year'][:4]}-{self.made:05}",
            criterion=self.criterion(who),
            distance=round(0.2 + self.rng.random() ** 2 * 6, 2),
            enrolment_status="C",
            part_time=0,
            boarder=0,
        )

    def criterion(self, who: Somebody) -> str:
        """The first criterion that is met."""
        met = (who.in_care, who.need == "E", who.has_sibling, who.from_trust, True)
        return next(words for words, holds in zip(CRITERIA, met, strict=True) if holds)

    # ---- days

    def ago(self, fewest: int, most: int) -> str:
        """A weekday so many days ago, or a little before."""
        return _weekday(_days_from(self.opened.today, -self.rng.randrange(fewest, most)), -1)

    def between(self, first: str, last: str) -> str:
        """A day from the first to the last; families write on Sundays too."""
        days = (date.fromisoformat(last) - date.fromisoformat(first)).days
        return _days_from(first, self.rng.randrange(max(days, 0) + 1))

    def first_day_after(self, days: int) -> str:
        """The first day on which the school teaches, so many days from now or later."""
        soon = _days_from(self.opened.today, days)
        return next(day for day in self._taught() if day >= soon)

    def _taught(self) -> Iterator[str]:
        return (day.date for day in self.plan.this_year.days() if not day.closed)


def _days_from(day: str, days: int) -> str:
    """So many days later, or earlier if less than none."""
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def _later(day: str, days: int) -> str:
    """So many days later, or the weekday after that."""
    return _weekday(_days_from(day, days), 1)


def _weekday(day: str, step: int) -> str:
    found = date.fromisoformat(day)
    while found.weekday() > 4:
        found += timedelta(step)
    return found.isoformat()
