"""One record: what is written through one dialect is there in the others the next moment. Spoken over HTTP only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.consent.research import ResearchDesk
from rollbook.ingest import import_roster
from tests import rosters
from tests.district import EdFi, Edlink, cohort, edfi, edlink, place, researcher, session
from tests.hub import THORNFIELD, Hub
from tests.looking import look

ESTAB = int(THORNFIELD)
GRAHAM = "9919"


@pytest.fixture
def app(small_hub: Hub) -> str:
    """An app to which every school has granted everything."""
    for _, _, estab, _, _ in small_hub.desk.schools.all():
        small_hub.grant(estab=estab)
    return "app.example.org"


@pytest.fixture
def ed_fi(small_hub: Hub, app: str) -> EdFi:
    return edfi(small_hub, small_hub.app(app))


def xporter(hub: Hub, path: str, estab: str = THORNFIELD) -> dict[str, Any]:
    """What Xporter answers an app that holds everything at a school."""
    return hub.school(path, hub.token(estab=estab, app="xporter.example.org"), estab)


def unique_id(hub: Hub, mis_id: str) -> str:
    """The Ed-Fi id of a student of the first school, found by a cohort that the test makes for it."""
    return look(
        hub.store,
        "SELECT p.student_unique_id FROM student s JOIN person p ON p.id = s.person JOIN school c ON c.id = s.school"
        " WHERE c.estab = ? AND s.mis_id = ?",
        (THORNFIELD, mis_id),
    ).get


def test_a_cohort_posted_through_ed_fi_is_a_group_in_xporter_and_can_be_drawn_into_research(
    small_hub: Hub, ed_fi: EdFi
) -> None:
    students = {mis: unique_id(small_hub, mis) for mis in (GRAHAM, "9921")}
    ed_fi.post("cohorts", cohort("chess-club", ESTAB, "Extracurricular Activity"))
    for student in students.values():
        ed_fi.post("studentCohortAssociations", place("chess-club", ESTAB, student, "2026-09-14"))

    answer = xporter(small_hub, "Groups?includeStudentMembers=true")
    group = next(g for g in answer["Group"] if g["Code"] == "chess-club")
    assert group["Type"] == "Cohort"
    members = [m["StudentId"] for m in answer["StudentMembers"] if m["GroupId"] == group["Id"]]
    assert sorted(members) == sorted(students)

    who = researcher(small_hub)
    project = who.post("project", {"name": "Chess and attention"})["project"]["id"]
    ResearchDesk(small_hub.desk).set_app(project, small_hub.app())
    drawn = who.post(
        "cohort/draw", {"project": project, "school": THORNFIELD, "group": "chess-club", "name": "Chess players"}
    )["cohort"]
    assert len(drawn["subjects"]) == 2
    assert who.get(f"cohort/{drawn['id']}")["cohort"]["subjects"] == drawn["subjects"]


def test_an_end_date_moves_the_membership_to_group_history(small_hub: Hub, ed_fi: EdFi) -> None:
    student = unique_id(small_hub, GRAHAM)
    ed_fi.post("cohorts", cohort("reading", ESTAB))
    held = place("reading", ESTAB, student, "2026-09-14")
    identity = ed_fi.post("studentCohortAssociations", held)

    def places(path: str, table: str, key: str) -> list[tuple[str, str]]:
        answer = xporter(small_hub, f"{path}?includeStudentMembers=true")
        ids = {g[key] for g in answer[table] if g["Code"] == "reading"}
        return [(m["StudentId"], m["EndDate"]) for m in answer["StudentMembers"] if m["GroupId"] in ids]

    assert places("Groups", "Group", "Id") == [(GRAHAM, None)]
    ed_fi.put("studentCohortAssociations", identity, {**held, "endDate": "2026-09-21"})
    assert places("Groups", "Group", "Id") == []
    assert places("GroupHistory", "GroupHistory", "Id") == [(GRAHAM, "2026-09-21")]


def test_a_session_posted_through_ed_fi_is_listed_by_edlink_with_its_state(small_hub: Hub, ed_fi: EdFi) -> None:
    ed_fi.post("sessions", session(ESTAB, "Fall 2026", "2026-08-20", "2026-12-18"))
    ed_fi.post("sessions", session(ESTAB, "Spring 2027", "2027-01-05", "2027-06-10"))
    ed_fi.post("sessions", session(ESTAB, "Pilot 2026", "2026-01-05", "2026-06-10"))
    read = edlink(small_hub, small_hub.app("app.example.org"), THORNFIELD)
    named = {"name": [{"operator": "in", "value": "Fall 2026,Spring 2027,Pilot 2026"}]}
    told = {s["name"]: (s["state"], s["type"], s["start_date"]) for s in read.get("sessions", filter=named)}
    assert told == {
        "Fall 2026": ("active", "semester", "2026-08-20T00:00:00.000Z"),
        "Spring 2027": ("upcoming", "semester", "2027-01-05T00:00:00.000Z"),
        "Pilot 2026": ("completed", "semester", "2026-01-05T00:00:00.000Z"),
    }


# ---- a roster's deltas


ROSTER = CONNECTORS["oneroster-csv"]


class Fed:
    """A hub that a OneRoster source feeds, read by one app in each dialect."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hub = Hub(folder / "hub")
        self.take(rosters.roster())
        self.token = self.hub.token(estab="1001")
        app = self.hub.app()
        self.edfi: EdFi = edfi(self.hub, app)
        self.edlink: Edlink = edlink(self.hub, app, "1001")

    def take(self, tables: rosters.Roster, **modes: str) -> None:
        """Import a roster or a delta."""
        folder = self.folder / f"roster-{len(list(self.folder.iterdir()))}"
        import_roster(self.hub.store, ROSTER, rosters.folder(folder, tables, **modes))

    def delta(self, **changes: str) -> None:
        """A delta that says something new of one student."""
        when = {"status": "active", "dateLastModified": "2026-11-01T00:00:00Z"}
        self.take({"users": [rosters.student("s2", 2, "a") | when | changes]}, users="delta")

    def changed(self, since: str = "*") -> dict[str, Any]:
        """Xporter's change set of the students."""
        asked = f"Students?changedRows={since}&select=Id,Surname"
        return self.hub.school(asked, self.token, "1001")


