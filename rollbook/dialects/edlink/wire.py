"""How Edlink says things: envelopes, warnings, errors and their statuses."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from ...api.messages import JSON, NO_STORE, Request, Response
from ...consent.credentials import UnknownCode, WrongClient
from ...consent.slips import current
from ...errors import (
    Conflict,
    Malformed,
    NotFound,
    NotHeld,
    NotSignedIn,
    Problem,
    Refused,
    RollbookError,
    TooLarge,
    TooManyRequests,
    Unavailable,
    WrongMethod,
)

READS = ("GET", "HEAD")


@dataclass(frozen=True)
class Fault(Problem):
    """A problem that has a code of its own."""

    code: str = ""


@dataclass(frozen=True)
class Notice:
    """What a caller should know of an answer that is given all the same."""

    code: str
    message: str


class WrongToken(NotSignedIn):
    """This address needs another kind of token."""


class Unshared(Refused):
    """The schools do not, or no longer, share the person this token is for."""


# The documentation gives nearly every code the status 400; its client's own comments say 404 and 401. Clients read
# the code, so that the statuses are HTTP's own.
ERRORS: tuple[tuple[type[Exception], str, int], ...] = (
    (Unshared, "UNSHARED_TOKEN", 403),
    (NotSignedIn, "INVALID_TOKEN", 401),
    (WrongClient, "INVALID_CLIENT", 401),
    (UnknownCode, "INVALID_GRANT", 400),
    (NotHeld, "NO_PERMISSION", 403),
    (NotFound, "NOT_FOUND", 404),
    (WrongMethod, "UNSUPPORTED_OPERATION", 405),
    (Conflict, "CONFLICT", 409),
    (TooLarge, "INVALID_REQUEST_BODY", 413),
    (TooManyRequests, "RATE_LIMITED", 429),
    (Malformed, "INVALID_REQUEST", 400),
    (Unavailable, "UNAVAILABLE", 503),
    (Exception, "INTERNAL", 500),
)
"""Each error with its code and its HTTP status; a `Fault` has a code of its own."""


def failure(error: Exception, allowed: Iterable[str] = READS) -> Response:
    """An error as Edlink tells it, with every problem at once; `allowed` is what its address can be asked with."""
    code, status = next((c, s) for kind, c, s in ERRORS if isinstance(error, kind))
    problems = error.problems if isinstance(error, RollbookError) else (Problem("", "Internal error"),)
    said = [{"code": p.code if isinstance(p, Fault) else code, "message": str(p)} for p in problems]
    headers = (JSON, NO_STORE, (b"allow", ", ".join(allowed).encode())) if status == 405 else (JSON, NO_STORE)
    body = msgspec.json.encode({"$errors": said, "$request": request_id()})
    return Response(body, status, headers, guessed=isinstance(error, WrongClient | UnknownCode))


def success(data: Any, warnings: Iterable[Notice] = ()) -> Response:
    """An answer that is one object."""
    return Response(b"".join(enveloped(iter([msgspec.json.encode(data)]), lambda: "", tuple(warnings))))


def request_id() -> str:
    """The id of the request that is answered, under which it is on the ledger."""
    slip = current()
    return slip.tracking if slip is not None and slip.tracking else new_request_id()


def new_request_id() -> str:
    """An id for a request."""
    return str(uuid.UUID(bytes=os.urandom(16), version=4))


def enveloped(
    data: Iterator[bytes], following: Callable[[], str], warnings: tuple[Notice, ...] = ()
) -> Iterator[bytes]:
    """An answer around its data, which ends in the address of the next page once that is known."""
    yield b'{"$data":'
    yield from data
    if address := following():
        yield b',"$next":' + msgspec.json.encode(address)
    if warnings:
        yield b',"$warnings":' + msgspec.json.encode([{"code": w.code, "message": w.message} for w in warnings])
    yield b',"$request":"%s"}' % request_id().encode()


def base(request: Request) -> str:
    """The address at which the caller reached the hub."""
    # Whoever calls us by Edlink's own name came through a proxy, and comes back to it only by https.
    return "https://ed.link" if request.header("host") == "ed.link" else request.base
