"""The ledger as tests look into it."""

from __future__ import annotations

from rollbook.fields import RECORDS
from rollbook.store.ledger import Once
from tests.looking import look

from .hub import THORNFIELD, Hub


def entries(hub: Hub) -> list[Once]:
    """Everything that was told, the latest first."""
    ledger = hub.store.ledger
    ledger.fold()
    return ledger.log([what.number for what in ledger.whats()], take=100_000)


def told(hub: Hub) -> frozenset[str]:
    """The hub ids of those of whom the last answer told."""
    ledger = hub.store.ledger
    ledger.fold()
    (last,) = ledger.log([what.number for what in ledger.whats()], take=1)
    return ledger.people(last.number)


def roles(hub: Hub, *mis_ids: str, kind: str = "Student", estab: str = THORNFIELD) -> set[str]:
    """The hub ids of some people of a school, by MIS id; without any, of all of the kind."""
    rows = look(
        hub.store,
        f'SELECT r.id, r.mis_id FROM "{RECORDS[kind].table}" r JOIN school s ON s.district = r.district'
        " AND s.id = r.school WHERE s.estab = ?",
        (estab,),
    )
    return {identity for identity, mis_id in rows if not mis_ids or mis_id in mis_ids}
