"""Ed-Fi over REST: a hub that is fed by another one says what that says, and a change costs what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock
from typing import Any, cast

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.edfi.resources import ROSTER
from rollbook.ingest import Diff, import_roster
from rollbook.store.sqlite import Store
from tests.district import EdFi
from tests.edfi.conftest import caller
from tests.edfi.school_year import ESTAB, TERM
from tests.hub import Answer, Hub
from tests.services import Asked, Reply, Served, serving

APP = "hub.example.org"
OWN = ("id", "_etag", "_lastModifiedDate", "link")
SENT_ON = ("total-count", "content-type", "content-encoding")

REST = CONNECTORS["edfi-rest"]


def answering(hub: Hub) -> Callable[[Asked], Reply]:
    """A hub behind a socket, one request at a time."""
    turn = Lock()

    def answer(asked: Asked) -> Reply:
        path = asked.url.split(asked.headers["host"], 1)[1]
        with turn:
            said = hub.ask(asked.method, path, None, asked.body, **asked.headers)
        kept = {
            name: value
            for name, value in said.headers.items()
            if name in ("total-count", "content-type", "content-encoding")
        }
        return Reply(said.body, said.status, kept)

    return answer


class Pair:
    """A hub that feeds another one."""

    def __init__(self, first: Hub, served: Served, second: Store) -> None:
        self.first, self.served, self.second = first, served, second
        district, *_ = first.desk.schools.find(str(ESTAB))
        for number, _, estab, _, _ in first.desk.schools.all():
            if number == district:
                first.grant(estab=estab, app=APP)
        self.key, self.secret = first.desk.credentials.add(first.app(APP), "edfi", rights=["EdFiAPIReadOnly"])
        self.number = 0

    @property
    def settings(self) -> dict[str, str]:
        return {"address": f"{self.served.address}/edfi", "key": self.key.key, "secret": self.secret}

    def take(self, into: Store | None = None, changes: bool | None = None) -> Diff:
        store = into or self.second
        (number, *_) = [one.number for one in store.kept.schools.districts()] or [0]
        if not number:
            return import_roster(store, REST, "", settings=self.settings, name="sis")
        self.served.asked.clear()
        return import_roster(store, REST, "", settings=self.settings, district=number, name="sis", changes=changes)


@pytest.fixture
def feeding(term_folder: Path, tmp_path: Path) -> Iterator[Hub]:
    hub = Hub.copy(term_folder, tmp_path / "first")
    yield hub
    hub.close()


@pytest.fixture
def pair(feeding: Hub, tmp_path: Path) -> Iterator[Pair]:
    with serving(answering(feeding)) as served, Store(tmp_path / "second") as second:
        yield Pair(feeding, served, second)


def every(api: EdFi, resource: str) -> list[dict[str, Any]]:
    """All documents of a resource, without what each hub says for itself, in the order of their keys."""
    found: list[dict[str, Any]] = []
    while page := api.get(f"{resource}?limit=500&offset={len(found)}"):
        found += page
    return sorted((_plain(one) for one in found), key=repr)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        said = cast(dict[str, Any], value)
        return {name: _plain(one) for name, one in sorted(said.items()) if name not in OWN}
    return sorted(map(_plain, cast(list[Any], value)), key=repr) if isinstance(value, list) else value


def differing(pair: Pair, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """By resource the documents that only one of both hubs has."""
    pair.second.close()
    second = Hub(folder)
    for _, _, estab, _, _ in second.desk.schools.all():
        second.grant(estab=estab, app=APP)
    api, fed = caller(pair.first, "EdFiAPIReadOnly", APP), caller(second, "EdFiAPIReadOnly", APP)
    found: dict[str, list[dict[str, Any]]] = {}
    for resource in ROSTER:
        said, again = every(api, resource.name), every(fed, resource.name)
        assert said, f"no {resource.name} were compared"
        found[resource.name] = [one for one in said if one not in again] + [one for one in again if one not in said]
    second.close()
    return {name: documents for name, documents in found.items() if documents}


def change(api: EdFi) -> None:
    """A day: a new name, a section with another identifier, a student who comes, and one who leaves a cohort."""
    (student,) = api.get("students?studentUniqueId=7001")
    api.put("students", student["id"], TERM["students"] | {"lastSurname": "Featherstonehaugh"})
    (section,) = api.get("sections?sectionIdentifier=A1")
    api.put("sections", section["id"], TERM["sections"] | {"sectionIdentifier": "A1-new"})
    (place,) = api.get("studentCohortAssociations?studentUniqueId=7001")
    assert api.ask("DELETE", f"studentCohortAssociations/{place['id']}").status == 204
    api.post("students", TERM["students"] | {"studentUniqueId": "7002"})
    comes = {"studentReference": {"studentUniqueId": "7002"}}
    api.post("studentSchoolAssociations", TERM["studentSchoolAssociations"] | comes)
    moved = TERM["studentSectionAssociations"]["sectionReference"] | {"sectionIdentifier": "A1-new"}
    api.post("studentSectionAssociations", TERM["studentSectionAssociations"] | comes | {"sectionReference": moved})


def test_a_hub_that_is_fed_by_another_says_the_same_at_first_and_after_changes(pair: Pair, tmp_path: Path) -> None:
    first = pair.take()
    assert not first.aside
    again = pair.take()
    assert not again.moved
    assert pair.served.paths == ["/edfi/", "/edfi/oauth/token", "/edfi/changeQueries/v1/availableChangeVersions"]
    change(caller(pair.first))
    diff = pair.take()
    lists = [one for one in pair.served.asked if "/data/" in one.path and one.params["limit"] != "0"]
    assert all("minChangeVersion" in one.params for one in lists), "more was read than what changed"
    assert (diff.kinds["Group"].new, diff.kinds["Group"].changed, diff.kinds["Group"].gone) == (0, 1, 0)
    assert (diff.kinds["Student"].new, diff.kinds["StudentMembership"].gone) == (1, 1)
    assert diff.total("changed") == 2
    assert not diff.aside
    assert not pair.take(changes=False).moved
    lists = [one for one in pair.served.asked if "/data/" in one.path]
    assert lists
    assert not any("minChangeVersion" in one.params for one in lists), "the night reads everything"
    assert not differing(pair, tmp_path / "second")


def test_a_key_that_may_not_read_calendars_brings_all_else(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = pair.first.ask

    def ask(method: str, path: str, *args: Any, **headers: Any) -> Any:
        return Answer(403, {}, b"{}", 1) if "/ed-fi/calendar" in path else plain(method, path, *args, **headers)

    monkeypatch.setattr(pair.first, "ask", ask)
    diff = pair.take()
    assert diff.kinds["Student"].new > 0
    assert "DayCalendar" not in diff.kinds
    assert [one for one in diff.notes if "calendar" in one] == [
        "calendars is not served, and was not read",
        "calendarDates is not served, and was not read",
    ]
