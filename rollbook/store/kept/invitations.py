"""What schools are asked by apps, by e-mail, and how they answered."""

from __future__ import annotations

from .statements import Statements


class Invitations(Statements):
    """What schools are asked by apps, by e-mail, and how they answered."""
