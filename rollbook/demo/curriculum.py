"""What the invented schools teach, who is in which group, and cohorts for something more."""

from __future__ import annotations

from typing import NamedTuple

from .schools import Plan


class Line(NamedTuple):
    """A place in the week: how many lessons, what is taught then, and how pupils come into groups."""

    key: str
    lessons: int
    how: str
    subjects: tuple[str, ...]


def _one(key: str, lessons: int, how: str) -> Line:
    return Line(key, lessons, how, (key,))


CORE = (_one("En", 4, "set"), _one("Ma", 4, "set"), _one("Sc", 4, "set"))
LOWER = (
    *CORE,
    _one("Fr", 3, "form"),
    _one("Hi", 2, "form"),
    _one("Gg", 2, "form"),
    _one("Ar", 1, "form"),
    _one("Mu", 1, "form"),
    _one("Co", 1, "form"),
    _one("Pe", 3, "form"),
)
MIDDLE = (
    *CORE,
    _one("Pe", 1, "form"),
    *(Line(block, 3, "option", ("Fr", "Hi", "Gg", "Ar", "Mu", "Co")) for block in "ABCD"),
)
SIXTH = (
    Line("A", 5, "option", ("Ma", "Hi", "Ar")),
    Line("B", 5, "option", ("En", "Sc", "Co")),
    Line("C", 5, "option", ("Gg", "Fr", "Ma")),
    Line("D", 5, "option", ("Sc", "Mu", "En")),
)
PRIMARY = (_one("En", 5, "class"), _one("Ma", 5, "class"), _one("Sc", 2, "class"), _one("Mu", 1, "class"))
HIGH = tuple(_one(key, 5, "section") for key in ("ENG", "MATH", "SCI", "SOC", "SPA", "ELE"))

SUBJECTS = {
    "En": "English",
    "Ma": "Mathematics",
    "Sc": "Science",
    "Fr": "French",
    "Hi": "History",
    "Gg": "Geography",
    "Ar": "Art",
    "Mu": "Music",
    "Co": "Computing",
    "Pe": "Physical Education",
}
US_SUBJECTS = {
    "ENG": "English",
    "MATH": "Mathematics",
    "SCI": "Science",
    "SOC": "Social Studies",
    "SPA": "Spanish",
    "ELE": "Electives",
}
COURSES = {
    "ENG": ("English 9", "English 10", "American Literature", "World Literature"),
    "MATH": ("Algebra I", "Geometry", "Algebra II", "Precalculus"),
    "SCI": ("Biology", "Chemistry", "Physics", "Environmental Science"),
    "SOC": ("World Geography", "World History", "US History", "Government"),
    "SPA": ("Spanish I", "Spanish II", "Spanish III", "Spanish IV"),
    "ELE": ("Band", "Studio Art", "Woodwork", "Personal Finance"),
}
"""The courses of a subject in grades 9 to 12."""


def lines_of(plan: Plan, year: int) -> tuple[Line, ...]:
    """What is taught in a year of a school."""
    if plan.american:
        return HIGH
    if plan.primary:
        return PRIMARY
    return LOWER if year < 10 else MIDDLE if year < 12 else SIXTH


class Cohort(NamedTuple):
    """Students chosen for something: code, name, first and last day, years, and the share of them."""

    code: str
    name: str
    start: str
    end: str | None
    years: tuple[int, ...]
    share: float
    purpose: str
    description: str


def _chosen(what: str, days: str, years: tuple[int, ...], share: float, purpose: str, description: str) -> Cohort:
    code, name = what.split(" ", 1)
    start, _, end = days.partition(" ")
    return Cohort(code, name, start, end or None, years, share, purpose, description)


_CLUB, _HELP = "Extracurricular Activity", "Academic Intervention"

COHORTS = {
    "secondary": (
        _chosen(
            "DEA Duke's Expedition Award", "2026-09-14 2027-07-16", (9, 10), 0.12, _CLUB, "Training for expeditions"
        ),
        _chosen(
            "GM Gifted Mathematicians", "2025-09-15", (7, 8, 9, 10, 11), 0.05, "Classroom Pullout", "More mathematics"
        ),
        _chosen(
            "SCU Summer Catch-Up", "2026-06-01 2026-07-17", (8, 9), 0.08, _HELP, "Lessons for those who missed some"
        ),
        _chosen("MUS Spring Musical", "2027-01-11 2027-03-19", (7, 8, 9), 0.1, _CLUB, "Cast and crew of the musical"),
    ),
    "primary": (
        _chosen("RR Reading Recovery", "2026-09-14 2027-02-12", (1, 2), 0.2, _HELP, "Daily reading with an adult"),
        _chosen("CHO Choir", "2025-09-15", (3, 4, 5, 6), 0.2, _CLUB, "Singers of the school choir"),
        _chosen("FS Forest School", "2027-04-19 2027-07-09", (0, 1), 0.5, "Field Trip", "A morning a week in the wood"),
    ),
    "high": (
        _chosen(
            "MENTOR Freshman Mentoring", "2026-08-24 2027-05-14", (9,), 0.3, "Counselor List", "Freshmen with a mentor"
        ),
        _chosen("CREDIT Credit Recovery", "2026-09-08", (10, 11, 12), 0.1, "Study Hall", "Courses to be taken again"),
        _chosen("PROM Prom Committee", "2027-02-01 2027-05-08", (11, 12), 0.1, _CLUB, "Students who plan the prom"),
    ),
}
SHARED_COHORTS = {
    "GB": _chosen(
        "LYM Larkspur Young Musicians",
        "2026-09-21 2027-07-09",
        (4, 5, 6, 7, 8, 9),
        0.08,
        _CLUB,
        "The trust's orchestra",
    ),
}
"""Cohorts of students of all schools of a district, by country; others put their own name for the first one's."""


class Programme(NamedTuple):
    """Something that a cohort, or the classes whose codes begin so, are a part of."""

    name: str
    kind: str
    cohort: str = ""
    classes: tuple[str, ...] = ()


PROGRAMMES = {
    "secondary": (
        Programme("Duke's Expedition Award", "Cocurricular Programs", "DEA"),
        Programme("Catch-Up", "Remedial Education", "SCU"),
    ),
    "primary": (Programme("Reading Recovery", "Remedial Education", "RR"),),
    "high": (
        Programme("Career and Technical Education", "Career and Technical Education", classes=("ELE11-", "ELE12-")),
        Programme("Credit Recovery", "Student Retention/Dropout Prevention", "CREDIT"),
    ),
}
SHARED_PROGRAMMES = {
    "GB": Programme("Larkspur Music Service", "Cocurricular Programs", "LYM"),
    "US": Programme("College Readiness", "College Preparatory", "MENTOR"),
}
"""Programmes of all schools of a district."""
