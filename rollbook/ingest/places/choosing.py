"""Which files of a folder are taken.

Files with records that lie in the folder are one set. Otherwise it holds ZIPs or folders, each of which is a set: the
only one, or the newest by the date in its name, if all are called alike but for that. The moments of files are not
asked: whoever copies a folder changes them all. Nothing older is ever taken instead of the newest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ...errors import Malformed, Problem, Unavailable

RECORDS = (".csv", ".tsv", ".txt", ".xml", ".json")
"""How the names of files with records end."""

UNDER_WAY = (".part", ".partial", ".filepart", ".tmp", ".uploading")
"""How programs call a file while they write it."""

DATE = re.compile(
    r"(?<!\d)(20\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])"
    r"(?:[-_.T ]?([01]\d|2[0-3])[-_.:h]?([0-5]\d)(?:[-_.:m]?([0-5]\d))?)?(?!\d)"
)

MOST_FILES = 10_000


class Entry(NamedTuple):
    """What lies in a folder: its name, its size in bytes, and when it was changed, in seconds."""

    name: str
    size: int
    changed: int
    folder: bool = False


def choose(where: str, entries: Iterable[Entry]) -> Entry | None:
    """The set of a folder that is taken; None when the folder itself is one. Raises `Malformed` when none is plain."""
    seen = [one for one in entries if not one.name.startswith(".")]
    sets = [one for one in seen if one.folder or one.name.lower().endswith(".zip")]
    zips = [one for one in sets if not one.folder]
    if any(_has_records(one) for one in seen):
        if zips:
            raise Malformed(Problem(where, "holds ZIPs and files beside them", "name the ZIP, or a folder of one kind"))
        return None
    if not sets:
        raise Malformed(Problem(where, "holds no files with records", "choose a folder or a ZIP that has some"))
    return sets[0] if len(sets) == 1 else _newest(where, sets)


def _newest(where: str, sets: Sequence[Entry]) -> Entry:
    dates = {one: found for one in sets if (found := DATE.search(one.name))}
    alike = {DATE.sub("*", one.name, count=1) for one in sets}
    if len(dates) < len(sets) or len(alike) > 1:
        names = ", ".join(sorted(one.name for one in sets)[:5])
        said = f"holds {len(sets)} ZIPs or folders, and their names do not tell which is the newest: {names}"
        raise Malformed(Problem(where, said, "name the one that is meant, or keep only one"))
    return max(sets, key=lambda one: tuple(part or "00" for part in dates[one].group(1, 3, 4, 5, 6, 7)))


def members(where: str, entries: Sequence[Entry]) -> list[Entry]:
    """The files of a folder that is a set. Raises `Unavailable` while one is being written."""
    for one in entries:
        stem, dot, ending = one.name.rpartition(".")
        if dot and f".{ending}".lower() in UNDER_WAY and stem.lower().endswith(RECORDS):
            raise Unavailable(Problem(f"{where}/{one.name}", "is still being written", "read it again later"))
    found = [one for one in entries if _has_records(one) and not one.name.startswith(".")]
    if len(found) > MOST_FILES:
        raise Malformed(Problem(where, f"holds {len(found):,} files; the limit is {MOST_FILES:,}"))
    if not found:
        raise Malformed(Problem(where, "holds no files with records", "choose a folder or a ZIP that has some"))
    return found


def _has_records(one: Entry) -> bool:
    return not one.folder and one.name.lower().endswith(RECORDS)
