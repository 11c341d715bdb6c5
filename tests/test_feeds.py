"""Sources by name, as the store keeps them: those of before, how they stand, and what came of their readings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Conflict, Malformed, Stop
from rollbook.ingest.feeds import may_say
from rollbook.ingest.reading import connected
from rollbook.store import schema
from rollbook.store.connection import connect
from rollbook.store.kept.feeds import BY_HAND, ON, Feed, Run, Sent
from rollbook.store.kept.sources import Standing
from rollbook.store.opening import opened
from rollbook.store.port import Store
from rollbook.store.postgres.session import Session
from rollbook.store.sealing import seal, unseal

from .hub import Hub
from .looking import look
from .postgres import ABSENT, BIN, hub_served

NUMBER = 13
"""The migration that gave sources names."""

REQUESTS = 17
"""The migration since which the requests of a reading are kept."""

BEFORE = """
DROP TABLE source;
DROP TABLE source_run;
CREATE TABLE feed (district {integer} NOT NULL, source text NOT NULL, connector text NOT NULL, path text NOT NULL,
 name text, PRIMARY KEY (district, source));
INSERT INTO source_row (district, source, kind, key, digest, id) VALUES
 (1, 'oneroster-csv:Alder', 'School', 'a', {blob}, 'i'), (1, 'oneroster-csv:Alder', 'Person', 'p', {blob}, 'j'),
 (1, 'records-csv:7', 'Mark', 'm', {blob}, 'k'), (2, 'records-csv:1001', 'School', 's', {blob}, 'l');
INSERT INTO sync (district, school, source, at, outcome) VALUES
 (1, '', 'oneroster-csv:Alder', '2026-11-20T08:00:00.000', '{{}}'),
 (1, 'i', 'oneroster-csv:Alder', '2026-11-19T08:00:00.000', '{{}}'),
 (3, 's', 'demo', '2026-11-20T08:00:00.000', '{{}}');
INSERT INTO feed VALUES (1, 'oneroster-csv:Alder', 'oneroster-csv', '/srv/"sis".zip', 'Alder'),
 (2, 'records-csv:1001', 'mis-agent', 'oakfield', NULL);
