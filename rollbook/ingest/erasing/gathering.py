"""What is about a human: their roles, all parts of these, and whatever is left without meaning once they are gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...fields import RECORDS, Record, Ref
from ...model.conduct import AchievementStudent, BehaviourStudent
from ...model.people import Person
from ...model.research import HUB, CountedStudent, ResearchSubject
from ...model.students import Relationship, Student
from ...store.kept import Kept
from ...store.parts import parts_of

Row = Mapping[str, Any]
Found = dict[tuple[str, str], Row]
"""Rows by the kind of record and the hub id, in the order in which they were found."""

LINKS = ((AchievementStudent, "achievement"), (BehaviourStudent, "behaviour"), (Relationship, "contact"))
"""Kinds that link a human to something which is of no use without any: an incident of nobody, a parent of nobody."""

KNOWN_BY = frozenset(
    {
        *("student_unique_id", "staff_unique_id", "contact_unique_id", "external_id", "username", "xid", "upn"),
        *("former_upn", "uln", "admission_no", "teacher_number", "ni_number", "payroll_number", "work_email"),
        "idaas_email",
    }
)
"""Facts by which others know one human and nobody else."""

LEAST = 6
"""How long such a fact is at least: a shorter one may be anything."""


def gather(kept: Kept, district: int, person: str) -> Found:
    """All records that are about a human of a district, whose own comes first."""
    found = Found()
    _add(kept, district, found, Person, _rows(kept, district, Person, {"id": person}))
    while more := [*_without_others(kept, district, found)]:
        for kind, row in more:
            _add(kept, district, found, kind, [row])
    return found


def _rows(kept: Kept, district: int, kind: type[Record], facts: Row) -> list[dict[str, Any]]:
    if "id" in facts:
        return kept.records.with_ids(kind, district, [facts["id"]])
    return kept.records.find(kind, district, facts)


def _add(kept: Kept, district: int, found: Found, kind: type[Record], rows: list[Any]) -> None:
    for row in rows:
        own = kind.of_row(row)
        if (own.__name__, row["id"]) in found:
            continue
        found[own.__name__, row["id"]] = row
        for part, name in _about(kind):
            _add(kept, district, found, part, kept.records.find(part, district, {name: row["id"]}))


def _about(kind: type[Record]) -> Iterator[tuple[type[Record], str]]:
    """The kinds of which rows are about a row of a kind, each with the reference: parts, and a human's roles."""
    yield from parts_of(kind)
    if kind is Person:
        yield from ((one, name) for one, name, ref in _references(Person) if not ref.part_of)


def _references(kind: type[Record]) -> Iterator[tuple[type[Record], str, Ref]]:
    for one in RECORDS.values():
        if not one.derived():
            yield from ((one, name, ref) for name, ref in one.refs().items() if ref.target is kind)


def _without_others(kept: Kept, district: int, found: Found) -> Iterator[tuple[type[Record], Row]]:
    """What nobody else is linked to, and humans to whom only rows lead that are found."""
    for link, name in LINKS:
        target = link.refs()[name].target
        for identity in _led(found, link, name):
            if (target.__name__, identity) not in found and _all(kept, district, found, link, name, identity):
                yield from ((target, row) for row in _rows(kept, district, target, {"id": identity}))
    humans = {one for kind, name, _ in _references(Person) for one in _led(found, kind, name)}
    for identity in sorted(humans):
        if (Person.__name__, identity) not in found and _alone(kept, district, found, identity):
            yield from ((Person, row) for row in _rows(kept, district, Person, {"id": identity}))


def _led(found: Found, kind: type[Record], name: str) -> list[str]:
    return sorted({row[name] for (of, _), row in found.items() if of == kind.__name__ and row.get(name)})


def _all(kept: Kept, district: int, found: Found, kind: type[Record], name: str, identity: str) -> bool:
    rows = kept.records.find(kind, district, {name: identity})
    return all((kind.of_row(row).__name__, row["id"]) in found for row in rows)


def _alone(kept: Kept, district: int, found: Found, person: str) -> bool:
    return all(_all(kept, district, found, kind, name, person) for kind, name, _ in _references(Person))


def of_research(kept: Kept, district: int, found: Found) -> Found:
    """The subjects of research that stand for students who are found, with their parts."""
    subjects = Found()
    for identity in _ids(found, Student):
        rows = kept.records.find(ResearchSubject, HUB, {"of_student": identity, "of_district": district})
        _add(kept, HUB, subjects, ResearchSubject, rows)
    return subjects


def counted(kept: Kept, district: int, found: Found) -> list[str]:
    """The rows that say of students who are found that they were counted in public."""
    rows = (
        kept.records.find(CountedStudent, HUB, {"of_student": identity, "of_district": district})
        for identity in _ids(found, Student)
    )
    return [row["id"] for some in rows for row in some]


def _ids(found: Found, *kinds: type[Record]) -> list[str]:
    names = {kind.__name__ for kind in kinds}
    return [identity for kind, identity in found if kind in names]


def humans(found: Found) -> list[str]:
    """The hub ids of the humans who are found, and of their roles."""
    return _ids(found, Person, *(kind for kind in RECORDS.values() if kind.human))


def words(kept: Kept, found: Found) -> set[str]:
    """By what others know the humans who are found: hub ids, also of roles that they had, and numbers of their own."""
    known = {*humans(found)}
    for person in _ids(found, Person):
        known |= {*kept.people.roles(person), *kept.matches.merged_into(person)}
    for (kind, _), row in found.items():
        if RECORDS[kind].human or kind == Person.__name__:
            known |= {str(row[name]) for name in KNOWN_BY & row.keys() if len(str(row[name] or "")) >= LEAST}
    return known


__all__ = ["Found", "counted", "gather", "humans", "of_research", "words"]
