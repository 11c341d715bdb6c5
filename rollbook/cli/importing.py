"""`rollbook import`: read a roster."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table as Grid

from ..connectors import CONNECTORS
from ..consent import Desk
from ..errors import NotFound, Problem, nearest
from ..ingest import Diff, import_roster
from ..ingest import follow as follow_source
from .common import data_option, open_store, out, progress


@click.command("import")
@click.argument("connector")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@data_option()
@click.option("--district", help="The name of the district, when the roster does not name one.")
@click.option(
    "--follow", is_flag=True, help="Read it again, while the hub is served, whenever what it said has become old."
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--allow-shrink", is_flag=True, help="Apply a roster although much of what was there is gone from it.")
@click.option(
    "--max-shrink", default=0.5, show_default=True, help="The share that may be gone before the import stops."
)
def import_(
    connector: str,
    path: Path,
    data: Path | None,
    district: str | None,
    follow: bool,
    dry_run: bool,
    allow_shrink: bool,
    max_shrink: float,
) -> None:
    """Read a source of records.

    `rollbook import oneroster-csv PATH` takes a roster, 1.1 or 1.2, bulk or delta. `rollbook import records-csv PATH`
    takes a file for each kind of record (docs/reference/records.md). PATH is a folder or a ZIP.
    """
    if connector not in CONNECTORS:
        raise NotFound(Problem("connector", f"{connector} is not known", nearest(connector, CONNECTORS)))
    with open_store(data, make=True) as store, progress(f"Reading {path.name}") as step:
        diff = import_roster(
            store,
            CONNECTORS[connector],
            path,
            district_name=district,
            dry_run=dry_run,
            allow_shrink=allow_shrink,
            max_shrink=max_shrink,
            progress=step,
        )
        if follow and not dry_run:
            follow_source(store, diff.number, diff.source, connector, path, district)
        found = Desk(store).schools()
    _show_diff(diff)
    if not dry_run and found:
        out.print("Schools, by the number that Xporter's paths take:")
        for _, _, estab, name, of in found:
            out.print(f"  {escape(estab)}  {escape(name)} ({escape(of)})")


def _show_diff(diff: Diff) -> None:
    grid = Grid(title="What changed" if diff.applied else "What would change", title_justify="left")
    for name in ("Kind", "New", "Changed", "Gone", "Unchanged"):
        grid.add_column(name, justify="left" if name == "Kind" else "right")
    for kind, *numbers in diff.lines():
        grid.add_row(kind, *map(str, numbers))
    out.print(grid)
    for kind, tally in diff.kinds.items():
        for what, examples in tally.examples.items():
            for example in examples:
                out.print(f"  {what} {kind}: {escape(example)}")
    for note in diff.notes:
        out.print(escape(note))
