"""Interventions and StudentInterventions: what a school does beside its lessons to help students on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rollbook.model.intervention import Intervention
from rollbook.model.students import Student

from .tables import Caller, Row, Tables, listed, mis_ids

PEOPLE = {
    "InterventionStaff": ("intervention_staff", "staff", "StaffId"),
    "InterventionContacts": ("intervention_contact", "contact", "ContactId"),
    "InterventionAgents": ("intervention_agent", "agent", "AgentId"),
}
"""The tables of those who take part: the store's table, the kind of person and the column that names them."""
CSVS = {"InterventionStaff": "StaffIds", "InterventionContacts": "ContactIds", "InterventionAgents": "AgentIds"}
TABLES = ("InterventionOvervews", "Interventions", *PEOPLE)
FIRST, LAST = "2026-01-05", "2026-09-30"


def of_roll(held: Tables, table: str) -> list[Row]:
    """The rows of a table of the store that are about students on roll."""
    students = held.known("student")
    return [r for r in held.of(table) if held.roll(students[r["student"]]) == "OnRoll"]


def since_first(row: Row) -> bool:
    """Whether it did not end before the first day asked for."""
    return row["end"] is None or row["end"] >= FIRST


def until_last(row: Row) -> bool:
    """Whether it does not start after the last day asked for."""
    return row["start"] <= LAST


SPANS: list[tuple[str, Callable[[Row], bool]]] = [
    ("", lambda _: True),
    (f"?DateFrom={FIRST}", since_first),
    (f"?DateTo={LAST}", until_last),
    (f"?DateFrom={FIRST}&DateTo={LAST}", lambda r: since_first(r) and until_last(r)),
]


@pytest.mark.parametrize(("asked", "meant"), SPANS, ids=["always", "from", "to", "both"])
def test_dates_leave_what_goes_on_between_them_in_every_table(
    app: Caller, held: Tables, asked: str, meant: Callable[[Row], bool]
):
    answer, interventions = app.answer(f"Interventions{asked}"), held.known("intervention")
    expected = {
        "InterventionOvervews": mis_ids(o for o in held.of("intervention_overview") if meant(o)),
        "Interventions": mis_ids(i for i in of_roll(held, "intervention") if meant(i)),
        **{
            name: mis_ids(p for p in of_roll(held, table) if meant(interventions[p["intervention"]]))
            for name, (table, _, _) in PEOPLE.items()
        },
    }
    assert {t: {r["Id"] for r in answer[t]} for t in TABLES} == expected
    assert all(expected.values())
    assert app.ids(f"StudentInterventions{asked}") == expected["Interventions"]


@pytest.mark.parametrize("segment", ["Interventions", "StudentInterventions"])
def test_dates_that_are_none_are_refused(app: Caller, segment: str):
    assert "DateFrom: May is not a date" in app.refusal(f"{segment}?DateFrom=May")
    assert "is after DateTo" in app.refusal(f"{segment}?DateFrom={LAST}&DateTo={FIRST}")


OFFER = {
    "Name": "name",
    "Type": "kind",
    "Description": "description",
    "Aim": "aim",
    "StartDate": "start",
    "EndDate": "end",
    "SessionsPerWeek": "sessions_per_week",
    "SessionMinutes": "minutes",
}
COURSE = {
    "StartDate": "start",
    "EndDate": "end",
    "ReviewDate": "review",
    "Reason": "reason",
    "Target": "target",
    "StartingPoint": "before",
    "EndPoint": "after",
    "Outcome": "outcome",
    "Comments": "comments",
}


def test_an_overview_tells_what_is_offered_and_how_many_take_part_today(app: Caller, held: Tables):
    staff = held.known("staff")
    now = [i for i in of_roll(held, "intervention") if held.now(i)]
    stored = {o["mis_id"]: o for o in held.of("intervention_overview")}
    rows = app.rows("Interventions")
    for row in rows:
        overview = stored[row["Id"]]
        assert {c: row[c] for c in OFFER} == {c: overview[n] for c, n in OFFER.items()}
        assert row["LeadStaffId"] == staff[overview["leader"]]["mis_id"]
        assert row["NumStudents"] == sum(i["overview"] == overview["id"] for i in now)
    assert any(r["NumStudents"] for r in rows)


@pytest.mark.parametrize("segment", ["Interventions", "StudentInterventions"])
def test_an_intervention_tells_why_and_what_came_of_it(app: Caller, held: Tables, segment: str):
    students, overviews = held.known("student"), held.known("intervention_overview")
    shown = {r["Id"]: r for r in app.rows(segment, segment)}
    statuses: set[str] = set()
    for stored in of_roll(held, "intervention"):
        row = shown[stored["mis_id"]]
        assert {c: row[c] for c in COURSE} == {c: stored[n] for c, n in COURSE.items()}
        assert row["StudentId"] == students[stored["student"]]["mis_id"]
        assert row["OverviewId"] == overviews[stored["overview"]]["mis_id"]
        status = "Planned" if held.later(stored) else "Completed" if held.ended(stored) else "Active"
        assert row["Status"] == status
        statuses.add(status)
    assert statuses == {"Planned", "Active", "Completed"}


