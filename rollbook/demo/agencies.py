"""Who works with the students of an invented school from outside: doctors, therapists, social workers."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

from ..model.agency import Agency, AgencyAgent, AgencyStudent, Agent, AgentStudent
from .admissions import CURRENT, LEFT_LAST_YEAR, LEFT_THIS_YEAR, Place
from .opened import Opened


class Office(NamedTuple):
    """An agency as it is to be: its kind, name, address on the web, and the professions of its people."""

    kind: str
    name: str
    domain: str
    agents: tuple[str, ...]


_EP, _SALT, _SEND = "Educational Psychologist", "Speech and Language Therapist", "SEND Officer"
BRITISH = (
    Office("Medical", "{town} Medical Centre", "medical-centre.example", ("Doctor",) * 3),
    Office("Medical", "Hollyhock Surgery", "hollyhock-surgery.example", ("Doctor",) * 2),
    Office("Psychology", "Fenshire Educational Psychology Service", "psychology.fenshire.example", (_EP,) * 2),
    Office("Therapy", "Wold Speech and Language Therapy", "wold-therapy.example", (_SALT,) * 2),
    Office("Social Care", "Fenshire Children's Services", "children.fenshire.example", ("Social Worker",) * 2),
    Office("SEND", "Fenshire SEND Team", "send.fenshire.example", (_SEND,)),
    Office("Counselling", "The Lantern Counselling Project", "lantern-counselling.example", ("Counsellor",)),
    Office("Police", "Safer Schools Fenshire", "safer-schools.example", ("Police Officer",)),
    Office("Counselling", "Old Forge Mentoring", "old-forge.example", ("Counsellor",)),
)
AMERICAN = (
    Office("Medical", "Copper Wash Family Clinic", "copper-wash-clinic.example", ("Doctor",) * 2),
    Office("Psychology", "Juniper County Service Center", "service-center.example", (_EP,)),
    Office("Therapy", "Mesa Speech Therapy", "mesa-speech.example", (_SALT,)),
    Office("Social Care", "Juniper County Family Services", "family-services.example", ("Social Worker",)),
    Office("SEND", "Juniper Flats Special Education Office", "special-education.example", (_SEND,)),
    Office("Counselling", "Pinyon Youth Mentors", "pinyon-mentors.example", ("Counsellor",)),
    Office("Police", "Juniper Flats School Resource Team", "school-resource.example", ("Police Officer",)),
    Office("Counselling", "Old Mesa Mentors", "old-mesa.example", ("Counsellor",)),
)
LINKS = {"Medical": "Medical Centre", "SEND": "Local Authority", "Social Care": "Children's Services"}
"""What a student's link to an agency is called, where it is not called as the agency's kind is."""


@dataclass(frozen=True)
class Adviser:
    """An agent, with the agency that they belong to."""

    id: str
    kind: str
    agency: str
    agency_kind: str


class Outside:
    """The agencies and agents of a school; links them to students as there is reason to."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.advisers: list[Adviser] = []
        self._linked: set[tuple[str, str]] = set()

    def of_kind(self, kind: str, place: Place) -> Adviser:
        """The agent of a profession who works with a student's family."""
        # The last of them are the mentors who come no longer.
        those = [a for a in self.advisers[:-1] if a.kind == kind]
        return those[place.child.family.number % len(those)]

    def link(self, place: Place, adviser: Adviser, start: str, end: str | None = None) -> None:
        """Say that an agent and the agency work with a student; once is enough."""
        for record, key, whom, kind in (
            (AgencyStudent, "agency", adviser.agency, LINKS.get(adviser.agency_kind, adviser.agency_kind)),
            (AgentStudent, "agent", adviser.id, adviser.kind),
        ):
            if (place.id, whom) not in self._linked:
                self._linked.add((place.id, whom))
                facts = {key: whom, "student": place.id, "link_type": kind, "start": start, "end": end}
                self.opened.put(record, **facts)


def put_agencies(opened: Opened) -> Outside:
    """Add the agencies with their people, and the doctors of the students."""
    rng, outside = opened.chance_of("agencies"), Outside(opened)
    offices = AMERICAN if opened.plan.american else BRITISH
    for number, office in enumerate(offices):
        facts = _agency(opened, rng, office, number)
        agency = opened.put(Agency, **facts)
        for kind in office.agents:
            agent = opened.put(Agent, **_agent(opened, rng, office, kind, facts["telephone"]))
            opened.put(AgencyAgent, agency=agency, agent=agent)
            outside.advisers.append(Adviser(agent, kind, agency, office.kind))
    _put_doctors(opened, rng, outside)
    _put_ended(opened, outside)
    return outside


def _agency(opened: Opened, rng: Random, office: Office, number: int) -> dict[str, Any]:
    locale = opened.plan.locale
    locality, town, county, code = locale.towns[number % len(locale.towns)]
    end = f"{rng.randrange(100):02}" if code.isdigit() else f" {rng.randrange(1, 10)}{rng.choice('ABDEF')}A"
    named = number % 4 == 1
    return {
        "kind": office.kind,
        "name": office.name.format(town=town),
        "telephone": locale.office(400 + number),
        "fax": locale.office(450 + number) if number % 3 == 0 else None,
        "email": f"enquiries@{office.domain}",
        "website": f"www.{office.domain}",
        "house_no": None if named else str(rng.randrange(1, 90)),
        "house_name": "Beacon House" if named else None,
        "apartment": f"Suite {number}" if number % 4 == 2 else None,
        "street": rng.choice(locale.streets),
        "locality": locality,
        "town": town,
        "county": county,
        "post_code": code + end,
        "country": locale.country,
    }


def _agent(opened: Opened, rng: Random, office: Office, kind: str, telephone: str) -> dict[str, Any]:
    locale, gender = opened.plan.locale, rng.choice("FFM")
    forename, surname = rng.choice(locale.forenames(gender)), rng.choice(locale.surnames)
    doctor = kind in ("Doctor", _EP)
    direct = f"{forename}.{surname}@{office.domain}".lower()
    return {
        "kind": kind,
        "title": "Dr" if doctor else "Mr" if gender == "M" else rng.choice(("Mrs", "Ms", "Miss")),
        "surname": surname,
        "forename": forename,
        "middle_name": rng.choice(locale.forenames(gender)) if rng.random() < 0.4 else None,
        "gender": gender,
        "telephone": locale.mobile(rng.randrange(1000)) if rng.random() < 0.7 else None,
        "email": direct,
        "primary_telephone": telephone,
        "primary_email": direct,
    }


def _put_doctors(opened: Opened, rng: Random, outside: Outside) -> None:
    doctors = [a for a in outside.advisers if a.kind == "Doctor"]
    for place in opened.places:
        registered = rng.random() < 0.93
        if registered and place.stay.status in (CURRENT, LEFT_LAST_YEAR, LEFT_THIS_YEAR):
            # A family goes to one doctor.
            outside.link(place, doctors[place.child.family.number % len(doctors)], place.entry, place.leaving)


def _put_ended(opened: Opened, outside: Outside) -> None:
    """The mentors of last year, who come no longer."""
    mentor, last = outside.advisers[-1], opened.plan.last_year
    for place in opened.places:
        if place.current and place.number % 30 == 4 and place.entry <= last.first:
            outside.link(place, mentor, last.first, last.last)
