"""Ids are the source's own where they are of one thing for whoever asks, and the hub's otherwise; neither changes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.consent.ledger import Ledger
from rollbook.demo import roster as sample
from rollbook.dialects.oneroster.exporting import Export, written
from rollbook.errors import Malformed
from rollbook.ingest import import_roster
from rollbook.model.groups import Group
from rollbook.model.people import Person
from tests import rosters
from tests.hub import Hub
from tests.looking import look

from .platform import Platform, Row

ONEROSTER = CONNECTORS["oneroster-csv"]
BOOK = "/ims/oneroster/gradebook/v1p2"
OLD = "/ims/oneroster/v1p1"


@pytest.fixture(scope="module")
def rostered(empty_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A district of which a roster told, to be read."""
    path = tmp_path_factory.mktemp("ids")
    hub = Hub.copy(empty_folder, path / "hub")
    import_roster(hub.store, ONEROSTER, rosters.folder(path / "in", rosters.version_1_2(), "1.2"))
    yield Platform(hub, schools=("1001", "1002"))
    hub.close()


def ids(rows: list[Row]) -> set[str]:
    return {row["sourcedId"] for row in rows}


def test_a_roster_s_ids_are_in_lists_addresses_references_and_filters(rostered: Platform) -> None:
    told = rosters.version_1_2()
    for name in ("orgs", "academicSessions", "courses", "classes", "enrollments"):
        listed = ids(rostered.rows(name))
        assert listed == {row["sourcedId"] for row in told[name]} - {"sci"}, name
        assert all(rostered.one(f"{name}/{one}")["sourcedId"] == one for one in sorted(listed)[:3])
    place = rostered.one("enrollments/et")
    assert {name: place[name]["sourcedId"] for name in ("user", "class", "school")} == {
        "user": "t",
        "class": "k2",
        "school": "a",
    }
    assert place["user"]["href"].endswith("/ims/oneroster/rostering/v1p2/users/t")
    group = rostered.one("classes/k2")
    assert (group["course"]["sourcedId"], [one["sourcedId"] for one in group["terms"]]) == ("c1", ["t1", "t2"])
    person = rostered.one("users/s1")
    assert (person["primaryOrg"]["sourcedId"], [one["sourcedId"] for one in person["agents"]]) == ("a", ["p"])
    assert person == rostered.one("students/s1")
    assert rostered.one("demographics/s1")["sex"] == "female"
    assert ids(rostered.rows("classes/k2/teachers")) == {"t"}
    assert ids(rostered.rows("schools/a/classes/k2/students")) == {f"s{n}" for n in range(1, 7)}
    assert ids(rostered.rows("enrollments", filter="user.sourcedId='t'")) == {"et"}
    assert ids(rostered.rows("users", filter="sourcedId='t' OR sourcedId='v'")) == {"t", "v"}
    assert ids(rostered.rows("classes", filter="terms.sourcedId='t1'")) == {"k1", "k2", "k3"}
    assert rostered.rows("users", filter="sourcedId='nobody'") == []
    assert rostered.ask("users/nobody").status == rostered.ask("classes/nobody/students").status == 404
    assert rostered.one(f"{OLD}/classes/k2")["course"]["sourcedId"] == "c1"
    mark = rostered.one(f"{BOOK}/results/p1")
    assert (mark["student"]["sourcedId"], mark["class"]["sourcedId"]) == ("s1", "k2")
    assert ids(rostered.rows(f"{BOOK}/results", filter="student.sourcedId='s1'")) == {"p1"}
    assert ids(rostered.rows(f"{BOOK}/classes/k2/students/s1/results")) == {"p1"}


def test_the_hub_s_own_id_of_something_leads_to_it_as_well(rostered: Platform) -> None:
    ((own,),) = look(rostered.hub.store, "SELECT id FROM person WHERE external_id = 't'").fetchall()
    assert rostered.one(f"users/{own}") == rostered.one("users/t")
    assert rostered.one(f"users/{own.upper()}")["sourcedId"] == "t"


