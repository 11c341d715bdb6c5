"""`rollbook import`: read a roster or other records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import NotFound, Problem, nearest
from .common import (
    Share,
    Within,
    data_option,
    draw,
    json_option,
    open_or_make_store,
    print_json,
    progress,
    say,
    wants_json,
)
from .differences import aside, columns, say_aside, tallies, told
from .setting_aside import FILE, write_aside, written_aside

if TYPE_CHECKING:
    from ..ingest import Diff


@click.command("import")
@click.argument("connector")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@data_option()
@click.option("--district", help="The name of the district, when the roster does not name one.")
@click.option("--new-district", is_flag=True, help="It is another district than those that the hub has.")
@click.option("--source", default="", help="The name of the source, when a district has several of one kind.")
@click.option(
    "--follow",
    is_flag=True,
    help="While the hub is being served, read the source again whenever its data is out of date.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--allow-shrink", is_flag=True, help="Import even if many records are missing from the roster.")
@click.option("--rekey", is_flag=True, help="Import even if many people have other ids in the roster than before.")
@click.option(
    "--max-shrink",
    type=Within(0, 1),
    default=0.5,
    show_default=True,
    help="The share of a kind of record that may be missing before the import stops.",
)
@click.option(
    "--most-aside",
    type=Share(),
    help="The share of a kind of row that may have faults; such rows are set aside. With more, the import stops."
    " Default: the source's own, or 2%.",
)
@click.option("--aside", "aside_path", type=FILE, help="Write the rows that are set aside to this file as CSV.")
@json_option()
def import_(
    connector: str,
    path: Path,
    data: Path | None,
    district: str | None,
    new_district: bool,
    source: str,
    follow: bool,
    dry_run: bool,
    allow_shrink: bool,
    rekey: bool,
    max_shrink: float,
    most_aside: float | None,
    aside_path: Path | None,
    as_json: bool,
) -> None:
    """Read records from a source.

    `rollbook import oneroster-csv PATH` reads a roster, OneRoster 1.1 or 1.2, bulk or delta. `rollbook import
    records-csv PATH` reads one file for each kind of record (docs/reference/records.md). PATH is a folder or a ZIP.
    Rows with faults are set aside until they are right. An import that fails changes nothing.
    """
    from ..connectors import CONNECTORS
    from ..consent import Desk
    from ..ingest import follow as follow_source
    from ..ingest import import_roster, note_path
    from ..ingest.finding import district_of

    if connector not in CONNECTORS:
        raise NotFound(Problem("connector", f"{connector} is not known", nearest(connector, CONNECTORS)))
    reading, aside_written = progress(f"Reading {path.name}"), written_aside(aside_path)
    with open_or_make_store(data, keep=not dry_run) as store, reading as step, aside_written:
        diff = import_roster(
            store,
            CONNECTORS[connector],
            path,
            district_name=district,
            district=district_of(store, source, district) if source else None,
            new_district=new_district,
            name=source,
            dry_run=dry_run,
            allow_shrink=allow_shrink,
            max_shrink=max_shrink,
            rekey=rekey,
            most_aside=most_aside,
            progress=step,
        )
        if aside_path:
            write_aside(aside_path, diff.aside)
        if not dry_run:
            (follow_source if follow else note_path)(store, diff.number, diff.source, path)
        found = Desk(store).schools.all() if diff.applied or not dry_run else []
    schools = [{"estab": estab, "school": name, "district": of} for _, _, estab, name, of in found]
    if wants_json(as_json):
        print_json({**told(diff), **aside(diff), "schools": schools})
    else:
        _show(diff, schools)


def _show(diff: Diff, schools: list[dict[str, str]]) -> None:
    kinds = tallies(diff.kinds)
    draw(columns(kinds), kinds, "What changed" if diff.applied else "What would change")
    for example in told(diff)["examples"]:
        say(f"  {example['what']} {example['kind']}: {example['record']}")
    say_aside(diff)
    for note in diff.notes:
        say(note)
    if schools:
        say("Schools, by the number that Xporter's paths use:")
    for school in schools:
        say(f"  {school['estab']}  {school['school']} ({school['district']})")
