"""A term at the first demo school as a student information system writes it: one of everything."""

from __future__ import annotations

from typing import Any

from tests.district import (
    EdFi,
    assessment,
    assignment,
    calendar,
    calendar_date,
    cohort,
    contact,
    contact_of,
    course,
    enrolment,
    grading_period,
    handed_in,
    in_section,
    incident,
    offering,
    part_in,
    place,
    program,
    room,
    section,
    session,
    staff,
    student,
    word,
    work,
)
from tests.hub import THORNFIELD

ESTAB = int(THORNFIELD)
PUPIL: dict[str, Any] = {"studentReference": {"studentUniqueId": "7001"}}
TEACHER: dict[str, Any] = {"staffReference": {"staffUniqueId": "8001"}}

TERM: dict[str, Any] = {
    "students": student("7001"),
    "studentSchoolAssociations": enrolment("7001", ESTAB),
    "studentEducationOrganizationAssociations": {
        "educationOrganizationReference": {"educationOrganizationId": ESTAB},
        **PUPIL,
    },
    "staffs": staff("8001"),
    "staffEducationOrganizationAssignmentAssociations": assignment("8001", ESTAB),
    "programs": program("Reading Recovery", ESTAB),
    "gradingPeriods": grading_period("P1", ESTAB),
    "sessions": session(ESTAB, "Fall", "2026-08-20", "2026-12-18"),
    "courses": course("ALG-1", ESTAB),
    "courseOfferings": offering("ALG-1", ESTAB, "Fall"),
    "sections": section("A1", "ALG-1", ESTAB, "Fall"),
    "studentSectionAssociations": in_section("A1", "ALG-1", ESTAB, "Fall") | PUPIL,
    "staffSectionAssociations": in_section("A1", "ALG-1", ESTAB, "Fall")
    | TEACHER
    | {"classroomPositionDescriptor": "uri://ed-fi.org/ClassroomPositionDescriptor#Teacher of Record"},
    "cohorts": cohort("1", ESTAB),
    "studentCohortAssociations": place("1", ESTAB, "7001", "2026-09-14"),
    "staffCohortAssociations": {
        "cohortReference": {"cohortIdentifier": "1", "educationOrganizationId": ESTAB},
        **TEACHER,
        "beginDate": "2026-09-14",
    },
    "contacts": contact("9001"),
    "studentContactAssociations": contact_of("9001", "7001"),
    "disciplineIncidents": incident("I-1", ESTAB),
    "studentDisciplineIncidentBehaviorAssociations": part_in(
        "I-1", ESTAB, "7001", behaviorDescriptor=word("Behavior", "School Violation")
    ),
    "studentDisciplineIncidentNonOffenderAssociations": part_in("I-1", ESTAB, "7001"),
    "staffDisciplineIncidentAssociations": {
        "disciplineIncidentReference": {"incidentIdentifier": "I-1", "schoolId": ESTAB},
        **TEACHER,
    },
    "locations": room("R901", ESTAB),
    "calendars": calendar("C1", ESTAB),
    "calendarDates": calendar_date("C1", ESTAB, "2026-09-07"),
    "gradebookEntries": work(
        "W-1", "A map", sectionReference=in_section("A1", "ALG-1", ESTAB, "Fall")["sectionReference"]
    ),
    "studentGradebookEntries": handed_in("W-1", "7001"),
    "assessments": assessment("T-1", "Fractions"),
}
"""One document of each resource, each after those that it refers to."""


def write(api: EdFi, *names: str) -> dict[str, str]:
    """Write the documents of these resources, of all if none is named; gives their ids."""
    return {name: api.post(name, TERM[name]) for name in names or TERM}
