"""The files that are fetched, in the folder of a reading: what was begun is gone on with, if it is still the same."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from ...errors import Malformed, Problem, Unavailable
from ..bundle import MOST_BYTES

MARK = ".mark"
"""The file that says of which set of files a folder has parts."""

PAGES = (b"<!doctype html", b"<html")


class Incoming:
    """A folder for the files of one set."""

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self.path = folder / "fetched"
        self.most = most

    @property
    def mark(self) -> str:
        """What the set is known by that was begun; blank when none was."""
        file = self.path / MARK
        return file.read_text() if file.is_file() else ""

    def begin(self, mark: str) -> None:
        """Put by a set that is known by a mark; what was begun of another goes."""
        if mark and self.mark == mark:
            return
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(mode=0o700)
        (self.path / MARK).write_text(mark)

    def part(self, name: str) -> Path:
        """Where a file is while it is fetched. A server cannot lead out of the folder by a name."""
        if name in ("", ".", "..", MARK) or "/" in name or "\\" in name or "\0" in name:
            raise Malformed(Problem(name[:80], "is not a name of a file"))
        return self.path / f"{name}.part"

    def had(self, name: str) -> int:
        """How many bytes of a file are there."""
        whole, part = self.path / name, self.part(name)
        return next((file.stat().st_size for file in (whole, part) if file.is_file()), 0)

    def bound(self, where: str, size: int) -> None:
        """Refuse what is too large. Raises `Malformed`."""
        if size > self.most:
            raise Malformed(Problem(where, f"has {size:,} bytes; the limit is {self.most:,}"))

    def finish(self, where: str, name: str) -> Path:
        """Take a file as fetched whole. Raises `Unavailable` where its end is missing, `Malformed` for a web page."""
        part, whole = self.part(name), self.path / name
        if part.is_file():
            part.replace(whole)
        with whole.open("rb") as file:
            start = file.read(512).lstrip().lower()
        if start.startswith(PAGES):
            whole.unlink()
            raise Malformed(Problem(where, "is a web page and not a file of records", "check the address and password"))
        if (name.lower().endswith(".zip") or start.startswith(b"pk\x03\x04")) and not _ends(whole):
            whole.unlink()
            raise Unavailable(Problem(where, "was cut short: the end of the ZIP is missing", "read it again later"))
        return whole


def _ends(path: Path) -> bool:
    """Whether the directory at the end of a ZIP is there: a ZIP that is still being written has none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return all(one.header_offset < path.stat().st_size for one in archive.infolist())
    except (zipfile.BadZipFile, OSError):
        return False
