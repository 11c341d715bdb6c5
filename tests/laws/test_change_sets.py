"""Change sets are exact: a copy that is kept only by what `changedRows` says equals a full reading."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.dialects.xporter import changes
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.fields import RECORDS, Expr, Field, Key, Record, Ref
from rollbook.model.attendance import Mark
from rollbook.model.groups import Group
from rollbook.model.people import Contact, Person
from rollbook.model.post16 import StudyProgramme
from rollbook.model.students import Relationship, Student, StudentMembership
from rollbook.model.timetable import Room
from tests.hub import THORNFIELD, Hub
from tests.looking import look

from .asking import kinds_of, widest
from .editing import THE_HUBS_OWN, Editor
from .test_consent_laws import other_value

drawn = settings(
    max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def keys_of() -> dict[str, tuple[str, ...]]:
    """The columns that tell rows apart in the tables without an Id."""
    found: dict[str, tuple[str, ...]] = {"counts": ("Area",)}
    for endpoint in ENDPOINTS.values():
        for part in (p for t in endpoint.tables for p in endpoint.parts(t) if p.key is not None):
            made_of = part.key.values if isinstance(part.key, Key) else (part.key,)
            facts = [repr(e) if isinstance(e, Field) else repr(e.__dict__) for e in made_of if isinstance(e, Expr)]
            named = {repr(e) if isinstance(e, Field) else repr(e.__dict__): n for n, e in part.columns.items()}
            if "Id" not in part.columns and all(f in named for f in facts):
                found[part.name] = tuple(named[f] for f in facts)
    return found


KEYS = {**keys_of(), "Photos": ("PersonType", "Id")}


def key_of(table: str, row: dict[str, Any]) -> str:
    """What tells a row apart in its table."""
    return ".".join(str(row[column]) for column in KEYS.get(table, ("Id",)))


def by_key(table: str, rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The rows under their keys; somebody who joined a group twice stands there twice."""
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(key_of(table, row), []).append(json.dumps(row))
    return found


@dataclass
class Copy:
    """A client's copy of an endpoint, kept by change sets only."""

    path: str
    at: str = "%2A"
    rows: dict[str, dict[str, list[str]]] = field(default_factory=dict[str, dict[str, list[str]]])

    def follow(self, hub: Hub, token: str) -> None:
        """Ask what has changed, and change the copy."""
        answer = hub.school(f"{self.path}&changedRows={self.at}", token)
        assert "ExceptionMessage" not in answer, answer
        for table, rows in answer.items():
            if table.endswith("_deleted"):
                for row in rows:
                    del self.rows[table.removesuffix("_deleted")][row["Id"]]
            elif table not in ("meta", "__changedRows__", "__pagination__"):
                self.rows.setdefault(table, {}).update(by_key(table, rows))
        self.at = answer["__changedRows__"][0]["NextChangedRows"]

    def follow_pages(self, hub: Hub, token: str, size: int, between: Callable[[], None]) -> None:
        """The same page by page, with something happening between any two of them."""
        path, pages, values = f"{self.path}&changedRows={self.at}&pagesize={size}", 1, set[str]()
        for page in itertools.count(1):
            answer = hub.school(f"{path}&page={page}", token)
            assert "ExceptionMessage" not in answer, answer
            for table, rows in answer.items():
                if table.endswith("_deleted"):
                    for row in rows:
                        # What went before its page was asked for has never been seen.
                        self.rows.get(table.removesuffix("_deleted"), {}).pop(row["Id"], None)
                elif table not in ("meta", "__changedRows__", "__pagination__"):
                    self.rows.setdefault(table, {}).update(by_key(table, rows))
            pages = answer["__pagination__"][0]["PageCount"]
            values.add(answer["__changedRows__"][0]["NextChangedRows"])
            if page >= pages:
                break
            between()
        (self.at,) = values

    def whole(self, hub: Hub, token: str) -> dict[str, dict[str, list[str]]]:
        """The endpoint, read again."""
        answer = hub.school(self.path, token)
        skipped = ("meta", "__pagination__")
        return {t: by_key(t, rows) for t, rows in answer.items() if t not in skipped}


