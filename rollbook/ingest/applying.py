"""Writing a plan: new records in chunks, changes field by field, what is gone last."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..fields import Record
from ..model.attendance import STATUTORY_CODES, WITHDRAWN_CODES, AttendanceCode
from ..model.organisation import School
from ..model.origin import ORIGINS
from ..model.people import Person
from ..store.writing import Batch
from .memory import remember_rows
from .numbering import Numbers, numbers_of, renumber_people
from .plan import Part, Plan, target_of
from .rows import Progress, Row

CHUNK = 2_000


def write_plan(batch: Batch, plan: Plan, key: str, tell: Progress) -> None:
    """Make the hub say what the source says; `key` is the source's in the remainders."""
    total = sum(len(p.new) + len(p.changed) + len(p.gone) for p in plan.parts)
    ids = {name: {key: identity for key, (_, identity) in rows.items()} for name, rows in plan.held.kinds.items()}
    for part in plan.parts:
        # Ids come first, so that a row may refer to one of its own kind, whichever comes first.
        ids.setdefault(part.kind.__name__, {}).update((row.key, batch.promise(part.kind)) for row, _ in part.new)
    numbers = numbers_of(batch, plan, ids.get("Person", {}))
    # Those who are known go first, so that nobody new has a number that another is about to give up.
    renumber_people(batch, numbers, {identity for _, identity in plan.held.of(Person).values()})
    done = 0
    for part in plan.parts:
        for written in _write(batch, part, ids, key, numbers if part.kind is Person else {}):
            done += written
            tell("writing", done, total)
    for part in reversed(plan.parts):
        for identity in part.gone.values():
            batch.remove(part.kind, identity)
        done += len(part.gone)
        tell("writing", done, total)
    remember_rows(batch, plan, ids)
    _add_codes(batch, plan, ids.get("School", {}))


def _write(batch: Batch, part: Part, ids: dict[str, dict[str, str]], key: str, numbers: Numbers) -> Iterator[int]:
    targets = {name: ids.get(target_of(part.kind, name), {}) for name in part.kind.refs()}
    own = ids[part.kind.__name__]
    for start in range(0, len(part.new), CHUNK):
        rows = [row for row, _ in part.new[start : start + CHUNK]]
        new = [own[row.key] for row in rows]
        made = zip(new, (_record(part.kind, row, targets, key) for row in rows), strict=True)
        _insert(
            batch, part.kind, [{**values, **numbers.get(identity, {}), "id": identity} for identity, values in made]
        )
        yield len(rows)
    for row, _, identity in part.changed:
        values = _record(part.kind, row, targets, key)
        values["remainder"] = _merged(batch, part.kind, identity, row, key)
        if part.kind is School and _taken(batch, values.get("estab"), identity):
            # A school is found by its number: none gets that of another by saying so later.
            del values["estab"]
        batch.change(part.kind, identity, values)
        yield 1


def _record(kind: type[Record], row: Row, targets: dict[str, dict[str, str]], key: str) -> dict[str, Any]:
    values: dict[str, Any] = {**row.values}
    for name, there in row.refs.items():
        values[name] = targets[name][there] if there is not None else None
    if row.remainder:
        values["remainder"] = json.dumps({key: row.remainder}, ensure_ascii=False)
    if key in ORIGINS and values.get("external_id") and "origin" in kind.fields:
        # It is no news of the source's, and so no part of what tells whether a row says anything new.
        values["origin"] = key
    return values


def _merged(batch: Batch, kind: type[Record], identity: str, row: Row, key: str) -> str | None:
    """The record's remainder with this format's part replaced and the others' kept."""
    before = batch.get(kind, identity) or {}
    parts: dict[str, Any] = json.loads(before.get("remainder") or "{}")
    if (parts.get(key) or None) == (row.remainder or None):
        return before.get("remainder")
    parts.pop(key, None)
    if row.remainder:
        parts[key] = row.remainder
    return json.dumps(parts, ensure_ascii=False) if parts else None


def _insert(batch: Batch, kind: type[Record], rows: list[dict[str, Any]]) -> None:
    if kind is not School:
        batch.add(kind, rows)
        return
    for row in rows:
        # One by one, since the hub's own next number depends on the school before.
        row["estab"] = _estab(batch, row.get("estab") or row.get("identifier"))
        batch.add(School, [row])


def _estab(batch: Batch, wanted: str | None) -> str:
    return batch.kept.schools.free_estab(None if _taken(batch, wanted, "") else wanted, batch.district)


def _taken(batch: Batch, estab: str | None, identity: str) -> bool:
    """Whether another school than the one with this hub id has an establishment number."""
    return bool(estab) and batch.kept.schools.has_estab(estab, identity)


def _add_codes(batch: Batch, plan: Plan, schools: Mapping[str, str]) -> None:
    """A new school that brings no attendance codes gets the statutory ones."""
    brought = {row.refs.get("school") for p in plan.parts if p.kind is AttendanceCode for row in p.rows}
    fresh = [row.key for p in plan.parts if p.kind is School for row, _ in p.new if row.key not in brought]
    batch.add(AttendanceCode, [{**code, "school": schools[key]} for key in fresh for code in _codes()])


def _codes() -> Iterator[dict[str, Any]]:
    for codes, active in ((STATUTORY_CODES, 1), (WITHDRAWN_CODES, 0)):
        for mark, (description, meaning) in codes.items():
            yield {
                "mark": mark,
                "description": description,
                "meaning": meaning.statistical,
                "short_meaning": meaning.short,
                "physical_meaning": meaning.physical,
                "active": active,
            }
