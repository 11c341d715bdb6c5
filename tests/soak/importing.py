"""A process that brings in roster after roster: `python -m tests.soak.importing DATA DATABASE PLACE TIME`.

In each version everybody has another name, and some have come and gone. It says of each that it is tried and that it is
done, as `try 3` and `done 3`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from rollbook.connectors import CONNECTORS
from rollbook.errors import RollbookError
from rollbook.ingest import import_roster
from rollbook.model.people import Person
from rollbook.store.opening import opened
from rollbook.store.port import Store

from .. import rosters
from ..crash_workers import roster

TURNS = 17
"""After how many versions the same people have come and gone."""

PAUSE = 4.0
"""Seconds between two rosters."""


def bring(store: Store, place: Path, version: int) -> None:
    """Import a version of the roster, which is as large as any other one."""
    tables = roster(version % TURNS)
    for row in tables["users"]:
        row["familyName"] = f"Version{version}"
    path = rosters.folder(place / f"roster-{version}", tables)
    import_roster(store, CONNECTORS["oneroster-csv"], path, allow_shrink=True)


def names(store: Store, district: int) -> set[str]:
    """The surnames of a district: one, which says the version."""
    with store.lend() as kept:
        return {str(person["surname"]) for person in kept.records.find(Person, district, {})}


def main(data: str, database: str, place: str, times: int) -> None:
    """Go on until killed; versions go on from those of the times before."""
    version = times * 1_000
    print(f"begin {version}", flush=True)
    while True:
        version += 1
        print(f"try {version}", flush=True)
        try:
            with opened(data, database) as store:
                bring(store, Path(place), version)
            print(f"done {version}", flush=True)
        except RollbookError as error:
            print(f"fail {version} {type(error).__name__}: {error}", flush=True)
        time.sleep(PAUSE)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
