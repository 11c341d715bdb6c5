"""The private folder of a reading: what was fetched so far, so that a reading that was cut short goes on from there.

It lies in the hub's own directory, since children's records may be in it, and is emptied when what was read has been
taken in or refused. What nobody went on with within a day goes too.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

READINGS = "readings"
"""The folder that they lie in, within the hub's own."""

LONGEST = 24 * 3600.0
"""Seconds for which a reading that was cut short can be gone on with."""


@dataclass
class ReadingFolder:
    """A folder for one reading; when that is over and it is `spent`, it is emptied."""

    path: Path
    spent: bool = False


@contextmanager
def reading_folder(hub: Path, district: int | None, source: str) -> Generator[ReadingFolder]:
    """The folder of a source; of one that has no name yet, or is being read already, one for this reading alone."""
    every = hub / READINGS
    every.mkdir(mode=0o700, exist_ok=True)
    _sweep(every)
    if not (district and source):
        with _alone(every) as folder:
            yield folder
        return
    named = every / hashlib.sha256(f"{district}/{source}".encode()).hexdigest()[:32]
    named.mkdir(mode=0o700, exist_ok=True)
    with _held(named) as mine, _emptied(named) if mine else _alone(every) as folder:
        yield folder


@contextmanager
def _emptied(path: Path) -> Generator[ReadingFolder]:
    folder = ReadingFolder(path)
    try:
        yield folder
    finally:
        for one in path.iterdir() if folder.spent else ():
            shutil.rmtree(one) if one.is_dir() else one.unlink()


@contextmanager
def _alone(every: Path) -> Generator[ReadingFolder]:
    with tempfile.TemporaryDirectory(dir=every) as made, _held(Path(made)):
        yield ReadingFolder(Path(made))


@contextmanager
def _held(folder: Path) -> Generator[bool]:
    """Whether a folder is this reading's as long as the context lasts."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        yield _locked(lock)
    finally:
        os.close(lock)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def forget_readings(hub: Path) -> None:
    """Take away what was fetched by readings that were cut short; those that are under way keep what they have."""
    every = hub / READINGS
    for folder in every.iterdir() if every.exists() else ():
        with suppress(FileNotFoundError), _held(folder) as free:
            shutil.rmtree(folder) if free else None


def _sweep(every: Path) -> None:
    """Take away what is left of readings that nobody will go on with."""
    for folder in every.iterdir():
        with suppress(FileNotFoundError):
            if folder.stat().st_mtime < time.time() - LONGEST:
                with _held(folder) as free:
                    shutil.rmtree(folder) if free else None
