"""Erasing a person: nothing of them is left in any file, apps are told, the ledger stays true, nobody brings them back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from rollbook.fields import RECORDS, Code, Record, Text
from rollbook.ingest.erasing import end_due, erase, foretell
from rollbook.ingest.erasing.gathering import gather
from rollbook.model.people import Person
from rollbook.model.students import Student
from rollbook.store.port import Store
from rollbook.store.sqlite import Store as Files

from .hub import THORNFIELD, Hub
from .looking import forget, look

MARK = "Zyxomma"
"""A word that nobody in the demo schools has."""

GRAHAM = "9919"


def everything(store: Store) -> bytes:
    """All bytes that the files of a data directory hold."""
    forget(store)
    return b"".join(path.read_bytes() for path in sorted(store.folder.rglob("*")) if path.is_file())


def the_person(store: Store, mis_id: str = GRAHAM) -> tuple[int, str]:
    """The district and the person of a student."""
    found = "SELECT s.district, s.person FROM student s JOIN school c ON c.id = s.school WHERE c.estab = ? AND s.mis_id = ?"
    (row,) = look(store, found, (THORNFIELD, mis_id)).fetchall()
    return row


def texts(kind: type[Record]) -> Iterator[str]:
    """The facts of a kind that are free to say anything."""
    for name, fact in kind.stored().items():
        if isinstance(fact, Text) and not isinstance(fact, Code) and name not in {"mis_id", "origin", "of_student"}:
            yield name


def mark(store: Store, district: int, person: str, word: str = MARK) -> set[str]:
    """Write a word into everything that is said of somebody; gives the kinds of record in which that is."""
    kinds = set[str]()
    with store.write(district) as batch:
        for number, ((kind, identity), row) in enumerate(gather(batch.kept, district, person).items()):
            facts = {name: f"{word}{number}{name}" for name in texts(RECORDS[kind])}
            if RECORDS[kind].told_by:
                facts = {n: v for n, v in facts.items() if n not in {"resource", "digest", "known_as"}}
            facts["remainder"] = json.dumps({"other": {"said": f"{word}{number}"}})
            batch.change(RECORDS[kind], identity, facts)
            kinds.add(kind)
    return kinds


@pytest.mark.files
def test_nothing_of_somebody_is_left_in_any_file(small_hub: Hub) -> None:
    store = small_hub.store
    district, person = the_person(store)
    before = mark(store, district, person)
    mark(store, district, person, f"Older{MARK}")
    mark(store, district, person)
    assert MARK.encode() in everything(store)
    print(len(before), sorted(before))
    done = erase(store, district, person, by="test", tell_days=0)
    print(done)
    small_hub.close()
    assert everything(store).count(MARK.encode()) == 0
