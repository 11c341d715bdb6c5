"""`rollbook apps ask`, `apps register` and `invites`: what apps ask of schools, and the schools that were asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Conflict, Malformed, NotFound, Problem
from .common import (
    Column,
    data_option,
    draw,
    json_option,
    open_desk,
    print_json,
    say,
    served_at,
    show,
    wants_json,
    warn,
)
from .granting import apps

if TYPE_CHECKING:
    from ..consent import App, Desk
    from ..consent.invitations import Invitation
    from ..consent.registering import Registration
    from ..consent.sandboxes import Sandbox

__all__ = ["apps", "invites"]


@apps.command("register")
@click.argument("relying_party")
@click.option("--contact", help="The e-mail address for schools' questions.")
@click.option("--webhook", help="The address to call when a school authorises the app or revokes access.")
@click.option("--purpose", help="What the app is for, in a sentence that schools read.")
@click.option("--privacy", help="The address of the page on which the app says how it treats data.")
@click.option("--name", default="", help="Another name, as people know the app.")
@click.option("--live/--test", default=None, help="Whether the app is in live use or being tested.")
@json_option()
@data_option()
def apps_register(
    relying_party: str,
    contact: str | None,
    webhook: str | None,
    purpose: str | None,
    privacy: str | None,
    name: str,
    live: bool | None,
    as_json: bool,
    data: Path | None,
) -> None:
    """Set what an app says of itself, such as its contact address and webhook, or show it."""
    said: dict[str, Any] = {
        "contact": contact,
        "webhook": webhook,
        "purpose": purpose,
        "privacy": privacy,
        "live": live,
    }
    with open_desk(data) as desk:
        app = desk.apps.named(relying_party)
        if not name and all(one is None for one in said.values()):
            _show(desk.registrations.of(app), as_json)
        else:
            if webhook:
                _look_up(webhook)
            _show(desk.registrations.change(app, **said, name=name), as_json)


def _look_up(url: str) -> None:
    """Refuse a webhook whose host has private addresses only; one that cannot be looked up now may be known later."""
    from ..addresses import UnreachableError, reachable, read_address

    address = read_address(url, "webhook")
    try:
        reachable(address.host, address.port)
    except UnreachableError as error:
        raise Malformed(Problem("webhook", str(error))) from None
    except (OSError, UnicodeError):
        warn(f"{address.host} could not be looked up. `rollbook apps test-event` tries the webhook.")


@apps.command("test-event")
@click.argument("relying_party")
@data_option()
def apps_test_event(relying_party: str, data: Path | None) -> None:
    """Send a signed test event to an app's webhook now, and print what came back."""
    from ..api.webhooks import send_test

    with open_desk(data) as desk:
        told = desk.registrations.of(desk.apps.named(relying_party))
        if not told.webhook:
            hint = "`rollbook apps register --webhook` names one"
            raise NotFound(Problem("webhook", f"{relying_party} has none", hint))
        say(send_test(desk, told.app, told.webhook))


_SANDBOXES = (
    Column("App", "app"),
    Column("Number", "estab"),
    Column("State", "state"),
    Column("Reset", "resets", right=True),
)


@apps.command("sandbox")
@click.argument("relying_party")
@click.argument("estab", default="")
@click.option("--make", "deed", flag_value="make", help="Make another one.")
@click.option("--kind", type=click.Choice(["primary", "secondary", "us"]), default="primary", help="What to make.")
@click.option("--keys", "deed", flag_value="keys", help="Make other secrets for it, and show them once.")
@click.option("--reset", "deed", flag_value="reset", help="Invent its people anew. Number and secrets stay.")
@click.option("--delete", "deed", flag_value="delete", help="End all access, and take its records away.")
@json_option()
@data_option()
def apps_sandbox(relying_party: str, estab: str, deed: str | None, kind: str, as_json: bool, data: Path | None) -> None:
    """List an app's sandboxes: schools of invented people. Make one, or do something with that of a number.

    The hub makes and empties sandboxes while it is served.
    """
    from ..consent.roles import COMMAND

    with open_desk(data) as desk:
        app, boxes = desk.apps.named(relying_party), desk.sandboxes
        if deed == "make":
            boxes.ask(app, COMMAND, kind)
        elif deed == "keys":
            _show_keys(desk, app, boxes.at(app, estab), as_json=as_json)
            return
        elif deed:
            (boxes.reset if deed == "reset" else boxes.delete)(app, boxes.at(app, estab), COMMAND)
        rows = [
            {"app": relying_party, "estab": one.estab, "state": "ready" if boxes.grant(app, one) else "waits",
             "resets": max(one.turn - 1, 0)}
            for one in boxes.of(app)
        ]  # fmt: skip
    show(
        _SANDBOXES, rows, as_json=as_json, empty=f"{relying_party} has none. `rollbook apps sandbox --make` makes one."
    )


