"""Records of a district as they are stored, whoever may see them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ...fields import Record
from ..keys import keys_of
from ..plan.sights import humans
from ..schema import columns
from .statements import Statements

Stored = dict[str, Any]
"""A record, column by column."""


class Records(Statements):
    """Records of a district as they are stored, whoever may see them."""

    def find(self, record: type[Record], district: int, facts: Mapping[str, Any]) -> list[Stored]:
        """The records with these stored facts, oldest first."""
        names = list(columns(record))
        same = "".join(f' AND "{name}" IS ?' for name in facts)
        rows = self._rows(
            f'SELECT {_listed(names)} FROM "{record.table}" WHERE district = ?{same} ORDER BY made',
            (district, *facts.values()),
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    def named(self, record: type[Record], district: int, school: str, mis_ids: Iterable[str]) -> list[str]:
        """The hub ids of those of a school's records of a kind that have one of these MIS ids."""
        return self._values(
            f'SELECT id FROM "{record.table}" WHERE district = ? AND school = ?'
            " AND mis_id IN (SELECT value FROM json_each(?))",
            (district, school, json.dumps(list(mis_ids))),
        )

    def usernames(self, district: int) -> list[tuple[str, str]]:
        """The hub ids of the humans who have a sign-in name, with that name."""
        rows = self._rows("SELECT id, username FROM person WHERE district = ? AND username > ''", (district,))
        return [(identity, name) for identity, name in rows]

    def unique_ids(self, district: int, fact: str) -> dict[str, str | None]:
        """One of the unique ids of every human, a stored fact, by their hub ids."""
        return dict(self._rows(f'SELECT id, "{fact}" FROM person WHERE district = ?', (district,)))

    def refers(self, record: type[Record], district: int, name: str, identity: str) -> bool:
        """Whether any record of a kind refers, by a stored reference, to the record with a hub id."""
        found = f'SELECT 1 FROM "{record.table}" WHERE district = ? AND "{name}" = ? LIMIT 1'
        return self._row(found, (district, identity)) is not None

    def ids(self, record: type[Record], district: int) -> frozenset[str]:
        """The hub ids of all records of a kind."""
        return frozenset(self._values(f'SELECT id FROM "{record.table}" WHERE district = ?', (district,)))

    def keys(self, record: type[Record], row: Mapping[str, Any]) -> dict[str, Any]:
        """What a record, given column by column, is known by now: facts of its own and those that it leads to."""
        return keys_of(self._connection, record, row)

    def parts_of(self, record: type[Record], district: int, people: Mapping[str, Iterable[str]]) -> list[Stored]:
        """The records of a school's that some humans (hub ids by kind) are, or that are parts of them, each once."""
        if record.derived() or "school" not in record.fields:
            return []
        names, found = list(columns(record)), dict[str, Stored]()
        for kind, identity in humans(record, "t"):
            rows = self._rows(
                f'SELECT {_listed(names)} FROM "{record.table}" t WHERE t.district = ?'
                f" AND {identity} IN (SELECT value FROM json_each(?))",
                (district, json.dumps(list(people.get(kind.__name__, ())))),
            )
            some = (dict(zip(names, row, strict=True)) for row in rows)
            found |= {row["id"]: row for row in some}
        return list(found.values())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
