"""`rollbook apps`: apps, and what schools let them see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from rich.table import Table as Grid

from ..consent import Desk, Grant
from ..scopes import CATALOGUE
from .common import data_option, open_store, out


def _of_a_grant(command: Callable[..., None]) -> Callable[..., None]:
    """A command that is about one app at one school."""
    return click.argument("relying_party")(click.argument("estab")(command))


@click.group()
def apps() -> None:
    """Apps, and what schools let them see: add, list, grant, narrow, people, pause, resume, revoke, secret."""


@apps.command("list")
@data_option()
def apps_list(data: Path | None) -> None:
    """List apps with their grants."""
    with open_store(data) as store:
        desk = Desk(store)
        grid = Grid()
        for name in ("App", "School", "State", "Scopes", "People"):
            grid.add_column(name)
        for app in desk.apps():
            grants = desk.grants(app)
            for grant in grants:
                people = ", ".join(f"{mode} chosen {kind}" for kind, mode in grant.people.items()) or "everybody"
                scopes = "all" if grant.scopes >= CATALOGUE.keys() else ", ".join(sorted(grant.scopes))
                grid.add_row(app.relying_party, f"{grant.estab} {grant.school_name}", grant.state, scopes, people)
            if not grants:
                grid.add_row(app.relying_party, "-", "-", "-", "-")
    out.print(grid)


@apps.command("add")
@click.argument("relying_party")
@click.option("--name", default="", help="The app's name, as people know it.")
@data_option()
def apps_add(relying_party: str, name: str, data: Path | None) -> None:
    """Make an app; its management secret is shown once."""
    with open_store(data) as store:
        _, secret = Desk(store).add_app(relying_party, name)
    out.print(f"managementSecret: {secret}")


@apps.command("secret")
@click.argument("relying_party")
@data_option()
def apps_secret(relying_party: str, data: Path | None) -> None:
    """Give an app another management secret; the earlier one is void."""
    with open_store(data) as store:
        desk = Desk(store)
        out.print(f"managementSecret: {desk.new_management_secret(desk.app(relying_party))}")


@apps.command("grant")
@_of_a_grant
@click.option("--scopes", required=True, help="Scopes with commas between, or all.")
@data_option()
def apps_grant(relying_party: str, estab: str, scopes: str, data: Path | None) -> None:
    """Let an app see scopes at a school; its school secret is shown once, an earlier one is void."""
    with open_store(data) as store:
        desk = Desk(store)
        _, secret = desk.authorise(desk.app(relying_party), estab, [s.strip() for s in scopes.split(",")])
    out.print(f"schoolSecret: {secret}")


@apps.command("narrow")
@_of_a_grant
@click.option("--scopes", required=True, help="The scopes that are left, with commas between.")
@data_option()
def apps_narrow(relying_party: str, estab: str, scopes: str, data: Path | None) -> None:
    """Leave a grant only these scopes; it shows in the next answer."""
    with open_store(data) as store:
        desk = Desk(store)
        grant = desk.narrow(desk.grant(desk.app(relying_party), estab), [s.strip() for s in scopes.split(",")])
    out.print(f"{grant.app.relying_party} at {grant.estab}: {', '.join(sorted(grant.scopes))}")


@apps.command("people")
@_of_a_grant
@click.argument("kind", type=click.Choice(["students", "staff", "contacts"], case_sensitive=False))
@click.argument("mode", type=click.Choice(["only", "except", "all"]))
@click.argument("ids", nargs=-1)
@data_option()
def apps_people(relying_party: str, estab: str, kind: str, mode: str, ids: tuple[str, ...], data: Path | None) -> None:
    """Let a grant see only the people with these Ids, or all except them, or all again."""
    with open_store(data) as store:
        desk = Desk(store)
        desk.choose(desk.grant(desk.app(relying_party), estab), kind, mode, ids)
    out.print(f"{relying_party} at {estab}: {mode} {len(ids) or ''} {kind}".replace("  ", " "))


def _change_state(relying_party: str, estab: str, data: Path | None, change: Callable[[Desk, Grant], Grant]) -> None:
    with open_store(data) as store:
        desk = Desk(store)
        grant = change(desk, desk.grant(desk.app(relying_party), estab))
    out.print(f"{relying_party} at {estab}: {grant.state}")


@apps.command("pause")
@_of_a_grant
@data_option()
def apps_pause(relying_party: str, estab: str, data: Path | None) -> None:
    """Stop a grant while the school chooses people; tokens are refused until it is resumed."""
    _change_state(relying_party, estab, data, lambda desk, grant: desk.pause(grant))


@apps.command("resume")
@_of_a_grant
@data_option()
def apps_resume(relying_party: str, estab: str, data: Path | None) -> None:
    """Let a paused grant go on."""
    _change_state(relying_party, estab, data, lambda desk, grant: desk.pause(grant, False))


@apps.command("revoke")
@_of_a_grant
@data_option()
def apps_revoke(relying_party: str, estab: str, data: Path | None) -> None:
    """End a grant; its secret and its tokens end with it."""
    _change_state(relying_party, estab, data, lambda desk, grant: desk.revoke(grant))
