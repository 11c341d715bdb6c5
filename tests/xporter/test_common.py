"""What every endpoint understands: selections, options, pages, names in any case, and errors with a status."""

from __future__ import annotations

import re

import pytest

from rollbook.dialects.xporter import answering, asking
from rollbook.model.people import Person
from rollbook.model.students import Student

from ..hub import THORNFIELD, Answer, Hub
from .tables import Caller, Row, Tables

# ---- select


def test_selected_columns_come_in_the_order_asked_for(app: Caller):
    whole = app.one("Students/9919")
    row = app.one("Students/9919?select=Surname,Id,Forename")
    assert list(row.items()) == [(c, whole[c]) for c in ("Surname", "Id", "Forename")]


def test_a_column_is_renamed_with_as(app: Caller):
    whole = app.one("Students/9919")
    row = app.one("Students/9919?select=Id,Forename%20as%20First%20name,Surname+AS+last_name")
    assert row == {"Id": "9919", "First name": whole["Forename"], "last_name": whole["Surname"]}


def test_a_column_may_be_selected_twice_under_two_names(app: Caller):
    assert app.one("Students/9919?select=Id,Id%20as%20Number") == {"Id": "9919", "Number": "9919"}


def test_columns_are_selected_in_any_case(app: Caller):
    assert list(app.one("Students/9919?SELECT=ID,foreNAME,students.SURNAME")) == ["Id", "Forename", "Surname"]


def test_a_star_stands_for_every_column_that_comes_without_options(app: Caller):
    assert app.one("Students/9919?select=*") == app.one("Students/9919")
    assert app.one("Students/9919?select=Students.*") == app.one("Students/9919")


def test_a_star_may_stand_beside_a_column_that_an_option_would_add(app: Caller):
    row = app.one("Students/9919?select=*,GroupIds")
    assert row == {**app.one("Students/9919"), "GroupIds": app.one("Students/9919?includeGroupIds=1")["GroupIds"]}


def test_columns_of_a_side_table_are_selected_by_its_name(app: Caller):
    answer = app.answer("Staff?includeStaffVehicles=true&select=Id,StaffVehicles.VehicleModel%20as%20Car")
    whole = app.rows("Staff?includeStaffVehicles=true", "StaffVehicles")
    assert answer["StaffVehicles"] == [{"Car": v["VehicleModel"]} for v in whole]
    assert {tuple(r) for r in answer["Staff"]} == {("Id",)}


def test_a_column_of_a_side_table_brings_the_table(app: Caller):
    answer = app.answer("Students/9919?select=Id,StudentSiblings.SiblingId")
    whole = app.rows("Students/9919?includeSiblingsResultset=true", "StudentSiblings")
    assert answer["StudentSiblings"] == [{"SiblingId": s["SiblingId"]} for s in whole]


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ("Forname", "did you mean Forename"),
        ("Pupils.Id", "is not a table of Students"),
        ("Id,Forename%20as%20Id", "is the name of two columns"),
        ("Id;Surname", "is not a column"),
    ],
)
def test_a_selection_that_cannot_be_is_refused(app: Caller, select: str, said: str):
    assert said in app.refusal(f"Students?select={select}")


def test_a_column_that_is_not_granted_is_as_one_that_does_not_exist(hub: Hub):
    names = Caller(hub, ["Student"])
    assert "UPN is not a column of Students" in names.refusal("Students?select=UPN")


# ---- options


def test_options_are_given_as_a_list_as_flags_or_both(app: Caller):
    flags = app.rows("Students?includeLeavers=true&includeGroupIds=true&includeComms=true")
    assert app.rows("Students?options=includeLeavers,includeGroupIds,includeComms") == flags
    assert app.rows("Students?options=INCLUDELEAVERS,%20includecomms&includeGroupIds=1") == flags
    assert flags != app.rows("Students")


@pytest.mark.parametrize("on", ["true", "True", "1", "yes", "on", ""])
def test_a_flag_is_on(app: Caller, on: str):
    assert "GroupIds" in app.one(f"Students/9919?includeGroupIds={on}")


