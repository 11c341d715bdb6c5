"""Accounts, projects, teams and subjects of research."""

from __future__ import annotations

from .statements import Statements


class Research(Statements):
    """Accounts, projects, teams and subjects of research."""

    def emails(self) -> dict[str, str]:
        """The e-mail address of each researcher, by hub id."""
        return dict(self._rows("SELECT id, email FROM research_user"))
