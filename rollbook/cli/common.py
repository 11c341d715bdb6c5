"""What the commands share: where the data is, how they speak, how they show that they are busy."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..api.http import Edge
from ..errors import NotFound, Problem
from ..store.sqlite import Store

Application = Callable[[Store], Edge]
"""What makes the ASGI application over an open store; `app` gives it."""

out, err = Console(soft_wrap=True), Console(stderr=True, soft_wrap=True)


def data_option() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option that names the data directory."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="ROLLBOOK_DATA",
        help="The data directory (or ROLLBOOK_DATA); ./data, or ./demo-data when only that is there.",
    )


@contextmanager
def open_store(data: Path | None, *, make: bool = False) -> Generator[Store]:
    """The store of a data directory; with `make`, made when it is not there."""
    folder = data or next((p for p in (Path("data"), Path("demo-data")) if p.exists()), Path("data"))
    if not make and not (folder / "records.sqlite").exists():
        raise NotFound(
            Problem(
                "data",
                f"{folder} holds no records",
                "name the directory with --data, or make one with `rollbook demo`",
            )
        )
    with Store(folder) as store:
        yield store


@contextmanager
def progress(title: str) -> Generator[Callable[[str, int, int], None]]:
    """A progress bar on the error stream; what it gives is told what is done, how much, and of how much."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def step(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        yield step
