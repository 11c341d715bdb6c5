"""In whose words a record came."""

from __future__ import annotations

from ..fields import Code

ONEROSTER = "oneroster"

ORIGINS = {ONEROSTER: "OneRoster"}
"""The standards whose ids a record can have as its external id."""


def came_from() -> Code:
    """The fact of a record that says which standard its external id is an id of."""
    return Code("The standard that the external id belongs to, if the record came through one", ONEROSTER, ORIGINS)


LISTED = {
    "orgs": ("District", "School"),
    "academicSessions": ("Session", "School"),
    "courses": ("Course", "Group"),
    "classes": ("Group",),
    "users": ("Person",),
    "enrollments": ("StudentMembership", "StaffMembership"),
    "categories": ("AssessmentCategory",),
    "lineItems": ("Aspect",),
    "results": ("AssessmentResult",),
    "scoreScales": ("ScoreScale",),
    "resources": ("Resource",),
    "classResources": ("ClassResource",),
    "courseResources": ("CourseResource",),
    "userResources": ("StudentResource", "StaffResource", "ContactResource"),
}
"""The kinds of record that OneRoster lists together, where an id must be of one thing only.

A school stands for a term too, and a class for a course, where the record has none.
"""
