"""`rollbook query`: ask from the terminal what an app would ask."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click

from ..errors import NotFound, Problem
from .common import Column, data_option, draw, json_option, open_store, wants_json, warn

if TYPE_CHECKING:
    from ..consent import Desk, Grant
    from ..store.port import Store


@click.command()
@click.argument("question")
@click.argument("filters", nargs=-1)
@click.option("--select", default="", help="Columns, separated by commas. `Column as Name` renames one.")
@click.option("--estab", help="The school, when there are several.")
@click.option("--app", "relying_party", help="The app whose grant to read with, when there are several.")
@json_option()
@data_option()
def query(
    question: str, filters: tuple[str, ...], select: str, estab: str | None, relying_party: str | None, as_json: bool,
    data: Path | None,
) -> None:  # fmt: skip
    """Ask what an app would ask, and get the answer that it would get.

    For example: `rollbook query school.students yearGroupId=36 --select Id,Surname`. FILTERS are name=value, as in a
    request's address. In a terminal the answer is shown as tables; piped, it is JSON.
    """
    pairs = [(name, value) for name, _, value in (f.partition("=") for f in filters)]
    pairs += [("select", select)] if select else []
    with open_store(data) as store:
        body = _answer(store, question.removeprefix("school."), pairs, estab, relying_party)
    if wants_json(as_json):
        click.echo(body)
    else:
        _show_tables(json.loads(body))


def _answer(
    store: Store, segment: str, pairs: list[tuple[str, str]], estab: str | None, relying_party: str | None
) -> bytes:
    """The body with which Xporter answers."""
    from ..api.messages import Request
    from ..consent import Desk
    from ..consent.tokens import SchoolPass
    from ..dialects.xporter import Xporter
    from ..dialects.xporter.writeback import Taking, tell
    from ..jobs import Freshness, Queue
    from ..mis import HubMis, WriteBacks

    desk, queue = Desk(store), Queue(store, time.time)
    desk.memory.fresh()
    grant = _pick(desk, estab, relying_party)
    writebacks = WriteBacks(store, tell)
    taking = Taking(desk, queue, writebacks, lambda district, school: HubMis(desk, writebacks))
    dialect = Xporter(desk, Freshness(store, queue, time.time), queue, taking)
    encoded = urlencode([*pairs, ("httpstatuscodes", "true")]).encode()
    request = Request("GET", f"/api/v1/School/{grant.estab}/{segment}", encoded, {})
    response = dialect.school(request, SchoolPass(grant, float("inf")), grant.estab, segment, "")
    return response.body if isinstance(response.body, bytes) else b"".join(response.body)


def _pick(desk: Desk, estab: str | None, relying_party: str | None) -> Grant:
    """The grant to read with; where several fit, the oldest, and the choice is reported."""
    fits = [g for g in desk.grants.all() if g.state == "active"]
    fits = [g for g in fits if relying_party in (None, g.app.relying_party) and estab in (None, g.estab)]
    if not fits:
        raise NotFound(Problem("grant", "none matches", "`rollbook apps list` shows them"))
    if len(fits) > 1:
        first = fits[0]
        warn(f"{first.school_name} ({first.estab}), as seen by {first.app.relying_party}")
    return fits[0]


def _show_tables(answer: dict[str, list[dict[str, Any]]]) -> None:
    for name, rows in answer.items():
        if rows and name != "meta":
            draw([Column(column, column) for column in rows[0]], rows, name)
