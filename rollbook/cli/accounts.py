"""`rollbook accounts`: people who sign in, and what they may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Malformed, Problem
from .common import Column, Later, data_option, json_option, open_desk, say, show
from .identities import COMMANDS

if TYPE_CHECKING:
    from ..consent import Desk


def _roles() -> click.ParamType[Any, Any]:
    from ..consent.roles import ROLES

    return click.Choice([*ROLES])


def _role(command: Callable[..., None]) -> Callable[..., None]:
    """The options that name a role and where it is."""
    role = click.option("--role", required=True, type=Later("text", _roles), help="What they may do: operator, school"
                        " (decides), school-look (only looks) or developer.")  # fmt: skip
    school = click.option("--school", "estab", default="", help="The school (establishment number) of a school's role.")
    app = click.option("--app", "relying_party", default="", help="The app of a developer.")
    return role(school(app(command)))


@click.group()
def accounts() -> None:
    """Manage people who sign in to the console, and what they may do."""


_HELD = (
    Column("E-mail", "email"),
    Column("Name", "name"),
    Column("Role", "role"),
    Column("Where", lambda row: row["where"] or "-"),
)


@accounts.command("list")
@json_option()
@data_option()
def accounts_list(as_json: bool, data: Path | None) -> None:
    """List who may do what, and where."""
    with open_desk(data) as desk:
        rows = [
            {"email": one.account.email, "name": one.name, "role": one.role, "where": one.called}
            for one in desk.roles.held()
        ]
    show(_HELD, rows, as_json=as_json, empty="Nobody has a role yet.")


@accounts.command()
@click.argument("email")
@_role
@click.option("--mail", is_flag=True, help="E-mail the link to them, from the hub when it is served.")
@data_option()
def invite(email: str, role: str, estab: str, relying_party: str, mail: bool, data: Path | None) -> None:
    """Invite somebody. The link that is printed opens once, for a week: whoever has it opens the account."""
    from ..consent.roles import COMMAND

    with open_desk(data) as desk:
        _must_mail(desk, mail)
        place = desk.roles.place(role, estab, relying_party)
        _say_link(desk, desk.roles.invite(email, role, place, COMMAND, mail=mail), mail)


@accounts.command()
@click.argument("email")
@click.option("--mail", is_flag=True, help="E-mail the link to them, from the hub when it is served.")
@data_option()
def link(email: str, mail: bool, data: Path | None) -> None:
    """Make a link with which somebody chooses another password."""
    from ..consent.roles import COMMAND

    with open_desk(data) as desk:
        _must_mail(desk, mail)
        account = desk.accounts.user(email)
        _say_link(desk, desk.roles.invite(account.email, "", "", COMMAND, mail=mail), mail)


def _must_mail(desk: Desk, mail: bool) -> None:
    from ..consent.addresses import sends_mail

    if mail and not sends_mail(desk.store.kept):
        raise Malformed(Problem("--mail", "this hub sends no e-mail", "leave it out, and hand over the link"))


def _say_link(desk: Desk, made: Any, mail: bool) -> None:
    from ..jobs.mail import hub_address

    say(f"The link is being sent to {made.email}." if mail else f"{hub_address()}{desk.roles.path(made)}")


@accounts.command()
@click.argument("email")
@_role
@data_option()
def give(email: str, role: str, estab: str, relying_party: str, data: Path | None) -> None:
    """Give somebody who has an account a role."""
    from ..consent.roles import COMMAND

    with open_desk(data) as desk:
        account = desk.accounts.user(email)
        desk.roles.give(account, role, desk.roles.place(role, estab, relying_party), COMMAND)
    say(f"{account.email}: {role}")


@accounts.command()
@click.argument("email")
@_role
@data_option()
def take(email: str, role: str, estab: str, relying_party: str, data: Path | None) -> None:
    """Take a role away from somebody."""
    from ..consent.roles import COMMAND

    with open_desk(data) as desk:
        account = desk.accounts.user(email)
        desk.roles.take(account, role, desk.roles.place(role, estab, relying_party), COMMAND)
    say(f"{account.email}: no longer {role}")


@accounts.command("no-code")
@click.argument("email")
@data_option()
def no_code(email: str, data: Path | None) -> None:
    """Ask somebody who has lost their phone and their recovery codes for no code any more."""
    from ..consent.roles import COMMAND

    with open_desk(data) as desk:
        desk.accounts.authenticators.drop(desk.accounts.user(email), COMMAND)
    say(f"{email} signs in with the password alone")


@accounts.command("sign-out")
@click.argument("email")
@data_option()
def sign_out(email: str, data: Path | None) -> None:
    """Sign somebody out of every browser."""
    with open_desk(data) as desk:
        number = desk.sittings.end_all(desk.accounts.user(email))
    say(f"{email}: {number} browsers signed out")


_DECISIONS = (
    Column("When", "at"),
    Column("Who", "person"),
    Column("What", "what"),
    Column("Where", lambda row: row["where"] or "-"),
    Column("About", lambda row: row["about"] or "-"),
)


@accounts.command()
@click.option("--take", type=click.IntRange(min=1), default=100, show_default=True, help="How many to list.")
@json_option()
@data_option()
def decisions(take: int, as_json: bool, data: Path | None) -> None:
    """List what people did with accounts and roles, the latest first. What they shared is in the receipts."""
    with open_desk(data) as desk:
        called = desk.roles.called()
        rows = [
            {
                "at": datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%d %H:%M:%S"),
                "person": one.person,
                "what": one.what,
                "where": called.get(one.place, one.place),
                "about": one.about,
            }
            for one in desk.roles.decisions(take)
        ]
    show(_DECISIONS, rows, as_json=as_json, empty="Nothing yet.")


for command in COMMANDS:
    accounts.add_command(command)
