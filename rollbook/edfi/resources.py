"""The resources of Ed-Fi Data Standard 5.2 that the record has a home for."""

from __future__ import annotations

from . import cohorts, enrolment, organisations, people, sections, teaching
from .descriptors import DESCRIPTORS
from .schema import Resource

EVERY: tuple[Resource, ...] = (
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
)

RESOURCES: dict[str, Resource] = {**{r.name: r for r in EVERY}, **DESCRIPTORS}
"""The resources and the lists of words by the name that stands in their address."""
