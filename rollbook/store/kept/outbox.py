"""Jobs that a change of the records has promised, until the queue has them."""

from __future__ import annotations

from .statements import Statements


class Outbox(Statements):
    """Jobs that a change of the records has promised, until the queue has them."""
