"""What others know a record by: its natural keys, also those that lie in what it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ..fields import RECORDS, Record, Ref
from ..fields.record import OWN_DISTRICT
from .connection import Connection
from .plan.phrases import naming
from .references import id_of, key_of

NATURAL = ("mis_id", "external_id", "xid", "estab", "code", "mark", "date", "session", "instance")
"""The facts that every kind of record which has them is known by."""


NAMED = "named"
"""Whom a row's documents named, as the history keeps it: each by a role, its kind, its hub id, that of its school."""


@cache
def key_facts(record: type[Record]) -> frozenset[str]:
    """The facts of a row itself whose change gives it another key; references that its key leads through are some."""
    return frozenset({*NATURAL, *(name.split(".")[0] for name in record.natural)} & record.stored().keys())


def keys_of(connection: Connection, record: type[Record], row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row, given column by column, is known by now, and what is remembered of it besides.

    These are facts of its own and those that its references lead to. References are hub ids, those of the row and those
    among the keys.
    """
    own = [*NATURAL, *(n for n in (*record.natural, *record.remembers) if "." not in n), *record.refs()]
    keys = {name: row[name] for name in own if row.get(name) is not None}
    names, statement = _reached(record)
    if names:
        found = connection.execute(statement, dict(row)).fetchone()
        keys |= {name: value for name, value in zip(names, found or (), strict=False) if value is not None}
    named = _named(connection, row) if record.names_others else []
    return {**keys, NAMED: named} if named else keys


def _named(connection: Connection, row: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The humans whom the documents of a row name, each by a role: one at the row's school, if they have any there."""
    found: dict[str, tuple[str, str, str]] = {}
    for role in (r for r in RECORDS.values() if r.human):
        held = f'JOIN "{role.table}" held ON held.district = person.district AND held.person = person.key'
        school = "JOIN school ON school.district = held.district AND school.key = held.school"
        those = f"person.district = :district AND person.key IN (SELECT named.key {naming(':id')})"
        asked = f"SELECT person.id, held.id, school.id FROM person {held} {school} WHERE {those} ORDER BY 2"
        for person, identity, place in connection.execute(asked, dict(row)).fetchall():
            if person not in found or place == row.get("school"):
                found[person] = role.__name__, identity, place
    return list(found.values())


@cache
def _reached(record: type[Record]) -> tuple[tuple[str, ...], str]:
    """The dotted names of a kind of record, and the statement that reads their facts for a row's columns."""
    names = tuple(dict.fromkeys(name for name in (*record.natural, *record.remembers) if "." in name))
    aliases: dict[tuple[str, ...], str] = {}
    joins: list[str] = []
    facts: list[str] = []
    for name in names:
        steps, fact = record.trace(name)
        alias = _join(record, steps, aliases, joins)
        facts.append(id_of(fact, alias) if isinstance(fact, Ref) else f'{alias}."{fact.name}"')
    return names, f"SELECT {', '.join(facts)} FROM (SELECT 1) one {' '.join(joins)}"


def _join(record: type[Record], steps: tuple[str, ...], aliases: dict[tuple[str, ...], str], joins: list[str]) -> str:
    if steps in aliases:
        return aliases[steps]
    *before, last = steps
    if last == OWN_DISTRICT:
        table, on = RECORDS["District"].table, ""
    else:
        owner = record
        for step in before:
            owner = owner.refs()[step].target
        target = owner.refs()[last].target
        there = tuple(before)
        # The row's own references are hub ids, those that follow are keys.
        key = f'{_join(record, there, aliases, joins)}."{last}"' if there else key_of(target, ":district", f":{last}")
        table, on = target.table, f" AND {{alias}}.key = {key}"
    alias = aliases[steps] = f"k{len(aliases)}"
    joins.append(f'LEFT JOIN "{table}" {alias} ON {alias}.district = :district{on.format(alias=alias)}')
    return alias
