"""Where students were before, entitlement and post-16 study of an invented school."""

from __future__ import annotations

from .opened import Opened


def put_histories(opened: Opened) -> None:
    """Add them."""
