"""A hub is moved from a directory into PostgreSQL and back, whole or not at all, and is the same hub afterwards."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rollbook.cli import main
from rollbook.errors import Conflict, Malformed, NotFound, Occupied, Stop
from rollbook.model.curriculum import Program
from rollbook.model.organisation import School
from rollbook.store.connection import connect
from rollbook.store.journal import KEPT, LAST, Journal, answered, asked, named, told
from rollbook.store.opening import holds, opened
from rollbook.store.port import Store
from rollbook.store.postgres.session import Session
from rollbook.store.transfer import into_database, into_directory, moving
from rollbook.store.transfer.copying import every_table
from rollbook.store.transfer.tables import DATABASES

from .hub import Hub
from .laws.asking import answers
from .looking import changing
from .postgres import ABSENT, BIN, served

pytestmark = [pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with served() as where:
        yield where


@pytest.fixture(scope="module")
def kept(empty_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub of one school, with two clubs, which has told somebody of somebody; to be copied."""
    place = Path(shutil.copytree(empty_folder, tmp_path_factory.mktemp("kept") / "hub"))
    with opened(place) as store:
        with store.founding({"name": "A trust"}) as batch:
            school = batch.add(School, [{"estab": "1", "name": "A school"}])[0]
            batch.add(Program, [{"school": school, "name": name, "kind": "Other"} for name in ("Chess", "Choir")])
        tell(store, "graham")
    return place


@pytest.fixture(scope="module")
def moved(server: str, kept: Path) -> str:
    """A database into which that hub was moved; to be copied."""
    address = database(server, "moved", "template0")
    into_database(kept, address)
    return address


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    """A directory with that hub."""
    return Path(shutil.copytree(kept, tmp_path / "hub"))


@pytest.fixture
def address(server: str) -> str:
    """A database that holds nothing."""
    return database(server, "one", "template0")


@pytest.fixture
def filled(server: str, moved: str) -> str:
    """A database with that hub."""
    assert moved
    return database(server, "other", "moved")


