"""People of schools as those who choose among them know them: by MIS ids and names."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from ...fields import RECORDS
from ...model.students import Relationship
from .statements import Statements


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
            f'SELECT id, mis_id FROM "{RECORDS[kind].table}" WHERE district = ? AND school = ? AND mis_id IS NOT NULL',
            (district, school),
        )
        return [(identity, mis_id) for identity, mis_id in rows]

    def with_mis_ids(self, kind: str, district: int, school: str, mis_ids: Iterable[str]) -> dict[str, str]:
        """The hub ids of people of a kind at a school by their MIS ids, of those who are there."""
        rows = self._rows(
            f'SELECT mis_id, id FROM "{RECORDS[kind].table}" WHERE district = ? AND school = ?'
            " AND mis_id IN (SELECT value FROM json_each(?))",
            (district, school, json.dumps(list(mis_ids))),
        )
        return dict(rows)

    def mis_ids(self, kind: str, district: int, school: str, ids: Iterable[str]) -> tuple[str, ...]:
        """The MIS ids of people (hub ids) of a kind at a school, numbers in their order."""
        rows = self._rows(
            f'SELECT mis_id FROM "{RECORDS[kind].table}" WHERE district = ? AND school = ?'
            " AND id IN (SELECT value FROM json_each(?)) ORDER BY length(mis_id), mis_id",
            (district, school, json.dumps(list(ids))),
        )
        return tuple(mis_id for (mis_id,) in rows)

    def stamps(self, kind: str, district: int, school: str) -> dict[str, str]:
        """By hub id, the stamps with which everyone of a kind at a school was made."""
        rows = self._rows(
            f'SELECT id, made FROM "{RECORDS[kind].table}" WHERE district = ? AND school = ?', (district, school)
        )
        return dict(rows)

    def contacts(self, district: int, school: str) -> list[tuple[str, str]]:
        """Each contact at a school with each of their students, by hub ids."""
        rows = self._rows(
            f'SELECT contact, student FROM "{Relationship.table}" WHERE district = ? AND school = ?',
            (district, school),
        )
        return [(contact, student) for contact, student in rows]

    # ---- by name

    def find(
        self, kind: str, district: int, school: str, today: str, search: Search, limit: int = -1, offset: int = 0
    ) -> list[Candidate]:
        """The people of a kind at a school who are looked for, by surname; a `limit` below 0 is none."""
        rows = self._rows(
            "SELECT r.mis_id, trim(coalesce(p.forename, '') || ' ' || coalesce(p.surname, '')),"
            f" {_PLACE[kind]}, {_LEFT[kind]} {_sought(kind)}"
            " ORDER BY fold(p.surname), fold(p.forename), r.mis_id LIMIT :limit OFFSET :offset",
            {**_values(district, school, today, search), "limit": limit, "offset": offset},
        )
        return [Candidate(mis_id, name, place, bool(left)) for mis_id, name, place, left in rows]

    def count(self, kind: str, district: int, school: str, today: str, search: Search) -> int:
        """How many people of a kind at a school are looked for."""
        return self._value(f"SELECT count(*) {_sought(kind)}", _values(district, school, today, search))


_FROM = {
    "Student": 'student r LEFT JOIN "group" g ON g.district = r.district AND g.id = r.reg_group',
    "Staff": "staff r",
    "Contact": "contact r",
}
_PLACE = {"Student": "coalesce(g.name, '')", "Staff": "coalesce(r.code, '')", "Contact": "''"}
_LEFT = {
    "Student": "coalesce(r.leaving_date < :today, 0)",
    "Staff": "coalesce(r.employment_end < :today, 0)",
    "Contact": "0",
}


def _sought(kind: str) -> str:
    named = "fold(coalesce(p.forename, '') || ' ' || coalesce(p.surname, ''))"
    return (
        f"FROM {_FROM[kind]} LEFT JOIN person p ON p.district = r.district AND p.id = r.person"
        " WHERE r.district = :district AND r.school = :school AND r.mis_id IS NOT NULL"
        f" AND (:leavers OR NOT {_LEFT[kind]} OR r.mis_id IN (SELECT value FROM json_each(:ticked)))"
        f" AND (:text = '' OR instr({named}, :text) OR fold({_PLACE[kind]}) = :text OR r.mis_id = :text)"
        " AND (NOT :narrowed OR r.mis_id IN (SELECT value FROM json_each(:ticked)))"
    )


def _values(district: int, school: str, today: str, search: Search) -> dict[str, object]:
    return {
        "district": district,
        "school": school,
        "today": today,
        "text": " ".join(search.text.split()).casefold(),
        "leavers": search.leavers,
        "narrowed": search.ticked is not None,
        "ticked": json.dumps(sorted(search.ticked or ())),
    }
