"""What waits for somebody to decide, kept between imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from uuid import uuid4

from ...store.kept.matches import Review
from ...store.numbering import now
from ...store.writing import Batch
from ..plan import Plan, Question
from ..rows import Aside
from ..setting_aside import set_aside

Known = tuple[str, str]
"""The kind of a row and its key."""


def keep_questions(batch: Batch, plan: Plan) -> None:
    """Write down what waits after an import was written, and forget what is no longer a question."""
    kept, district = batch.kept.matches, batch.district
    fresh = list(_reviews(batch, plan))
    asked = {(one.kind, one.key, one.candidate) for one in fresh}
    old = [one for one in kept.reviews(district) if one.source == plan.source]
    settled, left = _settled(plan, old)
    stale = [one for one in old if _of(one) not in asked and (one.kind, one.key) in settled]
    gone = [one for one in old if _of(one) not in asked and (one.kind, one.key) in left]
    kept.drop(district, {one.id for one in (*stale, *gone)})
    kept.wait(district, fresh)


def _of(review: Review) -> tuple[str, str, str]:
    return review.kind, review.key, review.candidate


def _settled(plan: Plan, old: Iterable[Review]) -> tuple[set[Known], set[Known]]:
    """Of the rows that were asked about: those that were new again, so that they were matched, and those that left."""
    settled, left = set[Known](), set[Known]()
    keys: dict[str, set[str]] = {}
    for one in old:
        keys.setdefault(one.kind, set()).add(one.key)
    for part in plan.parts:
        name = part.kind.__name__
        if wanted := keys.get(name):
            again = chain((row for row, _ in part.new), (row for row, _, _ in part.joined))
            settled |= {(name, row.key) for row in again if row.key in wanted}
            there = {row.key for row in part.rows if row.key in wanted} if part.whole else wanted
            left |= {(name, key) for key in wanted - there}
    return settled, left


def _reviews(batch: Batch, plan: Plan) -> Iterator[Review]:
    for one in plan.questions:
        candidate = one.candidate or _twin(batch, plan, one)
        if candidate:
            yield Review(
                str(uuid4()),
                plan.source,
                one.kind.__name__,
                one.key,
                candidate,
                one.rule,
                one.facts,
                one.said,
                "waiting",
                now(),
            )


def _twin(batch: Batch, plan: Plan, one: Question) -> str | None:
    return batch.kept.sources.record_of(batch.district, plan.source, one.kind.__name__, one.twin)


def ask(plan: Plan) -> None:
    """Set aside the rows that wait for somebody to decide, with all that would refer to nothing without them."""
    waits = {(one.kind, one.key): one for one in reversed(plan.questions) if one.waits}
    parts = [part for part in plan.parts if any(part.kind is kind for kind, _ in waits)]
    places = {(p.kind, row.key): row.place for p in parts for row, _ in p.new if (p.kind, row.key) in waits}
    set_aside(plan, [_aside(one, places[kind, key]) for (kind, key), one in waits.items()])


def _aside(one: Question, place: tuple[str, int]) -> Aside:
    said = f"may be a {one.kind.__name__} that the hub holds ({one.rule})"
    return Aside(one.kind.__name__, one.key, place, "", said, "decide with `rollbook people review`", fault=False)
