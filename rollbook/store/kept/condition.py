"""In what condition the records are, as far as one look tells: for those who run the hub."""

from __future__ import annotations

from datetime import UTC, datetime

from .statements import Statements


class Condition(Statements):
    """What is told of records as a whole."""

    def last_write(self) -> float | None:
        """When records were last written (seconds since 1970); None where they never were."""
        at = self._value("SELECT max(at) FROM clock")
        return datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() if at else None
