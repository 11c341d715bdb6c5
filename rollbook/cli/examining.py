"""`rollbook doctor`: what is wrong with a hub, and what to do."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from .common import Column, data_folder, data_option, database, json_option, show

COLUMNS = [Column("", "level"), Column("Where", "check"), Column("What is wrong", "what"), Column("What to do", "do")]


@click.command()
@data_option()
@json_option()
@click.pass_context
def doctor(context: click.Context, data: Path | None, as_json: bool) -> None:
    """Find what is wrong with a hub, and say what to do about it.

    It looks at settings, key, disk, clock, files or database, locks, the ledger, jobs, sources, and whether records
    name others that are not there. It changes nothing, and may be run while the hub is served. The exit status is 1 if
    it finds an error, and 0 if it finds nothing, or only warnings.
    """
    from ..operation.doctor import examine
    from ..store.examining import ERROR

    found = sorted(examine(data_folder(data), database()), key=lambda one: (one.level != ERROR, one.check))
    show(COLUMNS, [asdict(one) for one in found], as_json=as_json, empty="Nothing is wrong.")
    if any(one.level == ERROR for one in found):
        context.exit(1)
