"""Pieces of SQL that every database reads alike: values written out, conditions put together."""

from __future__ import annotations

from collections.abc import Iterable

from ...fields import Record, Value

ALWAYS, NEVER = "TRUE", "FALSE"


NUMBERED_ID = "00000000-0000-8000-8000-"
"""How the hub id of a record begins that has none of its own (RFC 9562, version 8); its key follows, of 12 digits."""

HERE = "(SELECT key FROM school WHERE district = :district AND id = :school)"
"""The key of the school that is read (`:school` is its hub id)."""


def id_of(record: type[Record], key: str) -> str:
    """The hub id of the record with a key; null where there is none."""
    return f'(SELECT id FROM "{record.table}" WHERE district = :district AND key = {key})'


def keys_of(record: type[Record], ids: str) -> str:
    """A SELECT of the keys of the records with one of some hub ids, given as SQL."""
    return f'SELECT key FROM "{record.table}" WHERE district = :district AND id IN ({ids})'


def naming(source: str, district: str = ":district") -> str:
    """The FROM and WHERE of the humans (`named`) whom the documents of a record, a hub id given as SQL, name."""
    joined = "JOIN person named ON named.district = pointing.district AND named.id = pointing.target"
    return f"FROM pointer pointing {joined} WHERE pointing.district = {district} AND pointing.source = {source}"


def masked(seen: str, value: str, otherwise: str = "NULL") -> str:
    """A value where a condition holds; "" is a condition that need not be asked."""
    if not seen:
        return value
    if seen == NEVER:
        return otherwise
    return f"CASE WHEN {seen} THEN {value} ELSE {otherwise} END"


def both(conditions: Iterable[str]) -> str:
    """All of the conditions, "" where none has to be asked."""
    said = [c for c in conditions if c]
    return NEVER if NEVER in said else " AND ".join(said)


def every(conditions: Iterable[str]) -> str:
    """All of the conditions, written out: what always holds is left out, and what never does leaves out the others."""
    said = [c for c in conditions if c != ALWAYS]
    return NEVER if NEVER in said else " AND ".join(said) or ALWAYS


def quote(value: Value) -> str:
    """A value as SQL writes it."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


def quoted(values: Iterable[Value]) -> str:
    """Values as SQL lists them."""
    return ", ".join(map(quote, values))
