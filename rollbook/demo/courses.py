"""What the classes of an invented school follow: courses, their offering this year, terms, and sections."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ..model.curriculum import Course, CourseOffering
from ..model.groups import ClassSection, Group, GroupSession, StaffMembership
from ..model.students import StudentMembership
from .curriculum import COURSES, SUBJECTS, US_SUBJECTS, lines_of
from .draft import guid
from .groups import Groups
from .staffroom import Member

EXAMS = {10: "GCSE", 11: "GCSE", 12: "A level", 13: "A level"}
"""What a course in a year leads to, and is called after."""

UNEXAMINED = ("Pe",)
"""What is taught in all years and examined in none."""


def put_courses(groups: Groups) -> None:
    """Add the courses of a school, and that each is offered in this academic year."""
    plan, draft = groups.plan, groups.draft
    if plan.american:
        for code, titles in COURSES.items():
            for year, title in enumerate(titles, 9):
                groups.courses[code, year] = draft.put(Course, **_course(groups, code, year, title))
    else:
        for year in plan.years:
            for code in sorted({s for line in lines_of(plan, year) for s in line.subjects}):
                title = f"{SUBJECTS[code]}, {plan.year_name(year)}"
                groups.courses[code, year] = draft.put_later(Course, **_course(groups, code, year, title))
    for (code, year), course in groups.courses.items():
        exam = None if plan.american or code in UNEXAMINED else EXAMS.get(year)
        groups.offerings[code, year] = draft.put_later(
            CourseOffering,
            school=groups.school,
            course=course,
            session=groups.sessions[plan.this_year.name],
            code=_code(groups, code, year),
            title=f"{exam} {SUBJECTS[code]}" if exam else None,
            external_id=guid(plan.estab, "offering", code, year),
        )


def _course(groups: Groups, code: str, year: int, title: str) -> dict[str, Any]:
    plan = groups.plan
    name = (US_SUBJECTS if plan.american else SUBJECTS)[code]
    return {
        "school": groups.school,
        "external_id": guid(plan.estab, "course", code, year),
        "title": title,
        "code": _code(groups, code, year),
        "grades": plan.grade(year),
        "subjects": name,
        "subject_codes": code,
        "school_year": groups.sessions[plan.this_year.name],
        "description": f"{name} as it is taught in {plan.year_name(year)}",
    }


def _code(groups: Groups, code: str, year: int) -> str:
    return f"{code}{year:02}" if groups.plan.american else f"{code}-{groups.plan.year_code(year)}"


def put_terms(groups: Groups) -> None:
    """Say in which terms each class meets, and of a registration group in which academic year."""
    plan, sessions = groups.plan, groups.sessions
    terms = {
        year.name: [sessions[f"{year.name} {term.name}"] for term in year.terms]
        for year in (plan.last_year, plan.this_year)
    }
    met = [(group, term) for (year, _), group in groups.teaching.items() for term in terms[year]]
    met += [(group, sessions[year]) for (year, _, _), group in groups.forms.items() if year in sessions]
    for group, session in met:
        groups.draft.put_later(GroupSession, school=groups.school, group=group, session=session)


PRACTICALS = {"secondary": ("9", "10", "11"), "high": ("SCI10-",)}
"""How the codes of the science classes begin that are halved for practical work."""


def put_sections(groups: Groups) -> None:
    """Halve some science classes for practical work; one half is the class teacher's, the other somebody else's."""
    begin = PRACTICALS.get(groups.plan.kind, ())
    science = "SCI" if groups.plan.american else "Sc"
    classes = {
        group: code
        for (year, code), group in groups.teaching.items()
        if begin and year == groups.plan.this_year.name and science in code and code.startswith(begin)
    }
    halves = {group: _halve(groups, group, code) for group, code in classes.items()}
    seen: defaultdict[str, int] = defaultdict(int)
    for row in groups.draft.rows[StudentMembership]:
        if row["group"] in halves:
            row["section"] = halves[row["group"]][seen[row["group"]] % 2]
            seen[row["group"]] += 1
    helpers = groups.staff.titled("Laboratory Technician") or groups.staff.teachers(science)
    teaching = {(row["group"], row["staff"]) for row in groups.draft.rows[StaffMembership]}
    for number, (group, (_, second)) in enumerate(halves.items()):
        in_turn = [*helpers[number % len(helpers) :], *helpers, *groups.staff.teachers()]
        # Nobody has two places in one class from the same day.
        _help(groups, group, second, next(m for m in in_turn if (group, m.id) not in teaching))


def _halve(groups: Groups, group: str, code: str) -> tuple[str, str]:
    row = next(row for row in groups.draft.rows[Group] if row["id"] == group)
    periods = (row["periods"] or "").split(",")
    first, second = (
        groups.draft.put_later(
            ClassSection,
            school=groups.school,
            group=group,
            external_id=guid(group, half),
            name=f"{code} practical {half}",
            description="Practical work in the laboratory",
            periods=period,
        )
        for half, period in zip("AB", (periods[0], periods[-1]), strict=True)
    )
    return first, second


def _help(groups: Groups, group: str, section: str, member: Member) -> None:
    year = groups.plan.this_year
    groups.draft.put_later(
        StaffMembership,
        school=groups.school,
        group=group,
        staff=member.id,
        section=section,
        role="Practical Work",
        is_main=0,
        priority=2,
        start=max(year.first, member.start or year.first),
        end=year.last,
        external_id=guid(group, section, member.id) if groups.plan.american else None,
    )
