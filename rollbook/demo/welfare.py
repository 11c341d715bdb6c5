"""Health, diet, meals, applications and consents of an invented school."""

from __future__ import annotations

from .opened import Opened


def put_welfare(opened: Opened) -> None:
    """Add them."""
