"""What a page says of an error: its status, its heading, and a line for each problem."""

from __future__ import annotations

from ..consent.invitations import LinkEnded
from ..errors import Conflict, NotFound, NotHeld, RollbookError, TooLarge, Unavailable, WrongMethod

_STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (NotFound, 404),
    (WrongMethod, 405),
    (NotHeld, 403),
    (Conflict, 409),
    (TooLarge, 413),
    (Unavailable, 503),
    (RollbookError, 400),
)


def status_of(error: Exception) -> int:
    """The status of a page that tells of an error."""
    return next((code for kind, code in _STATUSES if isinstance(error, kind)), 500)


def heading_of(error: Exception) -> str:
    """The heading of a page that tells of an error."""
    return "This link is not in use" if isinstance(error, LinkEnded) else "That did not work"


def told_of(error: Exception) -> list[str]:
    """What is wrong, a line for each problem."""
    if isinstance(error, RollbookError):
        return [str(p) for p in error.problems]
    return ["Something went wrong on our side. It has been logged."]
