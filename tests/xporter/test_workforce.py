"""Staff absences, checks, qualifications, training and impairments."""

from __future__ import annotations

import pytest

from rollbook.model.people import Staff
from rollbook.model.workforce import StaffAbsence, StaffCheck

from ..hub import THORNFIELD, Hub
from .tables import Caller, Row, Tables, mis_ids

# ---- absences


def overlapping(held: Tables, first: str = "", last: str = "9") -> set[str]:
    """The absences of which at least one day lies between two days."""
    return mis_ids(a for a in held.of("staff_absence") if a["end"] >= first and a["start"] <= last)


def test_absences_are_all_that_are_held(app: Caller, held: Tables):
    staff = held.known("staff")
    columns = {
        "AbsenceStartTime": "start_time",
        "AbsenceEndTime": "end_time",
        "AbsenceType": "kind",
        "IllnessCategory": "illness",
        "WorkingDaysLost": "days_lost",
        "HoursLost": "hours_lost",
        "SSPExclusion": "sick_pay_excluded",
        "AnnualLeave": "annual_leave",
        "IndustrialInjury": "industrial_injury",
        "PayrollAbsenceCategory": "payroll_category",
        "AuthorisedPayRate": "pay_rate",
        "AbsenceNote": "note",
    }
    shown = {r["Id"]: (r["StaffId"], *(r[c] for c in columns)) for r in app.rows("StaffAbsence")}
    assert shown == {
        a["mis_id"]: (staff[a["staff"]]["mis_id"], *(a[f] for f in columns.values())) for a in held.of("staff_absence")
    }
    assert len(shown) > 100


def test_the_first_and_the_last_moment_of_an_absence_are_told(asker: Caller, small: Tables):
    one = small.of("staff_absence")[0]
    small.change(StaffAbsence, one["id"], start="2026-11-02", start_time="10:30", end="2026-11-03", end_time="12:00")
    row = next(r for r in asker.rows("StaffAbsence") if r["Id"] == one["mis_id"])
    assert (row["AbsenceStartDate"], row["AbsenceStartTime"]) == ("2026-11-02T10:30:00", "10:30")
    assert (row["AbsenceEndDate"], row["AbsenceEndTime"]) == ("2026-11-03T12:00:00", "12:00")


def test_dates_leave_the_absences_of_those_days(app: Caller, held: Tables):
    first, last = "2026-09-21", "2026-10-02"
    assert app.ids(f"StaffAbsence?FromDate={first}") == overlapping(held, first)
    assert app.ids(f"StaffAbsence?ToDate={last}") == overlapping(held, last=last)
    both = app.ids(f"StaffAbsence?FromDate={first}&ToDate={last}")
    assert both == overlapping(held, first, last)
    assert 0 < len(both) < len(overlapping(held, first))


def test_an_absence_counts_from_its_first_to_its_last_day(asker: Caller, small: Tables):
    one = small.of("staff_absence")[0]
    small.change(StaffAbsence, one["id"], start="2019-03-04", end="2019-03-08")
    assert asker.ids("StaffAbsence?FromDate=2019-03-08&ToDate=2019-06-01") == {one["mis_id"]}
    assert asker.ids("StaffAbsence?FromDate=2019-03-09&ToDate=2019-06-01") == set()
    assert asker.ids("StaffAbsence?ToDate=2019-03-04") == {one["mis_id"]}
    assert asker.ids("StaffAbsence?ToDate=2019-03-03") == set()


def test_certificates_are_those_of_the_absences_shown(app: Caller, held: Tables):
    absences = held.known("staff_absence")
    for path, shown in (
        ("StaffAbsence", overlapping(held)),
        ("StaffAbsence?FromDate=2026-09-21&ToDate=2026-10-09", overlapping(held, "2026-09-21", "2026-10-09")),
    ):
        expected = {
            (
                c["mis_id"],
                absences[c["absence"]]["mis_id"],
                f"{c['received']}T00:00:00",
                f"{c['signed']}T00:00:00",
                c["kind"],
                c["signed_by"],
                c["signatory"],
            )
            for c in held.of("absence_certificate")
            if absences[c["absence"]]["mis_id"] in shown
        }
        names = ("Id", "AbsenceId", "CertDateReceived", "CertDateSigned")
        names += ("CertCertType", "CertSignedBy", "CertSignatoryType")
        assert {tuple(r[n] for n in names) for r in app.rows(path, "AbsenceCertificate")} == expected
        assert expected


