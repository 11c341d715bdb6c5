"""A copy of a hub as it was at one moment, made while it is served: files as those of a data directory.

The files of a data directory are copied page by page, as SQLite has it for files that are being written. All are of
one moment, because nobody writes to any of them in the moment in which they begin to be read; who writes waits for some
milliseconds. A database in PostgreSQL is read row by row in one snapshot, and every table is compared with its copy.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, cast

import apsw

from ..errors import Occupied, Problem, Stop
from . import journal
from .connection import Busy, Fault, Opened, connect, connect_as_it_is
from .kept.settings import RESTORED, Gap
from .ledger_file import NAME as LEDGER

FILES = ("records.sqlite", "passing.sqlite", LEDGER)
"""The files of a data directory that make a hub, beside its key."""

PAGES = 4096
"""How many pages are copied at a time: in between, others have the file's locks and Python's."""

TRY_SECONDS, PAUSE_SECONDS = 0.25, 0.1
"""How long each file is waited for while the others are held, and how long to let go before trying again."""


def copy_files(folder: Path, into: Path, patience: float) -> None:
    """Copy the files of a hub as they are at one moment.

    Raises `Occupied` where somebody else, such as an import, writes for longer than `patience` seconds.
    """
    with ExitStack() as opened:
        found = [opened.enter_context(closing(connect(folder / name))) for name in FILES]
        _begin_together(folder, found, patience)
        for name, source in zip(FILES, found, strict=True):
            _copy(source, into / name)


def _begin_together(folder: Path, readers: list[Opened], patience: float) -> None:
    """Have all files read as they are in one moment."""
    until = time.monotonic() + patience
    while not _tried(folder, readers):
        if time.monotonic() > until:
            hint = "wait until its import has ended, then try again"
            raise Occupied("another process is writing to this data directory", hint=hint)
        time.sleep(PAUSE_SECONDS)


def _tried(folder: Path, readers: Iterable[Opened]) -> bool:
    with ExitStack() as held:
        try:
            for name in FILES:
                writer = held.enter_context(closing(connect(folder / name)))
                writer.set_busy_timeout(int(TRY_SECONDS * 1000))
                writer.execute("BEGIN IMMEDIATE")
        except Busy:
            return False
        for reader in readers:
            reader.execute("BEGIN")
            # What is read is of the moment of the first statement that reads.
            reader.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        return True


def _copy(source: Opened, path: Path) -> None:
    path.touch(mode=0o600)
    with (
        closing(connect_as_it_is(path)) as target,
        cast(Any, target).backup("main", cast(apsw.Connection, source), "main") as copying,
    ):
        while not copying.done:
            copying.step(PAGES)


def copy_database(address: str, into: Path) -> None:
    """Copy a hub out of a PostgreSQL database, as it is at one moment; raises `Stop` where a copy differs."""
    from .transfer.snapshot import copied

    copied(address, into)


JUMP = 100_000_000
"""By how much numbers go on after a restore: more than are given between two backups."""


def go_on_behind(folder: Path, now: str) -> None:
    """Let a hub that was restored know what it lost, and number its writes behind all that were ever given.

    An app may hold a number of a write that the hub no longer knows; without this, it would be that of another one.
    """
    with closing(connect(folder / FILES[0])) as file, file:
        last, at = file.execute("SELECT max(seq), max(at) FROM clock").get
        if last is None:
            return
        said = file.execute("SELECT value FROM setting WHERE name = ?", (RESTORED,)).get
        gaps = [*json.loads(said or "[]"), Gap(last, last + JUMP, at, max(now, at))]
        file.execute("UPDATE clock SET seq = ?", (last + JUMP,))
        file.execute(
            "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (RESTORED, json.dumps(gaps)),
        )


def written_anew(path: Path) -> bool:
    """Write a file anew, so that it holds nothing that was deleted; false where somebody else has it meanwhile."""
    with closing(connect(path)) as file:
        try:
            file.execute("VACUUM")
            # What was there before stands in the log until that is emptied, which waits for whoever still reads it.
            busy, *_ = file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0]
        except Busy:
            return False
    return not busy


def check(folder: Path) -> None:
    """Raise `Stop` unless the files of a copy are whole, each by itself."""
    for name in FILES:
        with closing(connect_as_it_is(folder / name)) as file:
            try:
                found = file.execute("PRAGMA integrity_check(1)").get
            except Fault as error:
                found = str(error)
        if found != "ok":
            raise Stop(Problem(name, f"is damaged: {found}", "take another backup"))


def holding(folder: Path) -> list[str]:
    """What a directory holds of a hub, by name."""
    names = (*FILES, "hub.key", journal.FOLDER)
    return [name for name in names if os.path.lexists(folder / name)]
