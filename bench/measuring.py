"""Measuring by turns: in each round every server is asked in the same minute, and medians are compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from .client import Timing, Wire

Ask = Callable[[], Timing]
"""One request, timed; what must be done before it is done outside of the time."""


@dataclass(frozen=True)
class Turn:
    """How often each server is asked in each round, and how many rounds there are."""

    rounds: int
    requests: Mapping[str, int]


def by_turns(askers: Mapping[str, Ask], turn: Turn) -> dict[str, Timing]:
    """The median of the rounds' medians, for each server."""
    found: dict[str, list[Timing]] = {name: [] for name in askers}
    sizes = {name: ask().size for name, ask in askers.items()}
    for _ in range(turn.rounds):
        for name, ask in askers.items():
            timings = [ask() for _ in range(turn.requests.get(name, 1))]
            if any(abs(t.size - sizes[name]) > sizes[name] // 4 for t in timings):
                raise AssertionError(f"{name} answers now with more or less than at first")
            found[name].append(middle(timings))
    return {name: middle(timings) for name, timings in found.items()}


def middle(timings: list[Timing]) -> Timing:
    """The median of each time."""
    return Timing(
        median(t.first for t in timings), median(t.total for t in timings), round(median(t.size for t in timings))
    )


def plainly(wire: Wire, path: str) -> Ask:
    """Ask for the same again and again."""
    return lambda: wire.time(path)
