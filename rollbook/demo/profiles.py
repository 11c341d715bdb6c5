"""What an invented school says of its students as humans."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..edfi.words import SEXES, uri
from ..model.people import Person
from ..model.profiles import StudentProfile
from ..model.students import Student
from ..store.writing import Batch
from .opened import Opened

SAID = ("hispanic_said", "languages_said", "mails_said", "numbers_said", "races_said")
STATE = "NM"
_SEXES = {letter: name for name, letter in SEXES.items()}

Facts = dict[str, Any]


def put_profiles(batch: Batch, opened: Opened) -> None:
    """Let the school tell of each of its students what is known of them."""
    batch.add(StudentProfile, list(_profiles(batch, opened)))


def _profiles(batch: Batch, opened: Opened) -> Iterator[Facts]:
    for place in (one for one in opened.places if one.current):
        row = batch.get(Student, place.id) or {}
        yield {
            "id": opened.draft.later_id(),
            "school": opened.school,
            "student": place.id,
            "person": row["person"],
            "organisation": opened.plan.estab,
            "place": opened.school,
            **(_told(row, batch.get(Person, row["person"]) or {}) if opened.plan.american else {}),
        }


def _told(student: Facts, person: Facts) -> Facts:
    """What a school in the United States tells: all that it knows of the human, and more in Ed-Fi's words."""
    return {
        **dict.fromkeys(SAID, 1),
        "addresses": _said(_address(person)) if person["town"] and person["post_code"] else None,
        "cohort_years": _said(_cohort(student)),
        "codes": _said(_code(person)),
        "indicators": _said({"indicatorName": "Rides a bus", "indicator": "Yes"}) if student["travel_code"] else None,
        "characteristics": _said(_characteristic("Homeless")) if student["homeless"] else None,
        "disabilities": _said(_hearing()) if student["disabled"] else None,
        "military": "Active Duty" if int(student["mis_id"]) % 40 == 7 else None,
        "sex": _SEXES.get(person["gender"]),
    }


def _said(item: Facts | None) -> str | None:
    return json.dumps([item], ensure_ascii=False) if item else None


def _address(person: Facts) -> Facts:
    return {
        "addressTypeDescriptor": uri("AddressType", "Home"),
        "stateAbbreviationDescriptor": uri("StateAbbreviation", STATE),
        "city": person["town"],
        "postalCode": person["post_code"],
        "streetNumberName": " ".join(filter(None, (person["house_no"], person["street"]))),
    }


def _cohort(student: Facts) -> Facts | None:
    year = student["graduation_year"]
    kind = {"cohortYearTypeDescriptor": uri("CohortYearType", "Twelfth grade")}
    return {**kind, "schoolYearTypeReference": {"schoolYear": year}} if year else None


def _code(person: Facts) -> Facts:
    return {
        "studentIdentificationSystemDescriptor": uri("StudentIdentificationSystem", "District"),
        "assigningOrganizationIdentificationCode": "District",
        "identificationCode": person["student_unique_id"],
    }


def _characteristic(code: str) -> Facts:
    return {"studentCharacteristicDescriptor": uri("StudentCharacteristic", code)}


def _hearing() -> Facts:
    return {"disabilityDescriptor": uri("Disability", "Hearing Impairment, including Deafness")}
