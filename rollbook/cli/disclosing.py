"""`rollbook disclosures`: who saw what about a person, and when."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Malformed, Problem
from .common import Column, data_option, json_option, open_store, show

if TYPE_CHECKING:
    from ..consent.disclosures import Disclosure


@click.command()
@click.option("--person", help="Hub id of the person, or of one of their roles.")
@click.option("--school", "estab", help="School (establishment number) that knows the person by an MIS id.")
@click.option("--student", help="MIS id of a student.")
@click.option("--staff", help="MIS id of a member of staff.")
@click.option("--contact", help="MIS id of a contact.")
@click.option("--since", default="", help="First day to show (such as 2026-11-20, UTC).")
@click.option("--until", default="", help="Last day to show.")
@click.option("--all", "each", is_flag=True, help="List single answers, newest first, instead of totals.")
@click.option(
    "--take", type=click.IntRange(min=1), default=100, show_default=True, help="How many single answers to list."
)
@json_option()
@data_option()
def disclosures(
    person: str | None, estab: str | None, student: str | None, staff: str | None, contact: str | None,
    since: str, until: str, each: bool, take: int, as_json: bool, data: Path | None,
) -> None:  # fmt: skip
    """Show who saw what about a person, and when.

    Name the person by a hub id (--person), or by a school and an MIS id (--school 9994001 --student 9919).
    """
    from ..consent import Desk
    from ..consent.disclosures import Disclosures, days

    roles = {kind: value for kind, value in (("Student", student), ("Staff", staff), ("Contact", contact)) if value}
    if bool(person) == bool(estab) or len(roles) != (1 if estab else 0):
        raise Malformed(
            Problem("person", "name one person", "--person ID, or --school ESTAB with --student, --staff or --contact")
        )
    span = days(since, until)
    with open_store(data) as store:
        ledger = Disclosures(store)
        if estab:
            district, school, _ = Desk(store).schools.find(estab)
            ((kind, mis_id),) = roles.items()
            named = ledger.at_school(district, school, kind, mis_id)
            ids = frozenset(identity for one in named for identity in ledger.of_person(one))
        else:
            ids = ledger.of_person(person or "")
        found = ledger.each(ids, span, take) if each else ledger.often(ids, span)
    _show(found, each, as_json)


_ANSWER = (Column("When", lambda row: _short(row["last"])),)
_SUM = (
    Column("First", lambda row: _short(row["first"])),
    Column("Last", lambda row: _short(row["last"])),
    Column("Times", "times", right=True),
)
_SEEN = (
    Column(
        "App", lambda row: _lines(" for ".join(filter(None, (v["relyingParty"], v["reader"]))) for v in row["seenBy"])
    ),
    Column("School", lambda row: _lines(v["estab"] for v in row["seenBy"])),
    Column("API", "api"),
    Column("Endpoint", lambda row: row["endpoint"] + ("" if row["whole"] else " (cut off)")),
    Column("Facts", "facts"),
)


def _show(found: list[Disclosure], each: bool, as_json: bool) -> None:
    from ..consent.disclosures import as_json as told

    columns = (*(_ANSWER if each else _SUM), *_SEEN)
    show(columns, map(told, found), as_json=as_json, empty="Nothing about this person has been disclosed.")


def _lines(texts: Iterable[str]) -> str:
    """Each text once, on a line of its own."""
    return "\n".join(dict.fromkeys(texts))


def _short(moment: str) -> str:
    return moment[:16].replace("T", " ")
