"""`rollbook sources list` and `show`: how sources do, and what came of their readings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

import click

from .common import Column, data_option, draw, json_option, open_store, print_json, say, show, wants_json
from .describing import named
from .differences import NEWS

if TYPE_CHECKING:
    from ..store.kept.feeds import Feed, Run
    from ..store.port import Store

_SOURCES = (
    Column("Source", "source"),
    Column("District", "district"),
    Column("Connector", "connector"),
    Column("State", lambda row: _state(row)),
    Column("Last read", lambda row: row["lastRead"] or "never"),
    Column("Rows", "rows", right=True),
    Column("Set aside", "aside", right=True),
    Column("To review", "review", right=True),
)


@click.command("list")
@click.option("--district", help="Only the sources of this district.")
@json_option()
@data_option()
def list_(district: str | None, as_json: bool, data: Path | None) -> None:
    """List the sources: when each was last read, and how many rows it has. The first that a fact is asked of comes
    first.
    """
    from ..ingest.finding import known_district

    with open_store(data) as store:
        only = known_district(store, district).number if district else None
        rows = [_row(store, feed) for feed in store.kept.feeds.every() if only in (None, feed.district)]
    show(_SOURCES, rows, as_json=as_json, empty="There are no sources. `rollbook sources add` adds one.")


def _state(row: Mapping[str, Any]) -> str:
    """In a word whether a source is read, and how it does."""
    failing = f", failing since {row['failingSince']}: {row['why']}" if row["failingSince"] else ""
    stale = f", {row['health']}" if row["health"] == "stale" else ""
    return f"{row['state']}{failing}{stale}"


def _row(store: Store, feed: Feed) -> dict[str, Any]:
    from ..consent.forwarding import writes
    from ..ingest.health import health
    from ..ingest.scheduling import in_words
    from ..store.kept.feeds import AGENT

    districts = {one.number: one.name for one in store.kept.schools.districts()}
    state = {one.source: one for one in store.kept.feeds.states(feed.district)}[feed.source]
    does = health(store.kept, feed, time())
    done = next((run for run in store.kept.feeds.runs(feed.district, feed.source, RUNS) if run.outcome == "done"), None)
    return {
        "source": feed.source,
        "district": districts.get(feed.district),
        "connector": feed.connector,
        "state": feed.state,
        "health": does.word,
        "age": None if does.age is None else round(does.age),
        "failingSince": _at(does.since),
        "failed": does.failed,
        "why": does.why,
        "againFrom": _at(does.resumes),
        "schedule": in_words(feed.schedule),
        "writesBack": feed.connector == AGENT or writes(feed),
        "precedence": feed.precedence,
        "lastRead": _moment(state.read) if state.read else None,
        "rows": state.rows,
        "aside": _total(done, "aside"),
        "review": state.review,
    }


def _total(run: Run | None, what: str) -> int:
    """Of how many rows something became at a reading."""
    return sum(counts.get(what, 0) for counts in run.tallies.values()) if run else 0


def _at(seconds: float | None) -> str | None:
    return None if seconds is None else _moment(datetime.fromtimestamp(seconds, UTC).isoformat())


def _moment(at: str) -> str:
    return f"{at[:10]} {at[11:19]}Z"


_RUNS = (
    Column("Started", "started"),
    Column("Ended", "ended"),
    Column("Outcome", "outcome"),
    Column("What changed", lambda row: row["why"] or _summed(row["kinds"])),
    Column("Problems", "problems", right=True),
    Column("Requests", "asked", right=True),
)

_REQUESTS = (
    Column("Request", lambda row: f"{row['method']} {row['path']}"),
    Column("Status", lambda row: row["status"] or "no answer", right=True),
    Column("Rows", "rows", right=True),
    Column("Seconds", lambda row: f"{row['seconds']:.2f}", right=True),
    Column("Problem", "error"),
)

RUNS = 50
"""How many readings `show` lists."""


@click.command("show")
@named
@json_option()
@data_option()
def show_(name: str, district: str | None, as_json: bool, data: Path | None) -> None:
    """Show a source: its settings, what it may say, and its last readings. Secrets are not shown."""
    from ..consent.forwarding import in_words
    from ..ingest.finding import feed_named

    with open_store(data) as store:
        feed = feed_named(store, name, district)
        runs = [_run(run) for run in store.kept.feeds.runs(feed.district, feed.source, RUNS)]
        row = {**_row(store, feed), "settings": _settings(store, feed)}
        row |= {"may": [*feed.may], "mostAside": feed.most_aside, "forwarding": _forwarding(store, feed)}
    if wants_json(as_json):
        print_json({**row, "runs": runs})
        return
    for title, value in _facts({**row, "written": in_words(feed)}):
        say(f"{title}: {value}")
    if runs:
        draw(_RUNS, runs, "Last readings")
    if runs and runs[0]["requests"]:
        draw(_REQUESTS, runs[0]["requests"], "Requests of the last reading")


def _forwarding(store: Store, feed: Feed) -> dict[str, int] | None:
    """How many write-backs wait to be sent to a source, and how many it refused; None where none are sent."""
    from ..consent.forwarding import KIND, writes
    from ..jobs import Queue

    if not writes(feed):
        return None
    own = f"{feed.district}/{feed.source}/"
    states = [job.state for job in Queue(store, time).jobs(kind=KIND) if job.key.startswith(own)]
    return {"waiting": states.count("waiting") + states.count("running"), "refused": states.count("dead")}


def _settings(store: Store, feed: Feed) -> dict[str, str]:
    """A source's settings as anybody may see them, with how the exchanges of secrets went that are renewed."""
    from ..connectors import CONNECTORS
    from ..ingest.settings import SHOWN, renewals, shown

    connector = CONNECTORS.get(feed.connector)
    went = renewals(store.kept, connector, feed) if connector else {}
    return {**shown(feed.settings), **{name: f"{SHOWN} {words}" for name, words in went.items()}}


