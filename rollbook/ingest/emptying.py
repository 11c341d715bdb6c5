"""Taking a whole district away: what would go, who still reads it, and doing so."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import Conflict, Problem
from ..model.organisation import District as DistrictRecord
from ..store.kept import Kept
from ..store.kept.schools import District
from ..store.port import Store
from ..store.writing import Batch
from .kinds import KINDS

AT_ONCE = 1000
"""How many records go at a time where others are to write in between."""

# What refers goes before what it refers to, so that each tombstone still has its whole key.
_ORDER = (*(kind for kind in reversed(KINDS) if kind is not DistrictRecord), DistrictRecord)


@dataclass(frozen=True)
class Emptying:
    """What goes with a district: by kind how many records, and its sources. `held` is what has to end before."""

    district: str
    kinds: dict[str, int]
    sources: tuple[str, ...]
    held: tuple[Problem, ...]
    applied: bool = False


def remove_district(store: Store, district: District, *, dry_run: bool = False) -> Emptying:
    """Take a district away, with all records and sources; their history says that they are gone.

    Raises `Conflict` with everything that has to end before: grants, since apps are told when these end, keys, agents.
    """
    foretold = _foretold(store.kept, district)
    if dry_run:
        return foretold
    with store.write(district.number) as batch:
        if held := _held(batch.kept, district):
            raise Conflict(*held)
        _empty(batch)
    return Emptying(foretold.district, foretold.kinds, foretold.sources, (), applied=True)


def empty_district(store: Store, number: int) -> None:
    """Take all that there is of a district away, some at a time, so that others write in between."""
    for kind in _ORDER:
        while some := store.kept.copies.ids(kind, number)[:AT_ONCE]:
            with store.write(number) as batch:
                for identity in some:
                    batch.remove(kind, identity)
    with store.of_district(number) as kept:
        kept.schools.forget_beside(number)


def _foretold(kept: Kept, district: District) -> Emptying:
    counts = {kind.__name__: kept.copies.count(kind, district.number) for kind in KINDS}
    sources = tuple(feed.source for feed in kept.feeds.of_district(district.number))
    there = {kind: count for kind, count in counts.items() if count}
    return Emptying(district.name or "", there, sources, tuple(_held(kept, district)))


def _held(kept: Kept, district: District) -> list[Problem]:
    """What has to end before a district can go, each with the command that ends it."""
    grants = [one for one in kept.grants.every() if one.district == district.number and one.state != "revoked"]
    keys = [one for one in kept.credentials.every() if one.district == district.number]
    agents = [one for one in kept.agents.every() if one.district == district.number]
    return [
        *(
            _ends(f"{g.app.relying_party} reads {g.school_name}", f"apps revoke {g.app.relying_party} {g.estab}")
            for g in grants
        ),
        *(_ends(f"{k.app.relying_party} has a key for it", f"apps drop-key {k.key}") for k in keys),
        *(_ends(f"the agent {a.name} brings its records", f"agents remove {a.name}") for a in agents),
    ]


def _ends(what: str, command: str) -> Problem:
    return Problem("district", what, f"`rollbook {command}` ends that")


def _empty(batch: Batch) -> None:
    for feed in batch.kept.feeds.of_district(batch.district):
        batch.kept.feeds.forget(feed.district, feed.source)
    for kind in _ORDER:
        for identity in batch.kept.copies.ids(kind, batch.district):
            batch.remove(kind, identity)
    batch.kept.schools.forget_beside(batch.district)
