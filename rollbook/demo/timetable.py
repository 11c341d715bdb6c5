"""The timetable, rooms, cover and seating plans of an invented school."""

from __future__ import annotations

from .opened import Opened


def put_timetable(opened: Opened) -> None:
    """Add them."""
