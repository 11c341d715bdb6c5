"""What moved, what is gone, former ids, and records that one app alone sees or does not see."""

from __future__ import annotations

from .statements import Statements


class History(Statements):
    """What moved, what is gone, former ids, and records that one app alone sees or does not see."""