@pytest.mark.parametrize("name", PEOPLE)
def test_those_who_take_part_are_linked_with_what_they_do(app: Caller, held: Tables, name: str):
    table, kind, column = PEOPLE[name]
    who, interventions = held.known(kind), held.known("intervention")
    rows = app.rows("Interventions", name)
    assert sorted((r["Id"], r["InterventionId"], r[column], r["Role"]) for r in rows) == sorted(
        (p["mis_id"], interventions[p["intervention"]]["mis_id"], who[p[kind]]["mis_id"], p["role"])
        for p in of_roll(held, table)
    )


@pytest.mark.parametrize("name", PEOPLE)
def test_a_students_intervention_lists_those_who_take_part(app: Caller, held: Tables, name: str):
    table, kind, _ = PEOPLE[name]
    who = held.known(kind)
    taking: dict[str, set[str]] = {}
    for person in held.of(table):
        taking.setdefault(person["intervention"], set()).add(who[person[kind]]["mis_id"])
    shown = {r["Id"]: listed(r[CSVS[name]]) for r in app.rows("StudentInterventions")}
    assert shown == {i["mis_id"]: sorted(taking.get(i["id"], ())) for i in of_roll(held, "intervention")}


def test_a_students_intervention_names_what_it_is(app: Caller, held: Tables):
    overviews = {o["mis_id"]: o for o in held.of("intervention_overview")}
    for row in app.rows("StudentInterventions"):
        overview = overviews[row["OverviewId"]]
        assert (row["Name"], row["Type"], row["Aim"]) == (overview["name"], overview["kind"], overview["aim"])
        assert row["StudentIdaasId"] == f"PL-{row['StudentId']}"


def test_what_a_leaver_took_part_in_is_not_shown(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    overview = small.of("intervention_overview")[-1]["id"]
    facts = {"student": student["id"], "overview": overview, "start": "2026-11-02", "end": "2026-12-11"}
    made = small.add(Intervention, **facts)
    (mis_id,) = (i["mis_id"] for i in small.of("intervention") if i["id"] == made)
    counted = sum(r["NumStudents"] for r in asker.rows("Interventions"))
    assert mis_id in asker.ids("StudentInterventions")
    small.change(Student, student["id"], leaving_date="2026-11-19")
    assert mis_id not in asker.ids("StudentInterventions") | asker.ids("Interventions", "Interventions")
    assert sum(r["NumStudents"] for r in asker.rows("Interventions")) < counted


def test_people_whom_the_grant_leaves_out_take_part_in_nothing(asker: Caller, small: Tables):
    row = asker.rows("Interventions", "InterventionStaff")[0]
    hub = asker.hub
    grant = hub.desk.grants.at(hub.app("all.example.org"), asker.estab)
    hub.desk.people.choose(grant, "staff", "except", [row["StaffId"]])
    answer = asker.answer("Interventions")
    assert row["StaffId"] not in {r["StaffId"] for r in answer["InterventionStaff"]}
    assert row["StaffId"] not in {r["LeadStaffId"] for r in answer["InterventionOvervews"]}
    named = {one for r in asker.rows("StudentInterventions") for one in listed(r["StaffIds"])}
    assert row["StaffId"] not in named


def test_students_whom_the_grant_leaves_out_are_not_counted(asker: Caller, small: Tables):
    row = next(r for r in asker.rows("Interventions", "Interventions") if r["Status"] == "Active")
    before = {r["Id"]: r["NumStudents"] for r in asker.rows("Interventions")}
    hub = asker.hub
    grant = hub.desk.grants.at(hub.app("all.example.org"), asker.estab)
    hub.desk.people.choose(grant, "students", "except", [row["StudentId"]])
    after = {r["Id"]: r["NumStudents"] for r in asker.rows("Interventions")}
    assert after[row["OverviewId"]] == before[row["OverviewId"]] - 1
    assert row["Id"] not in asker.ids("StudentInterventions")


def test_comments_need_a_scope_of_their_own(small: Tables):
    plain = Caller(small.hub, ["Conduct"])
    for segment in ("Interventions", "StudentInterventions"):
        row = plain.rows(segment, segment)[0]
        assert "Comments" not in row
        assert {"Target", "Outcome"} <= row.keys()
    whole = Caller(small.hub, ["Conduct", "ConductComments"])
    assert "Comments" in whole.rows("StudentInterventions")[0]
    other = Caller(small.hub, ["Student", "SEN"])
    assert small.hub.school("Interventions", other.token)["ExceptionType"] == "ScopeNotHeld"
