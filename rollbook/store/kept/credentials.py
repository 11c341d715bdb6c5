"""Keys of apps and of schools, kept as digests."""

from __future__ import annotations

from .statements import Statements


class Credentials(Statements):
    """Keys of apps and of schools, kept as digests."""
