"""What can go wrong, named for what the caller can do about it; a class's docstring is its message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a request or a file, where it is, and how to mend it."""

    where: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.what}{f' ({self.hint})' if self.hint else ''}"


class RollbookError(Exception):
    """Something went wrong."""

    def __init__(self, *problems: Problem | str, hint: str = "") -> None:
        said = [p if isinstance(p, Problem) else Problem("", p, hint) for p in problems]
        self.problems = tuple(said) or (Problem("", (type(self).__doc__ or "").strip(), hint),)
        super().__init__("; ".join(map(str, self.problems)))


class Refused(RollbookError):
    """The request was refused."""


class NotSignedIn(Refused):
    """The token is missing, unknown, expired or revoked: ask for a new one."""


class NotHeld(Refused):
    """The token does not hold a scope that this needs: ask the school to grant it."""


class NotFound(Refused):
    """There is nothing there that this caller may see."""


class Malformed(Refused):
    """The request cannot be understood: mend what is named and send it again."""


class TooLarge(Refused):
    """The request is larger than the hub accepts: send it in parts."""


class Conflict(Refused):
    """The request does not fit what the hub holds now: read again, then decide."""


class TooManyRequests(Refused):
    """Too many requests came in too short a time: wait, then send them again."""


class Occupied(Conflict):
    """Somebody else is writing to this data directory: wait until their import has ended, then try again."""


class NoRoom(Refused):
    """The disk is full: make room on it, then try again."""


class WrongMethod(Refused):
    """The method is not one that this address answers."""


class Stop(RollbookError):
    """A source gave something that must not be applied: look at it before going on."""


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the known word most like `word`, or lists what is known when nothing is like it."""
    words = sorted(known)
    lower = {w.lower(): w for w in words}
    close = get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    if close:
        return f"did you mean {lower[close[0]]}?"
    return f"known: {', '.join(words)}" if words else "none is known here"
