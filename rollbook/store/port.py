"""The store as those above it know it, whichever database keeps it."""

from __future__ import annotations

import hmac
import itertools
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol, Self

from ..errors import Stop
from .bell import Bell
from .kept import Kept
from .ledger import Ledger
from .passing import Passing
from .permissions import close_to_others
from .plan.flavour import Flavour
from .secrets import hub_key
from .writing import Batch

PATIENCE_SECONDS = 30.0
"""For how long a write waits for somebody else's, unless it is told otherwise."""


class Watch(Protocol):
    """Tells whether anybody has written, in any process."""

    def close(self) -> None:
        """Close what it looks through."""
        ...

    def versions(self) -> tuple[int, ...]:
        """Two numbers, of which one is another one as soon as anybody has changed the records or what passes."""
        ...

    def at_once(self) -> tuple[int, ...] | None:
        """The same, for a thread that must not wait; None when it would have to."""
        ...


class Store(ABC):
    """A hub's store, open, for any number of threads. `kept` reads; `write` changes what is kept.

    `folder` is the directory of this machine where the journals of what was told lie until they are in the ledger.
    """

    def __init__(self, folder: Path | str, *, patience: float = PATIENCE_SECONDS) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        if not os.access(self.folder, os.W_OK):
            raise Stop(f"the data directory {self.folder} cannot be written to", hint="is the disk read-only?")
        close_to_others(self.folder)
        self.clock: Callable[[], float] = time.time
        """What the hub takes for the time (seconds since 1970)."""
        self.patience = patience
        """For how many seconds a write waits for somebody else's."""
        self._key: bytes | None = None
        self._numbers = itertools.count(1)
        self.turns = 0
        """Another number whenever a transaction has begun or ended here: what was looked up may be otherwise now."""

    # ---- of each database's own

    kept: Kept
    """Operations that read what is kept, each of its own moment.

    `lend` is for several of one moment, `transaction` for those that change it.
    """
    passing: Passing
    """What passes: tokens, jobs, snapshots of change sets, pages that are being read."""
    watch: Watch
    """Whether anybody has written."""
    bell: Bell
    """Wakes who waits for something to do."""

    @property
    @abstractmethod
    def ledger(self) -> Ledger:
        """What was told to whom about whom, opened when it is first asked for."""

    @abstractmethod
    def lend(self, *districts: int) -> AbstractContextManager[Kept]:
        """One reading: all that is read until the block ends is of one moment.

        Who reads for somebody says of which `districts`. A database with a wall then shows records, and what is kept of
        them, of the first of these only (`Kept.of_district` turns to another one), and it may be a replica that answers
        which has everything that was ever written to them. Who has to know first what else is kept, such as grants,
        says so later (`Kept.for_somebody`).
        """
        ...

    @abstractmethod
    def transaction(self, patience: float | None = None) -> AbstractContextManager[Kept]:
        """Whole or not at all: what is changed is kept when the block ends without an error.

        It is for what is no district's: settings, apps and their keys. What is a district's may be written meanwhile.
        Raises `Occupied` when somebody else, such as a long import, writes for longer than `patience` seconds (the
        store's own, unless it is given), `NoRoom` when the disk is full.
        """

    @abstractmethod
    def of_districts(self, districts: Collection[int], patience: float | None = None) -> AbstractContextManager[Kept]:
        """The same for records of some districts and what their schools grant, while others may write elsewhere."""

    @abstractmethod
    def of_new_district(self, patience: float | None = None) -> AbstractContextManager[Kept]:
        """The same for whoever makes a district, of which only one is made at a time."""

    @abstractmethod
    def final(self, districts: Iterable[int]) -> int:
        """A number up to which every write to some districts is there now, or never will be.

        Whoever has read so far of all of them has missed nothing. It never is less than it was.
        """

    @abstractmethod
    def layout(self) -> int:
        """The number of the last migration that the records have, as they are now."""

    @abstractmethod
    def engine(self) -> str:
        """What keeps the records, with its version: `SQLite 3.51.0`."""

    @abstractmethod
    def copy_to(self, folder: Path, patience: float) -> None:
        """Copy all that is kept, as it is at one moment, into an empty folder, as files of a data directory.

        What was told before is in the copy's ledger. Raises `Occupied` where somebody else writes for longer than
        `patience` seconds.
        """

    @abstractmethod
    def overwrite(self) -> bool:
        """Leave nothing of what was deleted or changed where it was kept; false where somebody else is in the way."""

    @abstractmethod
    def again(self) -> Store:
        """The same store, opened once more, for whoever works beside the one who has this one."""

    @abstractmethod
    def close(self) -> None:
        """Close every connection; the database then holds everything."""

    # ---- of all

    @property
    def flavour(self) -> Flavour:
        """How the database says what not all say alike: questions are compiled for it."""
        return self.kept.flavour

    def secret(self, purpose: str) -> bytes:
        """A secret of this hub for one purpose, 32 bytes, the same each time.

        It is derived from the hub's key, which is in no database, so that a copy of them alone tells no secret.
        """
        if self._key is None:
            self._key = hub_key(self.folder)
        return hmac.digest(self._key, purpose.encode(), "sha256")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def of_district(self, district: int, patience: float | None = None) -> AbstractContextManager[Kept]:
        """A transaction of one district: its records, and what its schools grant."""
        return self.of_districts((district,), patience)

    def data_version(self) -> int:
        """A number that is another one as soon as anybody has changed the records or the grants."""
        return self.watch.versions()[0]

    def _now(self) -> float:
        # The clock may be set after the store is opened.
        return self.clock()

    def _turn(self) -> None:
        self.turns = next(self._numbers)

    def together(self, district: int, patience: float | None = None) -> AbstractContextManager[Kept]:
        """The same for one of many short transactions, which a store may bring to the disk at once.

        Each is undone by itself where its block raises, and each is on the disk when it has ended. Nothing may be
        decided in the block by what was read in another way: of others, what is read here may not be there yet.
        """
        return self.of_district(district, patience)

    @contextmanager
    def write(self, district: int, patience: float | None = None, *, together: bool = False) -> Generator[Batch]:
        """Change the records of one district in one transaction, with one history; `together` with others."""
        with (self.together if together else self.of_district)(district, patience) as kept:
            batch = Batch(kept, district)
            yield batch
            batch.settle()

    def new_district(self, values: dict[str, Any]) -> int:
        """Make a district; its number is the first part of the key of all its records."""
        with self.founding(values) as batch:
            return batch.district

    @contextmanager
    def founding(self, values: dict[str, Any], founder: str = "") -> Generator[Batch]:
        """Make a district, and records of it, in one transaction. `founder` is the id of the app that makes it."""
        with self.of_new_district() as kept:
            batch = Batch(kept, kept.schools.next_district())
            batch.add_district(values)
            if founder:
                kept.apps.found(founder, batch.district)
            yield batch
            batch.settle()

    def setting(self, name: str) -> str | None:
        """A setting of this hub."""
        return self.kept.settings.get(name)

    def set(self, name: str, value: str) -> None:
        """Change a setting of this hub."""
        with self.transaction() as kept:
            kept.settings.put(name, value)
