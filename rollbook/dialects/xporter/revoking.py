"""Revoke Data Access: an app ends its own access to a school, at once or from a date on."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from ...api.messages import Request, Response
from ...consent import App, Desk
from ...consent.grants import zone_of
from ...consent.receipts import APP
from ...errors import Malformed, NotFound, Problem
from .bodies import read_body, text_of
from .wire import QUIET, success

# The document gives dd:MM:yyyy for both; a moment needs a time, which follows as one would expect.
_DATE = re.compile(r"(\d\d):(\d\d):(\d{4})")
_MOMENT = re.compile(r"(\d\d):(\d\d):(\d{4})(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?")

SAYS_DATE = "dd:MM:yyyy, such as 25:12:2026"
SAYS_MOMENT = "dd:MM:yyyy, with HH:mm or HH:mm:ss after it if needed, such as 25:12:2026 17:30"


def revoke_access(request: Request, desk: Desk, app: App) -> Response:
    """End what a school granted the app, from the moment that is named, on the school's clock."""
    said = {name.lower(): value for name, value in read_body(request).items()}
    estab, when = _understood(said)
    grant = next((g for g in desk.grants.of(app) if g.estab == estab and g.state != "revoked"), None)
    if grant is None:
        raise NotFound(Problem("Estab", "no school with this number shares data with the app", "see GetXodSchools"))
    zone = zone_of(grant.time_zone)
    if when.date() < datetime.fromtimestamp(desk.clock(), zone).date():
        raise Malformed(Problem("RevokeDate", "is in the past", "send today's date to revoke at once"))
    ended = desk.grants.revoke_at(grant, when.replace(tzinfo=zone).timestamp(), by=APP)
    told = "is revoked" if ended.state == "revoked" else f"will be revoked from {when:%Y-%m-%dT%H:%M:%S}"
    return success({**QUIET, "Message": f"Access to {estab} {told}"})


def _understood(said: dict[str, Any]) -> tuple[str, datetime]:
    wrong: list[Problem] = []
    estab = text_of(said.get("estab"))
    if estab is None or not estab.strip():
        wrong.append(Problem("Estab", "is missing", "send the school's number"))
    given = {n: said[n.lower()] for n in ("RevokeDate", "RevokeDateTime") if said.get(n.lower()) not in (None, "")}
    if len(given) != 1:
        what = "is given beside RevokeDateTime" if given else "is missing"
        wrong.append(Problem("RevokeDate", what, f"send either RevokeDate or RevokeDateTime: {SAYS_DATE}"))
    found = [_moment(name, value, wrong) for name, value in given.items()]
    if wrong:
        raise Malformed(*wrong)
    assert estab is not None
    assert found[0] is not None
    return estab.strip(), found[0]


def _moment(name: str, value: Any, wrong: list[Problem]) -> datetime | None:
    """A moment on the school's clock; a date stands for its beginning."""
    pattern, says = (_DATE, SAYS_DATE) if name == "RevokeDate" else (_MOMENT, SAYS_MOMENT)
    found = pattern.fullmatch(value.strip()) if isinstance(value, str) and value.isascii() else None
    try:
        if found is not None:
            day, month, year, *clock = (int(part or 0) for part in found.groups())
            hour, minute, second = (*clock, 0, 0, 0)[:3]
            return datetime(year, month, day, hour, minute, second)
    except ValueError:
        wrong.append(Problem(name, "is not a valid date", says))
        return None
    wrong.append(Problem(name, "is not a valid date", says))
    return None
