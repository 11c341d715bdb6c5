"""What the commands share: where the data is, how they print, and how they show that they are busy.

The modules of the commands import no part of the hub at their top, only inside the functions that use it. Help and
shell completion read all of them, and would otherwise take seconds.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from ..errors import Malformed, NotFound, Problem
from ..settings import DATA, DATABASE, REPLICA, Setting, password_in

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Grid

    from ..api.http import Edge
    from ..consent import Desk
    from ..store.port import Store


class Application(Protocol):
    """Makes the ASGI application over an open store; of a demo, with the credentials that it offers."""

    def __call__(self, store: Store, *, demo: Mapping[str, Any] | None = None) -> Edge: ...


PLACES = (Path("data"), Path("demo-data"))
"""The data directories that are taken when none is named, the first that is there."""


def data_option() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options that say where the hub's data is: a directory, and a PostgreSQL database where there is one."""
    directory = click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        envvar=DATA.name,
        help="The data directory. Default: ROLLBOOK_DATA, then ./data, then ./demo-data.",
    )
    return lambda command: directory(database_option()(command))


def database_option() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option that names a PostgreSQL database; `database` tells which."""
    return _noted(DATABASE, "Keep records in PostgreSQL, such as postgresql://user@host/rollbook")


def replica_option() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option that names a replica of the database; `replica` tells which."""
    return _noted(REPLICA, "A replica of the database, which answers where it has all that was written")


