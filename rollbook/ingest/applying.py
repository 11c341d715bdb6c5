"""Writing a plan: new records in chunks, changes field by field, what is gone last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from ..fields import Record
from ..model.attendance import STATUTORY_CODES, WITHDRAWN_CODES, AttendanceCode
from ..model.organisation import School
from ..model.people import Person
from ..store.writing import Batch
from .memory import Written, remember_rows
from .numbering import Numbers, numbers_of, renumber_people
from .plan import Part, Plan, targets
from .rows import Progress, Row
from .voices import Voice

CHUNK = 2_000

T = TypeVar("T")


def write_plan(batch: Batch, plan: Plan, key: str, tell: Progress) -> None:
    """Make the hub say what the source says; `key` is the source's in the remainders."""
    with batch.quoting(plan.source):
        ids = _ids(batch, plan)
        written = _write_parts(batch, plan, Voice(batch, plan.source, key, ids), tell)
        remember_rows(batch, plan, written)
    _add_codes(batch, plan, ids.get("School", {}))


def _ids(batch: Batch, plan: Plan) -> dict[str, dict[str, str]]:
    """The hub ids of all that rows of the source refer to, by kind and by its own keys.

    Ids come first, so that a row may refer to one of its own kind, whichever comes first.
    """
    held = ((name, rows) for name, rows in plan.held.kinds.items() if name in targets())
    ids = {name: {key: identity for key, (_, identity) in rows.items()} for name, rows in held}
    for part in plan.parts:
        if part.kind.__name__ in targets():
            known = ids.setdefault(part.kind.__name__, {})
            known.update((row.key, identity) for row, _, identity in part.joined)
            promised = batch.promises(part.kind, len(part.new))
            known.update((row.key, identity) for (row, _), identity in zip(part.new, promised, strict=True))
    return ids


def _write_parts(batch: Batch, plan: Plan, voice: Voice, tell: Progress) -> Written:
    total = sum(len(p.new) + len(p.changed) + len(p.joined) + len(p.gone) for p in plan.parts)
    numbers = numbers_of(batch, plan, voice.ids.get("Person", {}))
    # Those who are known go first, so that nobody new has a number that another is about to give up.
    joined = {identity for part in plan.parts if part.kind is Person for *_, identity in part.joined}
    renumber_people(batch, numbers, joined | {identity for _, identity in plan.held.of(Person).values()})
    done, written = 0, Written()
    for part in plan.parts:
        with batch.filling(part.kind, len(part.new)):
            for count in _write(batch, part, voice, numbers if part.kind is Person else {}, written):
                done += count
                tell("writing", done, total)
        written.done(part.kind.__name__)
    for part in reversed(plan.parts):
        voice.withdraw(part)
        done += len(part.gone)
        tell("writing", done, total)
    return written


def _write(batch: Batch, part: Part, voice: Voice, numbers: Numbers, written: Written) -> Iterator[int]:
    kind = part.kind
    for some in _chunks(part.new):
        rows = [row for row, _ in some]
        own = voice.ids.get(kind.__name__) or _promised(batch, kind, rows)
        made = voice.made(kind, rows, own)
        for values in made if numbers else ():
            values.update(numbers.get(values["id"], {}))
        _insert(batch, kind, made)
        written.add(kind.__name__, ((row.key, said, own[row.key]) for row, said in some))
        yield len(some)
    for some in _chunks(part.changed):
        yield voice.correct(kind, [(row, identity) for row, _, identity in some])
    former = {identity: key for key, identity in part.rekeyed.items()}
    for some in _chunks(part.joined):
        yield voice.join_all(kind, [(row, identity) for row, _, identity in some], former)
        written.add(kind.__name__, ((row.key, said, identity) for row, said, identity in some))


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    every = iter(items)
    while some := list(islice(every, CHUNK)):
        yield some


def _promised(batch: Batch, kind: type[Record], rows: Sequence[Row]) -> dict[str, str]:
    """The hub ids of rows to which nothing refers."""
    return dict(zip((row.key for row in rows), batch.promises(kind, len(rows)), strict=True))


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
