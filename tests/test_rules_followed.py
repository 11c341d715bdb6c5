"""Rules and those who follow changes: whoever falls out of a rule goes from each copy, whoever moved the roll."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.consent import App
from rollbook.ingest import import_roster
from rollbook.store.rules import Rule
from tests import rosters
from tests.looking import look

from .district import ED_FI, EdFi, enrolment, in_section
from .edfi.conftest import APP, caller
from .edfi.school_year import ESTAB, PUPIL, write
from .hub import THORNFIELD, Hub
from .office import STUDENTS, TODAY, Office, shown
from .told import entries, roles, told
from .xporter.writer import APP as REGISTER
from .xporter.writer import Writer

HERONSGATE = "1001"
"""The first school of the sample roster."""


@dataclass
class Reader:
    """An app that reads one school through each dialect, and has read the change feeds of each so far."""

    hub: Hub
    app: App
    estab: str
    token: str
    edfi: str
    edlink: str
    at: dict[str, Any] = field(default_factory=dict[str, Any])
    ended: set[str] = field(default_factory=set[str])
    """Whose enrolments Ed-Fi has told to be deleted, the last time that it was asked."""

    @classmethod
    def of(cls, hub: Hub, estab: str, *rules: Rule, mode: str = "only") -> Reader:
        """An app to which a school grants everything of the students whom rules name, once it has read them."""
        name = "follower.example.org"
        token, app = hub.token(estab=estab, app=name), hub.app(name)
        key, secret = hub.desk.credentials.add(app, "edfi")
        edfi, _ = hub.desk.tickets.exchange("edfi", key.key, secret, 36_000)
        _, edlink = hub.desk.credentials.add(app, "edlink", district=hub.desk.schools.find(estab)[0])
        made = cls(hub, app, estab, token, edfi, edlink)
        hub.desk.people.choose(hub.desk.grants.at(app, estab), "students", mode, rules=rules)
        made.changes()
        return made

    def get(self, path: str, token: str) -> Any:
        """What a path of a district's dialect answers."""
        answer = self.hub.get(path, authorization=f"Bearer {token}")
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    # ---- who is there

    def seen(self) -> set[str]:
        """The students (MIS ids) in Xporter, who are the same ones in each dialect and in GDPRIDs."""
        found = shown(self.hub, self.token, self.estab)
        people = self.people(found)
        pupils = {d["studentUniqueId"] for d in self.get(f"{ED_FI}/students?limit=500", self.edfi)}
        assert pupils == {unique for _, unique in people.values()}
        graph = self.get("/api/v2/graph/people?%24first=10000", self.edlink)["$data"]
        assert {p["id"] for p in graph if "student" in p["roles"]} == {person for person, _ in people.values()}
        (row,) = [r for r in self.hub.get("/api/v1/GDPRIDs", self.token).json["GDPR"] if r["IsOptIn"]]
        assert set(row["StudentIds"].split(",")) - {""} == found
        return found

    def people(self, mis_ids: set[str]) -> dict[str, tuple[str, str]]:
        """By MIS id, the human's hub id and unique id."""
        rows = look(
            self.hub.store,
            "SELECT s.mis_id, p.id, p.student_unique_id FROM student s JOIN person p ON p.id = s.person"
            " JOIN school c ON c.id = s.school WHERE c.estab = ?",
            (self.estab,),
        )
        return {mis_id: (person, unique) for mis_id, person, unique in rows if mis_id in mis_ids}

    # ---- what is told

    def changes(self) -> dict[str, tuple[set[str], set[str]]]:
        """By dialect, the students who came and those who went since this was last asked: MIS, unique and hub ids."""
        return {"xporter": self.read_xporter(), "edfi": self.read_edfi(), "edlink": self.read_edlink()}

    def read_xporter(self) -> tuple[set[str], set[str]]:
        """What Xporter's change sets tell (MIS ids)."""
        answer = self.hub.school(f"{STUDENTS}&changedRows={self.at.get('xporter', '%2A')}", self.token, self.estab)
        self.at["xporter"] = answer["__changedRows__"][0]["NextChangedRows"]
        came, went = ({r["Id"] for r in answer.get(table, [])} for table in ("Students", "Students_deleted"))
        return came, went

    def read_edfi(self) -> tuple[set[str], set[str]]:
        """What Ed-Fi's change queries tell (unique ids)."""
        newest = self.get("/edfi/changeQueries/v1/availableChangeVersions", self.edfi)["newestChangeVersion"]
        since, self.at["edfi"] = self.at.get("edfi", 0), newest
        if since == newest:
            return set(), set()
        window = f"limit=500&minChangeVersion={since + 1}&maxChangeVersion={newest}"
        came = {d["studentUniqueId"] for d in self.get(f"{ED_FI}/students?{window}", self.edfi)}
        went = {d["keyValues"]["studentUniqueId"] for d in self.get(f"{ED_FI}/students/deletes?{window}", self.edfi)}
        ended = self.get(f"{ED_FI}/studentSchoolAssociations/deletes?{window}", self.edfi)
        self.ended = {d["keyValues"]["studentUniqueId"] for d in ended}
        return came, went

    def read_edlink(self) -> tuple[set[str], set[str]]:
        """What Edlink's events tell (hub ids of humans)."""
        after = f"&%24after={self.at['edlink']}" if "edlink" in self.at else ""
        events = self.get(f"/api/v2/graph/events?%24first=10000{after}", self.edlink)["$data"]
        self.at["edlink"] = events[-1]["id"] if events else self.at["edlink"]
        people = [e for e in events if e["target"] == "person"]
        came = {e["target_id"] for e in people if e["type"] == "created" and "student" in e["data"]["roles"]}
        return came, {e["target_id"] for e in people if e["type"] == "deleted"}

    def told_of(self, came: set[str], went: set[str]) -> None:
        """Each dialect tells of exactly these students (MIS ids), of the others nothing."""
        known = self.people(came | went)

        def named(some: set[str], at: int) -> set[str]:
            return {known[m][at] for m in some}

        xporter, edfi, edlink = self.changes().values()
        assert xporter == (came, went)
        assert edfi == (named(came, 1), named(went, 1))
        assert edlink[0] == named(came, 0)
        # A contact goes with their last student.
        assert edlink[1] & set(self.everybody()) == named(went, 0)

    def everybody(self) -> list[str]:
        """The hub ids of all humans who are students of the school."""
        rows = look(
            self.hub.store,
            "SELECT s.person FROM student s JOIN school c ON c.id = s.school WHERE c.estab = ?",
            (self.estab,),
        )
        return [person for (person,) in rows]


