"""What is set aside of a source, on the terminal and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .common import Column, data_option, json_option, open_store, show

if TYPE_CHECKING:
    from ..ingest.rows import Aside

FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
"""Where a CSV file is written."""


@contextmanager
def written_aside(path: Path | None) -> Generator[None]:
    """Where an import stops because it would set too much aside, write all of that to a file all the same."""
    from ..ingest.setting_aside import TooManyFaults

    try:
        yield
    except TooManyFaults as stop:
        if path:
            write_aside(path, stop.aside)
        raise


def write_aside(path: Path, aside: Iterable[Aside]) -> None:
    """Write what an import sets aside as CSV, readable for whoever runs the hub only."""
    heads = ("file", "line", "column", "reason", "hint", "kind", "key", "school", "waiting")
    rows = (
        (
            *(one.place[0], max(one.place[1], 0) or "", one.column, one.what, one.hint, one.kind, one.key, one.school),
            "; ".join(f"{file} line {line}" for file, line in (waiting.place for waiting in one.waits)),
        )
        for one in aside
    )
    _write(path, heads, rows)


def _write(path: Path, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    from ..store.permissions import open_private

    with open_private(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows(rows)


_ASIDE = (
    Column("Since", "since"),
    Column("Place", "place"),
    Column("Reason", "reason"),
    Column("How to fix it", "hint"),
    Column("Waiting", "waiting", right=True),
)


@click.command("aside")
@click.argument("name")
@click.option("--district", help="Its district, where several have a source of this name.")
@click.option("--csv", "path", type=FILE, help="Write the list to this file as CSV instead.")
@json_option()
@data_option()
def aside_(name: str, district: str | None, path: Path | None, as_json: bool, data: Path | None) -> None:
    """List the rows of a source that are set aside, what is wrong with each, and how many rows wait for it.

    They go in by themselves at the next reading at which they are right.
    """
    from ..ingest.finding import feed_named

    with open_store(data) as store:
        feed = feed_named(store, name, district)
        listed = store.kept.asides.of_source(feed.district, feed.source)
    rows = [
        {"since": row.at, "place": row.where, "reason": row.what, "hint": row.hint, "waiting": row.waits}
        | {"kind": row.kind, "key": row.key}
        for row in listed
    ]
    if path:
        _write(path, ("since", "place", "reason", "hint", "waiting", "kind", "key"), (tuple(r.values()) for r in rows))
        return
    show(_ASIDE, rows, as_json=as_json, empty="Nothing of this source is set aside.")