def database(server: str, name: str, template: str) -> str:
    """A database of a server, made anew like another one."""
    session = Session(server, "public")
    session.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    session.execute(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    session.close()
    return server.replace("dbname=postgres", f"dbname={name}")


def tell(store: Store, person: str) -> None:
    """Have it in a journal of the store's directory that somebody was told of a person."""
    journal = Journal(store.folder)
    said = {"dialect": "xporter", "endpoint": "Students", "app": "app", "grants": ["grant"], "reader": ""}
    asks = asked(1, json.dumps({**said, "facts": ["Student.upn"], "outcome": ""}).encode())
    people = named([(1, person)]) + told(1, 1, 1, [1], LAST | KEPT)
    journal.write(asks + people + answered(1_795_000_000.0, 1, 1, 200))
    journal.close()


def rows(folder: Path) -> dict[str, list[str]]:
    """All that a directory holds, by table."""
    files = {name: connect(folder / f"{name}.sqlite") for name in DATABASES}
    found = {
        of.step: sorted(map(repr, files[of.database].execute(f'SELECT {of.listed} FROM "{of.name}"').fetchall()))
        for of in every_table()
    }
    for file in files.values():
        file.close()
    return found


def clubs(store: Store) -> list[dict[str, Any]]:
    """The clubs of the school, in the order in which they were made."""
    return sorted(store.kept.records.find(Program, _district(store), {}), key=lambda row: row["made"])


def add_club(store: Store) -> None:
    with store.write(_district(store)) as batch:
        school = clubs(store)[0]["school"]
        batch.add(Program, [{"school": school, "name": "Draughts", "kind": "Other"}])


def _district(store: Store) -> int:
    (found,) = store.kept.schools.districts()
    return found.number


# ---- there and back


@pytest.mark.slow
def test_the_demo_gives_the_same_answers_there_and_when_it_is_back(
    address: str, small_folder: Path, tmp_path: Path
) -> None:
    there, served_from, back = tmp_path / "hub", tmp_path / "server", tmp_path / "back"
    hub = Hub.copy(small_folder, there)
    hub.grant()
    secret, said = hub.store.secret("anything"), answers(hub, hub.token())
    hub.close()
    moved = into_database(there, address)
    before = rows(there)
    assert moved.rows == sum(map(len, before.values())) > 10_000
    into_directory(address, back)
    assert rows(back) == before
    for place in (served_from, back):
        place.mkdir(exist_ok=True)
        shutil.copy(there / "hub.key", place)
    for again in (Hub(served_from, address), Hub(back)):
        found = answers(again, again.token())
        assert {path for path in said if found[path] != said[path]} == set()
        assert again.store.secret("anything") == secret
        again.close()


def test_every_row_comes_back_and_numbers_go_on(filled: str, kept: Path, tmp_path: Path) -> None:
    before = rows(kept)
    assert (len(before["records program"]), len(before["ledger disclosure"])) == (2, 1)
    into_directory(filled, tmp_path / "at once")
    assert rows(tmp_path / "at once") == before
    with opened(tmp_path / "server", filled) as store:
        last = clubs(store)[-1]["made"]
        add_club(store)
        assert clubs(store)[-1]["made"] > last
        tell(store, "ann")
        store.ledger.fold()
        assert len(store.ledger.log([what.number for what in store.ledger.whats()])) == 2
    into_directory(filled, tmp_path / "back")
    after = rows(tmp_path / "back")
    assert set(before["records program"]) < set(after["records program"])
    with opened(tmp_path / "back") as store:
        last = clubs(store)[-1]["made"]
        add_club(store)
        assert clubs(store)[-1]["made"] > last
        assert len(store.ledger.log([what.number for what in store.ledger.whats()])) == 2


# ---- only what is whole counts


def between(monkeypatch: pytest.MonkeyPatch, what: Callable[[], None]) -> None:
    """Do something when all is copied and nothing has been compared yet."""
    compare = moving.verified

    def first(*sides: Any) -> Iterator[int]:
        what()
        return compare(*sides)

    monkeypatch.setattr(moving, "verified", first)


def end() -> None:
    raise ZeroDivisionError


def test_a_database_is_no_hub_before_all_is_compared(
    address: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil() -> None:
        with pytest.raises(Stop, match="a hub is being moved into this database"):
            opened(tmp_path / "server", address)
        with pytest.raises(Occupied, match="another process is moving a hub into this database"):
            into_database(folder, address)
        session = Session(address, "records")
        session.execute("UPDATE program SET name = 'Chest' WHERE name = 'Chess'")
        session.close()

    between(monkeypatch, spoil)
    with pytest.raises(Stop, match=r"program in records.*not every row is what it was"):
        into_database(folder, address)
    assert not holds(folder, address)


def test_a_directory_is_no_hub_before_all_is_compared(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = tmp_path / "back"

    def spoil() -> None:
        assert not holds(back)
        file = connect(back / "arriving" / "records.sqlite")
        file.execute("DELETE FROM program WHERE name = 'Chess'")
        file.close()

    between(monkeypatch, spoil)
    with pytest.raises(Stop, match=r"program in records.*2 rows came to 1"):
        into_directory(filled, back)
    assert [*back.iterdir()] == []


def test_what_was_begun_of_another_state_of_a_directory_is_begun_anew(
    address: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    between(monkeypatch, end)
    with pytest.raises(ZeroDivisionError):
        into_database(folder, address)
    with pytest.raises(Stop, match="migrate-store"):
        opened(tmp_path / "server", address)
    monkeypatch.undo()
    with opened(folder) as store:
        add_club(store)
    into_database(folder, address)
    with opened(tmp_path / "server", address) as store:
        assert [row["name"] for row in clubs(store)] == ["Chess", "Choir", "Draughts"]


def test_what_was_begun_of_another_state_of_a_database_is_begun_anew(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    between(monkeypatch, end)
    with pytest.raises(ZeroDivisionError):
        into_directory(filled, tmp_path / "back")
    monkeypatch.undo()
    with opened(tmp_path / "server", filled) as store:
        add_club(store)
    into_directory(filled, tmp_path / "back")
    with opened(tmp_path / "back") as store:
        assert [row["name"] for row in clubs(store)] == ["Chess", "Choir", "Draughts"]


# ---- what the command says, and what it refuses


def said(*words: object) -> str:
    return CliRunner().invoke(main, ["migrate-store", *map(str, words)], catch_exceptions=False).stdout


def test_the_command_says_what_to_do_next(filled: str, tmp_path: Path) -> None:
    back = tmp_path / "back"
    assert f"Copy hub.key from a server of the database into {back} before you serve it" in said(
        "--data", back, "--from", filled
    )
    with opened(back) as store:
        assert store.secret("anything")
    again = tmp_path / "again"
    again.mkdir()
    shutil.copy(back / "hub.key", again)
    assert f"Its key is the file {again}/hub.key, which must be the one" in said("--data", again, "--from", filled)
    with pytest.raises(Malformed, match="name one of the two"):
        said("--data", back)


def test_a_place_that_holds_a_hub_is_not_moved_into(filled: str, address: str, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="the database holds a hub of its own"):
        into_database(folder, filled)
    with pytest.raises(Conflict, match="holds a hub of its own"):
        into_directory(filled, folder)
    with pytest.raises(NotFound, match="holds no records"):
        into_database(tmp_path / "nowhere", address)
    with pytest.raises(NotFound, match="the database holds no hub"):
        into_directory(address, tmp_path / "nowhere")


def test_a_hub_that_somebody_uses_is_not_moved(filled: str, address: str, folder: Path, tmp_path: Path) -> None:
    with opened(folder) as store:
        assert store.setting("anything") is None
        with pytest.raises(Occupied, match=r"is used by another process.*end every server, worker and command"):
            into_database(folder, address)
    with opened(tmp_path / "server", filled) as store:
        assert store.setting("anything") is None
        with pytest.raises(Occupied, match="other processes of Rollbook are connected"):
            into_directory(filled, tmp_path / "back")


def test_texts_that_postgresql_cannot_keep_are_named_before_anything_is_moved(address: str, folder: Path) -> None:
    with opened(folder) as store:
        chess, choir = clubs(store)
        with changing(store) as records:
            # As hubs wrote it before they refused it.
            records.execute("UPDATE program SET name = 'Che' || char(0) || 'ss' WHERE key = ?", (chess["made"],))
            said = json.dumps({"edfi": {"a": ["b\0"]}})
            records.execute("UPDATE program SET remainder = ? WHERE key = ?", (said, choir["made"]))
        store.set("a\0b", "c")
    what = "holds the character U+0000, which PostgreSQL cannot keep"
    with pytest.raises(Malformed) as found:
        into_database(folder, address)
    assert [(problem.where, problem.what) for problem in found.value.problems] == [
        (f"Program {chess['id']}, name", what),
        (f"Program {choir['id']}, remainder", what),
        ("setting in records, a\\0b, name", what),
    ]
    assert not holds(folder, address)