def some(hub: Hub, record: type[Record], rng: random.Random) -> str:
    """The hub id of some record of the first school, or of one that its district shares."""
    identity = Editor(hub, rng).some(record)
    assert identity is not None, record.__name__
    return identity


ELSEWHERE = ("Organisation",)
"""Kinds that no school has."""

CHANGED = {
    record: facts
    for record in RECORDS.values()
    if not record.derived() and record.__name__ not in ELSEWHERE and record.__module__ not in THE_HUBS_OWN
    if (facts := [n for n, f in record.stored().items() if not isinstance(f, Ref) and n not in ("mis_id", "estab")])
}
"""The facts of each kind of record that may change; kinds that hold references only are moved by the editor."""


def edit(hub: Hub, rng: random.Random) -> None:
    """Change something, anything, as a source or a dialect would."""
    district, school, _ = hub.desk.schools.find(THORNFIELD)
    with hub.store.write(district) as batch:
        match rng.choice(["field", "field", "field", "leave", "join", "gone", "born", "parent", "mark", "group"]):
            case "field":
                record = rng.choice([*CHANGED, *[Person] * 5])
                identity = Editor(hub, rng).some(record)
                if identity is None:
                    # A small school has nothing of some kinds, or no longer.
                    return
                name = rng.choice(CHANGED[record])
                before = batch.get(record, identity)
                assert before is not None
                batch.change(record, identity, {name: other_value(record.fields[name], before[name], rng)})
            case "leave":
                batch.change(Student, some(hub, Student, rng), {"leaving_date": rng.choice(["2026-10-01", None])})
            case "join":
                row = {"school": school, "group": some(hub, Group, rng), "student": some(hub, Student, rng)}
                batch.add(StudentMembership, [row])
            case "gone":
                record = rng.choice([Student, Contact, Group, StudentMembership, Relationship, Mark])
                batch.remove(record, some(hub, record, rng))
            case "born":
                (person,) = batch.add(Person, [{"forename": "Newt", "surname": f"Fernwhistle{rng.randint(1, 99)}"}])
                batch.add(Student, [{"school": school, "person": person, "year_group": some(hub, Group, rng)}])
            case "parent":
                row = {"student": some(hub, Student, rng), "contact": some(hub, Contact, rng)}
                batch.add(Relationship, [{"school": school, **row, "relationship": "Aunt", "parental": 1}])
            case "mark":
                batch.change(Mark, some(hub, Mark, rng), {"mark": rng.choice("/\\LMU-#")})
            case _:
                batch.change(Group, some(hub, Group, rng), {"end": rng.choice(["2026-10-01", None]), "name": "Renamed"})


@drawn
@given(seed=st.integers(0, 2**32), segment=st.sampled_from(sorted(ENDPOINTS)))
def test_a_copy_kept_by_change_sets_equals_a_full_reading(small_hub: Hub, seed: int, segment: str) -> None:
    rng, token = random.Random(seed), small_hub.token()
    paths = widest(small_hub, token)
    follow_edits(small_hub, token, rng, [paths[n] for n in ("Groups", ENDPOINTS[segment].segment) if n in paths])


@settings(drawn, max_examples=8)
@given(seed=st.integers(0, 2**32), segment=st.sampled_from(sorted(set(ENDPOINTS) - {"testerror"})))
def test_a_copy_follows_what_its_endpoint_reads(small_hub: Hub, seed: int, segment: str) -> None:
    rng, token, endpoint = random.Random(seed), small_hub.token(), ENDPOINTS[segment]
    path = f"{endpoint.segment}?{urlencode(endpoint.example)}"
    editor, copy, kinds = Editor(small_hub, rng), Copy(path), kinds_of(small_hub, path)
    copy.follow(small_hub, token)
    for _ in range(8):
        for _ in range(rng.randint(1, 4)):
            editor.edit(kinds)
        if rng.random() < 0.25:
            small_hub.store.set("today", f"2026-11-{rng.randint(10, 28)}")
        copy.follow(small_hub, token)
        assert copy.rows == copy.whole(small_hub, token), (path, editor.done)


