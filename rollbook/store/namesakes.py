"""Noting namesakes: records that are listed together and have one id, each from a source of its own.

Such an id is nobody's for whoever sees two of them, nor is it again when one of them is gone: what it led to before
must not become something else. So it is written down when it is found, by the batch that brings the second one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ..fields import RECORDS, Record
from ..model.origin import LISTED, ONEROSTER
from .connection import Connection

OWN = ("external_id", "origin")
"""The facts that make an id a record's own."""

_OWNED = "r.district = :district AND r.origin = :origin AND r.external_id > ''"


class Namesakes:
    """The namesakes among the records that a batch writes."""

    def __init__(self, connection: Connection, district: int) -> None:
        self._connection = connection
        self._district = district

    def came(self, record: type[Record], names: Iterable[str], at: str) -> None:
        """Records of a kind have these ids of a source's from now on."""
        every = sorted({*names})
        for listed, kinds in LISTED.items() if every else ():
            if record.__name__ in kinds:
                self._note(listed, kinds, json.dumps(every), at)

    def filled(self, record: type[Record], at: str) -> None:
        """All records of a kind have come, of which there were none."""
        alike = "GROUP BY r.external_id HAVING count(*) > 1"
        names = self._names(f'"{record.table}" r WHERE {_OWNED} {alike}')
        for kind in {kind for kinds in LISTED.values() if record.__name__ in kinds for kind in kinds}:
            also = f'JOIN "{record.table}" o ON o.district = r.district AND o.external_id = r.external_id'
            if kind != record.__name__:
                names |= self._names(f'"{RECORDS[kind].table}" r {also} WHERE {_OWNED} AND o.origin = r.origin')
        self.came(record, names, at)

    def _names(self, those: str) -> set[str]:
        values = {"district": self._district, "origin": ONEROSTER}
        return {name for (name,) in self._connection.execute(f"SELECT r.external_id FROM {those}", values).fetchall()}

    def _note(self, listed: str, kinds: Iterable[str], wanted: str, at: str) -> None:
        by_name: dict[str, list[tuple[str, str]]] = {}
        for kind in kinds:
            for name, identity in self._having(RECORDS[kind], wanted):
                by_name.setdefault(name, []).append((identity, kind))
        self._connection.executemany(
            "INSERT INTO namesake (district, listed, name, id, kind, at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            [
                (self._district, listed, name, identity, kind, at)
                for name, those in by_name.items()
                for identity, kind in (those if len(those) > 1 else ())
            ],
        )

    def _having(self, record: type[Record], wanted: str) -> Iterator[tuple[str, str]]:
        those = self._connection.flavour.listed(":wanted")
        sql = (
            f'SELECT external_id, id FROM "{record.table}" WHERE district = :district'
            f" AND external_id IN ({those}) AND origin = :origin"
        )
        values: dict[str, Any] = {"district": self._district, "wanted": wanted, "origin": ONEROSTER}
        yield from ((name, identity) for name, identity in self._connection.execute(sql, values).fetchall())
