"""What school agents are asked to do."""

from __future__ import annotations

from .statements import Statements


class Tasks(Statements):
    """What school agents are asked to do."""
