"""Days that a form names, on the clock of a school."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ..consent.grants import zone_of
from ..errors import Malformed, Problem
from .forms import Form


def today(now: float, zone: str) -> date:
    """The day on a school's clock, which goes on where that of a demo's records stands still."""
    return datetime.fromtimestamp(now, zone_of(zone)).date()


def tomorrow(now: float, zone: str) -> str:
    """The first day for which something can be decided for later."""
    return (today(now, zone) + timedelta(days=1)).isoformat()


def later(form: Form, now: float, zone: str, name: str = "from") -> float | None:
    """The moment (seconds since 1970) at which the day begins that a form names; None where it names none."""
    if not form.one(name):
        return None
    day = form.day(name)
    if day <= today(now, zone):
        raise Malformed(Problem(name, "is not in the future", "choose a later day, or leave it empty for now"))
    return datetime.combine(day, datetime.min.time(), zone_of(zone)).timestamp()
