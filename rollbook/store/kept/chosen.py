"""Whom grants see, as it was worked out for spans of days, and who was let in or left out by what was different."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ...fields import RECORDS, Record
from ...model.people import Contact
from ...model.students import Relationship, Student
from ..plan.sights import CHOSEN_NOW
from ..references import key_of
from ..rules import Span
from .statements import Statements

Listed = tuple[str, str, str]
"""A hub id, and the first and the last day of a span on which it is listed."""


class Turn(NamedTuple):
    """From a number and a moment on, somebody was seen, or no longer was."""

    seq: int
    at: str
    seen: bool


Turns = Mapping[tuple[str, str, str], list[Turn]]
"""By grant, kind and hub id, in order, when somebody was let in or left out."""


class Followed(NamedTuple):
    """A grant that sees only some people, where it is, and the day up to which that was worked out."""

    grant: str
    district: int
    time_zone: str | None
    day: str | None


class Chosen(Statements):
    """Whom grants see. A grant is its hub id, a kind is `Student`, `Staff`, `Contact` or `Person`."""

    # ---- which grants

    def grants(self, district: int) -> list[tuple[str, str]]:
        """The grants of a district that see only some students, each with its school."""
        rows = self._rows(f'SELECT id, school FROM "grant" WHERE district = ? AND {self._some("people")}', (district,))
        return [(grant, school) for grant, school in rows]

    def followed(self) -> list[Followed]:
        """Every grant that sees only some students."""
        rows = self._rows(
            'SELECT g.id, g.district, s.time_zone, f.day FROM "grant" g'
            " JOIN school s ON s.district = g.district AND s.id = g.school"
            f' LEFT JOIN followed f ON f."grant" = g.id WHERE {self._some("g.people")}'
        )
        return [Followed(*row) for row in rows]

    def _some(self, modes: str) -> str:
        """That not all students are seen."""
        return f"{self._flavour.member(modes, 'Student')} IS NOT NULL"

    def day(self, grant: str) -> str | None:
        """The day up to which it was worked out whom a grant sees."""
        return self._value('SELECT day FROM followed WHERE "grant" = ?', (grant,))

    def follow(self, grant: str, day: str) -> None:
        """Write down the day up to which it was worked out whom a grant sees."""
        self._do(
            'INSERT INTO followed ("grant", day) VALUES (?, ?) ON CONFLICT ("grant") DO UPDATE SET day = excluded.day',
            (grant, day),
        )

    # ---- whom they see

    def modes(self, grant: str) -> dict[str, str]:
        """How the lists of a grant are meant (`only` or `except`), by kind of human; a kind with none is seen whole."""
        return json.loads(self._value('SELECT people FROM "grant" WHERE id = ?', (grant,)))

    def set_modes(self, grant: str, modes: dict[str, str]) -> None:
        """Change how the lists of a grant are meant; it is another version of the grant then."""
        self._do('UPDATE "grant" SET people = ?, version = version + 1 WHERE id = ?', (json.dumps(modes), grant))

    def spans(self, grant: str, kind: str) -> dict[str, tuple[Span, ...]]:
        """The days on which each of a grant's list of a kind is listed, in order."""
        found: dict[str, tuple[Span, ...]] = {}
        rows = self._rows(
            'SELECT id, first, last FROM chosen WHERE "grant" = ? AND kind = ? ORDER BY id, first', (grant, kind)
        )
        for identity, first, last in rows:
            found[identity] = (*found.get(identity, ()), (first, last))
        return found

    def today(self, grants: Iterable[str], kind: str, today: str) -> frozenset[str]:
        """The humans of a kind who are in the lists of some grants on a day (`YYYY-MM-DD`)."""
        rows = self._values(
            f'SELECT id FROM chosen WHERE kind = :kind AND "grant" {self._in(":grants")} AND {CHOSEN_NOW}',
            {"kind": kind, "grants": json.dumps(list(grants)), "allowed_on": today},
        )
        return frozenset(rows)

    def change(self, grant: str, kind: str, *, off: Iterable[Listed], on: Iterable[Listed]) -> None:
        """Take people off a grant's list of a kind, and put others on it."""
        self._each(
            'DELETE FROM chosen WHERE "grant" = ? AND kind = ? AND id = ? AND first = ?',
            [(grant, kind, identity, first) for identity, first, _ in off],
        )
        self._each(
            'INSERT INTO chosen ("grant", kind, id, first, last, key)'
            f" SELECT ?1, ?2, ?3, ?4, ?5, {_key(kind, '?1', '?3')}",
            [(grant, kind, *one) for one in on],
        )

    def come(self, district: int, record: type[Record]) -> None:
        """Let lists that name people of a kind who are in a district, and were not there before, know their keys."""
        for table in ("chosen", "turned"):
            where = f"{_OF_DISTRICT} AND kind = :kind AND key IS NULL"
            values = {"district": district, "kind": record.__name__}
            unknown = self._values(f"SELECT DISTINCT id FROM {table} WHERE {where}", values)
            self._each(
                f"UPDATE {table} SET key = :key WHERE {where} AND id = :id",
                [{**values, "id": i, "key": key} for i, key in self._keys(record, district, unknown).items()],
            )

    def go(self, district: int, record: type[Record], key: int) -> None:
        """Let lists no longer know the key of somebody of a kind who is gone."""
        for table in ("chosen", "turned"):
            self._do(
                f"UPDATE {table} SET key = NULL WHERE {_OF_DISTRICT} AND kind = :kind AND key = :key",
                {"district": district, "kind": record.__name__, "key": key},
            )

    # ---- who was let in or left out

    def turns(self, grants: Iterable[str]) -> Turns:
        """What each change of the choices of some grants (hub ids) wrote down."""
        rows = self._rows(
            f'SELECT "grant", kind, id, seq, at, seen FROM turned WHERE "grant" {self._in("?")} ORDER BY seq',
            (json.dumps(list(grants)),),
        )
        found: dict[tuple[str, str, str], list[Turn]] = {}
        for grant, kind, identity, seq, at, seen in rows:
            found.setdefault((grant, kind, identity), []).append(Turn(seq, at, bool(seen)))
        return found

    def was_read(self, grant: str) -> bool:
        """Whether anybody can have read a district through a grant; keys that are older than `opened` are not in it."""
        found = self._value(
            'SELECT 1 FROM opened WHERE "grant" = :grant UNION ALL'
            " SELECT 1 FROM \"grant\" g JOIN credential c ON c.app = g.app WHERE g.id = :grant AND (g.state = 'active'"
            ' OR EXISTS (SELECT 1 FROM planned p WHERE p."grant" = g.id))',
            {"grant": grant},
        )
        return found is not None

    def gone(self, grant: str, kind: str, ids: Iterable[str], *, seen: bool) -> None:
        """Write down of people who are in the records no more whether they were seen, where nothing says so yet."""
        self._each(
            'INSERT INTO turned ("grant", kind, id, seq, at, seen)'
            " SELECT :grant, :kind, :id, 0, '', :seen WHERE NOT EXISTS"
            ' (SELECT 1 FROM turned WHERE "grant" = :grant AND kind = :kind AND id = :id)',
            [{"grant": grant, "kind": kind, "id": identity, "seen": int(seen)} for identity in ids],
        )

    def turn(self, grant: str, kind: str, write: tuple[int, str], turned: Iterable[tuple[str, bool]]) -> None:
        """Write down whom a write (its number and moment) let in (true) or left out; "" is whoever no list names."""
        self._each(
            'INSERT INTO turned ("grant", kind, id, seq, at, seen, key)'
            f" SELECT ?1, ?2, ?3, ?4, ?5, ?6, CASE ?3 WHEN '' THEN 0 ELSE {_key(kind, '?1', '?3')} END",
            [(grant, kind, identity, *write, seen) for identity, seen in turned],
        )

    def turn_persons(self, grant: str, kind: str, district: int, write: tuple[int, str], ids: Iterable[str]) -> None:
        """Write down that a write moved the persons behind these people; of students, those of their contacts too."""
        seq, at = write
        self._do(
            'INSERT INTO turned ("grant", kind, id, seq, at, seen, key)'
            " SELECT DISTINCT :grant, 'Person', p.id, :seq, :at, 1, p.key"
            f" FROM ({self._concerned(kind)}) c JOIN person p ON p.district = :district AND p.key = c.person"
            " WHERE true ON CONFLICT DO NOTHING",
            {"grant": grant, "district": district, "seq": seq, "at": at, "ids": json.dumps(list(ids))},
        )

    def _concerned(self, kind: str) -> str:
        """The keys of the persons of whom a change of somebody's sight tells: of a student, their contacts too."""
        own = f'SELECT person FROM "{RECORDS[kind].table}" WHERE district = :district AND id {self._in(":ids")}'
        if kind != "Student":
            return own
        return (
            f'{own} UNION SELECT c.person FROM "{Student.table}" s'
            f' JOIN "{Relationship.table}" r ON r.district = s.district AND r.student = s.key'
            f' JOIN "{Contact.table}" c ON c.district = r.district AND c.key = r.contact'
            f" WHERE s.district = :district AND s.id {self._in(':ids')}"
        )


_OF_DISTRICT = '"grant" IN (SELECT id FROM "grant" WHERE district = :district)'


def _key(kind: str, grant: str, identity: str) -> str:
    """The SQL of the key of somebody of a kind whom a list of a grant names, as long as they are there."""
    return key_of(RECORDS[kind], f'(SELECT g.district FROM "grant" g WHERE g.id = {grant})', identity)
