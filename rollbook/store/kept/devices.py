"""Devices and tokens of people who sign in."""

from __future__ import annotations

from .statements import Statements


class Devices(Statements):
    """Devices and tokens of people who sign in."""