def _noted(setting: Setting[str | None], about: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An option for an address that is noted for the command as a whole, from a group on or from the environment."""

    def note(context: click.Context, param: click.Parameter, url: str | None) -> None:
        no_password(context, param, url)
        context.meta[setting.name] = url or context.meta.get(setting.name) or setting.get()

    what = f"{about} (or {setting.name})."
    return click.option(setting.option, metavar="URL", expose_value=False, callback=note, help=what)


def no_password(context: click.Context, param: click.Parameter, url: str | None) -> str | None:
    """Refuse a database's address that holds a password: arguments are seen by everybody on the machine."""
    if url and password_in(url):
        hint = f"keep it in ~/.pgpass or PGPASSWORD, or set {DATABASE.name} or {DATABASE.file}"
        raise Malformed(Problem(param.opts[0], "holds a password, which everybody on this machine could read", hint))
    return url


def setting_option(
    setting: Setting[Any], kind: Any = None, metavar: str | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option of a setting."""
    about = f"{setting.about.removesuffix('.')} (or {setting.name})."
    there = setting.default is not None
    return click.option(
        setting.option, type=kind, envvar=setting.name, help=about, metavar=metavar, default=setting.default,
        show_default=there,
    )  # fmt: skip


def _note_of(setting: Setting[str | None]) -> str | None:
    context = click.get_current_context(silent=True)
    return context.meta.get(setting.name) if context else None


def replica() -> str | None:
    """How the replica is reached that the present command reads from; None where there is none."""
    return _note_of(REPLICA)


def database() -> str | None:
    """How the database that the present command is about is reached; None where the data is in a directory."""
    return _note_of(DATABASE)


def data_folder(data: Path | None) -> Path:
    """The data directory that is meant."""
    return data or next((place for place in PLACES if place.exists()), PLACES[0])


@contextmanager
def open_store(data: Path | None) -> Generator[Store]:
    """The store that is meant: of a data directory, or of a database."""
    from ..store.opening import holds, opened

    folder = data_folder(data)
    if not holds(folder, database()):
        place, option = ("the database", "database") if database() else (folder, "data")
        what = "database" if database() else "directory"
        hint = f"name the {what} with --{option}, or make one with `rollbook sources add` or `rollbook demo`"
        raise NotFound(Problem(option, f"{place} holds no records", hint))
    with opened(folder, database(), replica()) as store:
        yield store


@contextmanager
def open_or_make_store(data: Path | None, *, keep: bool = True) -> Generator[Store]:
    """The store that is meant. One that holds no records is made whole or not at all, and only to `keep` it."""
    from ..store.opening import holds, opened

    folder = data_folder(data)
    if holds(folder, database()):
        with opened(folder, database()) as store:
            yield store
    else:
        with new_store(folder, keep=keep) as store:
            yield store


@contextmanager
def new_store(folder: Path, *, keep: bool = True) -> Generator[Store]:
    """A new store in a directory or a database that holds none; nothing is left of it when making it fails."""
    from ..store.opening import making, opened

    if url := database():
        with making(folder, url, keep=keep) as store:
            yield store
    else:
        with made_whole(folder, keep=keep) as aside, opened(aside) as store:
            yield store


@contextmanager
def made_whole(folder: Path, *, keep: bool = True) -> Generator[Path]:
    """A folder in which to make what then moves into `folder`; nothing is left there when that fails."""
    aside, was_there = folder / "making", folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.rmtree(aside, ignore_errors=True)
    try:
        yield aside
        for made in sorted(aside.iterdir()) if keep else ():
            os.replace(made, folder / made.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if not was_there and not any(folder.iterdir()):
            folder.rmdir()


@contextmanager
def open_desk(data: Path | None) -> Generator[Desk]:
    """The desk over the store of a data directory."""
    from ..consent import Desk
    from ..consent.receipts import OPERATOR

    with open_store(data) as store:
        yield Desk(store, by=OPERATOR)


# ---- where the hub is served


def note_served(store: Store, url: str) -> None:
    """Note where the hub is served, whether it sends e-mail, and what its key is known by, for commands beside it."""
    from ..consent.addresses import SENDS_MAIL, mails
    from ..operation.archive import KNOWN_BY, known_by
    from ..store.examining import SERVED_AT

    known = (KNOWN_BY, known_by(store.secret))
    for name, value in ((SERVED_AT, url), (SENDS_MAIL, "yes" if mails() else "no"), known):
        if store.setting(name) != value:
            store.set(name, value)


def served_at(store: Store) -> str:
    """The hub's address: ROLLBOOK_URL, else where it was last served, else where `rollbook serve` would serve it."""
    from ..jobs import hub_address
    from ..store.examining import SERVED_AT

    return hub_address() or store.setting(SERVED_AT) or "http://127.0.0.1:8000"


# ---- options whose values the hub knows


class Later(click.ParamType[Any, Any]):
    """A type of option that is made when it is first needed, because the hub has to be imported for it."""

    def __init__(self, name: str, make: Callable[[], click.ParamType[Any, Any]]) -> None:
        self.name = name
        self.make = make

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        # A shell that completes a line has it parsed, but nobody needs the values.
        parsed_only = ctx is not None and ctx.resilient_parsing
        return value if parsed_only else self.make().convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        return self.make().shell_complete(ctx, param, incomplete)


class Within(click.FloatRange):
    """A number between two others; `nan`, which is between any, is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        return found if math.isfinite(found) else self.fail(f"{value} is not a number.", param, ctx)


class Share(click.ParamType[float, str]):
    """A share, such as 2% or 0.02."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            self.fail(f"{value} is not a share, such as 2%.", param, ctx)
        return share if 0 <= share <= 1 else self.fail(f"{value} is not between 0% and 100%.", param, ctx)


# ---- printing


def say(text: str) -> None:
    """Print a line."""
    click.echo(text)


def warn(text: str) -> None:
    """Print a line on the error stream."""
    click.echo(text, err=True)


def json_option() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option that asks for JSON where a table would be shown."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON in a terminal, too.")


def piped() -> bool:
    """Whether what is printed goes to a program or a file."""
    return not sys.stdout.isatty()


def wants_json(as_json: bool) -> bool:
    """Whether to print JSON: always when piped, so that scripts need no option."""
    return as_json or piped()


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


Row = Mapping[str, Any]
"""A row as it is printed in JSON; docs/cli.md lists the names of its members, which are stable."""


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and the member of a row that it shows, or what makes its text of a row."""

    title: str
    of: str | Callable[[Row], Any]
    right: bool = False

    def text(self, row: Row) -> str:
        """The cell of a row."""
        return cell(row.get(self.of) if isinstance(self.of, str) else self.of(row))


def show(columns: Sequence[Column], rows: Iterable[Row], *, as_json: bool, title: str = "", empty: str = "") -> None:
    """Print rows: JSON objects when piped, otherwise a table, or the line `empty` when there are none."""
    every = list(rows)
    if wants_json(as_json):
        print_json(every)
    elif not every and empty:
        say(empty)
    else:
        draw(columns, every, title)


def draw(columns: Sequence[Column], rows: Sequence[Row], title: str = "") -> None:
    """Print a table that folds long cells; where the columns do not fit side by side, their lines one below another."""
    from rich.console import Console
    from rich.measure import Measurement

    screen = Console(highlight=False)
    grid = _grid(columns, rows, title)
    if Measurement.get(screen, screen.options.update(max_width=10_000), grid).minimum <= screen.width:
        screen.print(grid)
    else:
        _stack(screen, columns, rows, title)


def _grid(columns: Sequence[Column], rows: Sequence[Row], title: str) -> Grid:
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(title=title or None, title_justify="left")
    for column in columns:
        grid.add_column(column.title, justify="right" if column.right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(Text(column.text(row)) for column in columns))
    return grid


def _stack(screen: Console, columns: Sequence[Column], rows: Sequence[Row], title: str) -> None:
    from rich.text import Text

    if title:
        screen.print(Text(title, style="italic"))
    for row in rows:
        screen.rule(style="dim")
        for column in columns:
            if text := column.text(row):
                line = Text(f"{column.title}: " if column.title else "", style="bold")
                screen.print(line.append(text.replace("\n", "\n  "), style="not bold"), overflow="fold")


def cell(value: Any) -> str:
    """A value as a table shows it."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, list | tuple):
        return ", ".join(cell(one) for one in value)  # pyright: ignore[reportUnknownVariableType]
    return str(value)


@contextmanager
def progress(title: str) -> Generator[Callable[[str, int, int], None]]:
    """A progress bar on the error stream; it takes what is being done, how much is done, and of how much."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    screen = Console(stderr=True)
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(title, total=None)

        def step(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        yield step


def listed(some: Iterable[str], every: Iterable[str]) -> str:
    """Some names out of all, in a cell of a table."""
    names = tuple(some)
    return "all" if names == tuple(every) else ", ".join(names) or "nothing"