"""
"""What was kept of sources before they had names."""

FOUND: list[tuple[object, ...]] = [
    (1, "oneroster-csv:Alder", "oneroster-csv", {"path": '/srv/"sis".zip'}, 1, ON, "2026-11-19T08:00:00.000"),
    (1, "records-csv:7", "records-csv", {}, 2, BY_HAND, ""),
    (2, "records-csv:1001", "mis-agent", {"agent": "oakfield"}, 1, ON, ""),
]


def found(store: Store) -> list[tuple[object, ...]]:
    return [(*f[:5], f.state, f.made) for f in store.kept.feeds.every() if (f.may, f.schedule) == ((), "")]


def test_what_was_imported_before_is_a_source_with_a_name(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.set("of", "a hub")
    database = connect(tmp_path / "records.sqlite")
    database.execute(BEFORE.format(integer="INTEGER", blob="x'01'"))
    database.execute(schema.migrations("records")[NUMBER - 1])
    database.close()
    with opened(tmp_path) as store:
        assert found(store) == FOUND


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    if BIN is None and not os.environ.get("CI"):
        pytest.skip(ABSENT)
    with hub_served() as where:
        yield where


def test_so_it_is_in_postgresql(address: str, tmp_path: Path) -> None:
    session = Session(address, "records")
    session.script("BEGIN")
    session.script(BEFORE.format(integer="bigint", blob="decode('01', 'hex')"))
    for number in (NUMBER, REQUESTS):
        session.script((schema.MIGRATIONS / "postgres" / f"records_{number:04}.sql").read_text())
    session.script("COMMIT")
    session.close()
    with opened(tmp_path, address) as store:
        assert found(store) == FOUND
        with store.transaction() as kept:
            for feed in kept.feeds.every():
                kept.feeds.forget(feed.district, feed.source)
        assert not store.kept.sources.imported()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    address = request.getfixturevalue("address") if request.param == "postgres" else None
    with opened(tmp_path, address) as one:
        yield one


def feed(source: str, precedence: int, *may: str, district: int = 1) -> Feed:
    return Feed(district, source, "told", {"path": "x"}, precedence, may, 0.02, ON, "", "2026-11-20T08:00:00.000")


def test_sources_stand_in_the_order_of_their_precedence(store: Store) -> None:
    with store.of_district(1) as kept:
        for one in (
            feed("lms", 2),
            feed("sis", 1, "Student", "Person.home_email"),
            feed("hr", 2),
            feed("x", 1, district=2),
        ):
            kept.feeds.put(one)
    assert store.kept.sources.standing(1) == (
        Standing("sis", 1, ("Student", "Person.home_email")),
        Standing("hr", 2, ()),
        Standing("lms", 2, ()),
    )
    assert store.kept.feeds.next_precedence(1) == 3
    with store.of_district(1) as kept:
        kept.feeds.put(feed("lms", 0))
        kept.feeds.forget(1, "hr")
    assert [one.source for one in store.kept.sources.standing(1)] == ["lms", "sis"]


def test_what_a_source_may_say_is_kinds_and_fields() -> None:
    some = Standing("sis", 1, may_say("Student, Person.home_email"))
    assert some.may_say("Student")
    assert some.may_say("Student", "upn")
    assert some.may_say("Person")
    assert some.may_say("Person", "home_email")
    assert not some.may_say("Person", "surname")
    assert not some.may_say("Mark")
    assert Standing("any", 1, may_say("")).may_say("Mark", "value")


def test_what_no_source_can_say_is_refused_word_by_word() -> None:
    with pytest.raises(Malformed) as raised:
        may_say("Studnet,Person.homemail,Person.home_email")
    assert [str(problem) for problem in raised.value.problems] == [
        "may: Studnet is not a kind of record (did you mean Student?)",
        "may: homemail is not a field of Person (did you mean home_email?)",
    ]


def test_the_last_readings_are_remembered(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollbook.store.kept.feeds.MOST_RUNS", 3)
    sent = (Sent("GET", "/users?limit=100", 200, 100, 0.25), Sent("GET", "/users", 0, 0, 30.0, "timed out"))
    said = ("refused", {"Student": {"new": 1}}, 1, "users: timed out", 2, sent)
    runs = [Run(f"2026-11-20T08:0{n}:00.000", f"2026-11-20T09:0{n}:00.000", *said) for n in range(5)]
    with store.of_district(1) as kept:
        for run in runs:
            kept.feeds.ran(1, "sis", run)
    assert store.kept.feeds.runs(1, "sis", 10) == [runs[4], runs[3], runs[2]]
    assert store.kept.feeds.runs(1, "sis", 1) == [runs[4]]
    assert store.kept.feeds.runs(1, "hr", 1) == []
    assert store.kept.feeds.last_done(1, "sis") == ""
    assert store.kept.feeds.failing(1, "sis") == [one.ended for one in runs[2:]]
    with store.of_district(1) as kept:
        kept.feeds.ran(1, "sis", runs[3]._replace(outcome="done", why="", problems=0))
    assert store.kept.feeds.last_done(1, "sis") == runs[3].started
    assert store.kept.feeds.failing(1, "sis") == [runs[4].ended]


def test_what_is_sealed_opens_with_its_key_at_its_place_only() -> None:
    sealed = seal(b"key", "token", "s3cret ☃" * 20)
    assert unseal(b"key", "token", sealed) == "s3cret ☃" * 20
    assert seal(b"key", "token", "s3cret") != seal(b"key", "token", "s3cret")
    assert unseal(b"key", "token", seal(b"key", "token", "")) == ""
    other = ("B" if sealed[0] == "A" else "A") + sealed[1:]
    for key, place, text in (
        (b"other", "token", sealed),
        (b"key", "password", sealed),
        (b"key", "token", other),
    ):
        with pytest.raises(Stop, match="was sealed with another key"):
            unseal(key, place, text)


def test_invented_schools_have_a_source_that_tells_what_they_were_made_of_and_is_not_read_again(small_hub: Hub) -> None:
    feed = small_hub.store.kept.feeds.find(1, "demo")
    assert feed is not None
    (run,) = small_hub.store.kept.feeds.runs(1, "demo", 5)
    students = look(small_hub.store, "SELECT count(*) FROM student WHERE district = 1").get
    assert (run.outcome, run.tallies["Student"], run.tallies["School"]) == ("done", {"new": students}, {"new": 2})
    with pytest.raises(Conflict, match="it has nothing new to say"):
        connected(small_hub.store, CONNECTORS, feed)
