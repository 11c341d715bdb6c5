"""Fetching the files of a source, whichever way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...errors import Malformed, Problem
from ..rows import Reading
from .address import Address, is_address
from .https import download
from .incoming import Incoming
from .sftp import collect


@dataclass(frozen=True)
class Fetched:
    """Where files are now, what was said of them, and by what they are known where they came from.

    `same`: they are as they were when all that they say was taken in, and were not fetched.
    """

    path: Path
    note: str = ""
    mark: bytes = b""
    same: bool = False


def fetch(path: str, reading: Reading, known: bytes = b"") -> Fetched:
    """Fetch a source's files into the folder of its reading, if they are on another machine.

    `known` is the mark of files that need not be fetched again. Raises `Malformed` where another try does not help,
    `Unavailable` where it may, and `Stop` where the server is another than before.
    """
    if not is_address(path):
        return Fetched(Path(path))
    address = Address.of(path)
    if reading.folder is None:
        raise Malformed(Problem("path", "can only be fetched for a source with a name"))
    incoming = Incoming(reading.folder)
    if address.scheme == "sftp":
        found, note = collect(address, reading, incoming)
        return Fetched(found, note)
    file, mark = download(address, reading, incoming, known)
    if file is None:
        return Fetched(incoming.path, f"{address.where} is as it was when it was last read", known, same=True)
    return Fetched(file, f"{file.name} was fetched from {address.host}, {file.stat().st_size:,} bytes", mark)
