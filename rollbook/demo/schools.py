"""The invented districts and schools: their size, shape and address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ..model.attendance import STATUTORY_CODES, WITHDRAWN_CODES, AttendanceCode
from ..model.organisation import District, Organisation, School, Site
from ..model.students import GRADES
from . import words
from .draft import Draft, guid
from .words import Locale
from .years import UK_LAST, UK_THIS, US_LAST, US_THIS, Year, put_diary, put_sessions


@dataclass(frozen=True)
class Plan:
    """What a school is to be."""

    key: str
    estab: str
    name: str
    domain: str
    locale: Locale
    years: dict[int, int]
    """How many pupils are on roll in each year; 0 is Reception."""
    form_size: int
    forms: tuple[tuple[str, str], ...]
    """Code and name of each registration group of a year; the code comes after the year's."""
    houses: tuple[str, ...]
    first_student: int
    last_year: Year
    this_year: Year
    head: dict[str, str]
    facts: dict[str, Any]
    site: dict[str, Any]
    onward: str = ""
    """Where pupils go when they have been in all its years."""

    @property
    def kind(self) -> str:
        """What kind of school it is: schools of a kind are alike in their posts, lessons and customs."""
        return "high" if self.american else "primary" if self.primary else "secondary"

    @property
    def primary(self) -> bool:
        """Whether one teacher teaches a class nearly everything."""
        return max(self.years) < 7

    @property
    def american(self) -> bool:
        """Whether it follows the customs of the United States."""
        return self.locale is words.US

    @property
    def roll(self) -> int:
        """How many pupils are on roll."""
        return sum(self.years.values())

    def year_code(self, year: int) -> str:
        """How a year is written: `R`, `8`, `09`."""
        return f"{year:02}" if self.american else str(year) if year else "R"

    def grade(self, year: int) -> str:
        """The grade of a year's children, as CEDS codes it."""
        return self.year_code(year) if self.american else GRADES[self.year_code(year)]

    def year_name(self, year: int) -> str:
        """What a year is called."""
        return f"Grade {year}" if self.american else f"Year {year}" if year else "Reception"

    def form_count(self, pupils: int) -> int:
        """How many registration groups these pupils fill."""
        return max(1, min(len(self.forms), -(-pupils // self.form_size)))

    def first_day(self, autumn: int) -> str:
        """The first day of the academic year that begins in this calendar year."""
        for known in (self.last_year, self.this_year):
            if known.first.startswith(str(autumn)):
                return known.first
        day = date(autumn, 8, 11) if self.american else date(autumn, 9, 3)
        return day.replace(day=day.day + (7 - day.weekday()) % 7 if day.weekday() > 4 else day.day).isoformat()


THORNFIELD = Plan(
    key="thornfield",
    estab="9994001",
    name="Thornfield Academy",
    domain="thornfield.example",
    locale=words.GB,
    years={7: 180, 8: 180, 9: 180, 10: 180, 11: 180, 12: 60, 13: 40},
    form_size=30,
    forms=tuple((letter, letter) for letter in "ABCDEF"),
    houses=("Badger", "Heron", "Kestrel", "Otter"),
    first_student=9919,
    last_year=UK_LAST,
    this_year=UK_THIS,
    head={"title": "Dr", "gender": "F", "forename": "Rosalind", "surname": "Hedgefeather"},
    facts={
        "telephone": "01632 960100",
        "web": "www.thornfield.example",
        "logo": "https://www.thornfield.example/logo.png",
        "second_logo": "https://www.thornfield.example/logo-light.png",
        "email": "office@thornfield.example",
        "governance": "Academy Converter",
        "phase": "Secondary",
        "exam_centre": "99901",
        "address": "Lanthorn Lane, Mossbridge, Fenshire, LK4 1TA",
        "time_zone": "Europe/London",
        "identifier": "1001",
    },
    site={"post_code": "LK4 1TA", "latitude": 52.61, "longitude": 0.12, "opened": "1974-09-03"},
)
BRAMBLESIDE = Plan(
    key="brambleside",
    estab="9992001",
    name="Brambleside Primary School",
    domain="brambleside.example",
    locale=words.GB,
    years={0: 42, 1: 43, 2: 43, 3: 43, 4: 43, 5: 43, 6: 43},
    form_size=22,
    forms=(("H", " Hazel"), ("R", " Rowan")),
    houses=("Acorn", "Bluebell", "Clover"),
    first_student=9001,
    last_year=UK_LAST,
    this_year=UK_THIS,
    head={"title": "Mr", "gender": "M", "forename": "Barnaby", "surname": "Pebbleworthy"},
    facts={
        "telephone": "01632 960200",
        "web": "www.brambleside.example",
        "logo": "https://www.brambleside.example/logo.png",
        "email": "office@brambleside.example",
        "governance": "Academy Sponsor Led",
        "phase": "Primary",
        "address": "Old Orchard Way, Nether Bramble, Larkspur Vale, LK2 3BP",
        "time_zone": "Europe/London",
        "identifier": "1002",
    },
    site={"post_code": "LK2 3BP", "latitude": 52.64, "longitude": 0.17, "opened": "1911-09-04"},
    onward="Thornfield Academy",
)
SAGUARO = Plan(
    key="saguaro",
    estab="9995001",
    name="Saguaro Canyon High School",
    domain="juniperflats.example",
    locale=words.US,
    years={9: 62, 10: 60, 11: 60, 12: 58},
    form_size=20,
    forms=tuple((f"-H{n}", f" Homeroom {n}") for n in (1, 2, 3)),
    houses=(),
    first_student=9001,
    last_year=US_LAST,
    this_year=US_THIS,
    head={"title": "Ms", "gender": "F", "forename": "Marisol", "surname": "Arroyobloom"},
    facts={
        "telephone": "(505) 555-0100",
        "web": "www.saguarocanyon.juniperflats.example",
        "email": "office@juniperflats.example",
        "governance": "Public",
        "phase": "High School",
        "address": "400 Copper Wash Drive, Juniper Flats, NM 00100",
        "time_zone": "America/Denver",
        "identifier": "255901001",
    },
    site={"post_code": "00100", "latitude": 35.12, "longitude": -106.6, "opened": "1988-08-15"},
)


@dataclass(frozen=True)
class Trust:
    """A district and its schools."""

    name: str
    country: str
    identifier: str
    plans: tuple[Plan, ...]
    bodies: tuple[tuple[str, str, str, str | None], ...]
    """Departments, and who stands above it: name, kind, identifier, and the identifier of the parent."""
    office: dict[str, str]


TRUSTS = (
    Trust(
        "Larkspur Learning Trust",
        "GB",
        "1000",
        (THORNFIELD, BRAMBLESIDE),
        (
            ("Fenshire County Council", "local", "999", None),
            ("Science Department", "department", "1001-S", "1001"),
            ("Humanities Department", "department", "1001-H", "1001"),
        ),
        {
            "locale": "en-GB",
            "time_zone": "Europe/London",
            "street": "2 Teasel Court",
            "town": "Larkspur Vale",
            "county": "Fenshire",
            "post_code": "LK1 1LT",
            "telephone": "01632 960300",
        },
    ),
    Trust(
        "Juniper Flats Unified School District",
        "US",
        "255901",
        (SAGUARO,),
        (
            ("New Mexico Department of Invented Education", "state", "35", None),
            ("Juniper County Service Center", "local", "255950", "35"),
            ("Mathematics Department", "department", "255901001-M", "255901001"),
        ),
        {
            "locale": "en-US",
            "time_zone": "America/Denver",
            "street": "12 Palo Verde Loop",
            "town": "Juniper Flats",
            "county": "NM",
            "post_code": "00100",
            "telephone": "(505) 555-0150",
        },
    ),
)


def district_facts(draft: Draft, trust: Trust) -> dict[str, Any]:
    """The district's own record."""
    return {
        "id": draft.new_id(),
        "name": trust.name,
        "country": trust.country,
        "identifier": trust.identifier,
        "external_id": guid(District.__name__, trust.identifier),
        **trust.office,
    }


def put_bodies(draft: Draft, trust: Trust) -> None:
    """Add the organisations of a district that are not schools."""
    for name, kind, identifier, parent in trust.bodies:
        draft.put(
            Organisation,
            name=name,
            kind=kind,
            identifier=identifier,
            external_id=_body_guid(trust, identifier),
            parent_id=_body_guid(trust, parent) if parent else None,
        )


def _body_guid(trust: Trust, identifier: str) -> str:
    school = next((p for p in trust.plans if p.facts["identifier"] == identifier), None)
    return guid(school.estab) if school else guid(Organisation.__name__, identifier)


def put_school(draft: Draft, plan: Plan) -> tuple[str, dict[str, str]]:
    """Add a school with its site, calendar and attendance codes; gives its hub id and those of its years."""
    head = f"{plan.head['forename']} {plan.head['surname']}"
    facts = {
        "estab": plan.estab,
        "name": plan.name,
        "head": head,
        "main_contact": f"{plan.head['title']} {head}",
        "external_id": guid(plan.estab),
        "mis": "rollbook",
        "locale": "en-US" if plan.american else "en-GB",
        "grades": ",".join(plan.grade(year) for year in plan.years),
        **plan.facts,
    }
    school = draft.put(School, **facts)
    place = {"telephone": facts["telephone"], "address": facts["address"], **plan.site}
    draft.put(Site, school=school, mis_id="1", name="Main Building", is_main="1", **place)
    years = put_sessions(draft, school, plan.estab, (plan.last_year, plan.this_year))
    put_diary(draft, school, (plan.last_year, plan.this_year))
    _put_codes(draft, school)
    return school, years


def _put_codes(draft: Draft, school: str) -> None:
    for codes, active in ((STATUTORY_CODES, 1), (WITHDRAWN_CODES, 0)):
        for mark, (description, meaning) in codes.items():
            draft.put(
                AttendanceCode,
                school=school,
                mark=mark,
                description=description,
                meaning=meaning.statistical,
                short_meaning=meaning.short,
                physical_meaning=meaning.physical,
                active=active,
            )