@drawn
@given(seed=st.integers(0, 2**32))
def test_a_copy_of_the_plain_tables_equals_a_full_reading(small_hub: Hub, seed: int) -> None:
    year = small_hub.school("Groups?Type=YearGrp", small_hub.token())["Group"][0]["Id"]
    plain = ["Students?", f"Students?yearGroupId={year}", "Staff?includePrevious=1", "Contacts?", "StudentContacts?"]
    plain += ["Students?select=Id,Surname,RegGroup", "PersonComms?", "Groups?", "AttendanceForDate?", "Counts?"]
    follow_edits(small_hub, small_hub.token(), random.Random(seed), plain)


def follow_edits(hub: Hub, token: str, rng: random.Random, paths: list[str]) -> None:
    """Edit at random; after each few edits every copy must be what a full reading gives."""
    copies = [Copy(path) for path in paths]
    for copy in copies:
        copy.follow(hub, token)
    for _ in range(6):
        for _ in range(rng.randint(0, 4)):
            edit(hub, rng)
        for copy in copies:
            copy.follow(hub, token)
            assert copy.rows == copy.whole(hub, token), copy.path


@settings(drawn, max_examples=8)
@given(seed=st.integers(0, 2**32), segment=st.sampled_from(sorted(set(ENDPOINTS) - {"testerror"})))
def test_a_copy_kept_page_by_page_with_edits_between_equals_a_full_reading(
    small_hub: Hub, seed: int, segment: str
) -> None:
    rng, token, endpoint = random.Random(seed), small_hub.token(), ENDPOINTS[segment]
    path = f"{endpoint.segment}?{urlencode(endpoint.example)}"
    editor, kinds = Editor(small_hub, rng), kinds_of(small_hub, path)
    copies = [Copy(path), Copy("Students?includeGroupIds=true"), Copy("Contacts?")]

    def between() -> None:
        for _ in range(rng.randint(0, 3)):
            editor.edit(kinds)
            edit(small_hub, rng)

    for _ in range(3):
        for copy in copies:
            copy.follow_pages(small_hub, token, rng.randint(3, 20), between)
        for copy in copies:
            copy.follow_pages(small_hub, token, 1000, between)
            assert copy.rows == copy.whole(small_hub, token), (copy.path, editor.done)
        between()


@settings(drawn, max_examples=8)
@given(seed=st.integers(0, 2**32))
def test_what_goes_and_comes_back_between_two_pages_is_not_lost(small_hub: Hub, seed: int) -> None:
    rng, token = random.Random(seed), small_hub.token()
    grant, copy = small_hub.desk.grants.at(small_hub.app(), THORNFIELD), Copy("Students?select=Id,Surname")
    students = [s["Id"] for s in small_hub.school("Students", token)["Students"]]
    district, _, _ = small_hub.desk.schools.find(THORNFIELD)
    renamed: list[tuple[str, str]] = []

    def between() -> None:
        if rng.random() < 0.5:
            small_hub.desk.people.choose(grant, "students", "except", rng.sample(students, 8))
        identity = some(small_hub, Person, rng)
        with small_hub.store.write(district) as batch:
            row = batch.get(Person, identity)
            assert row is not None
            renamed.append((identity, row["surname"]))
            batch.change(Person, identity, {"surname": "Quince"})

    def undo() -> None:
        small_hub.desk.people.choose(grant, "students", "all", [])
        with small_hub.store.write(district) as batch:
            while renamed:
                identity, surname = renamed.pop()
                batch.change(Person, identity, {"surname": surname})

    for _ in range(3):
        copy.follow_pages(small_hub, token, 7, between)
        undo()
        copy.follow_pages(small_hub, token, 1000, between)
        assert copy.rows == copy.whole(small_hub, token)
        copy.at = "%2A"


