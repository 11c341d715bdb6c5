"""Who saw what, as pages say it: apps and people, in words, at the clock of a school."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..consent.disclosures import Disclosure
from ..consent.grants import zone_of


@dataclass(frozen=True)
class Seen:
    """A line of who saw what: who, which facts in words, through which API, how often, and from when to when."""

    who: tuple[str, ...]
    what: tuple[str, ...]
    api: str
    times: int
    first: str
    last: str


def seen_rows(found: Iterable[Disclosure], zone: str) -> list[Seen]:
    """What was told of somebody, as lines of a page."""
    return [
        Seen(_who(one), one.words, one.dialect, one.times, _moment(one.first, zone), _moment(one.last, zone))
        for one in found
    ]


def _who(one: Disclosure) -> tuple[str, ...]:
    """Who saw something: apps, and the people for whom they asked."""
    found = [f"{v.app_name} for {v.reader}" if v.reader and v.app_name else v.app_name or v.reader for v in one.viewers]
    return tuple(dict.fromkeys(filter(None, found)))


def _moment(stamp: str, zone: str) -> str:
    at = datetime.fromisoformat(stamp).astimezone(zone_of(zone))
    return f"{at:%d %B %Y, %H:%M}".lstrip("0")
