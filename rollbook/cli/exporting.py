"""`rollbook export`: write the records of a district as files."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import NotFound, Problem
from ..ingest.exporting import export, own_district
from .common import data_option, open_store, out


@click.group("export")
def export_() -> None:
    """Write records as files."""


@export_.command("records-csv")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--district", help="The district's name or number, when there are several.")
@data_option()
def records_csv(path: Path, district: str | None, data: Path | None) -> None:
    """Write all records of a district into the folder or ZIP PATH, as `rollbook import records-csv` reads them.

    The same records make the same files. They are children's records: keep them as you keep the data directory.
    """
    with open_store(data) as store:
        number, name = own_district(store.records, district)
        if not number:
            raise NotFound(Problem("--district", "does not name one district", f"there are: {name or 'none'}"))
        with store.lend() as connection:
            count = export(connection, number, path)
    out.print(f"{count:,} records of {name} are in {path}", markup=False)
