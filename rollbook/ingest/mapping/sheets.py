"""Files as somebody looks at them who is to propose a mapping: columns, what is in them, and what their names mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from .cells import Cell
from .days import day_in
from .paths import at, text
from .tabled import Content

NOUNS: Mapping[str, tuple[str, ...]] = {
    "students": ("student", "pupil", "learner", "child", "children"),
    "staff": ("staff", "teacher", "employee", "educator", "instructor", "tutor", "teachers"),
    "parents": ("parent", "guardian", "carer", "contact", "relative", "family"),
    "users": ("user", "person", "people", "member"),
    "schools": ("school", "campus", "organisation", "organization", "org", "site"),
    "courses": ("course", "subject"),
    "classes": (
        *("class", "section", "coursesection", "group", "teachinggroup", "set", "form", "tutorgroup", "reggroup"),
        *("registrationgroup", "registration", "homeroom", "classe"),
    ),
    "terms": ("term", "semester", "enrollmentterm", "enrolmentterm", "academicsession", "session"),
    "enrollments": ("enrollment", "enrolment", "membership", "classlist", "timetable", "roster"),
}
"""What a row can be, and words by which files and columns call it."""

HOMEROOMS = ("form", "tutorgroup", "reggroup", "registrationgroup", "registration", "homeroom")

SUFFIXES = ("id", "sourcedid", "uuid", "guid", "key", "no", "number", "code", "ref", "")

FORMATS = (
    *("DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "YYYY/MM/DD", "YYYYMMDD", "YYYY-MM-DD"),
    *("D MMM YYYY", "DD-MMM-YYYY", "D MMMM YYYY", "MMM D, YYYY", "MMMM D, YYYY"),
    *("YYYY-MM-DD HH:mm:ss", "YYYY-MM-DDTHH:mm:ss", "YYYY-MM-DDTHH:mm:ssZ", "DD/MM/YYYY HH:mm", "MM/DD/YYYY HH:mm"),
)
"""Formats of days that are tried."""


def bare(name: str) -> str:
    """A name in small letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


@dataclass(frozen=True)
class Sheet:
    """The rows of a file, or of one list in it, with the columns or paths that they have."""

    content: Content
    at: str
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called in questions."""
        return f"{self.content.file}:{self.at}" if self.at else self.content.file

    @cached_property
    def kind(self) -> str:
        """What its rows are by its name; blank where that says nothing."""
        words = bare(self.at.rpartition(".")[2] or self.content.file.rpartition(".")[0])
        # The longest word tells most: course_sections are sections.
        fits = [
            (len(noun), kind) for kind, nouns in NOUNS.items() for noun in nouns if words.rstrip("s").endswith(noun)
        ]
        return max(fits)[1] if fits else ""

    def values(self, column: str) -> list[str]:
        """What is in a column, without what is blank."""
        return [said for _, given in self.content.rows[:5000] if (said := text(at(given, column)))]

    def lists(self, column: str) -> bool:
        """Whether there is a list in a column, or a text that may be one."""
        found = [at(given, column) for _, given in self.content.rows[:5000]]
        return any(isinstance(one, list) or (isinstance(one, str) and re.search("[,;|]", one)) for one in found)

    def called(self, *words: str) -> str:
        """The first column with one of some names, the names in their order; blank where there is none."""
        by_name = {bare(column): column for column in reversed(self.columns)}
        last = {bare(column.rpartition(".")[2]): column for column in reversed(self.columns)}
        return next((found for word in words if (found := by_name.get(word) or last.get(word))), "")

    def refers(self, kind: str, suffixes: Iterable[str] = SUFFIXES) -> str:
        """The column that names something of a kind."""
        return self.called(*(f"{noun}{suffix}" for suffix in suffixes for noun in NOUNS[kind]))

    def key(self, kind: str) -> str:
        """The column by which its rows can be told apart, if it is called so and they can."""
        found = self.called(*(f"{noun}{suffix}" for suffix in SUFFIXES if suffix for noun in (*NOUNS[kind], "")))
        return found if found and all(text(at(given, found)) for _, given in self.content.rows) else ""


def day_cells(values: Sequence[str]) -> list[Cell]:
    """Ways in which days may be written, each as what is done with such a column; plain days need nothing."""
    if all(day_in(value, "YYYY-MM-DD") == value for value in values):
        return [Cell()]
    return [Cell(days=(format,)) for format in _formats(values)]


def _formats(values: Sequence[str]) -> Iterator[str]:
    if all(value.isdecimal() and len(value) in (10, 13) for value in values):
        yield "milliseconds" if len(values[0]) == 13 else "seconds"
    for format in FORMATS:
        if all(day_in(value, format) for value in values):
            yield format