@pytest.mark.parametrize("off", ["false", "FALSE", "0", "no", "off"])
def test_a_flag_is_off(app: Caller, off: str):
    assert "GroupIds" not in app.one(f"Students/9919?includeGroupIds={off}")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("includeGroupIds=perhaps", "neither true nor false"),
        ("options=includeEverything", "includeEverything is not an option of Students"),
        ("options=includeGroupIds&includeGroupIds=false", "is also given as false"),
        ("includeGroupIds=1&includegroupids=1", "is given twice"),
        ("yearGroup=9", "did you mean yearGroupId"),
        ("pagesize=0", "out of range"),
        ("page=one", "not a whole number"),
        ("callbackUrl=ftp://app.example.org/", "is not an http or https address"),
    ],
)
def test_a_question_that_cannot_be_understood_is_refused(app: Caller, asked: str, said: str):
    assert said in app.refusal(f"Students?{asked}")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("HistoricalAttendanceSummary", "SchoolYear=2025"),
        ("AssessmentResultsByAspect", "Aspects=702|34,701"),
        ("AssessmentResults", "Students=1,2"),
        ("AttendanceForDateRange", "DateFrom=2026-09-01"),
        ("DiscountCodes", "KeyStage=KS4"),
        ("StudentUserDefinedFields", "UDFName=Locker Number,Bus Stop"),
        ("TimetableForStudent", "id=9919"),
    ],
)
def test_what_is_missing_is_told_with_a_value_that_would_do(app: Caller, asked: str, said: str):
    assert f"such as {said})" in app.refusal(asked)


def test_everything_wrong_with_a_question_is_told_at_once(app: Caller):
    said = app.refusal("Students?select=Forname&page=0&updatedSince=soon&bogus=1")
    assert all(word in said for word in ("Forname", "page", "updatedSince", "bogus"))


# ---- pages


def walk(app: Caller, path: str, size: int) -> list[dict[str, list[Row]]]:
    """Every page of an answer."""
    joint = "&" if "?" in path else "?"
    first = app.answer(f"{path}{joint}page=1&pagesize={size}")
    count = first["__pagination__"][0]["PageCount"]
    return [first, *(app.answer(f"{path}{joint}page={n}&pagesize={size}") for n in range(2, count + 1))]


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("Students", 100),
        ("Students?includeLeavers=true&studentStatus=leaver", 7),
        ("Staff", 76),
        ("Contacts", 333),
        ("StudentContacts", 500),
        ("PersonComms", 2000),
        ("Groups", 50),
        ("GroupHistory", 50),
        ("Calendar", 10),
        ("AttendanceCodes", 4),
        ("AttendanceForDateRange?date=2026-11-20", 500),
        ("Counts", 2),
        ("ScopeFields", 100),
    ],
)
def test_the_pages_together_are_the_whole(app: Caller, path: str, size: int):
    whole = app.rows(path)
    pages = [next(iter(page.values())) for page in walk(app, path, size)]
    assert [row for page in pages for row in page] == whole
    assert {len(page) for page in pages[:-1]} <= {size}
    assert 0 < len(pages[-1]) <= size


@pytest.mark.parametrize(
    ("path", "tables"),
    [
        ("Students?includeSiblingsResultset=true", ["StudentSiblings"]),
        (
            "Groups?options=includeStudentMembers,includeStaffMembers,includeSubGroups,includeGroupTypes",
            ["StudentMembers", "StaffMembers", "SubGroups", "GroupTypes"],
        ),
        (
            "GroupHistory?options=includeStudentMembers,includeStaffMembers,includeStandardYeargroups",
            ["StudentMembers", "StaffMembers", "StandardYearGroupLookup"],
        ),
    ],
)
def test_the_pages_of_side_tables_together_are_the_whole(app: Caller, path: str, tables: list[str]):
    whole, pages = app.answer(path), walk(app, path, 90)
    for table in tables:
        walked = [row for page in pages for row in page[table]]
        assert sorted(walked, key=repr) == sorted(whole[table], key=repr)
        assert walked


