"""`rollbook schools`: the schools of a hub, the MIS that each keeps its records in, and their own keys."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table as Grid

from ..consent import Desk
from ..errors import Malformed, Problem
from ..mis import Profile, profile_of
from ..model.organisation import School
from .common import data_option, open_store, out


@click.group()
def schools() -> None:
    """The schools: the management information system (MIS) of each, and what is a school's own, not an app's."""


@schools.command("list")
@data_option()
def schools_list(data: Path | None) -> None:
    """List the schools with their districts and what their MIS takes back."""
    grid = Grid()
    for name in ("Estab", "School", "District", "MIS", "Takes back"):
        # A number is copied: it must stand on one line.
        grid.add_column(name, no_wrap=name == "Estab")
    with open_store(data) as store:
        named = dict(store.records.execute("SELECT id, mis FROM school").fetchall())
        for _, identity, estab, name, district in Desk(store).schools():
            mis = named[identity] or ""
            grid.add_row(estab, name, district, mis or "-", taken_by(profile_of(mis)))
    out.print(grid)


@schools.command("mis")
@click.argument("estab")
@click.argument("name")
@data_option()
def schools_mis(estab: str, name: str, data: Path | None) -> None:
    """Say which MIS a school keeps its records in: rollbook, SIMS, Bromcom, or any other name.

    Write-backs are then taken as that MIS takes them; one that is not known takes nothing back.
    """
    if not name.strip():
        raise Malformed(Problem("name", "is empty", "name a MIS, such as rollbook, SIMS or Bromcom"))
    with open_store(data) as store:
        district, identity, _ = Desk(store).school(estab)
        with store.write(district) as batch:
            batch.change(School, identity, {"mis": name})
    out.print(f"{estab}: {name} takes back {taken_by(profile_of(name))}")


@schools.command("key")
@click.argument("estab")
@data_option()
def schools_key(estab: str, data: Path | None) -> None:
    """Make the key with which a school itself asks who saw what; it is shown once, and the earlier one is void."""
    with open_store(data) as store:
        secret = Desk(store).new_school_key(estab)
    out.print(f"schoolKey: {secret}")


def taken_by(profile: Profile) -> str:
    """What a MIS takes back, in words."""
    conduct = "conduct" if profile.conduct_at_once else "conduct (asynchronous only)"
    every = {
        "attendance": profile.attendance,
        conduct: profile.conduct,
        "detentions": profile.detention,
        "all else": profile.everything_else,
    }
    return ", ".join(what for what, taken in every.items() if taken) or "nothing"
