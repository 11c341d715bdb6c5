"""Whom schools let apps see: drafts, lists, rules, and what they come to."""

from __future__ import annotations

from .statements import Statements


class Choices(Statements):
    """Whom schools let apps see: drafts, lists, rules, and what they come to."""