def _show_keys(desk: Desk, app: App, one: Sandbox, *, as_json: bool) -> None:
    """Make other secrets for a sandbox, and print them."""
    from ..consent.research import ResearchDesk, trial_token
    from ..consent.roles import COMMAND

    made = desk.sandboxes.keys(app, one, COMMAND)
    told = {name: {"token": secret} if name == "edlink" else {"key": key, "secret": secret}
            for name, (key, secret) in made.pairs.items()}  # fmt: skip
    told["research"] = {"token": trial_token(ResearchDesk(desk), one)}
    if as_json:
        print_json({"app": app.relying_party, "estab": one.estab, "schoolSecret": made.school_secret, **told})
        return
    say(f"schoolSecret: {made.school_secret}")
    for name, words in told.items():
        say(f"{name}: {' '.join(words.values())}")


@apps.command("origins")
@click.argument("relying_party")
@click.option("--add", "added", default="", help="An origin, such as https://app.example.org.")
@click.option("--drop", "dropped", default="", help="One that browsers may no longer call from.")
@data_option()
def apps_origins(relying_party: str, added: str, dropped: str, data: Path | None) -> None:
    """List from where browsers may call for an app's sandboxes, and for no real school. Add one, or drop one."""
    with open_desk(data) as desk:
        app = desk.apps.named(relying_party)
        if added:
            desk.origins.add(app, added)
        if dropped:
            desk.origins.drop(app, dropped)
        say("\n".join(desk.origins.of(app)) or f"{relying_party} has none.")


@apps.command("ask")
@click.argument("relying_party")
@click.argument("scopes", nargs=-1)
@click.option("--reason", default="", help="The reason, in a sentence that schools read.")
@click.option("--optional", is_flag=True, help="Optional: a school may leave it out.")
@click.option("--drop", is_flag=True, help="Stop asking for these scopes.")
@json_option()
@data_option()
def apps_ask(
    relying_party: str,
    scopes: tuple[str, ...],
    reason: str,
    optional: bool,
    drop: bool,
    as_json: bool,
    data: Path | None,
) -> None:
    """Set the scopes that an app asks schools for; without scopes, show them. Existing grants stay as they are."""
    names = [name for text in scopes for name in text.split(",") if name]
    with open_desk(data) as desk:
        app = desk.apps.named(relying_party)
        if not names:
            _show(desk.registrations.of(app), as_json)
        elif drop:
            _show(desk.registrations.ask_no_more(app, names), as_json)
        else:
            _show(desk.registrations.ask(app, names, required=not optional, reason=reason), as_json)


_ASKS = (
    Column("Scope", "scope"),
    Column("", lambda row: "required" if row["required"] else "optional"),
    Column("Reason", "reason"),
)


def _show(told: Registration, as_json: bool) -> None:
    asks = [{"scope": one.scope, "required": one.required, "reason": one.reason} for one in told.asks]
    if wants_json(as_json):
        app = {"app": told.app.relying_party, "name": told.app.name, "live": told.live}
        said = {"contact": told.contact, "webhook": told.webhook, "purpose": told.purpose, "privacy": told.privacy}
        print_json({**app, **{what: text or None for what, text in said.items()}, "asks": asks})
        return
    say(f"{told.app.name} ({told.app.relying_party}): {'Live' if told.live else 'Test'}")
    say(f"contact: {told.contact or '-'}\nwebhook: {told.webhook or '-'}")
    say(f"purpose: {told.purpose or '-'}\nprivacy: {told.privacy or '-'}")
    if asks:
        draw(_ASKS, asks)


@click.group()
def invites() -> None:
    """Manage the invitations that apps send to schools."""


def _of_an_invitation(command: Callable[..., None]) -> Callable[..., None]:
    return click.argument("relying_party")(click.argument("estab")(data_option()(command)))


_INVITATIONS = (
    Column("App", "app"),
    Column("School", lambda row: f"{row['estab']} {row['school']}"),
    Column("", lambda row: "Live" if row["live"] else "Test"),
    Column("Sent to", lambda row: row["email"] or "-"),
    Column("On", "made"),
    Column("Until", "expires"),
    Column("Answer", "answer"),
)


@invites.command("list")
@json_option()
@data_option()
def invites_list(as_json: bool, data: Path | None) -> None:
    """List the invited schools and their answers."""
    with open_desk(data) as desk:
        rows = [_row(one) for one in desk.invitations.all()]
    show(_INVITATIONS, rows, as_json=as_json)


