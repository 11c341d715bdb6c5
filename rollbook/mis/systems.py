"""The systems that write-backs are handed to: the hub itself, where a school's records are kept in it, and others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..consent import Desk, Grant
from ..consent.checking import Checker
from ..store.kept import Kept
from .changes import Invalid
from .orders import Order, Outcome, WriteBacks
from .school import Sees


class Mis(Protocol):
    """A school's management information system."""

    def take(self, order: Order) -> Outcome | None:
        """Enter an order; gives what came of it, or None while it is on its way. The same order may come again."""
        ...


Find = Callable[[int, str], Mis]
"""Finds the system of a school by its district's number and its hub id."""


class HubMis:
    """The hub's own record as a MIS: an order is entered at once.

    `patience` is for how many seconds it waits while somebody else writes (None: for as long as its store does);
    others wait for a server meanwhile.
    """

    def __init__(self, desk: Desk, writebacks: WriteBacks, patience: float | None = None) -> None:
        self.desk = desk
        self.writebacks = writebacks
        self.patience = patience

    def take(self, order: Order) -> Outcome:
        """Enter an order once; raises `Occupied` when somebody else writes for longer than there is patience."""
        grant = standing_grant(self.desk, order)

        def admit(kept: Kept) -> Sees:
            return check_standing(kept, grant, order, self.desk).sees

        zone = grant.time_zone if grant else "UTC"
        return self.writebacks.enter(order, self.desk.memory.today(zone), admit, self.patience)


def standing_grant(desk: Desk, order: Order) -> Grant | None:
    """The grant of an order while it is active."""
    desk.memory.fresh()
    grant = desk.grants.by_id(order.grant)
    return grant if grant is not None and grant.state == "active" else None


def check_standing(kept: Kept, grant: Grant | None, order: Order, desk: Desk) -> Checker:
    """What a grant lets an order name; raises `Invalid` when it no longer lets it be entered.

    It ended, or somebody was left out since.
    """
    if grant is None or not order.what.need.met_by(grant.scopes):
        raise Invalid("The school no longer grants this write-back")
    checker = Checker(kept, grant, desk.memory.today(grant.time_zone))
    missing = order.what.strangers(checker)
    if missing:
        raise Invalid(*missing)
    return checker
