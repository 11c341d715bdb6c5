"""Deciding whether a row of a source is a record that the hub holds, and what comes of it at once."""

from __future__ import annotations

from uuid import uuid4

from ..errors import NotFound, Problem
from ..store.kept.matches import Review
from ..store.numbering import now
from ..store.writing import Batch
from .following import take_waiting
from .merging import merge, split, unjoin

AT_ONCE = "it holds from now on"
AT_NEXT = "it takes effect with the next import of the source"


def decide(batch: Batch, review: Review, *, same: bool, by: str, form: str) -> str:
    """Write down what somebody decided, and do it; gives in words when it takes effect.

    `form` is the source's key in remainders. A decision that was made before is changed.
    """
    batch.kept.matches.decide(batch.district, review.id, "same" if same else "apart", by, now())
    own = batch.kept.sources.record_of(batch.district, review.source, review.kind, review.key)
    if own is None:
        plan = take_waiting(batch, review.source, form)
        return AT_ONCE if plan.moved else AT_NEXT
    if same == (own == review.candidate):
        return AT_ONCE
    return _join(batch, review, own, by) if same else _part(batch, review)


def part_from(batch: Batch, person: str, source: str, by: str) -> str:
    """Let a human be no longer whom a source tells of; gives in words when it takes effect.

    Raises `NotFound` where the source tells of nobody by that record.
    """
    claims = [key for name, key in batch.kept.matches.claims(batch.district, "Person", person) if name == source]
    if not claims:
        raise NotFound(Problem("source", f"{source} tells nothing of {person}", "name one of its sources"))
    for key in claims:
        apart = Review(str(uuid4()), source, "Person", key, person, "parted by hand", (), {}, "apart", now(), by, now())
        batch.kept.matches.wait(batch.district, [apart])
        batch.kept.matches.decide_of(batch.district, apart, by, now())
        unjoin(batch, source, key)
    return AT_NEXT


def _join(batch: Batch, review: Review, own: str, by: str) -> str:
    """Both are in the hub: the one that was there first stays."""
    if review.kind != "Person":
        return AT_NEXT
    merge(batch, review.candidate, own, by)
    return AT_ONCE


def _part(batch: Batch, review: Review) -> str:
    """Both are one record: because they were merged, which is undone, or because the row was joined to it."""
    known = {"did": "led", "kind": review.kind, "source": review.source, "key": review.key}
    for one in reversed(batch.kept.matches.merges(batch.district)):
        if one.stays == review.candidate and any(known.items() <= step.items() for step in one.steps):
            split(batch, one.stays, one.gone)
            return AT_ONCE
    unjoin(batch, review.source, review.key)
    return AT_NEXT