def _row(one: Invitation) -> dict[str, Any]:
    return {
        "app": one.app.relying_party,
        "estab": one.estab,
        "school": one.school_name,
        "live": one.live,
        "email": one.email or None,
        "made": _day(one.made),
        "expires": _day(one.expires) if one.expires else "revoked",
        "answer": one.answer or ("expired" if one.expires <= time.time() else "waits"),
    }


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


@invites.command("add")
@_of_an_invitation
@click.option("--email", default="", help="The e-mail address to invite, one that may answer for the school.")
@click.option("--name", default="", help="The recipient's name.")
def invites_add(relying_party: str, estab: str, email: str, name: str, data: Path | None) -> None:
    """Invite a school for an app. Shows the link, and sends it by e-mail if a mail server is set."""
    with open_desk(data) as desk:
        app = desk.apps.named(relying_party)
        told = desk.registrations.of(app)
        if not told.asks:
            raise Conflict(Problem("app", f"{relying_party} asks for nothing", "`rollbook apps ask` first"))
        known = desk.invitations.signatories(estab)
        if email and email.casefold() not in {a.casefold() for a in known}:
            hint = f"known: {', '.join(known) or 'none'}; `rollbook invites signatory` adds one"
            raise Malformed(Problem("--email", f"{email} may not answer for {estab}", hint))
        _send(desk, lambda mail: desk.invitations.make(app, estab, email=email, name=name, live=told.live, mail=mail))


@invites.command("remind")
@_of_an_invitation
def invites_remind(relying_party: str, estab: str, data: Path | None) -> None:
    """Write again to a school that has not answered: three times at most, a week apart."""
    with open_desk(data) as desk:
        desk.invitations.remind(desk.invitations.at(desk.apps.named(relying_party), estab))
    say(f"{relying_party} at {estab}: reminded")


@invites.command("link")
@_of_an_invitation
def invites_link(relying_party: str, estab: str, data: Path | None) -> None:
    """Show the link of an invitation, to pass it on in another way than by e-mail."""
    with open_desk(data) as desk:
        made = desk.invitations.at(desk.apps.named(relying_party), estab)
        if made.expires <= time.time() and not (made.expires and desk.invitations.lives_on(made)):
            ended = "has expired" if made.expires else "has been revoked"
            raise Conflict(Problem("invitation", f"its link {ended}", "`rollbook invites renew` makes a new one"))
        _print_link(desk, made)


def _send(desk: Desk, invite: Callable[[bool], Invitation]) -> None:
    """Make an invitation or its link, by e-mail as well where a mail server is set, and show the link."""
    from ..consent.addresses import sends_mail
    from ..jobs import post_office

    mail = post_office() is not None or sends_mail(desk.store.kept)
    made = invite(mail)
    if mail and made.email:
        say(f"An e-mail goes to {made.email}; `rollbook jobs` shows whether it was sent.")
    _print_link(desk, made)


def _print_link(desk: Desk, made: Invitation) -> None:
    # The token is shown to whoever runs the hub, who could grant as well; it stands in no log.
    say(f"{served_at(desk.store)}/authorise/{desk.invitations.link(made)}")


@invites.command("renew")
@_of_an_invitation
def invites_renew(relying_party: str, estab: str, data: Path | None) -> None:
    """Make a new link in place of a lost or old one, which stops working. What is shared stays as it is."""
    with open_desk(data) as desk:
        invitation = desk.invitations.at(desk.apps.named(relying_party), estab)
        _send(desk, lambda mail: desk.invitations.renew(invitation, mail=mail))


@invites.command("revoke")
@_of_an_invitation
def invites_revoke(relying_party: str, estab: str, data: Path | None) -> None:
    """Revoke the link of an invitation. What is shared stays as it is; `rollbook invites renew` makes a new link."""
    with open_desk(data) as desk:
        desk.invitations.revoke(desk.invitations.at(desk.apps.named(relying_party), estab))
    say(f"The link of {relying_party} at {estab} no longer works.")


@invites.command("signatory")
@click.argument("estab")
@click.argument("email", required=False)
@click.option("--drop", is_flag=True, help="Stop this address from answering for the school.")
@data_option()
def invites_signatory(estab: str, email: str | None, drop: bool, data: Path | None) -> None:
    """Add an address that may answer for a school, besides the one in its record; without an address, list them."""
    with open_desk(data) as desk:
        if email:
            (desk.invitations.drop_signatory if drop else desk.invitations.add_signatory)(estab, email)
        say("\n".join(desk.invitations.signatories(estab)) or "nobody")
