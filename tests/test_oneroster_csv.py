"""OneRoster CSV: what each file becomes, and what is refused, by file, line and column."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed, Stop
from rollbook.ingest import Diff, conformance, import_roster, open_bundle
from rollbook.ingest.conformance import Case, by_keys, conform
from rollbook.ingest.rows import Problems
from rollbook.store.sqlite import Store
from tests import rosters
from tests.looking import look

from .demo_data import new_store

ONEROSTER = CONNECTORS["oneroster-csv"]


def test_version_1_1_conforms(tmp_path: Path) -> None:
    conform(ONEROSTER, rosters.samples(tmp_path / "samples"), tmp_path)


def test_version_1_2_conforms(tmp_path: Path) -> None:
    conform(ONEROSTER, rosters.samples(tmp_path / "samples", rosters.version_1_2, "1.2"), tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "hub") as opened:
        yield opened


def take(store: Store, tables: rosters.Roster, version: str = "1.1", new: bool = False, **modes: str) -> Diff:
    path = store.folder.parent / "roster"
    for old in path.glob("*"):
        old.unlink()
    return import_roster(store, ONEROSTER, rosters.folder(path, tables, version, **modes), new_district=new)


def held(store: Store, kind: str, key: str) -> dict[str, Any]:
    return by_keys(store)[kind, key]


def refused(store: Store, texts: dict[str, Any], name: str = "roster.zip") -> list[str]:
    path = rosters.zipped(store.folder.parent / name, texts)
    with pytest.raises((Malformed, Stop)) as raised:
        import_roster(store, ONEROSTER, path)
    assert look(store, "SELECT * FROM clock").fetchall() == []
    return [str(p) for p in raised.value.problems]


def set_aside(store: Store, texts: dict[str, Any]) -> list[str]:
    """What is set aside of files that are imported all the same."""
    path = rosters.zipped(store.folder.parent / "roster.zip", texts)
    return [str(one.problem) for one in import_roster(store, ONEROSTER, path).aside]


# ---- what becomes of it


def test_a_school_gets_its_number_and_the_statutory_attendance_codes(store: Store) -> None:
    take(store, rosters.roster())
    school = held(store, "School", "a")
    assert (school["estab"], school["name"], school["mis"]) == ("1001", "Alder School", "Heronsgate SIS")
    counted = "SELECT count(*), sum(active) FROM attendance_code GROUP BY school"
    assert look(store, counted).fetchall() == [(39, 35), (39, 35)]


def test_a_number_that_another_district_has_is_replaced_by_one_of_the_hubs_own(store: Store) -> None:
    take(store, rosters.roster())
    second = rosters.roster()
    for row in second["orgs"]:
        row["sourcedId"] = row["sourcedId"].replace("d", "e")
        row["parentSourcedId"] = row.get("parentSourcedId", "").replace("d", "e")
    second["courses"][0]["orgSourcedId"] = "e"
    second["users"][-1]["orgSourcedIds"] = "e"
    assert take(store, second, new=True).number == 2
    found = look(store, "SELECT district, estab, identifier FROM school ORDER BY 1, 2").fetchall()
    assert found == [(1, "1001", "1001"), (1, "1002", "1002"), (2, "9002001", "1001"), (2, "9002002", "1002")]


def test_a_student_is_a_person_with_a_role_at_a_school(store: Store) -> None:
    take(store, rosters.roster())
    student = held(store, "Student", "s1@a")
    assert student["person"] == "s1"
    assert (student["admission_no"], student["grade"], student["external_id"]) == ("910001", "01", "s1")
    assert (student["year_group"], student["reg_group"]) == ("year:a:01", "k1")
    person = held(store, "Person", "s1")
    assert (person["forename"], person["gender"], person["birth_date"]) == ("Tansy", "F", "2019-05-04")
    assert (person["races"], person["hispanic"], person["birth_city"]) == ("asian,white", 0, "Riverton")


def test_where_a_student_lives_is_on_the_role_and_of_others_in_the_remainder(store: Store) -> None:
    tables = rosters.roster()
    tables["demographics"][0]["publicSchoolResidenceStatus"] = "01653"
    tables["demographics"].append({"sourcedId": "t", "publicSchoolResidenceStatus": "01654"})
    take(store, tables)
    assert held(store, "Student", "s1@a")["residence_status"] == "01653"
    assert held(store, "Student", "s2@a")["residence_status"] is None
    assert "residence" not in held(store, "Person", "s1")["remainder"].lower()
    said = json.loads(held(store, "Person", "t")["remainder"])["oneroster"]["demographics"]
    assert said == {"publicSchoolResidenceStatus": "01654"}


def test_a_school_teaches_the_grades_of_its_students(store: Store) -> None:
    tables = rosters.roster()
    for user, grade in (("s1", "KG"), ("s2", "PK"), ("s3", "10")):
        next(row for row in tables["users"] if row["sourcedId"] == user)["grades"] = grade
    take(store, tables)
    assert held(store, "School", "a")["grades"] == "PK,KG,01,10"


def test_a_session_says_in_which_year_its_school_year_ends(store: Store) -> None:
    tables = rosters.roster()
    tables["academicSessions"][2]["schoolYear"] = "26/27"
    take(store, tables)
    said = [(held(store, "Session", key)["school_year"], held(store, "Session", key)["year"]) for key in ("t1", "t2")]
    assert said == [("2027", 2027), ("26/27", None)]


def test_year_lists_work_for_imported_schools(store: Store) -> None:
    take(store, rosters.roster())
    year = held(store, "Group", "year:b:01")
    assert (year["kind"], year["standard_year_code"], year["name"]) == ("YearGrp", "1", "Grade 1")
    assert held(store, "StudentMembership", "year:s9@b")["group"] == "year:b:01"


def test_a_class_knows_its_terms_subject_and_main_teacher(store: Store) -> None:
    take(store, rosters.roster())
    group = held(store, "Group", "k2")
    assert (group["kind"], group["code"], group["name"]) == ("TeachingGrp", "EN-1", "English 1")
    assert (group["start"], group["end"]) == ("2026-08-15", "2027-06-10")
    terms = (held(store, "GroupSession", f"k2:{term}") for term in ("t1", "t2"))
    assert [(term["group"], term["session"]) for term in terms] == [("k2", "t1"), ("k2", "t2")]
    assert (group["subject"], group["primary_staff"], group["course"]) == ("a:English", "t@a", "c1")
    assert held(store, "Subject", "a:English")["code"] == "ENG"
    assert held(store, "Group", "k1")["kind"] == "RegGrp"


def test_what_is_set_for_a_class_is_an_aspect_of_its_school_and_a_mark_one_of_its_results(store: Store) -> None:
    take(store, rosters.version_1_2(), "1.2")
    item = held(store, "Aspect", "poem")
    assert (item["school"], item["group"], item["session"], item["category"]) == ("a", "k2", "t1", "hw")
    assert (item["name"], item["description"]) == ("A poem about rain", "At least eight lines")
    assert (item["classwork"], item["due"]) == (1, "2026-09-14T00:00:00.000")
    said = json.loads(item["remainder"])["oneroster"]["learningObjectiveSet"]
    assert said == [{"source": "case", "learningObjectiveIds": ["rhyme"]}]
    span = held(store, "MarkSet", "poem")
    assert (span["aspect"], span["least"], span["most"]) == ("poem", 0.0, 10.0)
    category = held(store, "AssessmentCategory", "hw")
    assert (category["school"], category["name"], category["weight"]) == (None, "Homework", 40.0)
    mark, missing = held(store, "AssessmentResult", "p1"), held(store, "AssessmentResult", "p2")
    assert (mark["aspect"], mark["student"], mark["date"]) == ("poem", "s1@a", "2026-09-16")
    assert (mark["result"], mark["numeric_value"], mark["notes"], mark["late"]) == ("A", 8.5, "Two lines rhyme", 1)
    assert (missing["status"], missing["numeric_value"], missing["missing"]) == ("not submitted", None, 1)
    scale, first = held(store, "ScoreScale", "abc"), held(store, "ScoreScaleValue", "abc:1")
    assert (scale["group"], scale["course"], item["score_scale"]) == ("k2", "c1", "abc")
    assert (first["scale"], first["score"], first["stands_for"]) == ("abc", "8-10", "A")


def test_a_resource_is_used_by_classes_courses_and_people(store: Store) -> None:
    take(store, rosters.version_1_2(), "1.2")
    atlas = held(store, "Resource", "atlas")
    assert (atlas["title"], atlas["vendor_resource_id"], atlas["roles"]) == (
        "An Atlas of Invented Islands",
        "atlas-7",
        "student,teacher",
    )
    used = [("ClassResource", "k2a", "group"), ("CourseResource", "c1a", "course")]
    used += [("StudentResource", "s1a@a", "who"), ("StaffResource", "ta@a", "who")]
    assert [held(store, kind, key)[name] for kind, key, name in used] == ["k2", "c1", "s1@a", "t@a"]


def test_marks_stay_when_a_delta_is_about_people(store: Store) -> None:
    take(store, rosters.version_1_2(), "1.2")
    row = {"sourcedId": "s2", "status": "active", "enabledUser": "true", "givenName": "Coral"}
    diff = take(store, {"users": [row | {"familyName": "Nettlebed", "username": "s2"}]}, "1.2", users="delta")
    assert {kind: count.changed for kind, count in diff.kinds.items() if count.changed} == {"Person": 1, "Student": 1}
    assert held(store, "AssessmentResult", "p2")["student"] == "s2@a"


def test_a_class_of_a_department_is_one_of_its_school(store: Store) -> None:
    take(store, rosters.roster())
    group = held(store, "Group", "k3")
    assert group["school"] == "b"
    assert json.loads(group["remainder"]) == {"oneroster": {"schoolSourcedId": "sci"}}


def test_agents_become_contacts_with_a_relationship(store: Store) -> None:
    take(store, rosters.roster())
    tie = held(store, "Relationship", "s1+p@a")
    assert (tie["student"], tie["contact"]) == ("s1@a", "p@a")
    assert (tie["relationship"], tie["parental"], tie["priority"]) == ("parent", 1, 1)
    comms = {key: r["location_code"] + r["value"] for (kind, key), r in by_keys(store).items() if kind == "ContactComm"}
    assert comms == {"p@a:email": "Hpia@home.example", "p@a:sms": "M555-0101"}


def test_parents_who_list_their_children_are_understood_too(store: Store) -> None:
    tables = rosters.roster()
    tables["users"][0]["agentSourcedIds"] = ""
    tables["users"][14]["agentSourcedIds"] = "s1,s8"
    take(store, tables)
    assert held(store, "Relationship", "s1+p@a")["contact"] == "p@a"
    assert held(store, "Relationship", "s8+p@b")["contact"] == "p@b"


def test_who_works_for_the_district_only_is_a_person_and_keeps_the_role(store: Store) -> None:
    tables = rosters.roster()
    tables["users"][-1] |= {"identifier": "900", "email": "bo@heronsgate.example"}
    take(store, tables)
    boss = held(store, "Person", "boss")
    kept = {"identifier": "900", "email": "bo@heronsgate.example", "role": "administrator", "orgSourcedIds": "d"}
    assert json.loads(boss["remainder"])["oneroster"] == kept
    assert look(store, "SELECT count(*) FROM staff WHERE external_id = 'boss'").fetchall() == [(0,)]


def test_a_user_of_two_schools_has_a_role_at_each(store: Store) -> None:
    tables = rosters.roster()
    tables["users"][12]["orgSourcedIds"] = "a,b"
    take(store, tables)
    assert held(store, "Staff", "t@a")["person"] == held(store, "Staff", "t@b")["person"] == "t"


def test_in_1_2_roles_give_the_dates_and_stay_readable(store: Store) -> None:
    tables = rosters.version_1_2()
    tables["users"][0] |= {"preferredGivenName": "Gigi"}
    take(store, tables, "1.2")
    student, person = held(store, "Student", "s1@a"), held(store, "Person", "s1")
    assert (student["entry_date"], student["leaving_date"]) == ("2026-08-15", None)
    assert json.loads(student["remainder"])["oneroster"]["roles"][0]["sourcedId"] == "r-s1"
    assert (person["forename"], person["legal_forename"]) == ("Gigi", "Tansy")


def test_passwords_are_never_kept(store: Store) -> None:
    take(store, rosters.roster())
    store.close()
    every = b"".join(path.read_bytes() for path in store.folder.glob("records.sqlite*"))
    assert b"locker-1" in every
    assert b"hunter2" not in every
    with Store(store.folder) as again:
        kept = b"".join(zlib.decompress(content) for (content,) in look(again, "SELECT content FROM source_file"))
    assert b"locker-1" in kept
    assert b"hunter2" not in kept


def test_a_user_who_is_not_enabled_stays(store: Store) -> None:
    tables = rosters.roster()
    tables["users"][1]["enabledUser"] = "false"
    take(store, tables)
    assert json.loads(held(store, "Person", "s2")["remainder"]) == {"oneroster": {"enabledUser": "false"}}


def test_people_with_one_email_stay_two(store: Store) -> None:
    tables = rosters.roster()
    for row in tables["users"]:
        row["email"] = "office@heronsgate.example"
    take(store, tables)
    assert look(store, "SELECT count(*) FROM person").fetchall() == [(16,)]


# ---- bulk, delta, absent


def test_a_delta_changes_only_what_it_names(store: Store) -> None:
    take(store, rosters.roster())
    when = {"dateLastModified": "2026-11-01T00:00:00Z"}
    named = rosters.student("s2", 2, "a") | {"status": "active", "familyName": "Nettlebed"} | when
    gone = {"sourcedId": "h3", "status": "tobedeleted", "classSourcedId": "k1", "schoolSourcedId": "a"} | when
    gone |= {"userSourcedId": "s3", "role": "student"}
    diff = take(store, {"users": [named], "enrollments": [gone]}, users="delta", enrollments="delta")
    assert {k: (t.new, t.changed, t.gone) for k, t in diff.kinds.items() if t.moved} == {
        "Person": (0, 1, 0),
        "Student": (0, 1, 0),
        "StudentMembership": (0, 0, 1),
    }
    assert held(store, "Person", "s2")["surname"] == "Nettlebed"
    assert held(store, "Student", "s3@a")["reg_group"] is None


def test_a_delta_may_delete_a_user_with_all_that_is_theirs(store: Store) -> None:
    take(store, rosters.roster())
    when = {"status": "tobedeleted", "dateLastModified": "2026-11-01T00:00:00Z"}
    tables = {
        "users": [rosters.student("s8", 8, "b") | when],
        "enrollments": [rosters.enrolment("f8", "k3", "sci", "s8") | when],
    }
    diff = take(store, tables, users="delta", enrollments="delta")
    assert {k: t.gone for k, t in diff.kinds.items() if t.gone} == {
        "Person": 1,
        "Student": 1,
        "StudentMembership": 2,
    }


def test_a_delta_that_deletes_a_user_alone_ends_the_enrolments_too(store: Store) -> None:
    take(store, rosters.roster())
    gone = rosters.student("s1", 1, "a") | {"status": "tobedeleted"}
    diff = take(store, {"users": [gone]}, users="delta")
    assert {k: t.gone for k, t in diff.kinds.items() if t.gone} == {
        "Person": 1,
        "Student": 1,
        "StudentMembership": 3,
        "Relationship": 1,
    }


def test_a_delta_says_of_each_row_whether_it_is_to_be_deleted(store: Store) -> None:
    take(store, rosters.roster())
    (aside,) = take(store, {"users": [rosters.student("s1", 1, "a")]}, users="delta").aside
    assert str(aside.problem) == "users.csv line 2, column status: is empty (expected active or tobedeleted)"


def test_a_delta_without_organisations_needs_the_district_where_there_are_two(store: Store) -> None:
    take(store, rosters.roster())
    second = rosters.roster()
    del second["orgs"][0], second["users"][-1]
    second["courses"][0]["orgSourcedId"] = "a"
    for row in second["orgs"]:
        row.pop("parentSourcedId") if row["sourcedId"] != "sci" else None
    assert take(store, second, new=True).district == "Heronsgate SIS"
    delta = {"users": [rosters.student("s2", 2, "a") | {"status": "active", "familyName": "Nettlebed"}]}
    with pytest.raises(Malformed, match="one of Heronsgate District, Heronsgate SIS"):
        take(store, delta, users="delta")
    path = rosters.folder(store.folder.parent / "roster", delta, users="delta")
    assert import_roster(store, ONEROSTER, path, district_name="Heronsgate SIS").number == 2


def test_a_delta_of_another_version_is_refused(store: Store) -> None:
    take(store, rosters.roster())
    delta = {"users": [rosters.version_1_2()["users"][0] | {"status": "active"}]}
    with pytest.raises(Malformed, match=r"oneroster.version is 1.2, and what it changes was 1.1"):
        take(store, delta, "1.2", users="delta")


def test_a_result_of_nothing_that_was_set_is_set_aside(store: Store) -> None:
    stray = rosters.gradebook()["results"][0] | {"lineItemSourcedId": "sonnet"}
    tables = rosters.roster() | rosters.gradebook() | {"results": [stray]}
    assert [str(one.problem) for one in take(store, tables, "1.1").aside] == [
        "results.csv line 2, column lineItemSourcedId: 'sonnet' refers to lineItems.csv, but is not there "
        "(send it too, or correct the reference)"
    ]
    assert ("AssessmentResult", "p1") not in by_keys(store)


def test_demographics_of_nobody_are_set_aside(store: Store) -> None:
    tables = rosters.roster()
    tables["demographics"][0]["sourcedId"] = "nobody"
    assert set_aside(store, rosters.files(tables)) == [
        "demographics.csv line 2, column sourcedId: 'nobody' refers to users.csv, but is not there"
        " (send it too, or correct the reference)"
    ]


def test_a_file_that_is_absent_leaves_its_records_as_they_are(store: Store) -> None:
    take(store, rosters.roster())
    tables = rosters.roster()
    del tables["demographics"]
    assert not take(store, tables, demographics="absent").moved


def test_to_be_deleted_in_bulk_is_gone(store: Store) -> None:
    take(store, rosters.roster())
    tables = rosters.roster()
    tables["enrollments"][0]["status"] = "tobedeleted"
    assert take(store, tables).kinds["StudentMembership"].gone == 1


def test_a_zip_with_a_folder_in_it_is_read_like_a_folder(store: Store) -> None:
    path = rosters.zipped(store.folder.parent / "x.zip", rosters.files(rosters.roster()), "export-2026/")
    assert import_roster(store, ONEROSTER, path).kinds["Student"].new == 12


def test_a_byte_order_mark_and_cells_of_several_lines_are_fine(store: Store) -> None:
    texts = rosters.files(rosters.roster())
    texts["orgs.csv"] = "\ufeff" + texts["orgs.csv"].replace("Birch School", '"Birch\nSchool"')
    import_roster(store, ONEROSTER, rosters.zipped(store.folder.parent / "x.zip", texts))
    assert held(store, "School", "b")["name"] == "Birch\nSchool"


# ---- what is refused


@pytest.mark.parametrize("day", ["2026-W36-3", "01/02/2026", "2026-08-14T23:00:00Z", "2026-02-30"])
def test_a_day_that_is_none_or_could_be_another_is_not_guessed(store: Store, day: str) -> None:
    """Python reads weeks too; eleven at night in UTC is the next day's midnight further east."""
    tables = rosters.roster()
    tables["academicSessions"][1]["startDate"] = day
    (said,) = set_aside(store, rosters.files(tables))
    assert said == "academicSessions.csv line 3, column startDate: is not a day (expected yyyy-MM-dd)"


