"""What an app is told of its own requests (Usage, Logs), and a school of who saw what about its people (Disclosures).

The document gives Usage its columns and Logs none: the columns of a row of Logs are Rollbook's, and so is all of
Disclosures.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ...api.messages import Request, Response
from ...consent import Desk
from ...consent.disclosures import Disclosure, Disclosures, days
from ...consent.requests import Requests, Use
from ...consent.tokens import ManagementPass, SchoolPass
from ...errors import Malformed, NotSignedIn, Problem
from .wire import QUIET, SchoolNotGranted, success

TAKE, MOST = 100, 1000
"""How many rows are given when the request does not say, and at the most."""

KINDS = {"studentid": "Student", "staffid": "Staff", "contactid": "Contact"}


def usage(desk: Desk, admitted: SchoolPass | ManagementPass) -> Response:
    """How often each area was asked for, in all and by month (Usage for estab+rp)."""
    found = _requests(desk, admitted).usage(desk.clock(), _area)
    rows = [
        {"Estab": estab, "RP": admitted.app.relying_party, "Areas": [_row(area, areas[area]) for area in sorted(areas)]}
        for estab, areas in found.items()
    ]
    return success({"Usage": rows, **QUIET})


def _area(dialect: str, endpoint: str) -> str:
    """An endpoint as Queries names it; that of another API with the API's name before it."""
    return endpoint if dialect == "xporter" else f"{dialect}.{endpoint}"


def _row(area: str, use: Use) -> dict[str, Any]:
    history = [{"month": month, "count": count} for month, count in use.history.items()]
    return {"Area": area, "Total": use.total, "Today": use.today, "ThisMonth": use.this_month, "History": history}


def logs(desk: Desk, admitted: SchoolPass | ManagementPass, request: Request) -> Response:
    """The requests, the latest first (Retrieve logs relevant to your token)."""
    said = {name.lower(): value.strip() for name, value in request.query}
    skip, take = _window(said)
    found = _requests(desk, admitted).log(said.get("trackingid", ""), take, skip)
    rows = [
        {
            "Id": str(one.number),
            "TrackingId": one.tracking or None,
            "DateTime": datetime.fromtimestamp(one.at / 1000, UTC).isoformat(timespec="milliseconds")[:23],
            "Estab": one.estab or None,
            "RelyingParty": admitted.app.relying_party,
            "Area": _area(one.dialect, one.endpoint),
            "Status": one.status,
            "RowCount": one.rows,
            "ExceptionType": one.outcome or None,
        }
        for one in found
    ]
    return success({"Logs": rows, **QUIET})


def _requests(desk: Desk, admitted: SchoolPass | ManagementPass) -> Requests:
    if isinstance(admitted, SchoolPass):
        return Requests(desk.store, admitted.app, [admitted.grant], managing=False)
    return Requests(desk.store, admitted.app, desk.grants.of(admitted.app), managing=True)


def _window(said: dict[str, str]) -> tuple[int, int]:
    """How many rows are passed over, and how many are wanted; raises `Malformed`."""
    problems: list[Problem] = []
    skip = _number(said, "startingat", "startingAt", 0, 2**40, problems)
    take = _number(said, "take", "take", TAKE, MOST, problems)
    if problems:
        raise Malformed(*problems)
    return skip, take


def _number(said: dict[str, str], name: str, spelled: str, otherwise: int, most: int, problems: list[Problem]) -> int:
    value = said.get(name, "")
    if not value:
        return otherwise
    if not (value.isascii() and value.isdigit() and len(value) < 13 and int(value) <= most):
        problems.append(Problem(spelled, f"{value[:40]} is not a number from 0 to {most}"))
        return otherwise
    return int(value)


# ---- a school's own question


def disclosures(desk: Desk, request: Request, estab: str) -> Response:
    """Who saw what about one person of a school, for the school itself, which shows its key."""
    kind, _, key = request.header("authorization").strip().partition(" ")
    if kind.lower() != "school" or not key.strip():
        raise NotSignedIn(Problem("Authorization", "is missing", "send the header Authorization: School {key}"))
    own = desk.school_keys.admit(key.strip())
    if own.estab != estab:
        raise SchoolNotGranted(Problem("estab", "is not the school that the key is for", "use the school's own key"))
    said = {name.lower(): value.strip() for name, value in request.query}
    wanted = {name: said[name] for name in KINDS if said.get(name)}
    skip, take = _window(said)
    span = days(said.get("since", ""), said.get("until", ""))
    if len(wanted) != 1:
        raise Malformed(Problem("person", "name one person", "studentId, staffId or contactId, an MIS id"))
    ((name, mis_id),) = wanted.items()
    ledger = Disclosures(desk.store)
    ids = ledger.at_school(own.district, own.id, KINDS[name], mis_id)
    if said.get("all", "").lower() in ("true", "1"):
        rows = [_single(one) for one in ledger.each(ids, span, take, skip, own.id)]
    else:
        rows = [_summed(one) for one in ledger.often(ids, span, own.id)[skip : skip + take]]
    return success({"Disclosures": rows, **QUIET})


def _seen(one: Disclosure) -> dict[str, Any]:
    viewers = {v.relying_party: None for v in one.viewers}
    readers = {v.reader: None for v in one.viewers if v.reader}
    return {
        "RelyingParty": ",".join(viewers),
        "OnBehalfOf": ",".join(readers) or None,
        "Api": one.dialect,
        "Area": one.endpoint,
        "Fields": list(one.words),
    }


def _summed(one: Disclosure) -> dict[str, Any]:
    return {**_seen(one), "Times": one.times, "First": one.first[:-1], "Last": one.last[:-1]}


def _single(one: Disclosure) -> dict[str, Any]:
    told = {"DateTime": one.last[:-1], "RowCount": one.rows, "PeopleCount": one.people, "IsWhole": int(one.whole)}
    return {**_seen(one), **told}
