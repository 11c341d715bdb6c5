"""`rollbook sources add`: asks for what is missing, tests, previews, adds, and says what to do next."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Conflict, Malformed, Problem, nearest
from .common import (
    Column,
    Share,
    data_option,
    draw,
    json_option,
    open_or_make_store,
    print_json,
    progress,
    say,
    wants_json,
)
from .differences import aside, show_diff, told

if TYPE_CHECKING:
    from ..ingest import Connector
    from ..ingest.reading import Tried
    from ..store.kept.feeds import Feed
    from ..store.port import Store


def pairs(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """The values of an option that is given as NAME=VALUE, any number of times."""
    found = [(name, value) for name, equals, value in (one.partition("=") for one in given) if name and equals]
    if len(found) != len(given):
        raise click.BadParameter("must be NAME=VALUE.")
    return dict(found)


@dataclass(frozen=True)
class Wanted:
    """How a source is to be read and what it may say, as far as the command line says so."""

    path: str | None
    plain: dict[str, str]
    secrets: dict[str, str]
    precedence: int | None
    may: str | None
    most_aside: float | None
    nightly: bool
    every: str
    within: str
    zone: str

    @property
    def settings(self) -> dict[str, str]:
        """The settings that are no secrets."""
        from ..ingest.places import whole_path

        path = self.path or self.plain.get("path")
        return {**self.plain, **({"path": whole_path(path)} if path else {})}

    def changes(self, schedule: str = "") -> dict[str, Any]:
        """What is said beside settings, by field of the source, which has a `schedule` so far.

        Raises `Malformed` for what makes no sense.
        """
        from ..ingest.feeds import may_say

        said = {
            "precedence": self.precedence,
            "may": None if self.may is None else may_say(self.may),
            "most_aside": self.most_aside,
            "schedule": self._schedule(schedule),
        }
        return {name: value for name, value in said.items() if value is not None}

    def _schedule(self, before: str) -> str | None:
        """The schedule as it is to be kept; None where nothing is said of it."""
        from ..ingest import scheduling

        said: dict[str, Any] = {}
        if self.nightly or self.every:
            said = {"nightly": self.nightly, "minutes": scheduling.every(self.every) if self.every else 0}
        if self.within:
            said["window"] = scheduling.window(self.within)
        if self.zone:
            said["zone"] = scheduling.zone(self.zone)
        return replace(scheduling.Schedule.of(before), **said).kept() if said else None


def described(command: Callable[..., None]) -> Any:
    """The options that say how a source is read and what it may say, which a command gets as `wanted`."""

    @wraps(command)
    def packed(**given: Any) -> None:
        wanted = Wanted(**{one.name: given.pop(one.name) for one in fields(Wanted)})
        command(wanted=wanted, **given)

    for option in reversed(
        (
            click.option(
                "--path", help="The folder or ZIP with its files, or its address: sftp://USER@HOST/PATH, https://…"
            ),
            click.option("--set", "plain", multiple=True, callback=pairs, help="A setting, as NAME=VALUE."),
            click.option(
                "--secret",
                "secrets",
                multiple=True,
                callback=pairs,
                help="Where a secret setting is, as NAME=env:VARIABLE or NAME=file:PATH.",
            ),
            click.option(
                "--precedence",
                type=click.IntRange(0),
                help="Its place among the sources of the district; 1 comes first. Default: after all others.",
            ),
            click.option(
                "--may",
                help="The kinds and fields that it may say, such as Student,Person.home_email. Default: everything.",
            ),
            click.option(
                "--most-aside",
                type=Share(),
                help="The share of a kind's rows that may be set aside before nothing is read, such as 2%.",
            ),
            click.option("--nightly", is_flag=True, help="While the hub is served, read it every night."),
            click.option(
                "--every",
                default="",
                help="While the hub is served, read it so often: 30m, 2h, 1d, never. With --nightly, what changed is"
                " read so often, and everything at night.",
            ),
            click.option(
                "--within", default="", help="The hours in which it may be read by itself: 20:00-06:00, or always."
            ),
            click.option("--zone", default="", help="The time zone of these hours and of its night. Default: UTC."),
        )
    ):
        packed = option(packed)
    return packed


@dataclass(frozen=True)
class Given:
    """What was said of a source on the command line, or is still missing."""

    name: str
    district: str
    connector: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str]


@click.command()
@click.argument("name", required=False, default="")
@click.option("--district", default="", help="The district that it brings records of.")
@click.option("--new-district", is_flag=True, help="Make the district, if the hub has others but not this one.")
@click.option("--connector", default="", help="How it is read, such as oneroster-csv.")
@described
@click.option("--no-test", is_flag=True, help="Add it without reading it first.")
@json_option()
@data_option()
def add(
    name: str,
    district: str,
    new_district: bool,
    connector: str,
    wanted: Wanted,
    no_test: bool,
    as_json: bool,
    data: Path | None,
) -> None:
    """Add a source to a district: test it, preview it, and keep it.

    In a terminal, asks for what is missing. Nothing is added if the source cannot be read, and its records come in
    with `rollbook sources sync`.
    """
    given = _with_host_key(_whole(Given(name, district, connector, wanted.settings, wanted.secrets)))
    changes = wanted.changes()
    with open_or_make_store(data) as store:
        feed = _feed(store, given, new_district)._replace(**changes)
        report = {} if no_test else _try(store, feed, given.district, new=new_district, quiet=wants_json(as_json))
        kept = _keep(store, feed, given.district)
    if wants_json(as_json):
        print_json({"source": kept.source, "district": given.district, "precedence": kept.precedence, **report})
    else:
        say(f"{kept.source}: added to {given.district}. `rollbook sources sync {kept.source}` reads it.")


# ---- asking


def _whole(given: Given) -> Given:
    """What was given, with what is missing asked for, or refused with all that is missing."""
    lacking = _lacking(given)
    while lacking and at_a_terminal():
        given = _asked(given, lacking[0])
        lacking = _lacking(given)
    if lacking:
        raise Malformed(*(Problem(name, "is missing", hint) for name, hint in lacking))
    return given


def at_a_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _lacking(given: Given) -> list[tuple[str, str]]:
    """What is missing, with how it is given; settings are known once there is a connector."""
    from ..connectors import CONNECTORS

    needs = [
        ("name", given.name, "a word for it, such as sis"),
        ("district", given.district, "--district NAME"),
        ("connector", given.connector, f"--connector, one of {', '.join(_offered())}"),
    ]
    lacking = [(name, hint) for name, value, hint in needs if not value]
    if not given.connector:
        return lacking if given.settings.get("path") else [*lacking, ("path", "--path PATH")]
    if given.connector not in _offered():
        raise Malformed(Problem("connector", f"{given.connector} is not known", nearest(given.connector, _offered())))
    return [*lacking, *_unset(CONNECTORS[given.connector], given)]


def _unset(connector: Connector, given: Given) -> list[tuple[str, str]]:
    from ..ingest.settings import checked, missing

    if wrong := checked(connector, given.settings, given.secrets):
        raise Malformed(*wrong)
    found = missing(connector, {**given.settings, **given.secrets})
    return [(one.name, f"{how_given(one.name, secret=one.secret)}: {one.about}") for one in found]


def how_given(name: str, *, secret: bool) -> str:
    """How a setting is given on the command line."""
    return "--path PATH" if name == "path" else f"--secret {name}=env:VARIABLE" if secret else f"--set {name}=VALUE"


def _offered() -> list[str]:
    from ..connectors import CONNECTORS
    from ..store.kept.feeds import AGENT

    return [name for name in CONNECTORS if name != AGENT]


def _asked(given: Given, lacking: tuple[str, str]) -> Given:
    from ..connectors import CONNECTORS
    from ..ingest.places import whole_path
    from ..ingest.settings import settings_of

    name, hint = lacking
    if name == "connector":
        return replace(given, connector=click.prompt("Connector", type=click.Choice(_offered())))
    if name in ("name", "district"):
        return replace(given, **{name: click.prompt({"name": "Name, such as sis", "district": "District"}[name])})
    known = {one.name: one for one in settings_of(CONNECTORS[given.connector])} if given.connector else {}
    if name in known and known[name].secret:
        where = click.prompt(f"{known[name].about} (env:VARIABLE or file:PATH)")
        return replace(given, secrets={**given.secrets, name: where})
    answer = click.prompt(known[name].about if name in known else hint)
    return replace(given, settings={**given.settings, name: whole_path(answer) if name == "path" else answer})


def _with_host_key(given: Given) -> Given:
    """What was given, with the key of the SFTP server that the files are on: somebody has to say that it is theirs."""
    from ..ingest.places import Address, host_key, is_address

    path = given.settings.get("path", "")
    if not (is_address(path) and Address.of(path).scheme == "sftp") or given.settings.get("host-key"):
        return given
    host = Address.of(path).host
    kind, fingerprint = host_key(Address.of(path))
    said = f"{host} shows the {kind} key {fingerprint}"
    if not (at_a_terminal() and click.confirm(f"{said}. Does whoever runs it say that it is theirs?", err=True)):
        hint = f"if whoever runs the server says that it is theirs: --set host-key={fingerprint}"
        raise Malformed(Problem("host-key", f"is not known; {said}", hint))
    return replace(given, settings={**given.settings, "host-key": fingerprint})


# ---- testing and keeping


def _feed(store: Store, given: Given, new_district: bool) -> Feed:
    """The source as it would be kept; district 0 is one that is not there yet."""
    from ..connectors import CONNECTORS
    from ..ingest.finding import district_named
    from ..ingest.limits import MOST_ASIDE
    from ..ingest.settings import placed, sealed, secret_from
    from ..store.kept.feeds import ON, Feed
    from ..store.numbering import now

    found = district_named(store, given.district)
    if found is None and not new_district:
        _ask_for_district(store, given.district)
    number = found.number if found else 0
    if store.kept.feeds.find(number, given.name):
        hint = f"change it with `rollbook sources set {given.name}`"
        raise Conflict(Problem("name", f"{given.district} already has a source {given.name}", hint))
    secrets = {name: sealed(store, name, secret_from(name, where)) for name, where in given.secrets.items()}
    settings = {**placed(CONNECTORS[given.connector], given.settings), **secrets}
    precedence = store.kept.feeds.next_precedence(number)
    return Feed(number, given.name, given.connector, settings, precedence, (), MOST_ASIDE, ON, "", now())


def _ask_for_district(store: Store, name: str) -> None:
    """A hub's first district is made at once; that another one is meant and not a known one has to be said."""
    known = [one.name for one in store.kept.schools.districts() if one.name]
    if not known or (at_a_terminal() and click.confirm(f"There is no district {name} yet. Make it?", err=True)):
        return
    hint = f"{nearest(name, known)}; or --new-district makes it"
    raise Malformed(Problem("district", f"{name} is not known", hint))


