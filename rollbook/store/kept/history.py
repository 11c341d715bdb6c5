"""What moved, what is gone, former ids, and records that one app alone sees or does not see."""

from __future__ import annotations

from .statements import Statements


class History(Statements):
    """What moved, what is gone, former ids, and records that one app alone sees or does not see."""

    # ---- what moved

    def newest(self, district: int) -> int:
        """The number of the last write to a district; 0 when there was none."""
        return self._value("SELECT seq FROM clock WHERE district = ?", (district,)) or 0
