"""OneRoster over REST: the same roster comes in as from files, whatever a service does with it on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed, Unavailable
from rollbook.ingest import Diff, import_roster
from rollbook.ingest.conformance import by_keys, conform
from rollbook.store.sqlite import Store
from tests import rosters
from tests.oneroster_service import OneRoster, read
from tests.services import Asked, Reply, Served, serving

from .demo_data import new_store

REST, FILES = CONNECTORS["oneroster-rest"], CONNECTORS["oneroster-csv"]
MAKE = {"1.1": rosters.roster, "1.2": rosters.version_1_2}


@pytest.fixture
def service(tmp_path: Path) -> OneRoster:
    return OneRoster(tmp_path / "served")


@pytest.fixture
def served(service: OneRoster) -> Iterator[Served]:
    with serving(service) as up:
        yield up


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "hub") as opened:
        yield opened


def settings(served: Served, name: str = "whole", version: str = "1.1", **more: str) -> dict[str, str]:
    return {"address": f"{served.address}/{name}", "version": version, "token": "t", "limit": "9", **more}


def take(store: Store, served: Served, **more: Any) -> Diff:
    (district, *_) = [one.number for one in store.kept.schools.districts()] or [0]
    number = district or store.new_district({"name": "Heronsgate District"})
    return import_roster(store, REST, "", settings=settings(served, **more), district=number, name="sis")


def write(service: OneRoster, tables: rosters.Roster, version: str = "1.1") -> None:
    rosters.folder(service.folder / "whole", tables, version)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_each_version_conforms(service: OneRoster, served: Served, tmp_path: Path, version: str) -> None:
    samples = rosters.samples(service.folder, MAKE[version], version)
    conform(REST, samples, tmp_path, lambda path: settings(served, path.name, version))


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_what_comes_over_rest_is_what_comes_from_files(
    service: OneRoster, served: Served, tmp_path: Path, version: str
) -> None:
    samples = rosters.samples(service.folder, MAKE[version], version)
    with Store(tmp_path / "files") as one, Store(tmp_path / "rest") as other:
        import_roster(one, FILES, samples.whole)
        import_roster(other, REST, "", settings=settings(served, version=version))
        rosters_of_files = {key: fact for key, fact in _facts(one).items() if key[0] not in NO_ROSTER}
        assert rosters_of_files == _facts(other)


NO_ROSTER = {
    *("Aspect", "AssessmentCategory", "AssessmentResult", "MarkSet", "ScoreScale", "ScoreScaleValue"),
    *("Resource", "ClassResource", "CourseResource", "StudentResource", "StaffResource", "ContactResource"),
}
"""What files hold besides a roster, which other services than rostering tell."""


def _facts(store: Store) -> dict[tuple[str, str], dict[str, Any]]:
    """What a hub holds, without the ids that a service of 1.2 does not give roles, and the system, which it does not
    name."""
    own = {"remainder", "mis", "seq", "changed", "digest"}
    return {key: {n: v for n, v in row.items() if n not in own} for key, row in by_keys(store).items()}


# ---- what changed


def test_between_readings_of_everything_only_what_changed_is_asked_for(
    service: OneRoster, served: Served, store: Store
) -> None:
    tables = rosters.roster()
    write(service, tables)
    take(store, served, **{"full-every": "24"})
    served.asked.clear()
    tables["users"][0] |= {"familyName": "Nettlebed", "dateLastModified": "2999-01-01T00:00:00.000Z"}
    tables["enrollments"][0] |= {"status": "tobedeleted", "dateLastModified": "2999-01-01T00:00:00.000Z"}
    write(service, tables)
    diff = take(store, served, **{"full-every": "24"})
    assert (diff.total("new"), diff.rows) == (0, 2)
    assert diff.kinds["Person"].examples["changed"][0].endswith("-> Nettlebed")
    assert diff.kinds["StudentMembership"].gone == 1
    assert all(one.params["filter"].startswith("dateLastModified>'20") for one in served.asked)
    # What is gone without a trace is known once everything is read.
    write(service, rosters.without(tables, "s2"))
    assert not take(store, served, **{"full-every": "24"}).total("gone")
    assert take(store, served).kinds["Student"].gone == 1


def test_a_schedule_says_whether_what_changed_is_enough(service: OneRoster, served: Served, store: Store) -> None:
    write(service, rosters.roster())
    for changes, asked in ((True, 0), (True, 1), (False, 0), (None, 0)):
        served.asked.clear()
        import_roster(store, REST, "", settings=settings(served), district=1, name="sis", changes=changes)
        assert any("filter" in one.params for one in served.asked) is bool(asked)


# ---- what services do


def test_demographics_that_are_not_granted_are_left_as_they_were(
    service: OneRoster, served: Served, store: Store
) -> None:
    write(service, rosters.roster())
    take(store, served)
    for status in (403, 404):
        service.quirks["demographics"] = lambda asked, objects, status=status: Reply({}, status)
        diff = take(store, served)
        assert not diff.moved
        assert "demographics are not served, and what is held of them stays" in diff.notes


def test_what_is_written_otherwise_is_read_as_it_is_meant(service: OneRoster, served: Served, store: Store) -> None:
    write(service, rosters.roster())
    take(store, served)

    def departments(asked: Asked, objects: list[dict[str, Any]]) -> Reply:
        kinds = {"department": "departments"}
        return service.page(asked, "orgs", [{**one, "type": kinds.get(one["type"], one["type"])} for one in objects])

    def ids_alone(asked: Asked, objects: list[dict[str, Any]]) -> Reply:
        names = ("class", "school", "user")
        return service.page(asked, "enrollments", [one | {n: one[n]["sourcedId"] for n in names} for one in objects])

    service.quirks |= {"orgs": departments, "enrollments": ids_alone}
    assert not take(store, served).moved


def test_roles_that_a_service_of_1_2_writes_as_1_1_has_them_count(
    service: OneRoster, served: Served, store: Store
) -> None:
    write(service, rosters.version_1_2(), "1.2")
    roles = {row["userSourcedId"]: row for row in read(service.folder / "whole")["roles"]}

    def as_in_1_1(asked: Asked, objects: list[dict[str, Any]]) -> Reply:
        for one in objects:
            said = roles[one["sourcedId"]]
            one |= {"roles": [], "role": said["role"], "orgs": [{"sourcedId": said["orgSourcedId"]}]}
        return service.page(asked, "users", objects)

    service.quirks["users"] = as_in_1_1
    assert take(store, served, version="1.2").kinds["Student"].new == 12


@pytest.mark.parametrize(
    ("reply", "error", "said"),
    [
        (Reply({"imsx_codeMajor": "failure", "imsx_description": "busy"}), Malformed, "has no 'users'"),
        (Reply({"users": [{"sourcedId": "s1"}]}, headers={"X-Total-Count": "2"}), Malformed, "a page again"),
        (Reply({"users": []}, headers={"X-Total-Count": "16"}), Unavailable, "16 rows and gave 0"),
        (Reply(b"<html>", headers={"Content-Type": "text/html"}), Malformed, "a page to sign in"),
        (Reply(status=302, headers={"Location": "https://idp.example.org/"}), Malformed, "another host"),
    ],
)
def test_a_list_that_cannot_be_believed_changes_nothing(
    service: OneRoster, served: Served, store: Store, reply: Reply, error: type[Exception], said: str
) -> None:
    write(service, rosters.roster())
    take(store, served)
    before = by_keys(store)
    service.quirks["users"] = lambda asked, objects: reply
    with pytest.raises(error, match=said):
        take(store, served)
    assert by_keys(store) == before
    assert store.kept.feeds.runs(1, "sis", 1)[0].outcome == "refused"


def test_a_list_without_rows_that_had_some_stops(service: OneRoster, served: Served, store: Store) -> None:
    write(service, rosters.roster())
    take(store, served)
    service.quirks["enrollments"] = lambda asked, objects: service.page(asked, "enrollments", [])
    with pytest.raises(Exception, match="enrollments"):
        take(store, served)


def test_a_reading_that_was_cut_short_goes_on(
    service: OneRoster, served: Served, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollbook.ingest.web.session.TRIES", 1)
    write(service, rosters.roster())
    service.quirks["enrollments"] = lambda asked, objects: Reply({}, 503)
    with pytest.raises(Unavailable):
        take(store, served)
    asked = [one.path.rsplit("/", 1)[-1] for one in served.asked]
    assert asked.count("users") == 4
    served.asked.clear()
    service.quirks.clear()
    assert take(store, served).kinds["Student"].new == 12
    assert {one.path.rsplit("/", 1)[-1] for one in served.asked} == {"enrollments", "demographics"}


# ---- who calls


def test_tokens_are_asked_for_with_the_scopes_of_the_standard(service: OneRoster, store: Store) -> None:
    forms: list[str] = []

    def guarded(asked: Asked) -> Reply:
        if asked.path == "/token":
            forms.append(asked.body.decode())
            return Reply({"access_token": "a", "expires_in": 3600})
        return service(asked) if asked.headers.get("authorization") == "Bearer a" else Reply({}, 401)

    write(service, rosters.version_1_2(), "1.2")
    with serving(guarded) as up:
        take(store, up, **_client(up), **{"token-address": f"{up.address}/token", "version": "1.2"})
    assert len(forms) == 1
    assert "roster-core.readonly" in forms[0]


def test_without_an_address_for_tokens_requests_are_signed(service: OneRoster, served: Served, store: Store) -> None:
    write(service, rosters.roster())
    take(store, served, **_client(served), signature="HMAC-SHA1")
    words = served.asked[0].headers["authorization"]
    assert words.startswith('OAuth oauth_consumer_key="us"')
    assert 'oauth_signature_method="HMAC-SHA1"' in words


def _client(served: Served) -> Mapping[str, str]:
    return {"token": "", "client": "us", "secret": "sesame"}


def test_the_version_is_that_of_the_address(service: OneRoster, served: Served, store: Store) -> None:
    write(service, rosters.roster())
    address = f"{served.address}/whole/ims/oneroster/v1p1"
    assert take(store, served, address=address, version="1.2").kinds["Student"].new == 12
    with pytest.raises(Malformed, match="version: is not known from the address"):
        take(store, served, version="")
    with pytest.raises(Malformed, match="client: and secret are missing"):
        take(store, served, token="")
