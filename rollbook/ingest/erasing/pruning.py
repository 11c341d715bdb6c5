"""Taking people out of what a source asks to keep: lists of rows and of columns, as the connectors pack them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

import msgspec

Words = Collection[str]


def without(data: bytes, words: Words) -> bytes:
    """What a source asks to keep, without the rows that have any of some words; nothing where it cannot be told."""
    if not any(word.encode() in data for word in words):
        return data
    try:
        value = msgspec.msgpack.decode(data)
    except msgspec.DecodeError:
        return b""
    pruned = msgspec.msgpack.encode(_pruned(value, frozenset(words)))
    return b"" if any(word.encode() in pruned for word in words) else pruned


def _pruned(value: Any, words: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_pruned(one, words) for one in cast("list[Any]", value) if not _names(one, words)]
    if not isinstance(value, dict):
        return value
    members = {name: one for name, one in cast("dict[Any, Any]", value).items() if name not in words}
    columns = {name: cast("list[Any]", one) for name, one in members.items() if isinstance(one, list)}
    if columns and len(columns) == len(members):
        flat = not any(isinstance(cell, list) for cells in columns.values() for cell in cells)
        if flat:
            return _rows_left(columns, words)
    return {name: _pruned(one, words) for name, one in members.items()}


def _rows_left(columns: dict[Any, list[Any]], words: frozenset[str]) -> dict[Any, list[Any]]:
    """Columns of equal length without the rows that have any of the words; other lists without these."""
    lengths = {len(cells) for cells in columns.values()}
    if len(lengths) > 1:
        return {name: [one for one in cells if not _names(one, words)] for name, cells in columns.items()}
    gone = {at for cells in columns.values() for at, cell in enumerate(cells) if _names(cell, words)}
    return {name: [cell for at, cell in enumerate(cells) if at not in gone] for name, cells in columns.items()}


def _names(value: Any, words: frozenset[str]) -> bool:
    """Whether a row, or a cell of one, has any of the words; a cell may be a list with commas."""
    if isinstance(value, str):
        return value in words or ("," in value and not words.isdisjoint(value.split(",")))
    if isinstance(value, list):
        return any(_names(one, words) for one in cast("list[Any]", value))
    if isinstance(value, dict):
        return any(_names(one, words) for one in cast("dict[Any, Any]", value).values())
    return False
