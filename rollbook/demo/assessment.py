"""Assessments and their results of an invented school."""

from __future__ import annotations

from .opened import Opened


def put_assessment(opened: Opened) -> None:
    """Add them."""
