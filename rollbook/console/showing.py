"""What a scope shows: its fields, in the record's words, each with what it holds for somebody at that very school.

The example is read as the app would read it: through a reader made for what the app asks for, of the people chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from ..consent import Desk, Grant
from ..consent.slips import People, asked_by, asks
from ..fields import RECORDS, Expr, Field, Question, Record, Ref
from ..model.people import Contact, Staff
from ..model.students import Student

LOOKED_AT = 40
"""How many rows are looked at for one in which most fields have a value."""

LONGEST = 60
"""How much of a long value is shown."""

_WHO: tuple[tuple[type[Record], str, Field], ...] = (
    (Student, "Student", Student.display_name),
    (Staff, "Member of staff", Staff.display_name),
    (Contact, "Contact", Contact.display_name),
)

_HIDDEN = frozenset({"external_id", "image", "thumbnail"})
"""What nobody would read: ids of machines, and pictures as letters."""


@dataclass(frozen=True)
class Shown:
    """Fields of one kind of record: what the record is, and each field's name, what it means and an example."""

    about: str
    fields: tuple[tuple[str, str, str], ...]
    found: bool
    """Whether the school has any such record that the app could see."""

    @property
    def size(self) -> int:
        """How many fields there are."""
        return len(self.fields)


def showing(desk: Desk, grant: Grant, scope: str, reader: str) -> Iterator[Shown]:
    """What a scope shows of a school when a grant holds it, kind of record by kind of record; `reader` is who looks."""
    asks("the school's page")
    asked_by("", (), reader)
    held = replace(grant, scopes=grant.scopes | {scope})
    for record in RECORDS.values():
        fields = {n: f for n, f in record.fields.items() if shown_by(scope, f, held.scopes)}
        # What is worked out for a span of days that an app names is made of what is shown here anyway.
        if fields and "school" in record.fields and not record.derived():
            row = _fullest(desk, held, record, fields)
            names = [(called_in_words(n), f.about, _said(row.get(n))) for n, f in fields.items()]
            who = [(called, "Whose record this is", str(row[called])) for _, called, _ in _WHO if row.get(called)]
            yield Shown(" ".join((record.__doc__ or "").split()), (*who, *names), bool(row))


def shown_by(scope: str, field: Field, held: frozenset[str]) -> bool:
    """Whether a scope shows a field, beside the others that are held."""
    if isinstance(field, Ref) or field.name in _HIDDEN:
        return False
    return any(scope in way and way <= held for way in field.need.ways)


def _fullest(desk: Desk, grant: Grant, record: type[Record], fields: dict[str, Field]) -> dict[str, Any]:
    """Of the first rows the one that says most, as the app would get it."""
    columns: list[tuple[str, Expr]] = [*fields.items()]
    for human, called, name in _WHO:
        ref = next((r for r in record.refs().values() if r.target is human and r.part_of), None)
        if ref is not None:
            columns.append((called, ref / name))
    reader = desk.readers.for_grant(grant)
    found = reader.prepare(Question(record, tuple(columns)), ("the school's page", record.__name__, *fields))
    with reader.session() as session:
        read: list[tuple[dict[str, Any], People]] = [
            (msgspec.json.decode(row), people.row(at))
            for rows, people in session.chosen(found, {}, LOOKED_AT)
            for at, row in enumerate(rows)
        ]
        if not read:
            return {}
        row, people = max(read, key=lambda one: _values(one[0]))
        session.shows(found, 1, people)
    return row


def _values(row: dict[str, Any]) -> int:
    return sum(value not in (None, "") for value in row.values())


def called_in_words(name: str) -> str:
    """A field's name as people write it: `birth_date` is `Birth date`."""
    words = " ".join(word.upper() if word in _SHORT else word for word in name.split("_"))
    return words[:1].upper() + words[1:]


_SHORT = frozenset({"upn", "uln", "sen", "eal", "fsm", "id", "nc", "ni", "xid", "mis", "yssa", "fte"})


def _said(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
