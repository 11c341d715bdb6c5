"""Records copied whole, or as far as they have changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...fields import RECORDS, Record
from ..references import id_of, key_of, row_of, rows_of
from .statements import Row, Statements


class Copies(Statements):
    """Records copied whole, or as far as they have changed."""

    admits = False

    def rows(self, record: type[Record], district: int, since: int = 0) -> Iterator[Row]:
        """A district's records of a kind by hub id, read as they are iterated: the hub id, then the stored facts.

        `since` leaves out those that were last written at this number of the history or before.
        """
        moved = " AND (t.key > :since OR t.seq > :since)" if since else ""
        rows = rows_of(record, self._flavour, "id", *record.stored())
        return self._stream(
            f"{rows} WHERE t.district = :district{moved} ORDER BY t.id",
            {"district": district, "since": since},
        )

    def count(self, record: type[Record], district: int) -> int:
        """How many records of a kind a district has."""
        return self._value(f'SELECT count(*) FROM "{record.table}" WHERE district = ?', (district,))

    def ids(self, record: type[Record], district: int) -> list[str]:
        """The hub ids of a district's records of a kind."""
        return self._values(f'SELECT id FROM "{record.table}" WHERE district = ?', (district,))

    def gone(self, record: type[Record], district: int, since: int) -> list[str]:
        """The hub ids of records of a kind that went after a number of the history, in that order.

        What is gone for one app only, or came back, is still there.
        """
        gone = self._values(
            "SELECT id FROM history WHERE district = :district AND seq > :since AND kind = :kind AND what = 'gone'"
            f" AND {key_of(record, ':district', 'history.id')} IS NULL ORDER BY seq",
            {"district": district, "since": since, "kind": record.__name__},
        )
        return list(dict.fromkeys(gone))

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All that a small hub keeps for good, table by table, each row column by column, to compare it.

        Records are as others know them: references are hub ids.
        """
        kinds = {record.table: record for record in RECORDS.values() if not record.derived()}
        tables = self._values(self._flavour.tables)
        return {table: self._records(kinds[table]) if table in kinds else self._table(table) for table in tables}

    def astray(self, record: type[Record], name: str) -> int:
        """How many records of a kind refer, by a stored reference, to one that is not there."""
        there = id_of(record.refs()[name], "r")
        return self._value(f'SELECT count(*) FROM "{record.table}" r WHERE r."{name}" IS NOT NULL AND {there} IS NULL')

    def _records(self, record: type[Record]) -> list[dict[str, Any]]:
        # To prepare what follows references takes a hundred times as long as to see that there is nothing.
        if not self._value(f'SELECT EXISTS (SELECT 1 FROM "{record.table}")'):
            return []
        return [row_of(record, row) for row in self._rows(rows_of(record, self._flavour))]

    def _table(self, table: str) -> list[dict[str, Any]]:
        names = self._values(self._flavour.columns, (table,))
        listed = ", ".join(f'"{name}"' for name in names)
        rows = self._rows(f'SELECT {listed} FROM "{table}"')
        return [dict(zip(names, row, strict=True)) for row in rows]
