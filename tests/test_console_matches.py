"""A school's sources and matches at the console: what was brought and set aside, and who is who, decided by people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.ingest import Row, Stream
from rollbook.ingest.rows import Aside
from rollbook.model.organisation import School
from rollbook.model.students import Student
from tests.looking import look

from .hub import Hub
from .person import Person, signed_in
from .school import Page
from .test_cli import said
from .test_matching import RAE, SAL, human, take, told
from .told import entries

HEAD, CLERK, OTHER, OPERATOR = "head@alder.example", "clerk@alder.example", "head@birch.example", "olu@hub.example"
ALDER = "/console/schools/7001"
LMS = told("lms", human("u7", SAL), human("u8", RAE))
KIT = {"forename": "Kit", "surname": "Kite", "birth_date": "2013-05-01"}


@pytest.fixture
def matched(empty_folder: Path, tmp_path: Path) -> Iterator[Hub]:
    """A hub with two children of Alder School whom a second system may know."""
    served = Hub.copy(empty_folder, tmp_path / "hub")
    take(served.store, told("sis", human("s1", SAL, "1001"), human("s2", RAE, "1002")))
    take(served.store, LMS)
    yield served
    served.close()


def surnames(hub: Hub) -> list[str]:
    return [name for (name,) in look(hub.store, "SELECT surname FROM person WHERE district > 0 ORDER BY surname")]


def verdict(page: Page, key: str, value: str) -> list[tuple[str, str]]:
    """What the form sends that gives a verdict on a row."""
    forms = re.findall(r'<form method="post" action="[^"]+/decide">(.*?)</form>', page.html)
    (form,) = (one for one in forms if f"Person {key} of" in one and f'value="{value}"' in one)
    return re.findall(r'name="(\w+)" value="([^"]*)"', form)


def test_a_school_sees_both_sides_and_decides_under_the_name_of_who_does(matched: Hub) -> None:
    head = signed_in(matched, HEAD, "school", "7001")
    page = head.go(f"{ALDER}/matches")
    assert "2 wait to be decided. Sal Swift Person u7 of lms:lms-d. Looked alike by: birth date" in page.words
    assert "Birth date compared 2015-02-03 2015-02-03" in page.words
    head.post(f"{ALDER}/matches/decide", verdict(page, "u7", "same"))
    page = head.post(f"{ALDER}/matches/decide", verdict(page, "u8", "apart"))
    assert surnames(matched) == ["Rook", "Rook", "Swift"]
    assert f"Person u8 of lms:lms-d and Rae Rook : two. {HEAD}" in page.words
    page = head.post(f"{ALDER}/matches/decide", verdict(page, "u8", "same"))
    assert surnames(matched) == ["Rook", "Swift"]
    assert f"{HEAD} took for one: Person u8 of lms:lms-d" in head.go(f"{ALDER}/history").words
    # Whose names were on the page is in the ledger.
    assert ("the page of matches", 2) in {(one.what.endpoint, one.people) for one in entries(matched)}


def test_of_two_who_decide_the_second_is_told_and_who_only_looks_decides_nothing(matched: Hub) -> None:
    head, other = signed_in(matched, HEAD, "school", "7001"), signed_in(matched, OTHER, "school", "7001")
    first, second = (one.go(f"{ALDER}/matches") for one in (head, other))
    head.post(f"{ALDER}/matches/decide", verdict(first, "u7", "same"))
    told_ = other.post(f"{ALDER}/matches/decide", verdict(second, "u7", "apart"))
    assert (told_.answer.status, "Somebody has decided this in the meantime" in told_.words) == (409, True)
    clerk = signed_in(matched, CLERK, "school-look", "7001")
    page = clerk.go(f"{ALDER}/matches")
    assert ("1 waits to be decided" in page.words, "/decide" in page.html) == (True, False)
    proof = clerk.go("/console/account").form("elsewhere")[1]
    assert clerk.post(f"{ALDER}/matches/decide", [*proof, *verdict(first, "u8", "same")[1:]]).answer.status == 403
    assert surnames(matched) == ["Rook", "Swift"]


def test_a_match_with_another_school_is_told_to_neither_and_decided_by_the_operator(matched: Hub) -> None:
    birch = told("third", human("t1", SAL))
    rows = [Row("third-a", {"name": "Alder School", "identifier": "7001"}, {}),
            Row("third-b", {"name": "Birch School", "identifier": "7002"}, {})]  # fmt: skip
    birch.source.streams_[1] = Stream(School, rows)
    birch.source.streams_[3] = Stream(Student, [Row("t1@b", {}, {"person": "t1", "school": "third-b"})])
    take(matched.store, birch, district_name="Heronsgate")
    for email, estab in ((HEAD, "7001"), (OTHER, "7002")):
        page = signed_in(matched, email, "school", estab).go(f"/console/schools/{estab}/matches")
        assert "t1" not in page.words
        assert ("Sal Swift" in page.words) == (estab == "7001")
    olu = signed_in(matched, OPERATOR, "operator")
    page = olu.look("hub/matches")
    assert "Person t1 of third:third-d" in page.words
    olu.post("/console/hub/matches/decide", verdict(page, "t1", "same"))
    twice = "SELECT count(*) FROM (SELECT person FROM student GROUP BY person HAVING count(*) = 2) AS both"
    assert look(matched.store, twice).get == 1
    # Who is at another school too is merged by nobody of this one, whoever they are.
    head = Person(matched)
    head.sign_in(HEAD)
    sal, rae = (one for (one,) in look(matched.store, "SELECT mis_id FROM student s JOIN person p ON p.id = s.person"
                " JOIN school c ON c.id = s.school WHERE c.estab = '7001' ORDER BY p.surname DESC"))  # fmt: skip
    refused = head.go(f"{ALDER}/matches/pair?kind=Student&stays={rae}&gone={sal}")
    assert (refused.answer.status, "These two cannot be merged here" in refused.words) == (409, True)


def test_two_children_are_merged_side_by_side_and_parted_again(matched: Hub) -> None:
    head = signed_in(matched, HEAD, "school", "7001")
    swift, rook = (one for (one,) in look(matched.store, "SELECT mis_id FROM student s JOIN person p ON p.id = s.person"
                                          " ORDER BY p.surname DESC"))  # fmt: skip
    page = head.go(f"{ALDER}/matches/pair?kind=Student&stays={swift}&gone={rook}")
    assert "Is Rae Rook the same as Sal Swift?" in page.words
    page = head.send(page, "merge")
    assert (surnames(matched), f"Rae Rook is Sal Swift . {HEAD}" in page.words) == (["Swift"], True)
    listed = json.loads(said("people", "merges", "--json", "--data", matched.store.folder))
    assert [(one["names"], one["by"]) for one in listed] == [(["Sal Swift", "Rae Rook"], HEAD)]
    page = head.send(page, "split")
    assert (surnames(matched), "Undo" in page.words) == (["Rook", "Swift"], False)
    assert f"{HEAD} undid a merge" in head.go(f"{ALDER}/history").words


def test_a_school_sees_what_its_sources_brought_and_what_is_set_aside_and_why(matched: Hub) -> None:
    alder, birch = (f"third-{one}" for one in "ab")
    kites = [human(f"t{n}", {**KIT, "forename": name}) for n, name in enumerate(("Kit", "Kat", "Kim"))]
    third = told("third", *kites)
    named = ((alder, "Alder School", "7001"), (birch, "Birch School", "7002"))
    rows = [Row(key, {"name": name, "identifier": number}, {}) for key, name, number in named]
    third.source.streams_[1] = Stream(School, rows)
    third.source.streams_[3] = Stream(
        Student, [Row(f"{k.key}@a", {}, {"person": k.key, "school": alder}) for k in kites]
    )
    third.source.problems.aside += [
        Aside("Student", "x1", ("students.csv", 7), "gender", "'z' is not a gender", "use m or f", alder),
        Aside("Student", "x2", ("students.csv", 9), "gender", "'y' is not a gender", "use m or f", birch),
    ]
    take(matched.store, third, district_name="Heronsgate", most_aside=1.0)
    clerk = signed_in(matched, CLERK, "school-look", "7001")
    page = clerk.go(f"{ALDER}/sources")
    assert "third:third-d Goes well" in page.words
    assert "Write-backs kept by the hub above what the source says" in page.words
    assert "students.csv line 7, column gender Student x1 a value is not a gender use m or f" in page.words
    assert "x2" not in page.words
    file = clerk.go(f"{ALDER}/sources/third%3Athird-d/aside.csv").answer
    lines = [line.split(",") for line in file.body.decode("utf-8-sig").splitlines()]
    assert lines[0][1:5] == ["file", "line", "column", "reason"]
    assert [line[1:] for line in lines[1:]] == [
        ["students.csv", "7", "gender", "a value is not a gender", "use m or f", "Student", "x1", "0"],
    ]
    assert clerk.go(f"{ALDER}/sources/nothing/aside.csv").answer.status == 404
