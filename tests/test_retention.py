"""Retention: nothing goes without a rule, and by a rule what is older than it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rollbook.ingest.retaining import SUBJECTS, Keeping, preview, run, run_all
from rollbook.jobs import Queue
from rollbook.model.students import Student
from rollbook.store.kept.retention import HUB, Rule

from .hub import THORNFIELD, Hub
from .looking import look
from .oneroster.platform import Platform
from .test_cli import refused, said
from .told import entries

Left = tuple[int, str, str, str]

GRAHAM = (
    "SELECT s.district, s.id, s.person, s.school FROM student s JOIN school c ON c.id = s.school"
    " WHERE c.estab = ? AND s.mis_id = '9919'"
)


@pytest.fixture
def left(small_hub: Hub) -> Left:
    """A student who left three years ago, alone of all: district, student, person, school."""
    found = look(small_hub.store, GRAHAM, (THORNFIELD,)).fetchall()[0]
    with small_hub.store.write(found[0]) as batch:
        for (one,) in look(small_hub.store, "SELECT id FROM student WHERE leaving_date IS NOT NULL").fetchall():
            if batch.get(Student, one):
                batch.change(Student, one, {"leaving_date": "2026-11-01"})
        batch.change(Student, found[1], {"leaving_date": "2023-07-20"})
    return found


def count(hub: Hub, kind: str, of: str, identity: str) -> int:
    return look(hub.store, f'SELECT count(*) FROM "{kind}" WHERE "{of}" = ?', (identity,)).get


def test_one_kind_of_record_of_a_leaver_goes_and_the_rest_stays(small_hub: Hub, left: Left) -> None:
    district, student, person, school = left
    rule = Rule(district, school, "leavers' attendance", 365)
    marks = count(small_hub, "mark", "student", student)
    everybody = look(small_hub.store, "SELECT count(*) FROM mark").get
    assert preview(small_hub.store, rule) == marks > 100
    assert run(small_hub.store, rule, "test") == marks
    assert count(small_hub, "mark", "student", student) == 0
    assert look(small_hub.store, "SELECT count(*) FROM mark").get == everybody - marks
    assert count(small_hub, "person", "id", person) == 1
    assert run(small_hub.store, rule, "test") == 0
    told = [(one.rule, one.gone) for one in small_hub.store.kept.retention.runs(5)]
    assert sorted(gone for _, gone in told) == [0, marks] or told[0][0] == rule


def test_a_leaver_is_erased_unless_they_are_somebody_still(small_hub: Hub, left: Left) -> None:
    district, _, person, _ = left
    rule = Rule(district, "", "leavers", 365)
    assert preview(small_hub.store, rule) == 1
    with small_hub.store.write(district) as batch:
        contact = batch.kept.records.find(Student, district, {"person": person})[0]
        again = batch.add(Student, [{"person": person, "school": contact["school"]}])[0]
    assert preview(small_hub.store, rule) == 0
    with small_hub.store.write(district) as batch:
        batch.remove(Student, again)
    assert run(small_hub.store, rule, "test") == 1
    assert count(small_hub, "person", "id", person) == 0
    assert small_hub.store.kept.erasures.of_district(district)[0].why == "retention: leavers after 365 days"


def test_what_is_the_hubs_own_goes_by_rules_of_its_own(small_hub: Hub) -> None:
    store = small_hub.store
    small_hub.school("Students?id=9919", small_hub.token())
    small_hub.now += 400 * 86400.0
    small_hub.store.clock = lambda: small_hub.now
    small_hub.school("Students?id=9920", small_hub.token())
    assert len(entries(small_hub)) == 2
    rule = Rule(HUB, "", "ledger", 365)
    assert (preview(store, rule), run(store, rule, "test")) == (1, 1)
    assert len(entries(small_hub)) == 1
    with store.passing as passing:
        passing.jobs.put("1", "mail", "1", {}, due=0.0, now=0.0)
        passing.jobs.finish("1", 0.0, keeping=True)
    assert run(store, Rule(HUB, "", "jobs", 1), "test") == 1
    for what in ("runs", "write-backs", "reviews"):
        assert run(store, Rule(1, "", what, 365), "test") == preview(store, Rule(1, "", what, 365)) == 0


def test_whoever_has_not_asked_since_the_history_was_cut_is_told_everything(small_hub: Hub) -> None:
    store, platform = small_hub.store, Platform(small_hub)
    district = platform.credential.district
    whole = platform.rows("users")
    with store.write(district) as batch:
        batch.remove(Student, look(store, GRAHAM, (THORNFIELD,)).fetchall()[0][1])
    moment = look(store, "SELECT max(at) FROM moment").get
    since = f"dateLastModified>='{moment}Z'"
    assert {one["status"] for one in platform.rows("users", filter=since)} >= {"tobedeleted"}
    store.clock = lambda: small_hub.now + 3000 * 86400.0
    assert run(store, Rule(district, "", "history", 60), "test") >= 1
    assert len(platform.rows("users", filter=since)) >= len(whole) - 3


def test_by_command(small_hub: Hub, left: Left) -> None:
    where = ["--data", small_hub.store.folder]
    district = look(small_hub.store, "SELECT name FROM district WHERE district = ?", (left[0],)).get
    assert {one["what"] for one in json.loads(said("retention", "show", *where))} == {*SUBJECTS}
    assert json.loads(said("retention", "preview", *where)) == []
    assert "leavers stay 30 days at least" in refused("retention", "set", "leavers", 1, "--district", district, *where)
    assert "there can be no rule for pupils" in refused("retention", "set", "pupils", 100, *where)
    said("retention", "set", "leavers' photos", 365, "--school", THORNFIELD, *where)
    said("retention", "set", "jobs", 30, *where)
    (photos,) = [one for one in json.loads(said("retention", "preview", *where)) if one["what"] != "jobs"]
    assert photos["count"] == 1
    assert {one["what"]: one["gone"] for one in json.loads(said("retention", "run", *where))}["leavers' photos"] == 1
    assert count(small_hub, "student_photo", "who", left[1]) == 0
    assert [one["gone"] for one in json.loads(said("retention", "show", "--runs", *where))].count(1) == 1
    said("retention", "set", "jobs", 0, *where)
    assert len(small_hub.store.kept.retention.rules()) == 1


def test_the_worker_looks_once_a_day(small_hub: Hub, tmp_path: Path) -> None:
    store = small_hub.store
    with store.transaction() as kept:
        kept.retention.put(Rule(HUB, "", "jobs", 30), "test", "2026-11-18T00:00:00.000")
    now = [0.0]
    keeping, queue = Keeping(lambda: now[0]), Queue(store, lambda: now[0])
    keeping(queue)
    assert not queue.pending("retention", "daily")
    now[0] = 86401.0
    keeping(queue)
    assert queue.pending("retention", "daily")
    assert [one.gone for one in run_all(store, "test")] == [0]
