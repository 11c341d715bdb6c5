"""The two ends of a move, whichever of them is a directory and which a database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .copying import Databases


@dataclass(frozen=True)
class Leaving:
    """A hub that is being moved, which nobody else has meanwhile.

    `state` is another one when somebody has changed anything of it since it was last moved, in part.
    """

    databases: Databases
    state: bytes


class Arriving(Protocol):
    """Where a hub is being moved to; no hub before `finish`."""

    @property
    def databases(self) -> Databases:
        """What is filled, once it has begun or goes on."""
        ...

    def goes_on(self, state: bytes) -> bool:
        """Open what was left unfinished, if it is of a source in this state; tells whether it is."""
        ...

    def begin(self, state: bytes) -> None:
        """Make empty databases for a source in this state, in the place of any that were left unfinished."""
        ...

    def finish(self) -> None:
        """Make a hub of it, all at once."""
        ...

    def discard(self) -> None:
        """Take away what is not finished."""
        ...