def test_every_problem_is_named_at_once_by_file_line_and_column(store: Store) -> None:
    tables = rosters.roster()
    tables["users"][1]["role"] = "studnet"
    tables["enrollments"][0]["userSourcedId"] = "nobody"
    tables["academicSessions"][1]["startDate"] = "15/08/2026"
    tables["classes"][2]["sourcedId"] = "k2"
    tables["courses"].append({**tables["courses"][0], "sourcedId": "c2", "title": ""})
    said = refused(store, rosters.files(tables))
    assert said[:6] == [
        "too many rows of this source have faults (correct the source, or let more be set aside with --most-aside)",
        "enrollments: 8 of 20 rows have faults; the limit is 2%",
        "classes: 2 of 3 rows would be set aside; the limit is half",
        "enrollments: 16 of 20 rows would be set aside; the limit is half",
        "enrollments at Alder School: 9 of 13 rows would be set aside; the limit is half",
        "enrollments at Birch School: 7 of 7 rows would be set aside; the limit is half",
    ]
    mend = "(send it too, or correct the reference)"
    own = "(each row needs its own id)"
    assert said[6:] == [
        "academicSessions.csv line 3, column startDate: is not a day (expected yyyy-MM-dd)",
        "courses.csv line 3, column title: is empty (expected a value)",
        "classes.csv line 3, column sourcedId: 'k2' is also the id of line 4, which says something else;"
        f" 7 rows wait for it {own}",
        f"classes.csv line 4, column sourcedId: 'k2' is also the id of line 3, which says something else {own}",
        "users.csv line 3, column role: is not an allowed value; 1 row waits for it (did you mean student?)",
        *(
            f"enrollments.csv line {n}, column classSourcedId: 'k3' refers to classes.csv, but is not there {mend}"
            for n in (*range(14, 20), 21)
        ),
        f"enrollments.csv line 2, column userSourcedId: 'nobody' refers to users.csv, but is not there {mend}",
    ]


