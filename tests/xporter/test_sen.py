"""SEN: special educational needs, what is provided, disabilities, reviews, events, statements and plans."""

from __future__ import annotations

import pytest

from rollbook.fields import Record
from rollbook.model.students import Student
from rollbook.model.support import SenEvent, SenEventPerson, SenNeed, SenProvision, SenReview

from .tables import Caller, Row, Tables, mis_ids

ALL = "includeSENReviews=true&includeSENEvents=true&includeSENStatements=true&includeSENEHCP=true"
TABLES = {
    "StudentSENTypeHistory": "sen_need",
    "StudentSENProvisionHistory": "sen_provision",
    "StudentDisabilities": "disability",
    "StudentSENReviews": "sen_review",
    "SENEvents": "sen_event",
    "SENEventPersons": "sen_event_person",
    "SENStatements": "sen_statement",
    "SENStatementDocuments": "sen_statement_document",
    "SENEHCP": "sen_plan",
    "SENEHCPDocuments": "sen_plan_document",
}
"""Each table with that of the store."""
COLUMNS = {
    "StudentSENTypeHistory": {
        "NeedTypeDescription": "description",
        "NeedTypeCode": "code",
        "Rank": "rank",
        "NeedNotes": "notes",
        "NeedStartDate": "start",
        "NeedEndDate": "end",
    },
    "StudentSENProvisionHistory": {
        "SENProvisionCode": "code",
        "SENProvisionDescription": "description",
        "SENProvisionStartDate": "start",
        "SENProvisionEndDate": "end",
    },
    "StudentDisabilities": {
        "Disability": "description",
        "DisabilityStartDate": "start",
        "DisabilityEndDate": "end",
    },
    "StudentSENReviews": {
        "ReviewType": "kind",
        "ReviewStatus": "status",
        "ReviewDate": "date",
        "SENStatus": "sen_status",
        "Comments": "comments",
    },
    "SENEvents": {"EventType": "kind", "EventDate": "date", "Comments": "comments"},
    **{
        table: {
            "DateRequested": "requested",
            "ConsultationDate": "consultation",
            "TemporaryDisapplicationSubjects": "temporary_disapplication",
            "PermanentDisapplicationSubjects": "permanent_disapplication",
            "StatutoryAssessment": "assessment",
            "StatementOutcome": "outcome",
            "SubjectToTribunal": "tribunal",
            "AppealNotes": "appeal_notes",
            "DateCeased": "ceased",
            "DateFinalised": "finalised",
            "Comments": "comments",
        }
        for table in ("SENStatements", "SENEHCP")
    },
}
STUDENT = {"SENEvents": "Student_MisId"}
HISTORIES = ("StudentSENTypeHistory", "StudentSENProvisionHistory", "StudentDisabilities")


def of_roll(held: Tables, table: str) -> list[Row]:
    """The rows of a table of the store that are about students on roll."""
    students = held.known("student")
    return [r for r in held.of(TABLES[table]) if held.roll(students[r["student"]]) == "OnRoll"]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_the_rows_about_students_on_roll(app: Caller, held: Tables, table: str):
    assert app.ids(f"SEN?{ALL}", table) == mis_ids(of_roll(held, table)) != set()


@pytest.mark.parametrize("table", COLUMNS)
def test_a_row_tells_what_the_school_keeps(app: Caller, held: Tables, table: str):
    students, columns = held.known("student"), COLUMNS[table]
    shown = {r["Id"]: r for r in app.rows(f"SEN?{ALL}", table)}
    for stored in of_roll(held, table):
        row = shown[stored["mis_id"]]
        assert row[STUDENT.get(table, "StudentMis_Id")] == students[stored["student"]]["mis_id"]
        assert {c: row[c] for c in columns} == {c: stored[n] for c, n in columns.items()}


@pytest.mark.parametrize(
    ("option", "filled"),
    [
        ("includeSENReviews", ["StudentSENReviews"]),
        ("includeSENEvents", ["SENEvents", "SENEventPersons"]),
        ("includeSENStatements", ["SENStatements", "SENStatementDocuments"]),
        ("includeSENEHCP", ["SENEHCP", "SENEHCPDocuments"]),
    ],
)
def test_an_option_fills_its_tables_and_no_other(app: Caller, option: str, filled: list[str]):
    answer = app.answer(f"SEN?{option}=true")
    assert [t for t in TABLES if answer[t]] == [*HISTORIES, *filled]


