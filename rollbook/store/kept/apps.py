"""Apps, what they registered, and the districts that they made."""

from __future__ import annotations

from .statements import Statements


class Apps(Statements):
    """Apps, what they registered, and the districts that they made."""

    def names(self) -> dict[str, tuple[str, str]]:
        """By hub id, the name by which each app signs in, and what it is called."""
        return {app: (party, name) for app, party, name in self._rows("SELECT id, relying_party, name FROM app")}
