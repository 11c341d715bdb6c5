"""Districts, schools and the words of standards, as far as others than readers need them."""

from __future__ import annotations

from .statements import Statements


class Schools(Statements):
    """Districts, schools and the words of standards, as far as others than readers need them."""
