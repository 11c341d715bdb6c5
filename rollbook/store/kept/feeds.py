"""A district's sources by name: how each is read, what it may say, and what came of its last readings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from .statements import Row, Statements

ON, PAUSED, BY_HAND = "on", "paused", "by hand"
"""A source is read whenever it is time, for now it is not, or only when somebody has it read."""

AGENT = "mis-agent"
"""The connector of those that are read through a school's agent."""

INVENTED = "demo"
"""The connector of invented schools, which are made once."""


class Feed(NamedTuple):
    """One place that a district's records come from: how it is read, and what it may say."""

    district: int
    source: str
    """Its name within the district."""
    connector: str
    settings: Mapping[str, Any]
    """By name a text, or, for a secret, what it is sealed in."""
    precedence: int
    """The order in which sources are asked for a fact, from 1 on; of equal ones the older goes first."""
    may: tuple[str, ...]
    """The kinds (`Student`) and fields (`Person.email`) that it may say; all where there are none."""
    most_aside: float
    """The share of a kind's rows that may be set aside before nothing is read."""
    state: str
    schedule: str
    """When it is read by itself, as `ingest/scheduling.py` writes it; "" for when its data is asked for."""
    made: str


class Sent(NamedTuple):
    """A request that a reading sent: its status is that of HTTP, or 0 where there was no answer."""

    method: str
    path: str
    status: int
    rows: int
    seconds: float
    error: str = ""


class Run(NamedTuple):
    """One reading of a source: from when to when (UTC), what came of it, and by kind how many records did what."""

    started: str
    ended: str
    outcome: str
    """`done`, or `refused`."""
    tallies: Mapping[str, Mapping[str, int]]
    problems: int
    why: str = ""
    """What was wrong with the source, if it was refused, without anything that it said."""
    asked: int = 0
    """How many requests were sent for it."""
    requests: tuple[Sent, ...] = ()
    """They, in their order; of many only the first and the last."""


class State(NamedTuple):
    """What there is of a source: when it was last read (UTC), and how many rows it said then."""

    source: str
    read: str | None
    rows: int
    review: int
    """How many questions about its rows wait for somebody to decide."""


_FEEDS = (
    "SELECT f.district, f.name, f.connector, f.settings, f.precedence, f.may, f.most_aside, f.state, f.schedule, f.made"
)

_ORDER = "f.precedence, f.made, f.name"

_MEMORY = ("source_row", "source_file", "sync", "refusal", "review", "saying", "source_run")
"""What is kept of a source beside what it is."""

MOST_RUNS = 50
"""How many readings of a source are remembered."""