def test_an_absence_date_is_a_date(app: Caller):
    assert "FromDate" in app.refusal("StaffAbsence?FromDate=last+week")


# ---- whose records are shown

OF_STAFF = {
    "StaffChecks": "staff_check",
    "StaffQualifications": "staff_qualification",
    "StaffTraining": "staff_training",
    "StaffImpairments": "staff_impairment",
}
"""Each endpoint of records of staff, and the store's table."""
WITH_OPTIONS = ("StaffChecks", "StaffQualifications")


def of_staff(held: Tables, table: str, *employments: str) -> list[Row]:
    """The records of staff of these statuses."""
    staff = held.known("staff")
    return [r for r in held.of(table) if held.employment(staff[r["staff"]]) in employments]


@pytest.mark.parametrize("endpoint", OF_STAFF)
def test_records_are_those_of_staff_who_work_there_now(app: Caller, held: Tables, endpoint: str):
    assert app.ids(endpoint) == mis_ids(of_staff(held, OF_STAFF[endpoint], "Current"))
    assert app.ids(endpoint)


@pytest.mark.parametrize("endpoint", WITH_OPTIONS)
@pytest.mark.parametrize(
    ("option", "status"),
    [("includeFuture", "Future"), ("includePrevious", "Previous"), ("includeTemporary", "Temporary")],
)
def test_records_of_other_staff_are_added_when_asked_for(
    app: Caller, held: Tables, endpoint: str, option: str, status: str
):
    added = app.ids(f"{endpoint}?{option}=true") - app.ids(endpoint)
    assert added == mis_ids(of_staff(held, OF_STAFF[endpoint], status))
    assert added


@pytest.mark.parametrize("endpoint", WITH_OPTIONS)
def test_staff_who_left_before_the_previous_year_stay_out(asker: Caller, small: Tables, endpoint: str):
    row = of_staff(small, OF_STAFF[endpoint], "Previous")[0]
    small.change(Staff, row["staff"], employment_end="2025-08-31")
    assert row["mis_id"] not in asker.ids(f"{endpoint}?includePrevious=true")
    small.change(Staff, row["staff"], employment_end="2025-09-01")
    assert row["mis_id"] in asker.ids(f"{endpoint}?includePrevious=true")


@pytest.mark.parametrize(
    ("endpoint", "name"), [("StaffChecks", "StaffId"), ("StaffQualifications", "staffid"), ("StaffTraining", "Id")]
)
@pytest.mark.parametrize("known_by", ["mis_id", "external_id", "xid"])
def test_records_of_one_member_of_staff(app: Caller, held: Tables, endpoint: str, name: str, known_by: str):
    person = held.staff("Current")[11]
    own = mis_ids(r for r in held.of(OF_STAFF[endpoint]) if r["staff"] == person["id"])
    assert app.ids(f"{endpoint}?{name}={person[known_by]}") == own
    assert own


@pytest.mark.parametrize("endpoint", WITH_OPTIONS)
def test_one_member_who_has_left_is_found_among_the_previous(app: Caller, held: Tables, endpoint: str):
    left = held.staff("Previous")[0]
    assert app.ids(f"{endpoint}?StaffId={left['mis_id']}") == set()
    own = mis_ids(r for r in held.of(OF_STAFF[endpoint]) if r["staff"] == left["id"])
    assert app.ids(f"{endpoint}?StaffId={left['mis_id']}&includePrevious=true") == own


@pytest.mark.parametrize("endpoint", OF_STAFF)
def test_a_record_names_its_member_of_staff_by_both_ids(app: Caller, held: Tables, endpoint: str):
    staff = held.known("staff")
    shown = {r["Id"]: (r["StaffMis_Id"], r["StaffLocalId"]) for r in app.rows(endpoint)}
    numbers = {r["mis_id"]: staff[r["staff"]]["mis_id"] for r in of_staff(held, OF_STAFF[endpoint], "Current")}
    assert shown == {one: (number, f"PWT-{number}") for one, number in numbers.items()}


