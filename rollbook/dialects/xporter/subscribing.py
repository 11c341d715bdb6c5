"""Webhooks of data changes: an app's address for a database (Xporter document, "Webhook APIs", Data Changes)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from ...addresses import read_address
from ...api.bodies import read_json
from ...api.messages import Request, Response
from ...consent import Reader
from ...errors import Malformed, NotFound, Problem, WrongMethod, nearest
from ...jobs.subscriptions import Subscription, Subscriptions
from .management import scope_rows
from .watching import databases_of
from .wire import QUIET, success

PATH = ("webhooks", "datachanges")
"""The steps behind a school's, which the document does not give, in small letters."""

LARGEST = 16 * 1024
"""The largest body, in bytes."""


def subscribe(request: Request, reader: Reader, subscriptions: Subscriptions, identity: str) -> Response:
    """Answer at `School/{estab}/Webhooks/DataChanges`: POST subscribes, GET lists, DELETE behind an Id ends."""
    grant = reader.grant
    if identity:
        if request.method != "DELETE":
            raise WrongMethod(Problem("method", f"{request.method} is not allowed here", "use DELETE"))
        subscriptions.drop(grant.id, identity)
        return success({**QUIET, "Message": "success"})
    if request.method == "POST":
        url, database = _understood(request, reader)
        made = subscriptions.add(reader, database, url)
        return success({"Scopes": scope_rows(grant.scopes), "DataChanges": [_row(made)], **QUIET, "Message": "success"})
    if request.method not in ("GET", "HEAD"):
        raise WrongMethod(Problem("method", f"{request.method} is not allowed here", "use POST or GET"))
    return success({"DataChanges": [_row(one) for one in subscriptions.of(grant.id)], **QUIET})


def _row(one: Subscription) -> dict[str, Any]:
    made = datetime.fromtimestamp(one.made, UTC).isoformat(timespec="milliseconds")[:23]
    return {"Id": one.id, "DatabaseName": one.database, "url": one.url, "Made": made}


def _understood(request: Request, reader: Reader) -> tuple[str, str]:
    """The address and the database that a body names; raises `Malformed` with every problem."""
    said = _fields(request)
    wrong: list[Problem] = []
    for name in ("url", "DatabaseName"):
        value = said.get(name.lower())
        if value is None or value == "":
            wrong.append(Problem(name, "is missing", 'send {"url": …, "DatabaseName": …}'))
        elif not isinstance(value, str):
            wrong.append(Problem(name, "must be a string"))
    url, database = said.get("url"), said.get("databasename")
    if isinstance(url, str) and url:
        try:
            read_address(url.strip(), "url")
        except Malformed as error:
            wrong += error.problems
    spelled = {name.lower(): name for name in databases_of(reader)}
    if isinstance(database, str) and database and database.strip().lower() not in spelled:
        # One of which the grant sees nothing is as one that is not there.
        hint = nearest(database[:60], spelled.values())
        wrong.append(Problem("DatabaseName", f"{database[:60]} is not a database", hint))
    if wrong:
        raise Malformed(*wrong)
    return str(url).strip(), spelled[str(database).strip().lower()]


def _fields(request: Request) -> dict[str, Any]:
    if len(request.body) > LARGEST:
        raise Malformed(Problem("body", f"is larger than {LARGEST // 1024} KB"))
    try:
        said = read_json(request.body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Malformed(Problem("body", "is not a JSON object", 'send {"url": …, "DatabaseName": …}'))
    return {str(name).lower(): value for name, value in cast(dict[str, Any], said).items()}


def find(steps: list[str]) -> tuple[str, str] | None:
    """The school and the subscription that a path names (the steps behind `/api/v1`), if it is one of these."""
    lower = [step.lower() for step in steps]
    if len(steps) in (4, 5) and lower[0] == "school" and tuple(lower[2:4]) == PATH:
        return steps[1], steps[4] if len(steps) == 5 else ""
    if lower[:1] == ["school"] and lower[2:3] == [PATH[0]]:
        raise NotFound(Problem("path", "is unknown", "School/{estab}/Webhooks/DataChanges"))
    return None
