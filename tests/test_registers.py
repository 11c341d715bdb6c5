"""Registers hold the session marks that there are, whatever was written how; answers are the same without them."""

from __future__ import annotations

import json
import os
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.fields import TODAY, Date, MarkString, Not, Question, Tally
from rollbook.model.attendance import KNOWN_MARKS, YEAR_START, AttendanceWeek, Mark, counts, marks_this_year
from rollbook.model.organisation import School
from rollbook.model.students import Student
from rollbook.store.connection import connect
from rollbook.store.migrating import migrate
from rollbook.store.opening import opened
from rollbook.store.plan.planner import plan
from rollbook.store.plan.sights import OneSchool
from rollbook.store.port import Store
from rollbook.store.postgres.making import MIGRATIONS, make
from rollbook.store.writing import Batch
from tests import looking

from .postgres import ABSENT, BIN, served

TODAY_IS = "2026-03-04"
DAYS = ("2025-08-31", "2025-09-01", "2025-09-28", "2025-09-29", "2026-02-27", "2026-03-01", "2026-03-04", "2026-03-05")
"""The ends of a year, of a register and of a week, and tomorrow."""

MARKS = ("/", "\\", "L", "C1", "Y7", "Y", "#", "-", "", None, "ZZ", "é", "~~", "\x1f", "a\x1fb", "\x1e")
"""Marks of the law, those of no list, and what registers hold as separators."""

EXAMPLES = {"files": 25, "database": 6}
"""How many examples are tried; each has a district of its own."""

Change = Callable[["Pupils"], None]


class Pupils:
    """A school of a few students, in a transaction, and the marks that there are."""

    def __init__(self, batch: Batch, school: str, students: list[str], marks: list[str]) -> None:
        self.batch, self.school, self.students, self.marks = batch, school, students, marks

    def add(self, facts: Sequence[dict[str, Any]]) -> None:
        """Add some marks at once."""
        self.marks += self.batch.add(Mark, [{**one, "student": self.students[one["student"]]} for one in facts])


def _facts() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "student": st.integers(0, 1),
            "date": st.sampled_from(DAYS),
            "session": st.sampled_from(("AM", "PM", "PM", None, "EV")),
            "kind": st.sampled_from(("S", "S", "S", "L")),
            "mark": st.sampled_from(MARKS),
        }
    )


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """One change of a school's marks or students."""
    facts = draw(st.lists(_facts(), min_size=1, max_size=4))
    which = draw(st.integers(0, 30))

    def add(to: Pupils) -> None:
        to.add(facts)

    def change(to: Pupils) -> None:
        if to.marks:
            some = {n: v for n, v in facts[0].items() if n in ("date", "session", "kind", "mark")}
            mark = to.marks[which % len(to.marks)]
            to.batch.change(Mark, mark, {**some, "student": to.students[facts[0]["student"]]})

    def remove(to: Pupils) -> None:
        if to.marks:
            to.batch.remove(Mark, to.marks.pop(which % len(to.marks)))

    def replace_student(to: Pupils) -> None:
        """A student goes with all their marks, and comes back with others."""
        place = which % len(to.students)
        gone, to.students[place] = to.students[place], str(uuid.uuid4())
        to.batch.remove(Student, gone)
        to.marks[:] = [one for one in to.marks if to.batch.get(Mark, one)]
        to.add(facts)
        to.batch.add(Student, [{"id": to.students[place], "school": to.school}])

    return draw(st.sampled_from((add, add, add, change, change, remove, replace_student)))


def _as_counted_anew(records: Any, district: int) -> dict[tuple[int, int], tuple[str, str]]:
    """The registers as the marks say them."""
    found: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    sql = "SELECT student, date, session, mark, key FROM mark WHERE district = ? AND kind = 'S'"
    rows = records.execute(sql, (district,)).fetchall()
    # Unknown ones come first.
    for student, day, session, mark, _ in sorted(rows, key=lambda row: [(one is not None, one) for one in row]):
        monday = (day + 3) // 28 * 28 - 3
        slot = chr(40 + 3 * (day - monday) + {"AM": 0, "PM": 1}.get(session, 2))
        found[student, monday].append(slot + _letter(mark))
    return {at: ("".join(m[0] for m in marks), "".join(m[1:] for m in marks)) for at, marks in found.items()}


