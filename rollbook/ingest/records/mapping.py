"""How a mapping of records is written: a kind, and for each of its facts where a row says it."""

from __future__ import annotations

from collections.abc import Mapping

from ...fields import Field, Record
from ..kinds import BY_TABLE, KEY
from ..mapping import Cell, Condition, Rows, maybe
from ..mapping.plan import Part, Plan
from .layouts import LAYOUTS

NONE: Mapping[str, str | Cell] = {}

BITS = {"true": "1", "false": "0", "1": "1", "0": "0", "yes": "1", "no": "0", "y": "1", "n": "0"}


def bit(path: str) -> Cell:
    """A flag, in any of the words that systems have for it; by any other word it is not known."""
    return Cell((path,), codes=BITS, otherwise="", optional=True)


def of(
    kind: type[Record],
    file: str,
    shared: Mapping[str, str | Cell] = NONE,
    /,
    *,
    each: str = "",
    where: tuple[Condition, ...] = (),
    rest: bool = False,
    **facts: str | Cell,
) -> Part:
    """Records of a kind, from the rows of a file; a fact is at a path, or is what a cell makes of the row.

    Facts that several parts tell alike are `shared`. What nothing reads stays with the record where `rest` says so.
    """
    facts = {**shared, **facts}
    known = {column.name for column in LAYOUTS[kind].columns}
    if unknown := sorted(facts.keys() - known):
        raise TypeError(f"{kind.__name__} has no {', '.join(unknown)}")
    if KEY not in facts:
        raise TypeError(f"rows of {kind.__name__} have no key")
    cells = {name: maybe(said) if isinstance(said, str) else said for name, said in facts.items()}
    return Part(Rows(kind.table, cells, where, each, rest), file)


def facts_of(plan: Plan) -> frozenset[Field]:
    """The facts that a mapping has a place for."""
    kinds = [(BY_TABLE[part.rows.table], part.rows.columns) for part in plan.parts]
    return frozenset(kind.fields[name] for kind, cells in kinds for name in cells if name in kind.fields)
