"""A mapping as somebody writes it, in TOML; every fault of it is told at once, with its line and what may be meant."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...errors import Malformed, Problem, nearest
from ..roster.layouts import LAYOUTS, VERSIONS
from ..tables import Column, Layout
from .cells import Cell
from .days import wrong_format
from .plan import Part, Plan
from .rows import KEPT, Condition, Rows

TABLES: Mapping[str, Layout] = {of.name: of for of in LAYOUTS}
KEEPERS = (
    *("users", "enrollments", "roles", "userProfiles", "demographics"),
    *("classes", "courses", "academicSessions", "orgs"),
)
"""The tables in the order in which they keep what nothing reads: first those of which each row has one."""
OF_TABLE = ("file", "list", "where", "each", "rest")
"""What a table says besides its columns."""
OF_CELL = (
    *("from", "with", "value", "default", "before", "after", "split"),
    *("codes", "otherwise", "date", "true", "false", "optional"),
)
WAYS = (("codes", "otherwise"), ("date",), ("true", "false"))
"""Ways to read what is in a column, of which one cell has one."""
UNSAID = ("status", "dateLastModified")
"""Columns of OneRoster that a mapping does not fill: the hub knows itself what changed."""
_HEADER = re.compile(r"\s*\[\[\s*([^]\s]+)\s*\]\]")
_AT = re.compile(r"(.*) \(at line (\d+), column \d+\)", re.DOTALL)


def read_plan(name: str, text: str) -> Plan:
    """A mapping from its text; `name` is that of its file. Raises `Malformed` with all that is wrong with it."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(_unread(name, str(error))) from error
    reader = _Reader(name, _Lines(text))
    plan = reader.plan(said)
    if reader.wrong:
        raise Malformed(*reader.wrong)
    return plan


def _unread(name: str, error: str) -> Problem:
    found = _AT.fullmatch(error)
    where, said = (f"{name} line {found[2]}", found[1]) if found else (name, error)
    hint = "write names with spaces and texts in quotation marks, and each column once"
    return Problem(where, f"is not valid TOML: {said[:1].lower()}{said[1:]}", hint)


