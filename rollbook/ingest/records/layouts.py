"""The tables in which records are told: a column for each fact of a kind, and one for the source's own key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...fields import Decimal, Field, Flag, Number, Record, Ref, Value
from ..kinds import KEY, KINDS
from ..mapping.rows import KEPT
from ..rows import Row
from ..tables import Column, Layout, Table


def _layout(kind: type[Record]) -> Layout:
    columns = [Column(KEY, required=True), *(_column(name, fact) for name, fact in kind.stored().items())]
    return Layout(kind.table, tuple(columns), KEY)


def _column(name: str, fact: Field) -> Column:
    if isinstance(fact, Ref):
        return Column(name, name == "school" and not fact.shared, to=fact.target.table)
    return Column(name, kind={"flag": "bit"}.get(fact.kind, fact.kind))


LAYOUTS = {kind: _layout(kind) for kind in KINDS}


READ: Mapping[type[Field], type[int | float]] = {Flag: int, Number: int, Decimal: float}


def rows_of(kind: type[Record], table: Table) -> Iterator[Row]:
    """The rows of a table as records of a kind; what no column is for stays with them."""
    facts = {n: f for n, f in kind.stored().items() if n in table.columns}
    refs = [n for n, f in facts.items() if isinstance(f, Ref)]
    values = {n: READ.get(type(f), str) for n, f in facts.items() if not isinstance(f, Ref)}
    said, pointed = table.cells(*values) if values else None, table.cells(*refs) if refs else None
    extras = list(table.extras())
    for at, key in enumerate(table[KEY]):
        cells = next(said) if said else ()
        keys = next(pointed) if pointed else ()
        told: dict[str, Value] = {
            n: read(cell) if cell else None for (n, read), cell in zip(values.items(), cells, strict=True)
        }
        leads = {n: there or None for n, there in zip(refs, keys, strict=True)}
        rest = {name.removeprefix(KEPT): cell for name, cell in (extras[at] or {}).items()}
        yield Row(key, told, leads, rest or None, table.place(at))
