"""In what condition the records are, as far as one look tells: for those who run the hub."""

from __future__ import annotations

from datetime import UTC, datetime

from ...fields import RECORDS
from .statements import Statements


class Condition(Statements):
    """What is told of records as a whole."""

    def last_write(self) -> float | None:
        """When records were last written (seconds since 1970); None where they never were."""
        at = self._value("SELECT max(at) FROM clock")
        return datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() if at else None

    def dangling(self) -> list[tuple[str, str, int]]:
        """References to records that are not there: kind, fact, and in how many rows."""
        found = [
            (kind.__name__, name, self._value(_DANGLING.format(table=kind.table, name=name, target=ref.target.table)))
            for kind in RECORDS.values()
            if not kind.derived()
            for name, ref in kind.refs().items()
            if ref.stored
        ]
        return [one for one in found if one[2]]


_DANGLING = (
    'SELECT count(*) FROM "{table}" r WHERE r."{name}" IS NOT NULL AND NOT EXISTS'
    ' (SELECT 1 FROM "{target}" t WHERE t.key = r."{name}" AND t.district = r.district)'
)
