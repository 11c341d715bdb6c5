"""Unique ids that a human had before: whoever kept one still finds them by it, in queries and in documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from ...consent import DistrictReader

FACTS = {
    "studentUniqueId": "student_unique_id",
    "staffUniqueId": "staff_unique_id",
    "contactUniqueId": "contact_unique_id",
}
"""The members and parameters that name a human, each with the fact that holds its value."""

_ANY_CASE = {name.lower(): fact for name, fact in FACTS.items()}


def current_query(readers: Sequence[DistrictReader], pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The parameters of a query, with the unique ids of today."""
    return [(name, _current(readers, _ANY_CASE.get(name.lower()), value)) for name, value in pairs]


def current_document(readers: Sequence[DistrictReader], document: Mapping[str, Any]) -> dict[str, Any]:
    """A document, with the unique ids of today in its key and its references."""
    those = [reader for reader in readers if reader.renumbered]
    return {name: _told(those, name, value) for name, value in document.items()} if those else dict(document)


def _told(readers: Sequence[DistrictReader], name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return current_document(readers, cast("dict[str, Any]", value))
    if isinstance(value, list):
        return [_told(readers, "", one) for one in cast("list[Any]", value)]
    return _current(readers, FACTS.get(name), value) if isinstance(value, str) else value


def _current(readers: Sequence[DistrictReader], fact: str | None, value: str) -> str:
    if fact is not None:
        for reader in readers:
            now = reader.now_called(fact, value)
            if now != value:
                return now
    return value
