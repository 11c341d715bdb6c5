"""`rollbook districts`: the districts of a hub, and taking one away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .common import Column, data_option, draw, json_option, open_store, print_json, say, show, wants_json

if TYPE_CHECKING:
    from ..ingest.emptying import Emptying


@click.group()
def districts() -> None:
    """Manage districts: a trust, an authority, or a school that stands alone."""


_DISTRICTS = (
    Column("District", "district"),
    Column("Id in its source", "id"),
    Column("Schools", "schools", right=True),
    Column("Sources", "sources"),
)


@districts.command("list")
@json_option()
@data_option()
def list_(as_json: bool, data: Path | None) -> None:
    """List the districts, with their schools and sources."""
    with open_store(data) as store:
        schools = [one.district for one in store.kept.schools.listed()]
        feeds = store.kept.feeds.every()
        rows = [
            {
                "district": one.name,
                "id": one.external_id,
                "schools": schools.count(one.number),
                "sources": [feed.source for feed in feeds if feed.district == one.number],
            }
            for one in store.kept.schools.districts()
        ]
    show(_DISTRICTS, rows, as_json=as_json, empty="There are no districts. `rollbook sources add` makes one.")


@districts.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Remove it, instead of showing what that would do.")
@json_option()
@data_option()
def remove(name: str, yes: bool, as_json: bool, data: Path | None) -> None:
    """Remove a district with all its records and sources.

    Without --yes, shows what would go, and what has to end before: apps' grants and keys, and agents. What was
    disclosed of its people stays in the ledger.
    """
    from ..ingest.emptying import remove_district
    from ..ingest.finding import known_district

    with open_store(data) as store:
        emptying = remove_district(store, known_district(store, name), dry_run=not yes)
    if wants_json(as_json):
        print_json(_told(emptying))
        return
    _show(emptying)
    say(f"{name}: removed" if yes else f"Nothing was removed. `rollbook districts remove '{name}' --yes` does it.")


def _told(emptying: Emptying) -> dict[str, Any]:
    kinds = [{"kind": kind, "gone": count} for kind, count in emptying.kinds.items()]
    before = [{"what": one.what, "hint": one.hint} for one in emptying.held]
    found = {"district": emptying.district, "applied": emptying.applied, "gone": kinds}
    return {**found, "sources": [*emptying.sources], "before": before}


_GOING = (Column("Kind", "kind"), Column("Gone", "gone", right=True))


def _show(emptying: Emptying) -> None:
    draw(_GOING, _told(emptying)["gone"], "What went" if emptying.applied else "What would go")
    say(f"Sources: {', '.join(emptying.sources) or 'none'}")
    for one in emptying.held:
        say(f"Before that: {one.what} ({one.hint})")