def test_a_class_and_a_course_may_have_one_id_where_both_are_listed_apart(empty_folder: Path, tmp_path: Path) -> None:
    hub, tables = Hub.copy(empty_folder, tmp_path / "hub"), rosters.roster()
    tables["classes"][2]["sourcedId"] = "c1"
    for row in tables["enrollments"]:
        row["classSourcedId"] = row["classSourcedId"].replace("k3", "c1")
    import_roster(hub.store, ONEROSTER, rosters.folder(tmp_path / "in", tables))
    other = Platform(hub, schools=("1001", "1002"))
    assert (ids(other.rows("courses")), ids(other.rows("classes"))) == ({"c1"}, {"k1", "k2", "c1"})
    assert other.one("classes/c1")["course"]["sourcedId"] == "c1"
    # Once the class follows no course, it stands for one, and then there are two of that id.
    ((own,),) = look(hub.store, "SELECT id FROM \"group\" WHERE external_id = 'c1'").fetchall()
    with hub.store.write(other.credential.district) as batch:
        batch.change(Group, own, {"course": None})
    assert own in ids(other.rows("courses"))
    assert "c1" not in ids(other.rows("courses"))
    assert other.one("classes/c1")["course"]["sourcedId"] == own
    hub.close()


def test_an_answer_that_was_kept_is_not_given_when_an_id_leads_elsewhere(rostered: Platform, tmp_path: Path) -> None:
    hub = Hub.copy(rostered.hub.store.folder, tmp_path / "hub")
    other = Platform(hub, schools=("1001", "1002"), app="other.example.org")
    asked = ("enrollments?fields=sourcedId&filter=class.sourcedId%3D%27k9%27", "classes/k9/students?fields=sourcedId")
    assert [other.ask(path).status for path in asked] == [200, 404]
    assert other.rows("classes/k2/students", fields="sourcedId")
    ((own,),) = look(hub.store, "SELECT id FROM \"group\" WHERE external_id = 'k2'").fetchall()
    with hub.store.write(other.credential.district) as batch:
        batch.change(Group, own, {"external_id": "k9"})
    assert [len(next(iter(other.body(path).values()))) for path in asked] == [7, 6]
    assert other.ask("classes/k2/students", limit=10_000, fields="sourcedId").status == 404
    hub.close()


def test_what_is_gone_keeps_its_ids(rostered: Platform, tmp_path: Path) -> None:
    hub = Hub.copy(rostered.hub.store.folder, tmp_path / "hub")
    other = Platform(hub, schools=("1001", "1002"), app="other.example.org")
    places = {row["sourcedId"]: row for row in other.rows("enrollments")}
    people = {row["sourcedId"]: row for row in other.rows("users")}
    less = rosters.without(rosters.version_1_2(), "s2")
    less = less | {"enrollments": [row for row in less["enrollments"] if row["sourcedId"] != "et"]}
    import_roster(hub.store, ONEROSTER, rosters.folder(tmp_path / "less", less, "1.2"))
    gone = "status='tobedeleted'"
    told = {row["sourcedId"]: row for row in other.rows("enrollments", filter=gone)}
    assert told.keys() == {"h2", "e2", "et"}
    for one, row in told.items():
        refs = ("user", "class", "school", "role")
        assert {name: row[name] for name in refs} == {name: places[one][name] for name in refs}
    (person,) = other.rows("users", filter=gone)
    assert (person["sourcedId"], person["roles"][0]["org"]) == ("s2", people["s2"]["roles"][0]["org"])
    (mark,) = other.rows(f"{BOOK}/results", filter=gone)
    assert (mark["sourcedId"], mark["student"]["sourcedId"], mark["class"]["sourcedId"]) == ("p2", "s2", "k2")
    hub.close()


def test_who_comes_back_under_the_same_id_is_not_told_of_as_gone(rostered: Platform, tmp_path: Path) -> None:
    hub = Hub.copy(rostered.hub.store.folder, tmp_path / "hub")
    other = Platform(hub, schools=("1001", "1002"), app="other.example.org")
    whole, less = rosters.version_1_2(), rosters.without(rosters.version_1_2(), "s2")
    for number, tables in enumerate([less, whole, less, whole]):
        import_roster(hub.store, ONEROSTER, rosters.folder(tmp_path / str(number), tables, "1.2"))
        for name, identity in (("users", "s2"), ("enrollments", "e2")):
            told = other.rows(name, filter="dateLastModified>='2000-01-01'")
            status = "active" if number % 2 else "tobedeleted"
            assert [one["status"] for one in told if one["sourcedId"] == identity] == [status], (number, name)
            gone = ids(other.rows(name, filter="status='tobedeleted'"))
            assert (identity in gone) == (status == "tobedeleted")
    hub.close()


