"""Reading as of an earlier day: which days there are, and what an answer of one says of itself."""

from __future__ import annotations

import re
from datetime import date

HEADER = b"rollbook-as-of"


def is_day(text: str) -> bool:
    """Whether a text is a day, yyyy-MM-dd."""
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) and date.fromisoformat(text))
    except ValueError:
        return False


def says(day: str, since: str) -> tuple[bytes, bytes]:
    """The header of an answer as of a day; `since` is the day from which on the hub has kept records."""
    what = f"{day}; by dates: roll and memberships; as now: other values and whom you may see; records since {since}"
    return HEADER, what.encode()
