"""A session with PostgreSQL that executes what the store executes: psycopg 3, rows in binary, statements prepared."""

from __future__ import annotations

import select
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from itertools import chain, islice
from typing import Any

import msgspec
import psycopg
from psycopg import pq
from psycopg.adapt import AdaptersMap, Dumper, Loader
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper, NumericBinaryLoader
from psycopg.types.string import BytesBinaryDumper, StrBinaryDumper

from ..connection import inserting
from ..lending import Rows
from ..plan.flavour import Flavour
from ..plan.flavours.postgres import POSTGRES
from .faults import translated
from .placing import by_name, by_place, placed
from .sought import sought

PREPARED = 500
"""How many statements a session keeps prepared; each takes the server some memory."""

PREPARED_FROM = 2
"""The execution from which on a statement is prepared: many texts are met only once."""

FEW = 4
"""How many new rows are inserted one by one: to begin a COPY takes one more answer of the server, and no plan."""

PLANNING = {"join_collapse_limit": "1", "jit": "off"}
"""How the server plans: joins in the order in which they are written, in which what a row refers to follows the row.

To look for a better order of eight joins takes the server 50 to 200 ms, each time, for a question that takes 5; and
where it guesses how many rows there are it finds worse ones. One plan for all values (`plan_cache_mode`) is left to the
server: it does not know how long a page is then, and sorts everything for the first 25 rows.
"""

CONNECT_SECONDS = 10


class _Json(Loader):
    """JSON as it is to be put into an answer: without any space."""

    format = pq.Format.BINARY

    def load(self, data: Any) -> msgspec.Raw:
        return msgspec.Raw(msgspec.json.format(bytes(data), indent=-1))


class _Flag(Dumper):
    """A truth value as a number: no column is of PostgreSQL's own kind."""

    oid = psycopg.adapters.types["int8"].oid

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"


class _Sum(NumericBinaryLoader):
    """A number of any length, as sums are, as Python's own."""

    def load(self, data: Any) -> Any:
        value: Decimal = super().load(data)
        return int(value) if value == value.to_integral_value() else float(value)


def _adapters() -> AdaptersMap:
    """One type for each of Python's, whatever the value: so a statement is prepared once."""
    adapters = AdaptersMap(psycopg.adapters)
    adapters.register_dumper(int, Int8BinaryDumper)
    adapters.register_dumper(bool, _Flag)
    adapters.register_dumper(str, StrBinaryDumper)
    for kind in (bytes, bytearray, memoryview):
        adapters.register_dumper(kind, BytesBinaryDumper)
    adapters.register_loader("numeric", _Sum)
    adapters.register_loader("json", _Json)
    return adapters


_ADAPTERS = _adapters()


class _Context:
    adapters = _ADAPTERS
    connection = None


class Session:
    """An open session, for one thread at a time. Its tables are found in one schema of the database.

    Whatever it raises has been translated (`faults`): `Unavailable` where the server is not there.
    """

    flavour: Flavour = POSTGRES

    def __init__(self, address: str, schema: str, *, read_only: bool = False, role: str = "") -> None:
        """`role` is the one whose rights it has from the start, where that is not the user's own."""
        settings = {"search_path": schema, **PLANNING, **({"role": role} if role else {})}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        try:
            self._server = psycopg.Connection.connect(
                address,
                autocommit=True,
                prepare_threshold=PREPARED_FROM - 1,
                context=_Context(),
                cursor_factory=psycopg.RawCursor,
                options=options,
                connect_timeout=CONNECT_SECONDS,
                application_name="rollbook",
            )
        except psycopg.Error as error:
            raise translated(error) from error
        self._server.prepared_max = PREPARED
        self._read_only = read_only
        self.added: Counter[str] = Counter()
        """How many rows were added to each table since somebody last began to count."""
        if read_only:
            # Not when it connects, or libpq would not take the server for one that can be written to.
            self.script("SET default_transaction_read_only = on")

    # ---- executing

    def execute(self, statements: str, bindings: Any = None) -> Rows:
        """Execute one statement, and fetch all its rows."""
        text, values = placed(statements, () if bindings is None else bindings)
        if self._read_only:
            values = [sought(value) for value in values]
        try:
            return _rows(self._server.execute(text, values, binary=True))
        except psycopg.Error as error:
            raise translated(error) from error

    def executemany(self, statements: str, sequenceofbindings: Iterable[Any]) -> Rows:
        """Execute a statement once for each set of values, without waiting for the one before to be answered."""
        every = iter(sequenceofbindings)
        first = next(every, None)
        if first is None:
            return Rows([])
        text, values = _all_of(statements, first, every)
        try:
            with self._server.cursor() as cursor:
                cursor.executemany(text, values)
        except psycopg.Error as error:
            raise translated(error) from error
        return Rows([])

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows to a table, all at once."""
        every = iter(rows)
        first = list(islice(every, FEW + 1))
        if len(first) > FEW:
            self._copy(table, columns, chain(first, every))
            return
        for row in first:
            self.execute(inserting(table, tuple(columns)), row)

    def filling(self, table: str) -> AbstractContextManager[None]:
        """Nothing is done otherwise: nobody could read the table while its indexes are gone."""
        return nullcontext()

    def _copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        named = ", ".join(f'"{name}"' for name in columns)
        statement, added = f'COPY "{table}" ({named}) FROM STDIN'.encode(), 0
        try:
            with self._server.cursor() as cursor, cursor.copy(statement) as copying:
                for row in rows:
                    copying.write_row(row)
                    added += 1
        except psycopg.Error as error:
            raise translated(error) from error
        self.added[table] += added

    def script(self, statements: str) -> None:
        """Execute statements without values, one after the other."""
        try:
            self._server.execute(statements.encode())
        except psycopg.Error as error:
            raise translated(error) from error

    def heard(self, seconds: float) -> list[str]:
        """What others said on the channels that are listened to; none when nothing was said for so many seconds."""
        try:
            return [one.payload for one in self._server.notifies(timeout=seconds, stop_after=1)]
        except psycopg.Error as error:
            raise translated(error) from error

    def be_patient(self, seconds: float) -> None:
        """How long statements of the present transaction wait for a lock; they raise `Occupied` afterwards."""
        # 0 would stand for ever.
        self.script(f"SET LOCAL lock_timeout = {max(int(seconds * 1000), 1)}")

    # ---- how it stands

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._server.info.transaction_status != TransactionStatus.IDLE

    def txn_state(self, schema: str | None = None) -> int:
        """0 where the session is there and no transaction is open."""
        return int(self._server.info.transaction_status)

    def stands(self) -> bool:
        """Whether the server has not said anything since the last answer: it speaks unasked when it goes away."""
        if self._server.closed:
            return False
        unasked = select.poll()
        unasked.register(self._server.fileno(), select.POLLIN)
        return not unasked.poll(0)

    def close(self) -> None:
        """End the session."""
        self._server.close()


def _rows(cursor: psycopg.Cursor[Any]) -> Rows:
    return Rows(cursor.fetchall() if cursor.description else [])


def _all_of(statement: str, first: Any, others: Iterator[Any]) -> tuple[bytes, Iterator[Sequence[Any]]]:
    """A statement and each set of values as the server wants them."""

    def each(names: Sequence[str]) -> Iterator[Sequence[Any]]:
        yield [first[name] for name in names]
        for values in others:
            yield [values[name] for name in names]

    if isinstance(first, Mapping):
        said = by_name(statement)
        return said.text, each(said.names)
    return by_place(statement).text, _and(first, others)


def _and(first: Any, others: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from others
