"""A fact of each kind of record that lists are made of, changed in one row of a large school."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rollbook.fields import Record
from rollbook.model.groups import Group
from rollbook.model.people import Contact, Person, Staff, StaffComm
from rollbook.model.students import Relationship, Student, StudentComm, StudentMembership
from rollbook.model.tags import StudentTag, TagDefinition
from rollbook.store.port import Store
from rollbook.store.writing import Batch

from .looking import AT_SCHOOL, look
from .schools import Measured


@dataclass(frozen=True)
class Kind:
    """What is changed, and what is asked that shows it, after the school's number."""

    asked: str
    record: type[Record]
    fact: str
    value: str = "{}"
    """What it is changed to; the braces stand for a number."""

    @property
    def name(self) -> str:
        """As it is reported."""
        return f"{self.asked.partition('?')[0]} after {self.record.__name__}.{self.fact}"


DAY = "2025-09-{:02}"

KINDS = (
    Kind("Students?", Person, "middle_name"),
    Kind("Students?", Person, "post_code"),
    Kind("Students?", Student, "quick_note"),
    Kind("Students?", Student, "entry_date", DAY),
    Kind("Contacts?", Contact, "work_email"),
    Kind("StudentContacts?", Relationship, "relationship"),
    Kind("Staff?", Staff, "code"),
    Kind("Groups?includeStudentMembers=true", StudentMembership, "end", "2027-07-{:02}"),
    Kind("Groups?", Group, "name"),
    Kind("PersonComms?", StudentComm, "value"),
    Kind("PersonComms?", StaffComm, "value"),
    Kind("Tags?", StudentTag, "end", "2027-07-{:02}"),
    Kind("Tags?", TagDefinition, "name"),
)
"""One fact or two of each kind of record."""


def rows_to_change(store: Store, school: Measured) -> Mapping[type[Record], str]:
    """The hub id of a record of each kind at a school; those of which it has none are made."""
    here = "SELECT id FROM school WHERE estab = ?"
    ((identity,),) = look(store, here, (school.estab,))
    first = f'SELECT id FROM "{{}}" WHERE {AT_SCHOOL} LIMIT 1'
    ((student,),) = look(store, first.format("student"), (identity,))
    ((place,),) = look(store, first.format("student_membership"), (identity,))
    with store.write(school.district) as batch:
        row = batch.get(Student, student)
        assert row is not None
        found: dict[type[Record], str] = {Student: student, Person: row["person"], StudentMembership: place}
        found[Group] = row["reg_group"]
        _add_people(batch, identity, student, found)
        return found


def _add_people(batch: Batch, school: str, student: str, found: dict[type[Record], str]) -> None:
    def add(record: type[Record], **facts: object) -> None:
        (found[record],) = batch.add(record, [{"school": school, **facts}])

    parent, teacher = batch.add(Person, [{"forename": "Wren", "surname": n} for n in ("Marlow", "Tarn")])
    add(Contact, person=parent)
    add(Relationship, student=student, contact=found[Contact], relationship="Mother", parental=1)
    add(Staff, person=teacher)
    add(StudentComm, who=student, comms_type="E-mail", value="a@example.org")
    add(StaffComm, who=found[Staff], comms_type="E-mail", value="b@example.org")
    add(TagDefinition, code="BENCH", name="Bench", applies_to="Student", active=1)
    add(StudentTag, who=student, definition=found[TagDefinition], start="2026-09-01")


def changing(store: Store, school: Measured, kind: Kind, identity: str) -> Callable[[], None]:
    """Gives the row another value each time."""
    number = 0

    def change() -> None:
        nonlocal number
        number += 1
        with store.write(school.district) as batch:
            batch.change(kind.record, identity, {kind.fact: kind.value.format(number)})

    return change
