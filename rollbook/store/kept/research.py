"""Accounts, projects, teams and subjects of research."""

from __future__ import annotations

from .statements import Statements


class Research(Statements):
    """Accounts, projects, teams and subjects of research."""
