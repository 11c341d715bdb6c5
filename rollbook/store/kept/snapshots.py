"""Data sets that were returned, to compare with what comes later: states of a line, in parts.

Data sets that come of each other are a line, and their states are numbered. A part is written with the number of the
state that it is another one in, so that a state has of each part the newest that is not newer than itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .statements import Statements


class Name(NamedTuple):
    """What a data set is known by: the grant that it was returned under, the endpoint, the digest of its rows."""

    grant: str
    endpoint: str
    digest: str


class State(NamedTuple):
    """Where the parts of a data set are found: its line, and its number there."""

    line: str
    number: int


class Snapshot(NamedTuple):
    """What a data set was made of: the request, the versions of the records, the moment (seconds since 1970).

    `state` says where its parts are; None where they are in one piece, as they were kept before (`rows`).
    """

    request: str
    versions: str
    made: float
    state: State | None


END = 2**62
"""A number after every data set."""

BESIDE = " "
"""What stands behind the digest of a data set that has the name no longer, before where its parts are."""

_IT = '"grant" = ? AND endpoint = ? AND hash = ?'


def _newest(part: str, number: str = ":number") -> str:
    """A SELECT of what a part held in the state of a number."""
    return (
        f"SELECT p.rows FROM snapshot_part p WHERE p.line = :line AND p.part = {part} AND p.number <= {number}"
        " ORDER BY p.number DESC LIMIT 1"
    )


class Snapshots(Statements):
    """Data sets that were returned, to compare with what comes later."""

    def find(self, name: Name, since: float) -> Snapshot | None:
        """What a data set was made of that was used since a moment (seconds since 1970)."""
        asked = f"SELECT request, versions, made, line, number FROM snapshot WHERE {_IT} AND used >= ?"
        row = self._row(asked, (*name, since))
        if row is None:
            return None
        request, versions, made, line, number = row
        return Snapshot(request, versions, made, State(line, number) if line else None)

    def rows(self, name: Name) -> bytes | None:
        """The rows of a data set that is kept in one piece."""
        return self._value(f"SELECT rows FROM snapshot_rows WHERE {_IT}", name)

    def parts(self, state: State, names: Iterable[str]) -> dict[str, bytes]:
        """Those of some parts that a data set has."""
        asked = f"WITH n(name) AS ({self._flavour.listed(':names')}) SELECT n.name, ({_newest('n.name')}) FROM n"
        found = self._rows(asked, {**state._asdict(), "names": json.dumps(sorted(names))})
        return {name: rows for name, rows in found if rows is not None}

    # ---- keeping

    def hold(self, line: str) -> None:
        """Have whoever wants to add a state to a line wait until the transaction ends."""
        self._do("UPDATE snapshot_line SET number = number WHERE line = ?", (line,))

    def begin(self, line: str, parts: Mapping[str, bytes]) -> State:
        """Begin a line of data sets with all the parts of one."""
        first = State(line, 1)
        self._do("INSERT INTO snapshot_line (line, number) VALUES (?, ?)", first)
        self._put_parts(first, parts)
        return first

    def follow(self, before: State, parts: Mapping[str, bytes]) -> State:
        """Add a data set to a line that differs in some parts from an earlier one; raises KeyError without a line."""
        taken = "UPDATE snapshot_line SET number = number + 1 WHERE line = ? RETURNING number"
        number = self._value(taken, (before.line,))
        if number is None:
            raise KeyError(before.line)
        state = State(before.line, number)
        self._take_back(before, state, parts)
        self._put_parts(state, parts)
        return state

    def _take_back(self, before: State, state: State, but: Iterable[str]) -> None:
        """What others changed in the line since a state is again as it was."""
        others = "SELECT DISTINCT part FROM snapshot_part WHERE line = :line AND number > :before AND number < :number"
        then = f"coalesce(({_newest('o.part', ':before')}), :nothing)"
        self._do(
            f"INSERT INTO snapshot_part (line, part, number, rows) SELECT :line, o.part, :number, {then}"
            f" FROM ({others}) o WHERE NOT o.part {self._in(':names')}",
            {**state._asdict(), "before": before.number, "nothing": b"", "names": json.dumps(sorted(but))},
        )

    def _put_parts(self, state: State, parts: Mapping[str, bytes]) -> None:
        put = "INSERT INTO snapshot_part (line, part, number, rows) VALUES (?, ?, ?, ?)"
        self._each(put, [(state.line, name, state.number, rows) for name, rows in parts.items()])

    def put(self, name: Name, request: str, versions: str, at: float, state: State) -> None:
        """Keep a data set under its name. What had the name is kept beside it: another answer may be reading it."""
        aside = f"hash || '{BESIDE}' || line || '{BESIDE}' || CAST(number AS TEXT)"
        self._do(f"UPDATE snapshot SET hash = {aside} WHERE {_IT} AND NOT (line = ? AND number = ?)", (*name, *state))
        self._do(
            'INSERT INTO snapshot ("grant", endpoint, hash, made, used, request, versions, line, number)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            ' ON CONFLICT ("grant", endpoint, hash) DO UPDATE SET used = excluded.used,'
            " request = excluded.request, versions = excluded.versions",
            (*name, at, at, request, versions, *state),
        )

    # ---- dropping

    def clear(self, before: float) -> None:
        """Drop what nobody asked after since a moment (seconds since 1970)."""
        gone = 'DELETE FROM snapshot WHERE used < ? RETURNING "grant", endpoint, hash, line, number'
        for grant, endpoint, digest, line, number in self._rows(gone, (before,)):
            if line:
                self._drop(State(line, number))
            else:
                self._do(f"DELETE FROM snapshot_rows WHERE {_IT}", (grant, endpoint, digest.partition(BESIDE)[0]))

    def _drop(self, state: State) -> None:
        """Drop the parts that no other data set of a line has."""
        near = (
            "SELECT max(number) FILTER (WHERE number <= :number), min(number) FILTER (WHERE number > :number)"
            " FROM snapshot WHERE line = :line"
        )
        low, high = self._rows(near, state._asdict())[0]
        if low is None and high is None:
            self._do("DELETE FROM snapshot_part WHERE line = ?", (state.line,))
            self._do("DELETE FROM snapshot_line WHERE line = ?", (state.line,))
        elif low != state.number:
            self._drop_between(state, low or 0, END if high is None else high)

    def _drop_between(self, state: State, low: int, high: int) -> None:
        """Drop what was written for a data set alone, where the nearest that are kept have these numbers."""
        newer = "SELECT part FROM snapshot_part WHERE line = :line AND number > :number AND number <= :high"
        unused = "" if high == END else f" AND part IN ({newer})"
        self._do(
            f"DELETE FROM snapshot_part WHERE line = :line AND number > :low AND number <= :number{unused}",
            {**state._asdict(), "low": low, "high": high},
        )
