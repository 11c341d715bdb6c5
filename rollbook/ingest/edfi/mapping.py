"""Documents into canonical rows: values and remainder by the declarations, references by the directory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ...edfi.contacts import ADDRESS
from ...edfi.homes import Home
from ...edfi.schema import Collection, Pointing, Property, Reference
from ...fields import Field, Record, Value
from ...model.curriculum import CourseOffering
from ...model.employment import StaffAssignment
from ...model.groups import Group, GroupProgram, GroupSession
from ...model.organisation import District, School
from ...model.people import Contact, Person, Staff
from ...model.students import Relationship
from ...store.precedence import SOURCES
from ..matching.humans import USER_IDS
from ..rows import Row
from .directory import STUDENT_AT, Directory, Entry, key_named
from .documents import RESOURCES, Told, natural

REFERRED = (
    *("localEducationAgencies", "schools", "students", "staffs", "programs", "sessions", "courses"),
    *("courseOfferings", "sections", "cohorts", "contacts", "calendars", STUDENT_AT),
)
"""The resources to which others refer; beside them, the work of staff is in the directory."""

UNIQUE = {"students": "student_unique_id", "staffs": "staff_unique_id", "contacts": "contact_unique_id"}
"""The fact that a human's own number is, by resource."""

Rows = dict[type[Record], list[Row]]


