"""Records of a district as they are stored, whoever may see them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter
from typing import Any

from ...fields import RECORDS, Day, Field, Record, Ref
from ...model.organisation import School
from ..connection import Connection
from ..keys import keys_of
from ..lasting import Lasting
from ..plan.sights import humans
from ..references import id_of, key_of, row_of, rows_of
from .statements import Statements, Values, at, of_school

Stored = dict[str, Any]
"""A record, column by column."""


class Records(Statements):
    """Records of a district as they are stored, whoever may see them."""

    admits = False

    def __init__(self, connection: Connection, lasting: Lasting | None = None) -> None:
        super().__init__(connection)
        self._lasting = lasting

    def any(self, record: type[Record]) -> bool:
        """Whether there is any record of a kind, of whichever district."""
        return bool(self._rows(f'SELECT 1 FROM "{record.table}" LIMIT 1', ()))

    def by_school(self, record: type[Record], district: int) -> dict[str, int]:
        """How many records of a kind there are, by their schools' hub ids; "" for the district's own."""
        if record is School:
            return dict.fromkeys(self._values("SELECT id FROM school WHERE district = ?", (district,)), 1)
        school = id_of(record.refs()["school"], "t") if "school" in record.refs() else "''"
        each = f"SELECT coalesce({school}, '') AS place FROM \"{record.table}\" t WHERE t.district = ?"
        return dict(self._rows(f"SELECT place, count(*) FROM ({each}) one GROUP BY place", (district,)))

    def find(self, record: type[Record], district: int, facts: Mapping[str, Any]) -> list[Stored]:
        """The records with these stored facts, oldest first."""
        if self._lasting is None:
            return self._find(record, district, facts)
        known = "rows", district, record, *facts.items()
        return self._lasting.get(known, (record.table,), lambda: self._find(record, district, facts))

    def _find(self, record: type[Record], district: int, facts: Mapping[str, Any]) -> list[Stored]:
        facts = {**facts, **record.apart()}
        same = "".join(f" AND {self._is(record.fields.get(name), name, value)}" for name, value in facts.items())
        order = self._flavour.unindexed("t.key")
        return self._stored(record, f"t.district = :district{same} ORDER BY {order}", {**facts, "district": district})

    def with_ids(self, record: type[Record], district: int, ids: Collection[str]) -> list[Stored]:
        """Those of the records with some hub ids that are there."""
        if not ids:
            return []
        keys = f"SELECT {key_of(record, ':district', 'j.value')} FROM ({self._flavour.listed(':ids')}) j"
        values = {"district": district, "ids": json.dumps(sorted(ids))}
        return self._stored(record, f"t.district = :district AND t.key IN ({keys})", values)

    def named(self, record: type[Record], district: int, school: str, mis_ids: Iterable[str]) -> list[str]:
        """The hub ids of those of a school's records of a kind that have one of these MIS ids."""
        return self._values(
            f'SELECT r.id FROM "{record.table}" r WHERE {of_school("r")} AND r.mis_id {self._in(":mis_ids")}',
            at(district, school, mis_ids=json.dumps(list(mis_ids))),
        )

    def usernames(self, district: int) -> list[tuple[str, str]]:
        """The hub ids of the humans who have a sign-in name, with that name."""
        rows = self._rows("SELECT id, username FROM person WHERE district = ? AND username > ''", (district,))
        return [(identity, name) for identity, name in rows]

    def unique_ids(self, district: int, fact: str) -> dict[str, str | None]:
        """One of the unique ids of every human, a stored fact, by their hub ids."""
        return dict(self._rows(f'SELECT id, "{fact}" FROM person WHERE district = ?', (district,)))

    def unique_ids_of(
        self, district: int, fact: str, ids: Iterable[str], values: Iterable[str]
    ) -> dict[str, str | None]:
        """The same of those humans who are among some (hub ids), or have one of some values."""
        person = f'SELECT id, "{fact}" FROM person WHERE district = :district AND'
        rows = self._rows(
            f"""{person} id {self._in(":ids")} UNION {person} "{fact}" {self._in(":values")}""",
            {"district": district, "ids": json.dumps(list(ids)), "values": json.dumps(list(values))},
        )
        return dict(rows)

    def refers(self, record: type[Record], district: int, name: str, identity: str) -> bool:
        """Whether any record of a kind refers, by a stored reference, to the record with a hub id."""
        target = key_of(record.refs()[name].target, ":district", ":id")
        apart = "".join(f' AND "{fact}" = :told' for fact in record.apart())
        found = f'SELECT 1 FROM "{record.table}" WHERE district = :district AND "{name}" = {target}{apart} LIMIT 1'
        return self._row(found, {"district": district, "id": identity, "told": record.told}) is not None

    def ids(self, record: type[Record], district: int) -> frozenset[str]:
        """The hub ids of all records of a kind."""
        return frozenset(self._values(f'SELECT id FROM "{record.table}" WHERE district = ?', (district,)))

    def keys(self, record: type[Record], row: Mapping[str, Any]) -> dict[str, Any]:
        """What a record, given column by column, is known by now: facts of its own and those that it leads to."""
        return keys_of(self._connection, record, row)

    def parts_of(self, record: type[Record], district: int, people: Mapping[str, Iterable[str]]) -> list[Stored]:
        """The records of a school's that some humans (hub ids by kind) are, that are parts of them, or that name them.

        The oldest are first.
        """
        if record.derived() or "school" not in record.fields:
            return []
        found: dict[str, Stored] = {}
        for kind, key in humans(record, "t"):
            named = f"k.district = :district AND k.id {self._in(':ids')}"
            rows = self._stored(
                record,
                f't.district = :district AND {key} IN (SELECT k.key FROM "{kind.table}" k WHERE {named})',
                {"district": district, "ids": json.dumps(list(people.get(kind.__name__, ())))},
            )
            found |= {row["id"]: row for row in rows if record.of_row(row) is record}
        for kind, ids in people.items() if record.names_others else ():
            found |= {row["id"]: row for row in self._naming(record, district, RECORDS[kind], ids)}
        return sorted(found.values(), key=itemgetter("made"))

    def _naming(self, record: type[Record], district: int, role: type[Record], ids: Iterable[str]) -> list[Stored]:
        """The records whose documents name somebody who has one of some roles (hub ids)."""
        held = f'JOIN "{role.table}" held ON held.district = named.district AND held.person = named.key'
        pointing = (
            "SELECT pointing.source FROM pointer pointing JOIN person named ON named.district = pointing.district"
        )
        those = f"WHERE pointing.district = :district AND held.id {self._in(':ids')}"
        rows = self._stored(
            record,
            f"t.district = :district AND t.id IN ({pointing} AND named.id = pointing.target {held} {those})",
            {"district": district, "ids": json.dumps(list(ids))},
        )
        return [row for row in rows if record.of_row(row) is record]

    def _stored(self, record: type[Record], where: str, values: Values) -> list[Stored]:
        return [row_of(record, row) for row in self._rows(f"{rows_of(record, self._flavour)} WHERE {where}", values)]

    def _is(self, fact: Field | None, name: str, value: Any) -> str:
        """The SQL of whether a row has a fact; of a reference, the value is a hub id, of a day its text."""
        if isinstance(fact, Ref) and value is not None:
            return f't."{name}" = {key_of(fact.target, ":district", f":{name}")}'
        given = self._flavour.day_number(f":{name}") if isinstance(fact, Day) else f":{name}"
        return f't."{name}" IS NOT DISTINCT FROM {given}'
