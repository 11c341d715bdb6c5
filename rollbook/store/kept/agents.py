"""School agents, and the schools whose records they bring."""

from __future__ import annotations

from .statements import Statements


class Agents(Statements):
    """School agents, and the schools whose records they bring."""

    # ---- what they brought

    def position(self, identity: str) -> int | None:
        """How far the history of an agent (id) has been followed; None when it must be read whole."""
        return self._value("SELECT position FROM school_agent WHERE id = ?", (identity,))

    def follow(self, identity: str, position: int | None) -> None:
        """The history of an agent (id) has been followed up to a number; None: it must be read whole."""
        self._do("UPDATE school_agent SET position = ? WHERE id = ?", (position, identity))

    def brought(self, identity: str, district: int, position: int) -> None:
        """An agent (id) has brought a district whole, as it was at a number of its history."""
        self._do(
            "UPDATE school_agent SET district = ?, position = ?, may_shrink = 0 WHERE id = ?",
            (district, position, identity),
        )