@pytest.mark.parametrize("active", [1, 0])
def test_active_leaves_types_provisions_and_disabilities_of_today_or_of_the_past(
    app: Caller, held: Tables, active: int
):
    answer = app.answer(f"SEN?Active={active}&{ALL}")
    for table in HISTORIES:
        expected = {r["mis_id"] for r in of_roll(held, table) if held.now(r) == bool(active)}
        assert {r["Id"] for r in answer[table]} == expected
        assert {r["Active"] for r in answer[table]} == {active}
    assert len(answer["StudentSENReviews"]) == len(of_roll(held, "StudentSENReviews"))


@pytest.mark.parametrize("code", ["K", "e"])
def test_a_provision_narrows_only_the_provisions(app: Caller, held: Tables, code: str):
    answer = app.answer(f"SEN?SENProvision={code}")
    expected = {r["mis_id"] for r in of_roll(held, "StudentSENProvisionHistory") if r["code"] == code.upper()}
    assert {r["Id"] for r in answer["StudentSENProvisionHistory"]} == expected != set()
    assert len(answer["StudentSENTypeHistory"]) == len(of_roll(held, "StudentSENTypeHistory"))
    assert len(answer["StudentDisabilities"]) == len(of_roll(held, "StudentDisabilities"))


def test_a_rank_narrows_only_the_types(app: Caller, held: Tables):
    answer = app.answer("SEN?SENTypeRank=2")
    expected = {r["mis_id"] for r in of_roll(held, "StudentSENTypeHistory") if r["rank"] == 2}
    assert {r["Id"] for r in answer["StudentSENTypeHistory"]} == expected != set()
    assert len(answer["StudentSENProvisionHistory"]) == len(of_roll(held, "StudentSENProvisionHistory"))


def test_a_student_id_narrows_every_table(app: Caller, held: Tables):
    students = held.known("student")
    for table in ("SENStatements", "SENEventPersons"):
        student = students[of_roll(held, table)[0]["student"]]
        answer = app.answer(f"SEN?StudentId={student['mis_id']}&{ALL}")
        for other in TABLES:
            expected = {r["mis_id"] for r in of_roll(held, other) if r["student"] == student["id"]}
            assert {r["Id"] for r in answer[other]} == expected, other


def test_filters_are_all_met(app: Caller, held: Tables):
    student = held.known("student")[of_roll(held, "SENEHCP")[0]["student"]]
    answer = app.answer(f"SEN?StudentId={student['mis_id']}&Active=1&SENTypeRank=1&SENProvision=N")
    rows = [r for r in of_roll(held, "StudentSENTypeHistory") if r["student"] == student["id"] and r["rank"] == 1]
    assert {r["Id"] for r in answer["StudentSENTypeHistory"]} == {r["mis_id"] for r in rows if held.now(r)}
    assert answer["StudentSENProvisionHistory"] == []


@pytest.mark.parametrize(("name", "value"), [("Active", "maybe"), ("SENTypeRank", "first"), ("updatedSince", "May")])
def test_values_that_are_none_are_refused(app: Caller, name: str, value: str):
    assert f"{name}: {value}" in app.refusal(f"SEN?{name}={value}")


CHANGES: list[tuple[str, type[Record], dict[str, object]]] = [
    ("StudentSENTypeHistory", SenNeed, {"notes": "Reads to the class now"}),
    ("StudentSENProvisionHistory", SenProvision, {"end": "2030-07-01"}),
    ("SENEvents", SenEvent, {"comments": "Went well"}),
]


@pytest.mark.parametrize(("table", "record", "change"), CHANGES, ids=[c[0] for c in CHANGES])
def test_updated_since_leaves_what_has_changed(
    asker: Caller, small: Tables, table: str, record: type[Record], change: dict[str, object]
):
    row = of_roll(small, table)[0]
    small.change(record, row["id"], "2027-01-01T10:00:00.000", **change)
    answer = asker.answer(f"SEN?updatedSince=2027-01-01&{ALL}")
    assert {t: [r["Id"] for r in answer[t]] for t in TABLES if answer[t]} == {table: [row["mis_id"]]}


