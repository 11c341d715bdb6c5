"""What agents and the hub say to each other: bodies as values, errors as problem details (RFC 9457)."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from ...api.bodies import read_json
from ...api.messages import NO_STORE, Response
from ...consent.agents import BoundElsewhere
from ...errors import (
    Conflict,
    Malformed,
    NotFound,
    NotHeld,
    NotSignedIn,
    Occupied,
    Problem,
    RollbookError,
    Stop,
    TooLarge,
    TooManyRequests,
    Unavailable,
    WrongMethod,
)
from ...ingest.agents import Behind
from ...ingest.exporting import Changes

PROTOCOLS = (1,)
"""The versions of the protocol that the hub speaks."""

POLL_SECONDS = 25.0
"""How long an agent's question for what is next may wait for an answer: shorter than proxies wait."""

PART_BYTES = 8 << 20
"""How much of a file an agent sends at a time."""

MOST_BYTES = 1 << 30
"""The largest file that an agent may send."""

PROBLEM = (b"content-type", b"application/problem+json")


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """What every body says: which run of the agent's program speaks."""

    run: str


class Hello(Body, frozen=True):
    """An agent begins: the versions that it speaks, its program, and how far which data directory's history goes."""

    protocols: list[int]
    software: str
    store: str
    reached: int


class Next(Body, frozen=True):
    """An agent asks what is next, and waits for up to `wait` seconds; it holds nothing now."""

    wait: float = POLL_SECONDS


class Said(msgspec.Struct, frozen=True):
    """What came of an order."""

    state: Literal["done", "invalid", "failed", "unreached"]
    messages: list[str] = []
    results: list[dict[str, Any]] = []


class Upload(msgspec.Struct, frozen=True):
    """A file that was sent in parts: its size, its SHA-256 in hexadecimal digits, and the number of the history that
    it shows."""

    size: int
    sha256: str
    to: int


class Done(Body, frozen=True):
    """An agent answers a task: an order with its outcome and what changed, a reading with what changed or a file."""

    task: str
    outcome: Said | None = None
    changes: Changes | None = None
    upload: Upload | None = None


class Superseded(Conflict):
    """Another run of this agent has begun since; only one may speak."""


class NoCommonVersion(Malformed):
    """The hub and the agent speak no version of the protocol in common: upgrade the older one."""


class Insecure(NotHeld):
    """A credential must travel over HTTPS."""


class WrongOffset(Conflict):
    """The file does not end where this part begins."""

    def __init__(self, size: int) -> None:
        super().__init__(Problem("offset", f"the file has {size} bytes so far", "go on from there"))
        self.size = size


STATUS: tuple[tuple[type[Exception], str, int], ...] = (
    (NotSignedIn, "not-signed-in", 401),
    (Insecure, "insecure", 403),
    (NotHeld, "not-held", 403),
    (NotFound, "not-found", 404),
    (WrongMethod, "wrong-method", 405),
    (Behind, "behind", 409),
    (WrongOffset, "wrong-offset", 409),
    (Superseded, "superseded", 409),
    (BoundElsewhere, "bound-elsewhere", 409),
    (Occupied, "occupied", 503),
    (Unavailable, "unavailable", 503),
    (Conflict, "conflict", 409),
    (TooLarge, "too-large", 413),
    (TooManyRequests, "too-many-requests", 429),
    (NoCommonVersion, "no-common-version", 422),
    (Stop, "shrinks", 422),
    (Malformed, "malformed", 422),
    (Exception, "internal", 500),
)
"""Each error with the last part of its type and its status."""


def told(body: dict[str, Any]) -> Response:
    """An answer."""
    return Response(msgspec.json.encode(body))


def problem(error: Exception) -> Response:
    """An error as problem details; what went wrong inside is in the hub's log."""
    name, status = next((n, s) for kind, n, s in STATUS if isinstance(error, kind))
    known = isinstance(error, RollbookError)
    said: dict[str, Any] = {
        "type": f"urn:rollbook:agent:{name}",
        "title": (type(error).__doc__ or "").strip().split("\n")[0] if known else "Internal error.",
        "status": status,
        "detail": str(error) if known else "An internal error occurred. It has been logged",
    }
    if isinstance(error, Behind):
        said["position"] = error.position
    if isinstance(error, WrongOffset):
        said["size"] = error.size
    further = ((b"www-authenticate", b'Basic realm="rollbook agent"'),) if status == 401 else ()
    retry = ((b"retry-after", b"1"),) if status == 503 else ()
    return Response(msgspec.json.encode(said), status, (PROBLEM, NO_STORE, *further, *retry), guessed=status == 401)


def read(body: bytes, kind: type[msgspec.Struct]) -> Any:
    """A body as a value of its kind; raises `Malformed` for anything else."""
    try:
        return read_json(body, kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Malformed(Problem("body", str(error) or "cannot be read")) from error
