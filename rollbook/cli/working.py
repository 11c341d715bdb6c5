"""`rollbook jobs`: what is to be done later, what could not be done, and doing it again."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import click
from rich.markup import escape
from rich.table import Table as Grid

from ..errors import Conflict, Malformed, Problem, RollbookError
from ..jobs import Job, Queue
from .common import data_option, err, open_store, out

STATES = ("waiting", "running", "done", "dead")

PLAIN = frozenset({"app", "grant", "family", "endpoint", "database", "district", "school", "operation", "subscription"})
"""What of a payload is shown as it is: names and ids of what it is about, and nothing of anybody's record."""


@click.group(invoke_without_command=True)
@data_option()
@click.option("--state", type=click.Choice(STATES), help="Only the jobs in this state; dead ones were given up.")
@click.option("--kind", default="", help="Only the jobs of this kind, such as webhook.")
@click.pass_context
def jobs(context: click.Context, data: Path | None, state: str | None, kind: str) -> None:
    """List the jobs: webhooks to be sent, write-backs to be entered, sources to be read again.

    A job is tried again, less and less often, until it is done or given up after about a day and a half. Webhooks that
    were sent are kept for a week, and those that were given up for thirty days; until then they can be sent again.
    """
    if context.invoked_subcommand is not None:
        return
    with open_store(data) as store:
        found = Queue(store, time.time).jobs(*([state] if state else []), kind=kind)
    if not found:
        out.print("There are no jobs.")
        return
    grid = Grid()
    for name in ("Id", "Kind", "State", "Tries", "Due", "Error"):
        grid.add_column(name, justify="right" if name == "Tries" else "left", no_wrap=name == "Id")
    for job in found:
        grid.add_row(job.id, job.kind, job.state, str(job.tries), _due(job), escape(job.error or ""))
    out.print(grid)


def _due(job: Job) -> str:
    return _told(job.ended if job.ended is not None else job.due)


def _told(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


@jobs.command()
@click.argument("identity", metavar="ID")
@data_option()
def show(identity: str, data: Path | None) -> None:
    """Show a job: when it was tried, what went wrong, and what it is about, without what it says of anybody."""
    with open_store(data) as store:
        job = Queue(store, time.time).job(identity)
    lines = {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "made": _told(job.made),
        "tries": str(job.tries),
        "ended" if job.ended is not None else "due": _due(job),
        "error": job.error or "-",
        "about": json.dumps(covered(job.payload), ensure_ascii=False, indent=2),
    }
    out.print(escape("\n".join(f"{name}: {line}" for name, line in lines.items())))


def covered(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload with the names of what it holds, and only such values as tell of nobody, for whoever runs a hub."""
    return {name: value if name in PLAIN else _covered(name, value) for name, value in payload.items()}


def _covered(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        inside = cast(dict[str, Any], value)
        return {n: _covered(n, v) for n, v in inside.items()}
    if isinstance(value, list):
        listed = cast(list[Any], value)
        return [*(_covered("", v) for v in listed[:1]), *([f"… {len(listed)} in all"] if len(listed) > 1 else [])]
    if name in ("url", "callback") and isinstance(value, str):
        # Its path may be a secret by which the receiver knows its callers, and its parameters name a school.
        parts = urlsplit(value)
        named = ", ".join(n for n, _ in parse_qsl(parts.query, keep_blank_values=True))
        return f"{parts.scheme}://{parts.hostname}/…" + (f" with {named}" if named else "")
    return "…"


@jobs.command()
@click.argument("identity", metavar="[ID]", required=False)
@click.option("--all-dead", is_flag=True, help="Every job that was given up.")
@click.option("--kind", default="", help="With --all-dead, only the jobs of this kind.")
@data_option()
def again(identity: str | None, all_dead: bool, kind: str, data: Path | None) -> None:
    """Do a job that has ended once more, or all that were given up, each under the same id."""
    if (identity is None) != all_dead:
        raise Malformed(Problem("jobs again", "takes one job's ID or --all-dead", "see `rollbook jobs --state dead`"))
    if kind and not all_dead:
        raise Malformed(Problem("--kind", "goes with --all-dead only"))
    with open_store(data) as store:
        queue = Queue(store, time.time)
        if identity is not None:
            job = queue.again(identity)
            out.print(f"{job.kind} {job.id} waits to be done; `rollbook serve` does it.")
            return
        _all_again(queue, kind)


def _all_again(queue: Queue, kind: str) -> None:
    sent, left = 0, list[RollbookError]()
    for job in queue.jobs("dead", kind=kind):
        try:
            queue.again(job.id)
            sent += 1
        except Conflict as error:
            left.append(error)
    for error in left:
        err.print(escape(str(error)))
    out.print(f"{sent} wait to be done; `rollbook serve` does them." + (f" {len(left)} cannot be." if left else ""))
