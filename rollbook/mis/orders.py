"""Orders: each write-back is entered once, whatever is killed at whatever moment, and what came of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ..fields import RECORDS
from ..store.kept import Kept
from ..store.kept.orders import Entry, Outcome
from ..store.numbering import now
from ..store.port import Store
from ..store.writing import Batch
from .changes import Change, Invalid, MisRefused, from_wire, to_wire
from .profiles import profile_of
from .school import SchoolRecords, Sees, anything

DONE, INVALID, FAILED, UNREACHED = "done", "invalid", "failed", "unreached"


class Order(msgspec.Struct, frozen=True):
    """A write-back that was accepted: its id, which never serves twice, under which grant, and what to enter where."""

    id: str
    grant: str
    app: str
    district: int
    school: str
    operation: str
    """The name of the endpoint that took it, such as ConductAsync."""
    change: dict[str, Any]
    callback: str | None = None
    """The address to call when it is entered, or cannot be."""

    @property
    def what(self) -> Change:
        """The change itself."""
        return from_wire(self.change)


Tell = Callable[[Order, Outcome], dict[str, Any] | None]
"""What to tell an app of an outcome: the payload of a `webhook` job, or None when nobody asked."""


class WriteBacks:
    """Enters orders in the hub's own records, and keeps what came of each."""

    def __init__(self, store: Store, tell: Tell) -> None:
        self.store = store
        self.tell = tell

    def outcome(self, identity: str) -> Outcome | None:
        """What came of an order; None while nothing has."""
        return self.store.kept.orders.outcome(identity)

    def enter(
        self,
        order: Order,
        today: str,
        admit: Callable[[Kept], Sees] | None = None,
        patience: float | None = None,
    ) -> Outcome:
        """Enter an order in the hub's records, once: a repeat gives what came of it the first time.

        `admit` raises `Invalid` when, within the transaction, the order is no longer one that its grant allows, and
        gives what that lets the app see. Raises `Occupied` when somebody else writes for longer than `patience`
        seconds (None: the store's own).
        """
        with self.store.of_district(order.district, patience) as kept:
            known = kept.orders.outcome(order.id)
            if known is not None:
                return known
            outcome = self._tried(kept, order, today, admit)
            self.keep(kept, order, outcome)
            return outcome

    def settle(self, order: Order, outcome: Outcome) -> Outcome:
        """Keep what came of an order that was entered elsewhere, or nowhere; the first outcome stands."""
        with self.store.of_district(order.district) as kept:
            known = kept.orders.outcome(order.id)
            if known is None:
                self.keep(kept, order, outcome)
            return known or outcome

    def keep(self, kept: Kept, order: Order, outcome: Outcome) -> None:
        """Write down an outcome, and promise to tell of it, within a transaction."""
        kept.orders.end(Entry(order.id, order.grant, order.district, order.school, order.operation), outcome, now())
        told = self.tell(order, outcome)
        if told is not None:
            kept.outbox.promise("webhook", {**told, "people": _named_by(kept, order)})

    def _tried(self, kept: Kept, order: Order, today: str, admit: Callable[[Kept], Sees] | None) -> Outcome:
        try:
            with kept.attempt():
                sees = admit(kept) if admit is not None else anything
                batch = Batch(kept, order.district)
                mis = kept.schools.system(order.district, order.school)
                results = order.what.enter(SchoolRecords(batch, order.school, today, sees), profile_of(mis or ""))
                batch.settle()
                return Outcome(DONE, results=results)
        except Invalid as error:
            return Outcome(INVALID, tuple(p.what for p in error.problems))
        except MisRefused as error:
            return Outcome(FAILED, tuple(p.what for p in error.problems))


def _named_by(kept: Kept, order: Order) -> list[str]:
    """The hub ids of the people whom an order names, as far as they are there: what came of it says so."""
    found = {
        identity
        for kind, mis_ids in order.what.people().items()
        for identity in kept.records.named(
            RECORDS[kind], order.district, order.school, [one.removeprefix("-") for one in mis_ids]
        )
    }
    return sorted(found)


def order_payload(order: Order) -> dict[str, Any]:
    """An order as the payload of a job."""
    return msgspec.to_builtins(order)


def order_from(payload: dict[str, Any]) -> Order:
    """The order in the payload of a job."""
    return msgspec.convert(payload, Order)


__all__ = [
    "DONE",
    "FAILED",
    "INVALID",
    "UNREACHED",
    "Order",
    "Outcome",
    "Tell",
    "WriteBacks",
    "order_from",
    "order_payload",
    "to_wire",
]
