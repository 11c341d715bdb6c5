"""Where a hub is kept during a run: files of one machine, or PostgreSQL with a replica."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from rollbook.store.connection import connect
from rollbook.store.postgres.copying import copy, number_on
from rollbook.store.postgres.session import Session

from ..demo_data import demo_schools
from ..replicated import Pair, pair
from .processes import Process, program, server, started, worker

SIZE = 0.05
"""How large the schools are that nobody imports."""


class Place(ABC):
    """A hub's store, and the processes that use it."""

    name: str
    address = ""
    """The database; nothing for files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = folder / "said"
        self.said.mkdir()
        self.data = demo_schools(SIZE, folder / "data")

    def folders(self) -> list[Path]:
        """The data directories whose journals go into the ledger."""
        return [self.data]

    @abstractmethod
    def processes(self) -> list[Process]:
        """Those that answer, those that only work, and the one that imports."""

    @abstractmethod
    def interrupt(self, processes: list[Process], number: int) -> str:
        """Take the store away from everybody for a moment; says what was done."""

    def promote(self) -> str:
        """Lose what is written to, and go on with its replica; says what was done, if anything."""
        return ""

    def importer(self) -> Process:
        """The process that imports."""
        words = (str(self.data), self.address, str(self.folder / "rosters"))
        return program("importer", "tests.soak.importing", self.said, *words)


class Files(Place):
    """A data directory: two servers and two workers share it."""

    name = "files"

    def processes(self) -> list[Process]:
        answering = [server(f"server-{n}", self.data, [], self.said) for n in range(2)]
        working = [worker(f"worker-{n}", self.data, [], self.said) for n in range(2)]
        return [*answering, *working, self.importer()]

    def interrupt(self, processes: list[Process], number: int) -> str:
        """Nobody is left who has the files open, as when the machine is switched off and on."""
        for one in processes:
            one.kill()
        started(processes)
        return "every process killed at once"


class Postgres(Place):
    """A database with a replica: three servers and two workers, each with a data directory as on its own machine."""

    name = "postgres"

    def __init__(self, folder: Path, two: Pair) -> None:
        super().__init__(folder)
        self.two = two
        self.address = two.both
        fill(two, self.data)
        two.wait_for_the_replica()

    def folders(self) -> list[Path]:
        return [self.data, *(self.folder / name for name in (*self._servers(), *self._workers()))]

    def _servers(self) -> list[str]:
        return [f"server-{n}" for n in range(3)]

    def _workers(self) -> list[str]:
        return [f"worker-{n}" for n in range(2)]

    def processes(self) -> list[Process]:
        where = ["--database", self.address]
        # The servers only answer: what the hub does besides is the workers'.
        alone = [*where, "--replica", self.two.at(self.two.replica), "--jobs", "no"]
        answering = [server(name, self.folder / name, alone, self.said) for name in self._servers()]
        working = [worker(name, self.folder / name, where, self.said) for name in self._workers()]
        return [*answering, *working, self.importer()]

    def interrupt(self, processes: list[Process], number: int) -> str:
        """The database is restarted: in order the first time, as after a crash the second."""
        how = ("immediate", "fast")[number % 2]
        self.two.restart(how)
        return f"the database restarted ({how})"

    def promote(self) -> str:
        self.two.kill()
        self.two.promote()
        return "the primary killed, the replica promoted"


def fill(two: Pair, data: Path) -> None:
    """Put what files hold into a database, and take the files away."""
    for name in ("records", "passing"):
        source, target = connect(data / f"{name}.sqlite"), Session(two.both, name)
        copy(source, target)
        if name == "records":
            number_on(target)
        source.close()
        target.close()
    for file in data.glob("*.sqlite*"):
        file.unlink()


@contextmanager
def placed(kind: str, folder: Path) -> Generator[Place]:
    """A store of a kind, with the demo schools in it."""
    if kind == "files":
        yield Files(folder)
        return
    with pair("max_connections=300") as two:
        try:
            yield Postgres(folder, two)
        finally:
            for which in (two.primary, two.replica):
                shutil.copy(which / "log", folder / f"{which.name}.log")
