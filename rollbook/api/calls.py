"""Calls the dialect that a request is for: its caller admitted and counted, a fault of ours never told."""

from __future__ import annotations

import errno
import itertools
import logging
from collections.abc import Hashable
from contextvars import Context
from dataclasses import dataclass, replace
from functools import partial

from ..consent.callers import count_with, cross_with
from ..consent.slips import Slip, current
from ..errors import Interrupted, NoRoom, TooManyRequests, Unavailable
from .crossing import Crossed, Crossing
from .keeping import Kept
from .limits import GUESSES, Callers, Limit
from .messages import Handler, Request, Response
from .refusing import held_off, too_many, too_often
from .streams import Stream, close

log = logging.getLogger("rollbook")

STREAM_FROM = 16 * 1024
"""The least size of a first chunk, in bytes, that leaves before it is known whether there is another."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing (RFC 9110 §9.2.1)."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""How the system says that there is no room on the disk, or for this user, or in this file."""


@dataclass(frozen=True)
class Visit:
    """A request, whole, and what goes with it until it is answered."""

    handler: Handler
    request: Request
    shown: bytes
    """The token, however its scheme is written."""
    caller: Hashable
    """By whom it is sent, as far as that is known before any work."""
    context: Context
    slip: Slip | None
    kept: Kept | None
    gzip: bool
    writes: bool
    """Whether it may wait for others who write."""
    crossed: Crossed | None = None
    """Where it is of a browser's page, from where."""


class Calls:
    """What is asked of dialects; may be used by any thread."""

    def __init__(self, crossing: Crossing | None = None) -> None:
        self.crossing = crossing
        self.limit: Limit | None = None
        self.guesses: Limit | None = None
        self.callers = Callers()

    def limit_to(self, per_minute: int) -> None:
        """Let each caller send so many requests a minute (0 for any number), and guess at secrets but slowly."""
        self.limit = Limit(per_minute) if per_minute else None
        self.guesses = Limit(GUESSES)

    def too_fast(self, caller: Hashable) -> TooManyRequests | None:
        """The error of a caller who has sent more requests than they may, this one counted."""
        if self.limit is None or not (wait := self.limit.spend(caller)):
            return None
        return too_many(self.limit.per_minute, wait)

    def admitted(self, visit: Visit) -> Response:
        """The dialect's answer, its caller counted as soon as they are admitted."""
        count_with(partial(self.counted, visit))
        if (asked := self.crosses(visit)) is not None:
            return asked
        response = self.answer(visit.handler, visit.request)
        if not response.guessed or self.guesses is None:
            return response
        # A right secret is taken however many wrong ones came before it: whoever guesses from the same address, or
        # under the same name, must not be able to lock its owner out.
        wait = self.guesses.spend((visit.request.client, visit.handler.party(visit.request)))
        return held_off(visit.handler, visit.request, too_often(wait)) if wait else response

    def crosses(self, visit: Visit) -> Response | None:
        """Have a browser's page from elsewhere be told of sandboxes only; the answer at once, where it only asks."""
        crossing, crossed = self.crossing, visit.crossed
        crossed = crossed if crossing is not None and crossed is not None and crossing.knows(crossed) else None
        if crossing is None or crossed is None:
            cross_with(None)
            return None
        cross_with(partial(crossing.check, crossed))
        return crossing.preflight(visit.request, crossed)

    def counted(self, visit: Visit, caller: str) -> None:
        """Count a request whose token was not known before; raises `TooManyRequests` when there were too many."""
        count_with(None)
        if self.callers.get(visit.shown) != caller:
            self.callers.put(visit.shown, caller)
        if visit.caller != caller and (error := self.too_fast(caller)) is not None:
            raise error

    def answer(self, handler: Handler, request: Request) -> Response:
        """The dialect's answer, begun; a fault of ours is logged, the caller told no more than that."""
        try:
            return self.begun(handler, request)
        except (Unavailable, TooManyRequests) as error:
            return held_off(handler, request, error)
        except OSError as error:
            if error.errno not in FULL:
                return self.fault(handler, request, error)
            return held_off(handler, request, NoRoom(f"a file cannot be written: {error.strerror}"))
        except Exception as error:
            return self.fault(handler, request, error)

    def begun(self, handler: Handler, request: Request) -> Response:
        """The dialect's answer, as far as it is read before it leaves; asked for again where that was interrupted."""
        try:
            return _begun(handler, request)
        except Interrupted:
            if request.method not in SAFE:
                raise
            if (slip := current()) is not None:
                slip.forget()
            return _begun(handler, request)

    def fault(self, handler: Handler, request: Request, error: Exception) -> Response:
        """The answer after a fault of ours."""
        # A path holds ids, which are of children; which request it was is told by its id.
        log.error("fault while answering %s", dialect(handler), exc_info=error)
        return handler.refuse(request, error)


def _begun(handler: Handler, request: Request) -> Response:
    response = handler.handle(request)
    if isinstance(response.body, bytes):
        return response
    head = list(itertools.islice(response.body, 1))
    if len(head[0]) < STREAM_FROM:
        head += itertools.islice(response.body, 1)
    if (len(head) == 2 or len(head[0]) >= STREAM_FROM) and request.method != "HEAD":
        return replace(response, body=Stream(head, response.body))
    close(response.body)
    return replace(response, body=b"".join(head))


def dialect(handler: Handler) -> str:
    """What logs and the ledger call a dialect."""
    return type(handler).__name__.lower()
