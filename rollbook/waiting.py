"""Waiting for a lock on behalf of a request: how long it may take, and who is told before it begins.

Requests are worked on in a few threads. A thread that waits does no work, so whoever lent it is told first and can
lend its place to another request. Outside of a request nobody is told, and the time is the caller's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from . import figures
from .errors import Occupied


@dataclass(frozen=True)
class Share:
    """What one request may wait: until a moment (`time.monotonic`), after it has told that it is about to."""

    until: float
    about_to_wait: Callable[[], None]


_SHARE: ContextVar[Share | None] = ContextVar("share", default=None)


def allow(share: Share | None) -> None:
    """Set what the present request may wait from now on."""
    _SHARE.set(share)


def seconds_left(most: float) -> float:
    """For how many seconds the present request may still wait, `most` at the most; tells that it is about to."""
    share = _SHARE.get()
    if share is None or most <= 0:
        return most
    share.about_to_wait()
    return max(min(most, share.until - time.monotonic()), 0.0)


@contextmanager
def waiting() -> Generator[None]:
    """Wait for somebody else who writes, which those who run the hub may watch."""
    begun = time.monotonic()
    try:
        yield
    except Occupied:
        figures.count("refused")
        raise
    finally:
        figures.count("waits")
        figures.count("waited", by=time.monotonic() - begun)
