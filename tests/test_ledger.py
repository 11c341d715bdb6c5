"""The ledger of disclosures: who saw what about whom, when, through every API."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

import pytest

from rollbook.consent.disclosures import Disclosure, Disclosures
from rollbook.consent.ledger import Ledger
from rollbook.consent.slips import shows
from rollbook.model.people import Person
from rollbook.model.students import Student
from rollbook.store.journal import FOLDER
from rollbook.store.ledger import ALWAYS
from rollbook.store.sqlite import Store
from tests.looking import look

from .district import edfi, student
from .edlink.vendor import Vendor
from .hub import THORNFIELD, Answer, Hub
from .research.lab import Lab
from .research.test_linked import Study
from .test_cli import run
from .told import entries, roles, told

GRAHAM = "9919"


def about(hub: Hub, mis_id: str = GRAHAM, kind: str = "Student") -> list[Disclosure]:
    """What the operator is told of somebody."""
    (role,) = roles(hub, mis_id, kind=kind)
    ledger = Disclosures(hub.store)
    return ledger.often(ledger.of_person(role), ALWAYS)


# ---- Xporter


def test_an_answer_tells_of_the_people_in_it(small_hub: Hub) -> None:
    small_hub.school(f"Students?id={GRAHAM}&select=Id,Surname,RegGroup", small_hub.token())
    (line,) = about(small_hub)
    assert [(v.relying_party, v.estab) for v in line.viewers] == [("app.example.org", THORNFIELD)]
    assert (line.dialect, line.endpoint) == ("xporter", "school.students")
    assert line.facts == ("Student.mis_id", "Student.reg_group.name", "Student.surname")
    assert (line.times, line.first, line.last) == (1, "2026-11-18T11:06:40.000Z", "2026-11-18T11:06:40.000Z")
    assert about(small_hub, "9920") == []


def test_a_fact_that_is_empty_is_on_the_line_as_empty(small_hub: Hub) -> None:
    (graham,) = roles(small_hub, GRAHAM)
    with small_hub.store.write(1) as batch:
        batch.change(Student, graham, {"upn": None})
    small_hub.school(f"Students?id={GRAHAM}&select=Id,UPN", small_hub.token())
    (line,) = about(small_hub)
    assert line.words == ("Student: The MIS Id of the student", f"Student: {Student.upn.about} (empty)")


def test_an_answer_from_memory_is_told_each_time(small_hub: Hub) -> None:
    token = small_hub.token()
    for _ in range(3):
        small_hub.school("Students", token)
        small_hub.now += 60
    (line,) = about(small_hub)
    assert (line.times, line.first[11:19], line.last[11:19]) == (3, "11:06:40", "11:08:40")
    first, *others = entries(small_hub)
    on_roll = {s["Id"] for s in small_hub.school("Students", token)["Students"]}
    assert first.people == first.rows == len(on_roll)
    assert {(one.what, one.people, one.rows) for one in others} == {(first.what, first.people, first.rows)}
    assert told(small_hub) == roles(small_hub, *on_roll)


def test_a_list_of_people_in_a_row_tells_of_each(small_hub: Hub) -> None:
    token = small_hub.token()
    every = small_hub.school("Groups?select=Id,StudentIds,StaffIds", token)["Group"]
    full = next(group for group in every if group["StudentIds"] and group["StaffIds"])
    small_hub.school(f"Groups?select=Id,StudentIds,StaffIds&id={full['Id']}", token)
    students, staff = full["StudentIds"].split(","), full["StaffIds"].split(",")
    assert told(small_hub) == roles(small_hub, *students) | roles(small_hub, *staff, kind="Staff")
    small_hub.school(f"Groups?select=Id,Name&id={full['Id']}", token)
    assert told(small_hub) == frozenset()


def test_whoever_a_joined_fact_is_of_is_told_of(small_hub: Hub) -> None:
    answer = small_hub.school("Detentions?DateFrom=2026-09-01&DateTo=2026-12-31", small_hub.token())
    takers = {row["AssignedStaffId"] for row in answer["Detentions"] if row["AssignedStaffId"]}
    assert takers
    assert roles(small_hub, *takers, kind="Staff") <= told(small_hub)


def test_a_list_of_ids_tells_of_those_on_it(small_hub: Hub) -> None:
    small_hub.desk.people.choose(small_hub.grant(), "Student", "only", [GRAHAM, "9920"])
    # What was chosen stays chosen when the app is authorised anew.
    (row,) = small_hub.get("/api/v1/GDPRIDs", small_hub.token()).json["GDPR"]
    assert row["StudentIds"] == f"{GRAHAM},9920"
    assert told(small_hub) == roles(small_hub, GRAHAM, "9920")


def test_counts_tell_of_nobody(small_hub: Hub) -> None:
    small_hub.school("Counts", small_hub.token())
    (only,) = entries(small_hub)
    assert (only.what.endpoint, only.people) == ("school.counts", 0)


def test_a_refusal_tells_of_nobody_and_counts_as_a_request(small_hub: Hub) -> None:
    token = small_hub.token(["StudentLite"])
    small_hub.school("Staff", token)
    small_hub.school("Students?nonsense=1", token)
    wrong, held = entries(small_hub)
    assert (held.what.endpoint, held.what.outcome, held.status, held.people) == ("school.staff", "ScopeNotHeld", 403, 0)
    assert (wrong.what.outcome, wrong.status, wrong.people) == ("InvalidRequest", 400, 0)


def test_nobody_who_is_not_admitted_is_in_the_ledger(small_hub: Hub) -> None:
    small_hub.school("Students", "no token")
    small_hub.get("/")
    assert entries(small_hub) == []


def test_a_change_set_tells_only_of_those_who_changed(small_hub: Hub) -> None:
    token = small_hub.token()
    first = small_hub.school("Students?changedRows=*", token)
    assert told(small_hub) >= roles(small_hub, *(s["Id"] for s in first["Students"]))
    value = first["__changedRows__"][0]["NextChangedRows"]
    small_hub.school(f"Students?changedRows={value}", token)
    assert told(small_hub) == frozenset()
    (graham,), (gone,) = roles(small_hub, GRAHAM), roles(small_hub, "9920")
    with small_hub.store.write(1) as batch:
        batch.change(Student, graham, {"admission_no": "000001"})
        batch.remove(Student, gone)
    answer = small_hub.school(f"Students?changedRows={value}&select=Id,AdmissionNo", token)
    assert [row["Id"] for row in answer["Students_deleted"]] == ["9920"]
    assert {graham, gone} <= told(small_hub)


# ---- the other dialects


def test_ed_fi_tells_of_the_students_of_its_page(small_hub: Hub) -> None:
    small_hub.grant()
    key, secret = small_hub.desk.credentials.add(small_hub.app(), "edfi", rights=["EdFiSandbox"])
    token, _ = small_hub.desk.tickets.exchange("edfi", key.key, secret, 3600)
    answer = small_hub.get("/edfi/data/v3/ed-fi/students?limit=3", authorization=f"Bearer {token}")
    page: list[dict[str, Any]] = json.loads(answer.body)
    assert {identity.replace("-", "") for identity in told(small_hub)} == {document["id"] for document in page}
    (last,) = entries(small_hub)
    assert (last.what.dialect, last.what.endpoint, last.rows) == ("edfi", "students", 3)


def test_edlink_tells_of_a_page_and_not_of_who_stands_behind_it(small_hub: Hub) -> None:
    vendor = Vendor(small_hub)
    page = vendor.body("people", first=5)
    assert len(page["$data"]) == 5
    assert "$next" in page
    assert told(small_hub) == {person["id"] for person in page["$data"]}
    (last,) = entries(small_hub)
    assert (last.what.dialect, last.what.endpoint, last.rows) == ("edlink", "people", 5)


def test_the_line_of_students_says_nothing_that_is_asked_of_contacts(small_hub: Hub) -> None:
    vendor = Vendor(small_hub)
    section = vendor.body("sections", first=1)["$data"][0]["id"]
    assert len(vendor.body(f"sections/{section}/students", first=1000)["$data"]) > 2
    facts = entries(small_hub)[0].what.facts
    assert "Student.grade_level" in facts
    assert [fact for fact in facts if fact.startswith(("Contact.", "Relationship."))] == []


def test_research_tells_of_the_student_behind_a_subject(small_hub: Hub) -> None:
    lab = Lab(small_hub)
    study = Study(lab)
    cohort = study.drawn()
    lab.get(f"stem/cohort/{cohort['id']}/?include[]=subjects.*")
    assert told(small_hub) == set(study.behind().values())
    subject = cohort["subjects"][0]
    lab.get(f"stem/subject/{subject}/")
    assert told(small_hub) == {study.behind()[subject]}
    (viewer,) = entries(small_hub)[0].what.grants
    assert viewer == study.grant.id
    line = Disclosures(small_hub.store).often(told(small_hub), ALWAYS)[0]
    assert [(v.relying_party, v.reader) for v in line.viewers] == [("study.example.org", "ada@research.example")]


# ---- answers without rows


class District:
    """An app that speaks Ed-Fi."""

    def __init__(self, hub: Hub) -> None:
        hub.grant()
        key, secret = hub.desk.credentials.add(hub.app(), "edfi", rights=["EdFiSandbox"])
        self.hub = hub
        self.token = hub.desk.tickets.exchange("edfi", key.key, secret, 3600)[0]
        found = look(
            hub.store,
            "SELECT p.id, p.student_unique_id, p.birth_date FROM person p JOIN student s ON s.person = p.id"
            " AND s.district = p.district WHERE s.mis_id = ? ORDER BY s.district",
            (GRAHAM,),
        ).fetchone()
        assert found is not None
        self.graham: tuple[str, str, str] = found

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """The answer to a request for something of Ed-Fi's."""
        headers |= {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        return self.hub.ask(method, f"/edfi/data/v3/ed-fi/{path}", None, body, **headers)


def test_a_guess_about_somebody_who_is_named_is_on_their_line_right_or_wrong(small_hub: Hub) -> None:
    district = District(small_hub)
    person, unique, born = district.graham
    for day, number in ((born, "1"), ("1999-12-31", "0")):
        asked = f"students?limit=0&totalCount=true&studentUniqueId={unique}&birthDate={day}"
        assert district.ask("GET", asked).headers["total-count"] == number
        assert person in told(small_hub)
        assert entries(small_hub)[0].what.facts == ("Person.birth_date",)


def test_an_answer_without_content_tells_of_somebody_and_shows_no_fact(small_hub: Hub) -> None:
    district = District(small_hub)
    path = f"students/{district.graham[0].replace('-', '')}"
    tag = district.ask("GET", path).headers["etag"]
    assert district.ask("GET", path, if_none_match=tag).status == 304
    (last, *_) = entries(small_hub)
    assert (told(small_hub), last.what.facts, last.rows) == ({district.graham[0]}, (), 0)
    small_hub.ask("HEAD", f"/api/v1/School/{THORNFIELD}/Students?id={GRAHAM}", small_hub.token())
    (last, *_) = entries(small_hub)
    assert (told(small_hub), last.what.facts, last.rows) == (roles(small_hub, GRAHAM), (), 0)


def test_the_week_of_a_child_is_on_their_line_though_no_row_names_them(small_hub: Hub) -> None:
    answer = small_hub.school(f"TimetableForStudent/{GRAHAM}", small_hub.token())
    assert answer["Lessons"]
    assert roles(small_hub, GRAHAM) <= told(small_hub)


def test_a_filter_that_nobody_granted_matches_tells_of_nobody_and_depends_on_nobody(small_hub: Hub) -> None:
    district = District(small_hub)
    (graham,) = roles(small_hub, GRAHAM)
    grant = small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    with small_hub.store.write(1) as batch:
        batch.change(Person, district.graham[0], {"surname": "Unlikely", "legal_surname": "Unlikely"})
    small_hub.desk.people.choose(grant, "Student", "except", [GRAHAM])
    asked = [f"students?lastSurname={name}&totalCount=true" for name in ("Unlikely", "Nobody")]
    before = [district.ask("GET", path) for path in asked]
    assert [(one.json, one.headers["total-count"]) for one in before] == [([], "0")] * 2
    assert told(small_hub) == frozenset()
    assert {line.people for line in entries(small_hub)[:2]} == {0}
    everybody = roles(small_hub)
    with small_hub.store.write(1) as batch:
        for identity in (graham, *sorted(everybody - {graham})[:5]):
            batch.remove(Student, identity)
    assert [(one.body, one.headers) for one in before] == [
        (one.body, one.headers) for one in (district.ask("GET", path) for path in asked)
    ]


def test_whoever_is_skipped_before_a_page_that_a_filter_chose_is_on_its_line(small_hub: Hub) -> None:
    district = District(small_hub)
    three = json.loads(district.ask("GET", "students?limit=3").body)
    people = {str(uuid.UUID(one["id"])) for one in three}
    with small_hub.store.write(1) as batch:
        for identity in people:
            batch.change(Person, identity, {"surname": "Unlikely", "legal_surname": "Unlikely"})
    assert len(district.ask("GET", "students?lastSurname=Unlikely&offset=2&limit=1").json) == 1
    assert people <= told(small_hub)
    assert district.ask("GET", "students?lastSurname=Unlikely&offset=3").json == []
    assert people <= told(small_hub)


def test_whoever_is_gone_or_renamed_is_on_the_line_that_says_so(small_hub: Hub) -> None:
    district = District(small_hub)
    (graham,) = roles(small_hub, GRAHAM)
    with small_hub.store.write(1) as batch:
        batch.change(Person, district.graham[0], {"student_unique_id": "990001"})
    assert "990001" in district.ask("GET", "students/keyChanges").body.decode()
    assert told(small_hub) & {district.graham[0], graham}
    with small_hub.store.write(1) as batch:
        batch.remove(Student, graham)
    for path in ("students/deletes", "studentSchoolAssociations/deletes"):
        assert "990001" in district.ask("GET", path).body.decode()
        assert told(small_hub) & {district.graham[0], graham}, path


def test_edlink_tells_of_whoever_an_event_is_about_and_whoever_asks_for_what_is_theirs(small_hub: Hub) -> None:
    vendor = Vendor(small_hub)
    person = District(small_hub).graham[0]
    with small_hub.store.write(1) as batch:
        batch.change(Person, person, {"surname": "Unlikely"})
    assert entries(small_hub) == []
    assert person in vendor.ask("events", last=100).body.decode()
    lines = (small_hub.store.ledger.people(line.number) for line in entries(small_hub))
    assert person in frozenset[str]().union(*lines)
    mine = vendor.signed_in(person)
    for path in ("profile", "classes", "sections", "schools", "enrollments"):
        assert mine.ask(path).status == 200
        assert person in told(small_hub), path


def test_a_write_about_somebody_is_on_their_line_taken_or_refused(small_hub: Hub) -> None:
    district = District(small_hub)
    person, unique, _ = district.graham
    assert district.ask("DELETE", f"students/{person.replace('-', '')}").status == 409
    assert person in told(small_hub)
    body = {
        "studentReference": {"studentUniqueId": unique},
        "cohortReference": {"cohortIdentifier": "nobody's", "educationOrganizationId": int(THORNFIELD)},
        "beginDate": "2026-09-14",
    }
    assert district.ask("POST", "studentCohortAssociations", json.dumps(body).encode()).status == 409
    assert person in told(small_hub)


@pytest.mark.parametrize(("method", "within"), [("POST", False), ("PUT", True)])
def test_a_refused_guess_at_a_fact_is_on_the_line_of_whom_it_names_and_shows_none(
    small_hub: Hub, method: str, within: bool
) -> None:
    person, unique, born = District(small_hub).graham
    small_hub.grant(["SchoolLite", "StudentLite", "WritebackStudents"], app="guesses.example.org")
    api = edfi(small_hub, small_hub.app("guesses.example.org"))
    (seen,) = api.get(f"students?studentUniqueId={unique}")
    named = {n: v for n, v in seen.items() if not n.startswith("_")}
    for guess in (born, "1999-12-31"):
        body = student(unique) | named | {"birthDate": guess}
        body = body if within else {n: v for n, v in body.items() if n != "id"}
        assert api.ask(method, f"students/{seen['id']}" if within else "students", body).status == 403
        (last, *_) = entries(small_hub)
        assert (last.what.outcome, last.what.facts, last.rows) == ("403", (), 0)
        assert person in told(small_hub)


def test_a_write_that_the_grant_alone_refuses_tells_of_nobody(small_hub: Hub) -> None:
    person, unique, born = District(small_hub).graham
    small_hub.grant(["SchoolLite", "StudentLite"], app="guesses.example.org")
    api = edfi(small_hub, small_hub.app("guesses.example.org"))
    for one in (unique, "nobody"):
        assert api.ask("POST", "students", student(one) | {"birthDate": born}).status == 403
        (last, *_) = entries(small_hub)
        assert (last.what.outcome, last.people) == ("403", 0)
        assert person not in told(small_hub)


# ---- who asks


def test_a_person_is_found_by_any_role_and_by_themselves(small_hub: Hub) -> None:
    small_hub.school(f"Students?id={GRAHAM}", small_hub.token())
    (role,) = roles(small_hub, GRAHAM)
    person = look(small_hub.store, "SELECT person FROM student WHERE id = ?", (role,)).get
    ledger = Disclosures(small_hub.store)
    assert ledger.of_person(role) == ledger.of_person(person)
    assert len(ledger.often(ledger.of_person(person), ALWAYS)) == 1


def test_a_student_who_has_gone_is_still_found(small_hub: Hub) -> None:
    small_hub.school(f"Students?id={GRAHAM}", small_hub.token())
    (role,) = roles(small_hub, GRAHAM)
    with small_hub.store.write(1) as batch:
        batch.remove(Student, role)
    district, school, _ = small_hub.desk.schools.find(THORNFIELD)
    ledger = Disclosures(small_hub.store)
    assert role in ledger.at_school(district, school, "Student", GRAHAM)
    (line,) = ledger.often(ledger.of_person(role), ALWAYS)
    assert line.endpoint == "school.students"


def test_the_command_tells_who_saw_a_child(small_hub: Hub) -> None:
    small_hub.school(f"Students?id={GRAHAM}&select=Id,Surname", small_hub.token())
    data = ["--data", small_hub.store.folder]
    said = run("disclosures", "--school", THORNFIELD, "--student", GRAHAM, *data)
    assert json.loads(said.stdout) == [
        {
            "seenBy": [
                {
                    "relyingParty": "app.example.org",
                    "app": "app.example.org",
                    "estab": THORNFIELD,
                    "school": "Thornfield Academy",
                    "reader": "",
                }
            ],
            "api": "xporter",
            "endpoint": "school.students",
            "facts": ["Student: The MIS Id of the student", "Student: Preferred surname"],
            "times": 1,
            "first": "2026-11-18T11:06:40.000Z",
            "last": "2026-11-18T11:06:40.000Z",
            "whole": True,
        }
    ]
    assert json.loads(run("disclosures", "--school", THORNFIELD, "--student", "9920", *data).stdout) == []
    later = run("disclosures", "--school", THORNFIELD, "--student", GRAHAM, "--since", "2026-11-19", *data)
    assert json.loads(later.stdout) == []
    every = run("disclosures", "--school", THORNFIELD, "--student", GRAHAM, "--all", *data)
    assert [one["last"] for one in json.loads(every.stdout)] == ["2026-11-18T11:06:40.000Z"]


def test_the_command_wants_one_person(small_hub: Hub) -> None:
    data = ["--data", small_hub.store.folder]
    assert "name one person" in run("disclosures", *data).stderr
    assert "name one person" in run("disclosures", "--school", THORNFIELD, *data).stderr
    assert "is not the hub id of anybody" in run("disclosures", "--person", "x", *data).stderr
    assert "is not a day" in run("disclosures", "--person", "x", "--since", "soon", *data).stderr


# ---- what must not be lost


def test_what_cannot_be_written_down_does_not_leave(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    pen = small_hub.edge.ledger
    assert pen is not None
    pen._journal._part_bytes = 1  # pyright: ignore[reportPrivateUsage]
    token = small_hub.token()
    path = f"Students?id={GRAHAM}&httpstatuscodes=true"
    small_hub.school(path, token)

    def full(file: int, first: int, length: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "posix_fallocate", full)
        for asked in (path, "Students?httpstatuscodes=true", "Students"):
            refused = small_hub.get(f"/api/v1/School/{THORNFIELD}/{asked}", token)
            assert (refused.status, refused.headers["retry-after"]) == (503, "2")
            assert refused.json == {
                "Message": "The service is temporarily unavailable. Try again later.",
                "ExceptionType": "ServiceUnavailable",
                "ExceptionMessage": "the hub cannot record disclosures at the moment, so it returns no data"
                " (try again later; the hub's log says why)",
                "InnerException": None,
            }
    assert small_hub.school(path, token)["Students"][0]["Id"] == GRAHAM
    assert [one.what.endpoint for one in entries(small_hub)] == ["school.students"] * 2


def test_a_record_that_is_not_whole_is_left_out_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pen = Ledger(tmp_path)
    for _ in range(2):
        with pen.reading("webhook", "data", "app", ()) as slip:
            shows("somebody")
        pen.note(slip)
    (journal,) = (tmp_path / FOLDER).glob("*.000001")
    end = pen._journal._end  # pyright: ignore[reportPrivateUsage]
    pen.close()
    with journal.open("r+b") as file:
        file.seek(end - 4)
        file.write(b"????")
    with Store(tmp_path) as store:
        store.ledger.fold()
        assert len(store.ledger.log([what.number for what in store.ledger.whats()])) == 1
    assert "is not whole" in caplog.text


def test_an_answer_that_is_cut_off_was_told_as_far_as_it_came(small_hub: Hub) -> None:
    pen = small_hub.edge.ledger
    assert pen is not None
    slip = pen.slip()
    slip.dialect, slip.endpoint = "xporter", "school.students"
    slip.by("app", ["grant"])
    growing = pen.begin(slip)
    slip.share().people.add("first")
    growing.grow()
    assert entries(small_hub) == []
    # The process ends here: its lock is free, and nobody goes on with the answer.
    pen.close()
    (only,) = entries(small_hub)
    assert (only.cut, small_hub.store.ledger.people(only.number)) == (True, {"first"})
    assert list((small_hub.store.folder / FOLDER).iterdir()) == []


def test_folding_twice_tells_nothing_twice(small_hub: Hub) -> None:
    token = small_hub.token()
    for _ in range(3):
        small_hub.school("Students", token)
        assert len(entries(small_hub)) == len(entries(small_hub))
    assert len(entries(small_hub)) == 3
    other = Hub(small_hub.store.folder)
    assert len(entries(other)) == 3
    other.close()


def test_journals_go_when_they_are_folded(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    pen = small_hub.edge.ledger
    assert pen is not None
    pen._journal._part_bytes = 1  # pyright: ignore[reportPrivateUsage]
    token = small_hub.token()
    for _ in range(4):
        small_hub.school("Students", token)
    assert len(entries(small_hub)) == 4
    kept = sorted(path.suffix for path in (small_hub.store.folder / FOLDER).iterdir())
    assert len(kept) == 2
    assert kept[1] == ".run"


def test_nothing_in_the_ledger_can_be_changed(small_hub: Hub) -> None:
    small_hub.school("Students", small_hub.token())
    entries(small_hub)
    for statement in ("DELETE FROM disclosure", "UPDATE people SET members = ''", "DELETE FROM human"):
        with pytest.raises(Exception, match="the ledger is only added to"):
            small_hub.store.ledger._db.execute(statement)  # pyright: ignore[reportPrivateUsage]
