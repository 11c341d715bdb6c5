"""`rollbook apps key`: the keys of apps in the dialects that read a district."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from ..scopes import CATALOGUE, readable, writable
from .common import Column, Later, data_option, json_option, listed, open_desk, say, show


def _dialects() -> click.ParamType[Any, Any]:
    from ..consent.credentials import DIALECTS

    return click.Choice(DIALECTS)


@click.command("key")
@click.argument("relying_party")
@click.argument("dialect", type=Later("dialect", _dialects))
@click.option("--estab", default="", help="Limit the key to the district of this school. Default: every district.")
@click.option(
    "--rights",
    default="",
    help="Permission words, separated by commas. Without any, the key only reads. An Ed-Fi key that writes names a"
    " claim set with writing, such as SISVendor; schools must grant the write scopes too.",
)
@click.option(
    "--claims",
    default="",
    help="Claim sets of your own, separated by commas, that narrow an Ed-Fi key (`rollbook edfi claims`).",
)
@click.option(
    "--namespace",
    "namespaces",
    multiple=True,
    help="What the namespaces begin with in which an Ed-Fi key may write descriptors and assessments, such as"
    " uri://vendor.example. May be given more than once. Default: any namespace.",
)
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    help="A profile that an Ed-Fi key must use for the resources that it covers (`rollbook edfi profiles`). May be"
    " given more than once.",
)
@click.option(
    "--oauth1",
    is_flag=True,
    help="Let the app sign requests to OneRoster 1.1 with the secret (OAuth 1.0a), which is then kept sealed rather"
    " than as a hash.",
)
@click.option(
    "--listed",
    is_flag=True,
    help="Let the app read the token of an Edlink key again at /api/v1/integrations, with its management secret. The"
    " token is then kept sealed rather than as a hash.",
)
@data_option()
def key_(
    relying_party: str,
    dialect: str,
    estab: str,
    rights: str,
    claims: str,
    namespaces: tuple[str, ...],
    profiles: tuple[str, ...],
    oauth1: bool,
    listed: bool,
    data: Path | None,
) -> None:
    """Give an app a key for a dialect. Its secret is shown once.

    A key reads unless --rights names words that write, and reaches no further than the app's grants.
    """
    from .edfi import narrowed

    with open_desk(data) as desk:
        district = desk.schools.find(estab)[0] if estab else 0
        words = [w.strip() for w in rights.split(",") if w.strip()]
        words += narrowed(desk, dialect, claims, namespaces, profiles)
        app = desk.apps.named(relying_party)
        sealed = {"signs": oauth1, "listed": listed}
        made, secret = desk.credentials.add(app, dialect, district=district, rights=words, **sealed)
    say(f"key: {made.key}\n{'token' if dialect == 'edlink' else 'secret'}: {secret}")


_KEYS = (
    Column("App", "app"),
    Column("API", "api"),
    Column("Key", "key"),
    Column("District", lambda row: row["district"] or "every one"),
    Column("Rights", "rights"),
    Column("OAuth 1.0a", lambda row: "yes" if row["oauth1"] else ""),
    Column("May read", lambda row: listed(row["reads"], readable(CATALOGUE))),
    Column("May change", "changes"),
)


@click.command("keys")
@json_option()
@data_option()
def keys_(as_json: bool, data: Path | None) -> None:
    """List keys, with what each may read and change: the scopes of the app's grants that its rights allow."""
    with open_desk(data) as desk:
        names = {district.number: district.name for district in desk.schools.districts()}
        rows = [
            {
                "app": one.app.relying_party,
                "api": one.dialect,
                "key": one.key,
                "district": names.get(one.district),
                "rights": [word.name.rsplit("/", 1)[-1] for word in one.words],
                "oauth1": one.signs,
                "reads": readable(desk.readers.reach(one)),
                "changes": writable(desk.readers.reach(one)),
            }
            for one in desk.credentials.all()
        ]
    show(_KEYS, rows, as_json=as_json)


def until_option(otherwise: str = "it stops now") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option that names the day until which a secret of before goes on working."""
    about = f"The last day (UTC) on which the old one works: yyyy-MM-dd. Default: {otherwise}."
    return click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help=about)


def ending(day: datetime | None) -> float:
    """The end of a day (seconds since 1970, UTC); 0 for none."""
    return (day.replace(tzinfo=UTC) + timedelta(1)).timestamp() if day else 0.0


@click.command("rotate-key")
@click.argument("key")
@until_option()
@data_option()
def rotate_key(key: str, until: datetime | None, data: Path | None) -> None:
    """Give a key another secret, shown once. The old one stops working, at once or with --until."""
    with open_desk(data) as desk:
        credential = desk.credentials.by_key(key)
        made = desk.credentials.rotate(credential, ending(until))
    say(f"{'token' if credential.dialect == 'edlink' else 'secret'}: {made}")


@click.command("school-secret")
@click.argument("relying_party")
@click.argument("estab")
@until_option()
@data_option()
def school_secret(relying_party: str, estab: str, until: datetime | None, data: Path | None) -> None:
    """Give an app another school secret, shown once. The old one stops working, at once or with --until."""
    with open_desk(data) as desk:
        grant = desk.grants.at(desk.apps.named(relying_party), estab)
        say(f"schoolSecret: {desk.grants.new_secret(grant, ending(until))}")


@click.command("drop-key")
@click.argument("key")
@data_option()
def drop_key(key: str, data: Path | None) -> None:
    """Revoke a key, with its tokens."""
    with open_desk(data) as desk:
        desk.credentials.drop(desk.credentials.by_key(key))
    say(f"{key}: ended")


@click.command("person-code")
@click.argument("key")
@click.argument("estab")
@click.argument("kind", type=click.Choice(["student", "staff", "contact"], case_sensitive=False))
@click.argument("mis_id")
@data_option()
def person_code(key: str, estab: str, kind: str, mis_id: str, data: Path | None) -> None:
    """Make a code with which an app can get one person's Edlink token, once, within ten minutes."""
    with open_desk(data) as desk:
        code = desk.tickets.code(desk.credentials.by_key(key), desk.schools.person(estab, kind, mis_id))
    say(f"code: {code}")
