"""Erasing a person: nothing of them is left in any file, apps are told, and the ledger stays true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import pytest

from rollbook.fields import RECORDS, Code, Record, Text
from rollbook.ingest.erasing import end_due, erase
from rollbook.ingest.erasing.gathering import gather
from rollbook.store.kept.pulls import Question as Asked
from rollbook.store.kept.snapshots import Name, State
from rollbook.store.keys import NATURAL
from rollbook.store.ledger_file import NAME as LEDGER
from rollbook.store.numbering import UNIQUE_IDS
from rollbook.store.opening import opened as store_of
from rollbook.store.port import Store

from .edlink.vendor import Vendor
from .hub import THORNFIELD, Hub
from .looking import forget, look, opened
from .oneroster.platform import Platform
from .test_cli import refused, said
from .told import entries, roles

MARK = "Zyxomma"
"""A word that nobody in the demo schools has."""

GRAHAM = "9919"


def everything(store: Store) -> bytes:
    """All bytes that the files of a data directory hold."""
    forget(store)
    return b"".join(path.read_bytes() for path in sorted(store.folder.rglob("*")) if path.is_file())


def the_person(store: Store, mis_id: str = GRAHAM) -> tuple[int, str]:
    """The district and the person of a student."""
    found = (
        "SELECT s.district, s.person FROM student s JOIN school c ON c.id = s.school WHERE c.estab = ? AND s.mis_id = ?"
    )
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
        for number, (kind, identity) in enumerate(gather(batch.kept, district, person)):
            facts = {name: f"{word}{number}{name}" for name in texts(RECORDS[kind])}
            if RECORDS[kind].told_by:
                facts = {n: v for n, v in facts.items() if n not in {"resource", "digest", "known_as"}}
            facts["remainder"] = json.dumps({"other": {"said": f"{word}{number}"}})
            batch.change(RECORDS[kind], identity, facts)
            kinds.add(kind)
    return kinds


def in_everything_that_passes(hub: Hub, person: str) -> None:
    """Let jobs, tasks, lists of pages and data sets name somebody."""
    number = look(hub.store, "SELECT student_unique_id FROM person WHERE id = ?", (person,)).get
    with hub.store.passing as passing:
        passing.jobs.put("1", "webhook", f"told of {number}", {"about": {"is": number}}, due=0.0, now=0.0)
        passing.tasks.put("2", "agent", "order", {"said": [number]}, 0.0)
        passing.pulls.begin(Asked("g", "Students", f"forename={number}", "c"), 0.0, 0, "", [])
        passing.snapshots.put(Name("g", "Students", "d"), f"surname={number}", "{}", 0.0, State("line", 1))
    with hub.store.transaction() as kept:
        kept.outbox.promise("webhook", {"about": number})
        kept.decisions.add("head@thornfield.example", "shared", about=f"{number} with an app")


@pytest.mark.files
def test_nothing_of_somebody_is_left_in_any_file(small_hub: Hub) -> None:
    store = small_hub.store
    district, person = the_person(store)
    mark(store, district, person, f"Older{MARK}")
    assert len(mark(store, district, person)) > 30
    in_everything_that_passes(small_hub, person)
    assert everything(store).count(MARK.encode()) > 1000
    assert erase(store, district, person, by="test", tell_days=0).overwritten
    small_hub.close()
    assert MARK.encode() not in everything(store)


@pytest.mark.files
def test_until_apps_were_told_only_ids_are_left_and_only_in_the_history(small_hub: Hub) -> None:
    store = small_hub.store
    district, person = the_person(store)
    mark(store, district, person)
    done = erase(store, district, person, by="test")
    said = look(store, "SELECT keys FROM history WHERE keys LIKE ?", (f"%{MARK}%",)).fetchall()
    left = {
        name.rpartition(".")[2] for (keys,) in said for name, value in json.loads(keys).items() if MARK in str(value)
    }
    assert left <= {*NATURAL, *UNIQUE_IDS, "known_as", "organisation"}
    assert end_due(store, done.until[:-1]) == 0
    assert end_due(store, done.until) == 1
    assert store.overwrite()
    small_hub.close()
    assert MARK.encode() not in everything(store)


# ---- the ledger


def test_the_ledger_keeps_every_line_and_names_them_on_none(small_hub: Hub) -> None:
    store = small_hub.store
    district, person = the_person(store)
    small_hub.school(f"Students?id={GRAHAM}", small_hub.token())
    small_hub.school("Students?id=9920", small_hub.token())
    ids = {person, *roles(small_hub, GRAHAM)}
    before = [(one.at, one.what, one.people, one.rows) for one in entries(small_hub)]
    whom = [store.ledger.people(one.number) for one in entries(small_hub)]
    assert any(ids & some for some in whom)
    done = erase(store, district, person, by="test", tell_days=0)
    assert done.beside["people of the ledger"] >= 1
    assert [(one.at, one.what, one.people, one.rows) for one in entries(small_hub)] == before
    after = [store.ledger.people(one.number) for one in entries(small_hub)]
    assert [len(some) for some in after] == [len(some) for some in whom]
    assert not any(ids & some for some in after)
    assert all((some - ids) <= then for some, then in zip(whom, after, strict=True))
    with opened(store, LEDGER) as ledger:
        for low, members, digest in ledger.execute("SELECT low, members, digest FROM people").fetchall():
            assert blake2b(b"%d:%s" % (low, members), digest_size=16).digest() == digest
        with pytest.raises(Exception, match="only added to"):
            ledger.execute("UPDATE human SET id = 'somebody'")


# ---- apps


def test_apps_that_follow_changes_are_told_by_id_and_nothing_else(small_hub: Hub) -> None:
    store = small_hub.store
    district, person = the_person(store)
    platform, vendor = Platform(small_hub), Vendor(small_hub)
    token = small_hub.token()
    known = small_hub.school("Students?select=Id,Surname&changedRows=*", token)["__changedRows__"][0]["NextChangedRows"]
    names = look(store, "SELECT forename, surname FROM person WHERE id = ?", (person,)).fetchall()[0]
    since = vendor.body("events", last=1)["$data"][0]["id"]
    (user,) = [one for one in platform.rows("users") if (one["givenName"], one["familyName"]) == names]
    erase(store, district, person, by="test")
    changed = small_hub.school(f"Students?select=Id,Surname&changedRows={known}", token)
    assert GRAHAM in json.dumps(changed["Students_deleted"])
    assert names[1] not in json.dumps(changed)
    told = [
        one for one in platform.rows("users", filter="status='tobedeleted'") if one["sourcedId"] == user["sourcedId"]
    ]
    assert [one["status"] for one in told] == ["tobedeleted"]
    assert not {*names} & {*map(str, told[0].values())}
    events = vendor.rows("events", after=since)
    assert ("deleted", "person") in {(one["type"], one["target"]) for one in events}
    assert names[1] not in json.dumps([one for one in events if one["target"] == "person"])


@pytest.mark.files
def test_a_server_that_had_told_of_them_keeps_nothing_in_memory(small_hub: Hub) -> None:
    store = small_hub.store
    district, person = the_person(store)
    mark(store, district, person)
    token, vendor = small_hub.token(), Vendor(small_hub)
    for _ in range(3):
        small_hub.school(f"Students?id={GRAHAM}", token)
        vendor.one(f"people/{person}")
    answers = small_hub.edge.kept.answers
    assert any(MARK in repr(one.response.body) for one in answers.values())
    with store.again() as elsewhere:
        erase(elsewhere, district, person, by="test")
    small_hub.school("Students?id=9920", token)
    assert answers
    assert not any(MARK in repr(one.response.body) for one in answers.values())


# ---- by hand


@pytest.mark.files
def test_an_operator_looks_somebody_up_sees_what_goes_and_erases_them(small_hub: Hub, tmp_path: Path) -> None:
    store = small_hub.store
    where = ["--data", store.folder]
    _, person = the_person(store)
    names = look(store, "SELECT forename, surname FROM person WHERE id = ?", (person,)).fetchall()[0]
    said("backup", tmp_path / "backups", "--with-key", *where)
    assert person in [one["id"] for one in json.loads(said("people", "erase", "--find", " ".join(names), *where))]
    (foretold,) = json.loads(said("people", "erase", person, *where))
    assert (foretold["applied"], foretold["gone"]["Person"]) == (False, 1)
    assert look(store, "SELECT count(*) FROM person WHERE id = ?", (person,)).get == 1
    (done,) = json.loads(said("people", "erase", person, "--yes", "--why", "asked on 1 June", *where))
    assert (done["gone"]["Person"], done["overwritten"]) == (1, True)
    assert look(store, "SELECT count(*) FROM person WHERE id = ?", (person,)).get == 0
    (kept,) = json.loads(said("people", "erasures", *where))
    assert (kept["id"], kept["why"]) == (done["id"], "asked on 1 June")
    assert "is not the hub id of anybody" in refused("people", "erase", person, "--yes", *where)
    listed = store.folder / "erasures.json"
    said("restore", tmp_path / "backups", "--erasures", listed, "--data", tmp_path / "back")
    with store_of(tmp_path / "back") as back:
        assert look(back, "SELECT count(*) FROM person WHERE id = ?", (person,)).get == 0
