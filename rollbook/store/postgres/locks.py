"""Who may write: one transaction at a time to a district, and to the whole hub where consent is changed.

Whoever writes the records of a district shares the hub with those who write other districts. Whoever changes what is
not one district's (consent, settings, a new district) has the hub alone: what a grant lets an app see is worked out
from both, so neither may change while the other is read. The locks are advisory ones, which go with the transaction:
they need no row to be there, and everybody can see in `pg_locks` which districts are being written.
"""

from __future__ import annotations

from ...waiting import seconds_left
from .faults import occupied
from .session import Session

LOCK = 0x526F6C6C
"""What a lock of the hub's is told from other programs' by, in databases that they share ("Roll")."""

HUB = -2
"""The number of the lock of the whole hub; those of districts are the districts' own, from 0."""

LEDGER = -4
"""The number of the lock of the ledger."""


def share_hub(session: Session, patience: float) -> None:
    """Keep others from having the hub alone; raises `Occupied` after `patience` seconds."""
    _lock(session, "_shared", HUB, patience)


def have_hub(session: Session, patience: float) -> None:
    """Have the hub alone; raises `Occupied` after `patience` seconds."""
    _lock(session, "", HUB, patience)


def have_district(session: Session, district: int, patience: float) -> None:
    """Be the only one who writes a district; raises `Occupied` after `patience` seconds."""
    _lock(session, "", district, patience)


def have_ledger(session: Session, patience: float) -> None:
    """Be the only one who adds to the ledger; raises `Occupied` after `patience` seconds."""
    _lock(session, "", LEDGER, patience)


def _lock(session: Session, how: str, number: int, patience: float) -> None:
    """Have a lock at once, or wait for it, which costs the present request some of what it may wait."""
    place = f"CAST({LOCK} AS integer), CAST(? AS integer)"
    if session.execute(f"SELECT pg_try_advisory_xact_lock{how}({place})", (number,)).get:
        return
    left = seconds_left(patience)
    if left <= 0:
        raise occupied()
    session.be_patient(left)
    session.execute(f"SELECT pg_advisory_xact_lock{how}({place})", (number,))


def written(session: Session) -> set[int]:
    """The districts that are being written now."""
    held = (
        "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND CAST(classid AS bigint) = ? AND granted"
        " AND CAST(objid AS bigint) < 2147483648"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return {int(district) for (district,) in session.execute(held, (LOCK,)).fetchall()}
