"""Who is admitted is told to whoever counts requests, before any work is done."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

_COUNT: ContextVar[Callable[[str], None] | None] = ContextVar("count", default=None)


_CROSS: ContextVar[Callable[[str], None] | None] = ContextVar("cross", default=None)


def count_with(count: Callable[[str], None] | None) -> None:
    """Have `count` called with who is admitted from now on; it raises `TooManyRequests` when there were too many."""
    _COUNT.set(count)


def cross_with(check: Callable[[str], None] | None) -> None:
    """Have `check` called with whoever is admitted, or signs in, from now on; it raises `NotHeld` for who may not."""
    _CROSS.set(check)


def signed_in(caller: str) -> None:
    """Say who is given a token: the id of a grant, a credential or an app."""
    check = _CROSS.get()
    if check is not None:
        check(caller)


def admitted(caller: str) -> None:
    """Say who was admitted: the id of a grant, a credential or a user, whichever token it was shown by."""
    signed_in(caller)
    count = _COUNT.get()
    if count is not None:
        count(caller)
