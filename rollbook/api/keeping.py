"""Answers in memory: each is given again while it is true, and drops out when there are too many."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import cast

from ..errors import RollbookError
from ..recent import holds
from .messages import Response


@dataclass
class Kept:
    """An answer in memory, and the state of the hub when it was true."""

    state: object
    response: Response

    def holds(self, state: object, now: float) -> bool:
        """Whether nothing at all has happened since the answer was true, so that it still is."""
        return self.state == state and self.response.until > now

    def true(self, state: object, now: float) -> bool:
        """Whether the answer is still what would be given; reads the store if something has happened."""
        if self.response.until <= now:
            return False
        if self.state != state and self.still():
            self.state = state
        return self.state == state

    def still(self) -> bool:
        """Whether what the answer rests on is as it was."""
        now = self.response.now_rests_on
        try:
            return now is not None and now() == self.response.rests_on
        except RollbookError:
            # The caller is no longer admitted; how that is told is the dialect's business.
            return False


@dataclass(eq=False)
class Keeping:
    """Answers, least lately used first, within a bound of bytes; belongs to the event loop's thread."""

    bound: int
    held: int = 0
    answers: OrderedDict[tuple[bytes, ...], Kept] = field(default_factory=OrderedDict[tuple[bytes, ...], Kept])

    stale: bool = False
    """Whether all of it is to be let go of, when the event loop's thread comes by."""

    def __post_init__(self) -> None:
        holds(self)

    def forget(self) -> None:
        """Let go of everything, from any thread."""
        self.stale = True

    def _settle(self) -> None:
        if self.stale:
            self.stale, self.held = False, 0
            self.answers.clear()

    def find(self, key: tuple[bytes, ...]) -> Kept | None:
        """The answer to a request, if it is there; whether it is still true is for the caller to see."""
        self._settle()
        found = self.answers.get(key)
        if found is not None:
            self.answers.move_to_end(key)
        return found

    def put(self, key: tuple[bytes, ...], state: object, response: Response) -> None:
        """Keep an answer, whole, that is true in a state of the hub."""
        assert isinstance(response.body, bytes)
        self._settle()
        self.drop(key)
        self.answers[key] = Kept(state, response)
        self.held += len(response.body)
        while self.held > self.bound:
            self.drop(next(iter(self.answers)))

    def drop(self, key: tuple[bytes, ...]) -> None:
        """Forget an answer."""
        gone = self.answers.pop(key, None)
        if gone is not None:
            self.held -= len(cast(bytes, gone.response.body))
