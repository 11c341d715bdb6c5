"""Whatever an app sends, conduct and detentions are written whole or not at all, and every problem is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.looking import look

from ..hub import THORNFIELD, Hub
from .conduct_forms import (
    ANNEXE_RETIRED,
    CALL_HOME,
    COMMENDED,
    CORRIDOR,
    GUM_RETIRED,
    achievement,
    incident,
    media,
    staff,
    student,
)
from .writer import Writer

PEOPLE = (9919, 9920, 9921)
TABLES = (
    *("achievement", "achievement_student", "achievement_staff", "behaviour", "behaviour_student", "behaviour_staff"),
    *("conduct_media", "student_document", "detention", "student_detention", "detention_staff", "document_type"),
)


@pytest.fixture(scope="module")
def writer(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    """An app at a school that goes on from one example to the next."""
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("anything"))
    yield Writer(hub)
    hub.close()


def counted(writer: Writer) -> dict[str, int]:
    """How many records of each kind there are."""
    return {t: look(writer.hub.store, f"SELECT count(*) FROM {t}").get for t in TABLES}


@dataclass(frozen=True)
class Broken:
    """Something wrong with a part of a body, and what is said of it."""

    section: str
    change: dict[str, Any]
    message: str


WRONG = (
    Broken("Conducts", {"TypeId": GUM_RETIRED}, f"Invalid TypeId {GUM_RETIRED}"),
    Broken("Conducts", {"LocationId": ANNEXE_RETIRED}, f"Invalid LocationId {ANNEXE_RETIRED}"),
    Broken("Conducts", {"ActivityId": CORRIDOR}, f"Invalid ActivityId {CORRIDOR}"),
    Broken("Conducts", {"RecordedById": None}, "Missing mandatory field RecordedById"),
    Broken("Conducts", {"EntryDate": "2026-02-30"}, "Invalid EntryDate provided: 2026-02-30"),
    Broken("Participants", {"StudentId": 1}, "Invalid StudentId: 1"),
    Broken("Participants", {"Points": 1.5}, "Invalid Points provided: 1.5"),
    Broken("Participants", {"OutcomeId": CORRIDOR}, f"OutcomeId {CORRIDOR}"),
    Broken("Staff", {"StaffId": "0x2"}, "Invalid StaffId: 0x2"),
    Broken("Staff", {"StaffRoleId": CORRIDOR}, "Invalid Staff RoleId for StaffId: "),
    Broken("MediaFiles", {"MediaBase64": "*"}, "Invalid MediaBase64 provided: *"),
    Broken("MediaFiles", {"FileName": "a/b.png"}, "Invalid FileName provided: a/b.png"),
)


def one_event(kind: str, people: list[tuple[int, int, bool]], helped: bool, pictured: bool) -> dict[str, Any]:
    """A body of one achievement or incident that is as it must be; of people their points, and whether more is told."""
    outcome = CALL_HOME if kind == "Beh" else COMMENDED
    return {
        "Conducts": [incident() if kind == "Beh" else achievement()],
        "Participants": [student(i, Points=points, OutcomeId=outcome if told else None) for i, points, told in people],
        "Staff": [staff(2)] if helped else [],
        "MediaFiles": [media()] if pictured else [],
    }


TAKING_PART = st.tuples(st.sampled_from(PEOPLE), st.integers(-5, 50), st.booleans())
ONE = st.builds(
    one_event,
    st.sampled_from(["Ach", "Beh"]),
    st.lists(TAKING_PART, min_size=1, unique_by=lambda person: person[0]),
    st.booleans(),
    st.booleans(),
)


def together(bodies: list[dict[str, Any]]) -> dict[str, Any]:
    """Bodies of one as a body of several."""
    whole: dict[str, Any] = {"Conducts": [], "Participants": [], "Staff": [], "MediaFiles": []}
    for number, one in enumerate(bodies, 1):
        for section, rows in one.items():
            name = "Id" if section == "Conducts" else "ConductId"
            whole[section] += [{**row, name: number} for row in rows]
    return whole


@given(
    st.lists(ONE, min_size=1, max_size=3), st.lists(st.sampled_from(WRONG), max_size=3, unique_by=lambda b: b.message)
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_write_back_is_entered_whole_or_every_problem_of_it_is_named(
    writer: Writer, bodies: list[dict[str, Any]], broken: list[Broken]
) -> None:
    sent, told = together(bodies), set[str]()
    for problem in broken:
        for row in sent[problem.section][-1:]:
            row.update(problem.change)
            told.add(problem.message)
    before = counted(writer)
    answer = writer.write("Writeback/Conduct", sent)
    after = counted(writer)
    if told:
        assert answer["ExceptionType"] == "ValidationError"
        assert all(message in answer["ExceptionMessage"] for message in told)
        assert after == before
    else:
        assert answer["ExceptionMessage"] is None
        assert [r["IncidentId"] for r in answer["result"]] == [c["Id"] for c in sent["Conducts"]]
        shares = len(sent["Participants"])
        of = ("achievement_student", "behaviour_student")
        assert sum(after[t] - before[t] for t in of) == shares
        assert sum(after[t] - before[t] for t in ("achievement", "behaviour")) == len(sent["Conducts"])
        assert after["conduct_media"] - before["conduct_media"] == len(sent["MediaFiles"])


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["-9919", -9919, "9919", "1; DROP TABLE behaviour", "' OR 1=1 --", "\x00", "-", "1" * 200]),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=6,
)
NAMES = {
    "Conduct": {
        "Conducts": ["Id", "UpdateId", "IncidentType", "RecordedById", "EntryDate", "TypeId", "StatusId", "Note"],
        "Participants": ["ConductId", "StudentId", "Points", "RoleId", "OutcomeId"],
        "Staff": ["ConductId", "StaffId", "StaffRoleId"],
        "MediaFiles": ["Id", "ConductId", "MediaDateTime", "Description", "MediaType", "FileName", "MediaBase64"],
    },
    "Detention": {
        "Detentions": ["Id", "UpdateId", "DetentionTypeId", "LocationId", "DetentionDate", "StartTime", "EndTime"],
        "DetentionStudents": ["DetentionId", "StudentId", "ReasonId", "BehaviourId", "Comments"],
        "DetentionStaff": ["DetentionId", "StaffId"],
    },
}


def nonsense(sections: dict[str, list[str]]) -> st.SearchStrategy[Any]:
    """Bodies of these sections, of which no value is sure to be of its kind."""
    rows = {n: JSON | st.lists(st.dictionaries(st.sampled_from(f), JSON), max_size=3) for n, f in sections.items()}
    return st.fixed_dictionaries({}, optional=rows)


ANYTHING = st.sampled_from(sorted(NAMES)).flatmap(lambda name: st.tuples(st.just(name), nonsense(NAMES[name])))


@given(ANYTHING)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nonsense_is_refused_and_writes_nothing(writer: Writer, asked: tuple[str, dict[str, Any]]) -> None:
    operation, sent = asked
    before = counted(writer)
    answer = writer.hub.ask(
        "POST",
        f"/api/v1/Writeback/{operation}/{THORNFIELD}?httpstatuscodes=true",
        writer.token,
        json.dumps(sent).encode(),
    )
    assert answer.status == 400, answer.json
    assert answer.json["ExceptionType"] in ("ValidationError", "InvalidRequest")
    assert counted(writer) == before
