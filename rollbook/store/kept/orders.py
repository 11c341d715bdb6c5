"""What was entered by write-backs, and what became of it at the school's system."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from ..bell import AGENTS
from .statements import Statements


class Outcome(msgspec.Struct, frozen=True):
    """What came of an order: it is `done`, or `invalid` for the school's records, or the MIS `failed` to enter it, or
    was `unreached`."""

    state: str
    messages: tuple[str, ...] = ()
    results: tuple[Mapping[str, Any], ...] = ()
    """For each thing that was asked for, the caller's number of it and the id that the MIS gave it."""


class Entry(NamedTuple):
    """An order as it is kept when it has ended: its id, the grant (hub id), where it was to be entered, and what took
    it."""

    id: str
    grant: str
    district: int
    school: str
    operation: str


class Orders(Statements):
    """What was entered by write-backs, and what became of it at the school's system."""

    admits = False

    def outcome(self, identity: str) -> Outcome | None:
        """What came of an order; None while nothing has."""
        row = self._row("SELECT state, outcome FROM writeback WHERE id = ?", (identity,))
        if row is None:
            return None
        messages, results = json.loads(row[1])
        return Outcome(row[0], tuple(messages), tuple(results))

    def end(self, entry: Entry, outcome: Outcome, at: str) -> None:
        """Keep what came of an order, with its moment (UTC, milliseconds)."""
        told = json.dumps([list(outcome.messages), list(outcome.results)])
        self._do(
            'INSERT INTO writeback (id, "grant", district, school, operation, state, at, outcome)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*entry, outcome.state, at, told),
        )
        self._ring(AGENTS)
