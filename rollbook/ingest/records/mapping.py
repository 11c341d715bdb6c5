"""How a mapping of records is written: a kind, and for each of its facts where a row says it."""

from __future__ import annotations

from ...fields import Record
from ..kinds import KEY
from ..mapping import Cell, Condition, Rows
from ..mapping.plan import Part
from .layouts import LAYOUTS

BITS = {"true": "1", "false": "0", "1": "1", "0": "0", "yes": "1", "no": "0", "y": "1", "n": "0"}


def maybe(*paths: str, between: str = "-") -> Cell:
    """What is at a path, or at several, joined; blank where a file does not have it."""
    return Cell(paths, between=between, optional=True)


def bit(path: str) -> Cell:
    """A flag, in any of the words that systems have for it."""
    return Cell((path,), codes=BITS, optional=True)


def of(
    kind: type[Record],
    file: str,
    /,
    *,
    each: str = "",
    where: tuple[Condition, ...] = (),
    rest: bool = False,
    **facts: str | Cell,
) -> Part:
    """Records of a kind, from the rows of a file; a fact is at a path, or is what a cell makes of the row.

    What nothing reads stays with the record where `rest` says so.
    """
    known = {column.name for column in LAYOUTS[kind].columns}
    if unknown := sorted(facts.keys() - known):
        raise TypeError(f"{kind.__name__} has no {', '.join(unknown)}")
    if KEY not in facts:
        raise TypeError(f"rows of {kind.__name__} have no key")
    cells = {name: maybe(said) if isinstance(said, str) else said for name, said in facts.items()}
    return Part(Rows(kind.table, cells, where, each, rest), file)
