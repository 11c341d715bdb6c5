"""Comparing every row of the old file with what the new one tells of it.

A row is found in the new file by its hub id. What its references lead to is asked for by the keys that stand there, and
when something was written of the new file's moments, so that a wrong key or moment shows wherever it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...errors import Problem, Stop
from ..connection import Opened
from .catalogue import Kind, tables
from .copying import HISTORY, LISTS, district_of, key_of
from .numbers import Numbers, astray, by_kind
from .spelling import moment, same_day
from .walking import Chunk, Table, old_tables, walk


def verified(connection: Opened) -> Iterator[None]:
    """Compare all rows; raises `Stop` where one is missing, is different, or has been added."""
    numbers = Numbers(connection)
    for of in old_tables(connection):
        kind = tables().get(of.name)
        known, same = _record(numbers, kind, of) if kind else _other(numbers, of)
        yield from walk(connection, "new", f"comparing {of.name}", of, partial(_compare, connection, of, known, same))
        if of.name != "clock":
            _count(connection, of.name)


def differs(where: str, what: str) -> Stop:
    """That the new file is not what the old one was."""
    hint = "the records are as they were; go on with the Rollbook that you had, and report this"
    return Stop(Problem(where, f"the records could not be brought up to date: {what}", hint))


def _compare(connection: Opened, of: Table, known: str, same: list[str], chunk: Chunk) -> None:
    rows = f'main."{of.name}" o LEFT JOIN new."{of.name}" n ON {known}'
    sql = f"SELECT count(*) FROM {rows} WHERE {of.within('o', chunk)} AND NOT ({' AND '.join(same)})"
    if different := connection.execute(sql, chunk.bound()).get:
        raise differs(of.name, f"{different} rows are not the same")


def _count(connection: Opened, name: str) -> None:
    before, after = (connection.execute(f'SELECT count(*) FROM {file}."{name}"').get for file in ("main", "new"))
    if before != after:
        raise differs(name, f"there were {before} rows, and are {after}")


def _record(numbers: Numbers, kind: Kind, of: Table) -> tuple[str, list[str]]:
    """How a record is found, and what makes it the same."""
    facts = [name for name in of.columns if name not in HISTORY]
    told = "(SELECT group_concat(c.key || ' ' || {number} || ' ' || {at}) FROM json_each({row}.changed) c)"
    before = told.format(number=numbers.of_stamp(kind, "o", "c.value"), at=moment("c.value"), row="o")
    after = told.format(number="c.value", at=_moment("c.value"), row="n")
    return f"n.district = o.district AND n.{kind.known_by} = o.id", [
        f"n.key IS {numbers.key(kind, 'o')}",
        f"{_moment('n.key')} IS {moment('o.made')}",
        f"coalesce(n.seq, n.key) IS {numbers.last_write(kind, 'o')}",
        "(n.changed IS NULL) IS (o.changed IS NULL)",
        f"(n.changed IS NULL OR {after} IS {before})",
        *(_fact(kind, name) for name in facts),
    ]


def _moment(number: str) -> str:
    """The moment of a number of row `n`, as the new layout tells it."""
    before = f"m.district = n.district AND m.seq <= {number}"
    return f"(SELECT m.at FROM new.moment m WHERE {before} ORDER BY m.seq DESC LIMIT 1)"


def _fact(kind: Kind, name: str) -> str:
    """That a fact is what it was."""
    if name in kind.references:
        return _reference(kind, name)
    old, new = f'o."{name}"', f'n."{name}"'
    return same_day(new, old) if name in kind.days else f"{new} IS {old}"


def _reference(kind: Kind, name: str) -> str:
    """That a reference leads to the same record as before, or to the same nothing."""
    target = tables()[kind.references[name]]
    old, new = f'o."{name}"', f'n."{name}"'
    led = f'(SELECT r.id FROM new."{target.table}" r WHERE r.key = {new} AND r.district = n.district)'
    return f"coalesce({led} = {old}, {new} IS {astray(target, 'o.district', old)})"


def _other(numbers: Numbers, of: Table) -> tuple[str, list[str]]:
    """How a row of housekeeping is found, and what makes it the same."""
    same = {name: f'n."{name}" IS o."{name}"' for name in of.columns}
    if of.name == "history":
        same["made"] = f"n.made IS {numbers.remembered('o')}"
    if of.name == "clock":
        same["seq"] = f"n.seq >= max(o.seq, {_last('dated')}, {_last('astray')})"
    if of.name in LISTS:
        named = by_kind(numbers.named_in(of.name), "n", partial(_named, district_of(of.name, "n", "new")))
        same["key"] = f"n.key IS {key_of(of.name, 'n', named)}"
    return " AND ".join(f'n."{name}" = o."{name}"' for name in of.primary), list(same.values())


def _last(notes: str) -> str:
    """The last number that the notes have of the district of clock `n`, which would give it again if it were behind."""
    return f"(SELECT coalesce(max(u.number), 0) FROM notes.{notes} u WHERE u.district = n.district)"


def _named(district: str, kind: Kind) -> str:
    """The key of whom row `n` of a list names, as the new file has it."""
    return f'(SELECT t.key FROM new."{kind.table}" t WHERE t.district = {district} AND t.{kind.known_by} = n.id)'
