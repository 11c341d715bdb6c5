"""Apps and what schools let them see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..errors import Malformed, NotFound, Problem, nearest
from ..fields import RECORDS
from ..scopes import CATALOGUE
from ..store.kept.apps import App as App
from ..store.kept.grants import STATE

MODES = {"only": "only the people chosen", "except": "all but the people chosen"}
STATES = {
    "active": "the app may read",
    "paused": "the school is still choosing the people whom the app may read of",
    "revoked": "the app may no longer read",
}


@dataclass(frozen=True)
class Grant:
    """What one school lets one app see: these scopes, of these people."""

    id: str
    app: App
    district: int
    school: str
    estab: str
    school_name: str
    mis: str
    time_zone: str
    scopes: frozenset[str]
    state: str
    version: int
    people: Mapping[str, str] = field(default_factory=dict[str, str])
    """For each kind of human named one by one: `only` or `except`; the people stand in the `chosen` table."""
    serial: int = 0
    """How often the school has authorised the app; a secret and its tokens are of one time."""
    ends: float | None = None
    """The moment from which it is revoked (seconds since 1970), where the school has named one."""

    @property
    def view(self) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
        """What decides how a question is compiled; grants with equal views share their plans."""
        return self.scopes, tuple(sorted(self.people.items()))


GRANT_COLUMNS = (
    "g.id, a.id, a.relying_party, a.name, g.district, g.school, s.estab, s.name, s.mis, s.time_zone,"
    f" g.scopes, {STATE}, g.version, g.people,"
    ' coalesce((SELECT serial FROM agreement WHERE agreement."grant" = g.id), 0),'
    ' (SELECT at FROM ending WHERE ending."grant" = g.id)'
    ' FROM "grant" g JOIN app a ON a.id = g.app'
    " JOIN school s ON s.district = g.district AND s.id = g.school"
)


def grant_from(row: tuple[Any, ...]) -> Grant:
    """A grant as the store keeps it."""
    identity, app, party, name, district, school, estab, school_name, mis, time_zone, *held = row
    scopes, state, version, people, serial, ends = held
    return Grant(
        identity,
        App(app, party, name),
        district,
        school,
        estab,
        school_name,
        mis or "rollbook",
        time_zone or "UTC",
        frozenset(json.loads(scopes)),
        state,
        version,
        json.loads(people),
        serial,
        ends,
    )


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
