"""Having a database file alone, closed to every other process."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ..errors import Occupied, Problem
from .connection import Busy, Opened, connect_as_it_is

PATIENCE_MILLISECONDS = 2_000
"""How long to wait for a command that is just ending."""


@contextmanager
def held(path: Path, otherwise: Problem) -> Generator[tuple[Opened, int]]:
    """A file, closed to every other process, and a descriptor of it; from then on it is one file, without a log.

    Raises `Occupied` with a problem where another process has it open.
    """
    connection = connect_as_it_is(path)
    # Closed after the connection: to close any descriptor of a file takes the locks of this process from it.
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        connection.set_busy_timeout(PATIENCE_MILLISECONDS)
        try:
            # One by one: a statement that has rows to give is not followed by the next before they are taken.
            for statement in (
                "PRAGMA journal_mode = DELETE",
                "PRAGMA main.locking_mode = EXCLUSIVE",
                "BEGIN EXCLUSIVE",
            ):
                connection.execute(statement).fetchall()
            # The lock is kept from now on.
            connection.execute("COMMIT")
        except Busy:
            raise Occupied(otherwise) from None
        yield connection, file
    finally:
        connection.close()
        os.close(file)


def sync(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder, whatever happens next."""
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
