"""Demos of more schools than the documents tell of."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rollbook.cli import main
from rollbook.demo import Demo, build
from rollbook.demo.curriculum import PRIMARY
from rollbook.demo.further import trusts
from rollbook.demo.lessons import slots_of
from rollbook.demo.rooms import room_for
from rollbook.demo.schools import TRUSTS
from rollbook.fields import RECORDS
from rollbook.store.schema import columns
from rollbook.store.sqlite import Store
from tests.looking import look

from .test_server import Served

SIZE, SCHOOLS = 0.1, 9


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The three schools alone."""
    with Store(tmp_path_factory.mktemp("few")) as store:
        build(store, size=SIZE)
        yield store


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Demo]]:
    """A demo of more schools."""
    with Store(tmp_path_factory.mktemp("many")) as store:
        yield store, build(store, size=SIZE, schools=SCHOOLS)


def rows(store: Store, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement."""
    return look(store, sql, values).fetchall()


def test_there_are_as_many_schools_as_asked_for_in_trusts_of_several(made: tuple[Store, Demo]):
    store, demo = made
    assert len(demo.schools) == SCHOOLS
    assert len({s.estab for s in demo.schools}) == len({s.name for s in demo.schools}) == SCHOOLS
    assert [s.estab[:3] for s in demo.schools] == ["999"] * SCHOOLS
    assert rows(store, "SELECT district, count(*) FROM school GROUP BY district") == [(1, 2), (2, 1), (3, 4), (4, 2)]


def test_the_three_known_schools_stay_as_they_are(few: Store, made: tuple[Store, Demo]):
    for record in (r for r in RECORDS.values() if not r.derived()):
        names = ", ".join(f'"{n}"' for n in columns(record) if n not in ("key", "given", "seq"))
        asked = f'SELECT {names} FROM "{record.table}" WHERE district IN (1, 2) ORDER BY district, id'
        assert rows(few, asked) == rows(made[0], asked), record.__name__


def test_a_further_school_has_every_kind_of_record_that_the_known_one_of_its_kind_has(made: tuple[Store, Demo]):
    store, demo = made
    ids = {s.estab: s.id for s in demo.schools}
    for known, further in (("9994001", "9994002"), ("9992001", "9992002")):
        for record in (r for r in RECORDS.values() if not r.derived() and "school" in r.stored()):
            asked = f'SELECT EXISTS (SELECT 1 FROM "{record.table}" WHERE school = ?)'
            if record.__name__ == "Site" or rows(store, asked, ids[known]) == [(1,)]:
                assert rows(store, asked, ids[further]) == [(1,)], (record.__name__, further)


def test_schools_are_of_different_sizes_each_with_a_head_and_an_address_of_its_own():
    further = [plan for trust in trusts(60) for plan in trust.plans]
    assert len(further) == 60
    assert len({plan.estab for plan in further}) == 60
    assert len({plan.facts["identifier"] for plan in further}) == 60
    assert len({plan.facts["address"] for plan in further}) == 60
    sizes = {kind: {plan.roll for plan in further if plan.kind == kind} for kind in ("secondary", "primary")}
    assert len(sizes["secondary"]) > 3
    assert len(sizes["primary"]) > 3
    assert {plan.kind for plan in further} == {"secondary", "primary", "high"}


def test_a_larger_demo_begins_as_a_smaller_one_does():
    smaller, larger = trusts(20), trusts(200)
    assert smaller[:2] == larger[:2] == TRUSTS
    assert [t.name for t in smaller] == [t.name for t in larger[: len(smaller)]]
    assert sum(len(t.plans) for t in larger) == 200
    assert len({plan.name for t in larger for plan in t.plans}) == 200


def test_pupils_of_a_further_primary_go_to_the_secondary_of_their_trust(made: tuple[Store, Demo]):
    store, _ = made
    moved = (
        "SELECT DISTINCT o.name, l.destination FROM student l JOIN school o ON o.id = l.school"
        " JOIN student n ON n.person = l.person AND n.school <> l.school WHERE l.district = 3"
        " AND l.leaving_date IS NOT NULL AND n.district = 3"
    )
    found = rows(store, moved)
    assert found
    secondary = rows(store, "SELECT name FROM school WHERE estab = '9994002'")[0][0]
    assert {destination for _, destination in found} == {secondary}


def test_progress_counts_the_further_trusts_and_schools(tmp_path: Path):
    told: list[tuple[int, int]] = []
    with Store(tmp_path) as store:
        build(store, size=0.01, schools=7, progress=lambda what, done, total: told.append((done, total)))
    assert told == [(n, 10) for n in range(1, 11)]


def test_the_demo_command_serves_as_many_schools_as_asked_for_each_with_a_secret(tmp_path: Path):
    with Served(tmp_path, "--schools", "5", "--size", "0.01", anew=True) as served:
        assert [s["estab"] for s in served.facts["schools"]] == ["9994001", "9992001", "9995001", "9994002", "9992002"]
        further = served.facts["schools"][3]
        ask = {"relyingParty": "demo.rollbook.example", "estab": further["estab"], "password": further["schoolSecret"]}
        token = served.ask("/api/oauth/GetToken", method="POST", body=json.dumps(ask).encode())["token"]
        info = served.ask(f"/api/v1/School/{further['estab']}/SchoolInfo", token)["SchoolInfo"][0]
    assert info["Name"] == further["name"] == "Quillmere High School"


@pytest.mark.parametrize("count", ["2", "301", "many"])
def test_a_number_of_schools_that_cannot_be_is_refused(tmp_path: Path, count: str):
    told = CliRunner().invoke(main, ["demo", "--data", str(tmp_path), "--schools", count])
    assert told.exit_code == 2
    assert "--schools" in told.output


def test_no_two_classes_of_a_further_primary_are_in_one_room_at_once():
    for plan in (p for trust in trusts(12) for p in trust.plans if p.primary):
        taken = Counter(
            (room_for(plan, line.key, code, slots.teacher).code, slot)
            for year in plan.years
            for letter, _ in plan.forms
            for line in PRIMARY
            for code in [f"{plan.year_code(year)}{letter}/{line.key}"]
            for slots in [slots_of(plan, code)]
            for slot in slots.lessons
        )
        assert set(taken.values()) == {1}, plan.name