@drawn
@given(seed=st.integers(0, 2**32))
def test_a_copy_follows_consent_that_is_narrowed_and_people_that_are_left_out(small_hub: Hub, seed: int) -> None:
    rng, token = random.Random(seed), small_hub.token()
    grant = small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    students = [s["Id"] for s in small_hub.school("Students", token)["Students"]]
    copies = [Copy("Students?includeGroupIds=true"), Copy("Groups?includeStudentMembers=true"), Copy("Counts?")]
    for _ in range(5):
        for copy in copies:
            copy.follow(small_hub, token)
            assert copy.rows == copy.whole(small_hub, token), copy.path
        if rng.random() < 0.5:
            small_hub.desk.people.choose(
                grant, "students", rng.choice(["only", "except", "all"]), rng.sample(students, 5)
            )
        else:
            held = small_hub.desk.grants.at(small_hub.app(), THORNFIELD).scopes
            kept = {"Student", "School", *rng.sample(sorted(held), max(len(held) - 8, 1))}
            small_hub.desk.grants.narrow(small_hub.desk.grants.at(small_hub.app(), THORNFIELD), kept & held)


def test_rows_with_one_key_stand_together(small_hub: Hub) -> None:
    token, rng = small_hub.token(), random.Random(7)
    for _ in range(60):
        edit(small_hub, rng)
    for path in widest(small_hub, token).values():
        for table, rows in small_hub.school(path, token).items():
            if table not in ("meta", "__pagination__"):
                keys = [key for key, _ in itertools.groupby(key_of(table, row) for row in rows)]
                assert len(keys) == len(set(keys)), (path, table)


def test_a_person_left_out_is_a_deletion_in_the_next_change_set(small_hub: Hub) -> None:
    token = small_hub.token()
    copy = Copy("Students?select=Id,DisplayName")
    copy.follow(small_hub, token)
    small_hub.desk.people.choose(small_hub.desk.grants.at(small_hub.app(), THORNFIELD), "students", "except", ["9919"])
    answer = small_hub.school(f"{copy.path}&changedRows={copy.at}", token)
    assert answer["Students"] == []
    assert answer["Students_deleted"] == [{"Id": "9919"}]


def test_when_nothing_has_changed_the_value_comes_back_and_nothing_is_read(small_hub: Hub) -> None:
    token = small_hub.token()
    copy = Copy("Students?select=Id,DisplayName")
    copy.follow(small_hub, token)
    answer = small_hub.school(f"{copy.path}&changedRows={copy.at}", token)
    row = answer["__changedRows__"][0]
    assert (row["PreviousChangedRows"], row["NextChangedRows"]) == (copy.at, copy.at)
    assert (answer["Students"], answer["Students_deleted"], answer["meta"]) == ([], [], [])
    assert row["SnapshotRP"] == "app.example.org"


def test_a_change_and_its_undoing_give_the_first_value_again(small_hub: Hub) -> None:
    token = small_hub.token()
    path = "Students?select=Id,Surname"
    first = small_hub.school(f"{path}&changedRows=*", token)["__changedRows__"][0]["NextChangedRows"]
    district, _, _ = small_hub.desk.schools.find(THORNFIELD)
    found = look(
        small_hub.store,
        "SELECT p.id, p.surname FROM student s JOIN person p ON p.district = s.district AND p.id = s.person"
        " WHERE s.mis_id = '9919' AND s.district = ?",
        (district,),
    ).fetchone()
    assert found is not None
    values: list[str] = []
    for surname in ("Quince", found[1]):
        with small_hub.store.write(district) as batch:
            batch.change(Person, found[0], {"surname": surname})
        answer = small_hub.school(f"{path}&changedRows={first}", token)
        values.append(answer["__changedRows__"][0]["NextChangedRows"])
        assert answer["Students"] == ([{"Id": "9919", "Surname": "Quince"}] if surname == "Quince" else [])
    assert values[0] != first
    assert values[1] == first