def _facts(row: dict[str, Any]) -> list[tuple[str, Any]]:
    settings = [(name, value) for name, value in row["settings"].items()]
    return [
        ("source", row["source"]),
        ("district", row["district"]),
        ("connector", row["connector"]),
        *settings,
        ("state", row["state"]),
        ("read", row["schedule"]),
        ("precedence", row["precedence"]),
        ("write-backs", _written(row)),
        ("may say", ", ".join(row["may"]) or "everything"),
        ("most set aside", f"{row['mostAside']:.1%}"),
        ("last read", row["lastRead"] or "never"),
        ("health", _health(row)),
        ("rows", f"{row['rows']:,}"),
    ]


def _written(row: dict[str, Any]) -> str:
    """Where what apps write is entered, and what its source refused."""
    words = {"waiting": ("waits", "wait"), "refused": ("was refused", "were refused")}
    sent: Mapping[str, int] = row["forwarding"] or {}
    counts = [f"{n:,} {words[what][n > 1]}" for what, n in sent.items() if n]
    said = f"; {', '.join(counts)} (`rollbook jobs --kind forward`)" if counts else ""
    return f"{row['written']}{said}"


def _health(row: dict[str, Any]) -> str:
    """How a source does, how old is what is held, and what is wrong."""
    from ..ingest.health import old

    age = "" if row["age"] is None else f", what is held is {old(row['age'])} old"
    if not row["failingSince"]:
        return f"{row['health']}{age}"
    again = f"; read again from {row['againFrom']}" if row["againFrom"] else ""
    return f"failing since {row['failingSince']} ({row['failed']} readings): {row['why']}{age}{again}"


def _run(run: Run) -> dict[str, Any]:
    began, ended = _moment(run.started), _moment(run.ended)
    kinds = {kind: dict(counts) for kind, counts in run.tallies.items()}
    found = {"started": began, "ended": ended, "outcome": run.outcome, "kinds": kinds, "problems": run.problems}
    return {**found, "why": run.why, "asked": run.asked, "requests": [one._asdict() for one in run.requests]}


def _summed(kinds: dict[str, dict[str, int]]) -> str:
    """Of how many records what became, over all kinds."""
    summed = {what: sum(counts.get(what, 0) for counts in kinds.values()) for what in NEWS}
    return ", ".join(f"{count:,} {NEWS[what].lower()}" for what, count in summed.items() if count) or "nothing"
