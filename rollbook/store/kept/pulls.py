"""What is being read page by page."""

from __future__ import annotations

from .statements import Statements


class Pulls(Statements):
    """What is being read page by page."""
