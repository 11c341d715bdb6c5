"""Those who apply for a place at an invented school: students to come, and children whom it does not know yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..model.application import (
    Applicant,
    ApplicantMedicalEvent,
    ApplicantSenNeed,
    ApplicantSenProvision,
)
from ..model.people import Person
from .admissions import Family, Place
from .draft import Draft, guid
from .health import students_of
from .opened import Opened
from .people import LONG_NAMES, born_between, invent_home
from .schools import BRAMBLESIDE

BEFORE: dict[str, tuple[tuple[str, str], ...]] = {
    "secondary": (
        ("Wold View Primary School", "9992107"),
        ("Larkspur Meadow Primary School", "9992112"),
        ("Hobbin Green Junior School", "9992115"),
        ("Brambleside Primary School", "9992001"),
    ),
    "primary": (("Acorn Corner Nursery", "9991003"), ("Teasel Lane Nursery School", "9991008")),
    "high": (("Mesa Wren Middle School", "9995104"), ("Copper Wash Middle School", "9995107")),
}
"""The schools that those who start at an invented school come from."""
ELSEWHERE = ("Teasel Valley School", "9994107")
NEEDS = (
    ("SLCN", "Speech, language and communication needs"),
    ("SPLD", "Specific learning difficulty"),
    ("ASD", "Autistic spectrum disorder"),
    ("SEMH", "Social, emotional and mental health"),
    ("HI", "Hearing impairment"),
)
"""DfE Common Basic Data Set, SEN type (CS065)."""
PROVISIONS = {"K": "SEN support", "E": "Education, health and care plan"}
HEALTH = (
    ("Medical Inspection", "School entry health check", "2026-06-04", None),
    ("Hospital Appointment", "Orthodontist, every half year", "2026-07-14", "2027-01-12"),
    ("Vaccination", "Second dose of MMR", "2026-05-20", None),
    ("Medical Inspection", "Hearing checked", "2026-04-22", "2027-04-21"),
)


@dataclass(frozen=True)
class Somebody:
    """An applicant, and what an application tells of them."""

    id: str
    student: str | None
    need: str | None
    in_care: bool
    has_sibling: bool
    from_trust: bool


class Applicants:
    """Writes the records of applicants."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.plan = opened.plan
        self.rng = opened.chance_of("applicants")
        self.aside = Draft(f"{opened.plan.key} applicants")
        self.students = students_of(opened)
        self.families = [place for place in opened.places if place.current and place.child.family.number % 3 == 0]

    # ---- who they are

    def student(self, place: Place) -> Somebody:
        """Somebody who is a student already: the same human, with the same needs."""
        row = self.students[place.id]
        sibling = next((p for p in self.opened.places if p.current and p.child.family is place.child.family), None)
        return self.put(
            place.child.human.id,
            student=place.id,
            sibling=sibling.id if sibling else None,
            need=row["sen_provision"],
            in_care=row["in_care"],
            salutation=row["parental_salutation"],
            school=self._before(place),
        )

    def _before(self, place: Place) -> tuple[str, str]:
        child = place.child
        trust = guid(BRAMBLESIDE.estab, "person", child.family.number, child.cohort)
        if child.human.facts["external_id"] == trust and self.plan.kind == "secondary":
            return BEFORE["secondary"][3]
        starts = place.stay.year == min(self.plan.years)
        return self.rng.choice(BEFORE[self.plan.kind][:3]) if starts else ELSEWHERE

    def newcomer(self, year: int, number: int, *, this_year: bool) -> Somebody:
        """Somebody new, who would go to a year; every fourth has a sibling at the school."""
        near = [p for p in self.families if abs(p.stay.year - year) > 1] if number % 4 == 1 else []
        sibling = self.rng.choice(near) if near else None
        family = sibling.child.family if sibling else None
        surname = family.surname if family else self.rng.choice(self.plan.locale.surnames)
        starts = not this_year or year == min(self.plan.years)
        return self.put(
            self.human(year if this_year else year - 1, number, surname, family),
            sibling=sibling.id if sibling else None,
            need="E" if number % 20 == 11 else "K" if number % 5 == 2 else "N",
            in_care=int(number % 40 == 7),
            salutation=self.students[sibling.id]["parental_salutation"] if sibling else self.letters_to(surname),
            school=self.rng.choice(BEFORE[self.plan.kind][:3]) if starts else ELSEWHERE,
            poorly=number % 6 == 0,
        )

    def letters_to(self, surname: str) -> str:
        """How a letter to the parents begins, where no other child of theirs is known."""
        gender = self.rng.choice("FM")
        title = "Mr" if gender == "M" else self.rng.choice(("Mrs", "Ms"))
        one = f"{title} {self.rng.choice(self.plan.locale.forenames(gender))} {surname}"
        return self.rng.choice((f"Mr and Mrs {surname}", one))

    def human(self, cohort: int, number: int, surname: str, family: Family | None) -> str:
        """A child of an age; of a family that the school knows, or of another one."""
        locale, rng, aside = self.plan.locale, self.rng, self.aside
        home = family.home if family else invent_home(aside, locale)
        gender = rng.choice("FM")
        forename = rng.choice(locale.forenames(gender))
        born = int(self.plan.this_year.first[:4]) - 5 - cohort - self.plan.american
        return self.opened.draft.put_later(
            Person,
            forename=forename,
            surname=surname,
            legal_forename=LONG_NAMES.get(forename, forename),
            legal_surname=surname,
            middle_name=rng.choice(locale.forenames(gender)) if number % 2 else None,
            gender=gender,
            birth_date=born_between(aside, f"{born}-09-01", f"{born + 1}-08-31"),
            home_phone=home.phone,
            external_id=guid(self.plan.estab, "applicant", cohort, number, family is None),
            **home.facts,
        )

    # ---- what is written of them

    def put(self, person: str, *, school: tuple[str, str], salutation: str | None, **facts: Any) -> Somebody:
        """Add an applicant with their needs and what the family told of their health."""
        need, student = facts["need"], facts.get("student")
        applicant = self.opened.put(
            Applicant,
            person=person,
            student=student,
            sibling=facts["sibling"],
            sen_provision=need,
            in_care=facts["in_care"],
            parental_salutation=salutation,
            previous_school=school[0],
            previous_school_number=school[1],
        )
        if need in PROVISIONS:
            self.put_needs(applicant, student, need)
        if facts.get("poorly", self.rng.random() < 0.15):
            kind, description, day, again = self.rng.choice(HEALTH)
            told = {"kind": kind, "description": description, "date": day, "follow_up": again}
            self.opened.put(ApplicantMedicalEvent, applicant=applicant, student=student, **told)
        return Somebody(
            applicant,
            student,
            need,
            bool(facts["in_care"]),
            facts["sibling"] is not None,
            self.plan.kind == "secondary" and school == BEFORE["secondary"][3],
        )

    def put_needs(self, applicant: str, student: str | None, provision: str) -> None:
        """Add what somebody needs; a plan follows a year of support, which showed a second need."""
        whose = {"applicant": applicant, "student": student}
        since = f"2025-{self.rng.randrange(1, 13):02}-15"
        if provision == "E":
            support = {"code": "K", "description": PROVISIONS["K"], "start": "2024-01-08", "end": "2024-12-20"}
            self.opened.put(ApplicantSenProvision, **whose, **support)
        self.opened.put(ApplicantSenProvision, **whose, code=provision, description=PROVISIONS[provision], start=since)
        found = self.rng.sample(NEEDS, 2 if provision == "E" else 1)
        for rank, (code, words) in enumerate(found, 1):
            start = "2024-01-08" if rank == 1 and provision == "E" else since
            self.opened.put(ApplicantSenNeed, **whose, code=code, description=words, rank=rank, start=start)
        if self.rng.random() < 0.2:
            over = {"code": "SLCN", "description": NEEDS[0][1], "rank": len(found) + 1}
            self.opened.put(ApplicantSenNeed, **whose, **over, start="2021-09-06", end="2023-07-21")
