"""`rollbook records`: who says what of one record, and what the hub itself says above its sources."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from .common import Column, cell, data_option, json_option, open_store, say, show

LONGEST = 60
"""How many characters of a value a table shows."""


def _short(value: Any) -> str:
    text = cell(value) if not isinstance(value, Mapping) else "(a part of the remainder)"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _others(row: Mapping[str, Any]) -> str:
    return "\n".join(f"{one['source']}: {_short(one['value']) or '(blank)'}" for one in row["others"])


_FACTS = (
    Column("Fact", "fact"),
    Column("Value", lambda row: _short(row["value"])),
    Column("Says so", "source"),
    Column("Since (UTC)", lambda row: (row["since"] or "")[:16].replace("T", " ")),
    Column("Others say", _others),
)


@click.group()
def records() -> None:
    """Show who says what of a record, and let its sources have it back.

    Several sources may tell of one record; each fact is what the first of them says, in the order of their
    precedence. What was changed or deleted in the hub itself stands above them until it is released.
    """


@records.command("show")
@click.argument("kind")
@click.argument("identity", metavar="ID")
@json_option()
@data_option()
def records_show(kind: str, identity: str, as_json: bool, data: Path | None) -> None:
    """Show each fact of a record: its value, who says so and since when, and what others say.

    KIND is a kind of record (docs/reference/records.md), such as Student, and ID its hub id. `hub` stands for the hub
    itself.
    """
    from ..ingest.provenance import as_json as told
    from ..ingest.provenance import kind_named, provenance

    with open_store(data) as store:
        found = provenance(store, kind_named(kind), identity)
    title = f"{kind} {identity}" + (": deleted in the hub, though sources have it" if found.deleted else "")
    show(_FACTS, map(told, found.facts), as_json=as_json, title=title, empty="Nobody says anything of it.")


@records.command("release")
@click.argument("kind")
@click.argument("identity", metavar="ID")
@click.argument("facts", nargs=-1)
@data_option()
def records_release(kind: str, identity: str, facts: tuple[str, ...], data: Path | None) -> None:
    """Let a record be what its sources say, in the FACTS named or in all that the hub says above them.

    A record that was deleted in the hub, and that sources still have, is there again, with its parts.
    """
    from ..ingest.provenance import kind_named, release

    with open_store(data) as store:
        released = release(store, kind_named(kind), identity, facts)
    say(f"{kind} {identity}: {', '.join(released) if released else 'there again, as its sources have it'}")
