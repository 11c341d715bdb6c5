"""How a source does: whether its readings go well, and how old is what is held of it."""

from __future__ import annotations

from dataclasses import dataclass

from ..store.kept import Kept
from ..store.kept.feeds import ON, Feed
from .scheduling import Past, Schedule, past, seconds

OK, FAILING, STALE, UNREAD = "ok", "failing", "stale", "not read yet"

STALE_AFTER = 2.0
"""After how many times the time between two readings what is held is said to be stale."""


@dataclass(frozen=True)
class Health:
    """How a source does: in a word, seconds since it was last read well, when it began to fail and when it is read
    again at the earliest (seconds since 1970), and what was wrong."""

    word: str
    age: float | None = None
    failed: int = 0
    since: float | None = None
    resumes: float | None = None
    why: str = ""


def health(kept: Kept, feed: Feed, now: float) -> Health:
    """How a source does at a moment."""
    done = kept.feeds.last_done(feed.district, feed.source)
    age, before = (max(0.0, now - seconds(done)) if done else None), past(kept, feed)
    if not before.failed:
        return Health(_word(feed, age), age)
    (last,) = kept.feeds.runs(feed.district, feed.source, 1)
    return Health(FAILING, age, len(before.failed), before.failed[0], _resumes(feed, before), last.why)


def _word(feed: Feed, age: float | None) -> str:
    longest = Schedule.of(feed.schedule).longest if feed.state == ON else 0
    return UNREAD if age is None else STALE if longest and age > longest * STALE_AFTER else OK


def _resumes(feed: Feed, before: Past) -> float | None:
    regular = feed.state == ON and Schedule.of(feed.schedule).regular
    return before.resumes if regular else None


def old(age: float) -> str:
    """An age in seconds as people say it: `5 min`, `3 h`, `2 days`."""
    minutes = int(age // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
