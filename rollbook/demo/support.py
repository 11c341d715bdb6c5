"""Special needs, agencies, interventions and exclusions of an invented school."""

from __future__ import annotations

from .opened import Opened


def put_support(opened: Opened) -> None:
    """Add them."""
