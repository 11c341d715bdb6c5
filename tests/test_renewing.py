"""What is read of a list that is kept, after a write: the rows that moved, and of some lists not even the order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rollbook.consent.renewing import Plans
from rollbook.fields import Arg, Question, Record
from rollbook.model.assessment import AssessmentResult
from rollbook.model.attendance import Mark
from rollbook.model.students import Student
from rollbook.store.plan.gathered import Gathering
from rollbook.store.plan.planner import plan
from rollbook.store.plan.registered import Registered
from rollbook.store.plan.sights import OneSchool

from .hub import THORNFIELD, Hub
from .laws.districts import EDFI, caller
from .looking import look, opened

YEAR = "HistoricalAttendanceSummary?SchoolYear=2025"
PRIOR = "prior = 1"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What is read of lists, each time with the number of rows."""
    found: list[tuple[str, int]] = []

    def watch(name: str, reading: Callable[..., Any]) -> None:
        def watched(*args: Any) -> list[Any]:
            rows = list(reading(*args))
            found.append((name, len(rows)))
            return rows

        monkeypatch.setattr(Plans, name, watched)

    for name in ("keyed", "some", "ids"):
        watch(name, getattr(Plans, name))
    return found


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What is counted of lists that are not empty."""
    found, counting = list[int](), Plans.count

    def count(*args: Any) -> int:
        number = counting(*args)
        found.extend([number] if number else [])
        return number

    monkeypatch.setattr(Plans, "count", count)
    return found


def here(hub: Hub, record: type[Record], where: str) -> str:
    """The hub id of a record of the first school."""
    school = hub.desk.schools.find(THORNFIELD)[1]
    found = f'SELECT id FROM "{record.table}" WHERE school = ? AND {where} ORDER BY id LIMIT 1'
    return look(hub.store, found, (school,)).get


def result(hub: Hub, prior: str) -> str:
    """A result of the first school, of an aspect for which something holds."""
    return here(hub, AssessmentResult, f"aspect IN (SELECT id FROM aspect WHERE {prior})")


def asked(
    hub: Hub, path: str, record: type[Record], identity: str, facts: list[dict[str, Any]], read: list[tuple[str, int]]
) -> list[bytes]:
    """The answers to a question, each after a record was changed; `read` has what was read for the last of them."""
    token, answers = hub.token(), list[bytes]()
    for some in facts:
        with hub.store.write(hub.desk.schools.find(THORNFIELD)[0]) as batch:
            batch.change(record, identity, some)
        read.clear()
        answers.append(hub.get(f"/api/v1/School/{THORNFIELD}/{path}", token).body)
    return answers


def test_of_a_year_of_marks_only_the_students_row_is_read(small_hub: Hub, read: list[tuple[str, int]]) -> None:
    mark = here(small_hub, Mark, "kind = 'S' AND date LIKE '2026-03-%' AND mark = '/'")
    facts = [{"mark": one} for one in "NIN"]
    first, second, third = asked(small_hub, YEAR, Mark, mark, facts, read)
    assert first == third != second
    assert ("some", 1) in read
    assert "keyed" not in [name for name, _ in read]


def test_a_result_of_now_has_nothing_read_of_prior_attainment(small_hub: Hub, read: list[tuple[str, int]]) -> None:
    facts = [{"result": one} for one in "ABC"]
    first, *others = asked(
        small_hub, "PriorAttainment", AssessmentResult, result(small_hub, "prior IS NOT 1"), facts, read
    )
    assert others == [first, first]
    assert read == [("some", 0)]


def test_a_result_of_then_is_read_and_the_order_is_not(small_hub: Hub, read: list[tuple[str, int]]) -> None:
    facts = [{"result": one} for one in ("one", "two", "three")]
    *_, last = asked(small_hub, "PriorAttainment", AssessmentResult, result(small_hub, PRIOR), facts, read)
    assert last.count(b'"Result":"three"') == 1
    assert read == [("some", 1)]


def test_what_was_made_of_a_years_marks_is_kept(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    made = list[str]()
    making = Registered.made

    def watched(by: Gathering, days: object, gathered: str) -> object:
        made.append(gathered)
        return making(by, days, gathered)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(Registered, "made", watched)
    mark = here(small_hub, Mark, "kind = 'S' AND date LIKE '2026-03-%' AND mark = '/'")
    asked(small_hub, YEAR, Mark, mark, [{"mark": "M"}], [])
    made.clear()
    asked(small_hub, YEAR, Mark, mark, [{"mark": "R"}], [])
    assert len(made) == 1


def test_a_list_is_counted_once_for_all_of_its_pages(small_hub: Hub, counted: list[int]) -> None:
    who = caller(small_hub, {THORNFIELD: ["all"]})

    def totals() -> set[str]:
        paths = (f"{EDFI}/students?limit=20&offset={at}&totalCount=true" for at in (0, 20, 40))
        return {small_hub.get(path, authorization=f"Bearer {who.edfi}").headers["total-count"] for path in paths}

    (before,) = totals()
    assert counted == [int(before)]
    with small_hub.store.write(small_hub.desk.schools.find(THORNFIELD)[0]) as batch:
        batch.remove(Student, here(small_hub, Student, "leaving_date IS NULL"))
    (after,) = totals()
    assert counted == [int(before), int(after)]
    assert int(after) < int(before)


@pytest.mark.files
def test_marks_that_moved_are_looked_up_by_their_keys(small_hub: Hub) -> None:
    question = Question(Mark, (("Mark", Mark.mark),), Mark.date.is_(Arg("date")), order=(Mark.date, Mark.session))
    (some,) = plan(question, OneSchool({})).some
    bound = {"district": 1, "school": "", "grant": "", "date": "2026-11-20", "only": "[]"}
    with opened(small_hub.store) as records:
        steps = [step[-1] for step in records.execute(f"EXPLAIN QUERY PLAN {some}", bound).fetchall()]
    assert steps[0] == "SEARCH t1 USING INTEGER PRIMARY KEY (rowid=?)"
    assert not [step for step in steps if step.startswith("SCAN") and "json_each" not in step]
