"""What all named operations are made of: statements on one connection, with values by place or by name."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from ...fields import Record
from ...model.organisation import School
from ..connection import Connection
from ..plan.flavour import Flavour
from ..references import key_of

Row = tuple[Any, ...]
Values = Sequence[Any] | Mapping[str, Any]


def of_school(alias: str) -> str:
    """The SQL of whether a row is a school's; `at` says of which."""
    return f"{alias}.district = :district AND {alias}.school = {key_of(School, ':district', ':school')}"


def at(district: int, school: str, **others: object) -> dict[str, object]:
    """The values of a statement about a school: its district's number, its hub id, and others by name."""
    return {"district": district, "school": school, **others}


class Statements:
    """Operations on some tables, over one connection.

    The connection decides of which moment they are: lent for each statement, of one reading, or a transaction's own.
    """

    admits: ClassVar[bool] = True
    """Whether it may rest on what they change who is admitted, or what is granted: then that is looked up anew.

    It rests on neither records nor what is known of their sources; of all else it is taken to.
    """
    changed = False
    """Whether anything was changed by them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def _flavour(self) -> Flavour:
        """How the database says what not all say alike."""
        return self._connection.flavour

    def _in(self, argument: str, kind: str = "text") -> str:
        """That what stands before is one of the texts, or what else they are, of a bound JSON list."""
        return f"IN ({self._flavour.listed(argument, kind)})"

    def _rows(self, statement: str, values: Values = ()) -> list[Row]:
        """All rows."""
        return self._connection.execute(statement, values).fetchall()

    def _row(self, statement: str, values: Values = ()) -> Row | None:
        """The first row, if there is any."""
        rows = self._rows(statement, values)
        return rows[0] if rows else None

    def _value(self, statement: str, values: Values = ()) -> Any:
        """The first value of the first row; None where there is no row."""
        row = self._row(statement, values)
        return row[0] if row else None

    def _values(self, statement: str, values: Values = ()) -> list[Any]:
        """The first value of each row."""
        return [first for first, *_ in self._rows(statement, values)]

    def _stream(self, statement: str, values: Values = ()) -> Iterator[Row]:
        """The rows, read as they are iterated."""
        return iter(self._connection.execute(statement, values))

    def _stream_of_values(self, statement: str, values: Values = ()) -> Iterator[Any]:
        """The one value of each row, read as they are iterated."""
        return (value for (value,) in self._stream(statement, values))

    def _keys(self, record: type[Record], district: int, ids: Collection[str]) -> dict[str, int]:
        """The keys of those records with some hub ids that are in a district."""
        if not ids:
            return {}
        rows = self._rows(
            f"SELECT j.value, {key_of(record, ':district', 'j.value')} FROM ({self._flavour.listed(':ids')}) j",
            {"district": district, "ids": json.dumps(list(ids))},
        )
        return {identity: key for identity, key in rows if key is not None}

    def _do(self, statement: str, values: Values = ()) -> bool:
        """Execute a statement that changes something; true where it returns a row (`RETURNING 1`)."""
        self.changed = True
        return bool(self._rows(statement, values))

    def _alone(self, part: str) -> None:
        """Let nobody else change a part of the store until the transaction ends."""
        if wait := self._flavour.alone(part):
            self._do(wait)

    def _ring(self, cause: str) -> None:
        """Wake those in other processes who wait for a cause (`bell`), as soon as the transaction is kept."""
        if ring := self._flavour.rings:
            self._do(ring, (cause,))

    def _each(self, statement: str, every: Iterable[Values]) -> None:
        """Execute a statement that changes something once for each set of values."""
        values = iter(every)
        first = next(values, None)
        if first is not None:
            self.changed = True
            self._connection.executemany(statement, itertools.chain((first,), values))


class Timed(Statements):
    """Operations that depend on the moment; it is the hub's clock's (seconds since 1970), not the database's."""

    def __init__(self, connection: Connection, clock: Callable[[], float]) -> None:
        super().__init__(connection)
        self._clock = clock