def test_a_column_spelled_like_a_known_one_is_refused_with_its_name(store: Store) -> None:
    texts = rosters.files(rosters.roster())
    texts["users.csv"] = texts["users.csv"].replace("familyName", "FamilyName", 1)
    assert "users.csv line 1: column FamilyName is not known (did you mean familyName?)" in refused(store, texts)


def test_a_missing_column_is_named(store: Store) -> None:
    tables = rosters.roster()
    for row in tables["users"]:
        del row["role"]
    (said,) = refused(store, rosters.files(tables))
    assert said.startswith("users.csv line 1: column role is missing (expected sourcedId,")


def test_a_column_under_another_name_is_not_lost(store: Store) -> None:
    texts = rosters.files(rosters.roster())
    texts["classes.csv"] = texts["classes.csv"].replace("termSourcedIds", "terms", 1)
    (said,) = refused(store, texts)
    assert said == "classes.csv line 1: column terms is not known (did you mean termSourcedIds?)"


def test_a_row_of_the_wrong_length_is_set_aside(store: Store) -> None:
    texts = rosters.files(rosters.roster())
    texts["demographics.csv"] += "s2,,\n"
    assert set_aside(store, texts) == [
        "demographics.csv line 3: has 3 cells, expected 9 as in the header (quote a cell that holds a comma)"
    ]


