"""Why a source was refused, kept for the school to see, without any personal data."""

from __future__ import annotations

import re

from ..errors import RollbookError
from ..store.connection import Connection
from ..store.writing import now

QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
"""A cell as a problem quotes it."""

MOST_PROBLEMS = 500


def keep_refusal(db: Connection, district: int, source: str, error: RollbookError | None) -> None:
    """Write down, in a transaction, what a source was refused for last; None when it was accepted."""
    rows = [
        (district, source, number, now(), *(QUOTED.sub("a value", text) for text in (p.where, p.what, p.hint)))
        for number, p in enumerate(error.problems[:MOST_PROBLEMS] if error else (), 1)
    ]
    db.execute("DELETE FROM refusal WHERE district = ? AND source = ?", (district, source))
    db.executemany("INSERT INTO refusal VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