def test_a_student_who_leaves_takes_their_needs_along(asker: Caller, small: Tables):
    student = small.known("student")[of_roll(small, "SENEHCP")[0]["student"]]
    small.change(Student, student["id"], leaving_date="2026-11-19")
    answer = asker.answer(f"SEN?StudentId={student['mis_id']}&{ALL}")
    assert not any(answer[t] for t in TABLES)


# ---- people


def test_a_coordinator_is_a_member_of_staff_or_an_agent(app: Caller, held: Tables):
    staff, agents = held.known("staff"), held.known("agent")
    stored = {r["mis_id"]: r for r in of_roll(held, "StudentSENReviews")}
    kinds: set[tuple[bool, bool]] = set()
    for row in app.rows("SEN?includeSENReviews=true", "StudentSENReviews"):
        review = stored[row["Id"]]
        one, other = staff.get(review["staff"]), agents.get(review["agent"])
        kinds.add((one is not None, other is not None))
        assert row["StaffMis_Id"] == (one and one["mis_id"])
        assert row["StaffLocalId"] == (one and f"PWT-{one['mis_id']}")
        assert row["AgentMis_id"] == (other and other["mis_id"])
        assert row["AgentLocalId"] == (other and f"PA-{other['mis_id']}")
        if other:
            assert row["SenCoordinatorName"] == f"{other['title']} {other['forename']} {other['surname']}"
            assert row["Roles"] == "Agent"
        if one:
            assert row["Roles"] == ("Employee,Teacher" if one["is_teacher"] else "Employee")
    assert kinds == {(True, False), (False, True)}


def test_a_member_of_staff_is_named_as_the_document_does(app: Caller):
    staff = {s["Id"]: s for s in app.rows("Staff")}
    review = next(r for r in app.rows("SEN?includeSENReviews=true", "StudentSENReviews") if r["StaffMis_Id"])
    assert review["SenCoordinatorName"] == staff[review["StaffMis_Id"]]["DisplayName"]
    rows = app.rows("SEN?includeSENEvents=true", "SENEventPersons")
    person = next(r for r in rows if r["StaffMis_Id"])
    who = staff[person["StaffMis_Id"]]
    assert person["PersonName"] == f"{who['Title']} {who['Forename']} {who['Surname']}"


def test_staff_agents_and_contacts_take_part_in_events(app: Caller, held: Tables):
    contacts, agents = held.known("contact"), held.known("agent")
    stored = {r["mis_id"]: r for r in of_roll(held, "SENEventPersons")}
    events = held.known("sen_event")
    roles: set[str] = set()
    for row in app.rows("SEN?includeSENEvents=true", "SENEventPersons"):
        person = stored[row["Id"]]
        roles.add(row["Roles"])
        assert row["SENEventsId"] == events[person["event"]]["mis_id"]
        contact, agent = contacts.get(person["contact"]), agents.get(person["agent"])
        assert (row["ContactMis_Id"], row["ContactLocalId"]) == (
            (contact["mis_id"], f"PC-{contact['mis_id']}") if contact else (None, None)
        )
        assert (row["AgentMis_Id"], row["AgentLocalId"]) == (
            (agent["mis_id"], f"PA-{agent['mis_id']}") if agent else (None, None)
        )
        assert row["PersonName"]
    assert roles == {"Agent", "Contact", "Employee,Teacher"}


def test_somebody_whom_the_grant_leaves_out_took_part_in_nothing(asker: Caller, small: Tables):
    person = next(p for p in of_roll(small, "SENEventPersons") if p["staff"])
    member = small.known("staff")[person["staff"]]
    before = asker.ids("SEN?includeSENEvents=true", "SENEventPersons")
    hub = asker.hub
    grant = hub.desk.grants.at(hub.app("all.example.org"), asker.estab)
    hub.desk.people.choose(grant, "staff", "except", [member["mis_id"]])
    theirs = {p["mis_id"] for p in of_roll(small, "SENEventPersons") if p["staff"] == member["id"]}
    assert asker.ids("SEN?includeSENEvents=true", "SENEventPersons") == before - theirs
    rows = asker.rows("SEN?includeSENReviews=true", "StudentSENReviews")
    assert {(r["SenCoordinatorName"], r["StaffMis_Id"], r["Roles"]) for r in rows if not r["AgentMis_id"]} == {
        (None, None, None)
    }


# ---- scopes