class Mapper:
    """Makes rows of documents; what they refer to has been entered in the directory before."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory

    # ---- the directory

    def enter(self, documents: Sequence[Told]) -> None:
        """Enter documents of one resource; those that it refers to have been entered."""
        for one in documents:
            if (entry := self._entry(one)) is not None:
                self.directory.enter(one.resource.name, one.key, entry)

    def _entry(self, one: Told) -> Entry | None:
        name = one.resource.name
        if one.resource.of is Relationship:
            return None
        refs = self._plain(one)
        if name == STUDENT_AT:
            return Entry(one.natural, refs["school"], (refs["person"] or "", str(one.body["entryDate"])))
        if name == "courseOfferings":
            return Entry(one.natural, refs["school"], (refs["course"] or "", refs["session"] or ""))
        if name == "sections":
            return Entry(one.natural, self._school(one, refs), (refs["offering"] or "",))
        if name == "cohorts":
            return Entry(one.natural, refs["school"], tuple(self._links(one)))
        if (role := self._work(one, refs)) is not None:
            return Entry(one.natural, None, (role,))
        if name == "schools":
            return Entry(one.natural, one.key)
        return Entry(one.natural, refs.get("school")) if name in REFERRED else None

    def _work(self, one: Told, refs: dict[str, str | None]) -> str | None:
        """The key of the role that a document makes somebody have."""
        person = next((p for p in _pointings(one) if p.role is Staff), None)
        if person is None:
            return None
        school = self._school(one, refs)
        return f"{self._find(person)}@{school}" if school else None

    # ---- rows

    def rows(self, documents: Sequence[Told]) -> Iterator[tuple[type[Record], Row]]:
        """The rows of documents, but for those of contacts at their schools; a district itself keeps no positions."""
        for one in documents:
            if one.resource.of is Relationship:
                continue
            row = self._row(one)
            if one.resource.of is StaffAssignment and row.refs["school"] is None:
                continue
            yield one.resource.of, row
            if one.resource.of is Group:
                yield from self._parts(one)

    def _row(self, one: Told) -> Row:
        resource, kind = one.resource, one.resource.of
        written = resource.unshape(one.body)
        refs = self._refs(one)
        values: dict[str, Value] = {**resource.first(written.values), **written.values}
        values = {name: value for name, value in values.items() if name not in kind.refs()}
        numbers: dict[str, str] | None = None
        if fact := UNIQUE.get(resource.name):
            number = str(values.pop(fact))
            numbers, values["external_id"] = {fact: number}, number
        rest = {**written.rest, **one.more}
        rest |= {name: self._links(one) for name in resource.links if self._links(one)}
        kept: dict[str, Any] = {resource.name: rest} if rest else {}
        if resource.name == "contacts":
            # This is what a roster of another system knows the same contact by.
            kept[USER_IDS] = f"{{contactUniqueId:{one.body['contactUniqueId']}}}"
        return Row(one.key, values, refs, {**kept, **SOURCES} if kept else None, one.place, numbers)

    def _refs(self, one: Told) -> dict[str, str | None]:
        kind = one.resource.of
        refs = self._plain(one)
        if "school" in kind.fields:
            refs["school"] = self._school(one, refs)
        for human in (p for p in _pointings(one) if p.role is not None and p.sets):
            refs[human.sets] = role = self._role(human, refs.get("school"))
            if "school" in refs and refs["school"] is None:
                # What is the district's is kept where the human is.
                refs["school"] = self._school_of(role)
        if kind is Group and (offering := self.directory.get("courseOfferings", refs.get("offering"))):
            refs["course"] = offering.more[0] or None
        return refs

    def _plain(self, one: Told) -> dict[str, str | None]:
        """The references that are no roles."""
        refs: dict[str, str | None] = {p.sets: None for p in one.resource.references if p.sets and p.role is None}
        refs |= {p.sets: self._find(p) for p in _pointings(one) if p.sets and p.role is None and not p.link}
        return refs

    def _school(self, one: Told, refs: dict[str, str | None]) -> str | None:
        """The school of a row: the one that it names, or that of the first row it belongs with that has one."""
        if refs.get("school"):
            return refs["school"]
        for name in one.resource.belongs:
            for resource in ("courseOfferings", "sections", "cohorts", "calendars"):
                if (entry := self.directory.get(resource, refs.get(name))) and entry.school:
                    return entry.school
        return None

    def _role(self, one: Pointing, school: str | None) -> str:
        """The role that a human has at a school, or else anywhere."""
        person = self._find(one) or ""
        if one.role is Staff:
            roles = self.directory.employed.get(person, [])
            return f"{person}@{school}" if school or not roles else roles[0]
        return self.directory.enrolled(person, school) or f"{STUDENT_AT} of {person}"

    def _school_of(self, role: str) -> str | None:
        entry = self.directory.get(STUDENT_AT, role)
        return entry.school if entry else role.rpartition("@")[2] or None

    def _find(self, one: Pointing) -> str | None:
        named = {
            name: natural(RESOURCES[name], {renamed.get(m, m): value for m, value in one.identity.items()})
            for name, renamed in one.target.served.items()
            if name in RESOURCES
        }
        return key_named(self.directory, one, named)

    def _links(self, one: Told) -> list[str]:
        """The rows that a linking collection names."""
        return sorted(key for p in _pointings(one) if p.link and (key := self._find(p)))

    # ---- what follows from a group

    def parts(self, resource: str, key: str) -> set[tuple[type[Record], str]]:
        """The keys of the rows that go with a group."""
        entry = self.directory.get(resource, key)
        if entry is None:
            return set()
        if resource == "cohorts":
            return {(GroupProgram, f"{key}@{program}") for program in entry.more}
        session = self._session(entry)
        return {(GroupSession, f"{key}@{session}")} if session else set()

    def _session(self, entry: Entry) -> str:
        offering = self.directory.get("courseOfferings", entry.more[0])
        return offering.more[1] if offering else ""

    def _parts(self, one: Told) -> Iterator[tuple[type[Record], Row]]:
        entry = self.directory.get(one.resource.name, one.key)
        for kind, key in sorted(self.parts(one.resource.name, one.key), key=lambda part: part[1]):
            other = "program" if kind is GroupProgram else "session"
            there = key[len(one.key) + 1 :]
            refs = {"school": entry and entry.school, "group": one.key, other: there}
            yield kind, Row(key, {}, refs, None, one.place)

    def staff(self, roles: set[str]) -> Iterator[Row]:
        """The rows of roles of staff."""
        for role in sorted(roles):
            person, _, school = role.rpartition("@")
            yield Row(role, {}, {"person": person, "school": school})

    # ---- contacts

    def contacts(self, documents: Sequence[Told]) -> Iterator[tuple[type[Record], Row]]:
        """Whose contacts people are, at each school where the student is."""
        made = set[str]()
        for one in documents:
            written = one.resource.unshape(one.body)
            people = {p.target.name: self._find(p) or "" for p in written.references}
            for enrolment, entry in self.directory.enrolments.get(people["student"], {}).items():
                role = f"{people['contact']}@{entry.school}"
                if role not in made:
                    made.add(role)
                    yield Contact, Row(role, {}, {"person": people["contact"], "school": entry.school}, None, one.place)
                refs: dict[str, str | None] = {"student": enrolment, "contact": role, "school": entry.school}
                rest = {one.resource.name: written.rest, **SOURCES} if written.rest else None
                yield Relationship, Row(f"{one.key}@{enrolment}", dict(written.values), refs, rest, one.place)


def _pointings(one: Told) -> list[Pointing]:
    return one.resource.unshape(one.body).references


# ---- what documents can bring


def _facts() -> Iterator[Field]:
    for resource in RESOURCES.values():
        stored = resource.of.stored()
        yield from (stored[name] for name in names_of(resource.properties) if name in stored)
        yield from (stored[name] for name in resource.fresh if name in stored)
    yield from (kind.stored()[name] for kind, name in DERIVED)


def names_of(properties: Iterable[Property]) -> Iterator[str]:
    """The stored facts that properties of documents are, by name."""
    for one in properties:
        if isinstance(one, Reference) and one.sets:
            yield one.sets
        homes: list[Home | None] = [one.home, *(one.homes.values() if isinstance(one, Reference) else ())]
        sample: Any = [] if isinstance(one, Collection) else None
        yield from (name for home in homes if home for name in home.write(sample, {}, lambda _: True))


DERIVED: tuple[tuple[type[Record], str], ...] = (
    *((kind, name) for kind in (Staff, Contact) for name in ("person", "school")),
    *((GroupSession, name) for name in ("school", "group", "session")),
    *((GroupProgram, name) for name in ("school", "group", "program")),
    *((Relationship, name) for name in ("student", "contact", "school", "court_order")),
    *((Group, name) for name in ("course", "school")),
    *((Person, name) for name in ("external_id", *UNIQUE.values(), *ADDRESS)),
    (StaffAssignment, "school"),
    (CourseOffering, "school"),
)
"""Facts that follow from a document besides those that it names."""

FILLS: frozenset[Field] = frozenset(_facts())
"""The facts that Ed-Fi's documents can bring."""

PLACES = (District, School)
