"""Which facts a row tells, as SQL of letters beside it.

Where one thing is asked for by its id, a text has a letter for each fact: whether the fact has a value, is empty, or is
not told at all, such as what is asked of somebody's children who has none. What is a column by itself, read through one
school's grant, is looked at in the row that was rendered; a statement of its own tells the rest. To do that for each
row of a long list would cost as much as the list. There the facts are those that were asked for; beside a human stands
only which roles they have, since a student's line must not say what is told of contacts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from ...fields import (
    Coalesce,
    Csv,
    Expr,
    Field,
    First,
    Initial,
    Key,
    Many,
    MarkString,
    Nested,
    Path,
    Record,
    Some,
    Split,
    Tally,
    When,
    Words,
)
from ...model.people import Person
from .facts import EMPTY, NOTHING, VALUE, facts_of
from .many import of_many
from .phrases import both, masked
from .sights import OneSchool
from .statement import Statement


@dataclass(frozen=True)
class Piece:
    """Letters beside a row: what each is about, the SQL of the text, and the role that tells it, if one does."""

    facts: tuple[frozenset[str], ...]
    sql: str
    role: type[Record] | None = None

    def where(self, condition: str) -> Piece:
        """The same where a condition holds."""
        return Piece(self.facts, masked(condition, self.sql, nothing_of(self.facts)), self.role)


def nothing_of(facts: tuple[frozenset[str], ...]) -> str:
    """The SQL of letters that tell nothing."""
    return f"'{NOTHING * len(facts)}'"


@dataclass(frozen=True)
class Plain:
    """The columns of a row that are one fact each."""

    names: tuple[str, ...] = ()
    facts: tuple[frozenset[str], ...] = ()

    def letters(self, row: bytes) -> str:
        """A letter for each of them, by a row as it was rendered."""
        told = msgspec.json.decode(row, type=dict[str, Any])
        return "".join([EMPTY if told[name] is None else VALUE for name in self.names])


@dataclass(frozen=True)
class Letters:
    """What each letter beside a row is about, and the SQL of the texts that they stand in, one after the other."""

    facts: tuple[frozenset[str], ...]
    each: tuple[str, ...]

    @property
    def sql(self) -> str:
        """The SQL of all of them; "" where there is nothing to ask."""
        return f"concat({', '.join(self.each)})" if self.each else ""


def letters(sql: Statement, columns: Iterable[tuple[str, Expr]]) -> tuple[Plain, Letters, Letters]:
    """The facts that columns of a statement show: by themselves for one row, by the roles of a human for many."""
    columns = list(columns)
    plain = [(name, expr) for name, expr in columns if _is_plain(sql, expr)]
    rest = [expr for name, expr in columns if (name, expr) not in plain]
    found = list(dict.fromkeys(piece for expr in rest for piece in _pieces(sql, expr, sql.base)))
    seen = Plain(tuple(name for name, _ in plain), tuple(frozenset(facts_of(expr)) for _, expr in plain))
    every = [*found, *(Piece((facts,), "") for facts in seen.facts)]
    return seen, _together(found), _by_roles(sql, every)


def _is_plain(sql: Statement, expr: Expr) -> bool:
    """Whether a column is one fact, null in the rendered row if and only if it is empty."""
    return isinstance(sql.sight, OneSchool) and isinstance(expr, Field | Path) and len({*facts_of(expr)}) == 1


def _together(pieces: list[Piece]) -> Letters:
    facts = tuple(one for piece in pieces for one in piece.facts)
    return Letters(facts, tuple(piece.sql for piece in pieces))


def _by_roles(sql: Statement, pieces: list[Piece]) -> Letters:
    told: dict[type[Record] | None, set[str]] = {None: set()}
    for piece in pieces:
        told.setdefault(piece.role, set()).update(*piece.facts)
    held = [sql.flavour.choose(_has(role, sql.base), f"'{VALUE}'", f"'{NOTHING}'") for role in told if role]
    return Letters(tuple(map(frozenset, told.values())), (repr(VALUE), *held) if held else ())


def _has(role: type[Record], person: str) -> str:
    return f'EXISTS (SELECT 1 FROM "{role.table}" r WHERE r.district = :district AND r.person = {person}.key)'


def _pieces(sql: Statement, expr: Expr, alias: str) -> Iterator[Piece]:
    if isinstance(expr, Nested):
        for value in expr.members.values():
            yield from _pieces(sql, value, alias)
    elif isinstance(expr, Coalesce):
        yield from _first_known(sql, expr, alias)
    elif isinstance(expr, Words) and not isinstance(expr, Key):
        for value in expr.parts():
            yield from _pieces(sql, value, alias)
    elif isinstance(expr, Split | Initial):
        yield from _pieces(sql, expr.value, alias)
    elif isinstance(expr, Csv):
        yield from _of_many(sql, expr, alias)
    elif facts := frozenset(facts_of(expr)):
        letter = _letter(sql, expr, alias, alone=len(facts) == 1)
        yield Piece((facts,), letter, _role_in(expr))


def _role_in(expr: Expr) -> type[Record] | None:
    """The role whose records a value asks after, where it asks a human whether there are any."""
    cases = [case for case, _ in expr.cases] if isinstance(expr, When) else []
    roles = {_role(case.many) if isinstance(case, Some) else None for case in cases}
    return roles.pop() if len(roles) == 1 else None


def _role(many: Many) -> type[Record] | None:
    return many.child if many.child.human and many.via.target is Person else None


def _letter(sql: Statement, expr: Expr, alias: str, *, alone: bool) -> str:
    """A value of several facts that is empty does not tell which of them are, nor one that may be hidden that it is."""
    if isinstance(expr, Tally | MarkString):
        return f"'{VALUE}'"
    seen = sql.sight.shows(expr, alias, sure=alias == sql.base) if isinstance(expr, Field) and not sql.disclosed else ""
    plain = isinstance(expr, Field) or isinstance(sql.sight, OneSchool)
    empty = EMPTY if alone and plain and not isinstance(expr, When) else NOTHING
    letter = sql.flavour.choose(f"{sql.expr(expr, alias)} IS NULL", f"'{empty}'", f"'{VALUE}'")
    return masked(seen, letter, f"'{NOTHING}'")


def _first_known(sql: Statement, expr: Coalesce, alias: str) -> Iterator[Piece]:
    """Each value is told of where those before it are unknown."""
    before: list[str] = []
    for value in expr.values:
        for piece in _pieces(sql, value, alias):
            yield piece.where(both(before))
        before.append(f"{sql.expr(value, alias)} IS NULL")


def _of_many(sql: Statement, expr: Csv, alias: str) -> Iterator[Piece]:
    """Of the facts of many records that one is told that any of them tells."""
    inner, own, seen = of_many(sql, expr, alias)
    found = list(_pieces(inner, expr.what, inner.base))
    if not found:
        return
    one = _together(found)
    if isinstance(expr, First):
        text = f"SELECT {one.sql} FROM {inner.tables()} WHERE {own} LIMIT 1"
    else:
        greatest = (f"coalesce(max({letter}), '{NOTHING}')" for piece in found for letter in _each(piece))
        text = f"SELECT concat({', '.join(greatest)}) FROM {inner.tables()} WHERE {own}"
    nothing = nothing_of(one.facts)
    yield Piece(one.facts, masked(seen, f"coalesce(({text}), {nothing})", nothing), _role(expr.many))


def _each(piece: Piece) -> Iterator[str]:
    if len(piece.facts) == 1:
        yield piece.sql
    else:
        yield from (f"substr({piece.sql}, {at}, 1)" for at in range(1, len(piece.facts) + 1))
