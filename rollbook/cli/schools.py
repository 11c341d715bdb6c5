"""`rollbook schools`: the schools of a hub, which MIS each uses, and their own keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Malformed, Problem
from .common import Column, data_option, json_option, open_desk, open_store, say, show

if TYPE_CHECKING:
    from ..mis import Profile

_SCHOOLS = (
    Column("Estab", "estab"),
    Column("School", "school"),
    Column("District", "district"),
    Column("MIS", lambda row: row["mis"] or "-"),
    Column("Accepts", lambda row: row["accepts"] or "nothing"),
)


@click.group()
def schools() -> None:
    """Manage schools: their MIS and their own keys.

    A MIS is a management information system, in which a school keeps its records.
    """


@schools.command("list")
@json_option()
@data_option()
def schools_list(as_json: bool, data: Path | None) -> None:
    """List the schools, with their districts and the write-backs that their MIS accepts."""
    from ..consent import Desk
    from ..mis import profile_of

    with open_store(data) as store:
        named = store.kept.schools.systems()
        rows = [
            {
                "estab": estab,
                "school": name,
                "district": district,
                "mis": named[identity],
                "accepts": taken_by(profile_of(named[identity] or "")),
            }
            for _, identity, estab, name, district in Desk(store).schools.all()
        ]
    show(_SCHOOLS, rows, as_json=as_json)


@schools.command("mis")
@click.argument("estab")
@click.argument("name")
@data_option()
def schools_mis(estab: str, name: str, data: Path | None) -> None:
    """Set the MIS that a school keeps its records in: rollbook, SIMS, Bromcom or any other name.

    The hub then accepts the write-backs that this MIS accepts. An unknown MIS accepts none.
    """
    if not name.strip():
        raise Malformed(Problem("name", "is empty", "name a MIS, such as rollbook, SIMS or Bromcom"))
    from ..consent import Desk
    from ..mis import profile_of
    from ..model.organisation import School

    with open_store(data) as store:
        district, identity, _ = Desk(store).schools.find(estab)
        with store.write(district) as batch:
            batch.change(School, identity, {"mis": name})
    say(f"{estab}: {name} accepts {', '.join(taken_by(profile_of(name))) or 'nothing'}")


@schools.command("key")
@click.argument("estab")
@data_option()
def schools_key(estab: str, data: Path | None) -> None:
    """Make a key with which the school itself asks who saw what. It is shown once; the earlier key is revoked."""
    with open_desk(data) as desk:
        secret = desk.school_keys.make(estab)
    say(f"schoolKey: {secret}")


def taken_by(profile: Profile) -> list[str]:
    """The write-backs that a MIS accepts, in words."""
    conduct = "conduct" if profile.conduct_at_once else "conduct (asynchronous only)"
    every = {
        "attendance": profile.attendance,
        conduct: profile.conduct,
        "detentions": profile.detention,
        "all else": profile.everything_else,
    }
    return [what for what, taken in every.items() if taken]
