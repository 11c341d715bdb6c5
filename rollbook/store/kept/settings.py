"""Settings of a data directory."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .statements import Timed

ADMISSION = "admission"

RESTORED = "restored"
"""The setting that tells what was lost when a hub was restored, each time."""


class Gap(NamedTuple):
    """What a hub lost when it was restored: writes after the `last` number, and after a moment (UTC, milliseconds).

    Writes go on after the number `jump`; it was restored at the moment `until`.
    """

    last: int
    jump: int
    at: str
    until: str


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

    def admission(self) -> str:
        """What is another text after each change on which it may rest who is admitted, or what is granted."""
        return self.get(ADMISSION) or ""

    def turn(self) -> None:
        """Let `admission` be another text once the transaction is kept."""
        self._do(
            "INSERT INTO setting VALUES (?, '1') ON CONFLICT (name)"
            " DO UPDATE SET value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT)",
            (ADMISSION,),
        )

    def gaps(self) -> tuple[Gap, ...]:
        """What was lost when the hub was restored, each time."""
        return tuple(Gap(*one) for one in json.loads(self.get(RESTORED) or "[]"))

    def day(self, time_zone: str | None) -> str:
        """The day on a school's clock (yyyy-MM-dd), unless the data directory has stopped the clock."""
        stopped, now = self.get("today"), self._clock()
        try:
            zone = ZoneInfo(time_zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            zone = UTC
        return stopped or datetime.fromtimestamp(now, zone).date().isoformat()
