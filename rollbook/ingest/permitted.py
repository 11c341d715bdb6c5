"""Rows of a source that may not make records of their kind: what they do not find waits."""

from __future__ import annotations

from ..store.precedence import Order
from .plan import Plan
from .rows import Aside
from .setting_aside import set_aside

NOT_FOUND = "is no record that the hub has, and this source may not make one"
HINT = "have another source bring it, or let this one say all of its kind"


def set_unfound_aside(plan: Plan, order: Order) -> None:
    """Set rows aside that were matched to no record, and of whose kind the source may say nothing, or not all."""
    if order.limits(plan.source):
        kinds = (part for part in plan.parts if part.new and not order.whole(plan.source, part.kind))
        rows = [(part.kind.__name__, row) for part in kinds for row, _ in part.new]
        set_aside(plan, [Aside(kind, row.key, row.place, "", NOT_FOUND, HINT, fault=False) for kind, row in rows])
