"""One pupil as each API tells of them: fact by fact, what it is called where, and what an app may not see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import msgspec

from ..api.messages import Response
from ..consent import Desk, Grant
from ..consent.choosing import Search
from ..consent.disclosures import hub_ids
from ..consent.research.behind import FACTS, Drawn, drawn_as
from ..consent.slips import asked_by, asks
from ..consent.wording import facts_of
from ..dialects.edlink.people import people
from ..dialects.oneroster.people import users
from ..dialects.xporter.students import Students
from ..edfi.enrolment import student_school_associations
from ..edfi.people import students
from ..fields import Arg, Expr, Question, Ref
from ..model.people import Person
from ..model.students import Student
from ..scopes import CATALOGUE
from .guests import Guest, Routes, nothing, school_path
from .premises import find, own_of, page_of, school_at
from .showing import called_in_words

APIS = ("Xporter", "Edlink", "OneRoster", "Ed-Fi", "Research")
"""The APIs whose pupils are laid side by side."""

DOCUMENTS = (students, student_school_associations)
"""What Ed-Fi tells of a pupil's own facts."""

_ONE = Student.mis_id.is_(Arg("mis_id"))


@dataclass(frozen=True)
class Line:
    """A fact of a pupil: what it is, its value, what each API calls it, and whether an app sees it."""

    name: str
    value: str
    called: tuple[str, ...]
    seen: bool


class Beside:
    """The page on which one pupil is laid side by side."""

    def __init__(self) -> None:
        self.routes = Routes({"schools/{estab}/children/{mis_id}/apis": self.page})

    def page(self, guest: Guest, part: dict[str, str]) -> Response:
        """A pupil, fact by fact; with `app`, what that app may not see is grey."""
        school = school_at(guest, part["estab"])
        found = find(guest, school, Search(leavers=True, ticked=frozenset((part["mis_id"],))))
        if not found:
            raise nothing()
        grants = [g for g in guest.desk.grants.all() if g.school == school.id and g.state != "revoked"]
        party = dict(guest.request.query).get("app", "")
        chosen = next((g for g in grants if g.app.relying_party == party), None)
        told = read(guest.desk, own_of(guest, school), part["mis_id"], guest.reader)
        sees = chosen is None or _lets_in(guest.desk, chosen, part["mis_id"])
        here = school_path(school.estab, "children", part["mis_id"])
        crumbs = ((school_path(school.estab, "children"), "Children"), (here, found[0].name), ("", "In each API"))
        return page_of(guest, school, "beside.html", crumbs, child=found[0], apis=APIS, here=f"{here}/apis",
                       lines=list(_lines(told, chosen, sees)), apps=[g.app for g in grants], chosen=chosen,
                       pieces=pieces, projects=_projects(guest, own_of(guest, school), part["mis_id"]))  # fmt: skip


@cache
def names() -> Mapping[str, tuple[str, ...]]:
    """By fact of a pupil, what each API calls what it makes of it."""
    tables: tuple[Iterable[tuple[str, Expr]], ...] = (
        Students.columns.items(),
        *(((n, p.shown) for n, p in resource.parts[0].properties.items()) for resource in (people, users)),
        ((p.name, value) for document in DOCUMENTS for p in document.properties for value in p.columns().values()),
        FACTS.items(),
    )
    found: dict[str, list[list[str]]] = {}
    for place, columns in enumerate(tables):
        for column, value in columns:
            own = [_fact(name) for name in facts_of(value)]
            for fact in dict.fromkeys(name for name in own if name):
                called = found.setdefault(fact, [[] for _ in APIS])[place]
                called += [column] if column not in called else []
    return {fact: tuple(", ".join(one) for one in called) for fact, called in found.items()}


def pieces(text: str) -> list[str]:
    """A long name or value in the pieces between which a line of a narrow column may break."""
    return [piece for piece in _JOINTS.split(text) if piece]


_JOINTS = re.compile(r"(?<=[_@.])|(?<=[a-z])(?=[A-Z])")


def _fact(name: str) -> str:
    """A pupil's own fact; blank for one of somebody or something else."""
    record, _, fact = name.partition(".")
    own = record in ("Student", "Person") and fact not in ("staff_unique_id", "contact_unique_id")
    return fact if own and _value(fact) is not None else ""


def _value(fact: str) -> Expr | None:
    if fact in Student.fields:
        return None if isinstance(Student.fields[fact], Ref) else Student.fields[fact]
    return Student.person / Person.fields[fact] if fact in Person.fields else None


def read(desk: Desk, own: Grant, mis_id: str, reader: str) -> dict[str, Any]:
    """The facts of a pupil that any API tells, as the school's own record has them."""
    asks("the school's page of one pupil in each API")
    asked_by("", (), reader)
    columns = tuple((fact, value) for fact in names() if (value := _value(fact)) is not None)
    door = desk.readers.for_grant(replace(own, scopes=frozenset(CATALOGUE)))
    found = door.prepare(Question(Student, columns, _ONE), "one pupil in each API")
    with door.session() as session:
        for rows, told in session.chosen(found, {"mis_id": mis_id}, 1):
            for at, row in enumerate(rows):
                session.shows(found, 1, told.row(at))
                return msgspec.json.decode(row)
    return {}


def _projects(guest: Guest, own: Grant, mis_id: str) -> list[tuple[Drawn, list[tuple[str, Any]]]]:
    """Research projects that see the pupil now, each with their pseudonym and what is told of them."""
    desk = guest.desk
    (student,) = hub_ids(desk.store, own, "Student", [mis_id])
    found = drawn_as(desk.store, desk.readers, own.school, student)
    return [(one, [(called_in_words(name), one.facts.get(name)) for name in FACTS]) for one in found]


def _lets_in(desk: Desk, grant: Grant, mis_id: str) -> bool:
    return mis_id in desk.choosing.would_see(grant, {})["Student"]


def _lines(told: Mapping[str, Any], grant: Grant | None, sees: bool) -> Iterator[Line]:
    for fact, called in names().items():
        need = _value(fact)
        held = grant is None or (sees and need is not None and need.need.met_by(grant.scopes))
        value = told.get(fact)
        yield Line(called_in_words(fact), "" if value is None else str(value)[:80], called, held)
