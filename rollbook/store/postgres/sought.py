"""Texts that are looked for with the character U+0000, which no text in PostgreSQL holds: nothing is found by them.

SQLite compares such a text like any other. The server refuses it, so two characters stand in for that one which no text
has side by side (U+FFFF is assigned to nothing), and which come before all others but U+0000 in the order of texts.
"""

from __future__ import annotations

from typing import Any

from ..zero import ESCAPED

STANDING_IN = "\x01\uffff"


def sought(value: Any) -> Any:
    """A value of a statement that reads, as the server takes it; lists are texts of JSON."""
    if not isinstance(value, str):
        return value
    found = value.replace("\0", STANDING_IN)
    return ESCAPED.sub(r"\1\\u0001\\uffff", found) if found.startswith("[") and "\\u0000" in found else found
