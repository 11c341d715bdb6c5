"""How far the copying has come: noted in each database of the target, in the transactions that copy."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from ..connection import Connection
from ..schema import UNFINISHED as TABLE

MAKE = f"CREATE TABLE {TABLE} (step TEXT PRIMARY KEY, at TEXT NOT NULL)"

STATE = "state"
"""The step that notes of which state of the source the target is a copy."""


class Mark(NamedTuple):
    """How many rows of a table are copied or compared, the key of the last one, and whether that is all of them."""

    rows: int = 0
    key: tuple[Any, ...] = ()
    whole: bool = False


def marks_of(target: Connection) -> dict[str, Mark]:
    """How far each step has come that has begun."""
    rows = target.execute(f"SELECT step, at FROM {TABLE} WHERE step <> ?", (STATE,)).fetchall()
    return {step: _mark(*_said(at)) for step, at in rows}


def _mark(rows: int, key: list[Any], whole: bool) -> Mark:
    return Mark(rows, tuple(key), whole)


def keep(target: Connection, step: str, value: object) -> None:
    """Note how far a step has come, or something else of it."""
    target.execute(
        f"INSERT INTO {TABLE} (step, at) VALUES (?, ?) ON CONFLICT (step) DO UPDATE SET at = excluded.at",
        (step, msgspec.msgpack.encode(value).hex()),
    )


def state_of(target: Connection) -> bytes | None:
    """Of which state of a source a target is a copy; None where that is not noted."""
    found = target.execute(f"SELECT at FROM {TABLE} WHERE step = ?", (STATE,)).fetchone()
    return _said(found[0]) if found else None


def _said(at: str) -> Any:
    return msgspec.msgpack.decode(bytes.fromhex(at))
