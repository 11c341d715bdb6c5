"""What is gone is told to who asks what changed, as far as it could be seen, and so a copy ends as a fresh list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.consent import DistrictReader
from rollbook.consent.bygone import Gone
from rollbook.model.curriculum import Course
from rollbook.model.groups import Group, StaffMembership
from rollbook.model.people import Contact, Person, Staff
from rollbook.model.students import Student, StudentMembership
from tests.hub import THORNFIELD, Hub
from tests.looking import look

from .platform import Platform, Row

KINDS = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments", "demographics")


def role_of(platform: Platform, kind: str, person: str) -> str:
    return look(platform.hub.store, f'SELECT id FROM "{kind}" WHERE person = ?', (person,)).fetchall()[0][0]


def remove(platform: Platform, *gone: tuple[Any, str]) -> None:
    with platform.hub.store.write(platform.credential.district) as batch:
        for kind, identity in gone:
            batch.remove(kind, identity)


def gone(platform: Platform, path: str, **more: Any) -> dict[str, Row]:
    return {row["sourcedId"]: row for row in platform.rows(path, filter="status='tobedeleted'", **more)}


def test_what_is_gone_is_a_whole_object_and_in_no_ordinary_list(writer: Platform) -> None:
    place = next(one for one in writer.rows("enrollments") if one["role"] == "teacher")
    group = next(one for one in writer.rows("classes") if one["sourcedId"] != place["class"]["sourcedId"])
    before = writer.rows("enrollments")[-1]["dateLastModified"]
    assert gone(writer, "enrollments") == {}
    remove(writer, (StaffMembership, place["sourcedId"]), (Group, group["sourcedId"]))
    told = gone(writer, "enrollments")[place["sourcedId"]]
    assert told == {**place, "status": "tobedeleted", "dateLastModified": told["dateLastModified"]} | (
        {} if "metadata" not in place else {"metadata": place["metadata"]}
    )
    assert told["dateLastModified"] > before
    (lost,) = gone(writer, "classes").values()
    wanted = ("sourcedId", "title", "classCode", "classType", "course", "school", "terms")
    assert {name: lost.get(name) for name in wanted} == {name: group.get(name) for name in wanted}
    assert all(one["status"] == "active" for one in writer.rows("enrollments"))
    assert place["sourcedId"] not in {one["sourcedId"] for one in writer.rows("enrollments", filter="status='active'")}
    assert writer.ask(f"enrollments/{place['sourcedId']}").status == 404


def test_pages_and_orders_count_what_is_gone(writer: Platform) -> None:
    places = [one["sourcedId"] for one in writer.rows("enrollments") if one["role"] == "student"][:3]
    remove(writer, *((StudentMembership, one) for one in places))
    live = len(writer.rows("enrollments"))
    since = "dateLastModified>='2000-01-01'"
    answer = writer.ask("enrollments", limit=5, offset=live - 2, filter=since)
    assert answer.headers["x-total-count"] == str(live + 3)
    assert [one["status"] for one in answer.json["enrollments"]] == ["active"] * 2 + ["tobedeleted"] * 3
    latest = writer.rows("enrollments", limit=3, filter=since, sort="dateLastModified", orderBy="desc")
    assert {one["sourcedId"] for one in latest} == {*places}
    both = writer.rows("enrollments", filter="dateLastModified>='2000-01-01' AND role='teacher'")
    assert {one["role"] for one in both} == {"teacher"}
    assert {one["status"] for one in both} == {"active"}


def test_whom_nobody_could_see_leaves_no_trace(small_hub: Hub) -> None:
    whole = Platform(small_hub)
    lite = Platform(small_hub, ("SchoolLite", "StudentLite"), schools=(THORNFIELD,), app="lite.example.org")
    pupil, teacher = whole.rows("students")[0], whole.rows("teachers")[0]
    ours = pupil["sourcedId"] in {one["sourcedId"] for one in lite.rows("users")}
    remove(whole, (Student, role_of(whole, "student", pupil["sourcedId"])))
    remove(whole, (Staff, role_of(whole, "staff", teacher["sourcedId"])))
    seen = gone(whole, "users")
    assert seen.keys() == {pupil["sourcedId"], teacher["sourcedId"]}
    assert seen[pupil["sourcedId"]]["familyName"] == pupil["familyName"]
    assert seen[teacher["sourcedId"]]["roles"][0]["role"] == "teacher"
    assert gone(whole, "students").keys() == {pupil["sourcedId"]}
    assert gone(lite, "users").keys() == ({pupil["sourcedId"]} if ours else set())
    assert gone(lite, "teachers") == {}


def test_what_goes_while_a_list_is_read_is_told_of_the_next_time(
    writer: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were only a part of it told of, a client that asks for what is newer than that would never hear of the rest."""
    lost = writer.rows("classes")[0]
    polled: dict[str, Any] = {"filter": "dateLastModified>='2000-01-01'", "fields": "sourcedId,status"}
    before, gone_of = writer.rows("classes", **polled), DistrictReader.gone

    def meanwhile(*args: Any) -> Iterator[Gone]:
        monkeypatch.setattr(DistrictReader, "gone", gone_of)
        remove(writer, (Group, lost["sourcedId"]))
        with writer.hub.store.write(writer.credential.district) as batch:
            school = lost["school"]["sourcedId"]
            brief = batch.add(Group, [{"school": school, "kind": "TeachingGrp", "code": "B", "name": "Brief"}])
        remove(writer, (Group, brief[0]))
        return gone_of(*args)

    monkeypatch.setattr(DistrictReader, "gone", meanwhile)
    assert writer.rows("classes", **polled, offset=0) == before
    after = {one["sourcedId"]: one["status"] for one in writer.rows("classes", **polled)}
    assert after[lost["sourcedId"]] == "tobedeleted"


