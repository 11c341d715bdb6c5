"""`rollbook query`: ask from the terminal what an app would ask."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
from rich.markup import escape
from rich.table import Table as Grid

from ..api.messages import Request
from ..consent import Desk, Grant
from ..consent.desk import SchoolPass
from ..dialects.xporter import Xporter
from ..dialects.xporter.writeback import Taking, tell
from ..errors import NotFound, Problem
from ..jobs import Freshness, Queue
from ..mis import HubMis, WriteBacks
from .common import data_option, err, open_store, out


@click.command()
@click.argument("question")
@click.argument("filters", nargs=-1)
@click.option("--select", default="", help="Columns with commas between; Column as Name renames one.")
@click.option("--estab", help="The school, when there are several.")
@click.option("--app", "relying_party", help="The app whose grant to read with, when there are several.")
@click.option("--json", "as_json", is_flag=True, help="JSON also in a terminal.")
@data_option()
def query(
    question: str, filters: tuple[str, ...], select: str, estab: str | None, relying_party: str | None, as_json: bool,
    data: Path | None,
) -> None:  # fmt: skip
    """Ask from the terminal what an app would ask: `rollbook query school.students yearGroupId=36 --select Id,Surname`.

    FILTERS are name=value, as in the address. The answer is a table here, JSON when it is piped.
    """
    pairs = [(name, value) for name, _, value in (f.partition("=") for f in filters)]
    pairs += [("select", select)] if select else []
    with open_store(data) as store:
        desk, queue = Desk(store), Queue(store, time.time)
        desk.fresh()
        grant = _pick(desk, estab, relying_party)
        segment = question.removeprefix("school.")
        encoded = urlencode([*pairs, ("httpstatuscodes", "true")]).encode()
        path = f"/api/v1/School/{grant.estab}/{segment}"
        writebacks = WriteBacks(store, tell)
        taking = Taking(desk, queue, writebacks, lambda district, school: HubMis(desk, writebacks))
        dialect = Xporter(desk, Freshness(store, queue, time.time), queue, taking)
        request = Request("GET", path, encoded, {})
        response = dialect.school(request, SchoolPass(grant, float("inf")), grant.estab, segment, "")
        body = response.body if isinstance(response.body, bytes) else b"".join(response.body)
    if as_json or not sys.stdout.isatty():
        click.echo(body)
    else:
        _show_tables(json.loads(body))


def _pick(desk: Desk, estab: str | None, relying_party: str | None) -> Grant:
    """The grant to read with; where several fit, the first that was made, and the choice is told."""
    fits = [g for g in desk.grants() if g.state == "active"]
    fits = [g for g in fits if relying_party in (None, g.app.relying_party) and estab in (None, g.estab)]
    if not fits:
        raise NotFound(Problem("grant", "no app has one that fits", "see `rollbook apps list`"))
    if len(fits) > 1:
        first = fits[0]
        err.print(
            f"{escape(first.school_name)} ({first.estab}), as {escape(first.app.relying_party)} sees it", style="dim"
        )
    return fits[0]


def _show_tables(answer: dict[str, list[dict[str, Any]]]) -> None:
    for name, rows in answer.items():
        if not rows or name == "meta":
            continue
        grid = Grid(title=name, title_justify="left")
        for column in rows[0]:
            grid.add_column(column, overflow="fold")
        for row in rows:
            grid.add_row(*("" if v is None else escape(str(v)) for v in row.values()))
        out.print(grid)
