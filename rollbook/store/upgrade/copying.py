"""Writing the rows of the old file anew, table by table."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ..connection import Opened
from .catalogue import Kind, tables
from .numbers import Numbers, by_kind
from .spelling import day_number
from .walking import Chunk, Table, old_tables, walk

HISTORY = ("district", "id", "made", "seq", "changed")
"""The columns of every record that the two layouts keep differently; all others are facts, and the remainder."""

LISTS = ("chosen", "turned", "veiled")
"""Tables that name records by kind and hub id, and in the new layout by key as well."""


def copied(connection: Opened) -> Iterator[None]:
    """Copy every table; the clock is made of the numbers (see `moments`)."""
    numbers = Numbers(connection)
    for of in (one for one in old_tables(connection) if one.name != "clock"):
        kind = tables().get(of.name)
        values = _record(numbers, kind, of) if kind else _other(numbers, of)
        yield from walk(connection, "new", f"rows of {of.name}", of, partial(_copy, connection, of, values))


def _copy(connection: Opened, of: Table, values: dict[str, str], chunk: Chunk) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    rows = f'SELECT {", ".join(values.values())} FROM main."{of.name}" o WHERE {of.within("o", chunk)}'
    connection.execute(f'INSERT INTO new."{of.name}" ({names}) {rows}', chunk.bound())


def _record(numbers: Numbers, kind: Kind, of: Table) -> dict[str, str]:
    """What the columns of a record are made of."""
    each = f"json_group_object(c.key, {numbers.of_stamp(kind, 'o', 'c.value')})"
    facts = [name for name in of.columns if name not in HISTORY]
    return {
        "key": numbers.key(kind, "o"),
        "district": "o.district",
        kind.known_by: "o.id",
        **{name: _fact(numbers, kind, name) for name in facts},
        "seq": f"nullif({numbers.last_write(kind, 'o')}, {numbers.key(kind, 'o')})",
        "changed": f"iif(o.changed IS NULL, NULL, (SELECT {each} FROM json_each(o.changed) c))",
    }


def _fact(numbers: Numbers, kind: Kind, name: str) -> str:
    value = f'o."{name}"'
    if name in kind.references:
        return numbers.reference(kind, "o", name)
    if name in kind.days:
        return day_number(value)
    return value


def _other(numbers: Numbers, of: Table) -> dict[str, str]:
    """What the columns of housekeeping are made of."""
    values = {name: f'o."{name}"' for name in of.columns}
    if of.name == "history":
        values["made"] = numbers.remembered("o")
    if of.name in LISTS:
        district = district_of(of.name, "o", "main")
        key = by_kind(numbers.named_in(of.name), "o", lambda kind: numbers.named(kind, district, "o.id"))
        values["key"] = key_of(of.name, "o", key)
    return values


def district_of(among: str, alias: str, file: str) -> str:
    """The district of whom a row of a list names; where the row does not tell it, its grant does."""
    grant = f'(SELECT g.district FROM {file}."grant" g WHERE g.id = {alias}."grant")'
    return f"{alias}.district" if among == "veiled" else grant


def key_of(among: str, alias: str, key: str) -> str:
    """The key of whom a row of a list names; `turned` has rows for nobody in particular, whose hub id is empty."""
    return f"iif({alias}.id = '', 0, {key})" if among == "turned" else key