# ---- moved by the school's office


@pytest.fixture
def office(small_hub: Hub) -> Office:
    """Thornfield's office."""
    return Office(small_hub)


def test_who_falls_out_of_the_form_is_deleted_in_each_dialect_and_who_comes_in_is_made(
    small_hub: Hub, office: Office
) -> None:
    reader = Reader.of(small_hub, THORNFIELD, Rule("form", "8A"))
    before = reader.seen()
    one, other = sorted(before)[0], sorted(office.in_year("Year 7"))[0]
    office.moves(one, reg_group=office.group("RegGrp", "7A"))
    office.moves(other, reg_group=office.group("RegGrp", "8A"))
    assert reader.seen() == before - {one} | {other}
    reader.told_of({other}, {one})
    assert reader.ended == {reader.people({one})[one][1]}
    reader.told_of(set(), set())
    # What becomes of them outside the rule is nobody's business.
    office.moves(one, admission_no="000001")
    reader.told_of(set(), set())


def test_who_leaves_goes_from_each_copy_the_day_after(small_hub: Hub, office: Office) -> None:
    reader = Reader.of(small_hub, THORNFIELD, Rule("year", "8"))
    one = sorted(reader.seen())[0]
    office.moves(one, leaving_date="2026-11-21")
    reader.changes()
    small_hub.store.set("today", "2026-11-22")
    small_hub.work()
    assert one not in reader.seen()
    reader.told_of(set(), {one})


def test_a_renamed_form_empties_each_copy(small_hub: Hub, office: Office) -> None:
    reader = Reader.of(small_hub, THORNFIELD, Rule("form", "8A"))
    before = reader.seen()
    office.renames("RegGrp", "8A", "8Q")
    assert reader.seen() == set()
    reader.told_of(set(), before)


# ---- moved by an import


@pytest.fixture
def alder(tmp_path: Path) -> Iterator[Hub]:
    """A hub that has the sample roster."""
    hub = Hub(tmp_path / "hub")
    take(hub, rosters.roster())
    hub.store.set("today", TODAY)
    yield hub
    hub.close()


def take(hub: Hub, tables: rosters.Roster) -> None:
    """Import a roster."""
    folder = rosters.folder(hub.store.folder.parent / "roster", tables)
    import_roster(hub.store, CONNECTORS["oneroster-csv"], folder)


def ids_of(hub: Hub, *keys: str) -> set[str]:
    """The MIS ids of students by the roster's keys."""
    wanted = {f"9100{key.removeprefix('s'):0>2}" for key in keys}
    rows = look(hub.store, "SELECT s.mis_id, p.student_unique_id FROM student s JOIN person p ON p.id = s.person")
    return {mis_id for mis_id, unique in rows if unique in wanted}


