"""`rollbook sources test`, `preview` and `sync`: reading a source, and saying what was found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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
    wants_json,
)
from .describing import named
from .differences import aside, show_diff, told
from .setting_aside import FILE, write_aside, written_aside

if TYPE_CHECKING:
    from ..ingest import Diff
    from ..ingest.reading import Tried


@click.command("test")
@named
@json_option()
@data_option()
def test_(name: str, district: str | None, as_json: bool, data: Path | None) -> None:
    """Open a source and say what is in it: its district, its schools, how many rows. Nothing is written."""
    from ..connectors import CONNECTORS
    from ..ingest.finding import feed_named
    from ..ingest.reading import try_feed

    with open_store(data) as store, progress(f"Reading {name}") as step:
        tried = try_feed(store, CONNECTORS, feed_named(store, name, district), step)
    if wants_json(as_json):
        print_json(told_tried(tried))
    else:
        say_tried(tried)


@click.command()
@named
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


@click.command()
@named
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
        say_next(name)


def say_next(name: str) -> None:
    """Print where to look after a source was read."""
    say(f"See `rollbook sources show {name}` for its readings, and `rollbook schools list` for the schools.")


def _print(diff: Diff, as_json: bool) -> None:
    if wants_json(as_json):
        print_json({**told(diff), **aside(diff)})
    else:
        show_diff(diff)


_ROWS = (Column("Kind", "kind"), Column("Rows", "rows", right=True))


def say_where(tried: Tried) -> None:
    """Print which district and schools a source is of."""
    say(f"It can be read. District: {tried.district or 'none is named'}.")
    say(f"Schools: {', '.join(tried.schools) or 'none are named'}.")


def say_tried(tried: Tried) -> None:
    """Print what a source says of itself."""
    say_where(tried)
    draw(_ROWS, told_tried(tried)["rows"], "What it has")
    for note in tried.notes:
        say(note)


def told_tried(tried: Tried) -> dict[str, Any]:
    """The same, as it is printed in JSON."""
    rows = [{"kind": kind, "rows": count} for kind, count in tried.rows.items()]
    return {"district": tried.district, "schools": [*tried.schools], "rows": rows, "notes": [*tried.notes]}
