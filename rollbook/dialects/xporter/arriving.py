"""Requests as their clients mean them: what libraries add or garble on the way here, put right in one place."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace

from ...api.messages import Request

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
"""Byte order marks, and the encodings that they stand for."""


def as_meant(request: Request) -> Request:
    """The request without doubled slashes, cache-busters and byte order marks.

    A base address that ends in a slash gives `//Students`; jQuery's `cache: false` adds `_={timestamp}`; .NET and
    PowerShell begin a body with a byte order mark.
    """
    path = re.sub("//+", "/", request.path)
    query = b"&".join(one for one in request.raw_query.split(b"&") if one.partition(b"=")[0] != b"_")
    body = _without_mark(request.body)
    unchanged = (path, query, body) == (request.path, request.raw_query, request.body)
    return request if unchanged else replace(request, path=path, raw_query=query, body=body)


def _without_mark(body: bytes) -> bytes:
    """A body in UTF-8; one that is not in the encoding that it claims stays, to be refused as it is."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            try:
                return body.decode(encoding).encode()
            except UnicodeError:
                return body
    return body
