"""`rollbook people`, as it is typed: what waits is shown with both sides, decided, merged and parted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rollbook.store.sqlite import Store
from tests.looking import look
from tests.test_cli import run, said
from tests.test_matching import RAE, SAL, human, take, told

LMS = told("lms", human("u7", SAL), human("u8", RAE))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A hub with two children whom a second system may know."""
    with Store(tmp_path / "hub") as store:
        take(store, told("sis", human("s1", SAL, "1001"), human("s2", RAE, "1002")))
        take(store, LMS)
    return tmp_path / "hub"


def waiting(data: Path) -> list[dict[str, object]]:
    return json.loads(said("people", "review", "--json", "--data", data))


def surnames(data: Path) -> list[str]:
    with Store(data) as store:
        return [name for (name,) in look(store, "SELECT surname FROM person ORDER BY surname").fetchall()]


def test_what_waits_is_shown_with_both_sides(data: Path) -> None:
    sal, rae = waiting(data)
    assert (sal["said"], sal["facts"]) == (dict(SAL), ["birth_date", "surname", "forename"])
    assert {**SAL, "student_unique_id": "1001"}.items() >= dict(SAL).items()
    held = sal["held"]
    assert isinstance(held, dict)
    assert held["forename"] == "Sal"
    assert (rae["key"], rae["state"], rae["source"]) == ("u8", "waiting", "lms:lms-d")


def test_a_decision_takes_effect_at_once_since_the_row_was_kept(data: Path) -> None:
    sal, rae = (str(one["id"]) for one in waiting(data))
    words = said("people", "review", "--same", sal, "--apart", rae[:13], "--data", data)
    assert words == (
        "Person u7 of lms:lms-d is the same; it holds from now on.\n"
        "Person u8 of lms:lms-d is another one; it holds from now on.\n"
    )
    assert surnames(data) == ["Rook", "Rook", "Swift"]
    assert waiting(data) == []
    with Store(data) as store:
        assert not take(store, LMS).moved


def test_a_decision_can_be_changed(data: Path) -> None:
    sal, rae = (str(one["id"]) for one in waiting(data))
    said("people", "review", "--same", sal, "--apart", rae, "--data", data)
    said("people", "review", "--same", rae, "--data", data)
    assert surnames(data) == ["Rook", "Swift"]
    said("people", "review", "--apart", rae, "--data", data)
    assert surnames(data) == ["Rook", "Rook", "Swift"]
    words = said("people", "review", "--apart", sal, "--data", data)
    assert "it takes effect with the next import of the source" in words
    with Store(data) as store:
        assert take(store, LMS).kinds["Person"].new == 1
    assert surnames(data) == ["Rook", "Rook", "Swift", "Swift"]


def test_people_are_merged_and_parted_by_their_hub_ids_or_those_of_their_roles(data: Path) -> None:
    with Store(data) as store:
        rows = look(store, "SELECT p.id, s.id FROM student s JOIN person p ON p.id = s.person ORDER BY p.surname")
        (rook, _), (swift, role) = rows.fetchall()
    words = said("people", "merge", rook, role, "--data", data)
    assert words == f"{swift} is {rook} from now on. `rollbook people split {rook} {swift}` undoes it.\n"
    assert surnames(data) == ["Rook"]
    said("people", "split", rook, swift, "--data", data)
    assert surnames(data) == ["Rook", "Swift"]
    assert "was not merged into" in run("people", "split", rook, swift, "--data", data).stderr


def test_a_person_is_parted_from_what_one_source_tells(data: Path) -> None:
    sal = str(waiting(data)[0]["id"])
    said("people", "review", "--same", sal, "--data", data)
    with Store(data) as store:
        person = look(store, "SELECT id FROM person WHERE surname = 'Swift'").get
    said("people", "split", person, "--source", "lms:lms-d", "--data", data)
    with Store(data) as store:
        take(store, LMS)
    assert surnames(data).count("Swift") == 2


def test_each_source_goes_on_telling_of_whom_it_told_after_a_merge_and_after_it_was_undone(data: Path) -> None:
    _, rae = (str(one["id"]) for one in waiting(data))
    said("people", "review", "--apart", rae, "--data", data)
    with Store(data) as store:
        rows = look(store, "SELECT p.id FROM person p WHERE surname = 'Rook' ORDER BY p.student_unique_id").fetchall()
        (sis,), (lms,) = rows
    said("people", "merge", sis, lms, "--data", data)
    renamed = told("lms", human("u7", SAL), human("u8", {**RAE, "middle_name": "May"}))
    with Store(data) as store:
        take(store, renamed)
        assert look(store, "SELECT middle_name FROM person WHERE surname = 'Rook'").fetchall() == [("May",)]
        take(store, told("sis", human("s1", SAL, "1001"), human("s2", {**RAE, "surname": "Roe"}, "1002")))
        assert look(store, "SELECT surname FROM person WHERE middle_name = 'May'").get == "Roe"
        take(store, renamed)
    said("people", "split", sis, lms, "--data", data)
    with Store(data) as store:
        take(store, told("lms", human("u7", SAL), human("u8", {**RAE, "surname": "Rooke"})))
        names = look(store, "SELECT id, surname FROM person WHERE forename = 'Rae'").fetchall()
    assert dict(names) == {sis: "Roe", lms: "Rooke"}
