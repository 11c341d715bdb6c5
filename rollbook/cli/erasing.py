"""`rollbook people erase`: taking somebody out of the hub for good, and the list of those who were."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Malformed, NotFound, Problem
from .common import Column, data_option, draw, json_option, open_store, print_json, say, show, wants_json, warn

if TYPE_CHECKING:
    from ..ingest.erasing import Erased, Preview
    from ..store.port import Store

_GOING = (Column("What", "what"), Column("How many", "count", right=True))
_STAYS = (Column("What stays", "what"), Column("Why", "why"))
_ERASURES = (
    Column("Id", "id"),
    Column("District", "district"),
    Column("Erased", lambda row: row["at"][:16]),
    Column("By", "by"),
    Column("Records", lambda row: sum(row["gone"].values()), right=True),
    Column("Apps are told until", lambda row: row["until"][:10] if not row["ended"] else "-"),
    Column("Why", "why"),
)


@click.command()
@click.argument("person", required=False)
@click.option("--find", "words", metavar="WORDS", help="List whom these words may mean, instead: a name, or a number.")
@click.option("--yes", is_flag=True, help="Erase without asking.")
@click.option("--why", default="", metavar="TEXT", help="Why, for the list of erasures; name nobody.")
@click.option(
    "--tell-days",
    type=click.IntRange(0, 365),
    default=30,
    show_default=True,
    help="For how many days apps are told by which ids they knew the person.",
)
@click.option("--allow-return", metavar="ERASURE", help="Let sources bring somebody again who was erased, by its id.")
@json_option()
@data_option()
def erase(
    person: str | None,
    words: str | None,
    yes: bool,
    why: str,
    tell_days: int,
    allow_return: str | None,
    as_json: bool,
    data: Path | None,
) -> None:
    """Erase a person: everything that the hub holds about them, in every place where it is.

    PERSON is the hub id of a person, or of one of their roles. What would go is shown first, and what stays, with the
    reason; then it asks. It cannot be undone. Sources do not bring the person back, as long as they know them by the
    keys that they do now. The ledger keeps every line, and names the person on none.
    """
    from ..ingest.erasing import alike, foretell, let_back, places

    given = [one for one in (person, words, allow_return) if one]
    if len(given) != 1:
        raise Malformed(Problem("person", "name one person by hub id", "or look for them with --find"))
    with open_store(data) as store:
        if words:
            show(_FOUND, list(alike(store, words)), as_json=as_json, empty="Nobody is found by that.")
        elif allow_return:
            say(f"Sources may bring them again, by {let_back(store, *_erasure(store, allow_return))} keys.")
        else:
            where = places(store, person or "")
            previews = [foretell(store, district, one) for district, one in where]
            if not wants_json(as_json):
                _preview(previews)
            elif not yes:
                # Whoever reads JSON cannot be asked.
                print_json([_foretold(one) for one in previews])
                return
            if yes or click.confirm(f"Erase {previews[0].called}? This cannot be undone", err=True):
                _erase(store, where, why, tell_days, previews, as_json)


@click.command()
@click.option(
    "--again",
    "listed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Erase again whoever is on a list (erasures.json), after a restore.",
)
@json_option()
@data_option()
def erasures(listed: Path | None, as_json: bool, data: Path | None) -> None:
    """List the erasures: when, by whom, and how many records went. Nothing tells whose they were."""
    from ..ingest.erasing import again, read_list

    with open_store(data) as store:
        if listed:
            say(f"{again(store, read_list([listed]), getpass.getuser())} people were erased again.")
            return
        rows = [
            {"district": district.name, **one._asdict(), "gone": dict(one.gone)}
            for district in store.kept.schools.districts()
            for one in store.kept.erasures.of_district(district.number)
        ]
    show(_ERASURES, rows, as_json=as_json, empty="Nobody has been erased.")


# ---- whom

_FOUND = (
    Column("Hub id", "id"),
    Column("Forename", "forename"),
    Column("Surname", "surname"),
    Column("Born", "birth_date"),
    Column("Roles", "roles", right=True),
)


def _erasure(store: Store, identity: str) -> tuple[int, str]:
    for district in store.kept.schools.districts():
        if any(one.id == identity for one in store.kept.erasures.of_district(district.number)):
            return district.number, identity
    raise NotFound(Problem("erasure", f"{identity[:60]} is no erasure", "`rollbook people erasures` lists them"))


# ---- what


def _preview(previews: list[Preview]) -> None:
    for one in previews:
        say(f"{one.called}, {one.person}")
        draw(_GOING, _rows(one.gone), "Goes")
        if one.edited:
            draw(_GOING, _rows(one.edited), "Is about others, and will name them no longer")
        draw(_STAYS, [{"what": what, "why": why} for what, why in one.stays], "Stays")


def _rows(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"what": what, "count": count} for what, count in sorted(counts.items())]


def _erase(
    store: Store, where: list[tuple[int, str]], why: str, days: int, previews: list[Preview], as_json: bool
) -> None:
    from ..ingest.erasing import erase as erase_person
    from ..ingest.erasing import write_list

    by = getpass.getuser()
    done = [erase_person(store, number, one, by=by, why=why, tell_days=days) for number, one in where]
    listed = write_list(store)
    if wants_json(as_json):
        print_json([_told(one, preview) for one, preview in zip(done, previews, strict=True)])
        return
    for one in done:
        draw(_GOING, _rows({**one.gone, **one.beside}), "Erased")
        say(f"Erasure {one.id}. Apps that follow changes are told until {one.until[:10]}.")
    say(f"Keep {listed} with your backups: `rollbook restore` erases again whoever is on it.")
    if not all(one.overwritten for one in done):
        warn(
            "What was deleted may still stand in free places of the files, since they are in use. The worker writes"
            " them anew within a day; `rollbook retention run` does so at once."
        )


def _foretold(one: Preview) -> dict[str, Any]:
    stays = [{"what": what, "why": why} for what, why in one.stays]
    return {"applied": False, "gone": dict(one.gone), "edited": dict(one.edited), "stays": stays}


def _told(one: Erased, preview: Preview) -> dict[str, Any]:
    facts = {"id": one.id, "applied": True, "beside": dict(one.beside), "until": one.until}
    return {**_foretold(preview), **facts, "overwritten": one.overwritten}
