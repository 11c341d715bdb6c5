"""What documents refer to, by natural keys: it is kept, so that a change can be understood without all the rest."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec

from ...edfi.schema import Pointing

STUDENT_AT, DISTRICTS = "studentSchoolAssociations", "localEducationAgencies"


class Entry(msgspec.Struct, array_like=True):
    """A document: its natural key, the key of its school, and what others need to know of it besides.

    Of an enrolment that is the student and the first day; of an offering its course and session; of a section its
    offering; of a cohort its programmes; of the work of staff the role that it makes.
    """

    natural: str
    school: str | None = None
    more: tuple[str, ...] = ()


class Directory(msgspec.Struct, dict=True):
    """Entries by resource and by the key of the row."""

    entries: dict[str, dict[str, Entry]] = {}
    loose: set[str] = set()
    """The students of whom something is kept at a school, or for all, that names none of their enrolments there."""

    @cached_property
    def by_natural(self) -> dict[str, dict[str, str]]:
        """Keys of rows by resource and natural key."""
        return {name: {entry.natural: key for key, entry in entries.items()} for name, entries in self.entries.items()}

    @cached_property
    def enrolments(self) -> dict[str, dict[str, Entry]]:
        """By the key of a student, their enrolments by key."""
        found: dict[str, dict[str, Entry]] = {}
        for key, entry in self.entries.get(STUDENT_AT, {}).items():
            found.setdefault(entry.more[0], {})[key] = entry
        return found

    def enter(self, resource: str, key: str, entry: Entry) -> None:
        """Put a document in, in place of what was known of it."""
        self.leave(resource, key)
        self.entries.setdefault(resource, {})[key] = entry
        self.by_natural.setdefault(resource, {})[entry.natural] = key
        if resource == STUDENT_AT:
            self.enrolments.setdefault(entry.more[0], {})[key] = entry

    def leave(self, resource: str, key: str) -> None:
        """Take a document out."""
        was = self.entries.get(resource, {}).pop(key, None)
        if was is None:
            return
        if self.by_natural.get(resource, {}).get(was.natural) == key:
            del self.by_natural[resource][was.natural]
        if resource == STUDENT_AT:
            self.enrolments[was.more[0]].pop(key, None)

    def get(self, resource: str, key: str | None) -> Entry | None:
        """What is known of a document."""
        return self.entries.get(resource, {}).get(key or "")

    def enrolled(self, student: str, school: str | None) -> str | None:
        """The key of a student's enrolment at a school, or else at any: the one that began last."""
        every = self.enrolments.get(student, {})
        here = {key: entry for key, entry in every.items() if entry.school == school}
        if not here:
            self.loose.add(student)
            here = every
        return max(here, key=lambda key: (here[key].more[1], key), default=None)

    def chosen(self, student: str) -> dict[str | None, str | None]:
        """By school the enrolment that counts; under None, where it matters, what counts at any other."""
        loose, schools = student in self.loose, {entry.school for entry in self.enrolments.get(student, {}).values()}
        return {school: self.enrolled(student, school) for school in (*schools, *((None,) if loose else ()))}

    def works(self) -> Iterator[tuple[str, Entry]]:
        """What makes people staff of a school."""
        for name in WORK:
            yield from self.entries.get(name, {}).items()

    @cached_property
    def employed(self) -> dict[str, list[str]]:
        """By the key of a member of staff, the roles that they have; they are complete once all work is entered."""
        found: dict[str, list[str]] = {}
        for role in sorted(self.roles()):
            found.setdefault(role.rpartition("@")[0], []).append(role)
        return found

    def roles(self) -> set[str]:
        """The keys of all roles of staff."""
        return {entry.more[0] for _, entry in self.works() if entry.more}


WORK = ("staffEducationOrganizationAssignmentAssociations", "staffSectionAssociations", "staffCohortAssociations")
"""The documents that make somebody staff of a school."""


def key_named(directory: Directory, one: Pointing, named: dict[str, str]) -> str | None:
    """The key of the row that a reference leads to; None for what is no row, and one that is nobody's if it is lost.

    `named` are natural keys by the resources that it may be one of.
    """
    if one.target.everywhere:
        return None
    for name, text in named.items():
        if found := directory.by_natural.get(name, {}).get(text):
            # No record refers to its own district.
            return None if name == DISTRICTS else found
    name, text = next(iter(named.items()))
    return f"{name}/{text}"