# ---- a copy


class Copy:
    """What a client holds that reads everything once, and then what changed since the newest moment that it saw.

    The classes of a course that is gone have not changed themselves: it reads them again.
    """

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.held = {name: {row["sourcedId"]: row for row in platform.rows(name)} for name in KINDS}

    def poll(self) -> None:
        for name, held in self.held.items():
            newest = max((row["dateLastModified"] for row in held.values()), default="2000-01-01")
            for row in self.platform.rows(name, filter=f"dateLastModified>='{newest}'"):
                held.pop(row["sourcedId"], None)
                held |= {row["sourcedId"]: row} if row["status"] == "active" else {}
        courses, classes = self.held["courses"], self.held["classes"]
        if any(one["course"]["sourcedId"] not in courses for one in classes.values()):
            now = {row["sourcedId"]: row for row in self.platform.rows("classes")}
            classes |= {i: now[i] for i, one in classes.items() if one["course"]["sourcedId"] not in courses}


def plain(rows: dict[str, Row]) -> dict[str, Row]:
    """Rows without when they changed: what has lost a part, or what it referred to, has no stamp of that."""
    return {i: {n: v for n, v in row.items() if n != "dateLastModified"} for i, row in rows.items()}


def change(platform: Platform, what: str, at: int) -> None:
    """Change something of what is there now."""

    def pick(path: str) -> Row:
        rows = platform.rows(path)
        return rows[at % len(rows)]

    with platform.hub.store.write(platform.credential.district) as batch:
        match what:
            case "rename":
                batch.change(Person, pick("users")["sourcedId"], {"forename": f"Wilfred {at}"})
            case "retitle":
                batch.change(Group, pick("classes")["sourcedId"], {"name": f"Set {at}"})
            case "leave":
                student = role_of(platform, "student", pick("students")["sourcedId"])
                batch.change(Student, student, {"leaving_date": "2020-01-01"})
            case "end":
                one = pick("enrollments")
                kind = StudentMembership if one["role"] == "student" else StaffMembership
                batch.change(kind, one["sourcedId"], {"end": "2026-11-01"})
            case "withdraw":
                one = pick("enrollments")
                batch.remove(StudentMembership if one["role"] == "student" else StaffMembership, one["sourcedId"])
            case "close":
                batch.remove(Group, pick("classes")["sourcedId"])
            case "expel":
                batch.remove(Student, role_of(platform, "student", pick("students")["sourcedId"]))
            case "part":
                parents = [one for one in platform.rows("users") if one["roles"][0]["role"] == "parent"]
                batch.remove(Contact, role_of(platform, "contact", parents[at % len(parents)]["sourcedId"]))
            case _:
                courses = [one for one in platform.rows("courses") if "metadata" not in one]
                batch.remove(Course, courses[at % len(courses)]["sourcedId"])


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["rename", "retitle", "leave", "end", "withdraw", "close", "expel", "part", "drop"]),
        st.integers(0, 997),
    ),
    min_size=2,
    max_size=5,
)


@pytest.mark.slow
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CHANGES, min_size=1, max_size=2))
def test_who_polls_for_what_changed_ends_with_what_a_fresh_list_says(
    small_folder: Path, tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[str, int]]]
) -> None:
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("polled"))
    platform = Platform(hub)
    copy = Copy(platform)
    for changes in rounds:
        for what, at in changes:
            change(platform, what, at)
        copy.poll()
        fresh = Copy(platform)
        for name in KINDS:
            assert plain(copy.held[name]) == plain(fresh.held[name]), name
    hub.close()
