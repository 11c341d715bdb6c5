"""Imports as differences: whole or not at all, and never against a source that broke."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import Stop
from rollbook.fields import Field, Record
from rollbook.ingest import Kept, Origin, Problems, Reading, Row, Stream, import_roster
from rollbook.ingest.conformance import by_keys
from rollbook.model.organisation import District, School
from rollbook.model.people import Person
from rollbook.model.students import Student, StudentComm
from rollbook.store.sqlite import Store
from rollbook.store.writing import Batch
from tests.looking import look

from .demo_data import new_store


@dataclass
class Told:
    """A source that says what the test says."""

    streams_: list[Stream]
    origin: Origin = field(default_factory=lambda: Origin("d", "Larkspur"))
    problems: Problems = field(default_factory=Problems)
    notes: list[str] = field(default_factory=list[str])
    size: int = 0

    def streams(self, kept: Kept, name: str) -> list[Stream]:
        return self.streams_

    def keep(self) -> dict[str, bytes]:
        return {"cursor": b"42"}


@dataclass
class Telling:
    """A connector that gives a source made in the test."""

    source: Told
    name: str = "told"
    format: str = "told"
    fills: frozenset[Field] = frozenset()

    def read(self, reading: Reading) -> Told:
        return self.source


SCHOOLS = [
    Row("a", {"name": "Alder", "identifier": "1"}, {}),
    Row("b", {"name": "Birch", "identifier": "2"}, {}),
]


def people(*surnames: str, school: str = "a", start: int = 1) -> tuple[list[Row], list[Row]]:
    keys = [f"{school}{n}" for n in range(start, start + len(surnames))]
    humans = [Row(key, {"surname": name}, {}) for key, name in zip(keys, surnames, strict=True)]
    return humans, [Row(key, {"admission_no": key}, {"person": key, "school": school}) for key in keys]


def source(people_: list[Row], students: list[Row], whole: bool = True, gone: frozenset[str] = frozenset()) -> Telling:
    return Telling(
        Told(
            [
                Stream(District, [Row("d", {"name": "Larkspur", "external_id": "d"}, {})]),
                Stream(School, SCHOOLS),
                Stream(Person, people_, whole, gone),
                Stream(Student, students, whole, gone),
            ]
        )
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "hub") as opened:
        yield opened


def surnames(store: Store) -> list[str]:
    return [name for (name,) in look(store, "SELECT surname FROM person ORDER BY surname").fetchall()]


def test_new_changed_and_gone_are_told_with_examples(store: Store) -> None:
    import_roster(store, source(*people("Abbess", "Birdsong", "Cobb")), "")
    humans, students = people("Abbess", "Bird", "Cobb", "Dunn")
    diff = import_roster(store, source([*humans[:2], humans[3]], [*students[:2], students[3]]), "")
    assert diff.kinds["Person"].counts == {"new": 1, "changed": 1, "gone": 1, "unchanged": 1}
    assert diff.kinds["Person"].examples == {
        "new": ["Person Dunn"],
        "changed": ["Person Birdsong: surname: Birdsong -> Bird"],
        "gone": ["Person Cobb"],
    }
    assert diff.kinds["Student"].examples == {"new": ["Student a4 Dunn"], "gone": ["Student a3 Cobb"]}
    assert surnames(store) == ["Abbess", "Bird", "Dunn"]


def test_a_part_of_a_source_leaves_the_rest_alone(store: Store) -> None:
    import_roster(store, source(*people("Abbess", "Birdsong", "Cobb")), "")
    some = people("Bird", start=2)
    diff = import_roster(store, source(*some, whole=False, gone=frozenset({"a3"})), "")
    assert (diff.kinds["Person"].changed, diff.kinds["Person"].gone) == (1, 1)
    assert surnames(store) == ["Abbess", "Bird"]


def test_what_goes_with_a_record_that_a_part_of_a_source_ends_is_no_longer_said(store: Store) -> None:
    comms = [Row(f"c{n}", {"value": f"{n}@alder.example"}, {"school": "a", "who": f"a{n}"}) for n in (1, 2)]
    first = source(*people("Abbess", "Birdsong"))
    first.source.streams_.append(Stream(StudentComm, comms))
    import_roster(store, first, "")
    # The address is not named: it goes as a part of the student who does.
    feed = source([], [], whole=False)
    feed.source.streams_[3] = Stream(Student, [], whole=False, gone=frozenset({"a1"}))
    import_roster(store, feed, "")
    assert look(store, "SELECT key FROM source_row WHERE kind = 'StudentComm'").fetchall() == [("c2",)]
    back = source([], people("Abbess")[1], whole=False)
    back.source.streams_.append(Stream(StudentComm, comms[:1], whole=False))
    assert import_roster(store, back, "").kinds["StudentComm"].new == 1


def test_records_that_a_second_source_joins_are_looked_up_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = import_roster(store, source(*people(*"ABCDEFGHIJ")), "", name="one").number
    asked, get = list[type[Record]](), Batch.get

    def counted(batch: Batch, record: type[Record], identity: str) -> dict[str, Any] | None:
        asked.append(record)
        return get(batch, record, identity)

    monkeypatch.setattr(Batch, "get", counted)
    diff = import_roster(store, source(*people(*"ABCDEFGHIJ")), "", name="two", district=district)
    assert (diff.kinds["Person"].joined, diff.kinds["Student"].joined) == (10, 10)
    # Three of each kind are named as examples, students by who they are.
    assert (asked.count(Student), asked.count(Person)) == (3, 6)


def test_what_another_hand_wrote_stays_while_the_source_says_nothing_new(store: Store) -> None:
    humans, students = people("Abbess", "Birdsong")
    import_roster(store, source(humans, students), "")
    ((lost,),) = look(store, "SELECT id FROM person WHERE surname = 'Abbess'").fetchall()
    with store.write(1) as batch:
        batch.change(Person, lost, {"surname": "Abbot", "remainder": json.dumps({"edfi": {"x": 1}})})
    import_roster(store, source(humans, students), "")
    assert surnames(store) == ["Abbot", "Birdsong"]


def test_a_remainder_of_another_format_is_kept(store: Store) -> None:
    humans, students = people("Abbess")
    import_roster(store, source(humans, students), "")
    ((lost,),) = look(store, "SELECT id FROM person").fetchall()
    with store.write(1) as batch:
        batch.change(Person, lost, {"remainder": json.dumps({"edfi": {"x": 1}})})
    humans[0] = humans[0]._replace(remainder={"y": 2})
    import_roster(store, source(humans, students), "")
    assert json.loads(by_keys(store)["Person", "a1"]["remainder"]) == {"edfi": {"x": 1}, "told": {"y": 2}}


def test_a_shrunken_source_is_stopped_with_the_numbers(store: Store) -> None:
    import_roster(store, source(*people(*"ABCDEFGHIJ")), "")
    with pytest.raises(Stop) as raised:
        import_roster(store, source(*people(*"ABCD")), "")
    assert [str(p) for p in raised.value.problems] == [
        "more than 50% of a kind of record is missing from this source"
        " (if that is right, import again with --allow-shrink)",
        "Person: 6 of 10 would be removed",
        "Student: 6 of 10 would be removed",
    ]
    assert len(surnames(store)) == 10
    assert import_roster(store, source(*people(*"ABCD")), "", max_shrink=0.6).kinds["Person"].gone == 6


def test_one_school_that_vanishes_among_many_is_stopped_too(store: Store) -> None:
    at_a, at_b = people(*"ABCDEFGHIJKLMNOPQRST"), people(*"UVWXYZ", school="b")
    import_roster(store, source([*at_a[0], *at_b[0]], [*at_a[1], *at_b[1]]), "")
    with pytest.raises(Stop, match="Student at Birch: 6 of 6 would be removed"):
        import_roster(store, source(*at_a), "")


def test_a_few_who_leave_a_small_school_need_no_word(store: Store) -> None:
    import_roster(store, source(*people("Abbess", "Birdsong", "Cobb")), "")
    assert import_roster(store, source(*people("Abbess")), "").kinds["Person"].gone == 2


def test_a_row_that_refers_to_nothing_is_set_aside_by_name(store: Store) -> None:
    humans, students = people("Abbess", "Birdsong")
    diff = import_roster(store, source(humans[:1], students), "")
    (aside,) = diff.aside
    assert (aside.kind, aside.key, aside.school) == ("Student", "a2", "a")
    assert str(aside.problem).endswith("'a2' is not a Person in the source (send that too, or correct the reference)")
    assert diff.kinds["Student"].counts == {"new": 1, "changed": 0, "gone": 0, "unchanged": 0}


def test_what_waits_for_another_row_goes_in_with_it_though_it_is_not_sent_again(store: Store) -> None:
    humans, students = people("Abbess", "Birdsong")
    import_roster(store, source(humans[:1], students), "")
    diff = import_roster(store, source(humans[1:], [], whole=False), "")
    assert diff.aside == ()
    assert (diff.kinds["Person"].new, diff.kinds["Student"].new) == (1, 1)


def test_what_is_held_of_a_row_that_is_set_aside_stays(store: Store) -> None:
    humans, students = people("Abbess", "Birdsong", "Cobb")
    import_roster(store, source(humans, students), "")
    wrong = students[1]._replace(refs={"person": "nobody", "school": "a"})
    diff = import_roster(store, source(humans, [students[0], wrong, students[2]]), "")
    assert [one.key for one in diff.aside] == ["a2"]
    assert not diff.moved
    assert len(by_keys(store)) == 9


def test_the_same_row_twice_is_one_and_two_that_differ_are_set_aside(store: Store) -> None:
    humans, students = people("Abbess", "Birdsong", "Cobb", "Dunn")
    other = humans[1]._replace(values={"surname": "Bird"})
    diff = import_roster(store, source([*humans, humans[0], other], students), "")
    assert surnames(store) == ["Abbess", "Cobb", "Dunn"]
    assert [(one.kind, one.key, [w.key for w in one.waits]) for one in diff.aside] == [
        ("Person", "a2", []),
        ("Person", "a2", ["a2"]),
    ]
    assert diff.notes == ("Person: a row that is there again was read once (1 row)",)


def test_too_many_rows_with_faults_stop_the_import_and_all_are_named(store: Store) -> None:
    humans, students = people(*"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    wrong = [row._replace(refs={"person": "nobody", "school": "a"}) for row in students[:5]]
    with pytest.raises(Stop) as raised:
        import_roster(store, source(humans, [*wrong, *students[5:]]), "")
    named = [problem.what for problem in raised.value.problems]
    assert named[:2] == ["too many rows of this source have faults", "5 of 26 rows have faults; the limit is 2%"]
    assert len(named) == 7
    assert look(store, "SELECT * FROM clock").fetchall() == []
    assert len(import_roster(store, source(humans, [*wrong, *students[5:]]), "", most_aside=0.2).aside) == 5


def test_never_is_more_than_half_of_a_school_set_aside(store: Store) -> None:
    at_a, at_b = people(*"ABCDEFGHIJKLMNOPQRST"), people(*"UVWXYZ", school="b")
    wrong = [row._replace(refs={"person": "nobody", "school": "b"}) for row in at_b[1]]
    with pytest.raises(Stop, match="Student at Birch: 6 of 6 rows would be set aside; the limit is half"):
        import_roster(store, source([*at_a[0], *at_b[0]], [*at_a[1], *wrong]), "", most_aside=0.9)


def test_a_district_made_in_another_way_is_found_by_its_id(store: Store) -> None:
    number = store.new_district({"name": "Old name", "external_id": "d"})
    diff = import_roster(store, source(*people("Abbess")), "")
    assert (diff.number, diff.kinds["District"].joined) == (number, 1)
    assert look(store, "SELECT name FROM district").fetchall() == [("Larkspur",)]


def test_what_a_source_asked_to_keep_it_finds_again(store: Store) -> None:
    @dataclass
    class Remembering(Told):
        found: list[bytes | None] = field(default_factory=list[bytes | None])

        def streams(self, kept: Kept, name: str) -> list[Stream]:
            self.found.append(kept("cursor"))
            return self.streams_

    told = Remembering(source(*people("Abbess")).source.streams_)
    for _ in range(2):
        import_roster(store, Telling(told), "")
    assert told.found == [None, b"42"]


def test_each_sync_is_noted_school_by_school(store: Store) -> None:
    import_roster(store, source(*people("Abbess", "Birdsong")), "")
    names = "SELECT s.name, y.outcome FROM sync y JOIN school s ON s.id = y.school ORDER BY s.name"
    (alder, birch) = look(store, names).fetchall()
    assert json.loads(alder[1])["Student"] == {"new": 2, "changed": 0, "unchanged": 0}
    assert "Student" not in json.loads(birch[1])
    ((whole,),) = look(store, "SELECT outcome FROM sync WHERE school = ''").fetchall()
    assert json.loads(whole)["Person"] == {"new": 2, "changed": 0, "gone": 0, "unchanged": 0}


def test_progress_is_told_to_the_end(store: Store) -> None:
    heard: list[tuple[str, int, int]] = []
    import_roster(store, source(*people("Abbess")), "", progress=lambda what, done, of: heard.append((what, done, of)))
    assert heard[-1] == ("writing", 5, 5)
