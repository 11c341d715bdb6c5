"""User-defined fields, linked documents and lookups."""

from __future__ import annotations

import gzip
from base64 import b64decode

import pytest

from rollbook.model.lookups import StudentFieldValue

from ..hub import Hub
from .tables import Caller, Row, Tables, mis_ids


def by_id(rows: list[Row]) -> dict[str, Row]:
    return {row["Id"]: row for row in rows}


# ---- user-defined fields


def test_the_fields_that_the_school_defined_are_listed_by_person_type(app: Caller, held: Tables):
    found = {(row["UDFType"], row["UDFName"]) for row in app.rows("UserDefinedFields")}
    assert found == {(f["kind"], f["name"]) for f in held.of("user_defined_field")}
    assert {kind for kind, _ in found} == {"Student", "Staff", "Contact"}


@pytest.mark.parametrize(
    ("endpoint", "table", "whom", "name"),
    [
        ("StudentUserDefinedFields", "student_field_value", "student", "Locker Number"),
        ("ContactUserDefinedFields", "contact_field_value", "contact", "Newsletter"),
        ("StaffUserDefinedFields", "staff_field_value", "staff", "Parking Space"),
    ],
)
def test_the_values_of_a_field_are_those_of_the_people_who_are_there(
    app: Caller, held: Tables, endpoint: str, table: str, whom: str, name: str
):
    people, fields = held.known(whom), held.known("user_defined_field")

    def there(person: Row) -> bool:
        if whom == "student":
            return held.roll(person) == "OnRoll"
        return whom == "contact" or held.employment(person) == "Current"

    wanted = {
        (v["mis_id"], people[v[whom]]["mis_id"], name, v["value"])
        for v in held.of(table)
        if fields[v["field"]]["name"] == name and there(people[v[whom]])
    }
    rows = app.rows(f"{endpoint}?UDFName={name}")
    assert {tuple(row.values()) for row in rows} == wanted
    assert wanted


def test_several_fields_are_asked_for_with_commas_between(app: Caller):
    both = app.ids("StudentUserDefinedFields?UDFName=Locker Number, Bus Stop")
    each = [app.ids(f"StudentUserDefinedFields?UDFName={n}") for n in ("Locker Number", "Bus Stop")]
    assert both == each[0] | each[1]
    assert not each[0] & each[1]


def test_the_values_of_one_person_are_asked_for_by_any_of_their_ids(app: Caller, held: Tables):
    student = next(s for s in held.of("student") if s["mis_id"] == "9919")
    mine = [
        app.rows(f"StudentUserDefinedFields/{student[n]}?UDFName=Bus Stop") for n in ("mis_id", "external_id", "xid")
    ]
    assert mine[0] == mine[1] == mine[2]
    assert {row["StudentId"] for row in mine[0]} == {"9919"}
    assert app.rows("StudentUserDefinedFields?StudentId=9919&UDFName=Bus Stop") == mine[0]


@pytest.mark.parametrize("endpoint", ["Student", "Contact", "Staff"])
def test_a_field_must_be_named(app: Caller, endpoint: str):
    assert "UDFName: is required" in app.refusal(f"{endpoint}UserDefinedFields")


def test_a_value_that_changes_moves_in_a_change_set(asker: Caller, small: Tables):
    path = "StudentUserDefinedFields?UDFName=Locker%20Number&changedRows="
    (told,) = asker.rows(f"{path}%2A", "__changedRows__")
    value = next(v for v in small.of("student_field_value") if v["value"].isdecimal())
    small.change(StudentFieldValue, value["id"], value="999")
    (row,) = asker.rows(path + told["NextChangedRows"])
    assert (row["Id"], row["UDFValue"]) == (value["mis_id"], "999")


# ---- linked documents

YEARS = "DateFrom=2025-09-01&DateTo=2026-11-20"


def test_documents_of_a_type_and_some_students_come_with_their_content(app: Caller, held: Tables):
    rows = app.rows(f"LinkedDocuments?DocumentTypeName=general document&StudentIds=9919,9920&{YEARS}")
    students, kinds = held.known("student"), held.known("document_type")
    wanted = [
        d
        for d in held.of("student_document")
        if d["type"] and kinds[d["type"]]["code"] == "GENERAL" and students[d["student"]]["mis_id"] in ("9919", "9920")
    ]
    assert {row["Id"] for row in rows} == mis_ids(wanted)
    for row in rows:
        packed = b64decode(row["Attachment"])
        assert len(packed) == row["CompressedSize"]
        assert len(gzip.decompress(packed)) == row["Size"]


