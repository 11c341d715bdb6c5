"""Documents, user-defined fields, lookups and tags of an invented school."""

from __future__ import annotations

from .opened import Opened


def put_papers(opened: Opened) -> None:
    """Add them."""
