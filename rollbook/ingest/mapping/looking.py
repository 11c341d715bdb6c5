"""Looking at an export for which there is no mapping yet."""

from __future__ import annotations

from pathlib import Path

from ..bundle import Part, open_bundle
from ..rows import Problems
from .opened import columns_of, document_of, lists_in, objects_in, paths_in
from .paths import ABSENT
from .sheets import Sheet

ENDINGS = {".csv": "mapped-csv", ".json": "mapped-json"}
"""What files of each kind are read by."""


def look(path: Path) -> tuple[str, list[Sheet]]:
    """The connector that reads an export, and what is in its files. Raises `Malformed` where they cannot be read."""
    for ending, connector in ENDINGS.items():
        problems = Problems()
        files = open_bundle(path, problems, ending=ending, alone=True)
        if files or ending == [*ENDINGS][-1]:
            sheets = [sheet for file in files.values() for sheet in _sheets(file, ending, problems)]
            problems.stop()
            return connector, sheets
    raise AssertionError("there is a last ending")


def _sheets(file: Part, ending: str, problems: Problems) -> list[Sheet]:
    data = file.read(problems)
    if data is None:
        return []
    if ending == ".csv":
        found = columns_of(file.name, data, [""], problems)
        return [Sheet(content, "", tuple(content.order)) for content in found.values()]
    document = document_of(file.name, data, Problems())
    paths = [""] if document is ABSENT else lists_in(document)
    lists = objects_in(file.name, data, paths, problems)
    return [Sheet(content, at, tuple(paths_in(content.rows))) for at, content in lists.items() if content.rows]