class _Lines:
    """Where in a text each table begins and each key of it stands."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._begins: dict[str, list[int]] = {}
        for number, line in enumerate(self._lines, 1):
            if found := _HEADER.match(line):
                self._begins.setdefault(found[1].strip("\"'"), []).append(number)

    def of_table(self, table: str, number: int) -> int:
        """The line on which the table of a name begins that is the `number`th; 0 if it cannot be told."""
        begins = self._begins.get(table, [])
        return begins[number] if number < len(begins) else 0

    def of_key(self, key: str, begin: int) -> int:
        """The line of a key in the table that begins on a line, or that line."""
        spelled = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]")
        for number in range(begin, len(self._lines)):
            if _HEADER.match(self._lines[number]):
                break
            if spelled.match(self._lines[number]):
                return number + 1
        return begin


@dataclass
class _Reader:
    """What a document says, and what is wrong with it."""

    name: str
    lines: _Lines
    wrong: list[Problem] = field(default_factory=list[Problem])

    def plan(self, said: Mapping[str, Any]) -> Plan:
        version = "1.2" if "roles" in said else "1.1"
        parts = [part for name, of in said.items() for part in self._tables(name, of, version)]
        for name in ("orgs", "users"):
            if name not in said:
                self._fault(0, "", f"has no [[{name}]]", "a roster has schools and people")
        plan = Plan(self.name, tuple(parts), self._system(said))
        return replace(plan, parts=tuple(_with_rest(plan)))

    def _system(self, said: Mapping[str, Any]) -> str:
        system = said.get("system", "")
        if isinstance(system, str):
            return system
        self._fault(self.lines.of_key("system", 0), "system", "is not a text")
        return ""

    def _fault(self, line: int, column: str, what: str, hint: str = "") -> None:
        where = f"{self.name} line {line}" if line else self.name
        self.wrong.append(Problem(f"{where}, {column}" if column else where, what, hint))

    # ---- tables

    def _tables(self, name: str, said: Any, version: str) -> Iterator[Part]:
        if name == "system":
            return
        if name not in TABLES:
            line = self.lines.of_table(name, 0) or self.lines.of_key(name, 0)
            self._fault(line, name, "is not a table of a roster", nearest(name, TABLES))
            return
        for number, one in enumerate(_listed(said)):
            if not isinstance(one, Mapping):
                self._fault(
                    self.lines.of_key(name, 0), name, "is not a table", f"write [[{name}]] on a line of its own"
                )
                continue
            needed = TABLES[name].requiring(*VERSIONS[version].get(name, ()))
            yield self._part(needed, one, self.lines.of_table(name, number))  # pyright: ignore[reportUnknownArgumentType]

    def _part(self, of: Layout, said: Mapping[str, Any], line: int) -> Part:
        known = {column.name: column for column in of.columns if column.name not in UNSAID}
        texts = {word: self._text(said, word, line) for word in ("file", "list", "each")}
        self._check_whole(of, said, line)
        cells: dict[str, Cell] = {}
        for name, told in said.items():
            if name in OF_TABLE:
                continue
            at = self.lines.of_key(name, line)
            if name not in known and not name.startswith(KEPT):
                self._fault(at, name, f"is not a column of {of.name}", _or_kept(name, known))
            elif (cell := self._cell(name, told, at)) is not None:
                self._check_words(known.get(name, Column(name)), cell, at)
                cells[name] = cell
        rows = Rows(of.name, cells, self._where(said.get("where", {}), line), texts["each"], self._rest(said, line))
        lines = {name: self.lines.of_key(name, line) for name in said}
        return Part(rows, texts["file"], texts["list"], line, lines)

    def _text(self, said: Mapping[str, Any], word: str, line: int) -> str:
        value = said.get(word, "")
        if isinstance(value, str):
            return value
        self._fault(self.lines.of_key(word, line), word, "is not a text", 'write it in quotation marks: "…"')
        return ""

    def _rest(self, said: Mapping[str, Any], line: int) -> bool | None:
        value = said.get("rest")
        if value is not None and not isinstance(value, bool):
            self._fault(self.lines.of_key("rest", line), "rest", "is neither true nor false", "write it without quotes")
            return None
        return value

    def _check_whole(self, of: Layout, said: Mapping[str, Any], line: int) -> None:
        lacking = [column.name for column in of.columns if column.required and column.name not in said]
        if lacking:
            columns = f"{'column' if len(lacking) == 1 else 'columns'} {', '.join(lacking)}"
            hint = f'say where each comes from: {lacking[0]} = "…", or {lacking[0]} = {{ value = "…" }}'
            self._fault(line, of.name, f"lacks the {columns}", hint)

    def _where(self, said: Any, line: int) -> tuple[Condition, ...]:
        at = self.lines.of_key("where", line)
        hint = 'write where = { Status = "On roll" }, or { Status = ["A", "B"] }, or { Status = { not = "Left" } }'
        if not isinstance(said, Mapping):
            self._fault(at, "where", "is not a condition", hint)
            return ()
        found: list[Condition] = []
        for path, told in said.items():  # pyright: ignore[reportUnknownVariableType]
            but = isinstance(told, Mapping)
            texts = _texts(told.get("not") if isinstance(told, Mapping) else told)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
            if texts is None or (isinstance(told, Mapping) and set(told) != {"not"}):  # pyright: ignore[reportUnknownArgumentType]
                self._fault(at, f"where {path}", "is not a condition", hint)
            else:
                found.append(Condition(str(path), frozenset(texts), but))  # pyright: ignore[reportUnknownArgumentType]
        return tuple(found)

    # ---- cells

    def _cell(self, name: str, said: Any, line: int) -> Cell | None:
        if isinstance(said, str):
            return Cell((said,))
        if not isinstance(said, Mapping):
            hint = f'write {name} = "the column", or {name} = {{ value = "a constant" }}'
            self._fault(line, name, "is neither a column nor what is done with one", hint)
            return None
        before = len(self.wrong)
        cell = self._told(name, said, line)  # pyright: ignore[reportUnknownArgumentType]
        return cell if len(self.wrong) == before else None

    def _told(self, name: str, said: Mapping[str, Any], line: int) -> Cell:
        for word in said:
            if word not in OF_CELL:
                self._fault(line, f"{name}.{word}", "is not known here", nearest(word, OF_CELL))
        many = {word: self._many(said, name, word, line) for word in ("from", "date", "true", "false")}
        words = ("with", "value", "default", "otherwise", "before", "after", "split")
        texts = {word: self._one(said, name, word, line) for word in words}
        if ("from" in said) is ("value" in said):
            self._fault(line, name, "needs either from, a column, or value, a constant", "not both")
        for format in many["date"]:
            if fault := wrong_format(format):
                self._fault(line, f"{name}.date", f"{format!r} {fault}", "as in DD/MM/YYYY")
        ways = [
            word for words in (("codes", "otherwise"), ("date",), ("true", "false")) for word in words if word in said
        ]
        if len({"codes" if word == "otherwise" else "true" if word == "false" else word for word in ways}) > 1:
            self._fault(line, name, f"is read in several ways: {', '.join(ways)}", "keep one of them")
        return Cell(
            many["from"],
            texts["value"] or texts["default"] or "",
            "-" if texts["with"] is None else texts["with"],
            texts["before"] or "",
            texts["after"] or "",
            texts["split"] or "",
            self._codes(said, name, line),
            texts["otherwise"],
            many["date"],
            many["true"],
            many["false"],
            said.get("optional") is True,
        )

    def _one(self, said: Mapping[str, Any], name: str, word: str, line: int) -> str | None:
        texts = _texts(said.get(word, []))
        if texts is None or len(texts) > 1:
            self._fault(line, f"{name}.{word}", "is not a text", 'write it in quotation marks: "…"')
        return texts[0] if texts else None

    def _many(self, said: Mapping[str, Any], name: str, word: str, line: int) -> tuple[str, ...]:
        texts = _texts(said.get(word, []))
        if texts is None or (word in said and not texts):
            self._fault(line, f"{name}.{word}", "is neither a text nor a list of texts", 'as in ["…", "…"]')
        return tuple(texts or ())

    def _codes(self, said: Mapping[str, Any], name: str, line: int) -> dict[str, str]:
        told = said.get("codes", {})
        if not isinstance(told, Mapping):
            self._fault(line, f"{name}.codes", "is not a list of codes", 'write codes = { M = "male", F = "female" }')
            return {}
        found: dict[str, str] = {}
        for word, means in told.items():  # pyright: ignore[reportUnknownVariableType]
            texts = _texts(means)
            if texts is None or len(texts) != 1:
                self._fault(line, f"{name}.codes", f"{word} does not mean one text")
            else:
                found[str(word)] = texts[0]  # pyright: ignore[reportUnknownArgumentType]
        return found

    def _check_words(self, column: Column, cell: Cell, line: int) -> None:
        """Whether all that the mapping itself says is what the column may hold."""
        said = (cell.constant, cell.otherwise or "", *cell.codes.values())
        for word in dict.fromkeys(word for word in said if word):
            if column.choices and word not in column.choices and not word.startswith("ext:"):
                self._fault(line, column.name, f"{word!r} is not an allowed value", nearest(word, column.choices))


def _listed(said: Any) -> Sequence[Any]:
    return said if isinstance(said, list) else [said]  # pyright: ignore[reportUnknownVariableType]


def _texts(said: Any) -> list[str] | None:
    """A text or a list of texts; numbers and truths are taken as they are written."""
    found: list[str] = []
    for one in _listed(said):
        if isinstance(one, bool):
            found.append("true" if one else "false")
        elif isinstance(one, str | int | float):
            found.append(str(one))
        else:
            return None
    return found


def _or_kept(name: str, known: Mapping[str, Column]) -> str:
    return f"{nearest(name, known)}; {KEPT}{name} keeps it with the record"


def _with_rest(plan: Plan) -> Iterator[Part]:
    """The parts where one of each file keeps what none of them reads, unless they say which."""
    for part in plan.parts:
        same = [other for other in plan.of_file(part.file) if other.at == part.at]
        keepers = [other for other in same if other.rows.rest] or sorted(
            (other for other in same if other.rows.rest is None), key=lambda other: KEEPERS.index(other.rows.table)
        )
        rest = bool(part.file) and part in keepers[:1] if part.rows.rest is None else part.rows.rest
        yield replace(part, rows=replace(part.rows, rest=rest))
