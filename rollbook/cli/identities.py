"""`rollbook accounts …`: providers that people sign in with, whom a domain lets in, and accounts elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Malformed, Problem, RollbookError, nearest
from .common import Column, Later, data_option, json_option, open_desk, say, show

if TYPE_CHECKING:
    from ..api.openid import OpenID, Provider


def _openid() -> OpenID:
    import time

    from ..api.openid import OpenID, providers

    return OpenID(providers(), time.time)


def _provider(openid: OpenID, name: str) -> Provider:
    """The provider that is meant; the only one where none is named."""
    if not openid.every:
        raise Malformed(Problem("--provider", "the settings name none", "`rollbook config` shows them"))
    if not name and len(openid.every) == 1:
        return openid.every[0]
    found = next((one for one in openid.every if name in (one.key, one.name, one.issuer)), None)
    if found is None:
        raise Malformed(Problem("--provider", f"{name[:100] or 'none'} is not known",
                                nearest(name, [one.name for one in openid.every])))  # fmt: skip
    return found


def _by_domain() -> click.ParamType[Any, Any]:
    from ..consent.identities import BY_DOMAIN

    return click.Choice([*BY_DOMAIN])


_provider_option = click.option("--provider", default="", help="The provider's name; not needed where there is one.")
_role_option = click.option("--role", required=True, type=Later("text", _by_domain), help="school or school-look.")
_schools_option = click.option("--school", "estabs", required=True, multiple=True,
                               help="The school (establishment number); may be repeated.")  # fmt: skip


@click.command()
@json_option()
def providers(as_json: bool) -> None:
    """List the providers that people may sign in with, and ask each whether it is there.

    The settings ROLLBOOK_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET name the first. Each must know the address that it
    sends people back to.
    """
    from ..api.openid import way_back

    openid, rows = _openid(), list[dict[str, str]]()
    for one in openid.every:
        try:
            openid.meet(one)
            state = "answers"
        except RollbookError as error:
            state = str(error)
        rows.append({"name": one.name, "issuer": one.issuer, "back": way_back(one, "(ROLLBOOK_URL)"), "state": state})
    columns = [Column("Name", "name"), Column("Issuer", "issuer"), Column("Back to", "back"), Column("State", "state")]
    show(columns, rows, as_json=as_json, empty="The settings name none.")


@click.command()
@json_option()
@data_option()
def domains(as_json: bool, data: Path | None) -> None:
    """List the domains whose addresses let people in."""
    openid = _openid()
    with open_desk(data) as desk:
        called = desk.roles.called()
        rows = [
            {"domain": one.domain, "provider": openid.called(one.issuer), "role": one.role,
             "school": called.get(one.place, one.place)}
            for one in desk.identities.domains()
        ]  # fmt: skip
    columns = [Column(name.title(), name) for name in ("domain", "provider", "role", "school")]
    show(columns, rows, as_json=as_json, empty="No domain lets anybody in.")


@click.command("let-in")
@click.argument("domain")
@_role_option
@_schools_option
@_provider_option
@data_option()
def let_in(domain: str, role: str, estabs: tuple[str, ...], provider: str, data: Path | None) -> None:
    """Let whoever signs in with a verified address of a domain have a role at schools."""
    from ..consent.roles import COMMAND

    issuer = _provider(_openid(), provider).issuer
    with open_desk(data) as desk:
        for place in [desk.roles.place(role, estab) for estab in estabs]:
            desk.identities.let_in(issuer, domain, role, place, COMMAND)
    say(f"{domain}: {role}")


@click.command("keep-out")
@click.argument("domain")
@_role_option
@_schools_option
@_provider_option
@data_option()
def keep_out(domain: str, role: str, estabs: tuple[str, ...], provider: str, data: Path | None) -> None:
    """Let a domain give a role no longer. Who came by it keeps the role until it is taken away."""
    from ..consent.identities import known_domain
    from ..consent.roles import COMMAND

    issuer = _provider(_openid(), provider).issuer
    with open_desk(data) as desk:
        for place in [desk.roles.place(role, estab) for estab in estabs]:
            desk.identities.keep_out(issuer, known_domain(domain), role, place, COMMAND)
    say(f"{domain}: no longer {role}")


@click.command()
@json_option()
@data_option()
def elsewhere(as_json: bool, data: Path | None) -> None:
    """List the accounts elsewhere that people sign in with."""
    openid = _openid()
    with open_desk(data) as desk:
        rows = [{"email": email, "provider": openid.called(one.issuer), "subject": one.subject}
                for email, one in desk.identities.every()]  # fmt: skip
    columns = [Column("E-mail", "email"), Column("Provider", "provider"), Column("Called there", "subject")]
    show(columns, rows, as_json=as_json, empty="Nobody has signed in with an account elsewhere.")


@click.command()
@click.argument("email")
@data_option()
def forget(email: str, data: Path | None) -> None:
    """Let nobody sign in to an account with one elsewhere, until its address is shown there again."""
    from ..consent.roles import COMMAND

    with open_desk(data) as desk:
        number = desk.identities.drop(desk.accounts.user(email), COMMAND)
    say(f"{email}: {number} accounts elsewhere removed")


COMMANDS = (providers, domains, let_in, keep_out, elsewhere, forget)
