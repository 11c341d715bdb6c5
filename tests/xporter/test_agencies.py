"""AgencyAgent: outside agencies and their people, as far as they work with students now."""

from __future__ import annotations

import pytest

from rollbook.model.agency import Agency, AgencyAgent, AgencyStudent, Agent, AgentStudent
from rollbook.model.students import Student

from .tables import Caller, Row, Tables, mis_ids

TABLES = ("Agency", "Agent", "AgencyStudent", "AgentStudent", "AgencyAgent")


class Outside:
    """Who works with a school's students today, worked out from the store's tables."""

    def __init__(self, held: Tables, *, medical: bool = True, student: str = "") -> None:
        students = held.known("student")
        agencies, agents = held.known("agency"), held.known("agent")

        def wanted(link: Row) -> bool:
            mine = not student or students[link["student"]]["mis_id"] == student
            return mine and held.now(link) and held.roll(students[link["student"]]) == "OnRoll"

        def open_to(agency: str | None, agent: str | None) -> bool:
            closed = agencies.get(agency or "", {}).get("kind") == "Medical"
            return medical or not (closed or agents.get(agent or "", {}).get("kind") == "Doctor")

        of_agency = [r for r in held.of("agency_student") if wanted(r) and open_to(r["agency"], None)]
        of_agent = [r for r in held.of("agent_student") if wanted(r) and open_to(None, r["agent"])]
        both_agencies, both_agents = {r["agency"] for r in of_agency}, {r["agent"] for r in of_agent}
        self.ids = {
            "Agency": mis_ids(a for a in agencies.values() if a["id"] in both_agencies),
            "Agent": mis_ids(a for a in agents.values() if a["id"] in both_agents),
            "AgencyStudent": mis_ids(of_agency),
            "AgentStudent": mis_ids(of_agent),
            "AgencyAgent": mis_ids(
                r
                for r in held.of("agency_agent")
                if r["agency"] in both_agencies and r["agent"] in both_agents and open_to(r["agency"], r["agent"])
            ),
        }


def ids(answer: dict[str, list[Row]]) -> dict[str, set[str]]:
    """The Ids of each table, every one of which stands once."""
    assert all(len(answer[t]) == len({r["Id"] for r in answer[t]}) for t in TABLES)
    return {t: {r["Id"] for r in answer[t]} for t in TABLES}


def test_agencies_and_agents_are_those_that_work_with_students_on_roll(app: Caller, held: Tables):
    found = ids(app.answer("AgencyAgent"))
    assert found == Outside(held).ids
    assert len(found["Agency"]) == len(held.of("agency")) - 1
    assert len(found["Agent"]) < len(held.of("agent"))


def test_what_is_medical_needs_the_medical_scope_as_well(held: Tables):
    asked = Caller(held.hub, ["AgencyAgent"])
    answer = asked.answer("AgencyAgent")
    assert ids(answer) == Outside(held, medical=False).ids
    assert "Medical" not in {r["AgencyType"] for r in answer["Agency"]}
    assert all(answer[t] for t in TABLES)
    whole = Caller(held.hub, ["AgencyAgent", "StudentMedical"])
    assert ids(whole.answer("AgencyAgent")) == Outside(held).ids


def test_the_medical_scope_alone_opens_nothing(held: Tables):
    asked = Caller(held.hub, ["StudentMedical"])
    assert held.hub.school("AgencyAgent", asked.token)["ExceptionType"] == "ScopeNotHeld"


def test_a_student_id_leaves_who_works_with_the_student(app: Caller, held: Tables):
    students = held.known("student")
    officers = {a["id"] for a in held.of("agent") if a["kind"] == "SEND Officer"}
    link = next(r for r in held.of("agent_student") if r["agent"] in officers and held.now(r))
    student = students[link["student"]]["mis_id"]
    expected = Outside(held, student=student).ids
    assert ids(app.answer(f"AgencyAgent?StudentId={student}")) == expected
    assert 1 < len(expected["Agency"]) < 8
    assert len(expected["AgencyAgent"]) == len(expected["Agent"])


def test_a_student_whom_nobody_knows_is_linked_to_nobody(app: Caller):
    assert ids(app.answer("AgencyAgent?StudentId=1")) == {t: set[str]() for t in TABLES}


