"""`rollbook retention`: how long what is kept."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Malformed, Problem, nearest
from .common import Column, data_option, json_option, open_store, say, show

if TYPE_CHECKING:
    from ..store.kept.retention import Rule
    from ..store.port import Store

_RULES = (
    Column("What", "what"),
    Column("Where", "where"),
    Column("After days", lambda row: row["days"] or "never", right=True),
    Column("What that is", "about"),
)
_GOING = (Column("What", "what"), Column("Where", "where"), Column("Would go", "count", right=True))
_RUNS = (
    Column("When", lambda row: row["at"][:16]),
    Column("What", "what"),
    Column("Where", "where"),
    Column("After days", "days", right=True),
    Column("Gone", "gone", right=True),
)


@click.group()
def retention() -> None:
    """Say how long what is kept, and let go of what is older.

    Without a rule, nothing of records, history and the ledger ever goes. The worker does once a day what the rules say.
    """


@retention.command("show")
@click.option("--runs", is_flag=True, help="Show what went by which rule, instead.")
@json_option()
@data_option()
def show_(runs: bool, as_json: bool, data: Path | None) -> None:
    """Show the rules, and what there is no rule for."""
    from ..ingest.retaining import SUBJECTS

    with open_store(data) as store:
        if runs:
            rows = [{**_row(store, one.rule), "at": one.at, "gone": one.gone} for one in store.kept.retention.runs(500)]
            show(_RUNS, rows, as_json=as_json, empty="Nothing has gone by a rule.")
            return
        rules = store.kept.retention.rules()
        ruled = {one.what for one in rules}
        none = [{"what": w, "where": "", "days": 0, "about": s.about} for w, s in SUBJECTS.items() if w not in ruled]
        show(_RULES, [*(_row(store, one) for one in rules), *none], as_json=as_json)


@retention.command("set")
@click.argument("what")
@click.argument("days", type=click.IntRange(0))
@click.option("--district", help="The district, by name, where there are several.")
@click.option("--school", metavar="ESTAB", help="Only at this school.")
@data_option()
def set_(what: str, days: int, district: str | None, school: str | None, data: Path | None) -> None:
    """Let WHAT go after DAYS; 0 takes the rule away.

    WHAT is one of those that `rollbook retention show` lists. Look with `rollbook retention preview` before the next
    day comes.
    """
    from ..store.numbering import now

    with open_store(data) as store:
        rule = _rule(store, what, days, district, school)
        with store.of_district(rule.district) if rule.district else store.transaction() as kept:
            if days:
                kept.retention.put(rule, getpass.getuser(), now())
            else:
                kept.retention.drop(rule)
    say(f"{what} go after {days} days." if days else f"{what} stay.")


@retention.command("preview")
@json_option()
@data_option()
def preview_(as_json: bool, data: Path | None) -> None:
    """Show how much would go now, by each rule; nothing is changed."""
    from ..ingest.retaining import preview

    with open_store(data) as store:
        rows = [{**_row(store, one), "count": preview(store, one)} for one in store.kept.retention.rules()]
    show(_GOING, rows, as_json=as_json, empty="There are no rules: nothing goes.")


@retention.command("run")
@json_option()
@data_option()
def run_(as_json: bool, data: Path | None) -> None:
    """Do now what the worker does once a day, also what is left of erasures."""
    from ..ingest.retaining import run_all

    with open_store(data) as store:
        done = run_all(store, getpass.getuser())
        rows: list[dict[str, Any]] = [{**_row(store, one.rule), "at": one.at, "gone": one.gone} for one in done]
    show(_RUNS, rows, as_json=as_json, empty="There are no rules: nothing goes.")


def _row(store: Store, rule: Rule) -> dict[str, Any]:
    from ..ingest.retaining import SUBJECTS

    names = {one.number: one.name for one in store.kept.schools.districts()}
    where = rule.school or names.get(rule.district) or "the hub"
    return {"what": rule.what, "where": where, "days": rule.days, "about": SUBJECTS[rule.what].about}


def _rule(store: Store, what: str, days: int, district: str | None, school: str | None) -> Rule:
    """The rule that is meant; raises `Malformed` with everything that is wrong."""
    from ..ingest.finding import known_district
    from ..ingest.retaining import SUBJECTS
    from ..store.kept.retention import HUB, Rule

    subject = SUBJECTS.get(what)
    if subject is None:
        raise Malformed(Problem("what", f"there can be no rule for {what[:60]}", nearest(what, SUBJECTS)))
    found: list[Problem] = []
    if days and days < subject.least:
        found.append(Problem("days", f"{what} stay {subject.least} days at least"))
    if subject.hub and (district or school):
        found.append(Problem("district", f"{what} are the hub's as a whole", "leave out --district and --school"))
    if school and not what.startswith("leavers"):
        found.append(Problem("school", f"{what} are kept of a whole district", "leave out --school"))
    if found:
        raise Malformed(*found)
    if subject.hub:
        return Rule(HUB, "", what, days)
    number, identity = _place(store, school) if school else (0, "")
    if not number:
        every = store.kept.schools.districts()
        if district is None and len(every) != 1:
            raise Malformed(Problem("district", "there are several", "name one with --district"))
        number = known_district(store, district).number if district else every[0].number
    return Rule(number, identity, what, days)


def _place(store: Store, estab: str) -> tuple[int, str]:
    from ..consent import Desk

    number, identity = Desk(store).schools.find(estab)[:2]
    return number, identity