def _letter(mark: str | None) -> str:
    if mark is not None and len(mark) == 1 and mark >= " ":
        return mark
    return "\x1f" + ("\x1d" if mark is None else mark.replace("\x1f", " ").replace("\x1e", " ")) + "\x1f"


def _registers(records: Any, district: int) -> dict[tuple[int, int], tuple[str, str]]:
    sql = "SELECT student, monday, slots, marks FROM register WHERE district = ?"
    return {(s, m): (slots, marks) for s, m, slots, marks in records.execute(sql, (district,)).fetchall()}


def _founded(store: Store) -> tuple[int, str, list[str]]:
    """A district with a school, and two students."""
    with store.founding({"name": "A trust"}) as batch:
        (school,) = batch.add(School, [{"estab": str(batch.district), "name": "A school"}])
        students = batch.add(Student, [{"school": school, "mis_id": one} for one in ("1", "2")])
        return batch.district, school, students


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with opened(tmp_path_factory.mktemp("hub")) as store:
        yield store


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ExitStack() as stack:
        server = stack.enter_context(served())
        make(server)
        yield stack.enter_context(opened(tmp_path_factory.mktemp("hub"), server))


ON_BOTH = pytest.mark.parametrize(
    "kept",
    [
        "files",
        pytest.param("database", marks=[pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]),
    ],
)