AGENCY = {
    "AgencyType": "kind",
    "AgencyName": "name",
    "Telephone": "telephone",
    "Fax": "fax",
    "EmailAddress": "email",
    "Website": "website",
    "HouseNumber": "house_no",
    "HouseName": "house_name",
    "Apartment": "apartment",
    "Street": "street",
    "District": "locality",
    "Town": "town",
    "County": "county",
    "Postcode": "post_code",
    "Country": "country",
}
AGENT = {
    "Title": "title",
    "Surname": "surname",
    "Forename": "forename",
    "MiddleName": "middle_name",
    "Gender": "gender",
    "Telephone": "telephone",
    "EmailAddress": "email",
    "PrimaryTelephone": "primary_telephone",
    "PrimaryEmailAddress": "primary_email",
}


@pytest.mark.parametrize(("table", "columns"), [("Agency", AGENCY), ("Agent", AGENT)])
def test_a_row_tells_what_the_school_keeps(app: Caller, held: Tables, table: str, columns: dict[str, str]):
    stored = {r["mis_id"]: r for r in held.of(table.lower())}
    for row in app.rows("AgencyAgent", table):
        assert {c: row[c] for c in columns} == {c: stored[row["Id"]][n] for c, n in columns.items()}
        assert len(row["RowHash"]) == 40


def test_an_address_block_is_the_address_line_by_line(app: Caller):
    row = next(r for r in app.rows("AgencyAgent", "Agency") if r["HouseNumber"])
    lines = row["AddressBlock"].split("\n")
    assert f"{row['HouseNumber']} {row['Street']}" in lines
    assert lines[-2:] == [row["Postcode"], row["Country"]]


def test_links_name_both_ends_and_say_since_when(app: Caller, held: Tables):
    students, agencies, agents = held.known("student"), held.known("agency"), held.known("agent")
    answer = app.answer("AgencyAgent")
    stored = {r["mis_id"]: r for r in held.of("agency_student")}
    for row in answer["AgencyStudent"]:
        link = stored[row["Id"]]
        assert (row["AgencyId"], row["StudentId"]) == (
            agencies[link["agency"]]["mis_id"],
            students[link["student"]]["mis_id"],
        )
        told = (row["AgencyStudentLinkType"], row["AgencyStudentStartDate"], row["AgencyStudentEndDate"])
        assert told == (link["link_type"], link["start"], link["end"])
    stored = {r["mis_id"]: r for r in held.of("agent_student")}
    for row in answer["AgentStudent"]:
        link = stored[row["Id"]]
        assert (row["AgentId"], row["StudentId"]) == (
            agents[link["agent"]]["mis_id"],
            students[link["student"]]["mis_id"],
        )
        told = (row["AgentStudentLinkType"], row["AgentStudentStartDate"], row["AgentStudentEndDate"])
        assert told == (link["link_type"], link["start"], link["end"])
    stored = {r["mis_id"]: r for r in held.of("agency_agent")}
    for row in answer["AgencyAgent"]:
        link = stored[row["Id"]]
        assert (row["AgencyId"], row["AgentId"]) == (
            agencies[link["agency"]]["mis_id"],
            agents[link["agent"]]["mis_id"],
        )


def test_pages_run_through_what_is_medical_and_what_is_not(app: Caller):
    whole = [r["Id"] for r in app.rows("AgencyAgent")]
    paged = [r["Id"] for page in (1, 2, 3) for r in app.rows(f"AgencyAgent?pagesize=3&page={page}")]
    assert paged == whole[:9]
    answer = app.answer("AgencyAgent?pagesize=3")
    assert answer["__pagination__"][0]["RowCount"] == len(whole)


# ---- what is medical, to those who may not know of it


def unlinked_doctor(small: Tables) -> tuple[str, str, str]:
    """A practice, a doctor and a student on roll with whom they have nothing to do."""
    agency = small.add(Agency, kind="Medical", name="Rosehip Practice")
    agent = small.add(Agent, kind="Doctor", surname="Rosehip")
    small.add(AgencyAgent, agency=agency, agent=agent)
    return agency, agent, small.shown_students()[0]["id"]


def test_a_doctor_moves_no_byte_and_no_change_set_without_the_medical_scope(small: Tables):
    asked, hub = Caller(small.hub, ["AgencyAgent"]), small.hub
    path = f"/api/v1/School/{asked.estab}/AgencyAgent"
    before = hub.get(path, asked.token).body
    first = asked.answer("AgencyAgent?changedRows=*")["__changedRows__"][0]["NextChangedRows"]
    agency, agent, student = unlinked_doctor(small)
    small.add(AgencyStudent, agency=agency, student=student)
    small.add(AgentStudent, agent=agent, student=student)
    small.change(Agent, agent, surname="Thistle")
    small.change(Agency, agency, name="Thistle Practice")
    assert hub.get(path, asked.token).body == before
    then = asked.answer(f"AgencyAgent?changedRows={first}")
    assert then["__changedRows__"][0]["NextChangedRows"] == first


