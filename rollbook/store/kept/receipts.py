"""What schools were given in writing of each decision, and who signs for them."""

from __future__ import annotations

from .statements import Statements


class Receipts(Statements):
    """What schools were given in writing of each decision, and who signs for them."""
