"""Refusals that the edge itself decides on, in the form of the dialect whose path was asked."""

from __future__ import annotations

import math
from dataclasses import replace

from ..errors import Malformed, TooManyRequests
from .messages import Handler, Request, Response

AGAIN_SECONDS = 2
"""After how many seconds a caller may look whether the hub can answer again."""


def too_often(wait: float) -> TooManyRequests:
    """The error of who has guessed at a secret too often; `wait` is in seconds."""
    return _try_again("the secret was wrong too often", wait)


def too_many(per_minute: int, wait: float) -> TooManyRequests:
    """The error of who has sent more requests than they may; `wait` is in seconds."""
    return _try_again(f"more than {per_minute:,} requests a minute", wait)


def _try_again(what: str, wait: float) -> TooManyRequests:
    whole = math.ceil(wait)
    error = TooManyRequests(what, hint=f"try again in {whole} {'second' if whole == 1 else 'seconds'}")
    error.after = whole
    return error


def held_off(handler: Handler, request: Request, error: Exception) -> Response:
    """The refusal of a request in the dialect's form, its status that of HTTP also where a dialect answers with 200.

    That is 400 for a request that is ambiguous, 429 (RFC 6585 §4) or 503 (RFC 9110 §15.6.4), with `Retry-After`, for
    one that can be sent again.
    """
    told = handler.refuse(request, error)
    if isinstance(error, Malformed):
        return replace(told, status=400)
    status, after = (429, 60) if isinstance(error, TooManyRequests) else (503, AGAIN_SECONDS)
    after = getattr(error, "after", None) or after
    headers = tuple(h for h in told.headers if h[0] != b"retry-after")
    return replace(told, status=status, headers=(*headers, (b"retry-after", b"%d" % after)))
