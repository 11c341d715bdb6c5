"""What a request asks of a list: conditions, fields, an order and a page, in no dialect's words.

A dialect reads its own parameters and its own grammar of filters; what comes out is this.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from ...errors import nearest
from .resource import Listing, Property

OPERATORS = ("=", "!=", ">", ">=", "<", "<=", "~", "in", "not in", "starts with", "is known", "is unknown")
"""What a condition may say; `~` is that a text has a part, or a list a word."""

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
"""What the hub's ids look like."""

Sees = Callable[[Property], bool]
"""Whether the caller may filter by a property."""


@dataclass(frozen=True)
class Clause:
    """One condition of a filter: a property, an operator and a value."""

    name: str
    operator: str
    value: Any = ""


@dataclass(frozen=True)
class Filter:
    """What a filter says: its conditions, and whether any of them is enough."""

    clauses: tuple[Clause, ...] = ()
    either: bool = False


EVERYTHING = Filter()
"""No filter."""


@dataclass(frozen=True)
class Asked:
    """What a request asks of a list by offset; no `fields` stand for all, and below zero `limit` is for all rows."""

    limit: int = 100
    offset: int = 0
    sort: str = ""
    down: bool = False
    filter: Filter = EVERYTHING
    fields: tuple[str, ...] = ()


def whole_number(text: str, least: int, most: int) -> int | None:
    """A number of rows, at most so many; None where a text is none."""
    text = text.strip()
    return min(int(text), most) if re.fullmatch(r"\d{1,9}", text, re.ASCII) and int(text) >= least else None


def sortable(listing: Listing, sees: Sees) -> list[str]:
    """What a caller may sort by: what may be compared by size."""
    return [name for name, what in listing.properties.items() if ">" in what.filters and sees(what)]


def fields(listing: Listing, text: str, most: int = 20) -> tuple[tuple[str, ...], dict[str, str]]:
    """The fields that a list of names asks for, in their order, and a hint for each of the first that there are not."""
    known = [*listing.properties]
    words = list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    unknown = [word[:80] for word in words if word not in known][:most]
    return tuple(name for name in known if name in words), {word: nearest(word, known) for word in unknown}


def decimal(text: str) -> str | None:
    """A number; None where a text is none."""
    text = text.strip()
    return text if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text, re.ASCII) else None


def moment(text: str) -> str | None:
    """A day or a moment, as the store writes moments; one without a zone is in UTC. None where a text is neither."""
    text = text.strip()
    try:
        if len(text) == 10:
            return f"{date.fromisoformat(text).isoformat()}T00:00:00.000"
        at = datetime.fromisoformat(text)
        utc = at.astimezone(UTC) if at.tzinfo else at
        return utc.replace(tzinfo=None).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError):
        return None
