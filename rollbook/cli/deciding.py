"""Several decisions about what apps may read, at one school and at once, as they are typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .common import data_option, open_desk, say

if TYPE_CHECKING:
    from ..consent.deciding import Change


@click.command("decide")
@click.argument("what", type=click.Choice(["pause", "resume", "less", "more", "end"]))
@click.argument("estab")
@click.argument("relying_parties", nargs=-1, required=True)
@click.option(
    "--scopes", default="", help="What it is about, separated by commas: what is shared no longer, or besides."
)
@click.option("--yes", is_flag=True, help="Do it without asking.")
@data_option()
def decide_(what: str, estab: str, relying_parties: tuple[str, ...], scopes: str, yes: bool, data: Path | None) -> None:
    """Decide about several apps of a school at once, after a look at what would change."""
    named = [name.strip() for name in scopes.split(",") if name.strip()]
    with open_desk(data) as desk:
        school = desk.schools.find(estab)[1]
        changes = desk.deciding.preview(school, what, relying_parties, named, desk.clock())
        for one in changes:
            say(_told(one))
        if all(one.why_not for one in changes):
            return
        if not yes:
            click.confirm("Do this?", abort=True)
        for done in desk.deciding.carry_out(what, changes):
            say(f"{done.change.grant.app.relying_party}: {done.wrong or 'done'}")


def _told(one: Change) -> str:
    """What would change of one app, in a line."""
    if one.why_not:
        return f"{one.grant.app.relying_party}: stays as it is, {one.why_not}"
    state = f"{one.grant.state} -> {one.state}" if one.state != one.grant.state else one.state
    scopes = [f"-{name}" for name in sorted(one.lost)] + [f"+{name}" for name in sorted(one.gained)]
    return f"{one.grant.app.relying_party}: {' '.join([state, *scopes])}"