@pytest.fixture
def fed(tmp_path: Path) -> Iterator[Fed]:
    made = Fed(tmp_path)
    yield made
    made.hub.close()


def next_rows(answer: dict[str, Any]) -> str:
    """The value with which the next change set is asked for."""
    return answer["__changedRows__"][0]["NextChangedRows"]


def test_a_roster_delta_that_renames_a_student_shows_in_every_dialects_idea_of_change(fed: Fed) -> None:
    known = next_rows(fed.changed())
    (version,) = (fed.edfi.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"],)
    by_name = {"last_name": [{"operator": "equals", "value": "Thistlewood"}]}
    (person,) = fed.edlink.get("people", filter=by_name)

    fed.delta(familyName="Nettlebed")

    assert [s["Surname"] for s in fed.changed(known)["Students"]] == ["Nettlebed"]
    after = fed.edfi.get(f"students?minChangeVersion={version + 1}")
    assert [s["lastSurname"] for s in after] == ["Nettlebed"]
    since = {"updated_date": [{"operator": "gt", "value": person["updated_date"]}]}
    (renamed,) = fed.edlink.get("people", filter=since)
    assert (renamed["id"], renamed["last_name"]) == (person["id"], "Nettlebed")
    assert renamed["updated_date"] > person["updated_date"]


def test_a_student_who_is_deleted_is_a_tombstone_in_each_dialects_own_form(fed: Fed) -> None:
    known = next_rows(fed.changed())
    version = fed.edfi.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"]
    by_name = {"last_name": [{"operator": "equals", "value": "Thistlewood"}]}
    (person,) = fed.edlink.get("people", filter=by_name)
    (student,) = fed.edfi.get("students?lastSurname=Thistlewood")
    row = next(s["Id"] for s in fed.changed()["Students"] if s["Surname"] == "Thistlewood")

    fed.delta(status="tobedeleted")

    assert [s["Id"] for s in fed.changed(known)["Students_deleted"]] == [row]
    (gone,) = fed.edfi.get(f"students/deletes?minChangeVersion={version + 1}")
    assert gone["keyValues"] == {"studentUniqueId": student["studentUniqueId"]}
    assert gone["id"] == student["id"]
    told = [e for e in fed.edlink.get("events", last="20") if e["target_id"] == person["id"]]
    assert told[-1]["type"] == "deleted"
    assert fed.edlink.get("people", filter=by_name) == []
