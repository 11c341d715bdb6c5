"""Reading a source that the hub knows by name: trying it, foretelling what it would change, and taking it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ..errors import Conflict, Malformed, NotFound, Problem, RollbookError, nearest
from ..model.organisation import School
from ..store.kept.feeds import AGENT, INVENTED, Feed
from ..store.kept.sources import SETTLED
from ..store.numbering import now
from ..store.port import Store
from .diff import Diff
from .feeds import note_refused_run
from .folders import reading_folder
from .packed import packing
from .places import fetch
from .refusals import problems_of
from .renewing import renewing
from .rows import Connector, Progress, Reading, Source, Stream, silent
from .settings import missing, opened
from .sync import Heard, import_roster, unheard, without_collections
from .turns import host_of, turn

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


def connected(store: Store, connectors: Connectors, feed: Feed) -> tuple[Connector, dict[str, str]]:
    """The connector for a source, and the settings that it is read with, secrets among them.

    Raises `Malformed` with every setting that is missing, and `Conflict` for what only an agent can read, or nobody.
    """
    if feed.connector == AGENT:
        said = f"is read through the agent {feed.settings.get('agent', '')}, when that asks for it"
        raise Conflict(Problem(feed.source, said, "see `rollbook agents list`"))
    if feed.connector == INVENTED:
        said = "is what invented schools were made from, once: it has nothing new to say"
        raise Conflict(Problem(feed.source, said, "add a source of your own: `rollbook sources add`"))
    connector = connector_named(connectors, feed.connector)
    if lacking := missing(connector, feed.settings):
        raise Malformed(*(Problem(one.name, "is not known", _how(feed, one.name)) for one in lacking))
    return connector, opened(store, feed.settings)


def _how(feed: Feed, setting: str) -> str:
    given = "--path PATH" if setting == "path" else f"--set {setting}=VALUE"
    return f"set it with `rollbook sources set {feed.source} {given}`"


def try_feed(store: Store, connectors: Connectors, feed: Feed, progress: Progress = silent) -> Tried:
    """Open a source and read what it says, without comparing it with anything. Nothing is written.

    Raises `Malformed` with everything that is wrong with it.
    """
    connector, settings = connected(store, connectors, feed)
    kept = partial(store.kept.sources.file, feed.district, feed.source)
    with without_collections(), reading_folder(store.folder, None, "") as folder, packing(folder.path):
        path = settings.get("path", "")
        renew = renewing(store, feed.district, feed.source)
        reading = Reading(Path(path), settings, kept, progress, folder.path, renew=renew)
        there = fetch(path, reading)
        source = connector.read(replace(reading, path=there.path))
        source.problems.stop()
        streams = source.streams(partial(_kept, store, feed), "")
        source.problems.stop()
    source.notes[:0] = filter(None, [there.note])
    return _tried(source, streams)


def _tried(source: Source, streams: Sequence[Stream]) -> Tried:
    schools = [str(row.values.get("name") or row.key) for one in streams if one.kind is School for row in one.rows]
    rows = {one.kind.__name__: one.count for one in streams if one.count}
    return Tried(source.origin.name or "", tuple(sorted(schools)), rows, tuple(source.notes))


def foretell_feed(
    store: Store,
    connectors: Connectors,
    feed: Feed,
    district_name: str,
    *,
    new_district: bool = False,
    progress: Progress = silent,
) -> tuple[Tried, Diff]:
    """What a source that is not kept yet says of itself, and what it would change, found in one reading of it."""
    found: list[Tried] = []

    def heard(source: Source, streams: Sequence[Stream]) -> None:
        found.append(_tried(source, streams))

    diff = read_feed(
        store,
        connectors,
        feed,
        district_name=district_name,
        new_district=new_district,
        dry_run=True,
        progress=progress,
        heard=heard,
    )
    return found[-1], diff


def _kept(store: Store, feed: Feed, name: str) -> bytes | None:
    """What a source asked to keep, as for one of which not all was taken in, so that it says all of it."""
    return None if name == SETTLED else store.kept.sources.file(feed.district, feed.source, name)


def read_feed(
    store: Store,
    connectors: Connectors,
    feed: Feed,
    *,
    district_name: str | None = None,
    new_district: bool = False,
    dry_run: bool = False,
    allow_shrink: bool = False,
    max_shrink: float = 0.5,
    rekey: bool = False,
    changes: bool | None = None,
    wait: bool = True,
    progress: Progress | None = None,
    heard: Heard = unheard,
) -> Diff:
    """Read a source and bring its district to what it says; raises what `import_roster` raises.

    `district_name` is for a district that is not there yet (number 0); unless somebody says that it is a
    `new_district`, it is not one of which the hub holds a school. Where another source is being read at the same
    host, that is waited for, or else `OtherTurn` is raised.
    """
    try:
        connector, settings = connected(store, connectors, feed)
    except RollbookError as error:
        if feed.district and not dry_run:
            _note_unread(store, feed, error)
        raise
    with turn(store.folder, host_of(settings), wait=wait):
        return import_roster(
            store,
            connector,
            settings.get("path", ""),
            settings=settings,
            district_name=district_name,
            new_district=new_district,
            district=feed.district or None,
            name=feed.source,
            dry_run=dry_run,
            allow_shrink=allow_shrink,
            max_shrink=max_shrink,
            rekey=rekey,
            most_aside=feed.most_aside,
            changes=changes,
            progress=progress,
            heard=heard,
        )


def _note_unread(store: Store, feed: Feed, error: RollbookError) -> None:
    """Write down that a source could not even be opened, so that it is not tried again at once."""
    with store.of_district(feed.district) as kept:
        note_refused_run(kept, feed.district, feed.source, problems_of(error), now())
