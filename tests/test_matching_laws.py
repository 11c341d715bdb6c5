"""A school of which two systems tell, in any order and any number of times, is one school with each child once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.ingest import Origin, Row, Stream, import_roster
from rollbook.ingest.rows import SchoolTold
from rollbook.model.groups import Group, GroupType, StaffMembership
from rollbook.model.organisation import District, School
from rollbook.model.people import Contact, Person, Staff
from rollbook.model.students import Relationship, Student, StudentMembership
from rollbook.store.sqlite import Store
from tests.looking import look
from tests.test_sync import Telling, Told

NAMES = ("Abbess", "Bird", "Cobb", "Dunn")
"""Few, so that many are called the same."""


@dataclass(frozen=True)
class Somebody:
    """A human of the school: as what, by which number, called how, born when, in which groups, whose parent."""

    role: type[Any]
    number: str
    forename: str
    surname: str
    born: str
    groups: frozenset[str] = frozenset()
    child: str = ""


@st.composite
def schools(draw: st.DrawFn) -> list[Somebody]:
    """A school's people, each with a number of their own."""
    found: list[Somebody] = []
    for at in range(draw(st.integers(1, 8))):
        role = draw(st.sampled_from((Student, Student, Staff)))
        groups = draw(st.frozensets(st.sampled_from(("9A", "9B", "9C"))))
        born = f"20{draw(st.integers(10, 12))}-0{draw(st.integers(1, 9))}-1{draw(st.integers(0, 9))}"
        found.append(Somebody(role, f"{1000 + at}", f"Jo{at}", draw(st.sampled_from(NAMES)), born, groups))
    students = [one.number for one in found if one.role is Student]
    for at in range(draw(st.integers(0, 2))) if students else ():
        child = draw(st.sampled_from(students))
        found.append(
            Somebody(Contact, f"{2000 + at}", f"Pat{at}", draw(st.sampled_from(NAMES)), f"1980-01-1{at}", child=child)
        )
    return found


def telling(system: str, people: list[Somebody], knows: frozenset[str]) -> Telling:
    """What one system tells, by keys of its own: of some people and, of those, all that it is sure of."""
    here = [one for one in people if one.number in knows]
    school = f"{system}-a"
    of: dict[str, str | None] = {"school": school}
    role = {one.number: f"{system}{one.number}@a" for one in here}
    groups = sorted({group for one in here for group in one.groups})
    places = [(one, group) for one in here for group in sorted(one.groups)]

    def member(kind: type[Any], name: str) -> Stream:
        return Stream(
            kind,
            [
                Row(f"{role[o.number]}/{g}", {}, {**of, "group": f"{system}{g}", name: role[o.number]})
                for o, g in places
                if o.role is (Student if name == "student" else Staff)
            ],
        )

    streams = [
        Stream(District, [Row(f"{system}-d", {"name": "Heronsgate"}, {})]),
        Stream(School, [Row(school, {"name": "Alder School", "identifier": "7001"}, {})]),
        Stream(Person, [human(system, one) for one in here]),
        Stream(GroupType, [Row(f"{system}-t", {"code": "TeachingGrp"}, of)] if groups else []),
        Stream(Staff, roles(system, here, Staff, role)),
        Stream(Contact, roles(system, here, Contact, role)),
        Stream(
            Group,
            [Row(f"{system}{g}", {"code": g, "kind": "TeachingGrp"}, {**of, "type": f"{system}-t"}) for g in groups],
        ),
        member(StaffMembership, "staff"),
        Stream(Student, roles(system, here, Student, role)),
        member(StudentMembership, "student"),
        Stream(
            Relationship,
            [
                Row(f"{o.child}+{o.number}", {}, {**of, "student": role[o.child], "contact": role[o.number]})
                for o in here
                if o.child in role
            ],
        ),
    ]
    told = (SchoolTold(school, "Alder School", "", "7001"),)
    return Telling(Told(streams, Origin(f"{system}-d", "Heronsgate", told)), system)


def human(system: str, one: Somebody) -> Row:
    # One of the systems knows no birthdays.
    more = {"birth_date": one.born} if system == "sis" else {"middle_name": one.number}
    fact = "student_unique_id" if one.role is not Staff else "staff_unique_id"
    facts: dict[str, Any] = {"forename": one.forename, "surname": one.surname, **more}
    return Row(f"{system}{one.number}", facts, {}, None, ("people", 1), {fact: one.number})


def roles(system: str, here: Iterable[Somebody], kind: type[Any], role: dict[str, str]) -> list[Row]:
    refs = {"school": f"{system}-a"}
    return [Row(role[o.number], {}, {**refs, "person": f"{system}{o.number}"}) for o in here if o.role is kind]


def held(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """What the hub holds of the school, without ids."""
    number = "CASE WHEN length(p.student_unique_id) = 4 THEN p.student_unique_id ELSE p.staff_unique_id END"
    asked = {
        "people": f"SELECT {number}, forename, surname, birth_date, middle_name FROM person p",
        "students": f"SELECT {number} FROM student r JOIN person p ON p.id = r.person",
        "staff": f"SELECT {number} FROM staff r JOIN person p ON p.id = r.person",
        "contacts": f"SELECT {number} FROM contact r JOIN person p ON p.id = r.person",
        "places": f"SELECT {number}, g.code FROM student_membership m JOIN student r ON r.id = m.student JOIN person p"
        ' ON p.id = r.person JOIN "group" g ON g.id = m."group"',
        "teachers": f"SELECT {number}, g.code FROM staff_membership m JOIN staff r ON r.id = m.staff JOIN person p"
        ' ON p.id = r.person JOIN "group" g ON g.id = m."group"',
        "parents": "SELECT student, contact FROM relationship",
        "groups": 'SELECT code FROM "group"',
        "schools": "SELECT name, identifier FROM school",
        "districts": "SELECT name FROM district",
    }
    found = {what: sorted(look(store, statement).fetchall()) for what, statement in asked.items()}
    return {**found, "parents": [(len(found["parents"]),)]}


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schools(), st.data())
def test_a_school_of_two_systems_has_each_child_once(
    tmp_path_factory: pytest.TempPathFactory, people: list[Somebody], data: st.DataObject
) -> None:
    numbers = sorted(one.number for one in people)
    sis = frozenset(data.draw(st.lists(st.sampled_from(numbers), unique=True))) or frozenset(numbers[:1])
    lms = frozenset(numbers) - sis | frozenset(data.draw(st.lists(st.sampled_from(numbers), unique=True)))
    sources = {"sis": telling("sis", people, sis), "lms": telling("lms", people, lms)}
    orders = [("sis", "lms"), ("lms", "sis"), tuple(data.draw(st.permutations(("sis", "lms", "sis", "lms"))))]
    outcomes = [_imported(tmp_path_factory.mktemp("hub"), [sources[name] for name in order]) for order in orders]
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert [row[0] for row in outcomes[0]["people"]] == numbers
    assert len(outcomes[0]["places"]) == sum(len(one.groups) for one in people if one.role is Student)


def _imported(folder: Path, sources: Iterable[Telling]) -> dict[str, list[tuple[Any, ...]]]:
    with Store(folder) as store:
        for one in sources:
            import_roster(store, one, "")
        for one in sources:
            assert not import_roster(store, one, "").moved
        assert store.kept.matches.reviews(1) == []
        return held(store)