@ON_BOTH
def test_registers_hold_the_marks_that_there_are_after_any_writes(
    kept: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    store: Store = request.getfixturevalue(kept)
    # What does not wait for the end of a batch is right at its end as well.
    monkeypatch.setattr("rollbook.store.registers.AT_MOST", 2)

    @settings(
        max_examples=EXAMPLES[kept],
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.lists(st.lists(changes(), min_size=1, max_size=4), min_size=1, max_size=4))
    def check(batches: list[list[Change]]) -> None:
        district, school, students = _founded(store)
        marks: list[str] = []
        with looking.opened(store) as records:
            for some in batches:
                with store.write(district) as batch:
                    for change in some:
                        change(Pupils(batch, school, students, marks))
                assert _registers(records, district) == _as_counted_anew(records, district)

    check()


# ---- answers

EVERY_COUNT = {"unknown": Not(Mark.mark.one_of(*KNOWN_MARKS)), **{name: counts(name) for name in ("possible", "late")}}
COLUMNS = (
    ("id", Student.mis_id),
    *((name, Tally(marks_this_year, where)) for name, where in EVERY_COUNT.items()),
    ("Y", Tally(marks_this_year, Mark.mark.one_of("Y"))),
    ("marks", MarkString(marks_this_year, YEAR_START, TODAY)),
)
YEAR = {"year_start": "2025-09-01", "year_end": "2026-08-31", "today": TODAY_IS}


def _answers(store: Store, district: int, school: str, question: Question, sight: OneSchool, **more: Any) -> list[Any]:
    found = plan(question, replace(sight, flavour=store.flavour))
    bound = {"district": district, "school": school, "grant": "", "seer": "", "limit": -1, "offset": 0, **YEAR, **more}
    return [json.loads(row[0]) for row in store.kept.plans.rows(found, bound)]


@ON_BOTH
def test_counts_of_a_year_are_the_same_where_marks_are_seen_one_by_one(
    kept: str, request: pytest.FixtureRequest
) -> None:
    store: Store = request.getfixturevalue(kept)
    question = Question(Student, COLUMNS, order=(Student.mis_id,))
    assert "FROM register" in plan(question, OneSchool({})).rows[0]
    # With veils, one mark may be hidden and another one shown.
    assert "FROM register" not in plan(question, OneSchool({}, veils=True)).rows[0]

    @settings(max_examples=EXAMPLES[kept], deadline=None)
    @given(st.lists(_facts(), max_size=12))
    def check(facts: list[dict[str, Any]]) -> None:
        district, school, students = _founded(store)
        with store.write(district) as batch:
            Pupils(batch, school, students, []).add([one for one in facts if "\x1e" not in (one["mark"] or "")])
        one_by_one = _answers(store, district, school, question, OneSchool({}, veils=True))
        # Which of two marks of one session is shown, PostgreSQL leaves open where they are read one by one.
        sessions = {(one["student"], one["date"], one["session"]) for one in facts}
        alike = kept == "files" or len(sessions) == len(facts)
        if alike and not any("\x1f" in (one["mark"] or "") for one in facts):
            assert _answers(store, district, school, question, OneSchool({})) == one_by_one

    check()


def _counted(marks: list[dict[str, Any]]) -> dict[str, int]:
    known = [one["mark"] for one in marks if one["mark"] is not None]
    return {
        "unknown": sum(mark not in KNOWN_MARKS for mark in known),
        "mark_c": sum(mark in ("C", "C1", "C2") for mark in known),
        "missing": known.count("-"),
        "possible": sum(mark in ("/", "\\", "L", "C1", "-") for mark in known),
    }


def _week(day: str) -> str:
    return {"2025-08-31": "2025-08-25", "2025-09-28": "2025-09-22", "2026-03-01": "2026-02-23"}.get(
        day, {"2026-02-27": "2026-02-23", "2026-03-04": "2026-03-02", "2026-03-05": "2026-03-02"}.get(day, day)
    )


@ON_BOTH
def test_weeks_count_the_marks_between_two_days(kept: str, request: pytest.FixtureRequest) -> None:
    store: Store = request.getfixturevalue(kept)
    names = ("unknown", "mark_c", "missing", "possible")
    facts_of = AttendanceWeek.fields
    question = Question(
        AttendanceWeek,
        (
            ("id", AttendanceWeek.student / Student.mis_id),
            ("week", facts_of["monday"]),
            *((n, facts_of[n]) for n in names),
        ),
        order=(AttendanceWeek.student / Student.mis_id, AttendanceWeek.monday),
    )
    assert isinstance(facts_of["monday"], Date)

    @settings(max_examples=EXAMPLES[kept], deadline=None)
    @given(st.lists(_facts(), max_size=12), st.sampled_from(DAYS), st.sampled_from(DAYS))
    def check(facts: list[dict[str, Any]], start: str, end: str) -> None:
        district, school, students = _founded(store)
        with store.write(district) as batch:
            Pupils(batch, school, students, []).add([{**one, "school": school} for one in facts])
        weeks: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for one in facts:
            if one["kind"] == "S" and start <= one["date"] <= end:
                weeks["12"[one["student"]], _week(one["date"])].append(one)
        found = _answers(store, district, school, question, OneSchool({}), startDate=start, endDate=end)
        assert found == [{"id": s, "week": week, **_counted(m)} for (s, week), m in sorted(weeks.items())]

    check()


# ---- what was there before


def _forget(store: Store) -> None:
    with looking.changing(store) as records:
        records.execute("DROP TABLE register")


def test_a_directory_of_before_gets_the_registers_of_its_marks(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        district, school, students = _founded(store)
        marks = [
            {"student": n % 2, "date": day, "session": "AM", "kind": kind, "mark": mark}
            for n, mark in enumerate(MARKS)
            for day in ("1969-12-20", *DAYS)
            for kind in "SL"
        ]
        with store.write(district) as batch:
            Pupils(batch, school, students, []).add(marks)
        with looking.opened(store) as records:
            before = _registers(records, district)
        _forget(store)
    records = connect(tmp_path / "records.sqlite")
    records.execute("PRAGMA user_version = 15")
    migrate(records, "records", 16)
    assert _registers(records, district) == before == _as_counted_anew(records, district)
    assert len(before) == 8
    records.close()


@pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)
def test_a_database_of_before_gets_the_registers_of_its_marks(database: Store) -> None:
    district, school, students = _founded(database)
    facts = {"session": "PM", "kind": "S"}
    with database.write(district) as batch:
        marks = [{**facts, "student": n % 2, "date": day, "mark": m} for n, m in enumerate(MARKS) for day in DAYS]
        Pupils(batch, school, students, []).add(marks)
    with looking.opened(database) as records:
        before = _registers(records, district)
        _forget(database)
        cast(Any, records).script((MIGRATIONS / "records_0016.sql").read_text())
        assert _registers(records, district) == before == _as_counted_anew(records, district)
