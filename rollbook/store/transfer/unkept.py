"""Texts that PostgreSQL cannot keep, found before anything is copied: those that hold the character U+0000."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ...errors import Malformed, Problem
from ...fields import RECORDS
from ..connection import Connection
from ..zero import REMAINDER, has_zero
from .copying import Databases, every_table
from .tables import Table

NAMED = 20
"""How many are named at most."""

HINT = "take the character out of it, then move the hub"


def check(source: Databases) -> None:
    """Raise `Malformed` where there is such a text, with the kind and id of each record that has one."""
    found = (problem for of in every_table() for problem in _of(source[of.database], of))
    if problems := list(islice(found, NAMED + 1)):
        more = [Problem("", f"and more than {NAMED} in all", HINT)] if len(problems) > NAMED else []
        raise Malformed(*problems[:NAMED], *more)


def _of(source: Connection, of: Table) -> Iterator[Problem]:
    key = [name for (name,) in source.execute(source.flavour.primary, (of.name,)).fetchall()]
    kind = next((record.__name__ for record in RECORDS.values() if record.table == of.name), None)
    known = '"id"' if kind else " || ' ' || ".join(f'"{name}"' for name in key)
    suspect = [f'typeof("{name}") = \'text\' AND instr("{name}", char(0)) > 0' for name in of.columns]
    if REMAINDER in of.columns:
        suspect.append(f"instr({REMAINDER}, '\\u0000') > 0")
    for one, *values in source.execute(f'SELECT {known}, {of.listed} FROM "{of.name}" WHERE {" OR ".join(suspect)}'):
        for name, value in zip(of.columns, values, strict=True):
            if has_zero(name, value):
                yield _problem(kind, of, one, name)


def _problem(kind: str | None, of: Table, one: object, name: str) -> Problem:
    shown = str(one).replace("\0", "\\0")
    where = f"{kind} {shown}" if kind else f"{of.name} in {of.database}, {shown}"
    return Problem(f"{where}, {name}", "holds the character U+0000, which PostgreSQL cannot keep", HINT)
