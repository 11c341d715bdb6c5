"""Reading a source that the hub knows by name: trying it, foretelling what it would change, and taking it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import Conflict, Malformed, NotFound, Problem, nearest
from ..model.organisation import School
from ..store.kept.feeds import AGENT, Feed
from ..store.port import Store
from .diff import Diff
from .rows import Connector, Progress, silent
from .settings import Configured, missing, opened
from .sync import import_roster, without_collections

Connectors = Mapping[str, Connector]


@dataclass(frozen=True)
class Tried:
    """What a source says of itself: its district, its schools by name, and how many records of each kind."""

    district: str
    schools: tuple[str, ...]
    rows: dict[str, int]
    notes: tuple[str, ...]


def connector_named(connectors: Connectors, name: str) -> Connector:
    """The connector of a name."""
    if name not in connectors:
        hint = nearest(name, connectors.keys() - {AGENT})
        raise NotFound(Problem("connector", f"this Rollbook has no connector {name}", hint))
    return connectors[name]


def connected(store: Store, connectors: Connectors, feed: Feed) -> tuple[Connector, Path]:
    """The connector for a source, with its settings, and the path that it reads.

    Raises `Malformed` with every setting that is missing, and `Conflict` for what only an agent can read.
    """
    if feed.connector == AGENT:
        said = f"is read through the agent {feed.settings.get('agent', '')}, when that asks for it"
        raise Conflict(Problem(feed.source, said, "see `rollbook agents list`"))
    connector = connector_named(connectors, feed.connector)
    if lacking := missing(connector, feed.settings):
        raise Malformed(*(Problem(one.name, "is not known", _how(feed, one.name)) for one in lacking))
    given = opened(store, feed.settings)
    return connector.configured(given) if isinstance(connector, Configured) else connector, Path(given.get("path", ""))


def _how(feed: Feed, setting: str) -> str:
    given = "--path PATH" if setting == "path" else f"--set {setting}=VALUE"
    return f"set it with `rollbook sources set {feed.source} {given}`"


def try_feed(store: Store, connectors: Connectors, feed: Feed, progress: Progress = silent) -> Tried:
    """Open a source and read what it says, without comparing it with anything. Nothing is written.

    Raises `Malformed` with everything that is wrong with it.
    """
    connector, path = connected(store, connectors, feed)
    with without_collections():
        source = connector.read(path, progress)
        source.problems.stop()
        streams = source.streams(lambda name: store.kept.sources.file(feed.district, feed.source, name), "")
        source.problems.stop()
    schools = [str(row.values.get("name") or row.key) for one in streams if one.kind is School for row in one.rows]
    rows = {one.kind.__name__: len(one.rows) for one in streams if one.rows}
    return Tried(source.origin.name or "", tuple(sorted(schools)), rows, tuple(source.notes))


def read_feed(
    store: Store,
    connectors: Connectors,
    feed: Feed,
    *,
    district_name: str | None = None,
    dry_run: bool = False,
    allow_shrink: bool = False,
    max_shrink: float = 0.5,
    rekey: bool = False,
    progress: Progress | None = None,
) -> Diff:
    """Read a source and bring its district to what it says; raises what `import_roster` raises.

    `district_name` is for a district that is not there yet (number 0).
    """
    connector, path = connected(store, connectors, feed)
    return import_roster(
        store,
        connector,
        path,
        district_name=district_name,
        district=feed.district,
        name=feed.source,
        dry_run=dry_run,
        allow_shrink=allow_shrink,
        max_shrink=max_shrink,
        rekey=rekey,
        most_aside=feed.most_aside,
        progress=progress,
    )
