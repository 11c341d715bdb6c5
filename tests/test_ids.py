"""The ids by which each dialect knows people and things: where they come from, and that each stands for one.

`docs/ids.md` is the table of them; its rows are held to what the dialects answer.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.connectors.oneroster_csv import ONEROSTER_CSV
from rollbook.dialects.edlink.catalogue import RESOURCES
from rollbook.ingest import import_roster
from rollbook.store import schema
from rollbook.store.connection import Connection, connect
from rollbook.store.kept.sources import SETTLED
from rollbook.store.sqlite import Store
from tests import rosters
from tests.district import EdFi, Edlink, edfi, edlink, enrolment
from tests.hub import SAGUARO, THORNFIELD, Hub
from tests.looking import look

APP = "sis.example.org"
ALDER = "1001"


def read(folder: Path, make: Callable[[rosters.Roster], None] = lambda tables: None) -> None:
    """Import the invented roster, as changed, into a data directory that no server has open."""
    tables = rosters.roster()
    make(tables)
    path = folder.parent / "roster"
    shutil.rmtree(path, ignore_errors=True)
    with Store(folder) as store:
        import_roster(store, ONEROSTER_CSV, rosters.folder(path, tables), allow_shrink=True)


def users(tables: rosters.Roster) -> dict[str, dict[str, str]]:
    """The users of a roster by key."""
    return {row["sourcedId"]: row for row in tables["users"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data directory with the roster in it."""
    read(tmp_path / "hub")
    return tmp_path / "hub"


def opened(folder: Path) -> Hub:
    """A hub whose schools granted an app everything."""
    hub = Hub(folder)
    for _, _, estab, _, _ in hub.desk.schools.all():
        hub.grant(estab=estab, app=APP)
    return hub


@pytest.fixture
def hub(folder: Path) -> Iterator[Hub]:
    """The roster's hub."""
    hub = opened(folder)
    yield hub
    hub.close()


def yesterday(folder: Path) -> dict[str, str]:
    """Know the people of a store by numbers of the hub's own, as before; gives them by sourcedId."""
    database = connect(folder / "records.sqlite")
    database.execute("UPDATE person SET student_unique_id = 'x' || rowid, staff_unique_id = 'x' || rowid")
    database.execute("DELETE FROM former_id")
    # Rows of a roster that another version took in are all looked at.
    database.execute("DELETE FROM source_file WHERE name = ?", (SETTLED,))
    rows = database.execute("SELECT external_id, student_unique_id FROM person").fetchall()
    database.close()
    return dict(rows)


# ---- each id stands for one


