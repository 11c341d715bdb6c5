"""Reading only what changed since the last time, as often as a source's settings say that this is enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from ..rows import Reading
from ..setting import Setting

FULL_EVERY = Setting(
    "full-every", "Hours between readings of everything; those between them read what changed", needed=False
)
OVERLAP = timedelta(hours=1)
"""How much further back changes are asked for: clocks differ, and a write may take its time until it is listed."""
SINCE = "since"
"""The name under which it is kept from when on changes are news."""


class Since(msgspec.Struct):
    """When everything was last read, in which version, and from when on changes are news."""

    version: str
    full: str
    moment: str

    def next(self, began: datetime) -> bytes:
        """What is kept after a reading of changes that began at a moment."""
        return msgspec.json.encode(Since(self.version, self.full, (began - OVERLAP).isoformat()))


def from_now(version: str, began: datetime) -> bytes:
    """What is kept after a reading of everything that began at a moment."""
    return Since(version, began.isoformat(), "").next(began)


def since_when(reading: Reading, version: str) -> Since | None:
    """From when on to ask for changes; None where everything has to be read."""
    data, hours = reading.kept(SINCE), float(reading.settings.get(FULL_EVERY.name) or 0)
    was = msgspec.json.decode(data, type=Since) if data else None
    if was is None or was.version != version:
        return None
    if reading.changes is not None:
        return was if reading.changes else None
    due = datetime.fromisoformat(was.full) + timedelta(hours=hours)
    return was if datetime.now(UTC) < due else None
