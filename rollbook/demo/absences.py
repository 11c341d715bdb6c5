"""When staff of an invented school were away: absences, and the cover that they needed, follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from .opened import Opened
from .staffroom import Member

CAUSES = (
    ("Self-certificated", "Cold, cough or influenza", 50),
    ("Medically certificated", "Back problems", 12),
    ("Medically certificated", "Operation", 6),
    ("Training", None, 22),
    ("Compassionate leave", None, 6),
    ("Jury service", None, 4),
)
"""The type of absence, the illness if it is one, and how many of a hundred have it."""


@dataclass(frozen=True)
class Away:
    """A member of staff who was away from one school day to another (`yyyy-MM-dd`, both included)."""

    member: Member
    first: str
    last: str
    kind: str
    illness: str | None


PARTS = (("absences", "2026-11-20", (0, 0, 1, 1, 1, 2)), ("absences before Christmas", "2026-12-18", (0, 0, 0, 1)))
"""Parts of the autumn term with their last days, and how often people are away in each."""


def absences(opened: Opened) -> list[Away]:
    """Every absence of the academic year that has begun by today, in order of its first day.

    Whatever day it is, they are the same ones, as far as they are known.
    """
    days = [d.date for d in opened.plan.this_year.days() if not d.closed and d.date <= PARTS[-1][1]]
    found: list[Away] = []
    first = 0
    for part, until, often in PARTS:
        last = sum(d <= until for d in days)
        found += _drawn(opened, opened.chance_of(part), days, range(first, last), often)
        first = last
    # When somebody will be back is told once they are.
    known = [d for d in days if d <= opened.today]
    begun = [replace(a, last=min(a.last, known[-1])) for a in _apart(found) if a.first <= opened.today]
    return sorted(begun, key=lambda a: (a.first, a.member.id))


def _drawn(opened: Opened, rng: Random, days: list[str], within: range, often: tuple[int, ...]) -> Iterator[Away]:
    for member in opened.staff.members:
        if not member.current or member.post.kind == "governor":
            continue
        for _ in range(rng.choice(often)):
            first = rng.randrange(within.start, within.stop)
            kind, illness, _ = rng.choices(CAUSES, [c[2] for c in CAUSES])[0]
            length = rng.randrange(5, 12) if kind == "Medically certificated" else rng.choice((1, 1, 1, 2, 3))
            last = days[min(first + length, len(days)) - 1]
            if not member.start or member.start <= days[first]:
                yield Away(member, days[first], last, kind, illness)


def _apart(found: list[Away]) -> list[Away]:
    """Of absences of one person that overlap, the first only."""
    kept: list[Away] = []
    for away in sorted(found, key=lambda a: (a.member.id, a.first)):
        before = kept[-1] if kept and kept[-1].member is away.member else None
        if before is None or before.last < away.first:
            kept.append(away)
    return kept


def days_of(away: Away) -> list[str]:
    """The days of an absence, weekends too."""
    first, last = date.fromisoformat(away.first), date.fromisoformat(away.last)
    return [(first + timedelta(n)).isoformat() for n in range((last - first).days + 1)]
