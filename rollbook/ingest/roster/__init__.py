"""Rosters in OneRoster's shape become canonical records; other formats are brought into that shape first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from ...fields import Record
from ...model.calendar import Session
from ...model.groups import GROUP_KINDS, Course, Group, GroupSession, GroupType, StaffMembership, SubGroup, Subject
from ...model.organisation import District, Organisation, School
from ...model.people import Contact, Person, Staff
from ...model.students import Relationship, Student, StudentMembership
from ..plan import packed
from ..rows import Row, Stream
from .classes import Classes
from .gradebook import Gradebook
from .humans import RACES, SEXES, Humans
from .people import COMMS, CONTACTS, People
from .places import Beyond, Mapped, Places, Tables, UserRole
from .resources import Resources

__all__ = ["CONTACTS", "RACES", "SEXES", "Beyond", "Mapped", "Tables", "UserRole", "map_roster"]


def map_roster(tables: Tables) -> Mapped:
    """Every record that a roster makes, each kind after those that it refers to."""
    places = Places(tables)
    classes = Classes(places)
    people = People(classes)
    if tables.problems.found:
        return Mapped([], {})
    made: list[tuple[type[Record], Iterable[Row]]] = [
        (District, places.district()),
        (School, places.schools(people.grades)),
        (Organisation, places.organisations()),
        (Session, classes.sessions()),
        (Course, classes.courses()),
        (Subject, classes.subjects.values()),
        (GroupType, _group_types(classes, people)),
        (Person, Humans(people).rows()),
        (Staff, people.roles_of(Staff)),
        (Group, [*people.year_groups.values(), *classes.classes()]),
        (GroupSession, classes.terms()),
        (SubGroup, _sub_groups(classes, people)),
        (Student, people.roles_of(Student)),
        (Contact, people.roles_of(Contact)),
        (StudentMembership, chain(people.year_members(), classes.enrolments(Student))),
        (StaffMembership, classes.enrolments(Staff)),
        (Relationship, people.relationships()),
        *((comm, people.comms(comm)) for comm in COMMS.values()),
        *Gradebook(classes).made(),
        *Resources(people).made(),
    ]
    return Mapped(_packed(made), _by_school(people.graded))


def _packed(made: Iterable[tuple[type[Record], Iterable[Row]]]) -> list[Stream]:
    streams, there = list[Stream](), dict[str, set[str]]()
    for kind, each in made:
        rows = packed(kind, each, there)
        streams.append(Stream(kind, rows))
        if rows.seen and rows.seen.whole:
            there[kind.__name__] = rows.seen.keys
    return streams


def _by_school(graded: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (school, grade), count in graded.items():
        found.setdefault(school, {})[grade] = count
    return found


def _group_types(classes: Classes, people: People) -> list[Row]:
    """The kinds of group that each school of the roster has."""
    kinds = {(school, classes.kind(key)) for key, school in classes.class_school.items()}
    kinds |= {(row.refs["school"] or "", "YearGrp") for row in people.year_groups.values()}
    return [
        Row(f"{school}:{kind}", {"code": kind, "description": GROUP_KINDS[kind]}, {"school": school})
        for school, kind in sorted(kinds)
    ]


def _sub_groups(classes: Classes, people: People) -> list[Row]:
    """Homerooms of one grade belong to its year group."""
    return [
        Row(key, {}, {"school": school, "child": key, "parent": f"year:{school}:{grades}"})
        for key, kind, grades in classes.tables["classes"].cells("sourcedId", "classType", "grades")
        if kind == "homeroom" and f"year:{(school := classes.class_school.get(key, ''))}:{grades}" in people.year_groups
    ]
