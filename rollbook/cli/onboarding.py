"""`rollbook apps ask`, `apps register` and `invites`: what apps ask of schools, and the schools that were asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table as Grid

from ..consent import Desk
from ..consent.invitations import Invitation
from ..consent.registering import Registration
from ..errors import Conflict, Malformed, Problem
from ..jobs import hub_address, post_office
from .common import data_option, open_store, out
from .granting import apps


@apps.command("register")
@click.argument("relying_party")
@click.option("--contact", help="The e-mail address to which schools may turn.")
@click.option("--webhook", help="The address that is told when a school authorises the app or revokes.")
@click.option("--live/--test", default=None, help="Whether the app is in live use or on trial.")
@data_option()
def apps_register(
    relying_party: str, contact: str | None, webhook: str | None, live: bool | None, data: Path | None
) -> None:
    """Say of an app whom to write to and where its webhooks go, or show what was said."""
    with open_store(data) as store:
        desk = Desk(store)
        app = desk.app(relying_party)
        if contact is None and webhook is None and live is None:
            _show(desk.registration(app))
        else:
            _show(desk.register(app, contact=contact, webhook=webhook, live=live))


@apps.command("ask")
@click.argument("relying_party")
@click.argument("scopes", nargs=-1)
@click.option("--reason", default="", help="Why, in a sentence that schools read.")
@click.option("--optional", is_flag=True, help="The app can do without; a school may leave it out.")
@click.option("--drop", is_flag=True, help="Ask for these scopes no longer.")
@data_option()
def apps_ask(
    relying_party: str, scopes: tuple[str, ...], reason: str, optional: bool, drop: bool, data: Path | None
) -> None:
    """Have an app ask schools for scopes; without any, show what it asks for. What is granted stays as it is."""
    names = [name for text in scopes for name in text.split(",") if name]
    with open_store(data) as store:
        desk = Desk(store)
        app = desk.app(relying_party)
        if not names:
            _show(desk.registration(app))
        elif drop:
            _show(desk.ask_no_more(app, names))
        else:
            _show(desk.ask(app, names, required=not optional, reason=reason))


def _show(told: Registration) -> None:
    out.print(f"{escape(told.app.name)} ({escape(told.app.relying_party)}): {'Live' if told.live else 'Test'}")
    out.print(f"contact: {escape(told.contact) or '-'}\nwebhook: {escape(told.webhook) or '-'}")
    grid = _grid("Scope", "", "Reason")
    for one in told.asks:
        grid.add_row(one.scope, "required" if one.required else "optional", escape(one.reason))
    if told.asks:
        out.print(grid)


def _grid(*names: str) -> Grid:
    grid = Grid()
    for name in names:
        grid.add_column(name)
    return grid


@click.group()
def invites() -> None:
    """Schools that apps have invited, and the links with which they answer."""


def _of_an_invitation(command: Callable[..., None]) -> Callable[..., None]:
    return click.argument("relying_party")(click.argument("estab")(data_option()(command)))


@invites.command("list")
@data_option()
def invites_list(data: Path | None) -> None:
    """List the schools that were invited, and what they answered."""
    grid = _grid("App", "School", "", "Sent to", "On", "Until", "Answer")
    with open_store(data) as store:
        for one in Desk(store).invitations():
            state = "link revoked" if not one.expires else "expired" if one.expires <= time.time() else "waiting"
            answer = one.answer or state
            grid.add_row(
                escape(one.app.relying_party),
                f"{one.estab} {escape(one.school_name)}",
                "Live" if one.live else "Test",
                escape(one.email) or "-",
                _day(one.made),
                _day(one.expires) if one.expires else "-",
                answer,
            )
    out.print(grid)


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


@invites.command("add")
@_of_an_invitation
@click.option("--email", default="", help="Who is written to, of those who may answer for the school.")
@click.option("--name", default="", help="The name of the reader.")
def invites_add(relying_party: str, estab: str, email: str, name: str, data: Path | None) -> None:
    """Invite a school for an app. An e-mail is sent if a mail server is set, and the link is shown."""
    with open_store(data) as store:
        desk = Desk(store)
        app = desk.app(relying_party)
        told = desk.registration(app)
        if not told.asks:
            raise Conflict(Problem("app", f"{relying_party} asks for nothing", "`rollbook apps ask` first"))
        known = desk.signatories(estab)
        if email and email.casefold() not in {a.casefold() for a in known}:
            hint = f"known: {', '.join(known) or 'none'}; `rollbook invites signatory` adds one"
            raise Malformed(Problem("--email", f"{email} may not answer for {estab}", hint))
        mail = post_office() is not None
        made = desk.invite(app, estab, email=email, name=name, live=told.live, mail=mail)
        if mail and made.email:
            out.print(f"An e-mail goes to {escape(made.email)}; `rollbook jobs` shows whether it was sent.")
        _print_link(desk, made)


@invites.command("link")
@_of_an_invitation
def invites_link(relying_party: str, estab: str, data: Path | None) -> None:
    """Show the link of an invitation, to hand it over in another way than by e-mail."""
    with open_store(data) as store:
        desk = Desk(store)
        made = desk.invitation(desk.app(relying_party), estab)
        if made.expires <= time.time() and not (made.expires and desk.lives_on(made)):
            raise Conflict(Problem("invitation", "its link has expired", "`rollbook invites renew` makes a new one"))
        _print_link(desk, made)


def _print_link(desk: Desk, made: Invitation) -> None:
    # The token is shown to whoever runs the hub, who could grant as well; it stands in no log.
    print(f"{hub_address() or 'http://localhost:8000'}/authorise/{desk.link_of(made)}")


@invites.command("renew")
@_of_an_invitation
def invites_renew(relying_party: str, estab: str, data: Path | None) -> None:
    """Make a new link in place of a lost or old one, which stops working. What is shared stays as it is."""
    with open_store(data) as store:
        desk = Desk(store)
        mail = post_office() is not None
        made = desk.renew_link(desk.invitation(desk.app(relying_party), estab), mail=mail)
        if mail and made.email:
            out.print(f"An e-mail goes to {escape(made.email)}; `rollbook jobs` shows whether it was sent.")
        _print_link(desk, made)


@invites.command("revoke")
@_of_an_invitation
def invites_revoke(relying_party: str, estab: str, data: Path | None) -> None:
    """Revoke the link of an invitation. What is shared stays as it is; `rollbook invites renew` makes a new link."""
    with open_store(data) as store:
        desk = Desk(store)
        desk.revoke_link(desk.invitation(desk.app(relying_party), estab))
    out.print(f"The link of {escape(relying_party)} at {escape(estab)} no longer works.")


@invites.command("signatory")
@click.argument("estab")
@click.argument("email", required=False)
@click.option("--drop", is_flag=True, help="This address may no longer answer for the school.")
@data_option()
def invites_signatory(estab: str, email: str | None, drop: bool, data: Path | None) -> None:
    """Say who may answer for a school beside the address in its record, or list them."""
    with open_store(data) as store:
        desk = Desk(store)
        if email:
            (desk.drop_signatory if drop else desk.add_signatory)(estab, email)
        out.print("\n".join(map(escape, desk.signatories(estab))) or "nobody")
