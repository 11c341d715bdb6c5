"""A set of files as it is written: a folder, or a ZIP, which is there when all of it is."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from ..store.permissions import open_private

_TIME = (1980, 1, 1, 0, 0, 0)
"""The timestamp of every member of a ZIP, so that equal records make equal files."""

PART = ".part"
"""What is put behind the name of a file while it is written."""

Begin = Callable[[str], AbstractContextManager[IO[str]]]
"""Opens a file of the set by its name, to be written."""


@contextmanager
def writing(path: Path) -> Generator[Begin]:
    """Write files into a folder or, where the path ends in `.zip`, a ZIP, for the hub's own user alone.

    They have their names once the block has ended well; until then, what was there before is.
    """
    parts: list[Path] = []
    try:
        if path.suffix.lower() == ".zip":
            parts.append(_beside(path))
            with open_private(parts[0], "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                yield partial(_member, archive)
        else:
            path.mkdir(parents=True, exist_ok=True)
            yield partial(_file, path, parts)
        for part in parts:
            part.replace(part.with_name(part.name.removesuffix(PART)))
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(path.name + PART)


@contextmanager
def _file(folder: Path, parts: list[Path], name: str) -> Generator[IO[str]]:
    parts.append(_beside(folder / name))
    with open_private(parts[-1], "w", encoding="utf-8", newline="") as file:
        yield file


@contextmanager
def _member(archive: zipfile.ZipFile, name: str) -> Generator[IO[str]]:
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    with (
        archive.open(info, "w", force_zip64=True) as member,
        io.TextIOWrapper(member, encoding="utf-8", newline="") as file,
    ):
        yield file
