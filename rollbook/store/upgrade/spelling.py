"""What the two layouts spell differently.

A stamp of the older one is a moment, then the number of a write: `2026-11-20T08:45:00.123000000000042`. Some facts are
days, which are texts in the older one (`2026-11-20`) and numbers of days since 1970-01-01 in the newer.
"""

from __future__ import annotations

MOMENT = 23
"""The length of the moment; the number follows it."""


def number(stamp: str) -> str:
    """The number that a stamp ends in, as SQL; null where it has none."""
    digits = f"substr({stamp}, {MOMENT + 1})"
    return f"nullif(iif({digits} GLOB '*[^0-9]*', 0, CAST({digits} AS INTEGER)), 0)"


def moment(stamp: str) -> str:
    """The moment that a stamp begins with, as SQL."""
    return f"substr({stamp}, 1, {MOMENT})"


def day_number(day: str) -> str:
    """The number of a day, as SQL; a text that is no day, which nothing lets in, stays what it is."""
    # Julian days begin at noon.
    return f"iif(date({day}) IS {day}, CAST(julianday({day}) - 2440587.5 AS INTEGER), {day})"


def same_day(number: str, day: str) -> str:
    """Whether a number of the newer layout is that of a day of the older one, as SQL."""
    return f"({number} IS {day} OR date({number} + 2440587.5) IS {day})"
