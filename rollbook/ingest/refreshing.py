"""Reading a source again because its data is out of date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from ..errors import RollbookError
from ..jobs import Freshness, Job, Later
from ..store.kept.feeds import BY_HAND, ON, Feed
from ..store.port import Store
from .reading import read_feed
from .refusals import problems_of
from .rows import Connector
from .scheduling import Schedule, in_words
from .turns import OtherTurn

BETWEEN_TURNS = 30.0
"""Seconds until a source is tried again whose host is being read for another one."""


class Renewal:
    """Renews a school's databases: reads the source again where the hub can, or sees that the record is its own."""

    def __init__(
        self,
        store: Store,
        connectors: Mapping[str, Connector],
        clock: Callable[[], float],
        seen: Freshness,
        asked: Mapping[str, Callable[[str, Job], None]] | None = None,
    ) -> None:
        self.store = store
        self.connectors = connectors
        self.asked = asked or {}
        """By connector, what has a source read that the hub cannot read by itself; raises `Later` until it was."""
        self.clock = clock
        self.seen = seen

    def __call__(self, job: Job) -> None:
        """Do a `refresh` job."""
        district, school, database = job.payload["district"], job.payload["school"], job.payload["database"]
        feeds = self.store.kept.feeds.of_school(district, school)
        begun = self.clock()
        if all(feed.state == BY_HAND for feed in feeds):
            self.seen.note(district, school, database, begun, None)
        for feed in feeds:
            if feed.state == ON and feed.connector in self.asked:
                self.asked[feed.connector](feed.source, job)
            elif feed.state == ON and Schedule.of(feed.schedule).open(begun):
                self._read(feed)
            elif feed.state == ON:
                self._wait(feed)

    def scheduled(self, job: Job) -> None:
        """Do a `sync` job: read a source because it is time, unless it is paused, gone or closed by now.

        What fails is on record; when it is tried again is for its schedule to say, which keeps to the source's hours.
        """
        feed = self.store.kept.feeds.find(job.payload["district"], job.payload["source"])
        if feed is None or feed.state != ON or feed.connector in self.asked:
            return
        if Schedule.of(feed.schedule).open(self.clock()):
            with suppress(RollbookError, OSError):
                self._read(feed, job.payload.get("changes"))

    def _read(self, feed: Feed, changes: bool | None = None) -> None:
        """Read a source; raises `Later` while another one is being read at the same host."""
        every, begun = self.store.kept.sources.schools(feed.district, feed.source), self.clock()
        try:
            read_feed(self.store, self.connectors, feed, changes=changes, wait=False)
        except OtherTurn as other:
            raise Later(BETWEEN_TURNS) from other
        except (RollbookError, OSError) as error:
            self.seen.note_all(feed.district, every, None, "the source could not be read; see ValidationErrors")
            # What stops a job is logged and kept with it, where nothing that a source says may be.
            raise RollbookError(*problems_of(error)) from None
        self.seen.note_all(feed.district, every, begun, None)

    def _wait(self, feed: Feed) -> None:
        """A source that may not be read now stays as it is, and its schools can see why."""
        every = self.store.kept.sources.schools(feed.district, feed.source)
        said = f"the source may be read at certain hours only: {in_words(feed.schedule)}"
        self.seen.note_all(feed.district, every, None, said)