def identifiers(reader: Edlink, resource: str) -> dict[tuple[str, str], set[str]]:
    """Of each identifier of a resource's things, whose it is."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in reader.get(resource, first=10_000):
        for identifier in one["identifiers"]:
            found[identifier["type"], identifier["value"]].add(one["id"])
    return found


@pytest.mark.parametrize("estab", [THORNFIELD, SAGUARO])
@pytest.mark.parametrize("resource", RESOURCES)
def test_an_identifier_of_the_demo_stands_for_one_thing(small_hub: Hub, estab: str, resource: str) -> None:
    for _, _, one, _, _ in small_hub.desk.schools.all():
        small_hub.grant(estab=one, app=APP)
    found = identifiers(edlink(small_hub, small_hub.app(APP), estab), resource)
    # E-mail addresses and UPNs are what the school says that they are.
    shared = {key: ids for key, ids in found.items() if len(ids) > 1}
    assert not shared
    assert resource in ("agents", "enrollments") or any(kind == "sis_id" for kind, _ in found)


numbers = st.sampled_from(["", "7", "007", " 7", "8", "x", "9" * 32, "9" * 33, "\u00e9"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(numbers, min_size=14, max_size=14), min_size=1, max_size=3))
def test_an_imported_id_stands_for_one_person_whatever_a_source_calls_them(
    tmp_path_factory: pytest.TempPathFactory, states: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("states") / "hub"
    for state in states:

        def call(tables: rosters.Roster, state: list[str] = state) -> None:
            for row, number in zip(tables["users"], state, strict=False):
                row["identifier"] = number

        read(folder, call)
    hub = opened(folder)
    for resource in RESOURCES:
        for key, ids in identifiers(edlink(hub, hub.app(APP), ALDER), resource).items():
            assert len(ids) == 1, key
    api = edfi(hub, hub.app(APP))
    for resource, name in (("students", "studentUniqueId"), ("staffs", "staffUniqueId")):
        found = [one[name] for one in api.get(f"{resource}?limit=500")]
        assert len(found) == len(set(found))
        assert all(0 < len(one) <= 32 for one in found)
    hub.close()


# ---- Edlink


def test_edlink_tells_the_sources_ids_and_none_of_the_hubs_own(hub: Hub) -> None:
    reader = edlink(hub, hub.app(APP), ALDER)

    def told(resource: str, name: str) -> dict[str, str]:
        (one,) = (o for o in reader.get(resource) if name in (o.get("name"), o.get("display_name")))
        return {i["type"]: i["value"] for i in one["identifiers"]}

    assert told("people", "Tansy Fennel") == {"sis_id": "s1", "oneroster_id": "s1", "username": "s1"}
    assert told("schools", "Alder School") == {"sis_id": "a", "oneroster_id": "a", "school_id": "1001"}
    assert told("districts", "Heronsgate District") == {"sis_id": "d", "oneroster_id": "d"}
    assert told("classes", "Otters") == {"sis_id": "k1", "oneroster_id": "k1"}
    assert told("courses", "English") == {"sis_id": "c1", "oneroster_id": "c1"}
    assert told("sessions", "Autumn") == {"sis_id": "t1", "oneroster_id": "t1"}


def test_only_a_state_gives_state_ids(small_hub: Hub) -> None:
    for _, _, one, _, _ in small_hub.desk.schools.all():
        small_hub.grant(estab=one, app=APP)
    british, american = (edlink(small_hub, small_hub.app(APP), estab) for estab in (THORNFIELD, SAGUARO))
    assert ("state_id", THORNFIELD) in identifiers(british, "schools")
    assert any(kind == "state_id" for kind, _ in identifiers(british, "people"))
    for resource in RESOURCES:
        kinds = {kind for kind, _ in identifiers(american, resource)}
        assert not kinds & {"state_id", "oneroster_id"}, resource


# ---- Ed-Fi


def called(api: EdFi, number: str) -> list[str]:
    """The first names of the students who are found by a unique id."""
    return [one["firstName"] for one in api.get(f"students?studentUniqueId={number}")]


def test_a_students_number_is_the_unique_id(hub: Hub) -> None:
    api = edfi(hub, hub.app(APP))
    assert called(api, "910001") == ["Tansy"]
    assert look(hub.store, "SELECT count(*) FROM former_id").get == 0


def test_a_number_of_two_people_is_neithers_and_whoever_has_it_keeps_it(folder: Path) -> None:
    def twice(tables: rosters.Roster) -> None:
        users(tables)["s2"]["identifier"] = "910001"

    read(folder, twice)
    hub = opened(folder)
    assert called(edfi(hub, hub.app(APP)), "910001") == ["Tansy"]
    hub.close()


def test_two_who_swap_their_numbers_are_known_by_the_other_ones(folder: Path) -> None:
    def swap(tables: rosters.Roster) -> None:
        one, two = users(tables)["s1"], users(tables)["s2"]
        one["identifier"], two["identifier"] = two["identifier"], one["identifier"]

    read(folder, swap)
    hub = opened(folder)
    api = edfi(hub, hub.app(APP))
    assert (called(api, "910001"), called(api, "910002")) == (["Bramwell"], ["Tansy"])
    hub.close()


def test_old_unique_ids_go_on_resolving_and_the_change_is_told(folder: Path) -> None:
    old = yesterday(folder)
    hub = opened(folder)
    api = edfi(hub, hub.app(APP))
    (before,) = api.get(f"students?studentUniqueId={old['s1']}")
    since = api.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"]
    hub.close()

    read(folder)

    hub = opened(folder)
    api = edfi(hub, hub.app(APP))
    (found,) = api.get(f"students?STUDENTUNIQUEID={old['s1']}")
    assert (found["id"], found["studentUniqueId"]) == (before["id"], "910001")
    assert api.get(f"students/{before['id']}")["studentUniqueId"] == "910001"
    (told,) = (c for c in api.get(f"students/keyChanges?minChangeVersion={since}") if c["id"] == before["id"])
    assert told["oldKeyValues"] == {"studentUniqueId": old["s1"]}
    assert told["newKeyValues"] == {"studentUniqueId": "910001"}

    # A document may name the student by the old id, and neither doubles nor renames anybody.
    api.post("studentSchoolAssociations", enrolment(old["s1"], int(ALDER), "2025-08-20"))
    mine = api.get("studentSchoolAssociations?studentUniqueId=910001")
    assert [one["entryDate"] for one in mine][-1] == "2025-08-20"
    assert api.post("students", {**body(found), "studentUniqueId": old["s1"]}, 200)
    api.put("students", before["id"], {**body(found), "studentUniqueId": old["s1"], "middleName": "Rowan"})
    (now,) = api.get(f"students?studentUniqueId={old['s1']}")
    assert (now["studentUniqueId"], now["middleName"]) == ("910001", "Rowan")
    hub.close()


def body(document: dict[str, Any]) -> dict[str, Any]:
    """A student's document as a client sends it back."""
    return {"birthDate": "2019-05-01"} | {n: v for n, v in document.items() if n not in ("id", "_etag")}


