"""What each source said last, when it was read, and what was refused."""

from __future__ import annotations

from .statements import Statements


class Sources(Statements):
    """What each source said last, when it was read, and what was refused."""
