"""How fields, and what they need, are told in tables."""

from __future__ import annotations

from collections.abc import Iterable

from rollbook.api.listing.describing import needs
from rollbook.fields import RECORDS, Expr, Record

from .markdown import need

TYPES = {
    "text": "text",
    "flag": "0 or 1",
    "number": "whole number",
    "decimal": "number",
    "date": "date",
    "moment": "moment",
    "datetime": "date and time",
    "time": "time",
    "list": "one or more, separated by commas",
    "pairs": "one or more, separated by commas, each alone or as `702|34`",
    "range": "two dates, `2026-09-01|2026-12-18`",
    "year": "the year in which an academic year begins, such as `2025`",
}

Row = tuple[str, str, str, str, str]
"""Name, type, example, description and scopes of a field."""

FIELD_HEAD = ("Field", "Type", "Example", "Description", "Scopes")


def by_facts(values: Iterable[Expr], roles: tuple[type[Record], ...] = ()) -> str:
    """The scopes needed for each of the facts that values are made of."""
    return "; ".join(dict.fromkeys(map(need, needs(values, roles))))


def records_link(record: type[Record]) -> str:
    """A link to a record on the page of records."""
    # Kinds that share a table are described once, with it.
    table = next(one for one in RECORDS.values() if one.table == record.table)
    return f"[{table.__name__}](records.md#{table.__name__.lower()})"
