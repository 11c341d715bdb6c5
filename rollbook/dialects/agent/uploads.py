"""Files that agents send in parts, kept beside the records until they are imported."""

from __future__ import annotations

import hashlib
import os
import uuid
from contextlib import suppress
from pathlib import Path

from ...errors import Malformed, Problem, TooLarge
from .wire import MOST_BYTES, Upload, WrongOffset


class Uploads:
    """The folder of files under way; each is named for the task that asked for it, never as a caller says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, task: str) -> Path:
        """Where the file of a task is."""
        return self.folder / f"{uuid.UUID(task)}.zip"

    def add(self, task: str, offset: int, part: bytes) -> int:
        """Add a part at the end of a file, and give its size then; at 0 the file begins again."""
        path = self.path(task)
        size = path.stat().st_size if path.exists() else 0
        if offset and offset != size:
            raise WrongOffset(size)
        if offset + len(part) > MOST_BYTES:
            raise TooLarge(f"the file is larger than {MOST_BYTES >> 20} MB")
        self.folder.mkdir(mode=0o700, exist_ok=True)
        with path.open("ab" if offset else "wb") as file:
            os.chmod(path, 0o600)
            file.write(part)
        return offset + len(part)

    def whole(self, task: str, upload: Upload) -> Path:
        """The file of a task, on the disk, once it is seen to be what was sent."""
        path = self.path(task)
        with suppress(FileNotFoundError), path.open("rb+") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            if (found, path.stat().st_size) == (upload.sha256.lower(), upload.size):
                os.fsync(file.fileno())
                return path
        raise Malformed(Problem("upload", "is not the file that was sent", "send it again from the start"))

    def drop(self, task: str) -> None:
        """Let go of a file that will not be imported."""
        self.path(task).unlink(missing_ok=True)
