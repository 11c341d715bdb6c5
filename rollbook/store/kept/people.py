"""Humans and the roles that they have or had, and those who wait for one."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ...fields import RECORDS, Record
from ...model.people import Person
from ..numbering import UNIQUE_IDS
from ..plan.sights import APP
from ..references import id_of, row_of, rows_of
from .records import Stored
from .statements import Statements, Values, at, of_school

_CALLED = ("forename", "surname", "legal_forename", "legal_surname", "previous_legal_surname", "middle_name")
_NUMBERED = (*UNIQUE_IDS, "external_id", "username")

_HERE = "district IN (SELECT district FROM clock)"


class People(Statements):
    """Humans and the roles that they have or had, in any district, and those who wait for one. Ids are hub ids."""

    # ---- roles

    def persons(self, role: str) -> list[str]:
        """The human who has or had a role."""
        told = f"SELECT {{person}} FROM {{table}} r WHERE r.{_HERE} AND r.id = ?"
        return self._of_roles(told, role) + self._of_gone(self._person_in("h.keys"), "h.id = ?", role)

    def roles(self, person: str) -> list[str]:
        """The roles that a human has or had."""
        theirs = (
            "SELECT r.id FROM person p JOIN {table} r ON r.district = p.district AND r.person = p.key"
            f" WHERE p.{_HERE} AND p.id = ?"
        )
        return self._of_roles(theirs, person) + self._of_gone("h.id", f"{self._person_in('h.keys')} = ?", person)

    def _of_roles(self, statement: str, identity: str) -> list[str]:
        roles = [record for record in RECORDS.values() if record.human]
        every = " UNION ALL ".join(statement.format(table=f'"{r.table}"', person=_person(r)) for r in roles)
        return self._known(every, (identity,) * len(roles))

    def _of_gone(self, what: str, where: str, identity: str) -> list[str]:
        kinds = json.dumps([record.__name__ for record in RECORDS.values() if record.human])
        return self._known(
            f"SELECT {what} FROM history h WHERE h.{_HERE} AND h.kind {self._in('?')} AND h.what = 'gone' AND {where}",
            (kinds, identity),
        )

    def _person_in(self, keys: str) -> str:
        """The human among the natural keys of what is gone."""
        return self._flavour.member(keys, "person")

    def _known(self, statement: str, values: Values) -> list[str]:
        return [found for found in self._values(statement, values) if found]

    def ever(self, person: str) -> bool:
        """Whether there is, or was, a human with this id."""
        there = f"SELECT 1 FROM person WHERE {_HERE} AND id = ?"
        left = f"SELECT 1 FROM history h WHERE h.{_HERE} AND h.kind = 'Person' AND h.what = 'gone' AND h.id = ?"
        return self._row(there, (person,)) is not None or self._row(left, (person,)) is not None

    def is_in(self, district: int, person: str) -> bool:
        """Whether a district has a human with this id."""
        return self._value("SELECT 1 FROM person WHERE district = ? AND id = ?", (district, person)) is not None

    def schools_of(self, district: int, people: Iterable[str]) -> dict[str, frozenset[str]]:
        """The schools at which each of some humans of a district has a role."""
        found: dict[str, set[str]] = {one: set() for one in people}
        for role in (record for record in RECORDS.values() if record.human):
            rows = self._rows(
                f"SELECT p.id, {id_of(role.refs()['school'], 't')} FROM person p"
                f' JOIN "{role.table}" t ON t.district = p.district AND t.person = p.key'
                f" WHERE p.district = :district AND p.id {self._in(':ids')}",
                {"district": district, "ids": json.dumps(sorted(found))},
            )
            for person, school in rows:
                found[person].add(school)
        return {person: frozenset(schools) for person, schools in found.items()}

    def person_of(self, role: type[Record], district: int, identity: str) -> str | None:
        """The human who has or had a role of a kind in a district."""
        return self._value(
            f'SELECT {_person(role)} FROM "{role.table}" r WHERE r.district = :district AND r.id = :id UNION ALL'
            f" SELECT {self._person_in('keys')} FROM history WHERE district = :district AND kind = :kind AND id = :id",
            {"district": district, "id": identity, "kind": role.__name__},
        )

    def with_mis_id(self, role: type[Record], district: int, school: str, mis_id: str) -> str | None:
        """The human who has a role of a kind at a school by an MIS id."""
        return self._value(
            f'SELECT {_person(role)} FROM "{role.table}" r WHERE {of_school("r")} AND r.mis_id = :mis_id',
            at(district, school, mis_id=mis_id),
        )

    def ever_by_mis_id(self, role: type[Record], district: int, school: str, mis_id: str) -> frozenset[str]:
        """The ids of whoever has or had a role of a kind at a school by an MIS id, and of those roles."""
        rows = self._rows(
            f'SELECT r.id, {_person(role)} FROM "{role.table}" r WHERE {of_school("r")} AND r.mis_id = :mis_id',
            at(district, school, mis_id=mis_id),
        ) + self._rows(
            f"SELECT id, {self._person_in('keys')} FROM history WHERE district = ? AND kind = ? AND school = ?"
            f" AND what = 'gone' AND {self._flavour.member('keys', 'mis_id')} = ?",
            (district, role.__name__, school, mis_id),
        )
        return frozenset(identity for row in rows for identity in row if identity)

    def like(self, district: int, words: Iterable[str], most: int) -> list[dict[str, str | None]]:
        """The humans of a district of whom each word is in a name, or is a number that they are known by."""
        each, values = list[str](), dict[str, object]({"district": district, "most": most})
        for number, word in enumerate(words):
            values |= {f"word{number}": word.lower(), f"whole{number}": word}
            names = " OR ".join(f"lower({name}) = :word{number}" for name in _CALLED)
            each.append(f"({names} OR {' OR '.join(f'{name} = :whole{number}' for name in _NUMBERED)})")
        told = ("id", "forename", "surname", "birth_date")
        rows = self._rows(
            f"SELECT {', '.join(told)} FROM person WHERE district = :district AND {' AND '.join(each) or '1 = 0'}"
            " ORDER BY surname, forename, id LIMIT :most",
            values,
        )
        return [dict(zip(told, row, strict=True)) for row in rows]

    # ---- those who wait for a role

    def waiting(self, district: int, app: str, fact: str, value: str) -> list[Stored]:
        """The humans of an app who wait in a partition, column by column, by one of the stored facts."""
        own = f"{self._flavour.member('t.remainder', APP)} = ?"
        rows = self._rows(
            f'{rows_of(Person, self._flavour)} WHERE t.district = ? AND t."{fact}" = ? AND {own}',
            (district, value, app),
        )
        return [row_of(Person, row) for row in rows]

    def waiting_twins(self, district: int, app: str) -> frozenset[str]:
        """The humans of an app who wait in a partition, and whom a district has as well."""
        rows = self._values(
            f"SELECT id FROM person w WHERE district = ? AND {self._flavour.member('remainder', APP)} = ? AND EXISTS"
            " (SELECT 1 FROM district d JOIN person p ON p.district = d.district AND p.id = w.id"
            " WHERE d.district <> w.district)",
            (district, app),
        )
        return frozenset(rows)


def _person(role: type[Record]) -> str:
    """The SQL of the human in a role."""
    return id_of(role.refs()["person"], "r")
