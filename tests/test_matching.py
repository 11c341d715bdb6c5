"""Who is who: rows of one source that are records which the hub has from another one, or by another key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import Stop
from rollbook.fields import RECORDS
from rollbook.ingest import Diff, Origin, Row, Stream, import_roster
from rollbook.ingest.kinds import KINDS
from rollbook.ingest.matching.rules import ALWAYS_NEW, MATCHED, NATURE
from rollbook.ingest.rows import SchoolTold
from rollbook.model.organisation import District, School
from rollbook.model.people import Contact, Person, Staff
from rollbook.model.students import Student
from rollbook.model.whole import WholeDocument
from rollbook.store.kept.matches import Review
from rollbook.store.port import Store as Stored
from rollbook.store.sqlite import Store
from tests.looking import look
from tests.test_sync import Telling, Told

from .demo_data import new_store

SAL = {"forename": "Sal", "surname": "Swift", "birth_date": "2015-02-03"}
RAE = {"forename": "Rae", "surname": "Rook", "birth_date": "2014-07-09"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "hub") as opened:
        yield opened


def human(key: str, facts: Mapping[str, Any], number: str = "", **more: Any) -> Row:
    """A person of a source, who has a student number in it."""
    return Row(key, {**facts, **more}, {}, None, ("people", 1), {"student_unique_id": number})


def told(system: str, *people: Row, kind: type[Any] = Student, roles: Mapping[str, Any] | None = None) -> Telling:
    """What a system says of Alder School, number 7001, and of people there."""
    streams = [
        Stream(District, [Row(f"{system}-d", {"name": "Heronsgate"}, {})]),
        Stream(School, [Row(f"{system}-a", {"name": "Alder School", "identifier": "7001"}, {})]),
        Stream(Person, people),
        Stream(
            kind,
            [Row(f"{p.key}@a", {**(roles or {})}, {"person": p.key, "school": f"{system}-a"}) for p in people],
        ),
    ]
    schools = (SchoolTold(f"{system}-a", "Alder School", "", "7001"),)
    return Telling(Told(streams, Origin(f"{system}-d", "Heronsgate", schools)), system)


def take(store: Stored, telling: Telling, **options: Any) -> Diff:
    return import_roster(store, telling, "", **options)


def people_of(store: Store) -> list[tuple[Any, ...]]:
    return look(store, "SELECT forename, surname, birth_date FROM person ORDER BY surname, forename").fetchall()


def waiting(store: Store) -> list[Review]:
    return store.kept.matches.reviews(1)


def test_every_kind_of_record_has_a_rule_or_is_always_new() -> None:
    ruled = [*MATCHED, *NATURE, *ALWAYS_NEW]
    # Documents that are kept whole are brought by no source, but become one where their people do.
    brought = [kind.__name__ for kind in KINDS]
    assert sorted(ruled) == sorted({*ruled}) == sorted([*brought, WholeDocument.__name__])


def test_a_child_whom_two_systems_know_by_a_number_is_one_child(store: Store) -> None:
    take(store, told("sis", human("s1", SAL, "1001")))
    diff = take(store, told("lms", human("u7", {"forename": "Sal", "surname": "Swift"}, "1001")))
    assert (diff.number, diff.kinds["Person"].joined, diff.kinds["School"].joined) == (1, 1, 1)
    assert diff.kinds["Student"].counts == {"new": 0, "changed": 0, "gone": 0, "unchanged": 0, "joined": 1}
    assert people_of(store) == [("Sal", "Swift", "2015-02-03")]
    assert look(store, "SELECT count(*) FROM student").get == look(store, "SELECT count(*) FROM school").get == 1


def test_staff_of_another_system_are_of_the_same_school(store: Store) -> None:
    take(store, told("sis", human("s1", SAL, "1001")))
    take(store, told("hr", human("e1", RAE), kind=Staff))
    assert look(store, "SELECT name FROM school").fetchall() == [("Alder School",)]
    assert len(people_of(store)) == 2


def test_a_second_reading_finds_nothing_new(store: Store) -> None:
    take(store, told("sis", human("s1", SAL, "1001")))
    take(store, told("lms", human("u7", SAL, "1001")))
    for system, key in (("sis", "s1"), ("lms", "u7")):
        diff = take(store, told(system, human(key, SAL, "1001")))
        assert (diff.moved, diff.writes) == (False, 0)


def test_what_one_system_no_longer_has_stays_while_another_has_it(store: Store) -> None:
    take(store, told("sis", human("s1", SAL, "1001"), human("s2", RAE, "1002")))
    take(store, told("lms", human("u7", SAL, "1001")))
    take(store, told("sis", human("s2", RAE, "1002")))
    assert [surname for _, surname, _ in people_of(store)] == ["Rook", "Swift"]
    take(store, told("lms"))
    assert [surname for _, surname, _ in people_of(store)] == ["Rook"]


def test_a_number_of_two_strangers_is_a_coincidence(store: Store) -> None:
    take(store, told("sis", human("s1", SAL, "1001")))
    diff = take(store, told("lms", human("u7", RAE, "1001")))
    assert (diff.kinds["Person"].new, waiting(store)) == (1, [])
    assert len(people_of(store)) == 2


def test_a_number_that_the_rest_contradicts_waits_for_somebody(store: Store) -> None:
    take(store, told("sis", human("s1", SAL, "1001")))
    diff = take(store, told("lms", human("u7", {**SAL, "birth_date": "2015-03-02"}, "1001")))
    assert (diff.kinds["Person"].counts["review"], diff.kinds["Person"].new, diff.kinds["Student"].new) == (1, 0, 0)
    (one,) = waiting(store)
    assert (one.source, one.kind, one.key, one.rule) == (
        *("lms:lms-d", "Person", "u7"),
        "student_unique_id, which the rest contradicts",
    )
    assert one.said["birth_date"] == "2015-03-02"
    assert len(people_of(store)) == 1


def test_the_same_name_and_birthday_waits_and_the_same_name_alone_is_new(store: Store) -> None:
    take(store, told("sis", human("s1", SAL, "1001"), human("s2", RAE, "1002")))
    take(store, told("lms", human("u7", SAL), human("u8", {"forename": "Rae", "surname": "Rook"})))
    assert [(one.key, one.rule) for one in waiting(store)] == [("u7", "birth_date, surname, forename")]
    assert len(people_of(store)) == 3


def test_what_was_decided_holds_at_the_next_import(store: Store) -> None:
    take(store, told("sis", human("s1", SAL, "1001"), human("s2", RAE, "1002")))
    lms = told("lms", human("u7", SAL), human("u8", RAE))
    take(store, lms)
    for one in waiting(store):
        with store.of_district(1) as kept:
            kept.matches.decide(1, one.id, "same" if one.key == "u7" else "apart", "somebody", "2026-11-20")
    diff = take(store, lms)
    assert (diff.kinds["Person"].joined, diff.kinds["Person"].new, waiting(store)) == (1, 1, [])
    assert [surname for _, surname, _ in people_of(store)] == ["Rook", "Rook", "Swift"]


def test_a_upn_is_certain_unless_it_is_temporary(store: Store) -> None:
    take(store, told("sis", human("s1", SAL), roles={"upn": "A01937632542"}))
    sis = told("lms", human("u7", {"forename": "Sally", "surname": "Swift"}), roles={"upn": "A01937632542"})
    assert take(store, sis).kinds["Person"].joined == 1
    take(store, told("sis", human("s1", SAL), human("s3", RAE), roles={"upn": "A01937632540B"}))
    temporary = told("third", human("x", {"forename": "Rae", "surname": "Rook"}), roles={"upn": "A01937632540B"})
    assert take(store, temporary).kinds["Person"].new == 1


def test_an_id_of_one_system_that_another_knows_joins(store: Store) -> None:
    take(store, told("sis", human("s1", SAL, external_id="s1")))
    known = human("u7", {"forename": "Sal", "surname": "Swift"})._replace(remainder={"userIds": "{SIS:s1}"})
    assert take(store, told("lms", known)).kinds["Person"].joined == 1


def test_nobody_is_matched_by_an_address_of_e_mail(store: Store) -> None:
    address = {"home_email": "sal@h.example", "username": "sal@h.example"}
    known = human("s1", {**SAL, **address})._replace(remainder={"userIds": "{mail:sal@h.example}"})
    take(store, told("sis", known))
    other = human("u7", {"forename": "Sam", "surname": "Swan", **address})
    take(store, told("lms", other._replace(remainder={"userIds": "{mail:sal@h.example}"})))
    assert (len(people_of(store)), waiting(store)) == (2, [])


def test_two_rows_of_one_source_are_never_joined_to_one_record(store: Store) -> None:
    take(store, told("sis", human("s1", SAL, "1001")))
    diff = take(store, told("lms", human("u7", SAL, "1001"), human("u8", SAL, "1001")))
    assert (diff.kinds["Person"].joined, diff.kinds["Person"].new) == (0, 0)
    assert [(one.key, one.rule) for one in waiting(store)] == [
        ("u7", "two rows of this source"),
        ("u8", "two rows of this source"),
    ]


def test_a_source_that_gives_a_few_people_other_keys_keeps_their_records(store: Store) -> None:
    take(store, told("sis", human("s1", SAL, "1001")))
    before = look(store, "SELECT id FROM person UNION SELECT id FROM student").fetchall()
    diff = take(store, told("sis", human("n1", {**SAL, "surname": "Swallow"}, "1001")))
    assert (diff.kinds["Person"].joined, diff.kinds["Person"].gone) == (1, 0)
    assert look(store, "SELECT id FROM person UNION SELECT id FROM student").fetchall() == before
    assert people_of(store) == [("Sal", "Swallow", "2015-02-03")]
    assert look(store, "SELECT key FROM source_row WHERE kind = 'Person'").fetchall() == [("n1",)]


def test_many_other_keys_at_once_stop_until_somebody_says_that_it_is_right(store: Store) -> None:
    names = ["Abbess", "Bird", "Cobb", "Dunn"]
    before = [human(f"s{n}", {"forename": "Jo", "surname": name}, f"100{n}") for n, name in enumerate(names)]
    take(store, told("sis", *before))
    ids = look(store, "SELECT id FROM person UNION SELECT id FROM student").fetchall()
    after = told("sis", *(row._replace(key=f"N{row.key}") for row in before))
    with pytest.raises(Stop, match="4 people have other keys in this source than before"):
        take(store, after)
    assert take(store, after, rekey=True).kinds["Person"].joined == 4
    assert look(store, "SELECT id FROM person UNION SELECT id FROM student").fetchall() == ids


def test_a_teacher_who_is_a_parent_is_offered_and_not_merged(store: Store) -> None:
    teacher = human("t1", {"forename": "Tess", "surname": "Tern", "username": "ttern"})
    sis = told("sis", teacher, kind=Staff)
    sis.source.streams_[2] = Stream(Person, [teacher, teacher._replace(key="p1")])
    sis.source.streams_.append(Stream(Contact, [Row("p1@a", {}, {"person": "p1", "school": "sis-a"})]))
    take(store, sis)
    assert [(one.key, one.rule) for one in waiting(store)] == [("p1", "username, surname, forename")]
    assert len(people_of(store)) == 2
    assert not take(store, sis).moved
    assert len(waiting(store)) == 1


# ---- which district


def origin(key: str | None, name: str, *schools: tuple[str, str, str]) -> Telling:
    telling = told("sis", human("s1", SAL, "1001"))
    rows = [Row(key, {"name": name, "identifier": number or None}, {}) for key, name, number in schools]
    telling.source.streams_[:2] = [Stream(District, [Row(key or "d", {"name": name}, {})]), Stream(School, rows)]
    telling.source.streams_[3] = Stream(Student, [Row("s1@a", {}, {"person": "s1", "school": schools[0][0]})])
    told_schools = tuple(SchoolTold(key, name, "", number) for key, name, number in schools)
    telling.source.origin = Origin(key, name, told_schools)
    return telling


def districts(store: Store) -> list[str | None]:
    return [district.name for district in store.kept.schools.districts()]


def test_a_district_under_another_id_is_the_same(store: Store) -> None:
    take(store, origin("d1", "Heronsgate", ("a", "Alder", "7001"), ("b", "Birch", "7002")))
    diff = take(store, origin("d2", "Heronsgate", ("a", "Alder", "7001"), ("b", "Birch", "7002")))
    assert (districts(store), diff.source, diff.kinds["School"].unchanged) == (["Heronsgate"], "sis:d1", 2)


def test_a_roster_without_a_district_may_rename_its_school_and_gain_another(store: Store) -> None:
    take(store, origin(None, "Alder School", ("a", "Alder School", "7001")))
    take(store, origin(None, "Alder Academy", ("a", "Alder Academy", "7001")))
    take(store, origin(None, "Invented SIS", ("a", "Alder Academy", "7001"), ("b", "Birch", "7002")))
    assert len(districts(store)) == 1
    assert look(store, "SELECT name FROM school ORDER BY name").fetchall() == [("Alder Academy",), ("Birch",)]


def test_a_school_of_the_same_name_and_no_number_is_a_question(store: Store) -> None:
    take(store, origin("d1", "Heronsgate", ("a", "Alder School", "7001")))
    second = origin("d2", "Larkspur", ("x", "alder school", ""))
    with pytest.raises(Stop) as raised:
        take(store, second)
    assert [str(problem) for problem in raised.value.problems] == [
        "district: the district of this source may be one that the hub holds: it, or a school of it, is called the same"
        ' (say which it is with --district "Heronsgate", or --new-district)'
    ]
    take(store, second, new_district=True)
    assert districts(store) == ["Heronsgate", "Larkspur"]


def test_two_districts_that_count_their_schools_from_one_number_are_two(store: Store) -> None:
    take(store, origin("d1", "Heronsgate", ("a", "Alder School", "1001")))
    take(store, origin("d2", "Larkspur", ("x", "Birch School", "1001")))
    assert districts(store) == ["Heronsgate", "Larkspur"]


def test_a_national_number_under_another_name_is_a_question(store: Store) -> None:
    take(store, origin("d1", "Heronsgate", ("a", "Alder School", "9997001")))
    with pytest.raises(Stop, match="the number of one that the hub holds, under another name"):
        take(store, origin("d2", "Larkspur", ("x", "Birch School", "9997001")))
    assert districts(store) == ["Heronsgate"]


def test_a_school_of_the_same_name_in_the_district_named_waits(store: Store) -> None:
    take(store, origin("d1", "Heronsgate", ("a", "Alder School", "7001")))
    diff = take(store, origin("d2", "Larkspur", ("x", "Alder School", "")), district_name="Heronsgate")
    assert [(one.kind, one.key, one.rule) for one in waiting(store)] == [("School", "x", "name")]
    assert (diff.number, diff.kinds["Student"].new, RECORDS["School"]) == (1, 0, School)
    assert len(districts(store)) == 1


def test_a_school_of_the_same_name_and_another_number_is_another_school(store: Store) -> None:
    take(store, origin("d1", "Heronsgate", ("a", "St Mary", "7001")))
    take(store, origin("d2", "Larkspur", ("x", "St Mary", "8001")))
    assert districts(store) == ["Heronsgate", "Larkspur"]
