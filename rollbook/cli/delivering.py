"""`rollbook deliveries`: files that the hub brings to servers by itself."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import Malformed, Problem, nearest
from .common import Column, data_option, json_option, open_desk, open_store, say, show
from .describing import pairs

if TYPE_CHECKING:
    from ..consent import Desk
    from ..ingest.delivering import Delivery


@click.group()
def deliveries() -> None:
    """Manage rosters that the hub sends to servers by itself, as OneRoster CSV.

    While the hub is served, each is a job: it is tried again until the file has arrived, and `rollbook jobs` shows it.
    """


@deliveries.command("add")
@click.argument("name")
@click.argument("address")
@click.option("--key", required=True, help="The client id of the app that receives it (`rollbook apps keys`).")
@click.option("--version", default="1.2", show_default=True, help="The version of OneRoster: 1.1 or 1.2.")
@click.option("--delta", is_flag=True, help="After the first, send only what is other than in the last one.")
@click.option("--set", "plain", multiple=True, callback=pairs, help="A setting, as NAME=VALUE, such as host-key.")
@click.option(
    "--secret",
    "secrets",
    multiple=True,
    callback=pairs,
    help="Where a secret setting is, as NAME=env:VARIABLE or NAME=file:PATH: password, private-key, passphrase, token.",
)
@click.option("--nightly", is_flag=True, help="While the hub is served, deliver every night.")
@click.option("--every", default="never", help="While the hub is served, deliver so often: 30m, 2h, 1d.")
@click.option("--within", default="always", help="The hours in which it may be delivered: 20:00-06:00, or always.")
@click.option("--zone", default="UTC", show_default=True, help="The time zone of these hours, such as Europe/London.")
@data_option()
def add(
    name: str, address: str, key: str, version: str, delta: bool, plain: dict[str, str], secrets: dict[str, str],
    nightly: bool, every: str, within: str, zone: str, data: Path | None,
) -> None:  # fmt: skip
    """Have rosters delivered to ADDRESS: sftp://USER@HOST/FOLDER, or https://HOST/PATH/ for a PUT.

    A file is called NAME and the moment, and has that name when it is there whole.
    """
    from ..dialects.oneroster.sheets import sheets_of
    from ..ingest import scheduling
    from ..ingest.delivering import Deliveries, Delivery
    from ..ingest.places import whole_path
    from ..ingest.places.address import is_address
    from ..ingest.settings import sealed, secret_from

    _check(plain, secrets)
    sheets_of(version)
    if not is_address(address):
        raise Malformed(Problem("address", "is not an address", "sftp://USER@HOST/FOLDER or https://HOST/PATH/"))
    schedule = scheduling.Schedule(nightly, scheduling.every(every), scheduling.window(within), scheduling.zone(zone))
    with open_desk(data) as desk:
        desk.credentials.by_key(key)
        hidden = {one: sealed(desk.store, one, secret_from(one, where)) for one, where in secrets.items()}
        kept = Delivery(name, key, version, delta, whole_path(address), {**plain, **hidden}, schedule.kept())
        Deliveries(desk.store).add(kept)
    often = scheduling.in_words(kept.schedule) if schedule.regular else f"when you say `rollbook deliveries run {name}`"
    say(f"{name}: delivered {often}, to {address}")


def _check(plain: dict[str, str], secrets: dict[str, str]) -> None:
    """Raise `Malformed` for settings that there are not, and for secrets that a command line would show."""
    from ..ingest.places.asked import ASKED

    known = {one.name: one for one in ASKED}
    wrong = [Problem(one, "is not a setting", nearest(one, known)) for one in (*plain, *secrets) if one not in known]
    wrong += [
        Problem(one, "is a secret, which a command line would show to others", f"--secret {one}=env:VARIABLE")
        for one in plain
        if one in known and known[one].secret
    ]
    if wrong:
        raise Malformed(*wrong)


_DELIVERIES = (
    Column("Delivery", "delivery"),
    Column("App", "app"),
    Column("To", "to"),
    Column("Files", lambda row: f"OneRoster {row['version']}, {'changes' if row['delta'] else 'everything'}"),
    Column("When", "schedule"),
    Column("Last begun", lambda row: row["last"] or "never"),
    Column("Now", lambda row: row["error"] or row["state"] or ""),
)


@deliveries.command("list")
@json_option()
@data_option()
def list_(as_json: bool, data: Path | None) -> None:
    """List deliveries: to whom, when, and what came of the last one."""
    from ..ingest.delivering import Deliveries

    with open_desk(data) as desk:
        rows = [_row(desk, one) for one in Deliveries(desk.store).all()]
    show(_DELIVERIES, rows, as_json=as_json, empty="There are no deliveries. `rollbook deliveries add` adds one.")


def _row(desk: Desk, one: Delivery) -> dict[str, Any]:
    from ..ingest.delivering import KIND
    from ..ingest.places import Address
    from ..ingest.scheduling import Schedule, in_words
    from ..jobs import Queue
    from .working import moment

    jobs = [job for job in Queue(desk.store, time.time).jobs(kind=KIND) if job.key == one.name]
    apps = [credential.app.relying_party for credential in desk.credentials.all() if credential.key == one.key]
    return {
        "delivery": one.name,
        "app": apps[0] if apps else None,
        "to": Address.of(one.address).shown,
        "version": one.version,
        "delta": one.delta,
        "schedule": in_words(one.schedule) if Schedule.of(one.schedule).regular else "when it is run",
        "last": None if one.last is None else moment(one.last),
        "state": jobs[-1].state if jobs else None,
        "error": jobs[-1].error if jobs else None,
    }


@deliveries.command("run")
@click.argument("name")
@data_option()
def run(name: str, data: Path | None) -> None:
    """Deliver now. `rollbook serve` does it."""
    from ..ingest.delivering import Deliveries, begin
    from ..jobs import Queue

    with open_store(data) as store:
        job = begin(Queue(store, time.time), Deliveries(store).named(name).name)
    say(f"delivery {job} is waiting to run. `rollbook serve` runs it, and `rollbook jobs show {job}` tells of it.")


@deliveries.command("remove")
@click.argument("name")
@data_option()
def remove(name: str, data: Path | None) -> None:
    """End a delivery. What has arrived stays where it is."""
    from ..ingest.delivering import Deliveries

    with open_store(data) as store:
        Deliveries(store).drop(name)
    say(f"{name}: removed")
