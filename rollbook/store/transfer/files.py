"""A data directory as what a hub moves out of, and into."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ...errors import Conflict, NotFound, Occupied, Problem
from .. import journal, schema
from ..connection import Opened, connect, connect_as_it_is
from ..holding import held, sync
from ..migrating import migrate
from ..permissions import close_to_others
from ..sqlite import Store
from . import marks
from .copying import Databases
from .ends import Leaving
from .tables import DATABASES

ASIDE = "arriving"
"""The folder in a data directory in which the files of a hub lie until they are whole."""

WHOLE = "whole"
"""The file in that folder that says so: from then on they only have to be put into their place."""

HEADER_BYTES = 100
"""The length of the header of an SQLite file; among other things it counts how often the file has been changed."""

IN_USE = "is used by another process, so the hub cannot be moved"
END_IT = "end every server, worker and command that uses this directory, then run this again"


def path_of(folder: Path, database: str) -> Path:
    """The file of one of a hub's databases."""
    return folder / f"{database}.sqlite"


# ---- out of


@contextmanager
def leaving(folder: Path) -> Generator[Leaving]:
    """A directory's hub, which nobody else can open meanwhile; what its journals tell is in its ledger.

    Raises `NotFound` where there is none, `Occupied` where another process uses it.
    """
    if not path_of(folder, "records").exists():
        raise NotFound(Problem("--data", f"{folder} holds no records", "name the directory of the hub"))
    if not _settled(folder):
        with Store(folder) as store:
            store.ledger.fold()
    if journal.runs(folder):
        raise Occupied(Problem(str(folder), IN_USE, END_IT))
    with ExitStack() as files:
        found = {name: files.enter_context(held(path_of(folder, name), _in_use(folder, name))) for name in DATABASES}
        yield Leaving({name: one for name, (one, _) in found.items()}, _state([file for _, file in found.values()]))


def _in_use(folder: Path, name: str) -> Problem:
    return Problem(str(path_of(folder, name)), IN_USE, END_IT)


def _settled(folder: Path) -> bool:
    """Whether every file is there and of today's layout, and no journal is left to be folded."""
    files = [path_of(folder, name) for name in DATABASES]
    if journal.runs(folder) or not all(path.exists() for path in files):
        return False
    return all(_number(path_of(folder, name)) == len(schema.migrations(name)) for name in DATABASES)


def _number(path: Path) -> int:
    connection = connect_as_it_is(path)
    try:
        return int(connection.execute("PRAGMA user_version").get)
    finally:
        connection.close()


def _state(files: list[int]) -> bytes:
    """What is another one when any of the files has been opened by a hub since."""
    headers = [os.pread(file, HEADER_BYTES, 0) for file in files]
    layout = [script.encode() for name in DATABASES for script in schema.making(name)]
    return hashlib.sha256(b"".join([*headers, *layout])).digest()


# ---- into


@contextmanager
def arriving(folder: Path) -> Generator[Directory]:
    """A directory into which a hub is to be moved, by one process at a time.

    Raises `Conflict` where it holds a hub of its own, `Occupied` where another process moves one into it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    close_to_others(folder)
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Occupied(Problem(str(folder), "another process is moving a hub into this directory")) from None
        directory = Directory(folder)
        directory.refuse_another()
        try:
            yield directory
        finally:
            directory.close()
    finally:
        os.close(lock)


class Directory:
    """A directory into which a hub is being moved: its files lie in a folder of their own until they are whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._aside = folder / ASIDE
        self._whole = self._aside / WHOLE
        self._open: dict[str, Opened] = {}

    @property
    def databases(self) -> Databases:
        """What is filled."""
        return {**self._open}

    def refuse_another(self) -> None:
        """Raise `Conflict` where the directory holds a hub that did not come from here."""
        there = [name for name in DATABASES if path_of(self._folder, name).exists()]
        if there and not self._whole.exists():
            hint = "name a directory that is empty, or does not exist"
            raise Conflict(Problem(str(self._folder), "holds a hub of its own", hint))

    def goes_on(self, state: bytes) -> bool:
        """Open what was left unfinished, if it is of a source in this state."""
        if self._whole.exists() and self._whole.read_bytes() == state:
            return True
        if self._whole.exists() or not path_of(self._aside, "records").exists():
            return False
        self._connect()
        there = "SELECT count(*) FROM sqlite_schema WHERE name = ?"
        records = self._open["records"]
        return bool(records.execute(there, (schema.UNFINISHED,)).get) and marks.state_of(records) == state

    def begin(self, state: bytes) -> None:
        """Make empty files, the mark of the state last."""
        self.discard()
        self._aside.mkdir(mode=0o700)
        self._connect()
        for name, connection in self._open.items():
            migrate(connection, name)
            connection.execute(marks.MAKE)
        marks.keep(self._open["records"], marks.STATE, state)

    def finish(self) -> None:
        """Put the files in their place, the records last, as it is they that make a hub."""
        if not self._whole.exists():
            state = marks.state_of(self._open["records"])
            assert state is not None
            beside = self._whole.with_suffix(".new")
            beside.write_bytes(state)
            sync(beside)
            os.replace(beside, self._whole)
            sync(self._aside)
        self.close()
        for name in DATABASES:
            if path_of(self._aside, name).exists():
                self._put_in_place(name)
        shutil.rmtree(self._aside)

    def _put_in_place(self, name: str) -> None:
        made = path_of(self._aside, name)
        connection = connect(made)
        connection.execute(f"DROP TABLE IF EXISTS {schema.UNFINISHED}")
        connection.close()
        sync(made)
        os.replace(made, path_of(self._folder, name))
        sync(self._folder)

    def discard(self) -> None:
        """Take away what is not finished."""
        self.close()
        if self._whole.exists() and not path_of(self._folder, "records").exists():
            for name in DATABASES:
                path_of(self._folder, name).unlink(missing_ok=True)
        shutil.rmtree(self._aside, ignore_errors=True)

    def close(self) -> None:
        """Close the files."""
        while self._open:
            self._open.popitem()[1].close()

    def _connect(self) -> None:
        for name in DATABASES:
            connection = self._open[name] = connect(path_of(self._aside, name))
            # After a power cut a file is as it was at some moment, and the work goes on from there.
            connection.execute("PRAGMA synchronous = NORMAL")
