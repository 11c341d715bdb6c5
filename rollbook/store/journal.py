"""The journal of disclosures: what each answer told, appended to a file before the answer leaves.

A file is mapped into memory, which the system keeps when the process is killed a moment later, and brings to the disk
in its own time, so a power cut may take the last seconds. Its room on the disk is taken when it is begun. Every process
that answers writes files of its own, which are folded into the ledger and then deleted. A process holds a lock while it
lives, which the system takes from it when it dies, however it dies.

A record is its length, a checksum, a kind and what it says. An answer refers by number to what was asked (`WHAT`) and
to the people it tells of (`PEOPLE`), and these to the hub ids of humans (`NAMES`); the numbers are those of one
process, which is told from others by its `run`.

What is written into a file that was deleted is read by nobody. So the file is looked at before each record; where
it is gone nothing is written, and after a moment it is made again with all that was in it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import struct
import time
import uuid
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from zlib import crc32

log = logging.getLogger("rollbook")

FOLDER = "journal"
"""Where the files lie in a data directory."""

PART_BYTES = 4 * 1024 * 1024
"""How long a file is; then the next one is begun, so that what is folded can go. What is longer has a file alone."""

HELD_SECONDS = 2.0
"""For how long nothing is written after the files were found to be gone, so that somebody notices."""

LOOK_SECONDS = 0.05
"""How often the files are looked for under their names; whether they are still files is looked at each time."""

WHAT, PEOPLE, ANSWER, NAMES = 1, 2, 3, 4
LAST, KEPT, CUT = 1, 2, 4
"""Of people: there are no more; later answers may refer to them; the answer did not reach its end."""

_HEAD = struct.Struct("<IIB")
_WHAT = struct.Struct("<I")
_PEOPLE = struct.Struct("<IIIB")
_ANSWER = struct.Struct("<dIIH")


@dataclass(frozen=True)
class Inquiry:
    """What was asked, by whom and under which grants: a JSON object."""

    number: int
    said: bytes


@dataclass(frozen=True)
class Named:
    """Numbers for the hub ids of humans."""

    ids: dict[int, str]


@dataclass(frozen=True)
class Told:
    """People of whom an answer tells, by number, more of them with every record until the last.

    `what` is the number of all that has been asked of them by then.
    """

    number: int
    what: int
    rows: int
    last: bool
    kept: bool
    cut: bool
    people: array[int]


@dataclass(frozen=True)
class Answered:
    """An answer: the moment (seconds since 1970), the numbers of what was asked and of the people, the status."""

    at: float
    what: int
    people: int
    status: int
    tracking: str = ""


Entry = Inquiry | Named | Told | Answered


def asked(number: int, said: bytes) -> bytes:
    """The record of what is asked."""
    return _record(WHAT, _WHAT.pack(number) + said)


def named(ids: Iterable[tuple[int, str]]) -> bytes:
    """The record of humans' numbers."""
    return _record(NAMES, ",".join(f"{number}:{identity}" for number, identity in ids).encode())


def told(number: int, what: int, rows: int, people: Iterable[int], flags: int) -> bytes:
    """The record of people."""
    return _record(PEOPLE, _PEOPLE.pack(number, what, rows, flags) + array("I", people).tobytes())


def answered(at: float, what: int, people: int, status: int, tracking: str = "") -> bytes:
    """The record of an answer."""
    return _record(ANSWER, _ANSWER.pack(at, what, people, status) + tracking.encode())


def _record(kind: int, said: bytes) -> bytes:
    return _HEAD.pack(len(said), crc32(said, kind), kind) + said


def read(data: bytes) -> Iterator[tuple[Entry, int]]:
    """The records in a piece of a journal, each with the place where it ends; stops at one that is not whole."""
    at = 0
    while at + _HEAD.size <= len(data):
        length, check, kind = _HEAD.unpack_from(data, at)
        if not kind:
            return
        said = data[at + _HEAD.size : at + _HEAD.size + length]
        if len(said) < length or crc32(said, kind) != check:
            return
        at += _HEAD.size + length
        yield _entry(kind, said), at


def _entry(kind: int, said: bytes) -> Entry:
    if kind == WHAT:
        (number,) = _WHAT.unpack_from(said)
        return Inquiry(number, said[_WHAT.size :])
    if kind == ANSWER:
        at, what, people, status = _ANSWER.unpack_from(said)
        return Answered(at, what, people, status, said[_ANSWER.size :].decode())
    if kind == NAMES:
        pairs = (pair.split(":", 1) for pair in said.decode().split(","))
        return Named({int(number): identity for number, identity in pairs})
    number, what, rows, flags = _PEOPLE.unpack_from(said)
    people = array("I", said[_PEOPLE.size :])
    return Told(number, what, rows, bool(flags & LAST), bool(flags & KEPT), bool(flags & CUT), people)


Must = tuple[str, int, int, int]


def _is_there(must: Must) -> bool:
    path, device, inode, size = must
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return False
    return found.st_ino == inode and found.st_dev == device and found.st_size >= size


class Deleted(OSError):
    """The journal was deleted under the process that writes it."""


