"""Whose turn it is to write to a file, and group commit: what several threads write reaches the disk at once.

One thread writes at a time. Those who write together (`together`) take turns within one transaction, which is kept when
nobody else is about to join it: until then each waits, so that whatever is reported as done is on the disk. What one of
them changes is undone by itself when its block raises.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

from ..errors import NoRoom, Occupied
from ..waiting import seconds_left, waiting
from .connection import Busy, Connection, Full, Opened
from .lasting import Lasting

MOST, SECONDS = 64, 0.05
"""How many may join one transaction, and how long after it has begun: other processes wait for its end."""

LOOK_SECONDS = 0.01
"""How often those who wait look whether whoever was about to join has given up."""


class Group:
    """A transaction that several threads write in, one after the other."""

    def __init__(self) -> None:
        self.until = time.monotonic() + SECONDS
        self.members = 0
        self.wrote = False
        self.fault: BaseException | None = None
        self._over = threading.Event()

    @property
    def full(self) -> bool:
        """Whether nobody else is let in."""
        return self.members >= MOST or time.monotonic() > self.until

    def end(self) -> None:
        """What was written is kept, or nothing of it where there is a fault."""
        self._over.set()

    def is_over(self, seconds: float = 0) -> bool:
        """Whether it has ended; waits for that so long."""
        return self._over.wait(seconds)


class Turn:
    """The turn of one of those who write together."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.last = False
        """Whether what it changed is to be kept before anybody else goes on."""


class Writer:
    """The one connection of a process through which a file is written, for one thread after the other."""

    def __init__(self, connection: Opened) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._owner = 0
        self._group: Group | None = None
        self._gate = threading.Lock()
        self.coming = 0
        """How many are about to write together."""
        self.lasting = Lasting()
        """What those know who write together."""
        self._version = 0

    @property
    def mine(self) -> Connection | None:
        """The connection, while the present thread writes through it."""
        return self._connection if self._owner == threading.get_ident() else None

    @contextmanager
    def transaction(self, patience: float) -> Generator[Connection]:
        """Whole or not at all: what is executed is kept when the block ends without an error.

        Raises `Occupied` when somebody else writes for longer than `patience` seconds, or than the present request
        may wait; `NoRoom` when the disk is full.
        """
        self._wait(patience)
        try:
            self._begin(patience)
            with self._begun() as connection:
                yield connection
        except Full as error:
            raise _no_room(error) from error
        finally:
            self.lasting.forget()
            self._let_go()

    @contextmanager
    def together(self, patience: float) -> Generator[Turn]:
        """The same, while others may write in the same transaction before and after: each sees what those before did.

        The block has ended when all is on the disk. Nothing may be read in it but through its connection.
        """
        group = self._join(patience)
        turn = Turn(self._connection)
        try:
            with self._one(group):
                yield turn
        except Full as error:
            raise _no_room(error) from error
        finally:
            self._leave(group, turn)
            self._await(group)

    # ---- one after the other

    def _wait(self, patience: float) -> None:
        """Have the lock of the process; who wrote together before has what they wrote kept."""
        self._take(patience)
        try:
            if self._group is not None:
                self._end(self._group)
        except BaseException:
            self._let_go()
            raise

    def _take(self, patience: float) -> None:
        if not self._lock.acquire(blocking=False):
            with waiting():
                if not self._lock.acquire(timeout=seconds_left(patience)):
                    raise _occupied()

    def _begin(self, patience: float) -> None:
        """Have the lock of the file."""
        if not self._try(0):
            with waiting():
                if not self._try(int(seconds_left(patience) * 1000)):
                    raise _occupied()
        self._owner = threading.get_ident()

    def _try(self, milliseconds: int) -> bool:
        self._connection.set_busy_timeout(milliseconds)
        try:
            # From the start a writer's: one that reads first, and writes when somebody else has, is refused.
            self._connection.execute("BEGIN IMMEDIATE")
        except Busy:
            return False
        return True

    @contextmanager
    def _begun(self) -> Generator[Connection]:
        try:
            yield self._connection
        except BaseException:
            _roll_back(self._connection)
            raise
        try:
            self._connection.execute("COMMIT")
        except BaseException:
            # A full disk may end the transaction, or leave it to be ended here.
            _roll_back(self._connection)
            raise

    def _let_go(self) -> None:
        self._owner = 0
        self._lock.release()

    # ---- together

    def _join(self, patience: float) -> Group:
        """Have the turn, in the transaction that is open, or in a new one."""
        self._come(1)
        try:
            self._take(patience)
        finally:
            self._come(-1)
        try:
            if self._group is None:
                self._begin(patience)
                self._heed_others()
                self._group = Group()
            self._owner = threading.get_ident()
            self._connection.execute("SAVEPOINT one")
        except BaseException as error:
            if self._group is not None and not self._group.members:
                self._end(self._group)
            self._let_go()
            if isinstance(error, Full):
                raise _no_room(error) from error
            raise
        return self._group

    def _heed_others(self) -> None:
        """Forget what was known if anybody else has written since; nobody does from now on."""
        version = self._connection.execute("PRAGMA data_version").get
        if version != self._version:
            self.lasting.forget()
            self._version = version

    def _come(self, step: int) -> None:
        with self._gate:
            self.coming += step

    @contextmanager
    def _one(self, group: Group) -> Generator[None]:
        try:
            yield
        except BaseException as error:
            self.lasting.forget()
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK TO one")
                self._connection.execute("RELEASE one")
            else:
                # SQLite has ended the transaction, with what the others wrote.
                group.fault = error
            raise
        self._connection.execute("RELEASE one")
        group.wrote = True

    def _leave(self, group: Group, turn: Turn) -> None:
        """Give the turn to whoever is about to join, or have all that was written kept where nobody is."""
        group.members += 1
        try:
            if turn.last or group.full or group.fault or not self.coming:
                self._end(group)
        finally:
            self._let_go()

    def _end(self, group: Group) -> None:
        """Keep what a group wrote; the caller has the lock."""
        self._group = None
        try:
            if group.fault is None:
                self._connection.execute("COMMIT" if group.wrote else "ROLLBACK")
        except BaseException as error:
            group.fault = error
        if group.fault is not None:
            self.lasting.forget()
        try:
            _roll_back(self._connection)
        finally:
            group.end()

    def _await(self, group: Group) -> None:
        """Wait until all is on the disk; raises where it could not be written."""
        while not group.is_over(LOOK_SECONDS):
            # Whoever was about to join may have lost patience.
            if self._lock.acquire(blocking=False):
                try:
                    if self._group is group:
                        self._end(group)
                finally:
                    self._lock.release()
        if isinstance(group.fault, Full):
            raise _no_room(group.fault) from group.fault
        if group.fault is not None:
            raise group.fault

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _roll_back(connection: Opened) -> None:
    """End a transaction, unless SQLite has done so itself, as it may when the disk is full."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _occupied() -> Occupied:
    return Occupied(
        "another process is writing to this data directory", hint="wait until its import has ended, then try again"
    )


def _no_room(error: BaseException) -> NoRoom:
    return NoRoom(f"the data directory cannot be written to: {error}", hint="free some space first")
