"""How Xporter says things: envelopes, errors, statuses."""

from __future__ import annotations

from typing import Any

import msgspec

from ...api.messages import JSON, NO_STORE, Response
from ...consent.slips import refuses
from ...consent.tokens import Paused, WrongSecret
from ...errors import (
    Conflict,
    Malformed,
    NotFound,
    NotHeld,
    NotSignedIn,
    RollbookError,
    TooLarge,
    TooManyRequests,
    Unavailable,
    WrongMethod,
)
from ...mis import Invalid, MisRefused

QUIET: dict[str, None] = {
    "Message": None,
    "ExceptionType": None,
    "ExceptionMessage": None,
    "InnerException": None,
}
"""The four keys that information answers carry beside their content."""


class SchoolNotGranted(NotHeld):
    """The token is for another school. Request one for this school from the STS."""


class UnknownChangeSet(Conflict):
    """This endpoint did not return this changedRows value to this app. Start again with changedRows=*."""


class TestError(RollbookError):
    """This is a test. The endpoint always returns an error."""


# The vendor publishes no list of exception names; clients make a class of each, so each is one CamelCase word.
EXCEPTIONS: tuple[tuple[type[Exception], str, int], ...] = (
    (Paused, "AuthorisationPaused", 401),
    (WrongSecret, "AuthenticationFailed", 401),
    (NotSignedIn, "InvalidToken", 401),
    (SchoolNotGranted, "SchoolNotGranted", 403),
    (NotHeld, "ScopeNotHeld", 403),
    (NotFound, "NotFound", 404),
    (WrongMethod, "MethodNotAllowed", 405),
    (UnknownChangeSet, "UnknownChangeSet", 409),
    (Conflict, "Conflict", 409),
    (Invalid, "ValidationError", 400),
    (MisRefused, "MisRefused", 502),
    (TooLarge, "RequestTooLarge", 413),
    (TooManyRequests, "TooManyRequests", 429),
    (Malformed, "InvalidRequest", 400),
    (Unavailable, "ServiceUnavailable", 503),
    (TestError, "TestError", 500),
    (Exception, "InternalError", 500),
)
"""Each error with its ExceptionType and the status that httpstatuscodes=true gives it."""


def success(body: dict[str, Any], *, keep: bool = False, until: float = float("inf")) -> Response:
    """An answer that is not rows of records."""
    return Response(msgspec.json.encode(body), keep=keep, until=until)


def failure(error: Exception, *, status_codes: bool) -> Response:
    """An error as Xporter tells it: HTTP 200 with `ExceptionMessage`, or its own status when the caller asked so."""
    name, status = next((n, s) for kind, n, s in EXCEPTIONS if isinstance(error, kind))
    refuses(name, status)
    body = {
        "Message": (type(error).__doc__ or "").strip().split("\n")[0],
        "ExceptionType": name,
        "ExceptionMessage": str(error),
        "InnerException": None,
    }
    if not isinstance(error, RollbookError):
        # What went wrong inside is in the hub's log; a caller must not see it.
        body |= {
            "Message": "Internal error.",
            "ExceptionMessage": "An internal error occurred. It has been logged",
        }
    return Response(msgspec.json.encode(body), status if status_codes else 200, (JSON, NO_STORE))
