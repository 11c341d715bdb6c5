"""The page of the canonical record."""

from __future__ import annotations

import importlib
from itertools import groupby

from rollbook.fields import RECORDS, Code, Computed, Field, Record, Ref, Told

from .markdown import code, grid, need, page, said
from .telling import FIELD_HEAD, TYPES, Row


def records() -> str:
    """The canonical record, area by area."""
    blocks: list[str] = []
    for module, each in groupby(RECORDS.values(), key=lambda r: r.__module__):
        if not module.startswith("rollbook."):
            continue
        words = (importlib.import_module(module).__doc__ or "").strip()
        blocks += [f"## {words.removesuffix('.')}"]
        for record in each:
            rows = map(record_row, record.fields.values())
            blocks += [f"### {record.__name__}", said(record), grid(FIELD_HEAD, rows)]
    return page(
        "Records",
        "The hub's records and every fact about them, each declared once in `rollbook/model`. Every record also has a "
        "hub id (a UUID) and a history. An arrow is a reference to another record. Scopes in brackets are the record's "
        "own. A person's facts are shown through the person's roles at a school, each with its own scopes.",
        *blocks,
    )


def record_row(field: Field) -> Row:
    """One canonical field."""
    own = field.scope is None
    scopes_needed = "" if own and not field.owner.scope.ways - {frozenset()} else need(field.need)
    return (
        field.name,
        kept_as(field),
        code(field.example),
        field.about,
        f"({scopes_needed})" if own and scopes_needed else scopes_needed,
    )


def kept_as(field: Field) -> str:
    """The type of a field and where it comes from."""
    if isinstance(field, Ref):
        return f"→ {link(field.target)}"
    if isinstance(field, Told):
        return f"{TYPES[field.kind]}, from {link(field.fact.owner)}"
    if isinstance(field, Computed):
        return f"{TYPES[field.kind]}, calculated"
    if isinstance(field, Code):
        return "code" + (f" ({', '.join(field.choices)})" if field.choices else "")
    return TYPES[field.kind]


def link(record: type[Record]) -> str:
    """A link to a record on its page."""
    return f"[{record.__name__}](#{record.__name__.lower()})"
