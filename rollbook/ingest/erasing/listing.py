"""The list of those who were erased, as a file beside backups: marks that lead nowhere without the hub's key."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from ...errors import Malformed, Problem
from ...store.permissions import open_private
from ...store.port import Store

NAME = "erasures.json"
"""What the file is called, in a data directory and among backups."""


def marks(store: Store) -> list[str]:
    """The marks of all who were erased."""
    districts = store.kept.schools.districts()
    return sorted({e.person for d in districts for e in store.kept.erasures.of_district(d.number)})


def write_list(store: Store, place: Path | None = None) -> Path:
    """Write the list, unless it is empty, to the data directory or another place, with what was on it there before."""
    path = (place or store.folder) / NAME
    every = sorted({*marks(store), *read_list([path])})
    if every:
        with open_private(path, "w") as file:
            json.dump({"erased": every}, file, indent=1)
    return path


def read_list(paths: Iterable[Path]) -> frozenset[str]:
    """The marks on some lists, of those that are there; raises `Malformed` where one is no such list."""
    found = set[str]()
    for path in paths:
        if path.exists():
            try:
                found |= {str(one) for one in json.loads(path.read_text())["erased"]}
            except (ValueError, KeyError, TypeError):
                raise Malformed(Problem(str(path), "is no list of erasures", "name the file erasures.json")) from None
    return frozenset(found)