def test_broken_quotes_are_named_where_they_begin(store: Store) -> None:
    texts = rosters.files(rosters.roster())
    texts["demographics.csv"] += 's2,"never ends,\n'
    (said,) = refused(store, texts)
    assert said.startswith("demographics.csv line 3: is not valid CSV: ")


def test_windows_1252_is_read_with_a_note(store: Store) -> None:
    texts: dict[str, Any] = {**rosters.files(rosters.roster())}
    texts["orgs.csv"] = texts["orgs.csv"].replace("Birch", "Bîrch").encode("windows-1252")
    diff = import_roster(store, ONEROSTER, rosters.zipped(store.folder.parent / "x.zip", texts))
    assert diff.notes == ("orgs.csv: is not UTF-8 and was read as Windows-1252; save the file as UTF-8",)
    assert held(store, "School", "b")["name"] == "Bîrch School"


def test_a_file_in_two_encodings_is_refused(store: Store) -> None:
    texts: dict[str, Any] = {**rosters.files(rosters.roster())}
    birch = texts["orgs.csv"].replace("Alder", "Ålder").encode().replace(b"Birch", b"B\xeerch")
    (said,) = refused(store, texts | {"orgs.csv": birch})
    assert said == (
        "orgs.csv line 4: byte 146 (0xEE) is neither UTF-8 nor, with the rest of the file, Windows-1252"
        " (save the file as UTF-8)"
    )


