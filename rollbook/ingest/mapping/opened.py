"""The files that a mapping names, opened and read as rows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ...errors import Malformed, Problem, nearest
from ..bundle import Part as File
from ..rows import Aside, Problems
from ..tables import Layout, parse
from .paths import ABSENT, Given, at, leaves
from .plan import Plan
from .tabled import Content, Contents
from .written import read_plan

MAPPING = "mapping.toml"
"""The mapping that is taken where none is named: beside the files."""

SEPARATORS = ",;\t|"

Decode = Callable[[str, bytes, Sequence[str], Problems], Mapping[str, Content]]
"""Reads a file by its name: what is at each of some paths in it."""


def plan_for(path: Path, named: str) -> Plan:
    """The mapping for an export: the file that is named, or the one beside it. Raises `Malformed`."""
    place = Path(named) if named else (path if path.is_dir() else path.parent) / MAPPING
    try:
        return read_plan(place.name, place.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        hint = "make one with `rollbook sources map`, and name it with --set mapping=FILE"
        raise Malformed(Problem(str(place), "does not exist", hint)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(Problem(str(place), f"cannot be read: {error}", "save it as UTF-8")) from error


def contents(plan: Plan, files: Mapping[str, File], decode: Decode, problems: Problems) -> Contents:
    """What the files hold that a mapping names; notes in `problems` those that are not there."""
    found: dict[tuple[str, str], Content] = {}
    for name in plan.files:
        parts = list(plan.of_file(name))
        paths = list(dict.fromkeys(part.at for part in parts))
        if name not in files:
            where = f"{plan.name} line {parts[0].lines['file']}, {parts[0].rows.table}.file"
            problems.add(where, where, f"{name} is not there", nearest(name, files))
        data = files[name].read(problems) if name in files else None
        read: Mapping[str, Content] = decode(name, data, paths, problems) if data is not None else {}
        found.update({(name, path): read.get(path, Content(name, broken=True)) for path in paths})
    return found


# ---- CSV


def columns_of(file: str, data: bytes, paths: Sequence[str], problems: Problems) -> dict[str, Content]:
    """The rows of a CSV file, whichever mark is between its cells; it holds no lists."""
    if any(paths):
        problems.add(file, file, "is CSV and holds no list", "leave out list = … in the mapping")
        return {}
    header = data.split(b"\n", 1)[0].decode("utf-8-sig", "replace").strip()
    mark = separator(header)
    first = next(csv.reader([header], delimiter=mark), [""])
    stem, dot, ending = file.rpartition(".")
    table = parse(Layout(stem, (), first[0] if first else "", ending=f"{dot}{ending}"), data, problems, delimiter=mark)
    if table.broken:
        return {}
    names = [name.strip() for name in table.columns]
    rows = [
        (line, dict(zip(names, row, strict=True)))
        for line, row in zip(table.lines, table.cells(*table.columns), strict=True)
        if any(row)
    ]
    return {"": Content(file, rows, frozenset(names), table.aside, order=tuple(names))}


def separator(header: str) -> str:
    """What stands between the cells of a file with this header, which differs by country."""
    bare = "".join(header.split('"')[::2])
    return max(SEPARATORS, key=bare.count)


# ---- JSON


def objects_in(file: str, data: bytes, paths: Sequence[str], problems: Problems) -> dict[str, Content]:
    """The objects at some paths in a JSON file, or its lines where each is an object of its own."""
    document = document_of(file, data, problems)
    if document is ABSENT:
        return {}
    return {path: content for path in paths if (content := _listed(file, document, path, problems))}


def document_of(file: str, data: bytes, problems: Problems) -> Any:
    """What a JSON file holds, or a list of its lines; `ABSENT`, with a note in `problems`, if it is neither."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        lines = data.splitlines()
        if len(lines) < 2 or not _is_object(lines[0]):
            problems.add(file, file, f"is not valid JSON: {error}", "check that it is complete and in UTF-8")
            return ABSENT
    return _by_line(file, lines, problems)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(line), dict)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


def _by_line(file: str, lines: Iterable[bytes], problems: Problems) -> Any:
    found: list[Any] = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(msgspec.json.decode(line) if line.strip() else None)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            # A file that was cut off ends in the middle of a line, and what followed is lost.
            problems.add(file, f"{file} line {number}", f"is not valid JSON: {error}", "check that it is complete")
            return ABSENT
    return found


def _listed(file: str, document: Any, path: str, problems: Problems) -> Content | None:
    found = at(document, path)
    if not isinstance(found, list):
        where = f"{file}, {path}" if path else file
        said = "is not a list" if found is not ABSENT else "is not there"
        problems.add(where, where, said, f"list = … in the mapping: {nearest(path, lists_in(document))}")
        return None
    rows: list[tuple[int, Given]] = []
    faults: list[Aside] = []
    for number, one in enumerate(found, 1):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        if isinstance(one, dict):
            rows.append((number, one))  # pyright: ignore[reportUnknownArgumentType]
        elif one is not None:
            faults.append(Aside("", "", (file, number), "", "is not an object", "expected { … }"))
    return Content(file, rows, None, tuple(faults))


def lists_in(document: Any, path: str = "") -> list[str]:
    """The paths of the lists of objects in a document, blank for the whole of it."""
    if isinstance(document, list):
        return [path]
    if not isinstance(document, dict):
        return []
    steps: list[tuple[str, Any]] = list(document.items())  # pyright: ignore[reportUnknownArgumentType]
    return [found for name, value in steps for found in lists_in(value, f"{path}.{name}" if path else name)]


def paths_in(rows: Sequence[tuple[int, Given]]) -> list[str]:
    """The paths at which objects have values, numbers of lists left out."""
    found = (path for _, given in rows[:200] for path, _ in leaves(given))
    return list(dict.fromkeys(".".join(step for step in path.split(".") if not step.isdecimal()) for path in found))
