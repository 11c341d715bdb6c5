"""Records copied whole, or as far as they have changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...fields import Record
from .statements import Row, Statements


class Copies(Statements):
    """Records copied whole, or as far as they have changed."""

    def rows(self, record: type[Record], district: int, since: int = 0) -> Iterator[Row]:
        """A district's records of a kind by hub id, read as they are iterated: the hub id, then the stored facts.

        `since` leaves out those that were last written at this number of the history or before.
        """
        listed = ", ".join(f'"{name}"' for name in ("id", *record.stored()))
        moved = " AND seq > ?" if since else ""
        return self._stream(
            f'SELECT {listed} FROM "{record.table}" WHERE district = ?{moved} ORDER BY id',
            (district, since) if since else (district,),
        )

    def gone(self, record: type[Record], district: int, since: int) -> list[str]:
        """The hub ids of records of a kind that went after a number of the history, in that order.

        What is gone for one app only, or came back, is still there.
        """
        gone = self._values(
            "SELECT id FROM history WHERE district = :district AND seq > :since AND kind = :kind AND what = 'gone'"
            f' AND NOT EXISTS (SELECT 1 FROM "{record.table}" r WHERE r.district = :district AND r.id = history.id)'
            " ORDER BY seq",
            {"district": district, "since": since, "kind": record.__name__},
        )
        return list(dict.fromkeys(gone))

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All that a small hub keeps for good, table by table, each row column by column, to compare it."""
        tables = self._values("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        return {table: self._table(table) for table in tables}

    def _table(self, table: str) -> list[dict[str, Any]]:
        names = self._values("SELECT name FROM pragma_table_info(?)", (table,))
        listed = ", ".join(f'"{name}"' for name in names)
        rows = self._rows(f'SELECT {listed} FROM "{table}"')
        return [dict(zip(names, row, strict=True)) for row in rows]
