"""Looking for what is wrong with a hub, without changing anything of it: first its files, which may not be a hub's."""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..errors import Problem, RollbookError
from ..settings import KEY
from . import journal, schema
from .connection import Busy, Fault, Opened, connect_as_it_is
from .copies import FILES
from .ledger_file import RESTORE
from .secrets import hub_key

ERROR, WARNING = "error", "warning"

SERVED_AT = "served at"
"""The setting that keeps the address at which the hub was last served."""

WRITER_SECONDS = 2.0
"""Who holds a file's lock for longer than that is named."""

WAITING_SECONDS = 600.0
"""Disclosures that wait in the journal of a process that is gone for so long need somebody to look."""

LEAST_FREE = 64 * 1024 * 1024
"""How many bytes a disk must have left: a journal of disclosures takes its room at once."""

LOG_BYTES = 512 * 1024 * 1024
"""A write-ahead log that is larger than that is held up by somebody who has been reading for long."""

LEFTOVERS = ("making", "arriving")
"""Folders in which a hub is made, or moved, until it is whole."""


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: how badly, what was looked at, what was found, and what to do about it."""

    level: str
    check: str
    what: str
    do: str


def folder(place: Path, *, database: bool) -> Iterator[Finding]:
    """What is wrong with a data directory; where the records are in a database, it holds only key and journals."""
    if not place.is_dir():
        yield Finding(ERROR, "directory", f"{place} is not there", "name another directory with --data")
        return
    for check in (_room, _clock, _journals, _leftovers):
        yield from check(place)
    yield from _key(place)
    if database:
        return
    if not (place / FILES[0]).exists():
        yield Finding(
            ERROR, "records", f"{place} holds no records",
            "restore a backup (rollbook restore), or name another directory with --data",
        )  # fmt: skip
        return
    for name in FILES:
        yield from _file(place / name)


def _room(place: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(place).free
    needed = sum(path.stat().st_size for path in place.glob("*.sqlite"))
    if free < LEAST_FREE:
        yield Finding(ERROR, "disk", f"{free >> 20} MB are left: nothing can be written", "free some space now")
    elif free < needed:
        what = f"{free >> 20} MB are left, less than the hub itself takes ({needed >> 20} MB)"
        yield Finding(WARNING, "disk", what, "free some space: an upgrade and a backup need as much again")


def _clock(place: Path) -> Iterator[Finding]:
    ahead = max((path.stat().st_mtime - time.time() for path in place.glob("*.sqlite*")), default=0.0)
    if ahead > 60:
        what = f"files were written {ahead:.0f} seconds from now: the clock was set back"
        yield Finding(ERROR, "clock", what, "set the clock (NTP), before anything is written")


def _key(place: Path) -> Iterator[Finding]:
    path = place / "hub.key"
    if KEY.get():
        try:
            hub_key(place)
        except RollbookError as error:
            yield _of(error.problems[0], "key")
        return
    if not path.exists():
        what = "neither hub.key nor ROLLBOOK_KEY is there"
        do = "put hub.key back from where it is kept, before the hub is served: it would make another one"
        yield Finding(ERROR if _was_served(place) else WARNING, "key", what, do)
    elif path.stat().st_size < 32:
        yield Finding(ERROR, "key", f"{path} is cut off", "put hub.key back from where it is kept")
    elif path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(ERROR, "key", f"others on this machine can read {path}", f"chmod 600 {path}")


def _was_served(place: Path) -> bool:
    return (place / FILES[2]).exists() or (place / journal.FOLDER).exists()


def _journals(place: Path) -> Iterator[Finding]:
    """Disclosures that nobody takes into the ledger."""
    for run in journal.runs(place):
        parts = journal.parts(place, run)
        if parts and not journal.lives(place, run) and time.time() - parts[-1].stat().st_mtime > WAITING_SECONDS:
            what = f"what a process that has ended told ({run}) is not in the ledger yet"
            yield Finding(WARNING, "ledger", what, "serve the hub, or ask `rollbook disclosures`, which takes it in")


def _leftovers(place: Path) -> Iterator[Finding]:
    for name in LEFTOVERS:
        if (place / name).exists():
            what = f"{place / name} was left by a command that was interrupted, or is still running"
            yield Finding(WARNING, "leftovers", what, "let it end, or run it again; nothing in it is used")


# ---- one file


def _file(path: Path) -> Iterator[Finding]:
    name = path.stem
    if not path.exists():
        # A ledger is made when the hub is first served.
        if name != "ledger" or _told(path.parent):
            yield Finding(ERROR, name, f"{path} is missing", _bring_back(name))
        return
    if not path.stat().st_size:
        yield Finding(ERROR, name, f"{path} is empty", _bring_back(name))
        return
    try:
        with closing(connect_as_it_is(path)) as file:
            file.execute("PRAGMA query_only = ON")
            for check in (_layout, _whole):
                yield from check(file, name)
            yield from _written(file, path)
    except (Fault, RollbookError) as error:
        yield Finding(ERROR, name, f"{path} cannot be read: {error}", _bring_back(name))


def _told(place: Path) -> bool:
    """Whether the hub was served before, so that its ledger tells of somebody."""
    try:
        with closing(connect_as_it_is(place / FILES[0])) as file:
            return bool(file.execute("SELECT count(*) FROM setting WHERE name = ?", (SERVED_AT,)).get)
    except (Fault, RollbookError):
        return True


def _bring_back(name: str) -> str:
    return RESTORE if name == "ledger" else "stop the hub, and restore a backup (rollbook restore)"


def _layout(file: Opened, name: str) -> Iterator[Finding]:
    found, known = int(file.execute("PRAGMA user_version").get), len(schema.migrations(name))
    if found > known:
        what = f"{name} has layout {found}, and this Rollbook knows {known}: it was made by a newer one"
        yield Finding(ERROR, "migrations", what, "install the newer version again, or restore a backup of before")
    elif found < known:
        what = f"{name} has layout {found}, of {known}"
        yield Finding(WARNING, "migrations", what, "make a backup: it is brought up to date when it is next opened")


def _whole(file: Opened, name: str) -> Iterator[Finding]:
    found = [said for (said,) in file.execute("PRAGMA integrity_check(5)").fetchall()]
    if found != ["ok"]:
        yield Finding(ERROR, name, f"{name} is damaged: {'; '.join(map(str, found))}", _bring_back(name))


def _written(file: Opened, path: Path) -> Iterator[Finding]:
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size > LOG_BYTES:
        what = f"{log} has {log.stat().st_size >> 20} MB: somebody has been reading since long ago"
        yield Finding(WARNING, "locks", what, f"see who has it open: {_who(path)}")
    file.execute("PRAGMA query_only = OFF")
    file.set_busy_timeout(int(WRITER_SECONDS * 1000))
    try:
        file.execute("BEGIN IMMEDIATE")
    except Busy:
        what = f"somebody has been writing to {path} for longer than {WRITER_SECONDS:.0f} seconds: {_who(path)}"
        yield Finding(WARNING, "locks", what, "if it is no import, end that process: its lock goes with it")
        return
    file.execute("ROLLBACK")


def _who(path: Path) -> str:
    """The processes that have a file open, as far as the system says."""
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            files = {os.readlink(one) for one in (process / "fd").iterdir()}
        except OSError:
            continue
        if str(path.resolve()) in files and process.name != str(os.getpid()):
            found.append(process.name)
    return f"process {', '.join(found)}" if found else "a process that is not seen from here"


def _of(problem: Problem, check: str) -> Finding:
    return Finding(ERROR, check, f"{problem.where}: {problem.what}", problem.hint)
