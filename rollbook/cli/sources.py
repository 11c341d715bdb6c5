"""`rollbook sources`: where the records of districts come from, and what each source may say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

import click

from ..errors import Conflict, Problem
from .adding import add
from .changing import set_
from .common import (
    Column,
    Share,
    Within,
    data_option,
    draw,
    json_option,
    open_store,
    print_json,
    progress,
    say,
    show,
    wants_json,
)
from .differences import NEWS, aside, show_diff, told
from .mapping import map_
from .setting_aside import FILE, aside_, write_aside, written_aside

if TYPE_CHECKING:
    from ..ingest import Diff
    from ..ingest.removing import Removal
    from ..store.kept.feeds import Feed, Run
    from ..store.port import Store


@click.group()
def sources() -> None:
    """Manage the sources that a district's records come from.

    A source has a name within its district, such as sis. `rollbook import` is the short way: it makes a source of its
    own.
    """


sources.add_command(add)
sources.add_command(set_)
sources.add_command(aside_)
sources.add_command(map_)


def _named(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and the option by which commands are told which source is meant."""
    district = click.option("--district", help="Its district, where several have a source of this name.")
    return click.argument("name")(district(command))


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


@sources.command("list")
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
        "writesBack": feed.connector == AGENT,
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


@sources.command("show")
@_named
@json_option()
@data_option()
def show_(name: str, district: str | None, as_json: bool, data: Path | None) -> None:
    """Show a source: its settings, what it may say, and its last readings. Secrets are not shown."""
    from ..ingest.finding import feed_named
    from ..ingest.settings import shown

    with open_store(data) as store:
        feed = feed_named(store, name, district)
        runs = [_run(run) for run in store.kept.feeds.runs(feed.district, feed.source, RUNS)]
        row = {**_row(store, feed), "settings": shown(feed.settings), "may": [*feed.may], "mostAside": feed.most_aside}
    if wants_json(as_json):
        print_json({**row, "runs": runs})
        return
    for title, value in _facts(row):
        say(f"{title}: {value}")
    if runs:
        draw(_RUNS, runs, "Last readings")
    if runs and runs[0]["requests"]:
        draw(_REQUESTS, runs[0]["requests"], "Requests of the last reading")


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
    """Where what apps write is entered."""
    return "entered through its agent" if row["writesBack"] else "kept by the hub above what the source says"


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


@sources.command("test")
@_named
@json_option()
@data_option()
def test_(name: str, district: str | None, as_json: bool, data: Path | None) -> None:
    """Open a source and say what is in it: its district, its schools, how many rows. Nothing is written."""
    from ..connectors import CONNECTORS
    from ..ingest.finding import feed_named
    from ..ingest.reading import try_feed
    from .adding import say_tried, told_tried

    with open_store(data) as store, progress(f"Reading {name}") as step:
        tried = try_feed(store, CONNECTORS, feed_named(store, name, district), step)
    if wants_json(as_json):
        print_json(told_tried(tried))
    else:
        say_tried(tried)


@sources.command()
@_named
@json_option()
@data_option()
def preview(name: str, district: str | None, as_json: bool, data: Path | None) -> None:
    """Show what reading a source would change. Nothing is written."""
    from ..connectors import CONNECTORS
    from ..ingest.finding import feed_named
    from ..ingest.reading import read_feed

    with open_store(data) as store, progress(f"Reading {name}") as step:
        diff = read_feed(store, CONNECTORS, feed_named(store, name, district), dry_run=True, progress=step)
    _print(diff, as_json)


