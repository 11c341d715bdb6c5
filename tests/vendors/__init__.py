"""Services of vendors on loopback, made from their public documents: each is a table of what it serves."""

from __future__ import annotations

from .aeries import AERIES
from .service import Case

VENDORS: dict[str, Case] = {"aeries": AERIES}
"""Each by the name of its connector."""
