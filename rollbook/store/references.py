"""Hub ids outside, keys inside: what leads from the one to the other, and rows as those above the store know them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from ..fields import Day, Record, Ref
from .plan.flavour import Flavour
from .schema import NUMBERED_ID


def key_of(record: type[Record], district: object, identity: str) -> str:
    """The SQL of the key of the record of a kind with a hub id, null where there is none; SQL says which."""
    found = f'SELECT key FROM "{record.table}" WHERE district = {district}'
    if not record.numbered:
        return f"({found} AND id = {identity})"
    # An id that is made of the key has no index but the key.
    number = _number(f"substr({identity}, {len(NUMBERED_ID) + 1})")
    return (
        f"({found} AND given = {identity} UNION ALL {found} AND key = {number} AND id = {identity} AND given IS NULL)"
    )


def _number(text: str) -> str:
    """The SQL of the number that a text of digits says; null where it says none."""
    return f"CASE WHEN length({text}) = 12 AND trim({text}, '0123456789') = '' THEN CAST({text} AS BIGINT) END"


def id_of(ref: Ref, alias: str) -> str:
    """The SQL of the hub id of what a row refers to; null where that is gone."""
    return f'(SELECT id FROM "{ref.target.table}" WHERE district = {alias}.district AND key = {alias}."{ref.name}")'


@cache
def days_of(record: type[Record]) -> tuple[str, ...]:
    """The facts of a kind that are stored as numbers of days."""
    return tuple(name for name, fact in record.stored().items() if isinstance(fact, Day))


@cache
def row_names(record: type[Record]) -> tuple[str, ...]:
    """What a row is given as to those above the store: ids, facts (references as hub ids) and its history.

    `made` is the number of its making, `seq` that of its last write.
    """
    return "district", "id", *record.stored(), "made", "seq", "changed", "remainder"


@cache
def rows_of(record: type[Record], flavour: Flavour, *names: str) -> str:
    """The SELECT of such rows from the kind's table, which is called `t`, whole or as far as is named.

    The caller adds which.
    """
    own = {"made": "t.key", "seq": "coalesce(t.seq, t.key)"}
    own |= {name: id_of(ref, "t") for name, ref in record.refs().items()}
    own |= {name: flavour.day(f't."{name}"') for name in days_of(record)}
    listed = ", ".join(own.get(name, f't."{name}"') for name in names or row_names(record))
    return f'SELECT {listed} FROM "{record.table}" t'


def row_of(record: type[Record], found: Iterable[Any]) -> dict[str, Any]:
    """A row that was found by `rows_of`, column by column."""
    return dict(zip(row_names(record), found, strict=True))
