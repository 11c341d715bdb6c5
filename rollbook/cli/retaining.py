"""`rollbook retention`: how long what is kept."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import click

from .common import Column, data_option, json_option, open_store, say, show

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
    from ..ingest.retaining import SUBJECTS, told

    with open_store(data) as store:
        if runs:
            rows = [{**told(store, one.rule), "at": one.at, "gone": one.gone} for one in store.kept.retention.runs(500)]
            show(_RUNS, rows, as_json=as_json, empty="Nothing has gone by a rule.")
            return
        rules = store.kept.retention.rules()
        ruled = {one.what for one in rules}
        none = [{"what": w, "where": "", "days": 0, "about": s.about} for w, s in SUBJECTS.items() if w not in ruled]
        show(_RULES, [*(told(store, one) for one in rules), *none], as_json=as_json)


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
    from ..ingest.retaining import rule_of, set_rule

    with open_store(data) as store:
        set_rule(store, rule_of(store, what, days, district or "", school or ""), getpass.getuser())
    say(f"{what} go after {days} days." if days else f"{what} stay.")


@retention.command("preview")
@json_option()
@data_option()
def preview_(as_json: bool, data: Path | None) -> None:
    """Show how much would go now, by each rule; nothing is changed."""
    from ..ingest.retaining import preview, told

    with open_store(data) as store:
        rows = [{**told(store, one), "count": preview(store, one)} for one in store.kept.retention.rules()]
    show(_GOING, rows, as_json=as_json, empty="There are no rules: nothing goes.")


@retention.command("run")
@json_option()
@data_option()
def run_(as_json: bool, data: Path | None) -> None:
    """Do now what the worker does once a day, also what is left of erasures."""
    from ..ingest.retaining import run_all, told

    with open_store(data) as store:
        done = run_all(store, getpass.getuser())
        rows: list[dict[str, Any]] = [{**told(store, one.rule), "at": one.at, "gone": one.gone} for one in done]
    show(_RUNS, rows, as_json=as_json, empty="There are no rules: nothing goes.")
