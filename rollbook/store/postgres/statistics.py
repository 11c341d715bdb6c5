"""What the server knows of how much its tables hold, brought up to date where much has just been added.

The server looks by itself about a minute later. Until then it would plan questions of several joins as if a table that
was filled a moment ago still held next to nothing, and answer some of them for seconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from .session import Session

LEAST = 500
"""How many new rows are enough to look at a table that held little."""

SHARE = 0.1
"""How many new rows are enough for a larger one, as a share of those that the server knows of."""

_KNOWN = (
    "SELECT relname, reltuples FROM pg_class WHERE relnamespace = CAST(current_schema() AS regnamespace)"
    " AND relname IN (SELECT value FROM json_array_elements_text(CAST(? AS json)))"
)


def refresh(session: Session, added: Mapping[str, int]) -> None:
    """Have the server look at the tables to which so many rows were added, where that is much for them."""
    many = {table: rows for table, rows in added.items() if rows >= LEAST}
    if not many:
        return
    for table, known in session.execute(_KNOWN, (json.dumps([*many]),)).fetchall():
        if many[table] >= SHARE * known:
            # Somebody else who looks at it already need not be waited for.
            session.execute(f'ANALYZE (SKIP_LOCKED) "{table}"')
