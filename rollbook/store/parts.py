"""Which kinds of record are parts of others, and go with them."""

from __future__ import annotations

from ..fields import RECORDS, Record

_PARTS: dict[str, list[tuple[type[Record], str]]] = {}


def parts_of(record: type[Record]) -> list[tuple[type[Record], str]]:
    """The kinds of record that are part of this kind, with the reference that says so."""
    if not _PARTS:
        for part in RECORDS.values():
            if part.derived():
                continue
            for name, ref in part.refs().items():
                if ref.part_of:
                    _PARTS.setdefault(ref.target.__name__, []).append((part, name))
    return _PARTS.get(record.__name__, [])
