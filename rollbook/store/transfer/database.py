"""A PostgreSQL database as what a hub moves out of, and into."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from ...errors import Conflict, NotFound, Occupied, Problem
from .. import journal, schema
from ..postgres import making
from ..postgres.copying import number_on
from ..postgres.locks import LOCK
from ..postgres.session import Session
from ..postgres.store import Store, holds, take_away
from . import marks
from .copying import Databases, every_table, whole
from .ends import Leaving
from .tables import DATABASES

MOVE = -5
"""The number of the lock of whoever moves a hub into the database."""

PATIENCE_SECONDS = 2.0
"""How long to wait for a command that is just ending."""

IN_USE = "other processes of Rollbook are connected to it, so the hub cannot be moved"
END_IT = "end every server, worker and command that uses this database, then run this again"

_ALONE = "SELECT pg_try_advisory_lock(CAST(? AS integer), CAST(? AS integer))"

_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'rollbook'"
    " AND pid <> pg_backend_pid()"
)

_CHANGES = (
    "SELECT CAST(coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) AS bigint) FROM pg_stat_user_tables"
    " WHERE schemaname IN ('records', 'passing', 'ledger')"
)
"""How many rows have ever been written, as the server counts them."""

_THERE = "SELECT count(*) FROM pg_namespace WHERE nspname IN ('records', 'passing', 'ledger')"

_GIVEN = (
    "SELECT CAST(table_name AS text), CAST(column_name AS text) FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND is_identity = 'YES'"
)
"""The columns whose values the database gives."""


# ---- out of


@contextmanager
def leaving(folder: Path, address: str) -> Generator[Leaving]:
    """A database's hub, to which nobody else can write meanwhile; what this machine's journals tell is in its ledger.

    Raises `NotFound` where there is none, `Occupied` where another process uses it.
    """
    if not holds(address):
        raise NotFound(Problem("--from", "the database holds no hub"))
    with Store(folder, address) as store:
        store.ledger.fold()
    if journal.runs(folder):
        raise Occupied(Problem("--data", f"{folder} {IN_USE}", END_IT))
    with ExitStack() as sessions:
        holder = sessions.enter_context(closing(Session(address, "public")))
        _have_alone(holder)
        opened = {name: closing(Session(address, name, read_only=True)) for name in DATABASES}
        databases: Databases = {name: sessions.enter_context(one) for name, one in opened.items()}
        yield Leaving(databases, hashlib.sha256(f"{address} {holder.execute(_CHANGES).get}".encode()).digest())


def _have_alone(session: Session) -> None:
    """Keep everybody else from writing, as long as the session's transaction lasts."""
    if not _soon(lambda: not session.execute(_OTHERS).get):
        raise _in_use()
    session.execute("BEGIN")
    session.be_patient(PATIENCE_SECONDS)
    listed = ", ".join(f'{of.database}."{of.name}"' for of in every_table())
    try:
        session.execute(f"LOCK TABLE {listed} IN SHARE MODE")
    except Occupied:
        raise _in_use() from None


def _soon(holds: Callable[[], bool]) -> bool:
    """Whether something holds within a moment: a server ends sessions a while after those who had them."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (found := holds()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def _in_use() -> Occupied:
    return Occupied(Problem("the database", IN_USE, END_IT))


# ---- into


@contextmanager
def arriving(address: str) -> Generator[Database]:
    """A database into which a hub is to be moved, by one process at a time.

    Raises `Conflict` where it holds a hub of its own, `Occupied` where another process moves one into it.
    """
    with closing(Session(address, "public")) as holder:
        if not _soon(lambda: holder.execute(_ALONE, (LOCK, MOVE)).get):
            raise Occupied(Problem("--to", "another process is moving a hub into this database"))
        if holder.execute(_THERE).get and not making.unfinished(holder):
            hint = "name one that is empty; make one with CREATE DATABASE"
            raise Conflict(Problem("--to", "the database holds a hub of its own", hint))
        database = Database(address, holder)
        try:
            yield database
        finally:
            database.close()


class Database:
    """A database into which a hub is being moved: every hub that opens it finds the mark that it is not finished."""

    def __init__(self, address: str, holder: Session) -> None:
        self._address = address
        self._holder = holder
        self._open: dict[str, Session] = {}

    @property
    def databases(self) -> Databases:
        """What is filled."""
        return {**self._open}

    def goes_on(self, state: bytes) -> bool:
        """Open what was left unfinished, if it is of a source in this state."""
        if not making.unfinished(self._holder):
            return False
        self._connect()
        return marks.state_of(self._open["records"]) == state

    def begin(self, state: bytes) -> None:
        """Make empty schemas, which are there together or not at all."""
        self.close()

        def mark(session: Session, name: str) -> None:
            session.execute(marks.MAKE)
            if name == "records":
                marks.keep(session, marks.STATE, state)

        making.make_to_be_filled(self._address, mark)
        self._connect()

    def finish(self) -> None:
        """Have the numbers go on from the last ones, and take the mark away."""
        records = self._open["records"]
        # Otherwise the server would plan its first questions as if there were next to nothing.
        records.execute("ANALYZE")
        with whole(records):
            number_on(records)
            for name in DATABASES:
                records.execute(f"SET LOCAL search_path = {name}")
                for table, column in records.execute(_GIVEN).fetchall():
                    last = f'(SELECT max("{column}") FROM "{table}")'
                    records.execute(f"SELECT setval(pg_get_serial_sequence(?, ?), {last})", (f"{name}.{table}", column))
                records.execute(f"DROP TABLE {schema.UNFINISHED}")

    def discard(self) -> None:
        """Take away what is not finished."""
        self.close()
        take_away(self._address)

    def close(self) -> None:
        """End the sessions."""
        while self._open:
            self._open.popitem()[1].close()

    def _connect(self) -> None:
        for name in DATABASES:
            session = self._open[name] = Session(self._address, name)
            # After a power cut the database is as it was at some moment, and the work goes on from there.
            session.execute("SET synchronous_commit = off")
