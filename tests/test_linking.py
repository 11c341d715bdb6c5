"""Records refer to each other by hub ids outside of the store and by keys inside, whichever of them comes first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.errors import NotFound
from rollbook.model.attendance import Mark
from rollbook.model.calendar import Session
from rollbook.model.groups import Group
from rollbook.model.organisation import School
from rollbook.model.people import Person, Staff
from rollbook.model.students import Student
from rollbook.model.timetable import CoverLesson, LessonInstance
from rollbook.store import linking
from rollbook.store.linking import numbered_id
from rollbook.store.moving import move_school
from rollbook.store.plan.flavours.sqlite import SQLITE
from rollbook.store.plan.sights.sight import unveiled
from rollbook.store.sqlite import Store
from tests.looking import changing, look, opened

from .demo_data import new_store

FOR_EVER = ("0000-01-01", "9999-12-31")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path) as opened:
        opened.new_district({"id": "district"})
        with opened.write(1) as batch:
            batch.add(School, [{"id": "school", "estab": "9990001"}])
            batch.add(Person, [{"id": "ann"}])
            batch.add(Student, [{"id": "student", "school": "school", "person": "ann"}])
        yield opened


# ---- what refers


def test_a_record_may_refer_to_one_that_comes_later(store: Store) -> None:
    with store.write(1) as batch:
        batch.add(Group, [{"id": "class", "school": "school", "primary_staff": "bob"}])
        assert (batch.get(Group, "class") or {})["primary_staff"] is None
        batch.add(Staff, [{"id": "bob", "school": "school"}])
        assert (batch.get(Group, "class") or {})["primary_staff"] == "bob"


def test_a_record_may_refer_to_a_later_one_of_its_own_kind(store: Store) -> None:
    with store.write(1) as batch:
        batch.add(Session, [{"id": "autumn", "parent": "year"}, {"id": "year"}])
    assert look(store, "SELECT parent FROM session WHERE id = 'autumn'").get == "year"


def test_whoever_changes_their_mind_waits_for_the_other_one(store: Store) -> None:
    with store.write(1) as batch:
        batch.add(Session, [{"id": "autumn", "parent": "year"}, {"id": "spring", "parent": "year"}])
        batch.change(Session, "autumn", {"parent": "term"})
        batch.remove(Session, "spring")
        batch.add(Session, [{"id": "term"}, {"id": "year"}])
    assert look(store, "SELECT parent FROM session WHERE id = 'autumn'").get == "term"


def put_autumn(store: Store, parent: str | None, later: dict[str, str]) -> None:
    with store.write(1) as batch:
        batch.add(Session, [{"id": "autumn", "parent": parent}])
        batch.change(Session, "autumn", later)


@pytest.mark.parametrize(("parent", "later"), [("nowhere", {}), (None, {"parent": "nowhere"})])
def test_a_reference_that_leads_nowhere_is_named(store: Store, parent: str | None, later: dict[str, str]) -> None:
    with pytest.raises(NotFound, match=r"no Session nowhere, to which Session\.parent refers"):
        put_autumn(store, parent, later)
    assert look(store, "SELECT count(*) FROM session").get == 0


def test_what_refers_to_a_record_of_another_district_leads_nowhere(store: Store) -> None:
    store.new_district({"id": "other"})
    with pytest.raises(NotFound, match="no School school"), store.write(2) as batch:
        batch.add(Session, [{"school": "school"}])


def test_what_is_too_much_to_remember_is_looked_up_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "REMEMBERED", 1)
    with store.write(1) as batch:
        lesson = batch.promise(LessonInstance)
        batch.add(Session, [{"id": "year"}, {"id": "autumn", "parent": "year"}])
        batch.add(Session, [{"id": "term", "parent": "autumn"}])
        batch.add(CoverLesson, [{"id": "cover", "instance": lesson}])
        batch.add(LessonInstance, [{"id": lesson}])
    assert look(store, "SELECT parent FROM session ORDER BY id").fetchall() == [("year",), ("autumn",), (None,)]
    assert look(store, "SELECT instance FROM cover_lesson").get == lesson


# ---- ids that are made of numbers


def test_a_record_of_a_numbered_kind_has_the_id_that_was_promised(store: Store) -> None:
    with store.write(1) as batch:
        lesson = batch.promise(LessonInstance)
        batch.add(CoverLesson, [{"id": "cover", "instance": lesson}])
        assert batch.add(LessonInstance, [{"date": "2026-11-19"}, {"id": lesson, "date": "2026-11-20"}])[1] == lesson
        made = (batch.get(LessonInstance, lesson) or {})["made"]
    assert lesson == numbered_id(made)
    with changing(store) as connection:
        assert connection.execute("SELECT count(*) FROM lesson_instance WHERE given IS NOT NULL").get == 0
    assert look(store, "SELECT instance FROM cover_lesson").get == lesson


def test_an_id_that_was_given_is_kept_also_where_it_looks_like_one_of_a_number(store: Store) -> None:
    mark = {"school": "school", "student": "student"}
    with store.write(1) as batch:
        ids = batch.add(Mark, [{**mark, "mark": "/"}, {**mark, "id": "told", "mark": "L"}])
        ids += batch.add(Mark, [{**mark, "id": numbered_id(1), "mark": "I"}])
        assert [(batch.get(Mark, one) or {})["mark"] for one in ids] == ["/", "L", "I"]
        assert batch.change(Mark, numbered_id(1), {"notes": "Cold"})
        assert batch.get(Mark, numbered_id(2)) is None
        assert batch.remove(Student, "student") == 4


def test_a_lesson_keeps_its_id_when_its_school_moves(store: Store) -> None:
    store.new_district({"id": "other"})
    with store.write(1) as batch:
        batch.add(School, [{"id": "quiet", "estab": "9990002"}])
        lesson, *_ = batch.add(LessonInstance, [{"school": "quiet"}])
        batch.add(CoverLesson, [{"id": "cover", "school": "quiet", "instance": lesson}])
    with store.transaction() as kept:
        move_school(kept, "quiet", 1, 2)
    assert look(store, "SELECT district, id FROM lesson_instance").fetchall() == [(2, lesson)]
    assert look(store, "SELECT district, instance FROM cover_lesson").fetchall() == [(2, lesson)]
    assert [row["id"] for row in store.kept.records.find(LessonInstance, 2, {"school": "quiet"})] == [lesson]


# ---- numbers


def test_writes_to_two_districts_in_one_transaction_have_one_count(store: Store) -> None:
    store.new_district({"id": "other"})
    with store.write(1) as batch:
        beside = batch.beside(2)
        rows = [one.add(Session, [{}])[0] for one in (batch, beside, batch, beside)]
        beside.settle()
    numbers = {row: (d, made) for d, row, made in look(store, "SELECT district, id, key FROM session")}
    assert [numbers[row][0] for row in rows] == [1, 2, 1, 2]
    first = numbers[rows[0]][1]
    assert [numbers[row][1] for row in rows] == [first, first + 1, first + 2, first + 3]
    assert dict(look(store, "SELECT district, seq FROM clock").fetchall()) == {1: first + 2, 2: first + 3}


def test_each_transaction_that_wrote_has_its_moment_from_its_first_number_on(store: Store) -> None:
    before = look(store, "SELECT count(*) FROM moment").get
    with store.write(1) as batch:
        batch.get(Student, "student")
    with store.write(1) as batch:
        batch.add(Session, [{"id": "year"}])
        batch.change(Session, "year", {"name": "2026/27"})
        at = look(store, "SELECT max(seq) FROM clock").get + 1
        moment = batch.connection.execute("SELECT at FROM moment WHERE district = 1 AND seq = ?", (at,)).get
    assert moment == batch.at
    assert look(store, "SELECT count(*) FROM moment").get == before + 1


def test_a_row_tells_the_number_of_its_making_and_that_of_its_last_write(store: Store) -> None:
    with store.write(1) as batch:
        batch.add(Session, [{"id": "year"}])
        made = batch.get(Session, "year") or {}
        batch.change(Session, "year", {"name": "2026/27"})
        row = batch.get(Session, "year") or {}
        assert batch.makes(row["made"])
    assert made["made"] == made["seq"] == row["made"]
    assert row["seq"] == made["seq"] + 1
    with store.write(1) as batch:
        assert not batch.makes(row["made"])


# ---- lists that name somebody


def keys(store: Store, table: str) -> list[int | None]:
    return [key for (key,) in look(store, f"SELECT key FROM {table} ORDER BY id")]


def test_lists_know_the_key_of_whom_they_name_while_they_are_there(store: Store) -> None:
    with changing(store) as connection:
        connection.execute(
            """INSERT INTO "grant" VALUES ('grant', 'app', 1, 'school', '[]', 'active', NULL, 1, '{}', '', NULL)"""
        )
    with store.write(1) as batch:
        write, chosen = batch.tick(), batch.kept.chosen
        chosen.change("grant", "Student", off=[], on=[("gone", *FOR_EVER), ("student", *FOR_EVER)])
        chosen.turn("grant", "Student", write, [("", True), ("student", True)])
        chosen.turn_persons("grant", "Student", 1, write, ["student"])
        batch.veil(Student, "student", "app", shown=True)
        there = (batch.get(Student, "student") or {})["made"]
        person = (batch.get(Person, "ann") or {})["made"]
    assert (keys(store, "chosen"), keys(store, "turned"), keys(store, "veiled")) == (
        [None, there],
        [0, person, there],
        [there],
    )
    with store.write(1) as batch:
        batch.remove(Student, "student")
    assert (keys(store, "chosen"), keys(store, "turned"), keys(store, "veiled")) == (
        [None, None],
        [0, person, None],
        [None],
    )
    with store.write(1) as batch:
        batch.add(Student, [{"id": "student", "school": "school", "person": "ann"}])
        again = (batch.get(Student, "student") or {})["made"]
    assert again > there
    assert (keys(store, "chosen"), keys(store, "turned"), keys(store, "veiled")) == (
        [None, again],
        [0, person, again],
        [again],
    )


@pytest.mark.parametrize(("app", "seen"), [("app", []), ("another", [("ann",)])])
def test_who_has_a_record_in_each_of_two_districts_is_veiled_in_both(
    store: Store, app: str, seen: list[tuple[str]]
) -> None:
    store.new_district({"id": "other"})
    with store.write(2) as batch:
        batch.add(Person, [{"id": "ann"}])
    with store.write(1) as batch:
        batch.veil(Person, "ann", "app", shown=False)
    (condition,) = unveiled(SQLITE, Person, "p")
    statement = f"SELECT p.id FROM person p WHERE p.district = :district AND {condition}"
    with opened(store) as records:
        for district in (1, 2):
            assert records.execute(statement, {"district": district, "seer": app}).fetchall() == seen
