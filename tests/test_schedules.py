"""When sources are read by themselves, and when not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed, RollbookError
from rollbook.ingest import Renewal, Schedules, import_roster
from rollbook.ingest.asked import path, recorded
from rollbook.ingest.health import health, old
from rollbook.ingest.rows import Request
from rollbook.ingest.scheduling import NIGHTLY, Past, Schedule, back_off, due, every, in_words, past, window, zone
from rollbook.ingest.turns import OtherTurn, host_of, turn
from rollbook.jobs import Freshness, Queue
from rollbook.store.kept.feeds import BY_HAND, ON, PAUSED, Feed, Sent
from rollbook.store.sqlite import Store

from . import rosters
from .demo_data import new_store


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def feed(schedule: str, state: str = ON) -> Feed:
    return Feed(1, "sis", "oneroster-csv", {}, 1, (), 0.02, state, schedule, "")


def read(moment: str) -> Past:
    return Past(at(moment))


def test_a_schedule_is_said_in_words() -> None:
    assert [every(one) for one in ("30m", "2h", "1d", "never")] == [30, 120, 1440, 0]
    assert [in_words(one) for one in ("30", "120", "1440", NIGHTLY)] == ["every 30m", "every 2h", "every 1d", "nightly"]
    for wrong in ("", "h", "4m", "-1h", "soon", "1.5h", "٣h"):
        with pytest.raises(Malformed, match="such as 30m, 2h, 1d or never"):
            every(wrong)


def test_a_schedule_is_kept_as_it_is_said() -> None:
    both = Schedule(nightly=True, minutes=120, window=window("20:00-06:00"), zone="America/Chicago")
    assert both.kept() == "nightly 120 within=20:00-06:00 zone=America/Chicago"
    assert Schedule.of(both.kept()) == both
    assert str(both) == "nightly, what changed every 2h, 20:00-06:00 only (America/Chicago)"
    assert Schedule.of("") == Schedule()
    assert Schedule().kept() == ""
    assert window("always") is None
    for wrong in ("20:00", "20:00-20:00", "25:00-06:00", "8-9"):
        with pytest.raises(Malformed, match="such as 20:00-06:00"):
            window(wrong)
    with pytest.raises(Malformed, match=r"did you mean Europe/London\?"):
        zone("Europe/Londn")


def test_a_source_is_due_when_its_time_has_come_since_it_was_last_read() -> None:
    now = at("2026-11-30T12:00")
    # The next reading is up to a tenth of the time between two later than that.
    assert due(feed("30"), read("2026-11-30T11:27"), now) == "either"
    assert not due(feed("30"), read("2026-11-30T11:31"), now)
    assert due(feed("30"), Past(), now) == "either"
    assert due(feed(NIGHTLY), read("2026-11-30T02:59"), now) == "whole"
    assert not due(feed(NIGHTLY), read("2026-11-30T04:00"), now)
    assert not due(feed(NIGHTLY), read("2026-11-29T12:00"), at("2026-11-30T02:59"))
    assert not due(feed("30", PAUSED), Past(), now)
    assert not due(feed("30", BY_HAND), Past(), now)
    assert not due(feed(""), Past(), now)


def test_everything_is_read_at_night_and_what_changed_between() -> None:
    both = feed("nightly 120")
    assert due(both, read("2026-11-30T02:30"), at("2026-11-30T04:00")) == "whole"
    assert due(both, read("2026-11-30T04:00"), at("2026-11-30T05:00")) == ""
    assert due(both, read("2026-11-30T04:00"), at("2026-11-30T06:12")) == "changes"


def test_a_source_is_read_within_its_hours_only() -> None:
    closed = feed("nightly 30 within=20:00-06:00 zone=America/Chicago")
    # Chicago is six hours behind in winter.
    assert not due(closed, read("2026-11-28T12:00"), at("2026-11-30T01:59"))
    assert due(closed, read("2026-11-28T12:00"), at("2026-11-30T02:00")) == "whole"
    assert due(closed, read("2026-11-30T05:00"), at("2026-11-30T05:40")) == "changes"
    assert not due(closed, read("2026-11-28T12:00"), at("2026-11-30T12:00"))
    at_noon = feed("nightly within=12:00-12:30")
    assert not due(at_noon, read("2026-11-29T12:31"), at("2026-11-30T11:59"))
    assert due(at_noon, read("2026-11-29T12:31"), at("2026-11-30T12:29:59")) == "whole"


def test_sources_that_are_read_as_often_are_not_read_at_the_same_moment() -> None:
    begun = {Schedule(minutes=60).again(f"1/{n}", 0.0) for n in range(50)}
    assert len(begun) == 50
    assert all(3600 <= one <= 3960 for one in begun)


def test_a_source_that_failed_waits_twice_as_long_each_time() -> None:
    assert [back_off(n) for n in (0, 1, 2, 3, 7, 8, 500)] == [0, 300, 600, 1200, 19200, 21600, 21600]
    failed = Past(at("2026-11-30T11:00"), (at("2026-11-30T10:00"), at("2026-11-30T11:00")))
    assert not due(feed("30"), failed, at("2026-11-30T11:09"))
    assert due(feed("30"), failed, at("2026-11-30T11:10")) == "either"
    assert due(feed("nightly 30"), failed, at("2026-11-30T11:10")) == "whole"
    assert not due(feed("30 within=12:00-13:00"), failed, at("2026-11-30T11:10"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "hub") as opened:
        roster = rosters.folder(tmp_path / "roster", rosters.roster())
        import_roster(opened, CONNECTORS["oneroster-csv"], roster, name="sis")
        with opened.of_district(1) as kept:
            kept.feeds.put(kept.feeds.every()[0]._replace(settings={"path": str(roster)}, schedule="30", state=ON))
        yield opened


def test_what_is_due_is_read_once_and_not_while_it_is_paused(store: Store) -> None:
    clock = [datetime.now(UTC).timestamp()]
    queue = Queue(store, lambda: clock[0])
    schedules = Schedules(lambda: clock[0])
    renewal = Renewal(store, CONNECTORS, lambda: clock[0], Freshness(store, queue, lambda: clock[0]))
    schedules(queue)
    assert queue.jobs() == []
    clock[0] += 1981
    for _ in range(2):
        schedules(queue)
        clock[0] += 31
    (job,) = queue.jobs()
    assert (job.kind, job.payload) == ("sync", {"district": 1, "source": "sis", "changes": None})
    renewal.scheduled(job)
    assert len(store.kept.feeds.runs(1, "sis", 10)) == 2
    with store.of_district(1) as kept:
        kept.feeds.put(kept.feeds.every()[0]._replace(state=PAUSED))
    renewal.scheduled(job)
    assert len(store.kept.feeds.runs(1, "sis", 10)) == 2


def test_a_paused_source_is_not_read_when_its_data_is_asked_for(store: Store) -> None:
    queue = Queue(store, lambda: 1e9)
    renewal = Renewal(store, CONNECTORS, lambda: 1e9, Freshness(store, queue, lambda: 1e9))
    ((_, school, *_), *_) = store.kept.schools.listed()
    queue.add("refresh", {"district": 1, "school": school, "database": "XodSchoolData"})
    (job,) = queue.jobs()
    with store.of_district(1) as kept:
        kept.feeds.put(kept.feeds.every()[0]._replace(state=PAUSED))
    renewal(job)
    assert len(store.kept.feeds.runs(1, "sis", 10)) == 1
    # Nor is it said to be fresh.
    assert store.passing.databases.read_at(1, school, "XodSchoolData") == 0
    assert not store.kept.sources.readings(1, school)[0].fed
    with store.of_district(1) as kept:
        kept.feeds.put(kept.feeds.every()[0]._replace(state=ON))
    renewal(job)
    assert len(store.kept.feeds.runs(1, "sis", 10)) == 2
    assert store.passing.databases.read_at(1, school, "XodSchoolData") == 1e9


def test_a_reading_that_fails_says_nothing_of_its_rows_to_the_job_that_asked_for_it(
    store: Store, tmp_path: Path
) -> None:
    tables = rosters.roster()
    for row in tables["enrollments"]:
        row["userSourcedId"] = "Fernwhistle"
    rosters.folder(tmp_path / "roster", tables)
    queue = Queue(store, lambda: 1e9)
    renewal = Renewal(store, CONNECTORS, lambda: 1e9, Freshness(store, queue, lambda: 1e9))
    ((_, school, *_), *_) = store.kept.schools.listed()
    queue.add("refresh", {"district": 1, "school": school, "database": "XodSchoolData"})
    with pytest.raises(RollbookError) as raised:
        renewal(queue.jobs()[0])
    assert "column userSourcedId: a value refers to users.csv" in str(raised.value)
    assert "Fernwhistle" not in str(raised.value)


def test_what_fails_is_on_record_and_is_read_again_later(store: Store, tmp_path: Path) -> None:
    clock = [datetime.now(UTC).timestamp()]
    queue = Queue(store, lambda: clock[0])
    renewal = Renewal(store, CONNECTORS, lambda: clock[0], Freshness(store, queue, lambda: clock[0]))
    (sis,) = store.kept.feeds.every()
    assert health(store.kept, sis, clock[0]).word == "ok"
    (tmp_path / "roster").rename(tmp_path / "away")
    queue.add("sync", {"district": 1, "source": "sis", "changes": False})
    (job,) = queue.jobs()
    for _ in range(2):
        renewal.scheduled(job)
    does = health(store.kept, sis, clock[0])
    assert (does.word, does.failed, does.resumes) == ("failing", 2, pytest.approx(clock[0] + 600, abs=60))
    assert "roster" in does.why
    assert not due(sis, past(store.kept, sis), clock[0] + 300)
    assert due(sis, past(store.kept, sis), clock[0] + 700) == "either"
    (tmp_path / "away").rename(tmp_path / "roster")
    renewal.scheduled(job)
    assert health(store.kept, sis, clock[0]).word == "ok"
    assert health(store.kept, sis, clock[0] + 7200).word == "stale"


def test_a_source_outside_its_hours_is_not_read_though_its_data_is_asked_for(store: Store) -> None:
    now = at("2026-11-30T12:00")
    queue = Queue(store, lambda: now)
    renewal = Renewal(store, CONNECTORS, lambda: now, Freshness(store, queue, lambda: now))
    ((_, school, *_), *_) = store.kept.schools.listed()
    queue.add("refresh", {"district": 1, "school": school, "database": "XodSchoolData"})
    (job,) = queue.jobs()
    (sis,) = store.kept.feeds.every()
    for schedule, readings in (("within=20:00-06:00", 1), ("within=11:00-13:00", 2)):
        with store.of_district(1) as kept:
            kept.feeds.put(sis._replace(schedule=schedule))
        renewal(job)
        assert len(store.kept.feeds.runs(1, "sis", 10)) == readings


def test_sources_at_one_host_are_read_one_after_the_other(tmp_path: Path) -> None:
    assert host_of({"address": "https://sis.example:8443/ims"}) == "sis.example"
    assert host_of({"path": "sftp://district@files.example/roster.zip"}) == "files.example"
    assert host_of({"path": "/srv/roster.zip"}) == ""
    with turn(tmp_path, "sis.example"):
        with turn(tmp_path, "files.example", wait=False), turn(tmp_path, "", wait=False):
            pass
        with pytest.raises(OtherTurn), turn(tmp_path, "sis.example", wait=False):
            pass
    with turn(tmp_path, "sis.example", wait=False):
        pass


def test_the_requests_of_a_reading_are_kept_without_what_could_be_a_person() -> None:
    sent = [
        Request("GET", f"https://h/ims/oneroster/v1p1/users?limit=100&offset={n}&q=Ada", 200, 9, 0.1)
        for n in range(300)
    ]
    kept = recorded(sent)
    assert len(kept) == 100
    assert kept[0] == Sent("GET", "/ims/oneroster/v1p1/users?limit=100&offset=0&q=…", 200, 9, 0.1)
    assert kept[-1].path.endswith("offset=299&q=…")
    assert path("https://h/students/918273/marks?token=s3cret&page=abc") == "/students/…/marks?token=…&page=…"


def test_an_age_is_said_in_words() -> None:
    assert [old(one) for one in (0, 7199, 7200, 172799, 172800)] == ["0 min", "119 min", "2 h", "47 h", "2 days"]