def test_utf_16_is_refused_with_advice(store: Store) -> None:
    texts: dict[str, Any] = {**rosters.files(rosters.roster())}
    texts["orgs.csv"] = texts["orgs.csv"].encode("utf-16")
    assert refused(store, texts) == [
        "orgs.csv: is UTF-16, which Excel calls Unicode text (save the file as UTF-8: in Excel, CSV UTF-8)"
    ]


def test_a_character_that_no_record_holds_is_named_with_its_cell(store: Store) -> None:
    tables = rosters.roster()
    tables["users"][1]["familyName"] = "Mar\0low"
    for row in tables["users"]:
        row["metadata.house"] = ""
    tables["users"][2]["metadata.house"] = "\0"
    waits = "holds the character U+0000; 2 rows wait for it (leave it out)"
    assert set_aside(store, rosters.files(tables)) == [
        f"users.csv line {line}, column {name}: {waits}" for line, name in ((3, "familyName"), (4, "metadata.house"))
    ]


def test_two_schools_with_one_number_both_come_in_and_neither_is_known_by_it(store: Store) -> None:
    tables = rosters.roster()
    names = [org["name"] for org in tables["orgs"][1:3]]
    tables["orgs"][2]["identifier"] = tables["orgs"][1]["identifier"]
    said = (
        f"orgs.csv, column identifier: '1001' is the number of {names[0]} and {names[1]}, of which none is known by it"
    )
    diff = take(store, tables)
    assert (diff.notes, diff.aside) == ((said,), ())
    schools = [held(store, "School", key) for key in "ab"]
    assert [school["identifier"] for school in schools] == ["1001", "1001"]
    assert "1001" not in {school["estab"] for school in schools}
    assert not take(store, tables).moved


