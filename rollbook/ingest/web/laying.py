"""Rows that changed, laid over those that a service gave before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ...errors import Malformed, Problem
from ..rows import Reading
from .answers import at

Rows = list[dict[str, Any]]

ROWS = "rows of "
"""What stands before the name of a list where its rows are kept, so that changes can be laid over them."""


@dataclass(frozen=True)
class Filtered:
    """How a service is asked for what changed: by parameters that are made of a moment.

    Of the `lists` it gives by those of `changed` what is new or other than it was, and by those of `deleted` what is
    gone; it says either by what no two rows share.
    """

    lists: frozenset[str]
    changed: Callable[[str], Mapping[str, str]]
    deleted: Callable[[str], Mapping[str, str]]


def laid(was: Rows, changed: Rows, gone: Collection[str], key: str = "id") -> Rows:
    """The rows of a list with changes laid over those that it had; `key` is the path of what no two share."""
    before = {name: row for row in was if (name := key_of(row, key)) not in gone}
    return [*({**before, **{key_of(row, key): row for row in changed}}).values()]


def key_of(row: Mapping[str, Any], key: str) -> str:
    """What a row is known by."""
    found = at(row, key)
    if found is None:
        raise Malformed(Problem("", f"a row has no {key}", "tell the vendor"))
    return str(found)


def kept_rows(reading: Reading, names: Iterable[str]) -> dict[str, Rows]:
    """The rows that are kept of lists."""
    kept = {name: reading.kept(ROWS + name) for name in names}
    return {name: msgspec.msgpack.decode(data, type=Rows) for name, data in kept.items() if data}


def keeping(lists: Mapping[str, Rows | None], names: Iterable[str]) -> dict[str, bytes]:
    """The rows of lists as they are kept."""
    return {ROWS + name: msgspec.msgpack.encode(lists[name]) for name in names if lists.get(name)}


def asked_of(address: str, names: Iterable[str]) -> str:
    """A name for all that is asked of a service: changes are news only to a reading of the same."""
    return hashlib.sha256(" ".join((address, *names)).encode()).hexdigest()[:16]