def shown(small: Tables, *scopes: str) -> dict[str, set[str]]:
    """The tables with rows for a token, each with its columns."""
    asked = Caller(small.hub, scopes)
    path = f"/api/v1/School/{asked.estab}/SEN?httpstatuscodes=true"
    options = [o for o in ALL.split("&") if small.hub.get(f"{path}&{o}", asked.token).status == 200]
    put_in_all(small)
    answer = asked.answer("&".join(["SEN?httpstatuscodes=true", *options]))
    return {t: set(answer[t][0]) for t in TABLES if answer[t]}


def put_in_all(small: Tables) -> None:
    """See to it that there is a review and an event of a student on roll, whatever the demo holds."""
    student = small.known("student")[of_roll(small, "SENEHCP")[0]["student"]]
    small.add(SenReview, student=student["id"], kind="Annual", date="2026-11-02")
    event = small.add(SenEvent, student=student["id"], kind="Meeting", date="2026-11-02")
    agent = small.of("agent")[0]["id"]
    small.add(SenEventPerson, student=student["id"], event=event, agent=agent)


def test_kinds_of_need_open_the_types_and_all_of_a_review_but_its_id(small: Tables):
    found = shown(small, "SENTypes")
    assert {"StudentSENTypeHistory", "StudentSENProvisionHistory", "StudentSENReviews"} <= found.keys()
    assert not {"SENEvents", "SENEventPersons", "SENStatements", "SENEHCP"} & found.keys()
    assert "Id" not in found["StudentSENReviews"] >= {"ReviewType", "SenCoordinatorName", "StudentMis_Id"}


def test_needs_in_full_open_the_provisions(small: Tables):
    assert shown(small, "SEN").keys() == {"StudentSENProvisionHistory"}


def test_the_scope_of_reviews_opens_their_ids(small: Tables):
    assert shown(small, "SENReviews") == {"StudentSENReviews": {"Id"}}
    assert shown(small, "SENReviews", "SENTypes")["StudentSENReviews"] >= {"Id", "ReviewType"}


@pytest.mark.parametrize(
    ("scope", "opened"),
    [
        ("SENEvents", {"SENEvents", "SENEventPersons"}),
        ("SENEHCP", {"SENEHCP", "SENEHCPDocuments"}),
    ],
)
def test_each_other_scope_opens_its_own_tables(small: Tables, scope: str, opened: set[str]):
    assert shown(small, scope).keys() == opened


def test_statements_open_with_theirs(small: Tables):
    asked = Caller(small.hub, ["SENStatements"])
    answer = asked.answer("SEN?includeSENStatements=true")
    assert [t for t in TABLES if answer[t]] == ["SENStatements", "SENStatementDocuments"]


def test_without_any_of_the_scopes_there_is_nothing_to_ask(small: Tables):
    other = Caller(small.hub, ["Student", "StudentMedical"])
    assert small.hub.school("SEN", other.token)["ExceptionType"] == "ScopeNotHeld"


def test_a_filter_on_what_is_not_granted_does_not_exist(small: Tables):
    asked = Caller(small.hub, ["SENEvents"])
    for unknown in ("SENProvision=K", "SENTypeRank=1", "Active=1", "includeSENEHCP=true"):
        assert "is not a filter or option" in asked.refusal(f"SEN?{unknown}")


def test_reviews_are_not_found_by_a_student_whom_the_token_may_not_see_in_them(small: Tables):
    asked = Caller(small.hub, ["SENReviews", "SENEvents"])
    person = of_roll(small, "SENEvents")[0]
    put_in_all(small)
    mis_id = small.known("student")[person["student"]]["mis_id"]
    answer = asked.answer(f"SEN?StudentId={mis_id}&includeSENReviews=true&includeSENEvents=true")
    assert answer["SENEvents"]
    assert answer["StudentSENReviews"] == []


def test_a_review_that_is_gone_is_not_named_by_an_id_that_is_not_granted(small: Tables):
    asked = Caller(small.hub, ["SENTypes"])
    path = "SEN?includeSENReviews=true&changedRows="
    first = asked.answer(f"{path}*")["__changedRows__"][0]["NextChangedRows"]
    review = of_roll(small, "StudentSENReviews")[0]
    with small.hub.store.write(small.school["district"]) as batch:
        batch.remove(SenReview, review["id"])
    (gone,) = asked.answer(f"{path}{first}")["StudentSENReviews_deleted"]
    assert gone["Id"] == review["id"] != review["mis_id"]
