"""What a hub that was restored lost: writes that apps may have been told of, and that it knows nothing of now."""

from __future__ import annotations

from collections.abc import Iterable

from ..store.kept.settings import Gap

__all__ = ["Gap", "is_lost", "moment_is_lost", "through"]


def is_lost(gaps: Iterable[Gap], number: int) -> bool:
    """Whether what a number stands for is lost: only an app that was told of later writes than the hub has can have it.

    Numbers go on far behind those that were ever given.
    """
    return any(gap.last < number <= gap.jump for gap in gaps)


def moment_is_lost(gaps: Iterable[Gap], at: str) -> bool:
    """The same of a moment (UTC): what was read in between is not what the hub has now."""
    return any(gap.at < at <= gap.until for gap in gaps)


def through(gaps: Iterable[Gap]) -> int:
    """The number that every reader has come to who has read the hub since it was last restored."""
    return max((gap.jump for gap in gaps), default=0)
