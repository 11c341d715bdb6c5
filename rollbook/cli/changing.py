"""`rollbook sources set`: changing how a source is read, and what it may say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Conflict, Malformed, Problem
from .common import data_option, open_store, say
from .describing import Wanted, described

if TYPE_CHECKING:
    from ..store.kept.feeds import Feed
    from ..store.port import Store


@click.command("set")
@click.argument("name")
@click.option("--district", help="Its district, where several have a source of this name.")
@described
@data_option()
def set_(
    name: str,
    district: str | None,
    wanted: Wanted,
    data: Path | None,
) -> None:
    """Change how a source is read, what it may say, and which sources come before it.

    `--may ''` lets it say everything. Records that other sources tell of too are weighed anew at once; what is its own
    alone, when it is next read.
    """
    from ..ingest.feeds import arrange
    from ..ingest.finding import feed_named
    from ..store.kept.feeds import AGENT

    with open_store(data) as store:
        feed = feed_named(store, name, district)
        changed = wanted.changes(feed.schedule)
        if wanted.settings or wanted.secrets:
            changed["settings"] = _settings(store, feed, wanted)
        if not changed:
            raise Malformed(Problem("", "nothing was given to change", "see `rollbook sources set --help`"))
        if changed.get("schedule") and feed.connector == AGENT:
            raise Conflict(Problem("schedule", f"{name} is read through an agent, which sends by itself"))
        arrange(store, feed._replace(**changed))
    say(f"{name}: changed. `rollbook sources show {name}` shows it.")


def _settings(store: Store, feed: Feed, wanted: Wanted) -> dict[str, Any]:
    from ..connectors import CONNECTORS
    from ..ingest.reading import connector_named
    from ..ingest.settings import checked, placed, sealed, secret_from

    connector = connector_named(CONNECTORS, feed.connector)
    if wrong := checked(connector, wanted.settings, wanted.secrets):
        raise Malformed(*wrong)
    hidden = {name: sealed(store, name, secret_from(name, where)) for name, where in wanted.secrets.items()}
    return {**feed.settings, **placed(connector, wanted.settings), **hidden}
