"""The `rollbook` command."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from .. import __version__
from ..errors import RollbookError, nearest

if TYPE_CHECKING:
    from .common import Application

__all__ = ["main", "run"]

COMMANDS = {
    "demo": ("demonstrating:run_demo", "Make invented schools, or use those made before, and serve them."),
    "serve": ("serving:serve", "Serve a data directory over HTTP."),
    "work": ("attending:work", "Do a hub's jobs, and answer nobody."),
    "config": ("configuring:config", "Show every setting, with its value and where it comes from."),
    "import": ("importing:import_", "Read records from a source."),
    "sources": ("sources:sources", "Manage the sources that a district's records come from."),
    "export": ("exporting:export_", "Write records to files."),
    "deliveries": (
        "delivering:deliveries",
        "Manage rosters that the hub sends to servers by itself, as OneRoster CSV.",
    ),
    "doctor": ("examining:doctor", "Find what is wrong with a hub, and say what to do about it."),
    "backup": ("backing_up:backup", "Copy a hub into one file, while it is served."),
    "restore": ("backing_up:restore", "Make a hub of a backup."),
    "database": ("databases:databases", "Manage the PostgreSQL database that a hub keeps its records in."),
    "records": ("recording:records", "Show who says what of a record, and let its sources have it back."),
    "districts": ("districts:districts", "Manage districts: a trust, an authority, or a school that stands alone."),
    "schools": ("schools:schools", "Manage schools: their MIS and their own keys."),
    "people": ("people:people", "Decide who is who: review likely matches, merge people, part them, erase them."),
    "retention": ("retaining:retention", "Say how long what is kept, and let go of what is older."),
    "accounts": ("accounts:accounts", "Manage people who sign in to the console, and what they may do."),
    "apps": ("onboarding:apps", "Manage apps, their keys, and what schools let them see."),
    "edfi": ("edfi:edfi", "Manage what narrows keys of Ed-Fi: claim sets and profiles of your own."),
    "invites": ("onboarding:invites", "Manage the invitations that apps send to schools."),
    "disclosures": ("disclosing:disclosures", "Show who saw what about a person, and when."),
    "query": ("querying:query", "Ask what an app would ask, and get the answer that it would get."),
    "jobs": ("working:jobs", "List jobs: webhooks to send, write-backs to enter, sources to read again."),
    "research": ("research:research", "Manage research: researchers, tokens, projects and their subjects."),
    "migrate-store": (
        "migrating:migrate_store",
        "Move a hub from a data directory into a PostgreSQL database, or back.",
    ),
    "agents": ("agents:agents", "Manage the agents at schools that keep their own records."),
    "agent": ("agents:agent", "Run an agent beside a school's records."),
}
"""Where each command is, and what the list of commands says of it, so that the list needs none of them."""


class Commands(click.Group):
    """Commands that are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, those that come first in use first."""
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        return getattr(import_module(f".{module}", __name__), name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that the words name; for one that is not known, the one most like it."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"No such command '{args[0]}' ({nearest(args[0], COMMANDS)}).")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """What may come next, for a shell."""
        from click.shell_completion import CompletionItem

        named = [CompletionItem(n, help=told) for n, (_, told) in COMMANDS.items() if n.startswith(incomplete)]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]


def run(application: Application) -> None:
    """Run the command. Errors are printed without a stack trace; the exit status is 1, or 2 for a wrong option."""
    try:
        main(obj=application, standalone_mode=True, prog_name="rollbook")
    except RollbookError as error:
        for problem in error.problems:
            click.secho(str(problem), fg="red", err=True)
        raise SystemExit(1) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="rollbook")
def main() -> None:
    """One record of a school, served through every API that school software already speaks."""
