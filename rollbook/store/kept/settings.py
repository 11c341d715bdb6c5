"""Settings of a data directory."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .statements import Timed


class Settings(Timed):
    """Settings of a data directory."""

    def get(self, name: str) -> str | None:
        """A setting."""
        return self._value("SELECT value FROM setting WHERE name = ?", (name,))

    def put(self, name: str, value: str) -> None:
        """Change a setting."""
        self._do(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
        )

    def day(self, time_zone: str | None) -> str:
        """The day on a school's clock (yyyy-MM-dd), unless the data directory has stopped the clock."""
        stopped, now = self.get("today"), self._clock()
        try:
            zone = ZoneInfo(time_zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            zone = UTC
        return stopped or datetime.fromtimestamp(now, zone).date().isoformat()
