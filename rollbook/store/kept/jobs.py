"""Jobs: what is to be done, by whom, until when, and how it ended."""

from __future__ import annotations

from .statements import Statements


class Jobs(Statements):
    """Jobs: what is to be done, by whom, until when, and how it ended."""
