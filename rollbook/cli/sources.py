"""`rollbook sources`: where the records of districts come from, and what each source may say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Conflict, Problem
from .adding import add
from .authorizing import authorize
from .changing import set_
from .common import Column, data_option, draw, json_option, open_store, print_json, say, wants_json
from .describing import named
from .listing import list_, show_
from .mapping import map_
from .reading import preview, sync, test_
from .setting_aside import aside_

if TYPE_CHECKING:
    from ..ingest.removing import Removal


@click.group()
def sources() -> None:
    """Manage the sources that a district's records come from.

    A source has a name within its district, such as sis. `rollbook import` is the short way: it makes a source of its
    own.
    """


for _command in (add, authorize, set_, list_, show_, test_, preview, sync, aside_, map_):
    sources.add_command(_command)


@sources.command()
@named
@data_option()
def pause(name: str, district: str | None, data: Path | None) -> None:
    """Stop reading a source by itself. What it said stays; `sync` still reads it."""
    from ..store.kept.feeds import PAUSED

    _let(data, name, district, PAUSED)
    say(f"{name}: paused. `rollbook sources resume {name}` has it read by itself again.")


@sources.command()
@named
@data_option()
def resume(name: str, district: str | None, data: Path | None) -> None:
    """Have a source read by itself again, whenever its data is out of date."""
    from ..store.kept.feeds import ON

    _let(data, name, district, ON)
    say(f"{name}: read by itself from now on")


def _let(data: Path | None, name: str, district: str | None, state: str) -> None:
    from ..connectors import CONNECTORS
    from ..ingest.finding import feed_named
    from ..ingest.reading import connected
    from ..store.kept.feeds import AGENT, ON

    with open_store(data) as store:
        feed = feed_named(store, name, district)
        if state == ON and feed.connector != AGENT:
            connected(store, CONNECTORS, feed)
        elif state == ON and "agent" not in feed.settings:
            raise Conflict(Problem(name, "its agent was removed", "a new one: `rollbook agents add NAME --source`"))
        with store.of_district(feed.district) as kept:
            kept.feeds.put(feed._replace(state=state))


@sources.command()
@named
@click.option("--yes", is_flag=True, help="Remove it, instead of showing what that would do.")
@json_option()
@data_option()
def remove(name: str, district: str | None, yes: bool, as_json: bool, data: Path | None) -> None:
    """Remove a source, and the records that only this source tells of.

    Without --yes, shows what would go, and what would stay because another source tells of it. Apps see the records
    that go as they see any other record that is removed.
    """
    from ..ingest.finding import feed_named
    from ..ingest.removing import remove_feed

    with open_store(data) as store:
        removal = remove_feed(store, feed_named(store, name, district), dry_run=not yes)
    if wants_json(as_json):
        print_json(_removed(removal))
        return
    _show_removal(removal)
    say(
        f"{name}: removed"
        if removal.applied
        else f"Nothing was removed. `rollbook sources remove {name} --yes` does it."
    )


def _removed(removal: Removal) -> dict[str, Any]:
    gone = [{"kind": kind, "gone": tally.gone} for kind, tally in removal.gone.items()]
    stays = [{"kind": kind, "stays": count} for kind, count in removal.stays.items()]
    found = {"source": removal.source, "applied": removal.applied, "gone": gone, "stays": stays}
    return {**found, "readers": [*removal.readers]}


_GOING = (Column("Kind", "kind"), Column("Gone", "gone", right=True), Column("Stays", "stays", right=True))


def _show_removal(removal: Removal) -> None:
    kinds = dict.fromkeys((*removal.gone, *removal.stays))
    counts = {kind: removal.gone[kind].gone if kind in removal.gone else 0 for kind in kinds}
    rows = [{"kind": kind, "gone": counts[kind], "stays": removal.stays.get(kind, 0)} for kind in kinds]
    draw(_GOING, rows, "What went" if removal.applied else "What would go")
    for tally in removal.gone.values():
        for record in tally.examples.get("gone", ()):
            say(f"  {record}")
    for reader in removal.readers:
        say(f"The grant of {reader} goes with the school.")
