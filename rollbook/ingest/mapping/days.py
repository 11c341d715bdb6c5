"""Formats of days as people write them: `DD/MM/YYYY`, `D MMM YYYY`."""

from __future__ import annotations

import re
from datetime import UTC, datetime

TOKENS = {
    "YYYY": "%Y",
    "YY": "%y",
    "MMMM": "%B",
    "MMM": "%b",
    "MM": "%m",
    "M": "%m",
    "DD": "%d",
    "D": "%d",
    "HH": "%H",
    "mm": "%M",
    "ss": "%S",
}
"""What stands for what in a format; everything else stands for itself."""

SECONDS, MILLISECONDS = "seconds", "milliseconds"
"""Formats of a day as a count since 1970, in UTC, as programs write it."""

PER_SECOND = {SECONDS: 1, MILLISECONDS: 1000}

_TOKEN = re.compile("|".join(sorted(TOKENS, key=len, reverse=True)))


def wrong_format(format: str) -> str:
    """What is wrong with a format; blank where nothing is."""
    if format in PER_SECOND:
        return ""
    used = {TOKENS[token] for token in _TOKEN.findall(format)}
    lacking = [name for name, ways in _NEEDED.items() if not used & ways]
    return f"has no {' and no '.join(lacking)}" if lacking else ""


_NEEDED = {"day (DD)": {"%d"}, "month (MM)": {"%m", "%b", "%B"}, "year (YYYY)": {"%Y", "%y"}}


def day_in(value: str, format: str) -> str | None:
    """The day that a text means in a format, as `yyyy-MM-dd`; None where it is none."""
    try:
        if format in PER_SECOND:
            return datetime.fromtimestamp(int(value) / PER_SECOND[format], UTC).date().isoformat()
        spelled = _TOKEN.sub(lambda token: TOKENS[token[0]], format.replace("%", "%%"))
        return datetime.strptime(value, spelled).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None
