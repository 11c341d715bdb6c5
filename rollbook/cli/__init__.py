"""The `rollbook` command."""

from __future__ import annotations

import click
from rich.markup import escape

from .. import __version__
from ..errors import RollbookError
from .agents import agent, agents
from .common import Application, err
from .demonstrating import run_demo
from .disclosing import disclosures
from .exporting import export_
from .granting import apps
from .importing import import_
from .onboarding import invites
from .querying import query
from .research import research
from .schools import schools
from .serving import RATE_LIMIT, serve
from .working import jobs

__all__ = ["RATE_LIMIT", "main", "run"]


def run(application: Application) -> None:
    """Run the command; what goes wrong is told without a stack trace, and the exit status is 1."""
    try:
        main(obj=application, standalone_mode=True)
    except RollbookError as error:
        for problem in error.problems:
            err.print(f"[red]{escape(str(problem))}[/]")
        raise SystemExit(1) from None


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="rollbook")
def main() -> None:
    """One record of a school, served through every API that school software already speaks."""


for command in (
    run_demo,
    serve,
    import_,
    apps,
    invites,
    query,
    jobs,
    research,
    disclosures,
    schools,
    agents,
    agent,
    export_,
):
    main.add_command(command)
