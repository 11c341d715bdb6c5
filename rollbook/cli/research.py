"""`rollbook research`: researchers and their tokens, projects, and the students drawn into them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table as Grid

from ..consent import Desk
from ..consent.research import ResearchDesk
from .common import data_option, open_store, out


@contextmanager
def _desk(data: Path | None) -> Generator[ResearchDesk]:
    with open_store(data) as store:
        desk = Desk(store)
        desk.fresh()
        yield ResearchDesk(desk)


def _grid(*names: str) -> Grid:
    grid = Grid()
    for name in names:
        grid.add_column(name)
    return grid


@click.group()
def research() -> None:
    """Research projects: users, token, approve, deny, projects, draw."""


# ---- users and tokens


@research.group()
def users() -> None:
    """Researchers: add, list, password, administrator."""


@users.command("add")
@click.argument("email")
@click.option("--first-name", default="", help="The user's first name.")
@click.option("--last-name", default="", help="The user's last name.")
@click.option("--administrator", is_flag=True, help="The user keeps the shared lists and reaches every project.")
@data_option()
def users_add(email: str, first_name: str, last_name: str, administrator: bool, data: Path | None) -> None:
    """Make a user, somebody who works on research projects."""
    with _desk(data) as desk:
        user = desk.accounts.add_user(email, first_name, last_name, administrator=administrator)
    out.print(f"user {user.number}: {escape(user.email)}")


@users.command("list")
@data_option()
def users_list(data: Path | None) -> None:
    """List users with their numbers, and who is an administrator."""
    grid = _grid("Number", "E-mail", "Name", "Administrator")
    with _desk(data) as desk:
        for user, name in desk.accounts.users():
            grid.add_row(str(user.number), escape(user.email), escape(name), "yes" if user.administrator else "")
    out.print(grid)


@users.command("password")
@click.argument("email")
@click.password_option(help="The password; asked for when it is not given.")
@data_option()
def users_password(email: str, password: str, data: Path | None) -> None:
    """Give a user a password, with which they get tokens themselves."""
    with _desk(data) as desk:
        desk.accounts.set_password(desk.accounts.user(email), password)
    out.print(f"{escape(email)} has a password")


@users.command("administrator")
@click.argument("email")
@click.option("--no", "refused", is_flag=True, help="No longer.")
@data_option()
def users_administrator(email: str, refused: bool, data: Path | None) -> None:
    """Let a user keep the shared lists and reach every project."""
    with _desk(data) as desk:
        desk.accounts.set_administrator(desk.accounts.user(email), not refused)
    out.print(f"{escape(email)} is {'no longer ' if refused else ''}an administrator")


@research.command()
@click.argument("email")
@click.option("--name", default="", help="What the token is for.")
@click.option("--revoke", is_flag=True, help="End all of the user's tokens instead.")
@data_option()
def token(email: str, name: str, revoke: bool, data: Path | None) -> None:
    """Make a token of a user; it is shown once, and lasts a year from its last use."""
    with _desk(data) as desk:
        user = desk.accounts.user(email)
        if revoke:
            out.print(f"{desk.accounts.drop_tokens(user)} tokens of {escape(user.email)} have ended")
        else:
            out.print(f"token: {desk.accounts.new_token(user, name)}")


@research.command()
@click.argument("user_code")
@click.option("--user", "email", required=True, help="The e-mail address of the user for whom the device acts.")
@data_option()
def approve(user_code: str, email: str, data: Path | None) -> None:
    """Let a device that shows this code act for a user."""
    with _desk(data) as desk:
        user = desk.accounts.user(email)
        client = desk.accounts.answer_device(user_code, user)
    out.print(f"{escape(client or 'The device')} acts for {escape(user.email)}")


@research.command()
@click.argument("user_code")
@data_option()
def deny(user_code: str, data: Path | None) -> None:
    """Refuse a device that shows this code."""
    with _desk(data) as desk:
        client = desk.accounts.answer_device(user_code, None)
    out.print(f"{escape(client or 'The device')} is refused")


# ---- projects


@research.group()
def projects() -> None:
    """Projects: list, app, proposals."""


@projects.command("list")
@data_option()
def projects_list(data: Path | None) -> None:
    """List projects, with the app whose grants say which students may be subjects."""
    grid = _grid("Project", "Id", "Public", "App", "Subjects")
    with _desk(data) as desk:
        for identity, name, public, app, subjects in desk.projects():
            grid.add_row(escape(name), identity, "yes" if public else "", escape(app) or "-", str(subjects))
    out.print(grid)


@projects.command("app")
@click.argument("project")
@click.argument("relying_party", required=False)
@data_option()
def projects_app(project: str, relying_party: str | None, data: Path | None) -> None:
    """Let an app's grants say which students may be subjects of a project; without an app, none may."""
    with _desk(data) as desk:
        desk.set_app(desk.project(project), desk.desk.app(relying_party) if relying_party else None)
    out.print(f"{escape(project)}: {escape(relying_party or 'no app')}")


@projects.command("proposals")
@data_option()
def projects_proposals(data: Path | None) -> None:
    """List the species and strains that wait for an administrator."""
    grid = _grid("Kind", "Name", "Action", "By")
    with _desk(data) as desk:
        for row in desk.proposals():
            grid.add_row(*map(escape, row))
    out.print(grid)


@research.command()
@click.option("--project", required=True, help="The project's name or id.")
@click.option("--estab", required=True, help="The school's establishment number.")
@click.option("--group", required=True, help="The code or the MIS id of a group of the school, such as a cohort.")
@click.option("--cohort", default="", help="The name of a new cohort for them.")
@data_option()
def draw(project: str, estab: str, group: str, cohort: str, data: Path | None) -> None:
    """Draw the present students of a school's group into a project, under pseudonyms that only the hub resolves."""
    with _desk(data) as desk:
        made, number = desk.operator_draws(desk.project(project), estab, group, cohort)
    out.print(f"{number} subjects{f' in the cohort {escape(cohort)} ({made})' if made else ''}")