class Journal:
    """The journal of one process, or of one thread of it, from its first record on."""

    def __init__(self, folder: Path, part_bytes: int = PART_BYTES, held: float = HELD_SECONDS) -> None:
        self.folder = folder / FOLDER
        self.run = str(uuid.uuid4())
        self._part_bytes = part_bytes
        self._held = held
        self._part = 0
        self._map: mmap | None = None
        self._lock = -1
        self._end = 0
        self._file = -1
        self._looked = 0.0
        self._must: dict[str, Must] = {}
        """The files that must be there: path, device, inode and least size."""
        self._missed: float | None = None
        """When they were found to be gone (`time.monotonic`)."""

    def has_room(self, size: int) -> bool:
        """Whether so many bytes can be appended without taking room on the disk first."""
        return self._map is not None and self._end + size <= len(self._map)

    def write(self, records: bytes) -> None:
        """Append records.

        Raises OSError when there is no room for them on the disk, or when the journal was deleted (`Deleted`): a
        moment later it is made again with what was in its last file, and goes on.
        """
        if not self._stands():
            self._make_again()
        end = self._end + len(records)
        if self._map is None or end > len(self._map):
            self._begin_part(len(records))
            end = len(records)
        assert self._map is not None
        self._map[self._end : end] = records
        self._end = end

    def close(self) -> None:
        """End the run; what it wrote stays to be folded."""
        if self._map is not None:
            self._map.close()
        if self._lock >= 0:
            os.close(self._lock)
        if self._file >= 0:
            os.close(self._file)
        self._map, self._lock, self._file = None, -1, -1
        self._must.clear()

    def __del__(self) -> None:
        self.close()

    def _stands(self) -> bool:
        """Whether the files are there and whole; now and then also, whether they are where they belong.

        What is written while they are elsewhere is not lost: it is in memory when they are made again.
        """
        if self._file >= 0:
            found = os.fstat(self._file)
            if not found.st_nlink or found.st_size < self._must["part"][3]:
                return False
        now = time.monotonic()
        if now < self._looked + LOOK_SECONDS and self._missed is None:
            return True
        self._looked = now
        return all(map(_is_there, self._must.values()))

    def _needs(self, name: str, path: Path, file: int) -> None:
        found = os.fstat(file)
        self._must[name] = str(path), found.st_dev, found.st_ino, found.st_size

    def _make_again(self) -> None:
        now = time.monotonic()
        self._missed = now if self._missed is None else self._missed
        if now < self._missed + self._held:
            raise Deleted(f"the journal of disclosures in {self.folder} was deleted or moved while the hub was running")
        if self._map is not None and os.fstat(self._file).st_size < len(self._map):
            raise Deleted(f"the journal of disclosures in {self.folder} was cut short: restart the hub")
        self._begin_run()
        if self._map is not None:
            # Nobody else has what is in memory; what was folded of it is known by its run, part and place.
            self._take_room(self._part, len(self._map), bytes(self._map[: self._end]))
        self._missed = None
        log.warning(
            "the journal of disclosures was made again with what its last file held; what earlier files held and was"
            " not in the ledger yet is lost"
        )

    def _begin_part(self, least: int) -> None:
        if self._lock < 0:
            self._begin_run()
        self._take_room(self._part + 1, max(self._part_bytes, least))
        self._end = 0

    def _take_room(self, part: int, size: int, holding: bytes = b"") -> None:
        path = self.folder / f"{self.run}.{part:06}"
        # It has its name when it is whole, since whoever folds reads what has one.
        beside = self.folder / f"{self.run}.room"
        file = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            # Room that is taken now cannot be wanting later, when there is no way to tell.
            os.posix_fallocate(file, 0, size)
            mapped = mmap(file, size)
            mapped[: len(holding)] = holding
            beside.rename(path)
        except OSError:
            os.close(file)
            beside.unlink(missing_ok=True)
            raise
        if self._map is not None:
            self._map.close()
            os.close(self._file)
        self._map, self._file, self._part = mapped, file, part
        self._needs("part", path, file)

    def _begin_run(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        # It is locked before it has its name, so that nobody takes it for one whose process is gone.
        beside, path = self.folder / f"{self.run}.new", self.folder / f"{self.run}.run"
        before, self._lock = self._lock, os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        beside.rename(path)
        if before >= 0:
            os.close(before)
        self._needs("run", path, self._lock)


def follows(part: Path, at: int) -> bool:
    """Whether something is written at a place of a file, whole or not; nothing is where the file is gone."""
    try:
        with part.open("rb") as file:
            file.seek(at)
            head = file.read(_HEAD.size)
    except FileNotFoundError:
        return False
    return len(head) == _HEAD.size and head[-1] != 0


def runs(folder: Path) -> list[str]:
    """The runs that have left something to fold, or go on."""
    place = folder / FOLDER
    return sorted(path.name.removesuffix(".run") for path in place.glob("*.run")) if place.exists() else []


def parts(folder: Path, run: str) -> list[Path]:
    """The files of a run, in order."""
    return sorted(p for p in (folder / FOLDER).glob(f"{run}.*") if p.suffix[1:].isdigit())


def lives(folder: Path, run: str) -> bool:
    """Whether the process of a run is there and may write more."""
    try:
        file = os.open(folder / FOLDER / f"{run}.run", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def forget(folder: Path, run: str) -> None:
    """Delete what is left of a run."""
    for path in (*parts(folder, run), *(folder / FOLDER / f"{run}.{kind}" for kind in ("room", "new", "run"))):
        path.unlink(missing_ok=True)
