"""What schools granted to apps, from authorisation to end, with what was agreed and when it ends."""

from __future__ import annotations

from .statements import Statements


class Grants(Statements):
    """What schools granted to apps, from authorisation to end, with what was agreed and when it ends."""
