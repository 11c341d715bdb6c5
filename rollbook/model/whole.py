"""Documents of a standard that the record has no other place for: each is kept whole, as its client wrote it.

All stand in one table. Each of the standard's resources is a kind of record by itself, so that each has the scopes that
a person gave it who read what it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import new_class
from typing import Any

from ..fields import Ref, Text
from ..scopes import NOBODY
from .document_scopes import GUARDS, Guard
from .organisation import School, SchoolRecord
from .people import Staff
from .students import Student


class WholeDocument(
    SchoolRecord,
    scope=NOBODY,
    told_by="resource",
    # Documents of a resource of which there are few are not looked for among millions of another.
    indexes=(("school",), ("student",), ("staff",), ("resource", "digest", "student"), ("resource", "id")),
    natural=("resource", "known_as", "student.person.student_unique_id", "staff.person.staff_unique_id"),
    remembers=("student.person", "staff.person"),
):
    """A document of a standard that is kept whole: what it says stands beside the facts by which it is found."""

    school = Ref(
        "The school that it belongs to; all schools of the district if empty", School, part_of=True, shared=True
    )
    resource = Text("The standard's resource that it is a document of", "academicWeeks")
    student = Ref(
        "The student whom it is about, if any",
        Student,
        part_of=True,
        shared=True,
        tells=("mis_id", "external_id", "xid", "idaas_id", "student_unique_id"),
    )
    staff = Ref(
        "The member of staff whom it is about, if any",
        Staff,
        part_of=True,
        shared=True,
        tells=("mis_id", "external_id", "xid", "idaas_id", "staff_unique_id"),
    )
    digest = Text("A digest of its natural key, by which it is found", "5f9b2c0e4c1d6f7a8b9c0d1e2f3a4b5c")
    known_as = Text("Its natural key as JSON, without who it is about", '{"weekIdentifier":"1"}')


def kept_whole(resource: str, guard: Guard) -> type[WholeDocument]:
    """The kind of record that documents of a resource are.

    What needs more than the rest of a document stands within it, so reading any of it needs all of that.
    """

    def body(names: dict[str, Any]) -> None:
        names |= {"__doc__": f"{guard.reason}.", "__module__": __name__}

    words = {"told": resource, "scope": guard.whole, "writing": guard.write, "natural": WholeDocument.natural}
    more = {"remembers": WholeDocument.remembers, "names_others": guard.names_others}
    name = f"{resource[0].upper()}{resource[1:]}Document"
    return new_class(name, (WholeDocument,), words | more, body)


WHOLE = {resource: kept_whole(resource, guard) for resource, guard in GUARDS.items()}
"""The kinds of record that documents of resources are, for those that are kept whole, by resource."""


def _because() -> Iterator[tuple[str, str]]:
    for names, reason in (
        ("disciplineActions", "the measure is another one, there are several, or it names others"),
        (
            "objectiveAssessments assessmentItems",
            "the record has a result of a part of a test, and no parts of a score",
        ),
        ("studentAssessments", "the test is of another district"),
        ("classPeriods bellSchedules", "a timetable's periods have the same names again in the next one"),
        ("schoolYearTypes", "which year is the current one differs from school to school"),
        (
            "staffEducationOrganizationEmploymentAssociations",
            "the record has no status of an employment, which is a part of the key",
        ),
        ("grades", "the record's results name neither a grading period nor a place in a class"),
        ("courseTranscripts studentAcademicRecords", "the record has no credits"),
        ("reportCards", "the record's are about behaviour, not marks"),
        ("graduationPlans", "the record has no diplomas to come"),
        ("openStaffPositions", "the record has no vacancies"),
        (
            "studentProgramAssociations studentSpecialEducationProgramAssociations studentCTEProgramAssociations "
            "studentLanguageInstructionProgramAssociations studentSchoolFoodServiceProgramAssociations "
            "studentHomelessProgramAssociations studentMigrantEducationProgramAssociations "
            "studentTitleIPartAProgramAssociations studentSection504ProgramAssociations",
            "the record knows what a student is entitled to, not places in programmes",
        ),
    ):
        yield from ((name, reason) for name in names.split())


BECAUSE = dict(_because())
"""Why documents of resources are kept whole that the record seems to have a place for."""
