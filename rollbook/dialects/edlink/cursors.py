"""Where a list goes on: a cursor holds the whole query that it continues, and is read as warily as any input."""

from __future__ import annotations

import base64
import binascii

import msgspec

from ...errors import Malformed
from .wire import Fault

SECONDS = 2 * 3600
"""How long a cursor may be used."""

LONGEST = 64 * 1024

Query = tuple[tuple[str, str], ...]


class Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The path and the query that go on, and the moment (seconds since 1970) until which they may."""

    path: str
    query: Query
    until: int


def written(path: str, query: Query, now: float) -> str:
    """A cursor as it stands in an address."""
    made = msgspec.json.encode(Cursor(path, query, int(now) + SECONDS))
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def read(text: str, path: str, now: float) -> tuple[Query, float]:
    """The query that a cursor continues, and until when."""
    try:
        if len(text) > LONGEST:
            raise ValueError
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        cursor = msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=Cursor)
    except (ValueError, binascii.Error, msgspec.MsgspecError, RecursionError):
        raise _wrong("is not one that this hub made") from None
    if cursor.path != path:
        raise _wrong("belongs to another address")
    if cursor.until <= now:
        raise _wrong("is older than two hours")
    return cursor.query, cursor.until


def _wrong(what: str) -> Malformed:
    return Malformed(Fault("$cursor", what, "begin with the first page again", "INVALID_CURSOR"))