def test_a_page_tells_where_it_stands(app: Caller, held: Tables):
    (told,) = app.rows("Students?page=2&pagesize=100", "__pagination__")
    rows = len(held.shown_students())
    assert told == {
        "PageSize": 100,
        "PageNumber": 2,
        "PageCount": -(-rows // 100),
        "RowCount": rows,
        "NextPage": "?page=3&pageSize=100",
    }


def test_the_last_page_names_a_next_one_which_is_empty(app: Caller):
    last = walk(app, "Calendar", 10)[-1]["__pagination__"][0]
    assert last["NextPage"] == f"?page={last['PageCount'] + 1}&pageSize=10"
    after = app.answer(f"Calendar{last['NextPage']}")
    assert after["SchoolCalendar"] == []
    assert after["__pagination__"][0]["RowCount"] == last["RowCount"]


def test_pages_are_not_mentioned_when_nobody_asked_for_them(app: Caller):
    assert list(app.answer("Students")) == ["Students", "StudentSiblings", "meta"]


def test_meta_is_told_on_the_first_page_only(app: Caller):
    first, second = (app.answer(f"Calendar?page={n}&pagesize=10") for n in (1, 2))
    assert [set(row) for row in first["meta"]] == [{"Id", "MIS", "Version", "DateTime"}]
    assert second["meta"] == []


def test_more_rows_than_the_limit_come_in_pages_unasked(asker: Caller, monkeypatch: pytest.MonkeyPatch, small: Tables):
    whole = [s["Id"] for s in asker.rows("Students?select=Id&includeGuests=true")]
    for module in (asking, answering):
        monkeypatch.setattr(module, "ROW_LIMIT", 20)
    answer = asker.answer("Students?includeGuests=true")
    rows, more = len(whole), -(-len(whole) // 20)
    assert answer["__pagination__"] == [
        {"PageSize": 20, "PageNumber": 1, "PageCount": more, "RowCount": rows, "NextPage": "?page=2&pageSize=20"}
    ]
    found = [s["Id"] for s in answer["Students"]]
    for page in range(2, more + 1):
        found += [s["Id"] for s in asker.rows(f"Students?includeGuests=true&page={page}")]
    assert found == whole
    assert rows == len(small.students("OnRoll", "C", "M", "G")) > 40


@pytest.mark.parametrize(("limit", "paged"), [(0, False), (1, True)])
def test_exactly_as_many_rows_as_the_limit_need_no_pages(
    asker: Caller, monkeypatch: pytest.MonkeyPatch, limit: int, paged: bool
):
    rows = len(asker.rows("Students?select=Id"))
    for module in (asking, answering):
        monkeypatch.setattr(module, "ROW_LIMIT", rows - limit)
    assert ("__pagination__" in asker.answer("Students")) is paged


def test_side_tables_come_in_pages_with_the_rows_over_the_limit(asker: Caller, monkeypatch: pytest.MonkeyPatch):
    whole = asker.rows("Students?includeSiblingsResultset=true", "StudentSiblings")
    for module in (asking, answering):
        monkeypatch.setattr(module, "ROW_LIMIT", 20)
    pages = [asker.answer(f"Students?includeSiblingsResultset=1&page={n}") for n in range(1, 5)]
    walked = [row for page in pages for row in page["StudentSiblings"]]
    assert sorted(walked, key=repr) == sorted(whole, key=repr)
    assert pages[0] == asker.answer("Students?includeSiblingsResultset=1")


def test_no_page_is_larger_than_the_limit(app: Caller):
    assert app.answer("Calendar?pagesize=100011")
    assert "out of range" in app.refusal("Calendar?pagesize=100012")


# ---- names


@pytest.mark.parametrize(
    "path",
    [
        f"/api/v1/School/{THORNFIELD}/students/9919",
        f"/API/V1/SCHOOL/{THORNFIELD}/STUDENTS/9919",
        f"/api/v1/school/{THORNFIELD}/Students/9919/",
        f"/api/v1/School/{THORNFIELD}/Students?ID=9919",
        f"/api/v1/School/{THORNFIELD}/Students/?iD=9919",
    ],
)
def test_a_path_is_understood_in_any_case_and_with_a_slash_at_its_end(app: Caller, path: str):
    assert app.hub.get(path, app.token).json["Students"] == [app.one("Students/9919")]


def test_filters_and_options_are_understood_in_any_case(app: Caller):
    same = app.rows("Students?includeLeavers=true&studentStatus=Leaver&page=1&pagesize=5")
    assert app.rows("Students?INCLUDEleavers=TRUE&STUDENTSTATUS=leaver&PAGE=1&PageSize=5") == same


# ---- errors

SCHOOL = f"/api/v1/School/{THORNFIELD}"


def told(answer: Answer) -> tuple[int, str]:
    """The status and the name of an error, which has its four keys."""
    assert list(answer.json) == ["Message", "ExceptionType", "ExceptionMessage", "InnerException"]
    return answer.status, answer.json["ExceptionType"]


@pytest.mark.parametrize(
    ("path", "status", "name"),
    [
        (f"{SCHOOL}/Students?bogus=1", 400, "InvalidRequest"),
        ("/api/v1/School/9992001/Students?page=1", 403, "SchoolNotGranted"),
        ("/api/v1/School/0000000/Students?page=1", 403, "SchoolNotGranted"),
        (f"{SCHOOL}/Pupils?page=1", 404, "NotFound"),
        ("/api/v1/Schools?page=1", 404, "NotFound"),
        (f"{SCHOOL}/Students?changedRows=unknown", 409, "UnknownChangeSet"),
        (f"{SCHOOL}/TestError?page=1", 500, "TestError"),
    ],
)
def test_an_error_has_a_status_of_its_own_only_when_asked_for(app: Caller, path: str, status: int, name: str):
    assert told(app.hub.get(path, app.token)) == (200, name)
    assert told(app.hub.get(f"{path}&httpstatuscodes=true", app.token)) == (status, name)
    assert told(app.hub.get(f"{path}&HTTPStatusCodes=1", app.token)) == (status, name)


@pytest.mark.parametrize("token", [None, "unknown"])
def test_who_is_not_signed_in_is_told_so(hub: Hub, token: str | None):
    assert told(hub.get(f"{SCHOOL}/Students", token)) == (200, "InvalidToken")
    assert told(hub.get(f"{SCHOOL}/Students?httpstatuscodes=true", token)) == (401, "InvalidToken")


def test_an_endpoint_that_is_not_granted_is_refused(hub: Hub):
    names = Caller(hub, ["Staff"])
    assert told(hub.get(f"{SCHOOL}/Students", names.token)) == (200, "ScopeNotHeld")
    assert told(hub.get(f"{SCHOOL}/Students?httpstatuscodes=true", names.token)) == (403, "ScopeNotHeld")


def test_nothing_is_posted_to_an_endpoint(app: Caller):
    posted = app.hub.ask("POST", f"{SCHOOL}/Students?httpstatuscodes=true", app.token, b"{}")
    assert told(posted) == (405, "MethodNotAllowed")


# ---- RowHash


def row_hash(app: Caller, asked: str) -> str:
    """The hash of one student's row."""
    return app.one(f"Students/9919?{asked}")["RowHash"]


def test_the_hash_of_a_row_is_the_same_whatever_is_selected(app: Caller):
    whole = row_hash(app, "")
    assert re.fullmatch("[0-9A-F]{40}", whole)
    assert row_hash(app, "select=RowHash") == whole
    assert row_hash(app, "select=Surname%20as%20Name,RowHash") == whole
    assert row_hash(app, "page=1&pagesize=1") == whole


def test_each_row_has_a_hash_of_its_own(app: Caller):
    rows = app.rows("Students")
    assert len({r["RowHash"] for r in rows}) == len(rows)


def test_a_hash_changes_with_what_is_shown_and_returns_with_it(asker: Caller, small: Tables):
    student = next(s for s in small.of("student") if s["mis_id"] == "9919")
    before = row_hash(asker, "select=RowHash")
    small.change(Student, student["id"], upn="A999200123456")
    assert row_hash(asker, "select=RowHash") != before


def test_a_hash_changes_with_a_name_that_the_row_only_tells(asker: Caller, small: Tables):
    student = next(s for s in small.of("student") if s["mis_id"] == "9919")
    before = row_hash(asker, "")
    small.change(Person, student["person"], surname="Fenwhistle")
    assert row_hash(asker, "") != before


def test_a_hash_says_nothing_of_what_is_not_granted(small_hub: Hub, small: Tables):
    names = Caller(small_hub, ["Student"])
    student = next(s for s in small.of("student") if s["mis_id"] == "9919")
    before = row_hash(names, "")
    small.change(Student, student["id"], upn="A999200123456")
    assert row_hash(names, "") == before


# ---- how values are written


def test_ids_are_texts_and_flags_are_numbers(app: Caller):
    row = app.one("Students/9919")
    texts = ("Id", "RegGroupId", "YearGroupId", "HouseGroupId", "AdmissionNo", "NCYear", "StandardYearGroupCode")
    assert {type(row[c]) for c in texts} == {str}
    flags = ("Boarder", "EAL", "FsmEligible", "PupilPremium", "FSMEver6", "Gifted", "Disabled", "InLeaCare", "PartTime")
    for student in app.rows("Students"):
        assert {type(student[c]) for c in flags} <= {int, type(None)}
        assert {student[c] for c in flags} <= {0, 1, None}


def test_service_child_is_a_text(app: Caller):
    assert {r["ServiceChild"] for r in app.rows("Students?select=ServiceChild")} == {"0", "1", None}


def test_what_is_unknown_is_null_and_its_column_stays(app: Caller):
    rows = app.rows("Students")
    assert {tuple(r) for r in rows} == {tuple(rows[0])}
    assert any(r["QuickNote"] is None for r in rows)


def test_counts_are_numbers(app: Caller):
    assert {type(r["Count"]) for r in app.rows("Counts")} == {int}
    assert {type(g["NumStudents"]) for g in app.rows("Groups")} == {int}
    row = app.one("Students/9919?includeAttStats=true")
    assert {type(v) for c, v in row.items() if c.startswith("Num")} == {int}


def test_dates_are_days_and_moments_have_milliseconds(app: Caller):
    row = app.one("Students/9919")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["DateofBirth"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", row["LastUpdated"])
