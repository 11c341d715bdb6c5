"""What is new in a file that was sent whole: a night's file of a million rows is mostly last night's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import compress, islice

from ..columns import BETWEEN, BLOCK
from ..tables import Table


def digest_of(table: Table) -> bytes:
    """What tells whether a file says anything new."""
    told = hashlib.blake2b(digest_size=16)
    for name, column in table.columns.items():
        told.update(f"{name}\n{len(column)}\n".encode())
        cells = iter(column)
        while some := list(islice(cells, BLOCK)):
            told.update(f"{BETWEEN.join(some)}{BETWEEN}".encode("utf-8", "surrogatepass"))
    return told.digest()


def news(table: Table, digest: bytes | None, before: Callable[[], Table]) -> Table | None:
    """The rows of a file that are new or different, and the keys of those that are gone.

    `digest` is what it had `before`. None where its rows have changed places: some records go by who comes first.
    """
    if digest == digest_of(table):
        return table.only((False,) * len(table))
    old, names = before(), dict.fromkeys(table.columns)
    names.update(dict.fromkeys(old.columns))
    if table[table.layout.key] == old[table.layout.key]:
        return table.only(_different(table, old, names))
    if any(one != other for one, other in zip(_shared(table, old), _shared(old, table), strict=True)):
        return None
    was = dict(zip(old.keys, old.cells(*names), strict=True))
    told = zip(table.keys, table.cells(*names), strict=True)
    changed = table.only([was.get(key) != cells for key, cells in told])
    return replace(changed, gone=frozenset(old.keys.keys() - table.keys.keys()))


def _different(table: Table, old: Table, names: Iterable[str]) -> list[bool]:
    """Which rows have other cells in two tables that have the same rows."""
    columns = [name for name in names if table[name] != old[name]]
    cells = zip(table.cells(*columns), old.cells(*columns), strict=True) if columns else ()
    return [one != other for one, other in cells] or [False] * len(table)


def _shared(table: Table, other: Table) -> Iterator[str]:
    """The keys of a table that are in another one too, in their order."""
    return compress(table.keys, map(other.keys.__contains__, table.keys))
