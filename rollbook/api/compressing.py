"""Answers in gzip, for callers who ask for it (`Accept-Encoding: gzip`).

Only JSON is compressed. A page of the console holds a proof that guards its forms beside text that others may choose;
compressed together, its length could give the proof away (BREACH). Answers of an API hold no such secret.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import replace

from .messages import Response

LEAST = 1400
"""The size of a body in bytes from which on compressing saves a packet."""

LEVEL = 1
"""zlib's fastest: long lists of the demo school shrink to 7 to 32 % with it. Level 6 takes off up to 40 % more,
and takes two to six times as long."""

GZIP_WINDOW = 31
"""zlib's word for 32 KB of memory and gzip's frame."""

VARY = (b"vary", b"accept-encoding")
ENCODED = (b"content-encoding", b"gzip")


def wanted(accepted: bytes) -> bool:
    """Whether a header `Accept-Encoding` asks for gzip (RFC 9110 §12.5.3)."""
    if not accepted:
        return False
    for one in accepted.lower().split(b","):
        name, _, quality = one.strip().partition(b";")
        if name.strip() in (b"gzip", b"x-gzip"):
            return quality.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False


def compressible(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether an answer is JSON, and not encoded already."""
    named = dict(headers)
    kind = named.get(b"content-type", b"").partition(b";")[0]
    return (kind == b"application/json" or kind.endswith(b"+json")) and b"content-encoding" not in named


def compressed(response: Response) -> Response:
    """A whole answer in gzip, if that makes it smaller.

    An ETag stays as it is: it names a state of a record, which clients send back to change it, and not these bytes.
    """
    assert isinstance(response.body, bytes)
    if len(response.body) < LEAST or not compressible(response.headers):
        return response
    packed = zlib.compress(response.body, LEVEL, GZIP_WINDOW)
    return replace(response, body=packed, headers=(*response.headers, ENCODED))


class Compressor:
    """Compresses a body part by part; each part can be read as soon as it is there."""

    def __init__(self) -> None:
        self._one = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP_WINDOW)

    def part(self, data: bytes) -> bytes:
        """A part of the body."""
        return self._one.compress(data) + self._one.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        """What comes after the last part."""
        return self._one.flush()