def test_a_doctor_is_there_once_a_student_is_linked(asker: Caller, small: Tables):
    agency, agent, student = unlinked_doctor(small)
    assert "Rosehip" not in {r["Surname"] for r in asker.rows("AgencyAgent", "Agent")}
    small.add(AgencyStudent, agency=agency, student=student, start="2026-11-01")
    small.add(AgentStudent, agent=agent, student=student, start="2026-11-01")
    answer = asker.answer("AgencyAgent")
    assert "Rosehip" in {r["Surname"] for r in answer["Agent"]}
    assert "Rosehip Practice" in {r["AgencyName"] for r in answer["Agency"]}
    assert ids(answer) == Outside(Tables(small.hub)).ids


def test_a_change_of_a_doctor_is_in_the_change_set_and_moves_its_stamp(asker: Caller, small: Tables):
    doctor = next(
        a for a in small.of("agent") if a["mis_id"] in asker.ids("AgencyAgent", "Agent") and a["kind"] == "Doctor"
    )
    first = asker.answer("AgencyAgent?changedRows=*")["__changedRows__"][0]["NextChangedRows"]
    small.change(Agent, doctor["id"], "2027-01-01T10:00:00.000", surname="Thistle")
    (row,) = asker.answer(f"AgencyAgent?changedRows={first}")["Agent"]
    assert (row["Id"], row["Surname"], row["LastUpdated"]) == (doctor["mis_id"], "Thistle", "2027-01-01T10:00:00.000")


def test_an_agency_that_becomes_medical_is_gone_for_those_without_the_scope(small: Tables):
    asked = Caller(small.hub, ["AgencyAgent"])
    first = asked.answer("AgencyAgent?changedRows=*")["__changedRows__"][0]["NextChangedRows"]
    row = asked.rows("AgencyAgent")[0]
    agency = next(a for a in small.of("agency") if a["mis_id"] == row["Id"])
    small.change(Agency, agency["id"], kind="Medical")
    then = asked.answer(f"AgencyAgent?changedRows={first}")
    assert then["Agency_deleted"] == [{"Id": row["Id"]}]
    assert {d["Id"] for d in then["AgencyStudent_deleted"]} == {
        r["mis_id"] for r in small.of("agency_student") if r["agency"] == agency["id"] and small.now(r)
    } & Outside(small).ids["AgencyStudent"]


# ---- students


@pytest.mark.parametrize(("start", "end"), [("2026-11-21", None), ("2026-09-01", "2026-11-19")])
def test_a_link_that_is_over_or_has_not_begun_links_nobody(asker: Caller, small: Tables, start: str, end: str | None):
    agency, agent, student = unlinked_doctor(small)
    small.add(AgencyStudent, agency=agency, student=student, start=start, end=end)
    small.add(AgentStudent, agent=agent, student=student, start=start, end=end)
    answer = asker.answer("AgencyAgent")
    assert "Rosehip" not in {r["Surname"] for r in answer["Agent"]}
    assert "Rosehip Practice" not in {r["AgencyName"] for r in answer["Agency"]}
    assert ids(answer) == Outside(Tables(small.hub)).ids


def test_a_student_who_leaves_or_is_left_out_links_nobody(asker: Caller, small: Tables):
    agency, _, student = unlinked_doctor(small)
    small.add(AgencyStudent, agency=agency, student=student)
    assert "Rosehip Practice" in {r["AgencyName"] for r in asker.rows("AgencyAgent")}
    hub = asker.hub
    grant = hub.desk.grants.at(hub.app("all.example.org"), asker.estab)
    hub.desk.people.choose(grant, "students", "except", [small.known("student")[student]["mis_id"]])
    assert "Rosehip Practice" not in {r["AgencyName"] for r in asker.rows("AgencyAgent")}
    hub.desk.people.choose(grant, "students", "all", [])
    assert "Rosehip Practice" in {r["AgencyName"] for r in asker.rows("AgencyAgent")}
    small.change(Student, student, leaving_date="2026-11-19")
    assert "Rosehip Practice" not in {r["AgencyName"] for r in asker.rows("AgencyAgent")}