COLUMNS = {
    "StaffChecks": {
        "CheckCode": "code",
        "CheckDescription": "description",
        "RequestDate": "requested",
        "ClearanceDate": "cleared",
        "ClearanceLevel": "level",
        "ExpiryDate": "expires",
        "ReferenceNumber": "reference_no",
        "DocumentNumber": "document_no",
        "AuthenticatedBy": "authenticated_by",
    },
    "StaffQualifications": {
        "QualificationName": "name",
        "QualificationDescription": "description",
        "DateAwarded": "awarded",
        "QualificationLevel": "level",
        "FirstSubject": "first_subject",
        "SecondSubject": "second_subject",
        "DegreeClass": "degree_class",
        "OriginCountry": "origin",
        "Verified": "verified",
    },
    "StaffTraining": {
        "CourseCode": "code",
        "CourseTitle": "title",
        "Provider": "provider",
        "Venue": "venue",
        "StartDate": "start",
        "EndDate": "end",
        "Hours": "hours",
        "Result": "result",
        "ExpiryDate": "expires",
        "Cost": "cost",
        "Notes": "notes",
    },
    "StaffImpairments": {
        "ImpairmentCode": "code",
        "ImpairmentDescription": "description",
        "StartDate": "start",
        "EndDate": "end",
        "Adjustment": "adjustment",
        "Notes": "notes",
    },
}


@pytest.mark.parametrize("endpoint", OF_STAFF)
def test_a_row_tells_the_record_as_it_is_held(app: Caller, held: Tables, endpoint: str):
    columns = COLUMNS[endpoint]
    shown = {r["Id"]: {c: r[c] for c in columns} for r in app.rows(endpoint)}
    current = of_staff(held, OF_STAFF[endpoint], "Current")
    assert shown == {r["mis_id"]: {c: r[f] for c, f in columns.items()} for r in current}


# ---- consent


@pytest.mark.parametrize("endpoint", [*OF_STAFF, "StaffAbsence"])
def test_one_scope_is_enough_and_that_of_staff_will_not_do(hub: Hub, app: Caller, endpoint: str):
    told = Caller(hub, [endpoint]).rows(endpoint, endpoint)
    assert told == app.rows(endpoint, endpoint)
    refused = hub.school(endpoint, hub.token(["Staff", "StaffEmployment"], app="other.example.org"))
    assert refused["ExceptionType"] is not None


@pytest.mark.parametrize("endpoint", [*OF_STAFF, "StaffAbsence"])
def test_nothing_is_told_of_staff_left_out(small_hub: Hub, small: Tables, endpoint: str):
    caller = Caller(small_hub)
    before = caller.rows(endpoint, endpoint)
    name = "StaffId" if endpoint == "StaffAbsence" else "StaffMis_Id"
    whose = before[-1][name]
    grant = small_hub.desk.grants.at(small_hub.app("all.example.org"), THORNFIELD)
    small_hub.desk.people.choose(grant, "staff", "except", [whose])
    assert caller.rows(endpoint, endpoint) == [r for r in before if r[name] != whose]
    if endpoint == "StaffAbsence":
        known = {a["mis_id"] for a in small.of("staff_absence") if a["staff"] != small_id(small, whose)}
        assert {c["AbsenceId"] for c in caller.rows(endpoint, "AbsenceCertificate")} <= known


def small_id(small: Tables, mis_id: str) -> str:
    return next(s["id"] for s in small.of("staff") if s["mis_id"] == mis_id)


def test_a_change_set_tells_which_check_changed(asker: Caller, small: Tables):
    first = asker.answer("StaffChecks?changedRows=*")["__changedRows__"][0]["NextChangedRows"]
    row = of_staff(small, "staff_check", "Current")[0]
    small.change(StaffCheck, row["id"], level="Enhanced Clearance")
    (changed,) = asker.rows(f"StaffChecks?changedRows={first}")
    assert (changed["Id"], changed["ClearanceLevel"]) == (row["mis_id"], "Enhanced Clearance")
