"""The labels that an invented school gives to students, staff and groups."""

from __future__ import annotations

from typing import NamedTuple

from ..fields import Record
from ..model.tags import GroupTag, StaffTag, StudentTag, TagDefinition
from .opened import Opened
from .years import Year


class Label(NamedTuple):
    """A tag: what it is for, and one in how many has it."""

    code: str
    name: str
    description: str
    colour: str
    applies_to: str
    one_in: int
    active: int = 1


LABELS = (
    Label("LIBRARIAN", "Pupil Librarian", "Helps in the library at lunchtime", "#2F6B4F", "Student", 40),
    Label("ECO", "Eco Team", "Looks after the garden, the hens and the lights", "#6BA539", "Student,Staff", 50),
    Label("BUDDY", "Buddy", "Shows newcomers around", "#E0A526", "Student", 30),
    Label("FIRSTAID", "First Aider", "Holds a certificate in first aid", "#B3392F", "Staff", 8),
    Label("MENTOR", "Mentor", "Meets new colleagues once a week", "#4A6FA5", "Staff", 10),
    Label("OUTDOOR", "Taught Outdoors", "Meets outside when the weather allows", "#8A6D3B", "Group", 25),
    Label("PILOT", "Reading Pilot", "Took part in the reading pilot", "#777777", "Student,Staff,Group", 60, 0),
)


def put_tags(opened: Opened) -> None:
    """Add the tags, and give each to some."""
    rng, plan = opened.chance_of("tags"), opened.plan
    for label in LABELS:
        facts = label._asdict()
        one_in = facts.pop("one_in")
        definition = opened.put(TagDefinition, **facts)
        year = plan.this_year if label.active else plan.last_year
        for kind in label.applies_to.split(","):
            record, those = _able(opened, kind, year)
            for who in rng.sample(those, min(len(those), max(1, len(those) // one_in))):
                end = None if label.active else year.last
                opened.put(record, definition=definition, who=who, start=year.first, end=end)


def _able(opened: Opened, kind: str, year: Year) -> tuple[type[Record], list[str]]:
    """Those of a kind who may have a tag: who was there already when the year began."""
    there = [place for place in opened.places if place.current and place.entry <= year.first]
    if kind == "Student":
        return StudentTag, [place.id for place in there]
    if kind == "Staff":
        return StaffTag, [m.id for m in opened.staff.members if m.current and (m.start or "") <= year.first]
    # The classes that a student's lessons name are those of this year.
    now = there if year is opened.plan.this_year else []
    classes = dict.fromkeys(group for place in now for group in place.lessons.values())
    forms = [g for (name, *_), g in opened.groups.forms.items() if name == year.name]
    return GroupTag, list(classes) or forms
