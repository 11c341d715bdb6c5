"""Which rows of a resource are meant, what a reader may ask of them, and what of them is somebody's to know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...consent import DistrictReader
from ...fields import (
    ALWAYS,
    Coalesce,
    Condition,
    Csv,
    Expr,
    Field,
    Key,
    Many,
    Not,
    Path,
    Record,
    Words,
)
from ...recent import Recent
from .resource import Part, Property, each

Args = Mapping[str, Any]

Conditions = Mapping[type[Record], Condition]
"""What holds of the rows of each kind of record."""


@dataclass(frozen=True)
class Rows:
    """Which rows of a resource are meant: a name for them, the conditions of each kind of record, and their values."""

    name: str = ""
    where: tuple[Conditions, ...] = ()
    args: Args = field(default_factory=dict[str, Any])

    def of(self, part: Part) -> Condition:
        """What holds of a part's rows."""
        held = part.only
        for conditions in self.where:
            held = held & conditions[part.of]
        return held

    def and_(self, name: str, where: Conditions, **args: Any) -> Rows:
        """Fewer rows: those of which something more holds."""
        return Rows(f"{self.name} {name}", (*self.where, where), {**self.args, **args})

    def with_args(self, **args: Any) -> Rows:
        """The same rows, with further values of the request."""
        return replace(self, args={**self.args, **args})


EVERY = Rows()

NEVER = Not(ALWAYS)
"""No row."""


def sees(reader: DistrictReader, expr: Expr) -> bool:
    """Whether any part of a value is shown to a reader; a value that is made of several needs one of them."""
    if isinstance(expr, Csv):
        return reader.sees(expr.many.via) and sees(reader, expr.what)
    if isinstance(expr, Coalesce) or (isinstance(expr, Words) and not isinstance(expr, Key)):
        return any(sees(reader, part) for part in expr.parts())
    return reader.sees(expr)


def may_filter(reader: DistrictReader, what: Property) -> bool:
    """Whether a reader may filter by a property: only where some school shows it."""
    return sees(reader, what.value) or (what.among is not None and reader.sees(what.among[1]))


_wholes: Recent[tuple[tuple[str, Expr], ...]] = Recent(256)


def whole(reader: DistrictReader, part: Part) -> tuple[tuple[str, Expr], ...]:
    """Everything that a row tells a reader, whatever of it is shown: a change of any of it is a change of the row."""
    return _wholes.get((reader.sight.key, part), lambda: tuple(_whole(reader, part)))


def _whole(reader: DistrictReader, part: Part) -> Iterator[tuple[str, Expr]]:
    parts = {repr(many.via): many.via for many in part.parts}
    for value in (*(column.shown for column in part.properties.values()), *part.only.parts()):
        for leaf in _leaves(value):
            if isinstance(leaf, Csv):
                parts[repr(leaf.many.via)] = leaf.many.via
            elif (
                isinstance(leaf, Field | Path) and (leaf.steps[0] if isinstance(leaf, Path) else leaf).owner is part.of
            ):
                yield repr(leaf), leaf
    for name, via in parts.items():
        if via.target is part.of and reader.sees(via):
            yield name, each(Many("The parts of a row", via), via)


def _leaves(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, Csv | Field | Path):
        yield expr
    else:
        for part in expr.parts():
            yield from _leaves(part)
