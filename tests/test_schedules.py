"""When sources are read by themselves, and when not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed
from rollbook.ingest import Renewal, Schedules, import_roster
from rollbook.ingest.scheduling import NIGHTLY, due, every, in_words
from rollbook.jobs import Freshness, Queue
from rollbook.store.kept.feeds import BY_HAND, ON, PAUSED, Feed
from rollbook.store.sqlite import Store

from . import rosters


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def feed(schedule: str, state: str = ON) -> Feed:
    return Feed(1, "sis", "oneroster-csv", {}, 1, (), 0.02, state, schedule, "")


def test_a_schedule_is_said_in_words() -> None:
    assert [every(one) for one in ("30m", "2h", "1d", "never")] == ["30", "120", "1440", ""]
    assert [in_words(one) for one in ("30", "120", "1440", NIGHTLY)] == ["every 30m", "every 2h", "every 1d", "nightly"]
    for wrong in ("", "h", "4m", "-1h", "soon", "1.5h", "٣h"):
        with pytest.raises(Malformed, match="such as 30m, 2h, 1d or never"):
            every(wrong)


def test_a_source_is_due_when_its_time_has_come_since_it_was_last_read() -> None:
    now = at("2026-11-30T12:00")
    assert due(feed("30"), at("2026-11-30T11:30"), now)
    assert not due(feed("30"), at("2026-11-30T11:31"), now)
    assert due(feed("30"), None, now)
    assert due(feed(NIGHTLY), at("2026-11-30T02:59"), now)
    assert not due(feed(NIGHTLY), at("2026-11-30T04:00"), now)
    assert not due(feed(NIGHTLY), at("2026-11-29T12:00"), at("2026-11-30T02:59"))
    assert not due(feed("30", PAUSED), None, now)
    assert not due(feed("30", BY_HAND), None, now)
    assert not due(feed(""), None, now)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "hub") as opened:
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
    clock[0] += 1801
    for _ in range(2):
        schedules(queue)
        clock[0] += 31
    (job,) = queue.jobs()
    assert (job.kind, job.payload) == ("sync", {"district": 1, "source": "sis"})
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
