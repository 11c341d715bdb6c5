"""A mapping as text, as somebody would write it in TOML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from .cells import Cell
from .plan import Part
from .rows import Condition

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def spell(parts: Sequence[Part], *, before: str = "") -> str:
    """The text of a mapping, with a comment before it."""
    comment = "".join(f"# {line}\n" for line in before.splitlines())
    return "\n".join([comment, *("\n".join(_part(part)) + "\n" for part in parts)]).lstrip("\n")


def _part(part: Part) -> Iterator[str]:
    yield f"[[{part.rows.table}]]"
    for name, value in (("file", part.file), ("list", part.at), ("each", part.rows.each)):
        if value:
            yield f"{name} = {_text(value)}"
    if part.rows.where:
        yield f"where = {_table({one.path: _condition(one) for one in part.rows.where})}"
    for name, cell in part.rows.columns.items():
        yield f"{_key(name)} = {_cell(cell)}"


def _condition(one: Condition) -> str:
    words = _texts(sorted(one.words))
    return _table({"not": words}) if one.but else words


def _cell(cell: Cell) -> str:
    if not cell.paths:
        return _table({"value": _text(cell.constant)})
    if cell == Cell(cell.paths) and len(cell.paths) == 1:
        return _text(cell.paths[0])
    said = {
        "from": _texts(cell.paths),
        "with": _text(cell.between) if cell.between != "-" else "",
        "before": _given(cell.before),
        "after": _given(cell.after),
        "split": _given(cell.split),
        "codes": _table({word: _text(means) for word, means in cell.codes.items()}) if cell.codes else "",
        "otherwise": "" if cell.otherwise is None else _text(cell.otherwise),
        "date": _texts(cell.days) if cell.days else "",
        "true": _texts(cell.true) if cell.true else "",
        "false": _texts(cell.false) if cell.false else "",
        "default": _given(cell.constant),
        "optional": "true" if cell.optional else "",
    }
    return _table({name: value for name, value in said.items() if value})


def _given(value: str) -> str:
    return _text(value) if value else ""


def _table(said: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{_key(name)} = {value}" for name, value in said.items()) + " }"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _texts(values: Sequence[str]) -> str:
    return _text(values[0]) if len(values) == 1 else f"[{', '.join(map(_text, values))}]"


def _text(value: str) -> str:
    # What JSON says of a text, TOML's basic strings say alike, but for this character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
