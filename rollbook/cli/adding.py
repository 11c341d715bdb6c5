"""`rollbook sources add`: asks for what is missing, tests, previews, adds, and says what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Conflict, Malformed, Problem, RollbookError, nearest
from .common import data_option, json_option, open_or_make_store, open_store, print_json, progress, say, wants_json
from .describing import Wanted, described
from .differences import aside, show_diff, told
from .prompting import Given, at_a_terminal, whole, with_host_key
from .reading import say_next, say_where, told_tried

if TYPE_CHECKING:
    from ..store.kept.feeds import Feed
    from ..store.port import Store


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
    given = with_host_key(whole(Given(name, district, connector, wanted.settings, wanted.secrets), data))
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