@sources.command()
@_named
@click.option("--allow-shrink", is_flag=True, help="Read it even if many records are missing from it.")
@click.option("--rekey", is_flag=True, help="Read it even if many people have other ids in it than before.")
@click.option(
    "--max-shrink",
    type=Within(0, 1),
    default=0.5,
    show_default=True,
    help="The share of a kind of record that may be missing before the reading stops.",
)
@click.option("--whole", is_flag=True, help="Ask for everything, although the source can say what changed.")
@click.option("--aside", "aside_path", type=FILE, help="Write the rows that are set aside to this file as CSV.")
@click.option("--most-aside", type=Share(), help="For this time, the share of a kind's rows that may be set aside.")
@json_option()
@data_option()
def sync(
    name: str,
    district: str | None,
    allow_shrink: bool,
    rekey: bool,
    max_shrink: float,
    whole: bool,
    aside_path: Path | None,
    most_aside: float | None,
    as_json: bool,
    data: Path | None,
) -> None:
    """Read a source and bring its district to what it says. If that fails, nothing is changed."""
    from ..connectors import CONNECTORS
    from ..ingest.finding import feed_named
    from ..ingest.reading import read_feed

    with open_store(data) as store, progress(f"Reading {name}") as step, written_aside(aside_path):
        feed = feed_named(store, name, district)
        feed = feed if most_aside is None else feed._replace(most_aside=most_aside)
        diff = read_feed(
            store,
            CONNECTORS,
            feed,
            allow_shrink=allow_shrink,
            rekey=rekey,
            max_shrink=max_shrink,
            changes=False if whole else None,
            progress=step,
        )
    if aside_path:
        write_aside(aside_path, diff.aside)
    _print(diff, as_json)
    if not wants_json(as_json):
        say(f"See `rollbook sources show {name}` for its readings, and `rollbook schools list` for the schools.")


def _print(diff: Diff, as_json: bool) -> None:
    if wants_json(as_json):
        print_json({**told(diff), **aside(diff)})
    else:
        show_diff(diff)


@sources.command()
@_named
@data_option()
def pause(name: str, district: str | None, data: Path | None) -> None:
    """Stop reading a source by itself. What it said stays; `sync` still reads it."""
    from ..store.kept.feeds import PAUSED

    _let(data, name, district, PAUSED)
    say(f"{name}: paused. `rollbook sources resume {name}` has it read by itself again.")


@sources.command()
@_named
@data_option()
def resume(name: str, district: str | None, data: Path | None) -> None:
    """Have a source read by itself again, whenever its data is out of date."""
    from ..store.kept.feeds import ON

    _let(data, name, district, ON)
    say(f"{name}: read by itself from now on")


def _let(data: Path | None, name: str, district: str | None, state: str) -> None:
    from ..connectors import CONNECTORS
    from ..ingest.finding import feed_named
    from ..ingest.reading import connected
    from ..store.kept.feeds import AGENT, ON

    with open_store(data) as store:
        feed = feed_named(store, name, district)
        if state == ON and feed.connector != AGENT:
            connected(store, CONNECTORS, feed)
        elif state == ON and "agent" not in feed.settings:
            raise Conflict(Problem(name, "its agent was removed", "a new one: `rollbook agents add NAME --source`"))
        with store.of_district(feed.district) as kept:
            kept.feeds.put(feed._replace(state=state))


@sources.command()
@_named
@click.option("--yes", is_flag=True, help="Remove it, instead of showing what that would do.")
@json_option()
@data_option()
def remove(name: str, district: str | None, yes: bool, as_json: bool, data: Path | None) -> None:
    """Remove a source, and the records that only this source tells of.

    Without --yes, shows what would go, and what would stay because another source tells of it. Apps see the records
    that go as they see any other record that is removed.
    """
    from ..ingest.finding import feed_named
    from ..ingest.removing import remove_feed

    with open_store(data) as store:
        removal = remove_feed(store, feed_named(store, name, district), dry_run=not yes)
    if wants_json(as_json):
        print_json(_removed(removal))
        return
    _show_removal(removal)
    say(
        f"{name}: removed"
        if removal.applied
        else f"Nothing was removed. `rollbook sources remove {name} --yes` does it."
    )


def _removed(removal: Removal) -> dict[str, Any]:
    gone = [{"kind": kind, "gone": tally.gone} for kind, tally in removal.gone.items()]
    stays = [{"kind": kind, "stays": count} for kind, count in removal.stays.items()]
    found = {"source": removal.source, "applied": removal.applied, "gone": gone, "stays": stays}
    return {**found, "readers": [*removal.readers]}


_GOING = (Column("Kind", "kind"), Column("Gone", "gone", right=True), Column("Stays", "stays", right=True))


def _show_removal(removal: Removal) -> None:
    kinds = dict.fromkeys((*removal.gone, *removal.stays))
    counts = {kind: removal.gone[kind].gone if kind in removal.gone else 0 for kind in kinds}
    rows = [{"kind": kind, "gone": counts[kind], "stays": removal.stays.get(kind, 0)} for kind in kinds]
    draw(_GOING, rows, "What went" if removal.applied else "What would go")
    for tally in removal.gone.values():
        for record in tally.examples.get("gone", ()):
            say(f"  {record}")
    for reader in removal.readers:
        say(f"The grant of {reader} goes with the school.")
