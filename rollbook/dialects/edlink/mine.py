"""What one person's token shows: the rows of each resource that concern them."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from ...api.listing.resource import Part, flat
from ...api.listing.rows import EVERY, Rows
from ...consent import Holder
from ...fields import TODAY, Condition, HubId, Question
from ...model.people import Person
from .answering import Reading
from .catalogue import BESIDE, ME, MINE
from .people import people
from .teaching import enrollments
from .wire import Unshared


def concerns(reading: Reading, holder: Holder) -> Rows:
    """The rows that a holder of a token may see of each resource: every one, or a person's own."""
    if not holder.person:
        return EVERY
    return Rows("mine", (MINE,), standing(reading, holder.person))


def beside(rows: Rows) -> Rows:
    """The same rows, and the enrolments of those who are in the person's classes."""
    return Rows("beside", (BESIDE,), rows.args) if rows is not EVERY else rows


def standing(reading: Reading, person: str) -> dict[str, Any]:
    """Where a person stands: their schools, and the classes and sections that they are in or will be."""
    me = {"me": person}
    schools = Question(Person, (("ids", people.properties["school_ids"].shown),), HubId(Person).is_(ME))
    found = _read(reading, schools, "my schools", me)
    if not found:
        raise Unshared
    places = [place for part in enrollments.parts for place in _read(reading, _places(part), f"my {part.of}", me)]
    return {
        **me,
        "my_schools": json.dumps(flat(found[0]["ids"])),
        "my_classes": json.dumps(flat([p["class"] for p in places])),
        "my_sections": json.dumps(flat([p["section"] for p in places])),
        "my_whole_classes": json.dumps(flat([p["class"] for p in places if p["section"] is None])),
    }


def _places(part: Part) -> Question:
    end = part.of.fields["end"]
    going_on: Condition = end.unknown() | end.since(TODAY)
    columns = (("class", part.properties["class_id"].shown), ("section", part.properties["section_id"].shown))
    return Question(part.of, columns, part.only & MINE[part.of] & going_on)


def _read(reading: Reading, question: Question, name: str, args: dict[str, Any]) -> list[dict[str, Any]]:
    plan = reading.plan(question, name)
    rows = reading.session.chosen(plan, {**reading.args, **args})
    return [msgspec.json.decode(row, type=dict[str, Any]) for some, _ in rows for row in some]
