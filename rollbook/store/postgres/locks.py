"""Who may write: one transaction at a time to a district, and one to what is no district's.

What the schools of a district grant is written under the lock of the district, like its records: what an app may see
is worked out from both, so neither may change while the other is read. What is no district's (settings, apps, their
keys) has a lock of its own, and so does the making of districts and the giving of numbers to schools, which must not
be given twice in the whole hub. So an import of minutes holds up its own district only.

Nobody waits for somebody who waits for them, since locks are taken in one order: districts by number; then the one that
all share (0), which whoever writes to a district may turn to; then the one of making, where a school is made. Who makes
a district has that one first, and then only that of the new district, which nobody else knows.

The locks are advisory ones, which go with the transaction: they need no row to be there, and everybody can see in
`pg_locks` which districts are being written.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...waiting import seconds_left, waiting
from ..plan.flavours.postgres import LOCK, PARTS
from .faults import occupied
from .session import Session

HUB = -2
"""The number of the lock of what is no district's; those of districts are the districts' own, from 0."""

LEDGER = -4
"""The number of the lock of the ledger."""

MAKING = -7
"""The number of the lock of whoever makes a hub where there is none, which lasts as long as their session."""

FOUNDING = PARTS["schools"]
"""The number of the lock of making a district, or a school."""


def in_order(districts: Iterable[int]) -> list[int]:
    """Districts in the order in which their locks are taken: the one that all share comes last."""
    return sorted(districts, key=lambda district: (district == 0, district))


def have(session: Session, number: int, patience: float) -> None:
    """Be the only one who writes a district, or another part of the hub, until the transaction ends.

    Who has to wait is given some of what the present request may wait; raises `Occupied` after `patience` seconds.
    """
    place = f"CAST({LOCK} AS integer), CAST(? AS integer)"
    if session.execute(f"SELECT pg_try_advisory_xact_lock({place})", (number,)).get:
        return
    left = seconds_left(patience)
    if left <= 0:
        raise occupied()
    session.be_patient(left)
    with waiting():
        session.execute(f"SELECT pg_advisory_xact_lock({place})", (number,))


def written(session: Session) -> set[int]:
    """The districts that are being written now."""
    return {number for number in _held(session) if number >= 0}


def have_making(session: Session) -> bool:
    """Be the only one who makes a hub, until the session ends; false where another one is."""
    return session.execute("SELECT pg_try_advisory_lock(CAST(? AS integer), CAST(? AS integer))", (LOCK, MAKING)).get


def being_made(session: Session) -> bool:
    """Whether somebody makes a hub now."""
    return MAKING in _held(session)


def _held(session: Session) -> set[int]:
    held = (
        "SELECT CAST(objid AS bigint) FROM pg_locks WHERE locktype = 'advisory' AND CAST(classid AS bigint) = ?"
        " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    # The server tells of a number below 0 as of one from 2 ** 31 on.
    return {number - (number >> 31 << 32) for (number,) in session.execute(held, (LOCK,)).fetchall()}
