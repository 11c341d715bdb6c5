"""`rollbook people`: who is who, where several sources tell of one human."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Conflict, Malformed, NotFound, Problem
from .common import Column, data_option, json_option, open_store, piped, say, show
from .erasing import erase, erasures

if TYPE_CHECKING:
    from ..ingest.judging import Match
    from ..store.port import Store

_REVIEWS = (
    Column("Id", lambda row: row["id"][:8]),
    Column("Source", "source"),
    Column("Kind", "kind"),
    Column("In the source", lambda row: _words(row["said"])),
    Column("In the hub", lambda row: _words(row["held"])),
    Column("Why", "rule"),
    Column("State", "state"),
)

_MERGES = (
    Column("Stays", lambda row: f"{row['names'][0]}\n{row['stays']}"),
    Column("Gone", lambda row: f"{row['names'][1]}\n{row['gone']}"),
    Column("By", "by"),
    Column("When", "made"),
)

LATER = "later"


@click.group()
def people() -> None:
    """Decide who is who: review likely matches, merge people, part them, erase them.

    Rows of a source that are certainly of a record which the hub holds are joined to it. What is only likely waits here
    and is not imported until somebody has decided.
    """


people.add_command(erase)
people.add_command(erasures)


@people.command("review")
@click.option("--same", multiple=True, metavar="ID", help="Both are one: the row is of the record.")
@click.option("--apart", multiple=True, metavar="ID", help="They are two: the row makes a record of its own.")
@click.option("--all", "every", is_flag=True, help="List what was decided as well.")
@click.option("--district", help="Only what waits in this district.")
@json_option()
@data_option()
def review(
    same: tuple[str, ...], apart: tuple[str, ...], every: bool, district: str | None, as_json: bool, data: Path | None
) -> None:
    """List what waits to be decided, with both sides, or decide it.

    On a terminal it asks one by one. An ID may be shortened to what no other one begins with. A decision holds for all
    later imports, and can be changed.
    """
    with open_store(data) as store:
        for identity, is_same in [*((one, True) for one in same), *((one, False) for one in apart)]:
            say(_decide(store, _find(store, identity, district), same=is_same))
        if same or apart:
            return
        listed = _listed(store, district, None if every else "waiting")
        show(_REVIEWS, [_row(one) for one in listed], as_json=as_json, empty="Nothing waits to be decided.")
        if not (every or as_json or piped()):
            _ask_each(store, listed)


@people.command("merge")
@click.argument("stays")
@click.argument("gone")
@data_option()
def merge(stays: str, gone: str, data: Path | None) -> None:
    """Make two people one: whatever leads to GONE leads to STAYS, which keeps its hub id.

    Both are hub ids of people, or of their roles. Where STAYS says nothing, it says what GONE said. Whomever a school
    left out of what an app sees remains left out. `rollbook people split` undoes it.
    """
    from ..ingest.judging import make_one

    with open_store(data) as store:
        one, other = (_person(store, identity) for identity in (stays, gone))
        if one[0] != other[0]:
            raise Conflict(Problem("people", "are in different districts", "only people of one district can be merged"))
        make_one(store, one[0], one[1], other[1], _user())
    say(f"{other[1]} is {one[1]} from now on. `rollbook people split {one[1]} {other[1]}` undoes it.")


@people.command("split")
@click.argument("stays")
@click.argument("gone", required=False)
@click.option("--source", help="Part what this source tells from the person, instead of undoing a merge.")
@data_option()
def split(stays: str, gone: str | None, source: str | None, data: Path | None) -> None:
    """Undo a merge: GONE is there again, as it was, and STAYS is as it was before.

    With --source, the person is no longer whom that source tells of. Its next import makes records of its own.
    """
    from ..ingest.judging import make_two, part

    if bool(gone) == bool(source):
        raise Malformed(Problem("gone", "name who was merged into the first one", "or a source with --source"))
    with open_store(data) as store:
        number, person = _person(store, stays)
        if source:
            said = f"{person} is no longer whom {source} tells of; {part(store, number, person, source, _user())}."
        else:
            make_two(store, number, person, gone or "", _user())
            said = f"{gone} is there again, beside {person}."
    say(said)


@people.command("merges")
@click.option("--district", help="Only those of this district.")
@json_option()
@data_option()
def merges_(district: str | None, as_json: bool, data: Path | None) -> None:
    """List the people who were merged and not parted again, the latest first."""
    from ..ingest.judging import merges as merged

    with open_store(data) as store:
        found = [one for number in _districts(store, district) for one in merged(store.kept, number)]
    rows = [
        {"stays": one.merge.stays, "gone": one.merge.gone, "names": [*one.names], "by": one.merge.by}
        | {"made": one.merge.made}
        for one in found
    ]
    show(_MERGES, rows, as_json=as_json, empty="Nobody is merged.")


def _user() -> str:
    return getpass.getuser()


# ---- which


def _districts(store: Store, named: str | None) -> Iterator[int]:
    for one in store.kept.schools.districts():
        if named is None or named in (one.name, one.external_id, str(one.number)):
            yield one.number


def _listed(store: Store, district: str | None, state: str | None) -> list[Match]:
    from ..ingest.judging import matches

    return [one for number in _districts(store, district) for one in matches(store.kept, number, state)]


def _find(store: Store, identity: str, district: str | None) -> Match:
    from ..ingest.judging import found

    return found(_listed(store, district, None), identity)


def _person(store: Store, identity: str) -> tuple[int, str]:
    """The district and the hub id of a person, by it or by that of a role."""
    for person in (identity, *store.kept.people.persons(identity)):
        for number in _districts(store, None):
            if store.kept.people.is_in(number, person):
                return number, person
    raise NotFound(Problem("person", f"{identity[:60]} is not the hub id of anybody", "it is a UUID"))


# ---- both sides


def _row(match: Match) -> dict[str, Any]:
    one = match.review
    more = {"candidate": one.candidate, "by": one.by, "decided": one.decided, "since": one.made}
    sides = {"said": dict(one.said), "held": dict(match.held), "rule": one.rule, "facts": [*one.facts]}
    return {"id": one.id, "source": one.source, "kind": one.kind, "key": one.key, "state": one.state, **sides, **more}


def _words(facts: Mapping[str, Any]) -> str:
    return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in facts.items()) or "-"


# ---- deciding


def _decide(store: Store, match: Match, *, same: bool) -> str:
    from ..connectors import format_of
    from ..ingest.judging import judge

    when, one = judge(store, match, same=same, by=_user(), form=format_of), match.review
    return f"{one.kind} {one.key} of {one.source} is {'the same' if same else 'another one'}; {when}."


def _ask_each(store: Store, listed: list[Match]) -> None:
    for one in listed:
        said = click.prompt(
            f"{one.review.id[:8]}: is it the same?", type=click.Choice(("same", "apart", LATER, "quit")), default=LATER
        )
        if said == "quit":
            return
        if said != LATER:
            say(_decide(store, one, same=said == "same"))
