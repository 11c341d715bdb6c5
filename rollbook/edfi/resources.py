"""The resources of Ed-Fi Data Standard 5.2: those that the record has a home for, and those that are kept whole."""

from __future__ import annotations

from . import (
    assessments,
    belonging,
    cohorts,
    conduct,
    contacts,
    enrolment,
    gradebooks,
    measures,
    organisations,
    people,
    places,
    sections,
    standard,
    teaching,
)
from .descriptors import DESCRIPTORS
from .documents import kept_whole
from .schema import Resource, Target

ROSTER: tuple[Resource, ...] = (
    organisations.local_education_agencies,
    organisations.schools,
    people.students,
    people.staffs,
    enrolment.student_school_associations,
    enrolment.staff_assignments,
    teaching.programs,
    teaching.sessions,
    teaching.courses,
    teaching.course_offerings,
    sections.sections,
    sections.student_section_associations,
    sections.staff_section_associations,
    cohorts.cohorts,
    cohorts.student_cohort_associations,
    cohorts.staff_cohort_associations,
    contacts.contacts,
    contacts.student_contact_associations,
    places.locations,
    places.calendars,
    places.calendar_dates,
)
"""Who is taught what by whom: what is taken in from other hubs and from files, each after those that it refers to."""

HOMED: tuple[Resource, ...] = (
    *ROSTER,
    belonging.student_profiles,
    conduct.discipline_incidents,
    conduct.student_behaviors,
    conduct.student_non_offenders,
    conduct.staff_involved,
    teaching.grading_periods,
    gradebooks.gradebook_entries,
    gradebooks.student_gradebook_entries,
    assessments.assessments,
)

FORMS: dict[str, tuple[Resource, ...]] = {
    assessments.results.name: (assessments.results,),
    measures.ACTIONS: (measures.exclusions, measures.detentions),
}
"""What documents may be that the record has in part, by resource: all others of these are kept whole."""

KEPT_WHOLE: tuple[Resource, ...] = tuple(
    kept_whole(kind, FORMS.get(kind.name, ()))
    for kind in standard.documents()
    if kind.name not in {one.name for one in HOMED}
)
"""The resources of which documents are kept as their clients wrote them, all or some."""

EVERY = HOMED + KEPT_WHOLE

RESOURCES: dict[str, Resource] = {**{r.name: r for r in EVERY}, **DESCRIPTORS}
"""The resources and the lists of words by the name that stands in their address."""


def resolvable(target: Target) -> bool:
    """Whether a reference can be resolved at all: there are resources for what it may point at."""
    return target.everywhere or any(name in RESOURCES for name in target.served)
