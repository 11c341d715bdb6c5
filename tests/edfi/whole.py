"""Documents with every property that their resource has, made from the declarations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rollbook.edfi.descriptors import KINDS
from rollbook.edfi.published import WORDS
from rollbook.edfi.resources import HOMED, RESOURCES
from rollbook.edfi.schema import (
    Boolean,
    Collection,
    Date,
    Descriptor,
    Integer,
    Number,
    Object,
    Property,
    Reference,
    Resource,
    Text,
    Time,
)
from tests.district import GRADEBOOKS, TESTS, EdFi, word

from .school_year import ESTAB

IN_FALL = {"localCourseCode": "ALG-1", "schoolId": ESTAB, "schoolYear": 2027, "sessionName": "Fall"}
PROGRAM = {
    "educationOrganizationId": ESTAB,
    "programName": "Reading Recovery",
    "programTypeDescriptor": word("ProgramType", "Remedial Education"),
}
TARGETS: dict[str, dict[str, Any]] = {
    "school": {"schoolId": ESTAB},
    "localEducationAgency": {"localEducationAgencyId": 1000},
    "educationOrganization": {"educationOrganizationId": ESTAB},
    "schoolYearType": {"schoolYear": 2028},
    "student": {"studentUniqueId": "7001"},
    "staff": {"staffUniqueId": "8001"},
    "contact": {"contactUniqueId": "9001"},
    "session": {"schoolId": ESTAB, "schoolYear": 2027, "sessionName": "Fall"},
    "course": {"courseCode": "ALG-1", "educationOrganizationId": ESTAB},
    "courseOffering": IN_FALL,
    "section": {**IN_FALL, "sectionIdentifier": "A1"},
    "program": PROGRAM,
    "location": {"classroomIdentificationCode": "R901", "schoolId": ESTAB},
    "cohort": {"cohortIdentifier": "1", "educationOrganizationId": ESTAB},
    "disciplineIncident": {"incidentIdentifier": "I-1", "schoolId": ESTAB},
    "gradebookEntry": {"gradebookEntryIdentifier": "W-1", "namespace": GRADEBOOKS},
    "assessment": {"assessmentIdentifier": "T-1", "namespace": TESTS},
}
"""What there is to refer to, once the term has been written."""

NUMBERS = {
    "localEducationAgencyId": 700_100,
    "schoolId": 700_200,
    "stateEducationAgencyId": 700_300,
    "educationServiceCenterId": 700_400,
}
"""The numbers of new organisations; `variant` is added."""


def foreign(kind: str, number: int) -> str:
    """A word of another authority."""
    return f"uri://state.example/{kind}Descriptor#Local, no. {number} (50%)"


def publish(api: EdFi) -> None:
    """Make the words of another authority: three for each list that documents use."""
    used = {kind for r in HOMED for kind in _lists(r.properties)}
    for kind, resource in ((kind, KINDS[kind]) for kind in sorted(used)):
        for number in range(3):
            namespace, code = foreign(kind, number).split("#")
            api.post(resource.name, {"namespace": namespace, "codeValue": code, "shortDescription": code})


def _lists(properties: Iterable[Property]) -> Iterator[str]:
    for one in properties:
        if isinstance(one, Descriptor):
            yield one.kind
        elif isinstance(one, Reference):
            yield from _lists(one.target.members)
        elif isinstance(one, Collection | Object):
            yield from _lists(one.properties)


def whole(resource: Resource, variant: int) -> dict[str, Any]:
    """A document with every property that this hub can have; variants differ in everything that may differ."""
    document = _object(resource.properties, variant)
    if {"gradingPeriodReference", "sectionReference"} <= document.keys():
        # They name one school year, and what there is to refer to is of two.
        del document["sectionReference" if variant % 2 else "gradingPeriodReference"]
    return document


def least(resource: Resource, document: dict[str, Any]) -> dict[str, Any]:
    """What of a document must be there."""
    # A school's district is where its record is, so it is told whether it was said or not.
    kept = {p.name for p in resource.properties if p.needed} | {"localEducationAgencyReference"}
    return {name: value for name, value in document.items() if name in kept}


def _object(properties: tuple[Property, ...], variant: int) -> dict[str, Any]:
    made = {p.name: _value(p, variant) for p in properties}
    return {name: value for name, value in made.items() if value is not None}


def _value(one: Property, variant: int) -> Any:
    match one:
        case Reference():
            return TARGETS.get(one.target.name)
        case Collection():
            return _items(one, variant)
        case Object():
            return _object(one.properties, variant)
        case Text():
            return _text(one, variant)
        case Descriptor():
            codes = [w.partition("|")[0] for w in WORDS[one.kind]]
            published = len(codes) > 1 and variant < 3
            return word(one.kind, codes[variant % len(codes)]) if published else foreign(one.kind, variant % 3)
        case Integer():
            return NUMBERS[one.name] + variant if one.name in NUMBERS else (one.least or 0) + variant
        case Number():
            return round((one.least or 0) + 0.25 * (variant + 1), 2)
        case Boolean():
            return variant % 2 == 0
        case Date():
            return f"2026-10-{10 + variant:02}"
        case Time():
            return f"{10 + variant}:30:00"
        case _:
            raise TypeError(one)


def _items(one: Collection, variant: int) -> list[dict[str, Any]] | None:
    if any(isinstance(p, Reference) and p.target.name not in TARGETS for p in one.properties):
        return None
    told_apart = [p for p in one.properties if p.identity]
    if not told_apart or any(isinstance(p, Reference) for p in told_apart):
        return [_object(one.properties, variant)]
    return [_object(one.properties, variant), _object(one.properties, variant + 1)]


def _text(one: Text, variant: int) -> str:
    said = f'{variant} “Ü” \\ "{one.name}" \'; -- %_ 😀'
    if one.name.endswith(("UniqueId", "Identifier", "Name", "Code")) or one.identity:
        return said[: one.most].strip()
    return f" {said} "[: one.most]


def scalars(resource: Resource, document: dict[str, Any]) -> Iterator[tuple[str, Property, Any]]:
    """Each value of a document by which its collection can be asked for: the parameter, its property, the value."""
    for one in resource.properties:
        if isinstance(one, Reference) and one.name in document:
            for member in one.target.members:
                yield one.parameter(member.name), member, document[one.name][member.name]
        elif not isinstance(one, Collection | Object | Reference) and one.name in document:
            yield one.name, one, document[one.name]


NAMES = [r.name for r in HOMED]


def _beside() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in (
        "stateEducationAgencies",
        "educationServiceCenters",
        "people",
        "calendars",
        "classPeriods",
        "academicWeeks",
        "gradingPeriods",
        "learningStandards",
        "credentials",
        "graduationPlans",
        "crisisEvents",
        "staffEducationOrganizationEmploymentAssociations",
    ):
        resource = RESOURCES[name]
        document = _object(tuple(p for p in resource.properties if p.needed), 0)
        TARGETS[resource.singular] = resource.key(document)
        yield name, document


BESIDE = dict(_beside())
"""What documents refer to besides, by resource: these are kept whole."""
