"""Looking at a data directory before it is opened, and having one process bring it up to date."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ...errors import Occupied, Problem
from .. import schema
from ..connection import Busy, Fault, connect, connect_as_it_is
from ..holding import PATIENCE_SECONDS
from ..migrating import migrate
from .relaying import END_IT, IN_USE, relay

log = logging.getLogger("rollbook")

RECORDS = "records.sqlite"

ASIDE = "upgrading"
"""The folder in a data directory in which the new file is written."""

_FIRST = schema.BEGINNINGS["records"]


def bring_up(folder: Path) -> None:
    """Bring the records of a data directory up to the layout that a new one has, if theirs is older; else do nothing.

    One process does it, others wait. Raises `Occupied` when another process has the records open, `NoRoom` when the
    disk is too full, and `Stop` when what was written is not what there was; the old file then stays.
    """
    path = (folder / RECORDS).resolve()
    aside = path.parent / ASIDE
    if _up_to_date(path):
        # Left by a process that was killed when all was done.
        shutil.rmtree(aside, ignore_errors=True)
        return
    with _alone(path.parent):
        if not _up_to_date(path, alone=True):
            _number_by_number(path)
            relay(path, aside)


def _up_to_date(path: Path, *, alone: bool = False) -> bool:
    """Whether the records need no new file: there are none, or they have the layout already.

    Who is not `alone` may look just when another process closes the file to others, or puts the new one in its place.
    """
    if not path.exists():
        return True
    connection = connect_as_it_is(path)
    try:
        number = int(connection.execute("PRAGMA user_version").get)
    except Busy:
        # Nobody keeps readers out but who brings them up to date.
        return False
    except Fault:
        # Whoever opens it says what is wrong with it.
        return alone
    finally:
        connection.close()
    return not 0 < number < _FIRST


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Do something that one process at a time may do to a data directory; the lock goes with the process."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.warning("%s is being brought up to date by another process: waiting for it", folder)
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _number_by_number(path: Path) -> None:
    """Bring records of the older layout up to its last number, in place."""
    connection = connect_as_it_is(path)
    connection.set_busy_timeout(int(PATIENCE_SECONDS * 1000))
    try:
        number = connection.execute("PRAGMA user_version").get
    except Busy:
        raise Occupied(Problem(str(path), IN_USE, END_IT)) from None
    finally:
        connection.close()
    if number < _FIRST - 1:
        connection = connect(path)
        migrate(connection, "records", upto=_FIRST - 1)
        connection.close()
