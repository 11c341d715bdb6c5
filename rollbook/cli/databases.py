"""`rollbook database`: how a hub's PostgreSQL database is laid out."""

from __future__ import annotations

import click

from ..errors import Problem, Stop
from .common import database, database_option, say


@click.group("database")
def databases() -> None:
    """Manage the PostgreSQL database that a hub keeps its records in."""


@databases.command("show")
@database_option()
def database_show() -> None:
    """Show how the database is laid out, and whether it holds back other districts' records by itself."""
    from ..store.opening import layout

    tables, walled = layout(_named())
    say(f"tables: {tables}")
    say(f"row-level security: {'in place' if walled else 'missing (see the documentation of PostgreSQL)'}")


@databases.command("distribute")
@click.option("--parts", type=click.IntRange(2, 1024), help="How many partitions each table gets. Default: 8.")
@database_option()
def database_distribute(parts: int | None) -> None:
    """Distribute the tables by district: over machines where Citus is installed, else over partitions.

    Everything is distributed in one transaction, or nothing. Stop the servers first. It may be done again, such as
    after an upgrade that brought new tables.
    """
    from ..store.opening import distribute

    say(f"tables: {distribute(_named(), parts)}")


def _named() -> str:
    """The database that is meant."""
    url = database()
    if not url:
        raise Stop(Problem("database", "no PostgreSQL database is named", "name it with --database"))
    return url
