"""`rollbook sources add`: asks for what is missing, tests, previews, adds, and says what to do next."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Conflict, Malformed, Problem, RollbookError, nearest
from .common import data_option, json_option, open_or_make_store, open_store, print_json, progress, say, wants_json
from .describing import Wanted, described
from .differences import aside, show_diff, told
from .reading import say_next, say_where, told_tried

if TYPE_CHECKING:
    from ..ingest import Connector
    from ..store.kept.feeds import Feed
    from ..store.port import Store


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
@click.option(
    "--sync/--no-sync", default=None, help="Bring its records in at once, or not; in a terminal you are asked."
)
@json_option()
@data_option()
def add(
    name: str,
    district: str,
    new_district: bool,
    connector: str,
    wanted: Wanted,
    no_test: bool,
    sync: bool | None,
    as_json: bool,
    data: Path | None,
) -> None:
    """Add a source to a district: test it, preview it, keep it, and bring its records in.

    In a terminal, asks for what is missing, and whether to bring the records in; otherwise --sync does. Nothing is
    added if the source cannot be read.
    """
    quiet = wants_json(as_json)
    given = _with_host_key(_whole(Given(name, district, connector, wanted.settings, wanted.secrets)))
    changes = wanted.changes()
    with open_or_make_store(data) as store:
        feed = _feed(store, given, new_district)._replace(**changes)
        shut = _waits(given)
        first = not no_test and not shut and _must_be_kept(given)
        report = {} if no_test or first or shut else _try(store, feed, given.district, new=new_district, quiet=quiet)
        kept = _keep(store, feed, given.district, tried=not (first or shut))
    if first:
        report = _try_kept(data, kept, feed.state, given.district, quiet=quiet)
    if not quiet:
        say(f"{kept.source}: added to {given.district}.")
    if shut:
        # Only somebody at the provider can let the hub in.
        click.echo(f"`rollbook sources authorize {kept.source}` has somebody at the provider let the hub in.", err=True)
    elif _brought_in(sync, quiet=quiet):
        report |= _sync(data, kept, quiet=quiet)
    elif not quiet:
        say(f"`rollbook sources sync {kept.source}` brings its records in.")
    if quiet:
        print_json({"source": kept.source, "district": given.district, "precedence": kept.precedence, **report})


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
    from ..ingest.authorising import token_setting
    from ..ingest.settings import checked, missing

    if wrong := checked(connector, given.settings, given.secrets):
        raise Malformed(*wrong)
    later = token_setting(connector)
    found = [one for one in missing(connector, {**given.settings, **given.secrets}) if one is not later]
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


def _keep(store: Store, feed: Feed, district: str, *, tried: bool) -> Feed:
    """Keep a source, paused until it was tried, and make its district where there is none."""
    from ..store.kept.feeds import PAUSED

    number = feed.district or store.new_district({"name": district})
    kept = feed._replace(district=number, state=feed.state if tried else PAUSED)
    with store.of_district(number) as there:
        there.feeds.put(kept)
    return kept


def _must_be_kept(given: Given) -> bool:
    """Whether a source has to be kept before it is tried: what its provider renews would be lost otherwise."""
    from ..connectors import CONNECTORS
    from ..ingest.settings import settings_of

    return any(one.renewed for one in settings_of(CONNECTORS[given.connector]))


def _waits(given: Given) -> bool:
    """Whether somebody at the provider has to let the hub in before it can be tried."""
    from ..connectors import CONNECTORS
    from ..ingest.authorising import token_setting

    setting = token_setting(CONNECTORS[given.connector])
    return setting is not None and setting.name not in given.secrets


def _try_kept(data: Path | None, kept: Feed, state: str, district: str, *, quiet: bool) -> dict[str, Any]:
    """Test and preview a source that is kept, and have it read by itself from then on."""
    with open_store(data) as store:
        try:
            report = _try(store, kept, district, new=False, quiet=quiet)
        except RollbookError:
            said = "kept, and paused: its provider may have renewed a secret of it, which would be lost otherwise"
            then = f"`rollbook sources test {kept.source}` tries it again, and `resume` has it read by itself"
            click.echo(f"{kept.source}: {said}. {then}.", err=True)
            raise
        with store.of_district(kept.district) as there:
            there.feeds.put(kept._replace(state=state))
    return report


# ---- bringing its records in


def _brought_in(sync: bool | None, *, quiet: bool) -> bool:
    """Whether the records are to be brought in: as was said, or as somebody says now."""
    if sync is None and not quiet and at_a_terminal():
        return click.confirm("Bring its records in now?", default=True, err=True)
    return bool(sync)


def _sync(data: Path | None, kept: Feed, *, quiet: bool) -> dict[str, Any]:
    """Read a source that was just added; gives what changed, for JSON."""
    from ..connectors import CONNECTORS
    from ..ingest.reading import read_feed

    with open_store(data) as store, progress(f"Reading {kept.source}") as step:
        diff = read_feed(store, CONNECTORS, kept, progress=step)
    if not quiet:
        show_diff(diff)
        say_next(kept.source)
    return {"sync": {**told(diff), **aside(diff)}}
