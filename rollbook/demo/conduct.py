"""Achievements and behaviour, detentions and report cards of an invented school."""

from __future__ import annotations

from .opened import Opened


def put_conduct(opened: Opened) -> None:
    """Add them."""
