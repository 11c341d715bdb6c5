"""The facts that values show, by their names, and what the letters beside a row say of them.

Of each fact a letter says whether it has a value, is empty, or is not told at all, such as what is asked of somebody's
children who has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import compress

from ...fields import Csv, Expr, Field, LastUpdated, Latest, Path, Ref

VALUE, EMPTY, NOTHING = "1", "0", "-"
"""A fact has a value, is empty, or is not told. Of several rows the greatest letter holds."""

IS_EMPTY = "=null"
"""What follows the name of a fact that was shown to be empty."""


# ---- what letters say


def said_by(facts: tuple[frozenset[str], ...], texts: Iterable[str | None]) -> frozenset[str]:
    """The facts that have a value in any of some rows, by the rows' letters, and those that are empty in all."""
    distinct = set(filter(None, texts))
    letters = distinct.pop() if len(distinct) == 1 else "".join(map(max, zip(*distinct, strict=True)))
    shown = frozenset[str]().union(*compress(facts, map(VALUE.__eq__, letters)))
    blank = frozenset[str]().union(*compress(facts, map(EMPTY.__eq__, letters)))
    return shown.union([name + IS_EMPTY for name in blank - shown])


def settled(facts: Iterable[str]) -> list[str]:
    """Facts that several rows told: what has a value in one of them was not shown to be empty."""
    found = frozenset(facts)
    return sorted(name for name in found if not name.endswith(IS_EMPTY) or name.removesuffix(IS_EMPTY) not in found)


# ---- their names


def leaves_of(expr: Expr) -> Iterator[Expr]:
    """The values that name a fact."""
    if isinstance(expr, Field | Path):
        yield expr
    elif isinstance(expr, Csv):
        yield from leaves_of(expr.what)
    elif not isinstance(expr, LastUpdated | Latest):
        for part in expr.parts():
            yield from leaves_of(part)


def facts_of(expr: Expr) -> Iterator[str]:
    """The facts that a value shows, each by its own name: `Student.upn`, `Student.reg_group.name`.

    That something has changed is told of no fact.
    """
    if isinstance(expr, Ref):
        return
    if isinstance(expr, Field):
        yield f"{expr.owner.__name__}.{expr.name}"
    elif isinstance(expr, Path):
        yield ".".join([expr.steps[0].owner.__name__, *(step.name for step in expr.steps), expr.end.name])
    elif isinstance(expr, Csv):
        yield from facts_of(expr.what)
    elif not isinstance(expr, LastUpdated | Latest):
        for part in expr.parts():
            yield from facts_of(part)