@pytest.mark.parametrize("rule", [Rule("year", "1"), Rule("class", "EN-1")], ids=["year", "class"])
def test_an_import_that_moves_students_is_told_in_each_dialect(alder: Hub, rule: Rule) -> None:
    reader = Reader.of(alder, HERONSGATE, rule)
    assert reader.seen() == ids_of(alder, "s1", "s2", "s3", "s4", "s5", "s6")
    tables = rosters.roster()
    tables["users"] = [row | ({"grades": "02"} if row["sourcedId"] == "s1" else {}) for row in tables["users"]]
    tables["enrollments"] = [row for row in tables["enrollments"] if row["sourcedId"] != "e1"]
    take(alder, tables)
    assert reader.seen() == ids_of(alder, "s2", "s3", "s4", "s5", "s6")
    reader.told_of(set(), ids_of(alder, "s1"))
    take(alder, rosters.roster())
    reader.told_of(ids_of(alder, "s1"), set())


def test_a_student_who_is_missing_from_the_next_import_goes_from_each_copy(alder: Hub) -> None:
    reader = Reader.of(alder, HERONSGATE, Rule("year", "1"))
    gone = reader.people(ids_of(alder, "s2"))
    take(alder, rosters.without(rosters.roster(), "s2"))
    ((mis_id, (person, unique)),) = gone.items()
    xporter, edfi, edlink = reader.changes().values()
    assert (xporter[1], edfi[1]) == ({mis_id}, {unique})
    assert person in edlink[1]
    assert mis_id not in reader.seen()


# ---- moved by Ed-Fi


@pytest.fixture
def sis(small_hub: Hub) -> EdFi:
    """A school's information system, which writes."""
    small_hub.grant(app=APP)
    return caller(small_hub, app=APP)


def test_a_place_in_a_section_is_the_rules_from_its_writing_to_its_end(sis: EdFi) -> None:
    write(sis, "students", "studentSchoolAssociations", "sessions", "courses", "courseOfferings", "sections")
    (one,) = numbers(sis, "7001")
    reader = Reader.of(sis.hub, THORNFIELD, Rule("class", "A1"))
    assert reader.seen() == set()
    association = in_section("A1", "ALG-1", ESTAB, "Fall") | PUPIL
    place = sis.post("studentSectionAssociations", association)
    assert reader.seen() == {one}
    reader.told_of({one}, set())
    sis.put("studentSectionAssociations", place, association | {"endDate": "2026-11-19"})
    assert reader.seen() == set()
    reader.told_of(set(), {one})
    sis.put("studentSectionAssociations", place, association)
    reader.told_of({one}, set())
    assert sis.ask("DELETE", f"studentSectionAssociations/{place}").status == 204
    reader.told_of(set(), {one})


def test_a_withdrawal_ends_the_rule_the_day_after_and_a_deleted_enrolment_at_once(sis: EdFi) -> None:
    ids = write(sis, "students", "studentSchoolAssociations")
    (one,) = numbers(sis, "7001")
    reader = Reader.of(sis.hub, THORNFIELD, Rule("year", "5"))
    assert one in reader.seen()
    withdrawn = enrolment("7001", ESTAB, exitWithdrawDate="2026-11-19")
    sis.put("studentSchoolAssociations", ids["studentSchoolAssociations"], withdrawn)
    assert one not in reader.seen()
    reader.told_of(set(), {one})
    sis.put("studentSchoolAssociations", ids["studentSchoolAssociations"], enrolment("7001", ESTAB))
    reader.told_of({one}, set())
    person = reader.people({one})[one][0]
    assert sis.ask("DELETE", f"studentSchoolAssociations/{ids['studentSchoolAssociations']}").status == 204
    xporter, edfi, edlink = reader.changes().values()
    assert (xporter[1], edfi[1]) == ({one}, {"7001"})
    assert person in edlink[1]


def numbers(api: EdFi, unique: str) -> list[str]:
    """The MIS ids of a student at Thornfield."""
    rows = look(
        api.hub.store,
        "SELECT s.mis_id FROM student s JOIN person p ON p.id = s.person WHERE p.student_unique_id = ?",
        (unique,),
    )
    return [mis_id for (mis_id,) in rows]


# ---- and what is written back


@pytest.fixture
def writer(small_hub: Hub) -> Writer:
    """An app that may write everything back."""
    return Writer(small_hub)


def marked(student: str) -> dict[str, Any]:
    """A body that marks a student this morning."""
    mark = {"StudentId": student, "MarkType": "S", "Date": TODAY, "Session": "AM", "Mark": "I"}
    return {"Marks": [mark], "Callback": {"Method": "POST", "Url": "https://app.example.org/done"}}