# ---- files


def sent(platform: Platform, path: Path, mode: str = "bulk") -> dict[str, list[str]]:
    """The ids of each file of an export."""
    made = Export(platform.hub.desk, platform.credential, "1.2", mode)
    written(made, Ledger(platform.hub.store.folder, platform.hub.desk.clock), path)
    made.arrived()
    return {one.name: _column(one) for one in sorted(path.glob("*.csv")) if one.name != "manifest.csv"}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _column(path: Path) -> list[str]:
    return sorted(row["sourcedId"] for row in _rows(path))


def test_out_of_a_hub_into_another_and_out_again_the_ids_are_the_same(
    platform: Platform, empty_folder: Path, tmp_path: Path
) -> None:
    first = sent(platform, tmp_path / "first")
    hub = Hub.copy(empty_folder, tmp_path / "hub")
    import_roster(hub.store, ONEROSTER, tmp_path / "first", new_district=True)
    other = Platform(hub, schools=("1001", "1002"))
    assert sent(other, tmp_path / "again") == first
    assert sent(other, tmp_path / "nothing", "delta") == {name: [] for name in first}
    hub.close()


BOOKS = ("categories", "scoreScales", "lineItems", "results", "resources")
USES = ("classResources", "courseResources", "userResources")


def test_gradebooks_and_resources_go_out_as_they_came_in(rostered: Platform, tmp_path: Path) -> None:
    sent(rostered, tmp_path)
    told = rosters.version_1_2()
    for name in (*BOOKS, *USES):
        found = {row["sourcedId"]: row for row in _rows(tmp_path / f"{name}.csv")}
        assert found.keys() == {row["sourcedId"] for row in told[name]}, name
        for row in told[name]:
            # A result belongs to the class of its line item, and what somebody uses to their school.
            wanted = {column: value for column, value in row.items() if value and column != "orgSourcedId"}
            assert {column: found[row["sourcedId"]][column] for column in wanted} == wanted
    (scale,) = _rows(tmp_path / "lineItemScoreScales.csv")
    assert (scale["lineItemSourcedId"], scale["scoreScaleSourcedId"]) == ("poem", "abc")
    (aim,) = _rows(tmp_path / "lineItemLearningObjectiveIds.csv")
    assert (aim["lineItemSourcedId"], aim["source"], aim["learningObjectiveId"]) == ("poem", "case", "rhyme")


def test_only_what_changed_since_a_moment_goes_out_when_asked(rostered: Platform, tmp_path: Path) -> None:
    hub = Hub.copy(rostered.hub.store.folder, tmp_path / "hub")
    one = Platform(hub, schools=("1001", "1002"), app="one.example.org")
    since = max(row["dateLastModified"] for row in one.rows("users"))
    less = rosters.without(rosters.version_1_2(), "s2")
    less["users"][0]["familyName"] = "Nettlebed"
    import_roster(hub.store, ONEROSTER, rosters.folder(tmp_path / "less", less, "1.2"))
    made = Export(hub.desk, one.credential, "1.2", "bulk", since=since)
    written(made, Ledger(hub.store.folder, hub.desk.clock), tmp_path / "out")
    made.arrived()
    said = {(row["sourcedId"], row["status"], row["familyName"]) for row in _rows(tmp_path / "out" / "users.csv")}
    assert {("s1", "active", "Nettlebed"), ("s2", "tobedeleted", "Thistlewood")} <= said
    assert {row["sourcedId"] for row in _rows(tmp_path / "out" / "results.csv")} >= {"p2"}
    assert "file.users,delta" in (tmp_path / "out" / "manifest.csv").read_text()
    with pytest.raises(Malformed, match="2026-11-20"):
        Export(hub.desk, one.credential, "1.2", "bulk", since="yesterday")
    with pytest.raises(Malformed, match="nothing was exported"):
        Export(hub.desk, one.credential, "1.2", "delta")
    hub.close()


