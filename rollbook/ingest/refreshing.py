"""Reading a source again because its data is out of date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ..errors import NotFound, Problem, RollbookError
from ..jobs import Freshness, Job
from ..store.kept.sources import Feed
from ..store.port import Store
from .rows import Connector
from .sync import import_roster


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
        feeds = self.store.kept.sources.feeds(district, school)
        begun = self.clock()
        if not feeds:
            self.seen.note(district, school, database, begun, None)
        for feed in feeds:
            if feed.connector in self.asked:
                self.asked[feed.connector](feed.source, job)
                continue
            self._read(district, feed, begun)

    def _read(self, district: int, feed: Feed, begun: float) -> None:
        every = self.store.kept.sources.schools(district, feed.source)
        try:
            if feed.connector not in self.connectors:
                raise NotFound(Problem("connector", f"this Rollbook has no connector {feed.connector}"))
            import_roster(self.store, self.connectors[feed.connector], Path(feed.path), district_name=feed.name)
        except (RollbookError, OSError) as error:
            self.seen.note_all(district, every, None, "the source could not be read; see ValidationErrors")
            raise error
        self.seen.note_all(district, every, begun, None)


def follow(store: Store, district: int, source: str, connector: str, path: Path, name: str | None) -> None:
    """Have a source read again, from now on, whenever what it said has become old."""
    with store.of_district(district) as kept:
        kept.sources.follow(district, Feed(source, connector, str(path.resolve()), name))
