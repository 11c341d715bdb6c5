"""`rollbook agents`, at a hub: the programs at schools that connect to it. `rollbook agent`: such a program."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .common import Column, data_option, json_option, open_desk, open_or_make_store, open_store, say, show

if TYPE_CHECKING:
    from ..consent import Desk
    from ..consent.agents import Agent
    from ..mis import Tasks


@click.group()
def agents() -> None:
    """Manage the agents at schools that keep their own records."""


@agents.command("add")
@click.argument("name")
@click.option(
    "--source", default="", help="An existing source of the hub that the agent takes over, such as records-csv:1001."
)
@data_option()
def agents_add(name: str, source: str, data: Path | None) -> None:
    """Make an agent's credential. It is shown once.

    `rollbook agents add oakfield > oakfield.credential` saves it to the file that `rollbook agent` needs.
    """
    from ..consent import Desk

    with open_or_make_store(data) as store:
        agent, secret = Desk(store).agents.add(name, source)
    _show_credential(agent, secret)


def _show_credential(agent: Agent, secret: str) -> None:
    click.echo(f"key: {agent.key}\nsecret: {secret}")


_AGENTS = (
    Column("Agent", "agent"),
    Column("Credential", lambda row: "good" if row["active"] else "revoked"),
    Column("Last contact", lambda row: f"{row['lastContact'] or 'never'}{' (offline)' if row['offline'] else ''}"),
    Column("Program", "program"),
    Column("Schools", "schools"),
    Column("Waiting", "waiting", right=True),
    Column("Last reading", lambda row: " ".join(filter(None, (row["lastReading"] or {"state": "none"}).values()))),
)


@agents.command("list")
@json_option()
@data_option()
def agents_list(as_json: bool, data: Path | None) -> None:
    """List agents: whether each is connected, which schools it serves, and how many write-backs wait for it."""
    from ..mis import Tasks

    with open_desk(data) as desk:
        tasks = Tasks(desk.store, desk.clock)
        estabs = {school: estab for _, school, estab, _, _ in desk.schools.all()}
        rows = [_row(desk, tasks, agent, estabs) for agent in desk.agents.all()]
    show(_AGENTS, rows, as_json=as_json)


def _row(desk: Desk, tasks: Tasks, agent: Agent, estabs: dict[str, str]) -> dict[str, Any]:
    contact, last = tasks.contact(agent.id), tasks.last_reading(agent.id)
    read = {"at": _moment(last.ended), "state": last.state, "note": last.note} if last and last.ended else None
    return {
        "agent": agent.name,
        "active": agent.active,
        "lastContact": _moment(contact.at) if contact else None,
        "offline": tasks.offline(agent.id),
        "program": contact.software if contact else None,
        "schools": sorted(estabs.get(school, "") for school in desk.agents.schools(agent)),
        "waiting": len(tasks.unanswered(agent.id, "order")),
        "lastReading": read,
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


@agents.command("rotate")
@click.argument("name")
@data_option()
def agents_rotate(name: str, data: Path | None) -> None:
    """Give an agent a new secret. It is shown once; the earlier one is revoked.

    The agent may then run with another data directory.
    """
    with open_desk(data) as desk:
        agent = desk.agents.named(name)
        secret = desk.agents.new_secret(agent)
    _show_credential(agent, secret)


@agents.command("revoke")
@click.argument("name")
@data_option()
def agents_revoke(name: str, data: Path | None) -> None:
    """Revoke an agent's credential. The hub goes on answering for its schools from the records that it has."""
    with open_desk(data) as desk:
        desk.agents.revoke(desk.agents.named(name))
    say(f"{name}: revoked. `rollbook agents rotate` gives it a new credential.")


@agents.command("allow")
@click.argument("name")
@data_option()
def agents_allow(name: str, data: Path | None) -> None:
    """Accept an agent's next reading even if many records are missing from it."""
    with open_desk(data) as desk:
        desk.agents.let_shrink(desk.agents.named(name))
    say(f"{name}: its records are read completely when it next connects")


@agents.command("remove")
@click.argument("name")
@data_option()
def agents_remove(name: str, data: Path | None) -> None:
    """Remove an agent. From now on this hub keeps the records of its schools."""
    with open_desk(data) as desk:
        desk.agents.remove(desk.agents.named(name))
    say(f"{name}: removed. This hub now keeps the records of its schools.")


@click.command()
@data_option()
@click.option("--hub", required=True, help="The hub's address, such as https://hub.example.org.")
@click.option(
    "--credential-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="What `rollbook agents add` printed at the hub.",
)
@click.option("--district", help="The district that the agent serves. Needed when the data directory holds several.")
@click.option(
    "--ca-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The certificate authorities to trust for the hub, instead of the system's.",
)
@click.option("--once", is_flag=True, help="Stop when the hub has no more tasks.")
def agent(
    data: Path | None, hub: str, credential_file: Path, district: str | None, ca_file: Path | None, once: bool
) -> None:
    """Run an agent beside a school's records.

    It does what the hub asks: it sends the records, and enters write-backs.

    The agent only makes outgoing connections. SIGTERM or Ctrl-C stops it after the current task.
    """
    import logging

    from ..agent import Agent, Line, School, read_credential

    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    line = Line(hub, read_credential(credential_file), ca_file)
    with open_store(data) as store:
        program = Agent(School(store, district), line, once)
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, program.end)
        program.run()
