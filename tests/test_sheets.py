"""School Data Sync, Clever and Canvas in CSV: what each file becomes, and that nothing of it is lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed, Stop
from rollbook.ingest import Diff, import_roster
from rollbook.ingest.conformance import by_keys, conform
from rollbook.ingest.rows import Reading
from rollbook.store.sqlite import Store
from tests import sheets

from .demo_data import new_store

FORMATS: dict[str, tuple[str, Callable[..., sheets.Texts], str]] = {
    "sds-1": ("sds-csv", sheets.sds_1, "locker-1"),
    "sds-2.1": ("sds-csv", sheets.sds_2, "freeLunch"),
    "clever": ("clever-csv", sheets.clever, "locker-1"),
    "canvas": ("canvas-csv", sheets.canvas, "locker-1"),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "hub") as opened:
        yield opened


def take(store: Store, connector: str, texts: sheets.Texts) -> Diff:
    path = sheets.folder(store.folder.parent / "roster", texts)
    return import_roster(store, CONNECTORS[connector], path, district_name="Heronsgate", most_aside=1.0)


def held(store: Store, kind: str, key: str) -> dict[str, Any]:
    return by_keys(store)[kind, key]


def more(store: Store, kind: str, key: str) -> dict[str, Any]:
    return json.loads(held(store, kind, key)["remainder"] or "{}")


@pytest.mark.parametrize("format", FORMATS)
def test_each_format_conforms(tmp_path: Path, format: str) -> None:
    connector, make, extra = FORMATS[format]
    conform(CONNECTORS[connector], sheets.samples(tmp_path / "samples", make, extra), tmp_path, district="Heronsgate")


@pytest.mark.parametrize("format", FORMATS)
def test_passwords_are_never_kept(store: Store, format: str) -> None:
    connector, make, _ = FORMATS[format]
    take(store, connector, make())
    assert "hunter2" not in repr(store.kept.copies.everything())
    source = CONNECTORS[connector].read(Reading(store.folder.parent / "roster"))
    source.streams(lambda _: None, "Heronsgate")
    assert b"hunter2" not in b"".join(source.keep().values())


def test_a_teacher_with_the_id_of_a_student_is_another_person(store: Store) -> None:
    take(store, "sds-csv", sheets.sds_1())
    assert held(store, "Person", "teacher:1")["surname"] == "Tarn"
    assert held(store, "Person", "1")["surname"] == sheets.name(1)[1]
    said = more(store, "Person", "teacher:1")["sds"]
    assert said == {"identifier": "81", "metadata.SIS ID": "1", "metadata.Title": "Dr"}
    assert held(store, "Group", "S1")["primary_staff"] == "teacher:1@A1"


def test_days_are_read_month_first_unless_some_day_says_otherwise(store: Store) -> None:
    take(store, "sds-csv", sheets.sds_1())
    assert held(store, "Person", "1")["birth_date"] == "2013-04-13"
    assert held(store, "Session", "T1")["start"] == "2026-09-01"


def test_days_are_read_day_first_where_one_of_them_can_be_nothing_else(store: Store) -> None:
    texts = sheets.sds_1((1,)) | {"StudentEnrollment.csv": "Section SIS ID,SIS ID\nS1,1\n"}
    texts["Student.csv"] = texts["Student.csv"].replace("4/13/2013", "04/03/2013")
    texts["Section.csv"] = texts["Section.csv"].replace("9/1/2026,12/18/2026", "1/9/2026,18/12/2026")
    take(store, "sds-csv", texts)
    assert held(store, "Session", "T1")["start"] == "2026-09-01"
    assert held(store, "Person", "1")["birth_date"] == "2013-03-04"


def test_days_that_are_at_odds_are_not_read(store: Store) -> None:
    texts = sheets.sds_1()
    texts["Section.csv"] = texts["Section.csv"].replace("12/18/2026", "18/12/2026")
    with pytest.raises(Stop) as raised:
        take(store, "sds-csv", texts)
    said = [str(one) for one in raised.value.problems]
    assert "Section.csv line 2, column startDate: is not a day (expected yyyy-MM-dd)" in said


def test_the_format_of_the_uk_is_read_by_its_own_names(store: Store) -> None:
    diff = take(store, "sds-csv", sheets.sds_uk())
    assert not diff.aside
    assert {kind: diff.kinds[kind].new for kind in ("School", "Student", "Staff")} == {
        "School": 2,
        "Student": 12,
        "Staff": 1,
    }
    assert held(store, "School", "A1")["identifier"] == "A1"


def test_a_bundle_without_one_of_its_files_is_refused(store: Store) -> None:
    texts = sheets.sds_1()
    del texts["StudentEnrollment.csv"]
    with pytest.raises(Malformed) as raised:
        take(store, "sds-csv", texts)
    assert [str(one) for one in raised.value.problems] == [
        "StudentEnrollment.csv: is missing (each upload needs the same files, also those without rows)"
    ]


def test_version_2_1_has_roles_contacts_and_flags(store: Store) -> None:
    take(store, "sds-csv", sheets.sds_2())
    assert held(store, "Staff", "t@b")["is_teacher"] == 1
    assert held(store, "Relationship", "1+p@a")["relationship"] == "guardian"
    assert held(store, "Contact", "p@a")["person"] == "p"
    assert held(store, "Person", "1")["races"] == "asian,white"
    assert more(store, "Person", "1")["sds"]["metadata.userFlags"] == "iep,freeLunch"
    assert more(store, "School", "b")["sds"]["metadata.type"] == "college"
    assert held(store, "Organisation", "m")["kind"] == "national"
    assert held(store, "Student", "1@a")["grade"] == "07"


V2 = {"orgs.csv", "classes.csv", "academicSessions.csv"}


def test_version_2_says_roles_with_the_users(store: Store) -> None:
    texts = {name: text for name, text in sheets.sds_2().items() if name in V2}
    texts["users.csv"] = sheets.lines(
        "sourcedId,orgSourcedIds,givenName,familyName,username,password,role,grade",
        "1,a,Ada,Fennel,ada,hunter2,Student,6",
        "t,b,Moss,Tarn,moss,hunter2,Teacher,",
    )
    texts["enrollments.csv"] = sheets.lines("classSourcedId,userSourcedId,role", "k1,1,Student", "k2,t,Teacher")
    assert not take(store, "sds-csv", texts).aside
    assert held(store, "Student", "1@a")["grade"] == "06"
    assert held(store, "Staff", "t@b")["is_teacher"] == 1


def test_clevers_contacts_are_people_with_a_row_for_each_student(store: Store) -> None:
    take(store, "clever-csv", sheets.clever())
    assert held(store, "Relationship", "1+contact:p1@A1")["relationship"] == "parent"
    assert held(store, "Relationship", "7+contact:p1@B1")["relationship"] == "parent"
    assert held(store, "Relationship", "1+contact:p2@A1")["priority"] == 2
    assert held(store, "Person", "contact:p2")["surname"] == "Sorrel"
    assert more(store, "Person", "contact:p2")["clever"]["metadata.Contact_relationship"] == "Uncle"


def test_clevers_contacts_without_an_id_are_known_by_student_and_name(store: Store) -> None:
    texts = sheets.clever()
    texts["students.csv"] = texts["students.csv"].replace(",p1\n", ",\n").replace(",p2\n", ",\n")
    take(store, "clever-csv", texts)
    assert held(store, "Person", "1:contact:bo sorrel")["surname"] == "Sorrel"
    assert held(store, "Contact", "2:contact:pia fennel@A1")


def test_clevers_headers_may_be_in_any_case(store: Store) -> None:
    take(store, "clever-csv", sheets.clever())
    assert held(store, "Person", "1")["birth_date"] == "2013-04-13"
    assert held(store, "Person", "1")["hispanic"] == 0
    assert more(store, "Person", "1")["clever"]["metadata.IEP_status"] == "Y"
    assert held(store, "Person", "staff:1")["surname"] == "Tarn"


def test_canvas_has_its_schools_below_the_account_at_the_top(store: Store) -> None:
    diff = take(store, "canvas-csv", sheets.canvas())
    assert not diff.aside
    assert held(store, "District", "d")["name"] == "Heronsgate"
    assert {diff.kinds[kind].new for kind in ("School", "Organisation")} == {2, 1}
    assert held(store, "Group", "s2")["school"] == "b"
    assert "groups.csv is not a file of a Canvas roster and was not read" in diff.notes


def test_canvas_counts_what_is_active(store: Store) -> None:
    take(store, "canvas-csv", sheets.canvas())
    there = by_keys(store)
    assert ("Person", "gone") not in there
    assert ("Course", "c3") not in there
    assert ("StudentMembership", "s2:1:student") not in there
    assert ("StaffMembership", "course:c1:t:teacher") in there
    assert ("Contact", "p@a") in there
