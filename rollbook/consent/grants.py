"""Apps and what schools let them see."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..errors import Malformed, NotFound, Problem, nearest
from ..fields import RECORDS
from ..scopes import CATALOGUE
from ..store.kept.apps import App as App
from ..store.kept.grants import Grant as Grant

MODES = {"only": "only the people chosen", "except": "all but the people chosen"}
STATES = {
    "active": "the app may read",
    "paused": "the school is still choosing the people whom the app may read of",
    "revoked": "the app may no longer read",
}


def moment(seconds: float) -> str:
    """A moment as text, UTC, six decimals and `Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def zone_of(name: str) -> tzinfo:
    """A time zone by name; UTC where there is none of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def known_scopes(names: frozenset[str]) -> frozenset[str]:
    """The scopes as the catalogue spells them; any case is accepted, `all` stands for every one of them."""
    spelled = {name.lower(): name for name in CATALOGUE}
    if {n.lower() for n in names} == {"all"}:
        return frozenset(CATALOGUE)
    unknown = [n for n in sorted(names) if n.lower() not in spelled]
    if unknown:
        raise Malformed(*(Problem("scopes", f"{n} is not a scope", nearest(n, CATALOGUE)) for n in unknown))
    return frozenset(spelled[n.lower()] for n in names)


def human_kind(name: str) -> str:
    """The kind of human meant: Student, Staff or Contact, in any case, singular or plural."""
    kinds = {r.__name__.lower(): r.__name__ for r in RECORDS.values() if r.human}
    found = kinds.get(name.lower()) or kinds.get(name.lower().removesuffix("s"))
    if not found:
        raise NotFound(Problem("people", f"{name} is not a kind of person", nearest(name, kinds.values())))
    return found