def test_several_districts_are_refused_by_name(store: Store) -> None:
    tables = rosters.roster()
    tables["orgs"][3] |= {"type": "district", "name": "Other District"}
    said = refused(store, rosters.files(tables))
    assert (
        "orgs.csv line 5, column type: Other District is one of 2 districts (import each district separately)" in said
    )


def test_many_problems_of_one_column_are_counted(store: Store) -> None:
    tables = rosters.roster()
    tables["users"] += [rosters.student(f"x{n}", n, "elsewhere") for n in range(50)]
    said = refused(store, rosters.files(tables))
    assert len(said) == 24
    assert said[-1] == "users.csv, column orgSourcedIds: and 30 more like this"


def test_the_manifest_is_held_to_the_files(store: Store) -> None:
    texts = rosters.files(rosters.roster())
    lines = (
        texts["manifest.csv"].replace("1.1", "2.0").replace("users,bulk", "users,full").replace("file.orgs,bulk\n", "")
    )
    texts["manifest.csv"] = lines + "file.roles,bulk\n"
    assert refused(store, texts)[:4] == [
        "manifest.csv: does not give the mode of orgs.csv (add the line file.orgs,bulk (or delta, or absent))",
        "manifest.csv line 3, column value: oneroster.version '2.0' is not a supported version (expected 1.1 or 1.2)",
        "manifest.csv line 7, column value: file.users is 'full' (expected bulk, delta, absent)",
        "manifest.csv line 11, column value: file.roles is bulk, but roles.csv is missing"
        " (add the file, or change its mode to absent)",
    ]


