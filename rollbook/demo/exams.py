"""Public examinations of an invented school."""

from __future__ import annotations

from .opened import Opened


def put_exams(opened: Opened) -> None:
    """Add them."""
