"""Apps, what they registered, and the districts that they made."""

from __future__ import annotations

from .statements import Statements


class Apps(Statements):
    """Apps, what they registered, and the districts that they made."""
