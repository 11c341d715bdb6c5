"""What apps asked to be told of when it changes."""

from __future__ import annotations

from .statements import Statements


class Subscriptions(Statements):
    """What apps asked to be told of when it changes."""