def test_who_is_outside_the_rule_cannot_be_written_of_and_looks_like_nobody(writer: Writer, office: Office) -> None:
    hub = writer.hub
    hub.desk.people.choose(
        hub.desk.grants.at(hub.app(REGISTER), THORNFIELD), "students", "only", rules=[Rule("form", "8A")]
    )
    inside, outside = sorted(shown(hub, writer.token))[0], sorted(office.in_year("Year 7"))[0]
    path = f"Attendance/{THORNFIELD}/"
    assert writer.write(path, marked(inside))["Message"] == "success"
    refused, unknown = writer.write(path, marked(outside)), writer.write(path, marked("88888"))
    assert refused["ExceptionMessage"] == f"Invalid StudentId: {outside}"
    assert unknown == {**refused, "ExceptionMessage": "Invalid StudentId: 88888"}
    office.moves(outside, reg_group=office.group("RegGrp", "8A"))
    assert writer.write(path, marked(outside))["Message"] == "success"


def test_a_write_back_that_waits_is_not_entered_once_its_student_has_fallen_out(writer: Writer, office: Office) -> None:
    hub = writer.hub
    hub.desk.people.choose(
        hub.desk.grants.at(hub.app(REGISTER), THORNFIELD), "students", "only", rules=[Rule("form", "8A")]
    )
    one = sorted(shown(hub, writer.token))[0]
    before = office.ask("SELECT count(*) FROM mark WHERE student = :i", i=office.student(one))
    tracking = writer.write(f"AttendanceAsync/{THORNFIELD}/", marked(one))["TrackingId"]
    office.moves(one, reg_group=office.group("RegGrp", "7A"))
    writer.work()
    assert writer.outcome(tracking) == "invalid"
    assert office.ask("SELECT count(*) FROM mark WHERE student = :i", i=office.student(one)) == before


def test_whom_an_app_left_out_by_itself_stays_out_when_they_come_back_into_the_rule(
    writer: Writer, office: Office
) -> None:
    hub = writer.hub
    hub.desk.people.choose(
        hub.desk.grants.at(hub.app(REGISTER), THORNFIELD), "students", "only", rules=[Rule("form", "8A")]
    )
    before = shown(hub, writer.token)
    one, outside = sorted(before)[0], sorted(office.in_year("Year 7"))[0]
    edit = {"Type": "Student", "Id": one}
    assert writer.write("Writeback/GDPRfilter", {"remove": [edit]})["Message"] == "success"
    office.moves(one, reg_group=office.group("RegGrp", "7A"))
    office.moves(one, reg_group=office.group("RegGrp", "8A"))
    assert shown(hub, writer.token) == before - {one}
    # It lets in again whom it left out, and nobody whom the rule does not name.
    assert writer.write("Writeback/GDPRfilter", {"add": [edit]})["Message"] == "success"
    stranger = writer.write("Writeback/GDPRfilter", {"add": [{"Type": "Student", "Id": outside}]})
    assert stranger["ExceptionMessage"] == f"Invalid StudentId: {outside}"
    assert shown(hub, writer.token) == before


# ---- and the ledger


def test_the_ledgers_lines_have_whom_the_rule_names_and_once_more_who_fell_out(small_hub: Hub, office: Office) -> None:
    reader = Reader.of(small_hub, THORNFIELD, Rule("form", "8A"))
    inside = shown(small_hub, reader.token)
    assert told(small_hub) == roles(small_hub, *inside)
    one = sorted(inside)[0]
    office.moves(one, reg_group=office.group("RegGrp", "7A"))
    _, unique = reader.people({one})[one]
    person = reader.people({one})[one][0]
    assert reader.read_xporter() == (set(), {one})
    assert told(small_hub) == roles(small_hub, one)
    newest = reader.at["edfi"]
    window = f"limit=500&minChangeVersion={newest + 1}"
    (gone,) = reader.get(f"{ED_FI}/students/deletes?{window}", reader.edfi)
    assert gone["keyValues"] == {"studentUniqueId": unique}
    assert told(small_hub) & {person, *roles(small_hub, one)}
    reader.read_edlink()
    assert person in told(small_hub)
    # From now on no answer is about them, whatever is asked.
    shown(small_hub, reader.token)
    assert told(small_hub) == roles(small_hub, *(inside - {one}))
    reader.get(f"{ED_FI}/students?limit=500", reader.edfi)
    assert not told(small_hub) & {person, *roles(small_hub, one)}
    reader.get("/api/v2/graph/people?%24first=10000", reader.edlink)
    assert not told(small_hub) & {person, *roles(small_hub, one)}
    assert entries(small_hub)[0].people > 0
