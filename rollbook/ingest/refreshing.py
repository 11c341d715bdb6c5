"""Reading a source again because its data is out of date."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..errors import RollbookError
from ..jobs import Freshness, Job
from ..store.kept.feeds import BY_HAND, ON, Feed
from ..store.port import Store
from .reading import read_feed
from .rows import Connector


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
            elif feed.state == ON:
                self._read(feed, begun)

    def scheduled(self, job: Job) -> None:
        """Do a `sync` job: read a source because it is time, unless it is paused or gone by now."""
        feed = self.store.kept.feeds.find(job.payload["district"], job.payload["source"])
        if feed is not None and feed.state == ON and feed.connector not in self.asked:
            self._read(feed, self.clock())

    def _read(self, feed: Feed, begun: float) -> None:
        every = self.store.kept.sources.schools(feed.district, feed.source)
        try:
            read_feed(self.store, self.connectors, feed)
        except (RollbookError, OSError) as error:
            self.seen.note_all(feed.district, every, None, "the source could not be read; see ValidationErrors")
            raise error
        self.seen.note_all(feed.district, every, begun, None)
