"""How the research API says things: envelopes, pages, errors and their statuses."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec

from ...api.messages import JSON, NO_STORE, Request, Response
from ...consent.accounts import WrongPassword
from ...consent.tries import TooOften
from ...errors import (
    Conflict,
    Malformed,
    NotFound,
    NotHeld,
    NotSignedIn,
    Problem,
    RollbookError,
    TooLarge,
    TooManyRequests,
    Unavailable,
    WrongMethod,
)
from .asking import Asked

STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (NotSignedIn, 401),
    (NotHeld, 403),
    (NotFound, 404),
    (WrongMethod, 405),
    (Conflict, 409),
    (TooLarge, 413),
    (TooOften, 429),
    (TooManyRequests, 429),
    (WrongPassword, 400),
    (Malformed, 400),
    (Unavailable, 503),
    (Exception, 500),
)


class NotAllowed(WrongMethod):
    """Method not allowed; `allowed` are."""

    def __init__(self, method: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f'Method "{method[:20]}" not allowed.', hint=f"allowed: {', '.join(allowed)}")
        self.allowed = allowed


def success(body: Any, status: int = 200) -> Response:
    """An answer."""
    return Response(msgspec.json.encode(body), status)


def nothing() -> Response:
    """An answer without anything, after a deletion."""
    return Response(b"", 204, (NO_STORE,))


def failure(error: Exception) -> Response:
    """An error: `{"field": ["message"]}` where fields are wrong, else `{"detail": "message"}`."""
    status = next(code for kind, code in STATUSES if isinstance(error, kind))
    headers: list[tuple[bytes, bytes]] = [JSON, NO_STORE]
    if status == 401:
        # RFC 9110, section 11.6.1.
        headers.append((b"www-authenticate", b"Bearer"))
    if isinstance(error, NotAllowed):
        headers.append((b"allow", ", ".join(error.allowed).encode()))
    if status == 429:
        headers.append((b"retry-after", b"60"))
    return Response(msgspec.json.encode(_told(error)), status, tuple(headers))


def _told(error: Exception) -> dict[str, Any]:
    if not isinstance(error, RollbookError):
        # What went wrong inside is in the hub's log; a caller must not see it.
        return {"detail": "Internal error. It has been logged."}
    if isinstance(error, WrongPassword):
        return {"non_field_errors": [_line(p) for p in error.problems]}
    if isinstance(error, Malformed) and all(p.where for p in error.problems):
        fields: dict[str, list[str]] = {}
        for problem in error.problems:
            fields.setdefault(problem.where, []).append(_line(problem))
        return fields
    return {"detail": " ".join(_line(p) for p in error.problems)}


def _line(problem: Problem) -> str:
    return f"{problem.what} ({problem.hint})" if problem.hint else problem.what


def paged(request: Request, asked: Asked, count: int) -> dict[str, Any]:
    """What stands after the resources of a list: dynamic-rest's `meta`, and the older `count`, `next`, `previous`."""
    after, before = asked.offset + asked.limit, asked.offset - asked.limit
    return {
        "meta": {
            "page": asked.offset // asked.limit + 1,
            "per_page": asked.limit,
            "total_results": count,
            "total_pages": -(-count // asked.limit) or 1,
        },
        "count": count,
        "next": page_at(request, asked, after) if after < count else None,
        "previous": page_at(request, asked, max(before, 0)) if asked.offset else None,
    }


def page_at(request: Request, asked: Asked, offset: int) -> str:
    """The address of another page of the same list."""
    pairs = [(n, v) for n, v in request.query if n not in ("limit", "offset")]
    pairs += [("limit", str(asked.limit)), ("offset", str(offset))]
    return f"{base(request)}{request.path}?{urlencode(pairs)}"


def base(request: Request) -> str:
    """The address by which the caller reached the hub, scheme and host."""
    scheme = "https" if request.header("x-forwarded-proto").lower() == "https" else "http"
    return f"{scheme}://{request.header('host') or 'localhost'}"
