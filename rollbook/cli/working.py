"""`rollbook jobs`: what is to be done later, and what could not be done."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table as Grid

from ..jobs import Job, Queue
from .common import data_option, open_store, out

STATES = ("waiting", "running", "done", "dead")


@click.group(invoke_without_command=True)
@data_option()
@click.option("--state", type=click.Choice(STATES), help="Only the jobs in this state; dead ones were given up.")
@click.pass_context
def jobs(context: click.Context, data: Path | None, state: str | None) -> None:
    """List the jobs: callbacks to be made, sources to be read again.

    A job is tried again, less and less often, until it is done or given up after about a day and a half.
    """
    if context.invoked_subcommand is not None:
        return
    with open_store(data) as store:
        found = Queue(store, time.time).jobs(*([state] if state else []))
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
    at = job.ended if job.ended is not None else job.due
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


@jobs.command()
@click.argument("identity", metavar="ID")
@data_option()
def again(identity: str, data: Path | None) -> None:
    """Do a job that has ended once more, under the same id."""
    with open_store(data) as store:
        job = Queue(store, time.time).again(identity)
    out.print(f"{job.kind} {job.id} waits to be done; `rollbook serve` does it.")
