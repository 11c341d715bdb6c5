"""Data sets that were returned, to compare with what comes later."""

from __future__ import annotations

from .statements import Statements


class Snapshots(Statements):
    """Data sets that were returned, to compare with what comes later."""
