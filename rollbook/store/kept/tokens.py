"""Tokens and tickets that were handed out, kept as digests, until they end."""

from __future__ import annotations

from .statements import Statements


class Tokens(Statements):
    """Tokens and tickets that were handed out, kept as digests, until they end."""
