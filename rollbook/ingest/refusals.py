"""Why a source was refused, and what is set aside of it, kept for the school to see, without any personal data."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..errors import Problem, RollbookError
from ..store.kept import Kept
from ..store.kept.asides import SetAside
from ..store.numbering import now
from ..store.writing import Batch
from .plan import Plan
from .rows import Aside, Place

QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
"""A cell as a problem quotes it, which is how Python does: a quotation mark within has a backslash before it."""

MOST_PROBLEMS = 500

MOST_ASIDE = 10_000
"""How many rows that are set aside are listed of one source."""


def problems_of(error: RollbookError | OSError) -> Sequence[Problem]:
    """What is wrong with a source that could not be read, without anything that it says."""
    if isinstance(error, OSError):
        return [Problem("source", f"cannot be opened: {error.strerror or type(error).__name__}")]
    return [Problem(*map(unquoted, (p.where, p.what, p.hint))) for p in error.problems]


def keep_refusal(kept: Kept, district: int, source: str, problems: Sequence[Problem]) -> None:
    """Write down, in a transaction, what a source was refused for last; nothing when it was accepted."""
    kept.sources.refuse(district, source, now(), problems[:MOST_PROBLEMS])


def keep_asides(batch: Batch, plan: Plan) -> None:
    """Write down what is set aside of a source for its faults; what was already then keeps its moment."""
    asides, at = batch.kept.asides, now()
    faults = [one for one in plan.aside if one.fault]
    since = {_same(row): row.at for row in asides.of_source(batch.district, plan.source)}
    schools: dict[str, str | None] = {}
    for key in {key for one in faults for key in one.schools if key}:
        schools[key] = batch.kept.sources.record_of(batch.district, plan.source, "School", key)
    rows = [_row(plan.source, at, one, schools) for one in faults[:MOST_ASIDE]]
    asides.keep(batch.district, plan.source, (row._replace(at=since.get(_same(row), at)) for row in rows))


def _row(source: str, at: str, one: Aside, schools: dict[str, str | None]) -> SetAside:
    column = f", column {one.column}" if one.column else ""
    there = tuple(sorted({found for key in one.schools if (found := schools.get(key))}))
    what, hint, where = unquoted(one.what), unquoted(one.hint), f"{Place(*one.place)}{column}"
    return SetAside(source, at, one.kind, one.key, where, what, hint, len(one.waits), there)


def _same(row: SetAside) -> tuple[str, ...]:
    """What tells that a row is the one that was set aside before: lines move from one night to the next."""
    return row.kind, row.key or row.where, row.where.rpartition(", column ")[2], row.what


def unquoted(text: str) -> str:
    """A text without the cells that it quotes."""
    return QUOTED.sub("a value", text)
