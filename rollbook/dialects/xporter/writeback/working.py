"""Entering queued write-backs, and telling what came of them."""

from __future__ import annotations

from typing import Any

from ....jobs import Job, Later
from ....mis import Find, Order, Outcome, WriteBacks
from ....mis.orders import DONE, FAILED, order_from

AGAIN = 300.0
"""Seconds between two tries to reach a school's MIS: five minutes, as the document says."""


class Entering:
    """Does a `writeback` job."""

    def __init__(self, writebacks: WriteBacks, find: Find) -> None:
        self.writebacks = writebacks
        self.find = find

    def __call__(self, job: Job) -> None:
        """Enter an order, or have it wait for a MIS that cannot be reached."""
        order = order_from(job.payload)
        if self.writebacks.outcome(order.id) is not None:
            return
        if self.find(order.district, order.school).take(order) is None:
            raise Later(AGAIN)


def tell(order: Order, outcome: Outcome) -> dict[str, Any] | None:
    """What an app is told of an outcome ("Async Callback on Completion"): parameters of its own address, and the ids.

    `XodCompleted` is True, or False when it did not fit the school's records or the school's agent could not be
    reached, or empty when the MIS could not enter it.
    """
    if order.callback is None:
        return None
    completed = {DONE: "True", FAILED: ""}.get(outcome.state, "False")
    query = {"trackingid": order.id, "XodCompleted": completed}
    if outcome.messages:
        query["ErrorMessage"] = "; ".join(outcome.messages)
    return {
        "app": order.app,
        "grant": order.grant,
        "family": "writeback",
        "url": order.callback,
        "query": query,
        "json": {"result": list(outcome.results)} if outcome.results else {},
        "form": None,
    }
