"""`rollbook agents`, at a hub: the programs at schools that connect to it; `rollbook agent`: such a program."""

from __future__ import annotations

import logging
import signal
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table as Grid

from ..agent import Agent as Program
from ..agent import Line, School, read_credential
from ..consent import Desk
from ..consent.agents import Agent
from ..mis import Tasks
from .common import data_option, open_store, out


@click.group()
def agents() -> None:
    """Schools whose records are kept elsewhere, and are reached through an agent that runs there."""


@agents.command("add")
@click.argument("name")
@click.option("--source", default="", help="A source of the hub that the agent goes on with, such as records-csv:1001.")
@data_option()
def agents_add(name: str, source: str, data: Path | None) -> None:
    """Make an agent's credential, which is shown once.

    `rollbook agents add oakfield > oakfield.credential` keeps it in the file that `rollbook agent` wants.
    """
    with open_store(data, make=True) as store:
        agent, secret = Desk(store).add_agent(name, source)
    _show_credential(agent, secret)


def _show_credential(agent: Agent, secret: str) -> None:
    click.echo(f"key: {agent.key}\nsecret: {secret}")


@agents.command("list")
@data_option()
def agents_list(data: Path | None) -> None:
    """List agents: whether each is there, what it speaks for, and what waits for it."""
    grid = Grid()
    for name in ("Agent", "Credential", "Last heard of", "Program", "Schools", "Waiting", "Last reading"):
        grid.add_column(name)
    with open_store(data) as store:
        desk = Desk(store)
        tasks = Tasks(store, desk.clock)
        estabs = {school: estab for _, school, estab, _, _ in desk.schools()}
        for agent in desk.agents():
            grid.add_row(*(escape(cell) for cell in _row(desk, tasks, agent, estabs)))
    out.print(grid)


def _row(desk: Desk, tasks: Tasks, agent: Agent, estabs: dict[str, str]) -> list[str]:
    contact, last = tasks.contact(agent.id), tasks.last_reading(agent.id)
    heard = _moment(contact.at) if contact else "never"
    return [
        agent.name,
        "good" if agent.active else "revoked",
        f"{heard}{' (offline)' if tasks.offline(agent.id) else ''}",
        contact.software if contact else "",
        "\n".join(sorted(estabs.get(school, "") for school in desk.schools_of(agent))),
        str(len(tasks.unanswered(agent.id, "order"))),
        f"{_moment(last.ended)} {last.state} {last.note or ''}".strip() if last and last.ended else "none",
    ]


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


@agents.command("rotate")
@click.argument("name")
@data_option()
def agents_rotate(name: str, data: Path | None) -> None:
    """Give an agent a new secret, shown once; the earlier one is void.

    It may then run beside another data directory.
    """
    with open_store(data) as store:
        desk = Desk(store)
        agent = desk.agent(name)
        secret = desk.new_agent_secret(agent)
    _show_credential(agent, secret)


@agents.command("revoke")
@click.argument("name")
@data_option()
def agents_revoke(name: str, data: Path | None) -> None:
    """Let an agent in no more; the hub goes on answering for its schools from what it has."""
    with open_store(data) as store:
        desk = Desk(store)
        desk.revoke_agent(desk.agent(name))
    out.print(f"{name}: revoked; `rollbook agents rotate` gives it a new credential")


@agents.command("allow")
@click.argument("name")
@data_option()
def agents_allow(name: str, data: Path | None) -> None:
    """Let an agent's next reading through although much of what was there is gone from it."""
    with open_store(data) as store:
        desk = Desk(store)
        desk.let_shrink(desk.agent(name))
    out.print(f"{name}: its records are read whole when it is next there")


@agents.command("remove")
@click.argument("name")
@data_option()
def agents_remove(name: str, data: Path | None) -> None:
    """Forget an agent: from now on this hub is where the records of its schools are kept."""
    with open_store(data) as store:
        desk = Desk(store)
        desk.remove_agent(desk.agent(name))
    out.print(f"{name}: gone; this hub keeps the records of its schools now")


@click.command()
@data_option()
@click.option("--hub", required=True, help="The hub's address, such as https://hub.example.org.")
@click.option(
    "--credential-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="What `rollbook agents add` printed at the hub.",
)
@click.option("--district", help="The district that the agent speaks for, when the data directory holds several.")
@click.option(
    "--ca-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates of the authorities that may vouch for the hub, instead of the system's.",
)
@click.option("--once", is_flag=True, help="End when the hub has nothing more to ask.")
def agent(
    data: Path | None, hub: str, credential_file: Path, district: str | None, ca_file: Path | None, once: bool
) -> None:
    """Run beside a school's records, and do what a hub asks: read them, and enter write-backs.

    It connects outwards only. SIGTERM and Ctrl-C end it after the task at hand.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    line = Line(hub, read_credential(credential_file), ca_file)
    with open_store(data) as store:
        program = Program(School(store, district), line, once)
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, program.end)
        program.run()
