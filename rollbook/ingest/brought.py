"""What each source of a school brought when it was last read, and what of it is set aside: of that school alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ..consent import forwarding
from ..store.kept import Kept
from ..store.kept.asides import SetAside
from ..store.kept.feeds import Feed, Run
from .health import Health, health
from .scheduling import in_words

_WHERE = re.compile(r"(?P<file>.*?)(?: (?:line|row) (?P<line>\d+)| as imported before)?(?:, column (?P<column>.*))?")

LAST = 10
"""How many readings are told."""


@dataclass(frozen=True)
class Brought:
    """A source, as a school may know it: how it does, and what of it was new, changed or set aside."""

    feed: Feed
    does: Health
    alone: bool
    """Whether it brings this school only, so that all that is known of it is the school's."""
    at: str
    """When it was last read for the school (UTC)."""
    kinds: Mapping[str, Mapping[str, int]]
    """By kind of record, of how many what became: `new`, `changed`, `unchanged` and, where it is known, `gone`."""
    runs: tuple[Run, ...]
    aside: tuple[SetAside, ...]

    @cached_property
    def schedule(self) -> str:
        """When it is read by itself."""
        return in_words(self.feed.schedule)

    @property
    def written(self) -> str:
        """Where what apps write goes."""
        return forwarding.in_words(self.feed)

    @property
    def why(self) -> str:
        """What was wrong with it, where that is of no other school."""
        return self.does.why if self.alone else ""


def brought(kept: Kept, district: int, school: str, now: float) -> list[Brought]:
    """The sources that a school was read from, the first that a fact is asked of first."""
    read = {source: (at, outcome) for source, at, outcome in kept.sources.outcomes(district, school)}
    whole = {source: outcome for source, _, outcome in kept.sources.outcomes(district, "")}
    return [
        _of(kept, feed, school, now, read[feed.source], whole.get(feed.source, {}))
        for feed in kept.feeds.of_school(district, school)
    ]


def _of(
    kept: Kept, feed: Feed, school: str, now: float, read: tuple[str, Mapping[str, Mapping[str, int]]],
    whole: Mapping[str, Mapping[str, int]],
) -> Brought:  # fmt: skip
    alone = kept.sources.schools(feed.district, feed.source) == [school]
    at, own = read
    counts = whole if alone and whole else own
    kinds = {kind: told for kind, told in counts.items() if any(told.values())}
    aside = tuple(row for row in kept.asides.of_source(feed.district, feed.source) if _theirs(row, school, alone))
    runs = tuple(kept.feeds.runs(feed.district, feed.source, LAST))
    return Brought(feed, health(kept, feed, now), alone, at, kinds, runs, aside)


def _theirs(row: SetAside, school: str, alone: bool) -> bool:
    """Whether a row is of one school; one of nobody knows which is, where the source has no other."""
    return alone or {*row.schools} == {school}


def place_of(row: SetAside) -> tuple[str, str, str]:
    """Where a row stands that is set aside: the file, the line and the column, as far as they are known."""
    found = _WHERE.fullmatch(row.where)
    return (found["file"], found["line"] or "", found["column"] or "") if found else (row.where, "", "")
