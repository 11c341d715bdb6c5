"""Retention: nothing goes without a rule, and by a rule what is older than it says."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from rollbook.ingest import import_roster
from rollbook.ingest.retaining import SUBJECTS, Keeping, preview, run, run_all, set_rule
from rollbook.jobs import Queue
from rollbook.model.people import Person
from rollbook.model.students import Student, StudentPhoto
from rollbook.store.kept.asides import SetAside
from rollbook.store.kept.matches import Review
from rollbook.store.kept.orders import Entry, Outcome
from rollbook.store.kept.retention import HUB, Rule
from rollbook.store.opening import opened
from rollbook.store.port import Store

from .demo_data import no_schools
from .hub import THORNFIELD, Hub
from .looking import look
from .oneroster.platform import Platform
from .postgres import ABSENT, BIN, hub_served
from .test_cli import refused, said
from .test_matching import human
from .test_matching import told as roster_of
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
        old = Rule(1, "", what, 365)
        assert preview(store, old) == run(store, old, "test")
        assert preview(store, old) == 0


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


# ---- on both stores

postgres = pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)


@pytest.fixture(params=["files", pytest.param("postgres", marks=postgres)])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A hub that a system told of Ana, who left, and of Ben, who stays; two rows were set aside, and one is old."""
    with hub_served() if request.param == "postgres" else nullcontext("") as address:
        folder = tmp_path / "hub" if address else no_schools(tmp_path / "hub")
        with opened(folder, address) as store:
            store.clock = lambda: NOW
            fed(store)
            yield store


NOW = 1_795_003_600.0
"""A moment on 18 November 2026."""

READ = "sis:sis-d"
"""The source that was read."""

OLD, NEW = "2026-09-01T08:00:00.000", "2026-11-17T08:00:00.000"


def fed(store: Store) -> None:
    ana = {"forename": "Ana", "surname": "Ash", "birth_date": "2014-01-02"}
    ben = {"forename": "Ben", "surname": "Beech", "birth_date": "2014-02-03"}
    import_roster(store, roster_of("sis", human("ana", ana, "1001"), human("ben", ben, "1002")), "")
    with store.write(1) as batch:
        who = {
            name: batch.kept.records.find(Student, 1, {"person": person["id"]})[0]["id"]
            for name in ("Ana", "Ben")
            for person in batch.kept.records.find(Person, 1, {"forename": name})
        }
        batch.change(Student, who["Ana"], {"leaving_date": "2023-07-20"})
        batch.add(StudentPhoto, [{"who": student, "image": "x"} for student in who.values()])
    aside = [SetAside("sis", at, "Student", f"row {at}", "users", "is wrong", "", 0, ()) for at in (OLD, NEW)]
    review = Review("r1", "sis", "Student", "k", "candidate", "upn", (), {}, "apart", OLD, "test", OLD)
    with store.of_district(1) as kept:
        kept.asides.keep(1, "sis", aside)
        for source in (READ, "gone"):
            kept.sources.keep_file(1, source, "rows users", b"what it said")
            kept.sources.keep_file(1, source, "renewed token", b"what it is read with")
        kept.matches.wait(1, [review])
        kept.orders.end(Entry("o1", "g", 1, "s", "Photo"), Outcome("done", (), ()), OLD)


@pytest.mark.parametrize(
    ("what", "days", "goes"),
    [
        ("leavers", 365, 1),
        ("leavers' photos", 365, 1),
        ("set aside", 30, 1),
        ("write-backs", 30, 1),
        ("reviews", 30, 1),
    ],
)
def test_a_rule_lets_go_of_the_same_on_both_stores(both: Store, what: str, days: int, goes: int) -> None:
    rule = Rule(1, "", what, days)
    assert preview(both, Rule(1, "", what, 36500)) == 0
    assert (preview(both, rule), run(both, rule, "test"), preview(both, rule)) == (goes, goes, 0)
    (told,) = both.kept.retention.runs(5)
    assert (told.rule, told.gone) == (rule, goes)
    assert [row.at for row in both.kept.asides.of_source(1, "sis")] == ([NEW] if what == "set aside" else [OLD, NEW])
    photos = {"leavers": 1, "leavers' photos": 1}.get(what, 2)
    assert look(both, "SELECT count(*) FROM student_photo").get == photos
    assert [f for (f,) in look(both, "SELECT forename FROM person WHERE district = 1 ORDER BY 1")] == (
        ["Ben"] if what == "leavers" else ["Ana", "Ben"]
    )


def test_data_sets_go_of_sources_that_are_read_no_more_and_never_what_they_are_read_with(both: Store) -> None:
    with both.of_district(1) as kept:
        at = look(both, "SELECT max(at) FROM sync").get
        assert kept.retention.old("source data", 1, at) == kept.retention.drop_old("source data", 1, at) == 1
    left = {(s, n) for s, n in look(both, "SELECT source, name FROM source_file WHERE district = 1")}
    assert ("gone", "rows users") not in left
    # Once the other has not been read for so long, it is like it.
    assert both.kept.retention.old("source data", 1, at) == 0
    assert both.kept.retention.old("source data", 1, "2999-01-01T00:00:00.000") >= 1
    assert {(READ, "rows users"), (READ, "renewed token"), ("gone", "renewed token"), ("sis", "set aside")} <= left


def test_all_rules_run_together_and_what_is_the_hubs_own_by_its_own(both: Store) -> None:
    for rule in (
        Rule(HUB, "", "jobs", 1),
        Rule(HUB, "", "sittings", 1),
        Rule(1, "", "history", 60),
        Rule(1, "", "runs", 7),
    ):
        set_rule(both, rule, "test")
    with both.passing as passing:
        passing.jobs.put("1", "mail", "1", {}, due=0.0, now=0.0)
        passing.jobs.finish("1", 0.0, keeping=True)
    gone = {one.rule.what: one.gone for one in run_all(both, "test")}
    assert gone == {"jobs": 1, "sittings": 0, "history": 0, "runs": 0}
    set_rule(both, Rule(HUB, "", "jobs", 0), "test")
    assert {rule.what for rule in both.kept.retention.rules()} == {"sittings", "history", "runs"}
