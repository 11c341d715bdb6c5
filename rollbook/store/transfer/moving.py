"""Moving a hub whole: copied, compared, and only then a hub."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ...errors import NoRoom, Stop
from ..connection import Full
from ..upgrade.progress import Progress
from . import database, files, unkept
from .copying import copied, count, every_table
from .ends import Arriving, Leaving
from .verifying import verified

GOES_ON = ". If it is interrupted, run it again: it goes on where it was"


class Moved(NamedTuple):
    """What was moved: how many rows of how many tables."""

    rows: int
    tables: int


def into_database(folder: Path, address: str) -> Moved:
    """Move the hub of a data directory into a database.

    Raises `Conflict` where the database holds a hub, `Occupied` where anybody uses either, `Malformed` where a text
    cannot be kept there, and `Stop` where what was copied is not what there is.
    """
    with database.arriving(address) as target, files.leaving(folder) as source:
        progress = Progress(folder)
        if not target.goes_on(source.state):
            progress.say("looking for texts that PostgreSQL cannot keep")
            unkept.check(source.databases)
            target.begin(source.state)
        return move(source, target, progress)


def into_directory(address: str, folder: Path) -> Moved:
    """Move the hub of a database into a data directory.

    Raises `Conflict` where the directory holds a hub, `Occupied` where anybody uses either, `NoRoom` where the disk is
    full, and `Stop` where what was copied is not what there is.
    """
    with files.arriving(folder) as target, database.leaving(folder, address) as source:
        try:
            if not target.goes_on(source.state):
                target.begin(source.state)
            return move(source, target, Progress(folder))
        except Full as error:
            hint = "free some space, then run it again: it goes on where it was"
            raise NoRoom(f"{folder} cannot be written to: {error}", hint=hint) from error


def move(source: Leaving, target: Arriving, progress: Progress, told: str = GOES_ON) -> Moved:
    """Copy all that is not copied yet, compare it, and make a hub of it."""
    rows, tables = count(source.databases), sum(1 for _ in every_table())
    # What was put in its place when the process was killed has been compared already.
    if target.databases:
        progress.say(f"{rows:,} rows are copied{told}")
        progress.add_up("copying", copied(source.databases, target.databases), rows)
        try:
            progress.add_up("comparing", verified(source.databases, target.databases), 2 * rows)
        except Stop:
            # What is not the same must not be gone on with.
            target.discard()
            raise
    target.finish()
    return Moved(rows, tables)
