"""Hubs of tests in PostgreSQL: each data directory has a database there, which is copied with the directory.

With `ROLLBOOK_TEST_DATABASE=postgres` every hub of the tests is kept so. The server is started with the first of them,
one for each process of tests, and goes with the process.
"""

from __future__ import annotations

import atexit
import itertools
import os
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path

from rollbook.store.connection import connect
from rollbook.store.postgres.copying import copy, number_on
from rollbook.store.postgres.session import Session

from .postgres import MADE, served

WANTED = os.environ.get("ROLLBOOK_TEST_DATABASE", "") == "postgres"
"""Whether the hubs of the tests are kept in PostgreSQL."""

MARK = "database"
"""The file of a data directory that names its database, and the directory that this is of."""

FILES = ("records", "passing")
"""What is copied from a data directory of files."""


@cache
def databases() -> Databases:
    """The databases of this process of tests."""
    running = ExitStack()
    server = running.enter_context(served())
    # After the server's folder knows that it is to go, so that the server goes before.
    atexit.register(running.close)
    return Databases(server)


class Databases:
    """A database for each data directory, on one server."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._numbers = itertools.count(1)
        self._folders: dict[str, Path] = {}

    def of(self, folder: Path) -> str:
        """How the database of a data directory is reached; made where there is none yet."""
        mark = folder / MARK
        name, at = mark.read_text().split("\n") if mark.exists() else ("", "")
        if at != str(folder):
            self._sweep()
            name = self._copied(name) if name else self._filled(folder)
            folder.mkdir(parents=True, exist_ok=True)
            mark.write_text(f"{name}\n{folder}")
            self._folders[name] = folder
        return self._address(name)

    def _filled(self, folder: Path) -> str:
        """A new database, with what the files of a data directory hold, which are put away."""
        name = self._new(f" TEMPLATE {MADE}")
        for schema in FILES:
            if (file := folder / f"{schema}.sqlite").exists():
                self._fill(name, schema, file)
        return name

    def _fill(self, name: str, schema: str, file: Path) -> None:
        source, target = connect(file), Session(self._address(name), schema)
        copy(source, target)
        if schema == "records":
            number_on(target)
        for one in (source, target):
            one.close()
        file.unlink()

    def _copied(self, of: str) -> str:
        """A copy of a database, which nobody else may be connected to meanwhile."""
        self._do(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{of}'")
        return self._new(f" TEMPLATE {of}")

    def _new(self, of: str = "") -> str:
        name = f"hub{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name}{of}")
        return name

    def _sweep(self) -> None:
        """Drop the databases whose directories are gone."""
        for name in [name for name, folder in self._folders.items() if not folder.exists()]:
            del self._folders[name]
            with suppress(Exception):
                self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        session = Session(self._server, "public")
        session.execute(statement)
        session.close()

    def _address(self, name: str) -> str:
        return self._server.replace("dbname=postgres", f"dbname={name}")
