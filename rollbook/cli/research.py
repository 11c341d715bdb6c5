"""`rollbook research`: researchers and their tokens, projects, and the students drawn into them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .common import Column, data_option, json_option, open_desk, say, show

if TYPE_CHECKING:
    from ..consent.research import ResearchDesk


@contextmanager
def _desk(data: Path | None) -> Generator[ResearchDesk]:
    from ..consent.research import ResearchDesk

    with open_desk(data) as desk:
        desk.memory.fresh()
        yield ResearchDesk(desk)


@click.group()
def research() -> None:
    """Manage research: researchers, tokens, projects and their subjects."""


# ---- users and tokens


@research.group()
def users() -> None:
    """Manage researchers."""


@users.command("add")
@click.argument("email")
@click.option("--first-name", default="", help="The user's first name.")
@click.option("--last-name", default="", help="The user's last name.")
@click.option("--administrator", is_flag=True, help="The user may edit the shared lists and all projects.")
@data_option()
def users_add(email: str, first_name: str, last_name: str, administrator: bool, data: Path | None) -> None:
    """Add a user who works on research projects."""
    with _desk(data) as desk:
        user = desk.accounts.add_user(email, first_name, last_name, administrator=administrator)
    say(f"user {user.number}: {user.email}")


_USERS = (
    Column("Number", "number", right=True),
    Column("E-mail", "email"),
    Column("Name", "name"),
    Column("Administrator", "administrator"),
)


@users.command("list")
@json_option()
@data_option()
def users_list(as_json: bool, data: Path | None) -> None:
    """List users with their numbers, and who is an administrator."""
    with _desk(data) as desk:
        rows = [
            {"number": user.number, "email": user.email, "name": name, "administrator": user.administrator}
            for user, name in desk.accounts.users()
        ]
    show(_USERS, rows, as_json=as_json)


@users.command("password")
@click.argument("email")
@click.password_option(help="The password. If you leave it out, you are asked for it.")
@data_option()
def users_password(email: str, password: str, data: Path | None) -> None:
    """Set the password with which a user gets tokens."""
    with _desk(data) as desk:
        desk.accounts.set_password(desk.accounts.user(email), password)
    say(f"{email} has a password")


@users.command("administrator")
@click.argument("email")
@click.option("--no", "refused", is_flag=True, help="Make the user an ordinary user again.")
@data_option()
def users_administrator(email: str, refused: bool, data: Path | None) -> None:
    """Make a user an administrator, who may edit the shared lists and all projects."""
    with _desk(data) as desk:
        desk.accounts.set_administrator(desk.accounts.user(email), not refused)
    say(f"{email} is {'no longer ' if refused else ''}an administrator")


@research.command()
@click.argument("email")
@click.option("--name", default="", help="What the token is for.")
@click.option("--revoke", is_flag=True, help="Revoke all of the user's tokens instead.")
@data_option()
def token(email: str, name: str, revoke: bool, data: Path | None) -> None:
    """Make a token for a user. It is shown once, and expires a year after it was last used."""
    with _desk(data) as desk:
        user = desk.accounts.user(email)
        if revoke:
            say(f"{desk.accounts.drop_tokens(user)} tokens of {user.email} revoked")
        else:
            say(f"token: {desk.accounts.new_token(user, name)}")


@research.command()
@click.argument("user_code")
@click.option("--user", "email", required=True, help="The e-mail address of the user on whose behalf the device acts.")
@data_option()
def approve(user_code: str, email: str, data: Path | None) -> None:
    """Let the device that shows this code act on behalf of a user."""
    with _desk(data) as desk:
        user = desk.accounts.user(email)
        client = desk.accounts.answer_device(user_code, user)
    say(f"{client or 'The device'} now acts on behalf of {user.email}")


@research.command()
@click.argument("user_code")
@data_option()
def deny(user_code: str, data: Path | None) -> None:
    """Refuse a device that shows this code."""
    with _desk(data) as desk:
        client = desk.accounts.answer_device(user_code, None)
    say(f"{client or 'The device'} was refused")


# ---- projects


@research.group()
def projects() -> None:
    """Manage research projects."""


_PROJECTS = (
    Column("Project", "project"),
    Column("Id", "id"),
    Column("Public", "public"),
    Column("App", lambda row: row["app"] or "-"),
    Column("Subjects", "subjects", right=True),
    Column("Last day", lambda row: row["last_day"] or "-"),
)


@projects.command("list")
@json_option()
@data_option()
def projects_list(as_json: bool, data: Path | None) -> None:
    """List projects, and the app whose grants decide which students may be subjects."""
    with _desk(data) as desk:
        rows = [
            {
                "project": p.name,
                "id": p.id,
                "public": p.is_public,
                "app": p.app or None,
                "subjects": p.subjects,
                "last_day": p.last_day or None,
            }
            for p in desk.projects()
        ]
    show(_PROJECTS, rows, as_json=as_json)


@projects.command("app")
@click.argument("project")
@click.argument("relying_party", required=False)
@data_option()
def projects_app(project: str, relying_party: str | None, data: Path | None) -> None:
    """Set the app whose grants decide which students may be subjects of a project. Without an app, none may."""
    with _desk(data) as desk:
        desk.set_app(desk.project(project), desk.desk.apps.named(relying_party) if relying_party else None)
    say(f"{project}: {relying_party or 'no app'}")


@projects.command("end")
@click.argument("project")
@click.argument("day", required=False, type=click.DateTime(["%Y-%m-%d"]))
@data_option()
def projects_end(project: str, day: datetime | None, data: Path | None) -> None:
    """Set the last day (UTC) on which a project may see students. Without a day, it has no end.

    After that day the subjects that stand for students are hidden, and no more can be drawn. A later day shows
    them again.
    """
    last = day.date().isoformat() if day else None
    with _desk(data) as desk:
        desk.set_last_day(desk.project(project), last)
    say(f"{project}: {f'students may be seen until {last}' if last else 'no end'}")


@research.command()
@click.argument("number", required=False, type=int)
@data_option()
def smallest(number: int | None, data: Path | None) -> None:
    """Show or set the fewest students that published counts may tell of.

    Counts that were published with a smaller number are hidden until they are published again.
    """
    with _desk(data) as desk:
        say(f"published counts tell of {desk.smallest(number)} students or more")


_PROPOSALS = (Column("Kind", "kind"), Column("Name", "name"), Column("Action", "action"), Column("By", "by"))


@projects.command("proposals")
@json_option()
@data_option()
def projects_proposals(as_json: bool, data: Path | None) -> None:
    """List the species and strains that wait for an administrator's approval."""
    with _desk(data) as desk:
        rows = [proposed._asdict() for proposed in desk.proposals()]
    show(_PROPOSALS, rows, as_json=as_json)


@research.command()
@click.option("--project", required=True, help="The project's name or id.")
@click.option("--estab", required=True, help="The school's establishment number.")
@click.option("--group", required=True, help="The code or MIS id of a group at the school, such as a cohort.")
@click.option("--cohort", default="", help="Put them into a new cohort with this name.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Those of the group on this day, by their dates.")
@data_option()
def draw(project: str, estab: str, group: str, cohort: str, as_of: datetime | None, data: Path | None) -> None:
    """Add the students of a group to a project, under pseudonyms that only the hub can resolve."""
    day = as_of.date().isoformat() if as_of else ""
    with _desk(data) as desk:
        made, number = desk.operator_draws(desk.project(project), estab, group, cohort, as_of=day)
    say(f"{number} subjects{f' in the cohort {cohort} ({made})' if made else ''}")
