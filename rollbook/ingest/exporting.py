"""Writing the records of a district as files that `records-csv` reads: all of them, or what has changed.

The files are the same for the same records, byte by byte: rows lie in the order of their keys, which are hub ids.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import msgspec

from ..fields import Record
from ..store.kept import Kept
from .kinds import BY_TABLE, KEY, KINDS
from .outgoing import Begin, writing


class Changes(msgspec.Struct, frozen=True):
    """What is different in the records of a district at one number of its history from what it was at an earlier one.

    `files` hold the rows that are new or other than they were, by the name of the file; `gone` the keys of those that
    are no longer there, by the name of their table.
    """

    since: int
    to: int
    files: dict[str, str] = {}
    gone: dict[str, list[str]] = {}


def reached(kept: Kept, district: int) -> int:
    """How far the history of a district has come."""
    return kept.history.newest(district)


def export(kept: Kept, district: int, path: Path) -> int:
    """Write all records of a district into a folder or, where the path ends in `.zip`, a ZIP; gives how many."""
    with writing(path) as begin:
        return sum(_write_kind(kept, district, kind, begin) for kind in KINDS)


def _write_kind(kept: Kept, district: int, kind: type[Record], begin: Begin) -> int:
    with begin(f"{kind.table}.csv") as file:
        return _write(file, kind, kept.copies.rows(kind, district))


def changes(kept: Kept, district: int, since: int, most: int) -> Changes | None:
    """What has changed since a number of the history; None when it is more than `most` records.

    What is kept must be read at one moment.
    """
    files: dict[str, str] = {}
    gone = _gone(kept, district, since)
    count = sum(map(len, gone.values()))
    for kind in KINDS:
        moved = list(kept.copies.rows(kind, district, since))
        count += len(moved)
        if count > most:
            return None
        if moved:
            text = io.StringIO()
            _write(text, kind, moved)
            files[f"{kind.table}.csv"] = text.getvalue()
    return Changes(since, reached(kept, district), files, gone)


def _gone(kept: Kept, district: int, since: int) -> dict[str, list[str]]:
    """By table, what is no longer there; what is gone for one app only, or came back, still is."""
    found = {kind.table: kept.copies.gone(kind, district, since) for kind in BY_TABLE.values()}
    return {table: identities for table, identities in found.items() if identities}


def _write(file: IO[str], kind: type[Record], rows: Iterable[tuple[Any, ...]]) -> int:
    writer = csv.writer(file)
    writer.writerow([KEY, *kind.stored()])
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    return count


def own_district(kept: Kept, named: str | None) -> tuple[int, str]:
    """The number and name of the district named, or of the only one; the number is 0 when it is not plain which."""
    every = kept.schools.districts()
    found = [
        (d.number, d.name or "") for d in every if named is None or named in (d.name, d.external_id, str(d.number))
    ]
    return found[0] if len(found) == 1 else (0, ", ".join(d.name or "" for d in every))
