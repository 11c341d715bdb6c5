"""Pages of long lists after a write: their rows and how many there are in all are known from those that moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rollbook.consent import rolls
from rollbook.consent.renewing import Plans
from rollbook.model.people import Contact, Person, Staff
from rollbook.model.students import Student, StudentMembership
from rollbook.store.writing import Batch

from .hub import Hub
from .looking import look
from .oneroster.platform import Platform

LISTS = ("users", "students", "enrollments")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is counted, and what is read one by one, once lists of any length are long."""
    monkeypatch.setattr(rolls, "LEAST", 0)
    found = list[str]()

    def watch(name: str, reading: Callable[..., Any]) -> None:
        def watched(*args: Any) -> Any:
            found.append(name)
            return reading(*args)

        monkeypatch.setattr(Plans, name, watched)

    for name in ("count", "ids"):
        watch(name, getattr(Plans, name))
    return found


def totals(platform: Platform) -> list[int]:
    """How many there are of each list, as it says itself."""
    return [int(platform.ask(path, limit=1).headers["x-total-count"]) for path in LISTS]


def there(platform: Platform) -> list[int]:
    """How many there are of each list."""
    return [len(platform.rows(path, fields="sourcedId")) for path in LISTS]


def test_a_long_list_that_is_counted_again_is_known_by_what_moved(small_hub: Hub, counted: list[str]) -> None:
    platform, read = Platform(small_hub), list[str]()

    def first(record: str, where: str) -> str:
        return next(iter(look(small_hub.store, f"SELECT id FROM {record} WHERE {where} ORDER BY id LIMIT 1")))[0]

    def writes(change: Callable[[Batch], object]) -> list[int]:
        """What changes of the totals by a write, each time compared with the lists themselves."""
        before = totals(platform)
        with small_hub.store.write(platform.credential.district) as batch:
            change(batch)
        counted.clear()
        after = totals(platform)
        read[:] = dict.fromkeys(counted)
        assert after == there(platform)
        return [now - then for now, then in zip(after, before, strict=True)]

    pupil = first("student", "leaving_date IS NULL AND school IN (SELECT id FROM school WHERE estab = '9994001')")
    place = first("student_membership", f"student = '{pupil}'")
    ((human, school),) = look(small_hub.store, "SELECT person, school FROM student WHERE id = ?", (pupil,))
    assert writes(lambda batch: batch.change(Person, human, {"surname": "Marlow"})) == [0, 0, 0]
    # The rows are read one by one the second time, and only those that moved from then on.
    assert read == ["ids"]
    assert writes(lambda batch: batch.change(Student, pupil, {"leaving_date": "2020-07-21"}))[:2] == [0, -1]
    assert read == []
    assert writes(lambda batch: batch.change(Student, pupil, {"leaving_date": None}))[:2] == [0, 1]
    assert writes(lambda batch: batch.remove(StudentMembership, place)) == [0, 0, -1]

    def hire(batch: Batch) -> None:
        (person,) = batch.add(Person, [{"forename": "Wren", "surname": "Tarn"}])
        batch.add(Staff, [{"school": school, "person": person}])

    assert writes(hire) == [1, 0, 0]
    assert read == []


def test_a_page_in_which_nobody_came_or_went_is_not_looked_through(small_hub: Hub, counted: list[str]) -> None:
    platform = Platform(small_hub)

    def page() -> list[str]:
        rows = platform.rows("users", limit=40, fields="sourcedId,familyName")
        assert rows == platform.rows("users", limit=41, fields="sourcedId,familyName")[:40]
        return [row["familyName"] for row in rows]

    def write(change: Callable[[Batch], object]) -> list[str]:
        with small_hub.store.write(platform.credential.district) as batch:
            change(batch)
        counted.clear()
        return page()

    ids = [row["sourcedId"] for row in platform.rows("users", limit=60, fields="sourcedId")]
    assert page() == page()
    # From now on it is known which users there are.
    write(lambda batch: batch.change(Person, ids[9], {"legal_surname": "Wren"}))
    assert write(lambda batch: batch.change(Person, ids[7], {"legal_surname": "Marlow"}))[7] == "Marlow"
    assert "ids" not in counted
    before = write(lambda batch: batch.change(Person, ids[50], {"legal_surname": "Tarn"}))
    assert "ids" not in counted

    def goes(batch: Batch) -> None:
        for record in (Student, Staff, Contact):
            for (role,) in look(small_hub.store, f"SELECT id FROM {record.table} WHERE person = ?", (ids[3],)):
                batch.remove(record, role)

    after = write(goes)
    assert "ids" in counted
    assert after[:-1] == [*before[:3], *before[4:]]
