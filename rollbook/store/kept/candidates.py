"""People of schools as those who choose among them know them: by MIS ids and names."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from ...fields import RECORDS
from ...model.students import Relationship
from ..references import id_of
from .statements import Statements, at, of_school


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be chosen: MIS id, name, and where the school's people look for them (a form, a staff code)."""

    mis_id: str
    name: str
    place: str
    left: bool


@dataclass(frozen=True)
class Search:
    """Which people are looked for: by part of a name, a place or an Id; with those who left; of those `ticked`."""

    text: str = ""
    leavers: bool = False
    ticked: frozenset[str] | None = None


class Candidates(Statements):
    """Whom a school may choose. A kind is `Student`, `Staff` or `Contact`; a school its district and its hub id."""

    # ---- by their ids

    def everyone(self, kind: str, district: int, school: str) -> list[tuple[str, str]]:
        """The hub id and the MIS id of everyone of a kind at a school who has both."""
        rows = self._rows(
            f'SELECT r.id, r.mis_id FROM "{RECORDS[kind].table}" r WHERE {of_school("r")} AND r.mis_id IS NOT NULL',
            at(district, school),
        )
        return [(identity, mis_id) for identity, mis_id in rows]

    def with_mis_ids(self, kind: str, district: int, school: str, mis_ids: Iterable[str]) -> dict[str, str]:
        """The hub ids of people of a kind at a school by their MIS ids, of those who are there."""
        rows = self._rows(
            f'SELECT r.mis_id, r.id FROM "{RECORDS[kind].table}" r WHERE {of_school("r")}'
            f" AND r.mis_id {self._in(':mis_ids')}",
            at(district, school, mis_ids=json.dumps(list(mis_ids))),
        )
        return dict(rows)

    def mis_ids(self, kind: str, district: int, school: str, ids: Iterable[str]) -> tuple[str, ...]:
        """The MIS ids of people (hub ids) of a kind at a school, numbers in their order."""
        rows = self._rows(
            f'SELECT r.mis_id FROM "{RECORDS[kind].table}" r WHERE {of_school("r")}'
            f" AND r.id {self._in(':ids')} ORDER BY length(r.mis_id), r.mis_id",
            at(district, school, ids=json.dumps(list(ids))),
        )
        return tuple(mis_id for (mis_id,) in rows)

    def stamps(self, kind: str, district: int, school: str) -> dict[str, int]:
        """By hub id, the numbers of the writes that made everyone of a kind at a school."""
        rows = self._rows(
            f'SELECT r.id, r.key FROM "{RECORDS[kind].table}" r WHERE {of_school("r")}', at(district, school)
        )
        return dict(rows)

    def contacts(self, district: int, school: str) -> list[tuple[str, str]]:
        """Each contact at a school with each of their students, by hub ids."""
        rows = self._rows(
            f"SELECT {id_of(Relationship.contact, 'r')}, {id_of(Relationship.student, 'r')}"
            f' FROM "{Relationship.table}" r WHERE {of_school("r")}',
            at(district, school),
        )
        return [(contact, student) for contact, student in rows]

    # ---- by name

    def find(
        self, kind: str, district: int, school: str, today: str, search: Search, limit: int = -1, offset: int = 0
    ) -> list[Candidate]:
        """The people of a kind at a school who are looked for, by surname; a `limit` below 0 is none."""
        rows = self._rows(
            "SELECT r.mis_id, trim(coalesce(p.forename, '') || ' ' || coalesce(p.surname, '')),"
            f" {_PLACE[kind]}, {_LEFT[kind]} {self._sought(kind)}"
            f" ORDER BY {self._by('fold(p.surname)')}, {self._by('fold(p.forename)')}, r.mis_id"
            f" {self._flavour.page(':limit', ':offset')}",
            {**_values(district, school, today, search), "limit": limit, "offset": offset},
        )
        return [Candidate(mis_id, name, place, bool(left)) for mis_id, name, place, left in rows]

    def count(self, kind: str, district: int, school: str, today: str, search: Search) -> int:
        """How many people of a kind at a school are looked for."""
        return self._value(f"SELECT count(*) {self._sought(kind)}", _values(district, school, today, search))

    def _by(self, name: str) -> str:
        return self._flavour.ordered(name, down=False)

    def _sought(self, kind: str) -> str:
        named = "fold(coalesce(p.forename, '') || ' ' || coalesce(p.surname, ''))"
        ticked = f"r.mis_id {self._in(':ticked')}"
        return (
            f"FROM {_FROM[kind]} LEFT JOIN person p ON p.district = r.district AND p.key = r.person"
            f" WHERE {of_school('r')} AND r.mis_id IS NOT NULL"
            f" AND (:leavers = 1 OR NOT {_LEFT[kind]} OR {ticked})"
            f" AND (:text = '' OR {self._flavour.matches('contains', named, ':text')}"
            f" OR fold({_PLACE[kind]}) = :text OR r.mis_id = :text) AND (:narrowed = 0 OR {ticked})"
        )


_FROM = {
    "Student": 'student r LEFT JOIN "group" g ON g.district = r.district AND g.key = r.reg_group',
    "Staff": "staff r",
    "Contact": "contact r",
}
_PLACE = {"Student": "coalesce(g.name, '')", "Staff": "coalesce(r.code, '')", "Contact": "''"}
_LEFT = {
    "Student": "coalesce(r.leaving_date < :today, FALSE)",
    "Staff": "coalesce(r.employment_end < :today, FALSE)",
    "Contact": "FALSE",
}


def _values(district: int, school: str, today: str, search: Search) -> dict[str, object]:
    return at(
        district,
        school,
        today=today,
        text=" ".join(search.text.split()).casefold(),
        leavers=search.leavers,
        narrowed=search.ticked is not None,
        ticked=json.dumps(sorted(search.ticked or ())),
    )
