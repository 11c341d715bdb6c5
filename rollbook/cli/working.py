"""`rollbook jobs`: what is still to do, what failed, and running it again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, urlsplit

import click

from ..errors import Conflict, RollbookError
from .common import Column, data_option, json_option, open_store, print_json, say, show, wants_json, warn

if TYPE_CHECKING:
    from ..jobs import Job, Queue
    from ..store.port import Store

STATES = ("waiting", "running", "done", "dead")

PLAIN = frozenset(
    {
        "app",
        "grant",
        "family",
        "endpoint",
        "database",
        "district",
        "school",
        "source",
        "operation",
        "subscription",
        "delivery",
    }
)
"""The members of a payload that are shown: names and ids of what it is about, nothing from anybody's record."""


_JOBS = (
    Column("Id", "id"),
    Column("Kind", "kind"),
    Column("About", "about"),
    Column("State", "state"),
    Column("Tries", "tries", right=True),
    Column("Due or ended", lambda row: row["ended"] or row["due"]),
    Column("Error", "error"),
)


@contextmanager
def _open_queue(data: Path | None) -> Generator[Queue]:
    from ..jobs import Queue

    with open_store(data) as store:
        yield Queue(store, time.time)


@click.group(invoke_without_command=True)
@click.option("--state", type=click.Choice(STATES), help="Only jobs in this state. A dead job failed permanently.")
@click.option("--kind", default="", help="Only jobs of this kind, such as webhook.")
@json_option()
@data_option()
@click.pass_context
def jobs(context: click.Context, data: Path | None, state: str | None, kind: str, as_json: bool) -> None:
    """List jobs: webhooks to send, write-backs to enter, sources to read again.

    A failed job is retried, less and less often, for about a day and a half. After that it is dead. Finished webhooks
    are kept for a week and dead ones for thirty days; until then they can be sent again.
    """
    if context.invoked_subcommand is not None:
        return
    with _open_queue(data) as queue:
        found = queue.jobs(*([state] if state else []), kind=kind)
        told = _about(queue.store)
    rows = [{**_row(job), "about": told(job)} for job in found]
    show(_JOBS, rows, as_json=as_json, empty="There are no jobs.")


def _about(store: Store) -> Callable[[Job], str]:
    """What a job is about, by names that people know: the kind of webhook, the app and the school."""
    from ..consent import Desk

    desk = Desk(store)
    apps = {app.id: app.relying_party for app in desk.apps.all()}
    grants = {grant.id: f"{grant.app.relying_party} at {grant.estab}" for grant in desk.grants.all()}

    def told(job: Job) -> str:
        whom = grants.get(job.payload.get("grant") or "") or apps.get(job.payload.get("app") or "")
        return ", ".join(one for one in (job.payload.get("family"), job.payload.get("delivery"), whom) if one)

    return told


def _row(job: Job) -> dict[str, Any]:
    """A job as its line shows it; a moment is in UTC."""
    ended = None if job.ended is None else moment(job.ended)
    told = {"id": job.id, "kind": job.kind, "state": job.state, "tries": job.tries, "made": moment(job.made)}
    return {**told, "due": moment(job.due), "ended": ended, "error": job.error}


def moment(at: float) -> str:
    """A moment (seconds since 1970) as it is shown: UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


@jobs.command("show")
@click.argument("identity", metavar="ID")
@json_option()
@data_option()
def show_job(identity: str, as_json: bool, data: Path | None) -> None:
    """Show one job: when it was tried, what went wrong, and what it is about. Personal data is hidden."""
    with _open_queue(data) as queue:
        job = queue.job(identity)
    row = {**_row(job), "about": covered(job.payload)}
    if wants_json(as_json):
        print_json(row)
        return
    lines = {**row, "error": job.error or "-", "about": json.dumps(row["about"], ensure_ascii=False, indent=2)}
    say("\n".join(f"{name}: {line}" for name, line in lines.items() if line is not None))


def covered(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload with all its names, but only those values that say nothing about a person, for whoever runs the hub."""
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
@click.option("--all-dead", is_flag=True, help="All jobs that failed permanently.")
@click.option("--kind", default="", help="With --all-dead: only jobs of this kind.")
@data_option()
def again(identity: str | None, all_dead: bool, kind: str, data: Path | None) -> None:
    """Run a finished or dead job again, or all dead jobs. Each keeps its id."""
    if (identity is None) != all_dead:
        raise click.UsageError("Give either one job's ID or --all-dead. `rollbook jobs --state dead` lists dead jobs.")
    if kind and not all_dead:
        raise click.BadParameter("works only together with --all-dead.", param_hint="--kind")
    with _open_queue(data) as queue:
        if identity is not None:
            job = queue.again(identity)
            say(f"{job.kind} {job.id} is waiting to run. `rollbook serve` or `rollbook work` runs it.")
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
        warn(str(error))
    also = f" Cannot run again: {len(left)}." if left else ""
    say(f"Waiting to run: {sent}. `rollbook serve` or `rollbook work` runs them.{also}")
