"""The grants through which an app has been able to read a district, and so may hold what it has read."""

from __future__ import annotations


def opened(which: str) -> str:
    """The statement that writes down those of some grants `g` that are active and whose app has a key."""
    return (
        f"INSERT INTO opened SELECT g.id FROM \"grant\" g WHERE {which} AND g.state = 'active'"
        " AND EXISTS (SELECT 1 FROM credential c WHERE c.app = g.app) ON CONFLICT DO NOTHING"
    )
