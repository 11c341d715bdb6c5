"""What an invented school, and an app for it, keep about some of its people and groups."""

from __future__ import annotations

from ..fields import Record
from ..model.attributes import ContactAttribute, GroupAttribute, StaffAttribute, StudentAttribute
from ..model.people import Contact
from .opened import Opened

APP = "demo.rollbook.example"
"""The app of which there are notes: the one that `rollbook demo` makes."""


def put_attributes(opened: Opened) -> None:
    """Add a few notes of each kind."""
    students = [place.id for place in opened.places if place.current]
    staff = [m.id for m in opened.staff.members if m.current]
    forms = list(opened.groups.forms.values())
    contacts = [row["id"] for row in opened.draft.rows.get(Contact, ()) if row["school"] == opened.school]
    _put(opened, StudentAttribute, students, "Locker", [f"Row {row}, {n}" for row in "ABC" for n in range(1, 20)])
    _put(opened, StudentAttribute, students, "Homework", ["Opened every day", "Not opened this week"], APP)
    _put(opened, StaffAttribute, staff, "Laptop", ["Handed out in September", "To be exchanged in spring"])
    _put(opened, StaffAttribute, staff, "Homework", ["Sets it every week", "Sets it now and then"], APP)
    _put(opened, ContactAttribute, contacts, "Newsletter", ["On paper", "By e-mail"], APP)
    _put(opened, GroupAttribute, forms, "Noticeboard", ["By the stairs", "By the door"])
    _put(opened, GroupAttribute, forms, "Homework", ["Handed in on Mondays", "Handed in on Fridays"], APP)


def _put(
    opened: Opened, record: type[Record], those: list[str], name: str, words: list[str], app: str | None = None
) -> None:
    rng = opened.chance_of(f"attribute {record.__name__} {name}")
    for who in rng.sample(those, max(1, len(those) // 40)):
        opened.put(record, who=who, name=name, value=rng.choice(words), app=app)
