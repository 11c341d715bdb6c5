"""What is decided for later of what apps may read, as it is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Malformed, Problem
from .common import Column, data_option, json_option, open_desk, say, show

if TYPE_CHECKING:
    from ..consent import Desk, Grant


def of_a_grant(command: Callable[..., None]) -> Callable[..., None]:
    """A command that is about one app at one school."""
    return click.argument("relying_party")(click.argument("estab")(command))


def at_option() -> Callable[..., Any]:
    """The option of a command that may count from a later moment."""
    told = "Do it at this time instead: yyyy-MM-dd or yyyy-MM-ddTHH:mm, on the school's clock."
    return click.option("--at", metavar="DATE", help=told)


def moment_at(text: str, time_zone: str) -> float:
    """A day or a moment on a school's clock (seconds since 1970)."""
    from ..consent.grants import zone_of

    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(Problem("--at", f"{text} is not a day", "yyyy-MM-dd, or yyyy-MM-ddTHH:mm")) from None
    return (at if at.tzinfo else at.replace(tzinfo=zone_of(time_zone))).timestamp()


def later(desk: Desk, grant: Grant, what: str, at: str, scopes: Iterable[str] = ()) -> None:
    """Decide for later, and say so."""
    from ..consent.planning import told

    moment, named = moment_at(at, grant.time_zone), tuple(scopes)
    desk.planning.plan(grant, what, moment, named)
    say(f"{grant.app.relying_party} at {grant.estab}: {told(what, moment, named, grant.time_zone)}")


_PLANNED = (Column("Id", "id"), Column("From", "from"), Column("What", "what"), Column("By", "by"))


@click.command("planned")
@of_a_grant
@click.option("--cancel", metavar="ID", help="Take one of them back.")
@json_option()
@data_option()
def planned_(relying_party: str, estab: str, cancel: str | None, as_json: bool, data: Path | None) -> None:
    """List what was decided about a grant for later, or take it back. It counts from its moment by itself."""
    from ..consent.grants import moment
    from ..consent.planning import told

    with open_desk(data) as desk:
        grant = desk.grants.at(desk.apps.named(relying_party), estab)
        if cancel:
            desk.planning.cancel(grant, cancel)
            say(f"{relying_party} at {estab}: taken back")
            return
        rows = [
            {"id": one.id, "from": moment(one.at), "what": told(one.what, one.at, one.scopes, grant.time_zone)}
            | {"decision": one.what, "scopes": [*one.scopes], "by": one.by}
            for one in desk.planning.of(grant)
        ]
    show(_PLANNED, rows, as_json=as_json, empty="Nothing was decided for later.")
