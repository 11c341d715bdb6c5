"""Figures as a table: what was measured, beside what, against which aim."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import apsw
from rich.console import Console
from rich.table import Table

HEAD = ("what", "Rollbook", "bare sockets", "FastAPI", "ratio to sockets", "ratio to FastAPI", "aim", "met?")


@dataclass(frozen=True)
class Line:
    """One line of the table; ratios are of speed, so that more is faster."""

    what: str
    rollbook: str
    sockets: str = ""
    fastapi: str = ""
    to_sockets: float | None = None
    to_fastapi: float | None = None
    aim: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """The line as texts."""
        met = {True: "yes", False: "no", None: ""}[self.met]
        sockets = "" if self.to_sockets is None else f"{self.to_sockets:.2f}"
        fastapi = "" if self.to_fastapi is None else f"{self.to_fastapi:.1f}"
        return (self.what, self.rollbook, self.sockets, self.fastapi, sockets, fastapi, self.aim, met)


def time_text(seconds: float) -> str:
    """Seconds in a unit that reads well."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"


def show(lines: list[Line]) -> None:
    """Print the table."""
    grid = Table()
    for name in HEAD:
        grid.add_column(name, justify="left" if name in ("what", "aim") else "right")
    for line in lines:
        grid.add_row(*line.cells())
    Console(width=None if sys.stdout.isatty() else 200).print(grid)


def markdown(lines: list[Line]) -> str:
    """The table as Markdown."""
    rows = [HEAD, ("---", *["---:"] * 5, "---", "---"), *(line.cells() for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def machine() -> str:
    """The machine and the versions that decide about speed."""
    model = next(
        (x.split(":")[1].strip() for x in _lines("/proc/cpuinfo") if x.startswith("model name")), platform.processor()
    )
    memory = next((int(x.split()[1]) // 1024**2 for x in _lines("/proc/meminfo") if x.startswith("MemTotal")), 0)
    return (
        f"{model}, {os.cpu_count()} cores, {memory} GB; {platform.system()} {platform.machine()};"
        f" Python {platform.python_version()}; SQLite {apsw.sqlite_lib_version()} under Rollbook,"
        f" {sqlite3.sqlite_version} under FastAPI {version('fastapi')}, SQLAlchemy {version('sqlalchemy')}"
        f" and Pydantic {version('pydantic')}"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
