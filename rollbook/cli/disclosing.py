"""`rollbook disclosures`: who saw what about a person, when."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table as Grid

from ..consent import Desk
from ..consent.disclosures import Disclosure, Disclosures, as_json, days
from ..errors import Malformed, Problem
from .common import data_option, open_store, out


@click.command()
@click.option("--person", help="The hub id of the person, or of one of their roles.")
@click.option("--school", "estab", help="The school at which the person is known by an MIS id.")
@click.option("--student", help="The MIS id of the student.")
@click.option("--staff", help="The MIS id of the member of staff.")
@click.option("--contact", help="The MIS id of the contact.")
@click.option("--since", default="", help="From this day on (2026-11-20, UTC).")
@click.option("--until", default="", help="Up to this day, itself included.")
@click.option("--all", "each", is_flag=True, help="Single answers, the latest first, instead of how often.")
@click.option("--take", default=100, show_default=True, help="How many single answers.")
@click.option("--json", "plain", is_flag=True, help="JSON also in a terminal.")
@data_option()
def disclosures(
    person: str | None, estab: str | None, student: str | None, staff: str | None, contact: str | None,
    since: str, until: str, each: bool, take: int, plain: bool, data: Path | None,
) -> None:  # fmt: skip
    """Tell who saw what about a person, when, under which school's grant.

    The person is named by a hub id (--person), or by a school and an MIS id (--school 9994001 --student 9919).
    """
    roles = {kind: value for kind, value in (("Student", student), ("Staff", staff), ("Contact", contact)) if value}
    if bool(person) == bool(estab) or len(roles) != (1 if estab else 0):
        raise Malformed(
            Problem(
                "person", "must be named once", "--person ID, or --school ESTAB with --student, --staff or --contact"
            )
        )
    span = days(since, until)
    with open_store(data) as store:
        ledger = Disclosures(store)
        if estab:
            district, school, _ = Desk(store).school(estab)
            ((kind, mis_id),) = roles.items()
            named = ledger.at_school(district, school, kind, mis_id)
            ids = frozenset(identity for one in named for identity in ledger.of_person(one))
        else:
            ids = ledger.of_person(person or "")
        found = ledger.each(ids, span, take) if each else ledger.often(ids, span)
    if plain or not sys.stdout.isatty():
        click.echo(json.dumps([as_json(one) for one in found], ensure_ascii=False, indent=1))
    else:
        _show(found, each)


def _show(found: list[Disclosure], each: bool) -> None:
    if not found:
        out.print("Nobody has seen anything about this person.")
        return
    grid = Grid(show_lines=True)
    for name in ("When",) if each else ("First", "Last", "Times"):
        grid.add_column(name, justify="right" if name == "Times" else "left", no_wrap=True)
    for name in ("App", "School", "API", "What"):
        grid.add_column(name, overflow="fold")
    for one in found:
        when = (_short(one.last),) if each else (_short(one.first), _short(one.last), str(one.times))
        apps = "\n".join(
            dict.fromkeys(escape(" for ".join(filter(None, (v.relying_party, v.reader)))) for v in one.viewers)
        )
        schools = "\n".join(dict.fromkeys(v.estab for v in one.viewers))
        what = f"[bold]{escape(one.endpoint)}[/]{'' if one.whole else ' (cut off)'}\n{escape(', '.join(one.facts))}"
        grid.add_row(*when, apps, schools, one.dialect, what)
    out.print(grid)


def _short(moment: str) -> str:
    return moment[:16].replace("T", " ")
