"""What can go wrong, named for what the caller can do about it; a class's docstring is its message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a request or a file, where it is, and how to fix it."""

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
    """The token is missing, unknown, expired or revoked. Request a new one."""


class NotHeld(Refused):
    """The token lacks a scope that this request needs. Ask the school to grant it."""


class NotFound(Refused):
    """Not found."""


class Malformed(Refused):
    """Invalid request. Fix the problems below and try again."""


class TooLarge(Refused):
    """The request is too large. Send it in smaller parts."""


class Conflict(Refused):
    """The request conflicts with the current records. Read them again before you retry."""


class TooManyRequests(Refused):
    """Too many requests. Wait, then try again."""

    after: int = 60
    """Seconds after which to try again."""


class WrongMethod(Refused):
    """Method not allowed."""


class Unavailable(RollbookError):
    """The service is temporarily unavailable. Try again later."""


class Occupied(Unavailable):
    """Another process is writing to this data directory. Wait until it has finished, then try again."""


class Interrupted(Unavailable):
    """A replica of the database ended the reading. Asked again, the primary answers."""


class NoRoom(Unavailable):
    """The disk is full. Free some space, then try again."""


class Stop(RollbookError):
    """The data must not be applied. Check it before you continue."""


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the known word most like `word`, or lists what is known when nothing is like it."""
    words = sorted(known)
    lower = {w.lower(): w for w in words}
    close = get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    if close:
        return f"did you mean {lower[close[0]]}?"
    return f"known: {', '.join(words)}" if words else "none are known"
