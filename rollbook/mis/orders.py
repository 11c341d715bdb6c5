"""Orders: each write-back is entered once, whatever is killed at whatever moment, and what came of it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import msgspec

from ..fields import RECORDS
from ..store.connection import BUSY_SECONDS, Connection
from ..store.outbox import promise
from ..store.sqlite import Store
from ..store.writing import Batch, now
from .changes import Change, Invalid, MisRefused, Results, from_wire, to_wire
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


class Outcome(msgspec.Struct, frozen=True):
    """What came of an order: it is `done`, or `invalid` for the school's records, or the MIS `failed` to enter it, or
    was `unreached`."""

    state: str
    messages: tuple[str, ...] = ()
    results: Results = ()


Tell = Callable[[Order, Outcome], dict[str, Any] | None]
"""What to tell an app of an outcome: the payload of a `webhook` job, or None when nobody asked."""


class WriteBacks:
    """Enters orders in the hub's own records, and keeps what came of each."""

    def __init__(self, store: Store, tell: Tell) -> None:
        self.store = store
        self.tell = tell

    def outcome(self, identity: str) -> Outcome | None:
        """What came of an order; None while nothing has."""
        return outcome_of(self.store.records, identity)

    def enter(
        self,
        order: Order,
        today: str,
        admit: Callable[[Connection], Sees] | None = None,
        patience: float = BUSY_SECONDS,
    ) -> Outcome:
        """Enter an order in the hub's records, once: a repeat gives what came of it the first time.

        `admit` raises `Invalid` when, within the transaction, the order is no longer one that its grant allows, and
        gives what that lets the app see. Raises
        `Occupied` when somebody else writes for longer than `patience` seconds.
        """
        with self.store.transaction(patience) as connection:
            known = outcome_of(connection, order.id)
            if known is not None:
                return known
            outcome = self._tried(connection, order, today, admit)
            self.keep(connection, order, outcome)
            return outcome

    def settle(self, order: Order, outcome: Outcome) -> Outcome:
        """Keep what came of an order that was entered elsewhere, or nowhere; the first outcome stands."""
        with self.store.transaction() as connection:
            known = outcome_of(connection, order.id)
            if known is None:
                self.keep(connection, order, outcome)
            return known or outcome

    def keep(self, connection: Connection, order: Order, outcome: Outcome) -> None:
        """Write down an outcome, and promise to tell of it, within a transaction."""
        connection.execute(
            "INSERT INTO writeback VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                order.id,
                order.grant,
                order.district,
                order.school,
                order.operation,
                outcome.state,
                now(),
                json.dumps([list(outcome.messages), list(outcome.results)]),
            ),
        )
        told = self.tell(order, outcome)
        if told is not None:
            promise(connection, "webhook", {**told, "people": named_by(connection, order)})

    def _tried(
        self, connection: Connection, order: Order, today: str, admit: Callable[[Connection], Sees] | None
    ) -> Outcome:
        try:
            with _savepoint(connection):
                sees = admit(connection) if admit is not None else anything
                batch = Batch(connection, order.district)
                mis = connection.execute(
                    "SELECT mis FROM school WHERE district = ? AND id = ?", (order.district, order.school)
                ).get
                results = order.what.enter(SchoolRecords(batch, order.school, today, sees), profile_of(mis or ""))
                batch.settle()
                return Outcome(DONE, results=results)
        except Invalid as error:
            return Outcome(INVALID, tuple(p.what for p in error.problems))
        except MisRefused as error:
            return Outcome(FAILED, tuple(p.what for p in error.problems))


@contextmanager
def _savepoint(connection: Connection) -> Generator[None]:
    """What is executed within is undone when it raises, while the transaction around it goes on."""
    connection.execute("SAVEPOINT entering")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK TO entering; RELEASE entering")
        raise
    connection.execute("RELEASE entering")


def named_by(connection: Connection, order: Order) -> list[str]:
    """The hub ids of the people whom an order names, as far as they are there: what came of it says so."""
    found: list[str] = []
    for kind, mis_ids in order.what.people().items():
        sql = f'SELECT id FROM "{RECORDS[kind].table}" WHERE district = ? AND school = ?'
        listed = json.dumps([mis_id.removeprefix("-") for mis_id in mis_ids])
        named = " AND mis_id IN (SELECT value FROM json_each(?))"
        found += [identity for (identity,) in connection.execute(sql + named, (order.district, order.school, listed))]
    return sorted(set(found))


def outcome_of(connection: Connection, identity: str) -> Outcome | None:
    """What came of an order, as a connection sees it; None while nothing has."""
    row = connection.execute("SELECT state, outcome FROM writeback WHERE id = ?", (identity,)).fetchone()
    if row is None:
        return None
    messages, results = json.loads(row[1])
    return Outcome(row[0], tuple(messages), tuple(results))


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
    "outcome_of",
    "to_wire",
]
