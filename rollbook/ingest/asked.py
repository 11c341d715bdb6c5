"""The requests of a reading as they are kept on record: a bounded number, and nothing that could be a person's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from ..store.kept.feeds import Sent
from .refusals import unquoted
from .rows import Request

MOST = 100
"""How many requests of one reading are kept: half of them the first, half the last."""

HIDDEN = "…"
"""What stands for a part of an address that could identify somebody."""

PLAIN = re.compile(r"[A-Za-z_.-]{1,40}|v\d+(?:[p.]\d+)*")
"""A part of a path that is a word or a version; numbers and ids may be those of people."""

COUNTED = re.compile(r"\d{1,9}")

PAGING = frozenset(("limit", "offset", "page", "per_page", "pagesize", "pagenumber", "start", "count", "rows"))
"""What of a query says which page was asked for, in lower case; other values may name people or be secrets."""


def recorded(requests: Sequence[Request]) -> tuple[Sent, ...]:
    """The requests of a reading as they are kept."""
    half = MOST // 2
    chosen = requests if len(requests) <= MOST else [*requests[:half], *requests[-half:]]
    return tuple(
        Sent(one.method, path(one.address), one.status, one.rows, round(one.seconds, 3), unquoted(one.error)[:200])
        for one in chosen
    )


def path(address: str) -> str:
    """The path of an address, and of its query the names, with what pages it asks for."""
    parts = urlsplit(address)
    segments = "/".join(one if not one or PLAIN.fullmatch(one) else HIDDEN for one in parts.path.split("/"))
    query = "&".join(_value(*pair) for pair in parse_qsl(parts.query, keep_blank_values=True))
    return f"{segments}?{query}" if query else segments


def _value(name: str, value: str) -> str:
    return f"{name}={value if name.lower() in PAGING and COUNTED.fullmatch(value) else HIDDEN}"
