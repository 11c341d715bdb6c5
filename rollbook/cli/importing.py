"""`rollbook import`: read a roster or other records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import NotFound, Problem, nearest
from .common import (
    Column,
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

if TYPE_CHECKING:
    from ..ingest import Diff

_CHANGES = (
    Column("Kind", "kind"),
    Column("New", "new", right=True),
    Column("Changed", "changed", right=True),
    Column("Gone", "gone", right=True),
    Column("Unchanged", "unchanged", right=True),
)


@click.command("import")
@click.argument("connector")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@data_option()
@click.option("--district", help="The name of the district, when the roster does not name one.")
@click.option(
    "--follow",
    is_flag=True,
    help="While the hub is being served, read the source again whenever its data is out of date.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--allow-shrink", is_flag=True, help="Import even if many records are missing from the roster.")
@click.option(
    "--max-shrink",
    type=Within(0, 1),
    default=0.5,
    show_default=True,
    help="The share of a kind of record that may be missing before the import stops.",
)
@json_option()
def import_(
    connector: str,
    path: Path,
    data: Path | None,
    district: str | None,
    follow: bool,
    dry_run: bool,
    allow_shrink: bool,
    max_shrink: float,
    as_json: bool,
) -> None:
    """Read records from a source.

    `rollbook import oneroster-csv PATH` reads a roster, OneRoster 1.1 or 1.2, bulk or delta. `rollbook import
    records-csv PATH` reads one file for each kind of record (docs/reference/records.md). PATH is a folder or a ZIP.
    An import that fails changes nothing.
    """
    from ..connectors import CONNECTORS
    from ..consent import Desk
    from ..ingest import follow as follow_source
    from ..ingest import import_roster

    if connector not in CONNECTORS:
        raise NotFound(Problem("connector", f"{connector} is not known", nearest(connector, CONNECTORS)))
    with open_or_make_store(data, keep=not dry_run) as store, progress(f"Reading {path.name}") as step:
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
        found = Desk(store).schools.all() if diff.applied or not dry_run else []
    schools = [{"estab": estab, "school": name, "district": of} for _, _, estab, name, of in found]
    if wants_json(as_json):
        print_json(_told(diff, schools))
    else:
        _show(diff, schools)


def _told(diff: Diff, schools: list[dict[str, str]]) -> dict[str, Any]:
    """What an import did, as it is printed in JSON."""
    examples = [
        {"kind": kind, "what": what, "record": record}
        for kind, tally in diff.kinds.items()
        for what, records in tally.examples.items()
        for record in records
    ]
    kinds = [dict(zip((str(c.of) for c in _CHANGES), line, strict=True)) for line in diff.lines()]
    told = {"district": diff.district, "source": diff.source, "applied": diff.applied}
    return {**told, "kinds": kinds, "examples": examples, "notes": [*diff.notes], "schools": schools}


def _show(diff: Diff, schools: list[dict[str, str]]) -> None:
    told = _told(diff, schools)
    draw(_CHANGES, told["kinds"], "What changed" if diff.applied else "What would change")
    for example in told["examples"]:
        say(f"  {example['what']} {example['kind']}: {example['record']}")
    for note in diff.notes:
        say(note)
    if schools:
        say("Schools, by the number that Xporter's paths use:")
    for school in schools:
        say(f"  {school['estab']}  {school['school']} ({school['district']})")
