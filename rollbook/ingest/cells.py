"""What the cells of a file must hold: distinct values are checked, and rows with wrong ones are set aside by name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ..errors import nearest
from .columns import Cells, Repeating, distinct
from .columns import column as column_of
from .meaning import GRADES, MEANT, is_day
from .rows import Aside, Problems
from .tables import Column, Table, split

MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")

Said = tuple[str, str]
"""What is wrong with a value, and a hint."""


def check(table: Table, problems: Problems) -> tuple[Table, Table]:
    """The rows of a table whose cells are right, read as they are meant, and those that are set aside for theirs.

    The faults of all of them are `aside` in the first. Of rows whose keys are not their own, none is in either: which
    of them is meant is not for the hub to guess.
    """
    table = _once(table, problems)
    faults = _key_faults(table)
    unknown = {at for at, *_ in faults}
    for column in table.layout.columns:
        if column.name in table.columns and column.name != table.layout.key:
            table, wrong = _checked(table, column, problems)
            cells = table[column.name] if wrong else ()
            faults += [(at, column.name, wrong[v]) for at, v in enumerate(cells) if v in wrong]
    keys, rows = table[table.layout.key], {at for at, *_ in faults}
    name = table.layout.name
    aside = [Aside(name, keys[at], table.place(at), column, *said) for at, column, said in sorted(faults)]
    stay = [at not in rows for at in range(len(table))]
    if not rows:
        return replace(table, aside=(*table.aside, *aside)), table.none()
    wrong = table.only([not yes and at not in unknown for at, yes in enumerate(stay)])
    return replace(table.only(stay), aside=(*table.aside, *aside)), wrong


Fault = tuple[int, str, Said]
"""A row by its position, a column, and what is wrong there."""


def _once(table: Table, problems: Problems) -> Table:
    """The table with each row once that is there several times, with the same in every cell."""
    if table.keyed:
        return table
    seen: set[tuple[str, ...]] = set()
    stay = [not (row in seen or seen.add(row)) for row in table.cells(*table.columns)]
    if more := len(stay) - sum(stay):
        problems.meant[table.layout.file, "a row that is there again was read once"] += more
    return table.only(stay)


def _key_faults(table: Table) -> list[Fault]:
    keys, name = table[table.layout.key], table.layout.key
    held = distinct(keys)
    if len(held) == len(keys) and "" not in held:
        return []
    lines: dict[str, list[int]] = {}
    for at, key in enumerate(keys):
        lines.setdefault(key, []).append(table.lines[at])
    return [(at, name, said) for at, key in enumerate(keys) if (said := _wrong_key(key, table.lines[at], lines[key]))]


def _wrong_key(key: str, line: int, lines: Sequence[int]) -> Said | None:
    if not key:
        return "is empty", "expected an id"
    others = [str(other) for other in lines if other != line]
    if not others:
        return None
    return f"{key!r} is also the id of line {', '.join(others)}, which says something else", "each row needs its own id"


def _checked(table: Table, column: Column, problems: Problems) -> tuple[Table, dict[str, Said]]:
    """The table with a column read as it is meant, and what is wrong with values of it."""
    cells = table[column.name]
    there = distinct(cells)
    meant = {v: m for v in there if (m := _meant(column, v)) != v}
    if meant:
        _note(table, column, meant, problems)
        table = replace(table, columns={**table.columns, column.name: _read(cells, meant)})
        there = {meant.get(v, v) for v in there}
    return table, {v: said for v in there if (said := _wrong(column, v))}


def _read(cells: Sequence[str], meant: Mapping[str, str]) -> Sequence[str]:
    """The cells of a column as they are meant."""
    if isinstance(cells, Repeating):
        return Repeating([meant.get(v, v) for v in cells.words], cells.codes)
    read = (meant.get(v, v) for v in cells)
    return column_of(read) if isinstance(cells, Cells) else tuple(read)


def _meant(column: Column, value: str) -> str:
    if column.choices and value not in column.choices:
        return next((choice for choice in column.choices if choice.lower() == value.lower()), value)
    return MEANT[column.kind](value) if column.kind in MEANT else value


def _note(table: Table, column: Column, meant: Mapping[str, str], problems: Problems) -> None:
    times = sum(count for value, count in Counter(table[column.name]).items() if value in meant)
    said = _read_as(column, meant)
    problems.meant[f"{table.layout.file}, column {column.name}", said] += times


def _read_as(column: Column, meant: Mapping[str, str]) -> str:
    if column.kind == "date":
        # A day may be somebody's birthday.
        return "a day with a time of day was read as the day"
    # What is read as one of a few words says no more than these do; a list of grades may hold anything else.
    plain = [v for v, m in meant.items() if column.kind != "grades" or all(p in GRADES for p in split(m))]
    if not plain:
        return "a list was read with the codes of the grades in it"
    value = min(plain)
    more = f", and {len(meant) - 1} more alike" if len(meant) > 1 else ""
    return f"{value!r} was read as {meant[value]}{more}"


def _wrong(column: Column, value: str) -> Said | None:
    """What is wrong with a value, which is not repeated: it may be a child's, and others read what is said of it."""
    if not value:
        return ("is empty", _expected(column)) if column.required else None
    if column.choices and value not in column.choices and not value.startswith("ext:"):
        return "is not an allowed value", nearest(value, column.choices)
    if CHECKS[column.kind](value):
        return None
    return f"is not {A[column.kind]}", _expected(column)


def _expected(column: Column) -> str:
    return "expected " + (" or ".join(sorted(column.choices)) or EXPECTED[column.kind])


A = {
    "date": "a day",
    "flag": "true or false",
    "bit": "0 or 1",
    "number": "a whole number",
    "decimal": "a number",
    "time": "a time of day",
    "datetime": "a date and a time of day",
    "moment": "a moment",
}

EXPECTED = {
    "date": "yyyy-MM-dd",
    "flag": "true or false",
    "bit": "0 or 1",
    "number": "digits",
    "decimal": "digits, with a decimal point if needed",
    "time": "HH:MM",
    "datetime": "yyyy-MM-ddTHH:MM:SS",
    "moment": "yyyy-MM-ddTHH:MM:SSZ",
    "grades": "a grade",
    "text": "a value",
}

CHECKS: Mapping[str, Callable[[str], bool]] = {
    "text": lambda _: True,
    "grades": lambda _: True,
    "date": is_day,
    "flag": lambda value: value in {"true", "false"},
    "bit": lambda value: value in {"0", "1"},
    "number": lambda value: re.fullmatch(r"-?[0-9]{1,18}", value) is not None,
    "decimal": lambda value: re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", value) is not None,
    "time": lambda value: re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value) is not None,
    "datetime": lambda value: is_day(value[:10]) and re.fullmatch(r"T\d\d:[0-5]\d:[0-5]\d", value[10:]) is not None,
    "moment": lambda value: MOMENT.fullmatch(value) is not None,
}
