"""Ed-Fi records as its clients send them; invented people."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]

RESOURCES = [
    "localEducationAgencies",
    "schools",
    "students",
    "staffs",
    "studentSchoolAssociations",
    "staffEducationOrganizationAssignmentAssociations",
    "programs",
    "sessions",
    "courses",
    "courseOfferings",
    "sections",
    "studentSectionAssociations",
    "staffSectionAssociations",
    "cohorts",
    "studentCohortAssociations",
    "staffCohortAssociations",
]
"""What the demo serves through Ed-Fi, beside descriptors."""


def descriptor(kind: str, value: str) -> str:
    """A value of Ed-Fi's own descriptors."""
    return f"uri://ed-fi.org/{kind}Descriptor#{value}"


def district(number: int, name: str) -> Body:
    """A local education agency."""
    return {
        "localEducationAgencyId": number,
        "nameOfInstitution": name,
        "localEducationAgencyCategoryDescriptor": descriptor("LocalEducationAgencyCategory", "Independent"),
        "categories": [
            {
                "educationOrganizationCategoryDescriptor": descriptor(
                    "EducationOrganizationCategory", "Local Education Agency"
                )
            }
        ],
    }


def school(number: int, name: str, of: int) -> Body:
    """A school of a local education agency."""
    return {
        "schoolId": number,
        "nameOfInstitution": name,
        "localEducationAgencyReference": {"localEducationAgencyId": of},
        "educationOrganizationCategories": [
            {"educationOrganizationCategoryDescriptor": descriptor("EducationOrganizationCategory", "School")}
        ],
        "gradeLevels": [{"gradeLevelDescriptor": descriptor("GradeLevel", "Ninth grade")}],
    }


def student(unique: str, first: str, last: str, born: str = "2011-04-03") -> Body:
    """A student, not enrolled yet."""
    return {"studentUniqueId": unique, "firstName": first, "lastSurname": last, "birthDate": born}


def enrolment(unique: str, at: int, since: str = "2026-08-24") -> Body:
    """A student's association with a school."""
    return {
        "entryDate": since,
        "entryGradeLevelDescriptor": descriptor("GradeLevel", "Ninth grade"),
        "schoolReference": {"schoolId": at},
        "studentReference": {"studentUniqueId": unique},
    }


def cohort(identifier: str, of: int, kind: str = "Study Hall", **more: Any) -> Body:
    """A cohort of an education organisation."""
    return {
        "cohortIdentifier": identifier,
        "educationOrganizationReference": {"educationOrganizationId": of},
        "cohortTypeDescriptor": descriptor("CohortType", kind),
        **more,
    }


def member(unique: str, identifier: str, of: int, since: str = "2026-09-14", **more: Any) -> Body:
    """A student's association with a cohort."""
    return {
        "beginDate": since,
        "cohortReference": {"cohortIdentifier": identifier, "educationOrganizationId": of},
        "studentReference": {"studentUniqueId": unique},
        **more,
    }
