"""What waits for somebody to decide, kept between imports."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

from ...store.kept.matches import Review
from ...store.numbering import now
from ...store.writing import Batch
from ..plan import Plan, Question
from ..rows import Aside
from ..setting_aside import set_aside


def keep_questions(batch: Batch, plan: Plan) -> None:
    """Write down what waits after an import was written, and forget what is no longer a question."""
    kept, district = batch.kept.matches, batch.district
    fresh = list(_reviews(batch, plan))
    asked = {(one.kind, one.key, one.candidate) for one in fresh}
    old = [one for one in kept.reviews(district) if one.source == plan.source]
    settled = _settled(plan) if old else set[tuple[str, str]]()
    stale = [one for one in old if _of(one) not in asked and (one.kind, one.key) in settled]
    gone = [one for one in old if _of(one) not in asked and _left(plan, one)]
    kept.drop(district, {one.id for one in (*stale, *gone)})
    kept.wait(district, fresh)


def _of(review: Review) -> tuple[str, str, str]:
    return review.kind, review.key, review.candidate


def _settled(plan: Plan) -> set[tuple[str, str]]:
    """The rows that were new in this import, so that they were matched again."""
    every = ((part, row) for part in plan.parts for row in (*(n[0] for n in part.new), *(j[0] for j in part.joined)))
    return {(part.kind.__name__, row.key) for part, row in every}


def _left(plan: Plan, review: Review) -> bool:
    """Whether the source no longer has a row."""
    part = next((part for part in plan.parts if part.kind.__name__ == review.kind), None)
    return part is not None and part.whole and all(row.key != review.key for row in part.rows)


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
    places = {(part.kind, row.key): row.place for part in plan.parts for row, _ in part.new} if plan.questions else {}
    waits = {(one.kind, one.key): one for one in reversed(plan.questions) if one.waits}
    set_aside(plan, [_aside(one, places[kind, key]) for (kind, key), one in waits.items()])


def _aside(one: Question, place: tuple[str, int]) -> Aside:
    said = f"may be a {one.kind.__name__} that the hub holds ({one.rule})"
    return Aside(one.kind.__name__, one.key, place, "", said, "decide with `rollbook people review`", fault=False)