def test_an_old_id_leads_to_nobody_whom_the_caller_does_not_see(folder: Path) -> None:
    old = yesterday(folder)
    read(folder)
    hub = Hub(folder)
    hub.grant(estab="1002", app=APP)
    api = edfi(hub, hub.app(APP))
    assert called(api, old["s1"]) == called(api, "910001") == []
    hub.close()


def test_a_second_import_renames_nobody(folder: Path) -> None:
    counts = "SELECT (SELECT count(*) FROM history), (SELECT count(*) FROM former_id), (SELECT seq FROM clock)"
    with Store(folder) as store:
        before = look(store, counts).fetchall()
    read(folder)
    with Store(folder) as store:
        assert look(store, counts).fetchall() == before


# ---- a hub of yesterday


def test_what_came_from_oneroster_before_is_known_to_have(tmp_path: Path) -> None:
    database: Connection = connect(tmp_path / "old.sqlite")
    migrations = schema.migrations("records")
    at = next(n for n, sql in enumerate(migrations) if "former_id" in sql)
    for sql in migrations[:at]:
        database.execute(sql)
    for identity in ("ours", "theirs"):
        row = "(district, id, external_id, made, seq) VALUES (1, ?, ?, 'now', 1)"
        database.execute(f"INSERT INTO student {row}", (identity, f"{identity}-1"))
    database.execute("INSERT INTO source_row VALUES (1, 'oneroster-csv:d', 'Student', 'ours@a', x'00', 'ours')")
    database.execute("INSERT INTO source_row VALUES (1, 'records-csv:d', 'Student', 'theirs', x'00', 'theirs')")
    for sql in migrations[at : schema.BEGINNINGS["records"] - 1]:
        database.execute(sql)
    assert dict(database.execute("SELECT id, origin FROM student").fetchall()) == {"ours": "oneroster", "theirs": None}


# ---- the table in the docs

DOCS = Path(__file__).parents[1] / "docs" / "ids.md"


def documented(dialect: str) -> set[str]:
    """The names of ids that the table of a dialect has."""
    section = DOCS.read_text("utf-8").split(f"## {dialect}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)` \|", section, re.M))


def test_the_docs_name_every_identifier_that_edlink_tells(small_hub: Hub, hub: Hub) -> None:
    for _, _, one, _, _ in small_hub.desk.schools.all():
        small_hub.grant(estab=one, app=APP)
    callers = [edlink(small_hub, small_hub.app(APP), THORNFIELD), edlink(hub, hub.app(APP), ALDER)]
    kinds = {kind for caller in callers for resource in RESOURCES for kind, _ in identifiers(caller, resource)}
    assert documented("Edlink") == {"id", *kinds}


def test_the_docs_name_every_unique_id_of_ed_fi(hub: Hub) -> None:
    api = edfi(hub, hub.app(APP))
    kinds = {
        name
        for resource in ("students", "staffs", "contacts", "schools", "localEducationAgencies", "sections")
        for one in api.get(resource)[:1]
        for name in one
        if name in ("id", "sectionIdentifier") or re.fullmatch(r"\w+(UniqueId|schoolId|AgencyId)|schoolId", name)
    }
    assert kinds <= documented("Ed-Fi")
