"""A hub's sources at a glance: how each does, and when it was last read."""

from __future__ import annotations

from dataclasses import dataclass

from ..consent import forwarding
from ..store.port import Store
from .health import Health, health
from .scheduling import in_words


@dataclass(frozen=True)
class Glance:
    """A source: its district, how it is read, and what there is of it."""

    source: str
    district: str
    connector: str
    state: str
    schedule: str
    written: str
    """Where what apps write goes."""
    does: Health
    read: str
    """The moment of the last reading (UTC), empty before the first."""
    rows: int
    review: int
    """How many questions about its rows wait for somebody to decide."""


def glance(store: Store, now: float) -> list[Glance]:
    """Every source of a hub, by district, the first that a fact is asked of first."""
    with store.lend() as kept:
        called = {one.number: one.name or "" for one in kept.schools.districts()}
        states = {(n, s.source): s for n in called for s in kept.feeds.states(n)}
        return [
            Glance(f.source, called.get(f.district, ""), f.connector, f.state, in_words(f.schedule),
                   forwarding.in_words(f),
                   health(kept, f, now), states[f.district, f.source].read or "", states[f.district, f.source].rows,
                   states[f.district, f.source].review)
            for f in kept.feeds.every()
        ]  # fmt: skip
