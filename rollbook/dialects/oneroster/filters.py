"""The words of `filter`: one condition, or two with AND or OR between them.

OneRoster 1.2 Rostering Service, REST binding, section 3.4.3 (filtering).
"""

from __future__ import annotations

import re

from ...api.listing.asking import Clause, Filter
from ...errors import Malformed
from .wire import Fault

_CLAUSE = re.compile(r"\s*([A-Za-z][\w.]*)\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^']|'')*)'\s*", re.ASCII)
_JOIN = re.compile(r"(AND|OR)(?=\s)", re.ASCII)

EXAMPLE = "such as familyName='Abbess' AND status='active'"


def parse(text: str) -> Filter:
    """A filter's conditions; raises `Malformed` with the place where it cannot be read."""
    first = _CLAUSE.match(text)
    if first is None:
        raise _wrong(text, 0)
    clauses = [_clause(first)]
    join = _JOIN.match(text, first.end())
    if join is None and first.end() < len(text):
        raise _wrong(text, first.end())
    if join is not None:
        second = _CLAUSE.match(text, join.end())
        if second is None or second.end() < len(text):
            raise _wrong(text, join.end() if second is None else second.end())
        clauses.append(_clause(second))
    return Filter(tuple(clauses), join is not None and join[1] == "OR")


def _clause(found: re.Match[str]) -> Clause:
    return Clause(found[1], found[2], found[3].replace("''", "'"))


def _wrong(text: str, at: int) -> Malformed:
    said = f"cannot be read from {text[at : at + 30]!r} on" if text[at:].strip() else "ends too early"
    hint = f"write a field, an operator and a text in quotation marks, at most two of them, {EXAMPLE}"
    return Malformed(Fault("filter", said, hint, "invaliddata"))
