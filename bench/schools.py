"""The schools that are measured: invented people, multiplied until there are enough, every fact filled in."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rollbook.consent import Desk
from rollbook.demo import DEFAULT_TODAY, build
from rollbook.fields import Record
from rollbook.model.groups import Group
from rollbook.model.organisation import School
from rollbook.model.people import Person
from rollbook.model.students import Student, StudentMembership
from rollbook.store.sqlite import Store
from rollbook.store.writing import Batch

from .looking import look

Facts = dict[str, Any]

PARTY = "bench.example"
FORM = 25
CHUNK = 5_000
ENTRY = "2026-09-01"
CHANGED = 10
"""One student in this many was changed since being made, as in a school that has been open for a while."""

UNIQUE = ("mis_id", "xid", "student_unique_id", "staff_unique_id")
"""What no two people share; the hub makes them."""


@dataclass(frozen=True)
class Measured:
    """A school to measure: how many students it has on roll, and what an app needs to read them."""

    estab: str
    district: int
    students: int
    secret: str


def make_schools(folder: Path, sizes: Iterable[int]) -> list[Measured]:
    """Fill a data directory with schools of these sizes, each in its own district, open to one app for all scopes."""
    with TemporaryDirectory() as place, Store(place) as demo:
        build(demo, size=0.3)
        models = _models(demo)
    with Store(folder) as store:
        made = [(_make_school(store, f"999{number:04}", size, models), size) for number, size in enumerate(sizes, 1)]
        store.set("today", DEFAULT_TODAY.isoformat())
        desk = Desk(store)
        app, _ = desk.apps.add(PARTY, "Bench")
        return [
            Measured(estab, district, size, desk.grants.authorise(app, estab, ["all"])[1])
            for (estab, district), size in made
        ]


def _models(demo: Store) -> list[tuple[Facts, Facts]]:
    """The current students of the demo's schools, each with the human, without ids and groups.

    Nobody has an id of a roster's: there would be several of each.
    """
    people = {row["key"]: row for row in _read(demo, Person)}
    current = [s for s in _read(demo, Student) if s["leaving_date"] is None and s["enrolment_status"] == "C"]
    return [
        (_filled(Person, people[s["person"]]) | dict.fromkeys(("external_id", "origin")), _filled(Student, s))
        for s in current
        if s["nc_year"]
    ]


def _read(store: Store, record: type[Record]) -> Iterator[Facts]:
    names = ["key", *record.stored()]
    listed = ", ".join(f'"{n}"' for n in names)
    for row in look(store, f'SELECT {listed} FROM "{record.table}" ORDER BY key'):
        yield dict(zip(names, row, strict=True))


def _filled(record: type[Record], facts: Facts) -> Facts:
    """A record with an example where it says nothing, so that every column of an answer has a value."""
    own = {n: f for n, f in record.stored().items() if n not in record.refs() and n not in UNIQUE}
    return {n: f.example if facts[n] is None else facts[n] for n, f in own.items()} | (
        {"entry_date": "2023-09-04", "leaving_date": "2027-07-21"} if record is Student else {}
    )


def _make_school(store: Store, estab: str, size: int, models: list[tuple[Facts, Facts]]) -> tuple[str, int]:
    district = store.new_district({"name": f"District of {estab}", "country": "GB"})
    with store.write(district) as batch:
        (school,) = batch.add(School, [{"estab": estab, "name": f"School of {size:,}", "mis": "SIMS"}])
        groups = _make_groups(batch, school, size)
        people = itertools.islice(itertools.cycle(models), size)
        for first in range(0, size, CHUNK):
            _add_students(batch, school, groups, first, list(itertools.islice(people, CHUNK)))
        batch.synced("bench", {school: {}})
    return estab, district


def _make_groups(batch: Batch, school: str, size: int) -> dict[str, list[str]]:
    def make(kind: str, names: Iterable[tuple[str, str]]) -> list[str]:
        rows = [
            {"school": school, "kind": kind, "code": code, "name": name, "start": ENTRY}
            | ({"standard_year_code": code, "standard_year_name": name} if kind == "YearGrp" else {})
            for code, name in names
        ]
        return batch.add(Group, rows)

    return {
        "year": make("YearGrp", [(str(n), f"Year {n}") for n in range(7, 14)]),
        "reg": make("RegGrp", [(f"R{n}", f"Form {n}") for n in range(-(-size // FORM))]),
        "house": make("HouseGrp", [(h[0], h) for h in ("Alder", "Birch", "Cedar", "Damson")]),
    }


def _add_students(
    batch: Batch, school: str, groups: dict[str, list[str]], first: int, models: list[tuple[Facts, Facts]]
) -> None:
    years, forms, houses = groups["year"], groups["reg"], groups["house"]
    numbers = range(first, first + len(models))
    named = [{**person, "surname": f"{person['surname']}-{n}"} for n, (person, _) in zip(numbers, models, strict=True)]
    people = batch.add(Person, named)
    students = batch.add(
        Student,
        [
            {
                **student,
                "school": school,
                "person": human,
                "external_id": f"{n:08}-0000-4000-8000-000000000000",
                "year_group": years[n % 7],
                "reg_group": forms[n // FORM],
                "house_group": houses[n % 4],
                "leaving_year_group": years[n % 7],
                "leaving_reg_group": forms[n // FORM],
                "planned_year_group": years[n % 7],
                "planned_reg_group": forms[n // FORM],
            }
            for n, human, (_, student) in zip(numbers, people, models, strict=True)
        ],
    )
    batch.add(
        StudentMembership,
        [
            {"school": school, "group": forms[n // FORM], "student": student, "start": ENTRY}
            for n, student in zip(numbers, students, strict=True)
        ],
    )
    for n, student in zip(numbers, students, strict=True):
        if n % CHANGED == 0:
            batch.change(Student, student, {"quick_note": f"Prefers seat {n}"})
