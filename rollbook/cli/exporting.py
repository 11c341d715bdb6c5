"""`rollbook export`: write the records of a district as files."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import NotFound, Problem
from .common import data_option, open_desk, open_store, say, warn


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


@export_.command("oneroster-csv")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--key", required=True, help="The client id of the app that receives it (`rollbook apps keys`).")
@click.option("--version", default="1.2", show_default=True, help="The version of OneRoster: 1.1 or 1.2.")
@click.option("--delta", is_flag=True, help="Write only what is other than in the last export to this app.")
@click.option("--since", default="", help="Write only what changed, or is gone, since a day or moment (UTC).")
@data_option()
def oneroster_csv(path: Path, key: str, version: str, delta: bool, since: str, data: Path | None) -> None:
    """Write what an app may read of a district to PATH, a folder or a ZIP of OneRoster CSV.

    It has what the app would be told by the OneRoster API: of the schools that granted it something, and of those facts
    alone. Whom it tells of is put on the ledger of disclosures before PATH is there.
    """
    from ..consent.ledger import Ledger
    from ..dialects.oneroster.exporting import BULK, DELTA, Export, written

    with open_desk(data) as desk:
        export = Export(desk, desk.credentials.by_key(key), version, DELTA if delta else BULK, since=since)
        written(export, Ledger(desk.store.folder, desk.clock), path)
        export.arrived()
        app = export.holder.app.relying_party
    tally = export.tally
    gone = f", of which {tally.gone.total():,} say that something is gone" if delta or since else ""
    say(f"Wrote {tally.rows.total():,} rows for {app} to {path}{gone}.")
    for place, count in sorted(tally.blank.items()):
        warn(f"{place}: {count:,} cells are blank that OneRoster wants, as nobody knows what belongs there.")
