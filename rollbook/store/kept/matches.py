"""Which records may be those that a source tells of, and what people decided of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from ...fields import Day, Record, Ref
from ...model.people import Person, Staff
from ...model.students import Student
from ..references import id_of, key_of, rows_of
from .statements import Statements

Found = dict[str, Any]
"""Some facts of a record, by name; references as hub ids."""

NAMED = (
    *("id", "forename", "surname", "legal_forename", "legal_surname", "previous_legal_surname"),
    *("birth_date", "username", "external_id", "student_unique_id", "staff_unique_id", "contact_unique_id"),
    "remainder",
)
"""What a human is compared by."""

OF_ROLES: Mapping[type[Record], tuple[str, ...]] = {
    Student: ("upn", "uln", "admission_no"),
    Staff: ("teacher_number", "ni_number"),
}
"""The numbers that somebody has in a role at a school."""


class Review(NamedTuple):
    """A row of a source that may be a record that the hub holds, and what was decided of it.

    `key` is the source's own; `candidate` the record's hub id. `facts` are the names of those that were compared, and
    `said` is what the row says of them, as long as it waits. `state` is `waiting`, `same` or `apart`.
    """

    id: str
    source: str
    kind: str
    key: str
    candidate: str
    rule: str
    facts: tuple[str, ...]
    said: Mapping[str, Any]
    state: str
    made: str
    by: str | None = None
    decided: str | None = None


class Merge(NamedTuple):
    """A human (hub id `gone`) who was merged into another one (`stays`), by whom and when; `steps` undo it."""

    id: str
    stays: str
    gone: str
    by: str
    made: str
    steps: list[dict[str, Any]]


_REVIEW = "id, source, kind, key, candidate, rule, facts, said, state, made, decided_by, decided"


class Matches(Statements):
    """Which records may be those that a source tells of, and what people decided of it.

    A record is its hub id, a district its number.
    """

    admits = False

    # ---- which may be the same

    def any(self, record: type[Record], district: int) -> bool:
        """Whether a district has any record of a kind."""
        return self._row(f'SELECT 1 FROM "{record.table}" WHERE district = ? LIMIT 1', (district,)) is not None

    def shown(self, record: type[Record], district: int, identity: str) -> Found:
        """A record with its stored facts; empty where it is no longer there."""
        names = ("id", *(name for name, fact in record.stored().items() if not isinstance(fact, Ref)))
        rows = self._rows(
            f"{rows_of(record, self._flavour, *names)} WHERE t.district = :district"
            f" AND t.key = {key_of(record, ':district', ':id')}",
            {"district": district, "id": identity},
        )
        return dict(zip(names, rows[0], strict=True)) if rows else {}

    def there(self, record: type[Record], district: int, ids: Collection[str]) -> frozenset[str]:
        """Those of some hub ids that are records of a kind."""
        return frozenset(self._keys(record, district, ids))

    def alike(
        self, record: type[Record], district: int, facts: Mapping[str, Collection[Any]], names: tuple[str, ...]
    ) -> list[Found]:
        """The records of a kind that have for each fact one of some values, oldest first: `id`, and the facts named.

        References are hub ids, as values and as they are given.
        """
        conditions: list[str] = []
        values: dict[str, Any] = {"district": district}
        for name, wanted in facts.items():
            kind, listed = self._stored_as(record, district, name, wanted)
            conditions.append(f't."{name}" {self._in(f":{name}", kind)}')
            values[name] = json.dumps(listed)
        told = ("id", *names)
        rows = self._rows(
            f"{rows_of(record, self._flavour, *told)} WHERE t.district = :district"
            f"{''.join(f' AND {one}' for one in conditions)} ORDER BY {self._flavour.unindexed('t.key')}",
            values,
        )
        return [dict(zip(told, row, strict=True)) for row in rows]

    def _stored_as(
        self, record: type[Record], district: int, name: str, wanted: Collection[Any]
    ) -> tuple[str, list[Any]]:
        """What kind of value a fact is stored as, and some of its values as they are stored."""
        fact = record.stored()[name]
        if isinstance(fact, Ref):
            return "number", sorted(self._keys(fact.target, district, wanted).values())
        if isinstance(fact, Day):
            return "number", sorted({Day.number(one) or 0 for one in wanted})
        return fact.kind, sorted(wanted)

    def bearers(self, district: int, role: type[Record], fact: str, values: Collection[str]) -> list[tuple[str, ...]]:
        """Who has one of some numbers in a role: the number, the school, and the human."""
        school, person = (id_of(role.refs()[name], "t") for name in ("school", "person"))
        return self._rows(
            f'SELECT t."{fact}", {school}, {person} FROM "{role.table}" t'
            f' WHERE t.district = :district AND t."{fact}" {self._in(":values")}',
            {"district": district, "values": json.dumps(sorted(values))},
        )

    def mentioning(self, district: int, words: Iterable[str]) -> list[tuple[str, str]]:
        """The humans whose remainder has one of some words, with the remainder."""
        liked = [f"%{word}%" for word in words]
        some = " OR ".join("remainder LIKE ?" for _ in liked) or "1 = 0"
        rows = self._rows(f"SELECT id, remainder FROM person WHERE district = ? AND ({some})", (district, *liked))
        return [(identity, remainder) for identity, remainder in rows]

    def humans(self, district: int, ids: Collection[str]) -> list[Found]:
        """What some humans are compared by, with the numbers that they have in their roles."""
        listed = json.dumps(sorted(ids))
        rows = self._rows(
            f"{rows_of(Person, self._flavour, *NAMED)} WHERE t.district = :district AND t.id {self._in(':ids')}",
            {"district": district, "ids": listed},
        )
        found: dict[str, Found] = {row[0]: {**dict(zip(NAMED, row, strict=True)), "roles": []} for row in rows}
        for role, names in OF_ROLES.items():
            told = ", ".join(f't."{name}"' for name in names)
            there = self._rows(
                f"SELECT p.id, {id_of(role.refs()['school'], 't')}, {told} FROM person p"
                f' JOIN "{role.table}" t ON t.district = p.district AND t.person = p.key'
                f" WHERE p.district = :district AND p.id {self._in(':ids')}",
                {"district": district, "ids": listed},
            )
            for person, school, *numbers in there:
                found[person]["roles"].append((role, school, dict(zip(names, numbers, strict=True))))
        return list(found.values())

    def keys_of(self, district: int, source: str, kind: str, ids: Collection[str]) -> dict[str, list[str]]:
        """By hub id, the keys by which a source knows those of some records that it knows."""
        found: dict[str, list[str]] = {}
        if ids:
            rows = self._rows(
                "SELECT id, key FROM source_row WHERE district = :district AND source = :source AND kind = :kind"
                f" AND id {self._in(':ids')}",
                {"district": district, "source": source, "kind": kind, "ids": json.dumps(sorted(ids))},
            )
            for identity, key in rows:
                found.setdefault(identity, []).append(key)
        return found

    def claims(self, district: int, kind: str, identity: str) -> list[tuple[str, str]]:
        """Which sources know a record, each with its key."""
        rows = self._rows(
            "SELECT source, key FROM source_row WHERE district = ? AND kind = ? AND id = ? ORDER BY source, key",
            (district, kind, identity),
        )
        return [(source, key) for source, key in rows]

    def others(self, district: int, source: str, kind: str, ids: Collection[str]) -> frozenset[str]:
        """Those of some records of a kind of which another source tells too."""
        if not ids:
            return frozenset()
        rows = self._values(
            "SELECT DISTINCT id FROM source_row WHERE district = :district AND source <> :source AND kind = :kind"
            f" AND id {self._in(':ids')}",
            {"district": district, "source": source, "kind": kind, "ids": json.dumps(sorted(ids))},
        )
        return frozenset(rows)

    def lead(self, district: int, kind: str, rows: Iterable[tuple[str, str, str]]) -> None:
        """Let what sources know by their keys (source, key) be another record (hub id)."""
        self._each(
            "UPDATE source_row SET id = ? WHERE district = ? AND source = ? AND kind = ? AND key = ?",
            [(identity, district, source, kind, key) for source, key, identity in rows],
        )

    # ---- which district and which source

    def schools_numbered(self, numbers: Collection[str]) -> list[tuple[int, str, str]]:
        """Schools of any district that have one of some numbers: district, hub id and number."""
        rows = self._rows(
            f"SELECT district, id, estab FROM school WHERE estab {self._in(':n')} UNION"
            f" SELECT district, id, identifier FROM school WHERE identifier {self._in(':n')}",
            {"n": json.dumps(sorted(numbers))},
        )
        return [(district, identity, number) for district, identity, number in rows]

    def schools_named(self, names: Collection[str]) -> list[tuple[int, str, str]]:
        """Schools of any district that have one of some names, in any case: district, hub id and name."""
        rows = self._rows(
            f"SELECT district, id, name FROM school WHERE fold(name) {self._in(':n')}",
            {"n": json.dumps(sorted(names))},
        )
        return [(district, identity, name) for district, identity, name in rows]

    def sources_with(self, connector: str, keys: Collection[str]) -> list[tuple[int, str, str, str]]:
        """Sources of a connector that know schools by one of some keys: district, name, key and hub id."""
        rows = self._rows(
            "SELECT r.district, r.source, r.key, r.id FROM source s JOIN source_row r"
            " ON r.district = s.district AND r.source = s.name WHERE s.connector = :connector AND r.kind = 'School'"
            f" AND r.key {self._in(':keys')}",
            {"connector": connector, "keys": json.dumps(sorted(keys))},
        )
        return [(district, source, key, identity) for district, source, key, identity in rows]

    # ---- what waits for somebody to decide

    def decided(self, district: int, source: str) -> dict[tuple[str, str], dict[str, str]]:
        """By kind and key of a source's rows, what was decided of each candidate: `same` or `apart`."""
        found: dict[tuple[str, str], dict[str, str]] = {}
        rows = self._rows(
            "SELECT kind, key, candidate, state FROM review WHERE district = ? AND source = ? AND state <> 'waiting'",
            (district, source),
        )
        for kind, key, candidate, state in rows:
            found.setdefault((kind, key), {})[candidate] = state
        return found

    def reviews(self, district: int, state: str | None = "waiting") -> list[Review]:
        """What waits in a district, or was decided, oldest first."""
        rows = self._rows(
            f"SELECT {_REVIEW} FROM review WHERE district = :district"
            " AND (CAST(:state AS text) IS NULL OR state = :state) ORDER BY made, source, kind, key, id",
            {"district": district, "state": state},
        )
        return [_review(row) for row in rows]

    def review(self, district: int, identity: str) -> Review | None:
        """One of them by its id."""
        row = self._row(f"SELECT {_REVIEW} FROM review WHERE district = ? AND id = ?", (district, identity))
        return _review(row) if row else None

    def wait(self, district: int, reviews: Iterable[Review]) -> None:
        """Let rows wait for somebody to decide; what waits already, or was decided, stays as it is."""
        self._each(
            f"INSERT INTO review (district, {_REVIEW}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (district, source, kind, key, candidate) DO NOTHING",
            [(district, *one[:6], json.dumps(one.facts), json.dumps(one.said), *one[8:]) for one in reviews],
        )

    def drop(self, district: int, ids: Iterable[str]) -> None:
        """Forget what is no longer a question."""
        self._each("DELETE FROM review WHERE district = ? AND id = ?", [(district, one) for one in ids])

    def decide(self, district: int, identity: str, state: str, by: str, at: str) -> None:
        """Write down what was decided, by whom and when; what the row said is no longer kept."""
        self._do(
            "UPDATE review SET state = ?, decided_by = ?, decided = ?, said = '{}' WHERE district = ? AND id = ?",
            (state, by, at, district, identity),
        )

    def decide_of(self, district: int, review: Review, by: str, at: str) -> None:
        """Write down what was decided of a row and a record, whether or not it was a question."""
        self._do(
            "UPDATE review SET state = ?, decided_by = ?, decided = ?, said = '{}'"
            " WHERE district = ? AND source = ? AND kind = ? AND key = ? AND candidate = ?",
            (review.state, by, at, district, review.source, review.kind, review.key, review.candidate),
        )

    # ---- merged

    def keep_merge(self, district: int, merge: Merge) -> None:
        """Keep what undoes a merge."""
        self._do(
            "INSERT INTO merged (district, id, stays, gone, made_by, made, steps) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (district, merge.id, merge.stays, merge.gone, merge.by, merge.made, json.dumps(merge.steps)),
        )

    def merges(self, district: int) -> list[Merge]:
        """The merges of a district that were not undone, oldest first."""
        rows = self._rows(
            "SELECT id, stays, gone, made_by, made, steps FROM merged WHERE district = ? AND steps <> ''"
            " ORDER BY made, id",
            (district,),
        )
        return [Merge(one, stays, gone, by, made, json.loads(steps)) for one, stays, gone, by, made, steps in rows]

    def undo_merge(self, district: int, identity: str) -> None:
        """Write down that a merge was undone; what undid it is no longer kept."""
        self._do("UPDATE merged SET steps = '' WHERE district = ? AND id = ?", (district, identity))

    def merged_into(self, person: str) -> list[str]:
        """The humans who were merged into one and not parted again, in any district."""
        rows = self._rows("SELECT stays, gone FROM merged WHERE steps <> ''")
        into: dict[str, list[str]] = {}
        for stays, gone in rows:
            into.setdefault(stays, []).append(gone)
        found, left = list[str](), [person]
        while left:
            more = into.pop(left.pop(), [])
            found += more
            left += more
        return found


def _review(row: tuple[Any, ...]) -> Review:
    one, source, kind, key, candidate, rule, facts, said, *decision = row
    return Review(one, source, kind, key, candidate, rule, tuple(json.loads(facts)), json.loads(said), *decision)
