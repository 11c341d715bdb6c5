"""What people decided: who, when, about what."""

from __future__ import annotations

from typing import NamedTuple

from ..numbering import new_id
from .statements import Timed


class Decision(NamedTuple):
    """A decision: the moment (seconds since 1970), by whom (an e-mail address), what, where (a hub id), about what."""

    at: float
    person: str
    what: str
    place: str
    about: str


class Decisions(Timed):
    """What people decided; only ever added to."""

    admits = False

    def add(self, person: str, what: str, place: str = "", about: str = "") -> None:
        """Write down what somebody decided."""
        self._do(
            "INSERT INTO decision (id, at, person, what, place, about) VALUES (?, ?, ?, ?, ?, ?)",
            (new_id(), self._clock(), person, what, place, about),
        )

    def latest(self, most: int, place: str = "") -> list[Decision]:
        """The last of them, the latest first; of one school or app where a place is given."""
        rows = self._rows(
            "SELECT at, person, what, place, about FROM decision WHERE ? = '' OR place = ?"
            " ORDER BY at DESC, id DESC LIMIT ?",
            (place, place, most),
        )
        return [Decision(*row) for row in rows]
