"""What an app is told of where a district's records come from: the sources of its schools, and when each was read."""

from __future__ import annotations

from typing import NamedTuple

from ..store.kept.feeds import MOST_RUNS, ON
from ..store.port import Store
from .district import DistrictReader

DONE = "done"
"""What came of a reading that was taken in."""


class Source(NamedTuple):
    """A named source of schools that granted an app something: how it is read, whether by itself, since when (UTC)."""

    name: str
    connector: str
    reads: bool
    made: str


class Reading(NamedTuple):
    """One reading of a source: from when to when (UTC), and whether it was taken in."""

    started: str
    ended: str
    done: bool


class Feeding:
    """The sources that feed the schools of a district that an app may read; of others it is told nothing."""

    def __init__(self, store: Store, reader: DistrictReader) -> None:
        self._store = store
        self._district = reader.district
        self._schools = ("", *reader.reach)

    def sources(self) -> list[Source]:
        """Those that one of the schools, or their district, was last read from."""
        with self._store.lend() as kept:
            found = [feed for school in self._schools for feed in kept.feeds.of_school(self._district, school)]
        each = {feed.source: Source(feed.source, feed.connector, feed.state == ON, feed.made) for feed in found}
        return [each[name] for name in sorted(each)]

    def readings(self, source: Source) -> list[Reading]:
        """The readings of a source that are remembered, the first one first."""
        runs = self._store.kept.feeds.runs(self._district, source.name, MOST_RUNS)
        return [Reading(run.started, run.ended, run.outcome == DONE) for run in reversed(runs)]

    def maker(self, number: int) -> str | None:
        """The source of whose reading a write was."""
        return self._store.kept.sayings.maker(self._district, number)
