"""Writing the records of a file anew beside it, comparing the two, and putting the new one in the old one's place."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from ...errors import NoRoom, Problem, Stop
from ..connection import Full, Opened
from ..holding import held, sync
from ..permissions import begin_file
from .catalogue import tables
from .copying import copied
from .layout import NUMBER, finished, layout, missing, open_new
from .moments import dated, put_moments
from .numbering import numbered
from .progress import Progress, megabytes
from .verifying import differs, verified
from .walking import MARKS, chunks_of, old_tables, reach, reached

NEW = "new.sqlite"
"""The new file, while it is being written."""

HEADER_BYTES = 100
"""The length of the header of an SQLite file; among other things it counts how often the file has been changed."""

RETIRED = b"no longer used\0\0"
"""What a file begins with that another has replaced: whoever waited to open it must not take it for the records."""

IN_USE = "has to be brought up to date, and another process has it open"
END_IT = "end every other Rollbook that uses this directory, then open it again"

AGAIN = "free some space, then open the directory again: it goes on where it was"


def relay(path: Path, aside: Path) -> None:
    """Give records of the last number before the new layout that layout; `aside` is a folder to do it in."""
    progress, size = Progress(path.parent), path.stat().st_size
    try:
        with held(path, Problem(str(path), IN_USE, END_IT)) as (old, file):
            state = os.pread(file, HEADER_BYTES, 0) + hashlib.sha256(layout().encode()).digest()
            if not _goes_on(old, state, aside):
                _begin(old, state, path, aside)
            progress.say(
                f"{megabytes(size)} of records are brought up to the layout of this version, which happens once."
                " If it is interrupted, it goes on where it was the next time"
            )
            _write(old, aside, progress)
            put_in_place(old, file, aside / NEW, path)
    except Full as error:
        raise NoRoom(f"the records could not be brought up to date: {error}", hint=AGAIN) from error
    except Stop:
        # What is not the same must not be gone on with.
        shutil.rmtree(aside, ignore_errors=True)
        raise
    shutil.rmtree(aside, ignore_errors=True)
    progress.say(f"all records are as they were, in {megabytes(path.stat().st_size)} instead of {megabytes(size)}")


def _goes_on(old: Opened, state: bytes, aside: Path) -> bool:
    """Open the notes of a process that did not finish, if what it read was the same."""
    if not (aside / "notes.sqlite").exists():
        return False
    _attach(old, aside, "notes")
    if reached(old, "notes", "state") == (state,):
        return True
    old.execute("DETACH notes")
    return False


def _begin(old: Opened, state: bytes, path: Path, aside: Path) -> None:
    """Open empty notes of a state of the old file, where there is room for a new one, which is smaller."""
    shutil.rmtree(aside, ignore_errors=True)
    needed, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    if needed > free:
        what = f"the records have to be written anew, which takes up to {megabytes(needed)}; {megabytes(free)} are free"
        raise NoRoom(Problem(str(path), what, "free some space, then open the directory again"))
    aside.mkdir(mode=0o700)
    _attach(old, aside, "notes")
    with old:
        reach(old, "notes", "state", (state,))


def _attach(old: Opened, aside: Path, name: str) -> None:
    path = aside / f"{name}.sqlite"
    begin_file(path)
    old.execute(f"ATTACH ? AS {name}", (str(path),))
    # After a power cut a file is as it was at some moment, and the work goes on from there.
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -16384"):
        old.execute(f"PRAGMA {name}.{pragma}").fetchall()
    old.execute(MARKS.format(file=name))


def _write(old: Opened, aside: Path, progress: Progress) -> None:
    """Write the new file whole and compare it with the old one, unless that has been done."""
    with closing(open_new(aside / NEW)) as new:
        if new.execute("PRAGMA user_version").get == NUMBER:
            return
        _attach(old, aside, "new")
        for what, steps, chunks in _steps(old, new):
            progress.follow(what, steps, chunks)
        if (found := new.execute("PRAGMA integrity_check(1)").get) != "ok":
            raise differs("the new file", str(found))
        old.execute("DETACH new")
        with new:
            new.execute("DROP TABLE reached")
            new.execute(f"PRAGMA user_version = {NUMBER}")


def _steps(old: Opened, new: Opened) -> Iterator[tuple[str, Iterator[None], int]]:
    """What is to be done, one after the other, with the number of chunks that each has."""
    sizes = {of.name: chunks_of(old, of) for of in old_tables(old)}
    records, everything = sum(sizes[name] for name in tables()), sum(sizes.values())
    yield "numbering the records", numbered(old), 2 * records
    yield "dating the changes", dated(old), records
    yield "writing the records", copied(old), everything
    put_moments(old)
    yield "making the indexes", finished(new), len(missing(new, "index"))
    yield "comparing the records", verified(old), everything


def put_in_place(old: Opened, file: int, new: Path, path: Path) -> None:
    """Put the new file in the place of the old one, which nobody finds from then on."""
    old.execute("DETACH notes")
    owner = path.stat()
    with suppress(PermissionError):
        os.chown(new, owner.st_uid, owner.st_gid)
    sync(new)
    os.replace(new, path)
    sync(path.parent)
    os.pwrite(file, RETIRED, 0)
