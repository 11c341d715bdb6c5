"""What was entered by write-backs, and what became of it at the school's system."""

from __future__ import annotations

from .statements import Statements


class Orders(Statements):
    """What was entered by write-backs, and what became of it at the school's system."""
