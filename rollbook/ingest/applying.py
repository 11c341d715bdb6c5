"""Writing a plan: new records in chunks, changes field by field, what is gone last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..fields import Record
from ..model.attendance import STATUTORY_CODES, WITHDRAWN_CODES, AttendanceCode
from ..model.organisation import School
from ..model.people import Person
from ..store.writing import Batch
from .memory import remember_rows
from .numbering import Numbers, numbers_of, renumber_people
from .plan import Part, Plan
from .rows import Progress
from .voices import Voice

CHUNK = 2_000


def write_plan(batch: Batch, plan: Plan, key: str, tell: Progress) -> None:
    """Make the hub say what the source says; `key` is the source's in the remainders."""
    with batch.quoting(plan.source):
        ids = _ids(batch, plan)
        _write_parts(batch, plan, Voice(batch, plan.source, key, ids), tell)
        remember_rows(batch, plan, ids)
    _add_codes(batch, plan, ids.get("School", {}))


def _ids(batch: Batch, plan: Plan) -> dict[str, dict[str, str]]:
    """The hub ids of all that the source tells of, by kind and by its own keys.

    Ids come first, so that a row may refer to one of its own kind, whichever comes first.
    """
    ids = {name: {key: identity for key, (_, identity) in rows.items()} for name, rows in plan.held.kinds.items()}
    for part in plan.parts:
        known = ids.setdefault(part.kind.__name__, {})
        known.update((row.key, identity) for row, _, identity in part.joined)
        promised = batch.promises(part.kind, len(part.new))
        known.update((row.key, identity) for (row, _), identity in zip(part.new, promised, strict=True))
    return ids


def _write_parts(batch: Batch, plan: Plan, voice: Voice, tell: Progress) -> None:
    total = sum(len(p.new) + len(p.changed) + len(p.joined) + len(p.gone) for p in plan.parts)
    numbers = numbers_of(batch, plan, voice.ids.get("Person", {}))
    # Those who are known go first, so that nobody new has a number that another is about to give up.
    joined = {identity for part in plan.parts if part.kind is Person for *_, identity in part.joined}
    renumber_people(batch, numbers, joined | {identity for _, identity in plan.held.of(Person).values()})
    done = 0
    for part in plan.parts:
        for written in _write(batch, part, voice, numbers if part.kind is Person else {}):
            done += written
            tell("writing", done, total)
    for part in reversed(plan.parts):
        voice.withdraw(part)
        done += len(part.gone)
        tell("writing", done, total)


def _write(batch: Batch, part: Part, voice: Voice, numbers: Numbers) -> Iterator[int]:
    for start in range(0, len(part.new), CHUNK):
        some = part.new[start : start + CHUNK]
        made = voice.made(part.kind, [row for row, _ in some])
        for values in made if numbers else ():
            values.update(numbers.get(values["id"], {}))
        _insert(batch, part.kind, made)
        yield len(some)
    for start in range(0, len(part.changed), CHUNK):
        yield voice.correct(part.kind, [(row, identity) for row, _, identity in part.changed[start : start + CHUNK]])
    former = {identity: key for key, identity in part.rekeyed.items()}
    for row, _, identity in part.joined:
        if identity in former:
            voice.rekey(part.kind, row, identity, former[identity])
        else:
            voice.join(part.kind, row, identity)
        yield 1


def _insert(batch: Batch, kind: type[Record], rows: list[dict[str, Any]]) -> None:
    if kind is not School:
        batch.add(kind, rows)
        return
    wanted = [row.get("estab") or row.get("identifier") for row in rows]
    for row, number in zip(rows, wanted, strict=True):
        # One by one, since the hub's own next number depends on the school before.
        row["estab"] = _estab(batch, number if wanted.count(number) == 1 else None)
        batch.add(School, [row])


def _estab(batch: Batch, wanted: str | None) -> str:
    taken = bool(wanted) and batch.kept.schools.has_estab(wanted or "")
    return batch.kept.schools.free_estab(None if taken else wanted, batch.district)


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
