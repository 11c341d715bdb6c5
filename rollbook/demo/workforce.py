"""Staff absences, checks, contracts, qualifications and training of an invented school."""

from __future__ import annotations

from .opened import Opened


def put_workforce(opened: Opened) -> None:
    """Add them."""
