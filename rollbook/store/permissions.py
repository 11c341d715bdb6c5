"""Files that only the hub's own user may read, whatever umask it is started with."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

OWNER_ONLY = 0o600


def begin_file(path: Path) -> None:
    """Make a file that is not there yet; SQLite gives the files beside a database the permissions of the database.

    One that is there is not opened: closing it again would take the locks from a connection of this process.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, OWNER_ONLY))


@contextmanager
def open_private(path: Path, mode: str, **how: Any) -> Generator[IO[Any]]:
    """Open a file to be written, for its owner alone, also where it was there before."""
    with open(path, mode, opener=lambda name, flags: os.open(name, flags, OWNER_ONLY), **how) as file:
        os.chmod(path, OWNER_ONLY)
        yield file


def close_to_others(folder: Path) -> None:
    """Take a data directory, and all that lies in it, from everybody but its owner."""
    os.chmod(folder, 0o700)
    for inside, folders, files in os.walk(folder):
        for name, most in (*((n, 0o700) for n in folders), *((n, OWNER_ONLY) for n in files)):
            path = os.path.join(inside, name)
            # What another process has just deleted needs no protection; a link's target is not ours.
            with suppress(FileNotFoundError, PermissionError):
                if not os.path.islink(path) and os.stat(path).st_mode & 0o777 & ~most:
                    os.chmod(path, most)
