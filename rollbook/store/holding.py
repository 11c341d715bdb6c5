"""Having a database file alone, closed to every other process."""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ..errors import Occupied, Problem
from .connection import Busy, Opened, connect_as_it_is

PATIENCE_SECONDS = 2.0
"""How long to wait for a command that is just ending, or for one that only looks which number the file has."""

_PAUSE_SECONDS = 0.01


@contextmanager
def held(path: Path, otherwise: Problem) -> Generator[tuple[Opened, int]]:
    """A file, closed to every other process, and a descriptor of it; from then on it is one file, without a log.

    Raises `Occupied` with a problem where another process has it open.
    """
    connection = connect_as_it_is(path)
    # Closed after the connection: to close any descriptor of a file takes the locks of this process from it.
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        try:
            _close_to_others(connection)
        except Busy:
            raise Occupied(otherwise) from None
        yield connection, file
    finally:
        connection.close()
        os.close(file)


def _close_to_others(connection: Opened) -> None:
    """Take the lock that is kept from now on; raises `Busy` where somebody has the file open for longer."""
    # One by one: a statement that has rows to give is not followed by the next before they are taken.
    _wait_for(connection, "PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA main.locking_mode = EXCLUSIVE").fetchall()
    _wait_for(connection, "BEGIN EXCLUSIVE")
    connection.execute("COMMIT")


def _wait_for(connection: Opened, statement: str) -> None:
    """Execute what nobody else may have the file open for; SQLite itself waits for no reader of a file with a log."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection.execute(statement).fetchall()
            return
        except Busy:
            if time.monotonic() > until:
                raise
            time.sleep(_PAUSE_SECONDS)


def sync(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder, whatever happens next."""
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