def test_files_that_a_hub_wrote_are_known_to_it_by_the_ids_of_its_sources(rostered: Platform, tmp_path: Path) -> None:
    hub = Hub.copy(rostered.hub.store.folder, tmp_path / "hub")
    # Nothing but its id tells who this is.
    with hub.store.write(rostered.credential.district) as batch:
        ((own,),) = look(hub.store, "SELECT id FROM person WHERE external_id = 'p'").fetchall()
        batch.change(Person, own, {"username": None, "mobile_phone": None})
    other = Platform(hub, schools=("1001", "1002"), app="other.example.org")
    sent(other, tmp_path / "out")
    diff = import_roster(hub.store, ONEROSTER, tmp_path / "out", district=other.credential.district, name="our own")
    assert [diff.total(what) for what in ("new", "changed", "gone")] == [0, 0, 0]
    assert not diff.aside
    hub.close()


# ---- one id of two sources


def second() -> rosters.Roster:
    """Another school's own system, which gives ids that the first one gave to others."""
    told = {name: rows for name, rows in rosters.version_1_2().items() if name in ("orgs", "courses")}
    cedar = {"sourcedId": "x", "name": "Cedar School", "type": "school", "identifier": "1003", "parentSourcedId": "d"}
    child = rosters.student("s1", 44, "x") | {"givenName": "Basil", "familyName": "Quince", "username": "quince"}
    child |= {"identifier": "774411", "email": "basil@cedar.example", "agentSourcedIds": ""}
    return {
        "orgs": [told["orgs"][0], cedar],
        "courses": told["courses"],
        "academicSessions": [sample.session("m1", "Michaelmas", "term", "2026-09-01", "2026-12-18", "")],
        "classes": [sample.group("k1", "Badgers", "x", termSourcedIds="m1", classType="homeroom")],
        "users": [child],
        "enrollments": [rosters.enrolment("h1", "k1", "x", "s1")],
        "demographics": [],
    }


def test_what_two_sources_call_by_one_id_has_the_hub_s_for_who_sees_both_and_keeps_it(
    rostered: Platform, tmp_path: Path
) -> None:
    hub, district = Hub.copy(rostered.hub.store.folder, tmp_path / "hub"), rostered.credential.district
    one = Platform(hub, schools=("1001", "1002"), app="one.example.org")
    before = {name: one.ask(name).body for name in ("users", "classes", "enrollments")}
    sent(one, tmp_path / "before")
    since = one.rows("users")[0]["dateLastModified"]
    path = rosters.folder(tmp_path / "second", second())
    import_roster(hub.store, ONEROSTER, path, district=district, name="second")
    # Whoever sees one of the two is not told that there is another one.
    assert {name: one.ask(name).body for name in before} == before
    assert sent(one, tmp_path / "after", "delta")["users.csv"] == []
    both = Platform(hub, schools=("1001", "1002", "1003"), app="both.example.org")
    tansy, basil = (
        next(row for row in both.rows("users") if row["familyName"] == name) for name in ("Fennel", "Quince")
    )
    known = dict(look(hub.store, "SELECT id, external_id FROM person").fetchall())
    assert known[tansy["sourcedId"]] == known[basil["sourcedId"]] == "s1"
    assert both.ask("users/s1").status == 404
    assert both.rows("users", filter="sourcedId='s1'") == []
    assert both.one(f"users/{basil['sourcedId']}") == basil
    (place,) = both.rows("enrollments", filter=f"user.sourcedId='{basil['sourcedId']}'")
    assert place["class"]["sourcedId"] == next(r["sourcedId"] for r in both.rows("classes") if r["title"] == "Badgers")
    assert {"h1", "k1"}.isdisjoint({place["sourcedId"], place["class"]["sourcedId"]})
    assert {"s2", "t"} <= ids(both.rows("users"))
    # Whoever asks what changed is told that the id is no more, and by which ids there is what had it.
    moved = both.rows("users", filter=f"dateLastModified>'{since}'")
    assert {(row["sourcedId"], row["status"]) for row in moved} == {
        ("s1", "tobedeleted"),
        (tansy["sourcedId"], "active"),
        (basil["sourcedId"], "active"),
    }
    other = sample.student("s9", 45, "x") | {"username": "nobody"}
    less = second() | {"users": [other], "enrollments": [rosters.enrolment("h9", "k1", "x", "s9")]}
    import_roster(
        hub.store, ONEROSTER, rosters.folder(tmp_path / "less", less), district=district, name="second", max_shrink=1
    )
    assert tansy["sourcedId"] in ids(both.rows("users"))
    assert both.ask("users/s1").status == 404
    assert one.one("users/s1")["familyName"] == "Fennel"
    hub.close()