class Feeds(Statements):
    """A district's sources by name: how each is read, what it may say, and what came of its last readings.

    A source is named by its district's number and its own name; schools by hub ids.
    """

    admits = False

    def every(self) -> list[Feed]:
        """All sources, by district and precedence."""
        return [_feed(row) for row in self._rows(f"{_FEEDS} FROM source f ORDER BY f.district, {_ORDER}")]

    def of_district(self, district: int) -> list[Feed]:
        """The sources of a district, by precedence."""
        rows = self._rows(f"{_FEEDS} FROM source f WHERE f.district = ? ORDER BY {_ORDER}", (district,))
        return [_feed(row) for row in rows]

    def find(self, district: int, source: str) -> Feed | None:
        """The source of a name."""
        row = self._row(f"{_FEEDS} FROM source f WHERE f.district = ? AND f.name = ?", (district, source))
        return _feed(row) if row else None

    def of_school(self, district: int, school: str) -> list[Feed]:
        """The sources that a school was last read from."""
        rows = self._rows(
            f"{_FEEDS} FROM source f JOIN sync s ON s.district = f.district AND s.source = f.name"
            f" WHERE f.district = ? AND s.school = ? ORDER BY {_ORDER}",
            (district, school),
        )
        return [_feed(row) for row in rows]

    def states(self, district: int) -> list[State]:
        """What there is of each source of a district."""
        rows = self._rows(
            "SELECT f.name, (SELECT max(s.at) FROM sync s WHERE s.district = f.district AND s.source = f.name),"
            " (SELECT count(*) FROM source_row r WHERE r.district = f.district AND r.source = f.name),"
            " (SELECT count(*) FROM review v WHERE v.district = f.district AND v.source = f.name"
            " AND v.state = 'waiting')"
            " FROM source f WHERE f.district = ? ORDER BY f.name",
            (district,),
        )
        return [State(*row) for row in rows]

    # ---- changing

    def put(self, feed: Feed) -> None:
        """Keep a source, new or as it is to be from now on."""
        settings = json.dumps(dict(feed.settings), ensure_ascii=False)
        self._do(
            "INSERT INTO source"
            " (district, name, connector, settings, precedence, may, most_aside, state, schedule, made)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (district, name) DO UPDATE SET"
            " connector = excluded.connector, settings = excluded.settings, precedence = excluded.precedence,"
            " may = excluded.may, most_aside = excluded.most_aside, state = excluded.state,"
            " schedule = excluded.schedule",
            (*feed[:3], settings, feed.precedence, json.dumps(feed.may), *feed[6:]),
        )

    def next_precedence(self, district: int) -> int:
        """The precedence of a source that comes after all others of a district."""
        return self._value("SELECT coalesce(max(precedence), 0) + 1 FROM source WHERE district = ?", (district,))

    def forget(self, district: int, source: str) -> None:
        """Forget a source, with all that is kept of what it said; records are another matter."""
        for table in _MEMORY:
            self._do(f"DELETE FROM {table} WHERE district = ? AND source = ?", (district, source))
        self._do("DELETE FROM source WHERE district = ? AND name = ?", (district, source))

    # ---- what came of its readings

    def ran(self, district: int, source: str, run: Run) -> None:
        """Keep what came of a reading, and let go of those of long ago."""
        self._do(
            "INSERT INTO source_run"
            " (district, source, started, ended, outcome, tallies, problems, why, asked, requests)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (district, source, started) DO UPDATE SET"
            " ended = excluded.ended, outcome = excluded.outcome, tallies = excluded.tallies,"
            " problems = excluded.problems, why = excluded.why, asked = excluded.asked, requests = excluded.requests",
            (district, source, *run[:3], json.dumps(run.tallies), *run[4:7], json.dumps(run.requests)),
        )
        self._do(
            "DELETE FROM source_run WHERE district = :district AND source = :source AND started <"
            " (SELECT min(started) FROM (SELECT started FROM source_run WHERE district = :district"
            " AND source = :source ORDER BY started DESC LIMIT :most) last)",
            {"district": district, "source": source, "most": MOST_RUNS},
        )

    def runs(self, district: int, source: str, most: int) -> list[Run]:
        """The last readings of a source, the latest one first."""
        rows = self._rows(
            "SELECT started, ended, outcome, tallies, problems, why, asked, requests FROM source_run"
            " WHERE district = ? AND source = ? ORDER BY started DESC LIMIT ?",
            (district, source, most),
        )
        return [_run(row) for row in rows]

    def last_done(self, district: int, source: str) -> str:
        """When the last reading of a source began that went well, of those that are remembered; blank for never."""
        done = "SELECT max(started) FROM source_run WHERE district = ? AND source = ? AND outcome = 'done'"
        return self._value(done, (district, source)) or ""

    def failing(self, district: int, source: str) -> list[str]:
        """When the readings of a source ended that failed since one last went well, the first one first."""
        failed = "SELECT ended FROM source_run WHERE district = ? AND source = ? AND started > ? ORDER BY started"
        return self._values(failed, (district, source, self.last_done(district, source)))


def _run(row: Row) -> Run:
    began, ended, outcome, said, wrong, why, asked, requests = row
    sent = tuple(Sent(*one) for one in json.loads(requests))
    return Run(began, ended, outcome, json.loads(said), wrong, why, asked, sent)


def _feed(row: Row) -> Feed:
    district, name, connector, settings, precedence, may, *rest = row
    return Feed(district, name, connector, json.loads(settings), precedence, tuple(json.loads(may)), *rest)
