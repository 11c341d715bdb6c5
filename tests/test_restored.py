"""A hub that was restored to an older moment: whoever knows something later reads everything afresh."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from rollbook.model.people import Person
from rollbook.store.copies import JUMP
from tests.looking import look

from .district import EdFi
from .edfi.conftest import caller
from .edlink.vendor import Vendor
from .hub import SAGUARO, THORNFIELD, Hub
from .oneroster.platform import Platform
from .postgres import ABSENT, BIN, served
from .test_cli import said

VERSIONS = "/edfi/changeQueries/v1/availableChangeVersions"

pytestmark = pytest.mark.files


class Apps:
    """Apps that follow changes, over a hub that goes back by a day."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.vendor, self.platform = Vendor(hub), Platform(hub)
        hub.grant(estab=SAGUARO, app="sis.example.org")
        self.sis = caller(hub)
        self.xporter = hub.token()
        self.event = self.polled = self.known = ""
        self.version = 0

    def over(self, hub: Hub) -> None:
        """Ask another hub from now on, with the same tokens."""
        self.hub = self.vendor.hub = self.platform.hub = hub
        self.sis = EdFi(hub, self.sis.token)


def rename(hub: Hub, surname: str, estab: str = THORNFIELD) -> str:
    """Let a student of a school have another name; gives the person."""
    joined = "FROM student s JOIN school c ON c.id = s.school WHERE c.estab = ? ORDER BY s.mis_id = '9919' DESC, s.id"
    district, person = look(hub.store, f"SELECT s.district, s.person {joined} LIMIT 1", (estab,)).fetchall()[0]
    with hub.store.write(district) as batch:
        batch.change(Person, person, {"surname": surname, "legal_surname": surname})
    return person


@contextmanager
def gone_back(small_hub: Hub, tmp_path: Path, database: str = "") -> Generator[Apps]:
    """Apps that know a name which a hub that was restored, into files or an empty database, does not."""
    apps = Apps(small_hub)
    said("backup", tmp_path / "backups", "--with-key", "--data", small_hub.store.folder)
    rename(small_hub, "Quill")
    apps.event = apps.vendor.body("events", last=1)["$data"][0]["id"]
    (graham,) = [one for one in apps.platform.rows("users") if one["familyName"] == "Quill"]
    apps.polled = graham["dateLastModified"]
    path = "Students?select=Id,Surname&changedRows=*"
    apps.known = small_hub.school(path, apps.xporter)["__changedRows__"][0]["NextChangedRows"]
    rename(small_hub, "Quincey", SAGUARO)
    apps.version = apps.sis.get(VERSIONS)["newestChangeVersion"]
    into = ["--database", database] if database else []
    said("restore", tmp_path / "backups", *into, "--data", tmp_path / "back")
    with closing(Hub(tmp_path / "back", database)) as back:
        apps.over(back)
        yield apps


@pytest.fixture
def apps(small_hub: Hub, tmp_path: Path) -> Iterator[Apps]:
    """The same over files."""
    with gone_back(small_hub, tmp_path) as apps:
        yield apps


def test_ed_fi_numbers_jump_and_a_later_one_is_told_everything(apps: Apps) -> None:
    told = apps.sis.get(VERSIONS)
    assert told["newestChangeVersion"] >= told["oldestChangeVersion"] > JUMP
    whole = [one["id"] for one in apps.sis.get("students?limit=500")]
    since = f"students?limit=500&minChangeVersion={apps.version + 1}"
    assert [one["id"] for one in apps.sis.get(since)] == whole
    assert "Quincey" not in {one["lastSurname"] for one in apps.sis.get(since)}
    assert apps.sis.get(f"students?minChangeVersion={told['newestChangeVersion'] + 1}") == []


def test_edlink_asks_to_read_everything_again(apps: Apps) -> None:
    answer = apps.vendor.ask("events", after=apps.event)
    assert answer.status == 400
    assert "before the hub was restored" in answer.body.decode()
    person = rename(apps.hub, "Quoyle")
    (event,) = apps.vendor.body("events", last=1)["$data"]
    assert (event["type"], event["target_id"]) == ("updated", person)
    assert apps.vendor.rows("events", after=event["id"]) == []


@pytest.mark.parametrize("operator", ["gt", "gte"])
def test_edlink_tells_everything_to_who_polled_in_between(apps: Apps, operator: str) -> None:
    def since(moment: str) -> list[str]:
        return apps.vendor.ids("people", filter={"updated_date": [{"operator": operator, "value": moment}]})

    whole = apps.vendor.ids("people")
    assert since(apps.polled) == whole != []
    # Whoever asks by the moment of an answer of today is told what is later, and no more.
    later = max(one["updated_date"] for one in apps.vendor.rows("people"))
    assert operator == "gte" or since(later) == []
    person = rename(apps.hub, "Quoyle")
    assert person in since(later)


def test_oneroster_tells_everything_to_who_polled_in_between(apps: Apps) -> None:
    whole = apps.platform.rows("users")
    since = f"dateLastModified>'{apps.polled}'"
    assert [one["sourcedId"] for one in apps.platform.rows("users", filter=since)] == [o["sourcedId"] for o in whole]
    later = max(one["dateLastModified"] for one in whole)
    assert len(apps.platform.rows("users", filter=f"dateLastModified>'{later}'")) == 0


def test_xporter_no_longer_knows_the_data_set(apps: Apps) -> None:
    known = apps.known
    answer = apps.hub.school(f"Students?select=Id,Surname&changedRows={known}", apps.xporter)
    assert "changedRows=*" in str(answer)


@pytest.mark.slow
@pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)
def test_a_hub_that_goes_back_into_a_database_tells_the_same(small_hub: Hub, tmp_path: Path) -> None:
    with served() as address, gone_back(small_hub, tmp_path, address) as apps:
        before = look(small_hub.store, "SELECT max(seq) FROM clock").get
        assert JUMP < look(apps.hub.store, "SELECT max(seq) FROM clock").get < before + JUMP
        test_ed_fi_numbers_jump_and_a_later_one_is_told_everything(apps)
        test_oneroster_tells_everything_to_who_polled_in_between(apps)
        test_xporter_no_longer_knows_the_data_set(apps)
        test_edlink_tells_everything_to_who_polled_in_between(apps, "gt")
        test_edlink_asks_to_read_everything_again(apps)
        assert look(apps.hub.store, "SELECT max(seq) FROM clock").get > JUMP