def _try(store: Store, feed: Feed, district: str, *, new: bool, quiet: bool) -> dict[str, Any]:
    """Test and preview a source that is not kept yet; gives what was found, for JSON."""
    from ..connectors import CONNECTORS
    from ..ingest.reading import foretell_feed

    with progress(f"Reading {feed.source}") as step:
        tried, diff = foretell_feed(store, CONNECTORS, feed, district, new_district=new, progress=step)
    if diff.number != feed.district:
        hint = f'--district "{diff.district}", or --new-district'
        raise Conflict(Problem("district", f"the hub has what this source brings as {diff.district}", hint))
    if not quiet:
        say_where(tried)
        show_diff(diff)
    return {"test": told_tried(tried), "preview": {**told(diff), **aside(diff)}}


def _keep(store: Store, feed: Feed, district: str) -> Feed:
    """Keep a source, and make its district where there is none."""
    number = feed.district or store.new_district({"name": district})
    with store.of_district(number) as kept:
        kept.feeds.put(feed._replace(district=number))
    return feed


_ROWS = (Column("Kind", "kind"), Column("Rows", "rows", right=True))


def say_where(tried: Tried) -> None:
    """Print which district and schools a source is of."""
    say(f"It can be read. District: {tried.district or 'none is named'}.")
    say(f"Schools: {', '.join(tried.schools) or 'none are named'}.")


def say_tried(tried: Tried) -> None:
    """Print what a source says of itself."""
    say_where(tried)
    draw(_ROWS, told_tried(tried)["rows"], "What it has")
    for note in tried.notes:
        say(note)


def told_tried(tried: Tried) -> dict[str, Any]:
    """The same, as it is printed in JSON."""
    rows = [{"kind": kind, "rows": count} for kind, count in tried.rows.items()]
    return {"district": tried.district, "schools": [*tried.schools], "rows": rows, "notes": [*tried.notes]}