def test_a_part_that_moves_to_somebody_left_out_is_a_deletion(small_hub: Hub) -> None:
    token = small_hub.token()
    grant = small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    small_hub.desk.people.choose(grant, "students", "except", ["9919"])
    copy = Copy("Post16Study?")
    copy.follow(small_hub, token)
    district, school, _ = small_hub.desk.schools.find(THORNFIELD)
    here = "district = ? AND school = ?"
    ((left_out,),) = look(
        small_hub.store, f"SELECT id FROM student WHERE {here} AND mis_id = '9919'", (district, school)
    ).fetchall()
    programme, key = look(
        small_hub.store,
        f"SELECT id, mis_id FROM study_programme WHERE {here} AND student <> ?",
        (district, school, left_out),
    ).fetchall()[0]
    assert key in copy.rows["Post16Study"]
    with small_hub.store.write(district) as batch:
        batch.change(StudyProgramme, programme, {"student": left_out})
    copy.follow(small_hub, token)
    assert key not in copy.rows["Post16Study"]
    assert copy.rows == copy.whole(small_hub, token)


def test_a_copy_of_members_follows_the_groups_on_the_page_and_reads_no_others(
    small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, copy = small_hub.token(), Copy("Groups?includeStudentMembers=true")
    copy.follow(small_hub, token)
    district, school, _ = small_hub.desk.schools.find(THORNFIELD)
    current = 'SELECT m.id, m."group" FROM student_membership m WHERE m.school = ? AND m."end" IS NULL ORDER BY m.id'
    (member, group), *_ = look(small_hub.store, current, (school,)).fetchall()
    # Every row is read where it is not known which may be other ones.
    monkeypatch.delattr(changes.Whole, "part")
    for record, identity, facts in (
        (StudentMembership, member, {"end": "2027-07-01"}),
        (Group, group, {"name": "Renamed"}),
        (Group, group, {"end": "2026-10-01"}),
        (Group, group, {"end": None}),
        (StudentMembership, member, {"end": "2026-09-02"}),
    ):
        with small_hub.store.write(district) as batch:
            batch.change(record, identity, facts)
        before = copy.at
        copy.follow(small_hub, token)
        assert copy.at != before, facts
        assert copy.rows == copy.whole(small_hub, token), facts


def test_rows_that_are_worked_out_change_with_what_they_refer_to(small_hub: Hub) -> None:
    token = small_hub.token()
    copy = Copy("TimetableForStudent?id=9919&bypassDateFilter=true")
    copy.follow(small_hub, token)
    code = next(iter(copy.rows["LessonRooms"].values()))[0]
    district, school, _ = small_hub.desk.schools.find(THORNFIELD)
    sql = "SELECT id FROM room WHERE district = ? AND school = ? AND code = ?"
    (room,) = look(small_hub.store, sql, (district, school, json.loads(code)["Code"])).fetchall()[0]
    with small_hub.store.write(district) as batch:
        batch.change(Room, room, {"code": "ATTIC"})
    copy.follow(small_hub, token)
    assert any("ATTIC" in row for rows in copy.rows["LessonRooms"].values() for row in rows)
    assert copy.rows == copy.whole(small_hub, token)


def test_an_unknown_value_is_an_error_and_never_a_full_set(small_hub: Hub) -> None:
    token = small_hub.token()
    answer = small_hub.school("Students?changedRows=0123456789abcdef0123456789abcdef", token)
    assert answer["ExceptionType"] == "UnknownChangeSet"
    assert "start again with changedRows=*" in answer["ExceptionMessage"]


def test_another_apps_value_is_not_known(small_hub: Hub) -> None:
    first, second = small_hub.token(app="one.example.org"), small_hub.token(app="two.example.org")
    value = small_hub.school("Students?changedRows=*", first)["__changedRows__"][0]["NextChangedRows"]
    assert small_hub.school(f"Students?changedRows={value}", second)["ExceptionType"] == "UnknownChangeSet"


def test_change_sets_are_worked_out_before_pages(small_hub: Hub) -> None:
    token = small_hub.token()
    path = "Students?select=Id&pagesize=10&changedRows=%2A"
    seen: list[str] = []
    answer: dict[str, Any] = {}
    for page in range(1, 7):
        answer = small_hub.school(f"{path}&page={page}", token)
        seen += [s["Id"] for s in answer["Students"]]
        assert answer["__pagination__"][0]["RowCount"] == 48
    assert sorted(seen) == sorted({s["Id"] for s in small_hub.school("Students?select=Id", token)["Students"]})
    assert str(answer["__changedRows__"][0]["NextUrl"]).endswith("&page=1&pageSize=10")
