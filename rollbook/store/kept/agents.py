"""School agents, and the schools whose records they bring."""

from __future__ import annotations

from .statements import Statements


class Agents(Statements):
    """School agents, and the schools whose records they bring."""