def test_a_type_is_named_by_its_id_or_its_name(app: Caller):
    kind = next(k for k in app.rows("LinkedDocumentTypes") if k["Code"] == "GENERAL")
    asked = f"StudentIds=9919&{YEARS}"
    by_name = app.rows(f"LinkedDocuments?DocumentTypeName={kind['DocumentTypeName']}&{asked}")
    assert app.rows(f"LinkedDocuments?DocumentTypeId={kind['Id']}&{asked}") == by_name != []


def test_documents_are_those_modified_between_two_days_both_included(app: Caller):
    (row,) = app.rows(f"LinkedDocuments?DocumentTypeName=General Document&StudentIds=9919&{YEARS}")
    day = row["LastModified"]
    asked = "LinkedDocuments?DocumentTypeName=General Document&StudentIds=9919"
    assert app.rows(f"{asked}&DateFrom={day}&DateTo={day}") == [row]
    assert app.rows(f"{asked}&DateFrom=2025-09-01&DateTo=2025-09-02") == []


def test_everything_that_must_be_said_about_documents_is_told_at_once(app: Caller):
    said = app.refusal("LinkedDocuments")
    assert all(f"{n}: is required" in said for n in ("DocumentTypeId", "StudentIds", "DateFrom", "DateTo"))
    said = app.refusal("StaffLinkedDocuments?DocumentTypeId=1")
    assert "DocumentType" not in said
    assert "StaffIds: is required" in said


def test_staff_have_documents_of_their_own(app: Caller, held: Tables):
    staff, kinds = held.known("staff"), held.known("document_type")
    rows = app.rows(f"StaffLinkedDocuments?DocumentTypeName=General Document&StaffIds=1,2,3&{YEARS}")
    wanted = [
        d
        for d in held.of("staff_document")
        if staff[d["staff"]]["mis_id"] in ("1", "2", "3") and kinds[d["type"]]["code"] == "GENERAL"
    ]
    assert {row["Id"] for row in rows} == mis_ids(wanted) != set()


def test_what_there_is_is_listed_without_content(app: Caller, held: Tables):
    found = by_id(app.rows("LinkedDocumentMeta"))
    assert len(found) == len(held.of("student_document")) + len(held.of("staff_document"))
    assert all("Attachment" not in row for row in found.values())
    document = held.of("staff_document")[0]
    row = found[f"Staff.{document['mis_id']}"]
    assert (row["PersonType"], row["PersonId"]) == ("Staff", held.known("staff")[document["staff"]]["mis_id"])


def test_who_may_not_see_documents_of_staff_sees_those_of_students_only(hub: Hub):
    students = Caller(hub, ["StudentFreeText"])
    assert {row["PersonType"] for row in students.rows("LinkedDocumentMeta")} == {"Student"}
    staff = Caller(hub, ["StaffFreeText"])
    assert {row["PersonType"] for row in staff.rows("LinkedDocumentMeta")} == {"Staff"}


# ---- lookups


def test_lookup_types_say_how_many_entries_they_have(app: Caller, held: Tables):
    types, entries = held.known("lookup_type"), held.of("lookup")
    found = {row["LookupTypeName"]: row["NumberOfEntries"] for row in app.rows("LookupTypes")}
    assert found == {t["name"]: sum(e["type"] == i for e in entries) for i, t in types.items()}


def test_the_entries_of_a_lookup_type_come_in_their_order(app: Caller):
    rows = app.rows("LookupMeta?LookupType=enrolmentstatus")
    assert [row["Code"] for row in rows] == ["C", "M", "S", "G", "F", "O"]
    assert {row["LookupTypeName"] for row in rows} == {"EnrolmentStatus"}
    assert app.one("LookupTypes?LookupType=EnrolmentStatus")["NumberOfEntries"] == 6


def test_every_lookup_is_listed_when_none_is_asked_for(app: Caller, held: Tables):
    assert app.ids("LookupMeta") == mis_ids(held.of("lookup"))
    said = {row["Id"]: row["Active"] for row in app.rows("LookupMeta")}
    assert said == {row["mis_id"]: row["active"] for row in held.of("lookup")}


def test_what_students_records_say_is_an_entry_of_its_lookup(app: Caller):
    words = {
        name: {row["Code"] for row in app.rows(f"LookupMeta?LookupType={name}")}
        for name in ("Ethnicity", "ModeOfTravel", "EnrolmentStatus", "Gender")
    }
    columns = {
        "Ethnicity": "EthnicityCode",
        "ModeOfTravel": "StdModeOfTravel",
        "EnrolmentStatus": "EnrolmentStatus",
        "Gender": "Gender",
    }
    for row in app.rows("Students?select=Gender,EthnicityCode,StdModeOfTravel,EnrolmentStatus"):
        for name, column in columns.items():
            assert row[column] is None or row[column] in words[name]
