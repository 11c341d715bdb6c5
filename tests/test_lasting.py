"""What lasts from one transaction to the next of those who write together, and when it is read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.errors import NotFound
from rollbook.fields import Record
from rollbook.model.groups import Group
from rollbook.model.people import Person
from rollbook.recent import forget_everybody
from rollbook.store.lasting import Lasting
from rollbook.store.sqlite import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A district with nobody in it."""
    with Store(tmp_path / "hub") as one:
        one.new_district({"name": "Heronsgate"})
        yield one


def found(store: Store, surname: str) -> int:
    """How many humans somebody finds who is about to write."""
    with store.write(1, together=True) as batch:
        return len(batch.kept.records.find(Person, 1, {"surname": surname}))


def add(store: Store, surname: str) -> None:
    """Add a human, and look for them."""
    with store.write(1, together=True) as batch:
        batch.add(Person, [{"surname": surname}])
        assert len(batch.kept.records.find(Person, 1, {"surname": surname})) == 1


def add_in_vain(store: Store, record: type[Record], facts: dict[str, str]) -> None:
    """Add a record, find it, and fail."""
    with store.write(1, together=True) as batch:
        batch.add(record, [facts])
        assert batch.kept.records.find(record, 1, facts)
        raise NotFound("no such school")


def test_what_one_writes_is_found_by_the_next(store: Store) -> None:
    assert found(store, "Ash") == 0
    add(store, "Ash")
    assert found(store, "Ash") == 1


def test_what_another_process_writes_is_found(store: Store) -> None:
    assert found(store, "Ash") == 0
    with Store(store.folder) as other:
        add(other, "Ash")
    assert found(store, "Ash") == 1


def test_what_is_undone_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        add_in_vain(store, Person, {"surname": "Ash"})
    assert found(store, "Ash") == 0


def test_a_number_that_was_undone_is_given_again(store: Store) -> None:
    def numbered() -> str:
        with store.write(1, together=True) as batch:
            made = batch.add(Group, [{"kind": "Cohort"}])[0]
            return (batch.get(Group, made) or {})["mis_id"]

    first = int(numbered())
    with pytest.raises(NotFound):
        add_in_vain(store, Group, {"kind": "Cohort"})
    assert [int(numbered()), int(numbered())] == [first + 1, first + 2]


def test_writes_go_on_counting_after_those_of_another_process(store: Store) -> None:
    add(store, "Ash")
    with Store(store.folder) as other:
        add(other, "Birch")
    add(store, "Cedar")
    with store.lend(1) as kept:
        rows = kept.records.find(Person, 1, {})
    assert [row["surname"] for row in rows] == ["Ash", "Birch", "Cedar"]
    made = [row["made"] for row in rows]
    assert made == [*range(made[0], made[0] + 3)]


@pytest.mark.parametrize("change", ["alone", "another subject"])
def test_all_is_read_again_after_whatever_may_decide_otherwise(store: Store, change: str) -> None:
    def read() -> int:
        with store.write(1, together=True) as batch:
            return batch.kept.once("how often", (), lambda: next(times))

    times = iter(range(9))
    assert [read(), read()] == [0, 0]
    if change == "alone":
        store.set("today", "2026-10-05")
    else:
        with store.write(1, together=True) as batch:
            batch.kept.history.renumbered(1, "student_unique_id", "1", "somebody")
    assert [read(), read()] == [1, 1]


def test_no_more_is_remembered_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollbook.store.lasting.MOST", 2)
    lasting, read = Lasting(), list[int]()

    def ask(key: int) -> None:
        lasting.get(key, ("person",), lambda: read.append(key))

    for key in (1, 2, 1, 3, 1):
        ask(key)
    assert read == [1, 2, 3, 1]


def test_whoever_is_erased_is_forgotten() -> None:
    lasting, read = Lasting(), list[int]()
    for _ in range(2):
        lasting.get("who", ("person",), lambda: read.append(1))
        lasting.get("who", ("person",), lambda: read.append(1))
        forget_everybody()
    assert len(read) == 2