def test_without_a_manifest_nothing_is_read(store: Store) -> None:
    texts = rosters.files(rosters.roster())
    del texts["manifest.csv"]
    assert refused(store, texts)[0].startswith("manifest.csv: is missing")


def test_a_file_that_is_no_zip_is_refused(store: Store, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("hello")
    with pytest.raises(Malformed, match="neither a folder nor a ZIP"):
        import_roster(store, ONEROSTER, tmp_path / "x.zip")
    with pytest.raises(Malformed, match="does not exist"):
        import_roster(store, ONEROSTER, tmp_path / "nowhere")


def test_an_archive_that_would_unpack_to_too_much_is_refused(tmp_path: Path) -> None:
    path = rosters.zipped(tmp_path / "bomb.zip", {"users.csv": b"0" * 5_000_000})
    problems = Problems()
    assert open_bundle(path, problems, most=1_000_000) == {}
    assert "would unpack to 5,000,000 bytes" in str(problems.all()[0])


def test_a_rule_that_is_broken_does_not_hide_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(case: Case) -> None:
        raise AssertionError("broken")

    monkeypatch.setattr(conformance, "CHECKS", (broken, kept_rule, broken))
    with pytest.raises(ExceptionGroup, match="breaks 2 of 3 rules") as raised:
        conform(ONEROSTER, rosters.samples(tmp_path / "samples"), tmp_path)
    assert [error.__notes__ for error in raised.value.exceptions] == [["rule: broken"]] * 2


def kept_rule(case: Case) -> None:
    """A rule that nothing breaks."""
