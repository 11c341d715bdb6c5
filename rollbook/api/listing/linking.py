"""What stands beside a page of a list by offset: how many there are in all, and where the other pages are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from .asking import Asked

Headers = tuple[tuple[bytes, bytes], ...]


def links(address: str, asked: Asked, query: Mapping[str, str], total: int) -> Headers:
    """How many there are, and where the other pages are (RFC 8288)."""
    others = pages(asked.limit, asked.offset, total)
    of = ((rel, urlencode({**query, "limit": asked.limit, "offset": offset})) for rel, offset in others)
    told = ", ".join(f'<{address}?{one}>; rel="{rel}"' for rel, one in of)
    return ((b"x-total-count", b"%d" % total), (b"link", told.encode("latin-1", "replace")))


def pages(limit: int, offset: int, total: int) -> Iterable[tuple[str, int]]:
    """The other pages of a list, each with the offset at which it begins (RFC 8288's names of relations)."""
    yield "first", 0
    if offset > 0:
        yield "prev", max(offset - limit, 0)
    if offset + limit < total:
        yield "next", offset + limit
    yield "last", max(total - 1, 0) // limit * limit
