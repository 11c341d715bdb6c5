"""`rollbook export`: write the records of a district as files."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import NotFound, Problem
from .common import data_option, open_store, say


@click.group("export")
def export_() -> None:
    """Write records to files."""


@export_.command("records-csv")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--district", help="The district's name or number. Needed when there are several.")
@data_option()
def records_csv(path: Path, district: str | None, data: Path | None) -> None:
    """Write all records of a district to PATH, a folder or a ZIP that `rollbook import records-csv` can read.

    The same records always make the same files. These are children's records: protect them as you protect the
    data directory.
    """
    from ..ingest.exporting import export, own_district

    with open_store(data) as store:
        number, name = own_district(store.kept, district)
        if not number:
            raise NotFound(Problem("--district", "must identify one district", f"known: {name or 'none'}"))
        with store.lend() as kept:
            count = export(kept, number, path)
    say(f"Wrote {count:,} records of {name} to {path}.")
