"""The SQL of records that are worked out from others, by their kind; the model says from which (`over`).

A view is made with the tables. A query is worked out for a request, from its arguments too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ....fields import RECORDS, Record
from ..flavour import Flavour
from ..gathered import Choice
from . import agencies, attainment, attendance, conduct, lessons, meals, siblings
from .text import Query, View

VIEWS: Mapping[type[Record], View] = {
    **agencies.VIEWS,
    **attainment.VIEWS,
    **attendance.VIEWS,
    **lessons.VIEWS,
}

QUERIES: Mapping[type[Record], Query] = {
    **attendance.QUERIES,
    **conduct.QUERIES,
    **meals.QUERIES,
    **siblings.QUERIES,
}

ROWS_OF: Mapping[type[Record], type[Record]] = {**attainment.ROWS_OF, **attendance.ROWS_OF}
"""The views each of whose rows is one of another kind, with its hub id, its key, and its references by their names."""

COUNTED_LATER: Mapping[type[Record], Mapping[str, Choice]] = attendance.COUNTED_LATER
"""The facts that are counts of marks, each with the marks that fit: they are made after the query, of its registers."""

_without = [r.__name__ for r in RECORDS.values() if r.derived() != (r in VIEWS or r in QUERIES)]
if _without:
    raise TypeError(f"{', '.join(_without)}: worked out from others without SQL, or the other way round")


def view(record: type[Record], flavour: Flavour) -> str:
    """The SELECT of a view, on one line; "" for what is none."""
    made = VIEWS.get(record)
    return " ".join(made(flavour).split()) if made else ""


def rows(record: type[Record], flavour: Flavour, seen: Callable[[type[Record], str], str]) -> str:
    """What a record's rows are selected from; `seen(kind, alias)` is the SQL of whether a row may be known of."""
    query = QUERIES.get(record)
    return f"({' '.join(query(flavour, seen).split())})" if query else f'"{record.table}"'
