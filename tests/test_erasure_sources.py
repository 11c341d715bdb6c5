"""Erasing somebody whom sources tell of, on both stores: nothing is left, and no source brings them back."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rollbook.connectors import CONNECTORS
from rollbook.ingest import Diff, import_roster
from rollbook.ingest.erasing import again, erase, foretell, let_back, read_list, write_list
from rollbook.ingest.rows import ERASED, Row, Stream
from rollbook.model.people import Person
from rollbook.model.students import StudentPhoto
from rollbook.store.opening import opened
from rollbook.store.port import Store
from rollbook.store.postgres.session import Session
from rollbook.store.postgres.store import Store as Database
from rollbook.store.transfer.tables import DATABASES, tables_of

from .demo_data import no_schools
from .looking import forget, look
from .postgres import ABSENT, BIN, hub_served
from .rosters import folder
from .rosters import roster as roster_of_files
from .test_matching import human, told
from .test_sync import Telling

MARK = "Zyxomma"

ANA = {"forename": f"{MARK}Ana", "surname": f"{MARK}Ash", "birth_date": "2014-01-02", "username": f"{MARK}.ash"}
BEN = {"forename": "Ben", "surname": "Beech", "birth_date": "2014-02-03"}

postgres = pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)


@pytest.fixture(params=["files", pytest.param("postgres", marks=postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "files":
        with opened(no_schools(tmp_path / "hub"), "") as one:
            yield one
        return
    with hub_served() as address, opened(tmp_path / "hub", address) as one:
        yield one


def everything(store: Store) -> bytes:
    """All that files hold, or all tables; what sources asked to keep is there compressed, so it is read as it is."""
    forget(store)
    found = b"".join([*kept_files(store), *(path.read_bytes() for path in store.folder.rglob("*") if path.is_file())])
    if not isinstance(store, Database):
        return found
    for name in DATABASES:
        session = Session(store.address, name)
        for table in tables_of(name):
            found += repr(session.execute(f'SELECT * FROM "{table.name}"').fetchall()).encode()
        session.close()
    return found


def kept_files(store: Store) -> list[bytes]:
    """What sources asked to keep."""
    rows = look(store, "SELECT source, name FROM source_file").fetchall()
    return [store.kept.sources.file(1, source, name) or b"" for source, name in rows]


def roster(system: str, ana: str, *, also: Mapping[str, Any] | None = None) -> Telling:
    """What a system says of Ana, by a key of its own, and of Ben."""
    telling = told(system, human(ana, {**ANA, **(also or {})}, f"{MARK}1001"), human(f"{system}-ben", BEN, "1002"))
    telling.source.keep = lambda: {"rows users": msgspec.msgpack.encode([[ana, ANA], ["ben"]])}  # type: ignore[method-assign]
    return telling


def take(store: Store, telling: Telling) -> Diff:
    return import_roster(store, telling, "")


def people(store: Store) -> list[str]:
    return [forename for (forename,) in look(store, "SELECT forename FROM person WHERE district = 1 ORDER BY 1")]


def ana(store: Store) -> str:
    return look(store, "SELECT id FROM person WHERE surname = ?", (ANA["surname"],)).get


def fed(store: Store) -> str:
    """A hub that two systems told of Ana, of whom the hub says something itself; gives her hub id."""
    take(store, roster("sis", f"{MARK}-s"))
    take(store, roster("lms", f"{MARK}-l", also={"home_phone": f"{MARK}-phone"}))
    person = ana(store)
    with store.write(1) as batch:
        batch.change(Person, person, {"middle_name": f"{MARK}Alma"})
    with store.of_district(1) as kept:
        kept.history.renumbered(1, "student_unique_id", f"{MARK}0999", person)
    return person


def test_nothing_that_sources_said_is_left(store: Store) -> None:
    person = fed(store)
    assert everything(store).count(MARK.encode()) > 10
    goes = foretell(store, 1, person)
    assert (goes.called, dict(goes.gone)) == (f"{MARK}Ana {MARK}Ash", {"Person": 1, "Student": 1})
    done = erase(store, 1, person, by="test", tell_days=0)
    assert done.overwritten
    assert people(store) == ["Ben"]
    assert MARK.encode() not in everything(store)


def test_a_source_does_not_bring_them_back_unless_it_may(store: Store) -> None:
    done = erase(store, 1, fed(store), by="test", tell_days=0)
    for system, key in (("sis", f"{MARK}-s"), ("lms", f"{MARK}-l")):
        diff = take(store, roster(system, key))
        assert {(one.kind, one.key, one.what, one.waits) for one in diff.aside} == {
            ("Person", "", ERASED, ()),
            ("Student", "", ERASED, ()),
        }
        assert take(store, roster(system, key)).kinds["Person"].unchanged == 1
    assert people(store) == ["Ben"]
    assert MARK.encode() not in everything(store)
    assert msgspec.msgpack.decode(store.kept.sources.file(1, "sis:sis-d", "rows users") or b"") == [["ben"]]
    assert let_back(store, 1, done.id) == 4
    take(store, roster("sis", f"{MARK}-s"))
    assert people(store) == ["Ben", f"{MARK}Ana"]


def test_a_roster_with_a_memory_of_its_own_remembers_nothing_of_them(tmp_path: Path) -> None:
    files = roster_of_files()
    for user in (one for one in files["users"] if one["sourcedId"] == "s1"):
        user |= {"givenName": f"{MARK}Ana", "familyName": f"{MARK}Ash", "username": f"{MARK}.ash"}
    place = folder(tmp_path / "roster", files)
    with opened(no_schools(tmp_path / "hub"), "") as store:
        import_roster(store, CONNECTORS["oneroster-csv"], place)
        erase(store, 1, ana(store), by="test", tell_days=0)
        assert MARK.encode() not in everything(store)
        import_roster(store, CONNECTORS["oneroster-csv"], place)
        assert MARK.encode() not in b"".join(kept_files(store))
        diff = import_roster(store, CONNECTORS["oneroster-csv"], place)
        assert diff.kinds["Person"].gone == 0
        assert not any(name.startswith(MARK) for name in people(store))


def test_what_refers_to_them_is_set_aside_with_them_and_not_kept(store: Store) -> None:
    erase(store, 1, fed(store), by="test", tell_days=0)
    telling = told("sis", human(f"{MARK}-s", ANA, "1001"), human("sis-ben", BEN, "1002"))
    rows = [Row("p1", {"image": f"{MARK}photo"}, {"who": f"{MARK}-s@a", "school": "sis-a"})]
    telling.source.streams_.append(Stream(StudentPhoto, rows))
    take(store, telling)
    assert f"{MARK}photo".encode() not in everything(store)
    assert look(store, "SELECT count(*) FROM student_photo").get == 0
    assert people(store) == ["Ben"]


def test_whoever_was_erased_is_erased_again_after_a_restore(store: Store, tmp_path: Path) -> None:
    person, before = fed(store), tmp_path / "before"
    before.mkdir()
    store.copy_to(before, 10.0)
    erase(store, 1, person, by="test")
    listed = write_list(store)
    assert MARK not in listed.read_text()
    assert person not in listed.read_text()
    (before / "hub.key").write_bytes((store.folder / "hub.key").read_bytes())
    with opened(before, "") as restored:
        assert f"{MARK}Ana" in people(restored)
        assert again(restored, read_list([listed]), "test") == 1
        assert people(restored) == ["Ben"]
        assert again(restored, read_list([listed]), "test") == 0


def test_nobody_else_goes(store: Store) -> None:
    person = fed(store)
    before = look(store, "SELECT id, surname FROM person WHERE id <> ? ORDER BY id", (person,)).fetchall()
    erase(store, 1, person, by="test")
    assert look(store, "SELECT id, surname FROM person ORDER BY id").fetchall() == before
    assert take(store, roster("sis", f"{MARK}-s")).kinds["Student"].unchanged == 1
