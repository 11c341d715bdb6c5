"""Detention Writeback and Detention Writeback Async, word for word where the document has words for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.looking import look

from ..hub import THORNFIELD, Hub
from .conduct_forms import CALLBACK, GRAHAM, PRIMROSE, THIRD, TODAY, incident, made, post, said
from .conduct_forms import student as taking_part
from .writer import Writer

AFTER_SCHOOL, SATURDAY_RETIRED = 2, 5
HOMEWORK, BOOKS_RETIRED = 1, 8
CAME, DID_NOT = 9, 11
HALL, LIBRARY, ANNEXE_RETIRED = 14, 16, 17


def detention(number: int = 1, **other: Any) -> dict[str, Any]:
    """A detention as a new one must be; what is given as None is left out."""
    return _filled({"Id": number, "DetentionTypeId": AFTER_SCHOOL, "LocationId": HALL, **other})


def change(update: object, number: int = 1, **other: Any) -> dict[str, Any]:
    """A change of the detention with an MIS id."""
    return {"Id": number, "UpdateId": update, **other}


def student(mis_id: object = GRAHAM, of: int = 1, **other: Any) -> dict[str, Any]:
    """A student who is to come."""
    return _filled({"DetentionId": of, "StudentId": mis_id, **other})


def staff(mis_id: object = 2, of: int = 1) -> dict[str, Any]:
    """A member of staff who helps."""
    return {"DetentionId": of, "StaffId": mis_id}


def _filled(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def give(
    writer: Writer,
    *detentions: dict[str, Any],
    students: tuple[dict[str, Any], ...] = (),
    staff: tuple[dict[str, Any], ...] = (),
    path: str = f"Writeback/Detention/{THORNFIELD}",
    **more: Any,
) -> dict[str, Any]:
    """The answer to a write-back of detentions."""
    sections = {"Detentions": detentions, "DetentionStudents": students, "DetentionStaff": staff, **more}
    return writer.write(path, sections)


def seen(writer: Writer, identity: object) -> dict[str, list[dict[str, Any]]]:
    """What the API shows of a detention: its own row, its students and other staff."""
    answer = writer.read(f"Detentions?DateFrom={TODAY}")
    own = [row for row in answer["Detentions"] if row["Id"] == str(identity)]
    parts = {
        name: [row for row in answer[name] if row["DetentionId"] == str(identity)]
        for name in ("DetentionStudents", "DetentionOtherStaff")
    }
    return {"Detentions": own, **parts}


# ---- what is written is there


def test_a_detention_is_there_on_the_next_read(writer: Writer) -> None:
    scuffle = made(post(writer, incident()))
    sent = detention(
        DetentionDate="2026-11-25",
        StartTime="15:20",
        EndTime="15:50",
        AssignedStaffId="23",
        RecordedDate="2026-11-19",
        RecordedByStaffId="3",
    )
    whole: dict[str, Any] = {
        "ReasonId": HOMEWORK,
        "AttendedId": DID_NOT,
        "NonAttendanceReason": "Personal errand",
        "BehaviourId": scuffle,
        "AddedByStaffId": "1",
        "Comments": "Biology homework",
    }
    answer = give(writer, sent, students=(student(**whole), student(PRIMROSE)), staff=(staff(),))
    identity = made(answer)
    assert answer["result"] == [{"DetentionId": 1, "ActualId": int(identity)}]
    found = seen(writer, identity)
    assert found["Detentions"] == [
        {
            "Id": identity,
            "DetentionTypeId": "2",
            "LocationId": "14",
            "DetentionDate": "2026-11-25",
            "StartTime": "15:20",
            "EndTime": "15:50",
            "AssignedStaffId": "23",
            "RecordedDate": "2026-11-19",
            "RecordedByStaffId": "3",
        }
    ]
    graham, primrose = found["DetentionStudents"]
    number = int(graham.pop("Id"))
    assert graham == {
        "DetentionId": identity,
        "StudentId": "9919",
        "ReasonId": "1",
        "AttendedId": "11",
        "NonAttendanceReason": "Personal errand",
        "BehaviourId": scuffle,
        "AddedByStaffId": "1",
        "Comments": "Biology homework",
    }
    assert (int(primrose["Id"]), primrose["StudentId"], primrose["ReasonId"]) == (number + 1, "9920", None)
    assert [row["StaffId"] for row in found["DetentionOtherStaff"]] == ["2"]


def test_what_is_not_said_of_a_new_one_is_as_usual(writer: Writer) -> None:
    """The day is today, and the times are those of the type."""
    (row,) = seen(writer, made(give(writer, detention())))["Detentions"]
    names = ("DetentionDate", "RecordedDate", "StartTime", "EndTime", "AssignedStaffId")
    assert [row[name] for name in names] == [TODAY, TODAY, "15:15", "16:00", None]
    (row,) = seen(writer, made(give(writer, detention(StartTime="16:10:00"))))["Detentions"]
    assert (row["StartTime"], row["EndTime"]) == ("16:10", None)


def test_what_was_recorded_in_the_future_was_recorded_today(writer: Writer) -> None:
    (row,) = seen(writer, made(give(writer, detention(RecordedDate="2031-01-01"))))["Detentions"]
    assert row["RecordedDate"] == TODAY


def test_it_counts_from_the_next_read_on(writer: Writer) -> None:
    def count() -> int:
        return writer.read(f"ConductPoints/{GRAHAM}")["ConductPoints"][0]["NumberOfDetentions"]

    before = count()
    identity = made(give(writer, detention(), students=(student(),)))
    assert count() == before + 1
    give(writer, change(identity), students=(student(-GRAHAM),))
    assert count() == before


def test_a_change_set_tells_of_what_was_written_and_of_nothing_else(writer: Writer) -> None:
    asked = f"Detentions?DateFrom={TODAY}&changedRows="
    name = writer.read(asked + "*")["__changedRows__"][0]["NextChangedRows"]
    identity = made(give(writer, detention(), students=(student(),)))
    told = writer.read(asked + name)
    assert [row["Id"] for row in told["Detentions"]] == [identity]
    assert [row["StudentId"] for row in told["DetentionStudents"]] == ["9919"]
    assert told["Detentions_deleted"] == []


@pytest.mark.parametrize(
    "path",
    ["Writeback/?id=efw.Detention", "Writeback/?id=Detention", "writeback/DETENTION/", "Writeback/Detention"],
)
def test_it_is_written_to_by_any_of_its_addresses(writer: Writer, path: str) -> None:
    assert made(give(writer, detention(), path=path)).isdecimal()


# ---- changing


def written(writer: Writer) -> str:
    """A detention of Graham and Primrose, with a member of staff to help."""
    students = (student(ReasonId=HOMEWORK, Comments="As it was"), student(PRIMROSE))
    return made(give(writer, detention(DetentionDate="2026-11-25"), students=students, staff=(staff(),)))


def test_an_update_changes_what_it_says_and_leaves_the_rest(writer: Writer) -> None:
    identity = written(writer)
    before = seen(writer, identity)
    answer = give(writer, change(identity, LocationId=LIBRARY), students=(student(AttendedId=CAME),))
    assert answer["result"] == [{"DetentionId": 1, "ActualId": int(identity)}]
    after = seen(writer, identity)
    assert after["Detentions"] == [{**before["Detentions"][0], "LocationId": "16"}]
    graham, primrose = before["DetentionStudents"]
    assert after["DetentionStudents"] == [{**graham, "AttendedId": "9"}, primrose]
    assert after["DetentionOtherStaff"] == before["DetentionOtherStaff"]


def test_an_update_adds_who_was_not_there_and_a_minus_takes_off_who_was(writer: Writer) -> None:
    identity = written(writer)
    give(writer, change(identity), students=(student(THIRD), student(-PRIMROSE)), staff=(staff(3), staff(-2)))
    after = seen(writer, identity)
    assert {row["StudentId"] for row in after["DetentionStudents"]} == {"9919", "9921"}
    assert [row["StaffId"] for row in after["DetentionOtherStaff"]] == ["3"]


def test_a_detention_to_which_nobody_comes_stays(writer: Writer) -> None:
    """'Please note that the parent Detention record cannot be deleted in SIMS.'"""
    identity = written(writer)
    give(writer, change(identity), students=(student(-GRAHAM), student(-PRIMROSE)))
    after = seen(writer, identity)
    assert (len(after["Detentions"]), after["DetentionStudents"]) == (1, [])


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"students": (student(-THIRD),)}, "Invalid StudentId: -9921"),
        ({"staff": (staff(-3),)}, "Invalid StaffId: -3"),
    ],
)
def test_who_is_not_in_it_cannot_be_taken_off(writer: Writer, parts: dict[str, Any], message: str) -> None:
    identity = written(writer)
    before = seen(writer, identity)
    assert said(give(writer, change(identity, LocationId=LIBRARY), **parts)) == message
    assert seen(writer, identity) == before


# ---- messages, after the manner of conduct's


@pytest.fixture(scope="module")
def refused(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    """An app at a school of which nothing changes, since all that it writes is refused."""
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("refused"))
    yield Writer(hub)
    hub.close()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"DetentionTypeId": None}, "Missing mandatory field DetentionTypeId"),
    ({"DetentionTypeId": 999}, "Invalid DetentionTypeId 999"),
    ({"DetentionTypeId": SATURDAY_RETIRED}, "Invalid DetentionTypeId 5"),
    ({"LocationId": None}, "Missing mandatory field LocationId"),
    ({"LocationId": HOMEWORK}, "Invalid LocationId 1"),  # a reason
    ({"LocationId": ANNEXE_RETIRED}, "Invalid LocationId 17"),
    ({"DetentionDate": "tomorrow"}, "Invalid DetentionDate provided: tomorrow"),
    ({"StartTime": "25:00"}, "Invalid StartTime provided: 25:00"),
    ({"StartTime": "15:50", "EndTime": "15:20"}, "Invalid EndTime provided: 15:20"),
    ({"AssignedStaffId": 99999}, "Invalid AssignedStaffId 99999"),
    ({"RecordedByStaffId": 99999}, "Invalid RecordedByStaffId 99999"),
    ({"UpdateId": 999999}, "Invalid UpdateId 999999"),
    ({"Id": None}, "Missing mandatory field Id"),
]


@pytest.mark.parametrize(("other", "message"), WRONG)
def test_what_is_wrong_with_a_detention_is_said_at_once(refused: Writer, other: dict[str, Any], message: str) -> None:
    before = count(refused)
    assert said(give(refused, detention(7), detention(**other))) == message
    assert count(refused) == before


def count(writer: Writer) -> list[int]:
    """How many detentions there are, and places and staff in them."""
    tables = ("detention", "student_detention", "detention_staff")
    return [look(writer.hub.store, f"SELECT count(*) FROM {table}").get for table in tables]


PARTS: list[tuple[dict[str, Any], str]] = [
    ({"students": [student("1")]}, "Invalid StudentId: 1"),
    ({"students": [student(ReasonId=CAME)]}, "Invalid ReasonId 9"),
    ({"students": [student(ReasonId=BOOKS_RETIRED)]}, "Invalid ReasonId 8"),
    ({"students": [student(AttendedId=HOMEWORK)]}, "Invalid AttendedId 1"),
    ({"students": [student(BehaviourId=999999)]}, "Invalid BehaviourId 999999"),
    ({"students": [student(AddedByStaffId=99999)]}, "Invalid AddedByStaffId 99999"),
    (
        {"students": [student(Comments="x" * 501, NonAttendanceReason="x" * 501)]},
        "NonAttendanceReason field max character limit (500) exceeded for StudentId: 9919; "
        "Comments field max character limit (500) exceeded for StudentId: 9919",
    ),
    (
        {"students": [student(), student("9919")]},
        "You have assigned the same student to the same detention more than once",
    ),
    (
        {"students": [student(-GRAHAM)]},
        "You must provide an UpdateId when trying to remove students from a detention record",
    ),
    ({"students": [student(of=4)]}, "Invalid DetentionId provided: 4"),
    ({"staff": [staff(99999)]}, "Invalid StaffId: 99999"),
    ({"staff": [staff(), staff()]}, "You have assigned the same staff to the same detention more than once"),
    ({"staff": [staff(-2)]}, "You must provide an UpdateId when trying to remove staff from a detention record"),
]


@pytest.mark.parametrize(("parts", "message"), PARTS)
def test_what_is_wrong_with_its_parts_is_said_at_once(refused: Writer, parts: dict[str, Any], message: str) -> None:
    before = count(refused)
    assert said(give(refused, detention(), **parts)) == message
    assert count(refused) == before


def test_one_number_is_one_detention(refused: Writer) -> None:
    assert said(give(refused, detention(), detention())) == "You have defined the same detention more than once"
    assert said(give(refused)) == "Missing mandatory section Detentions"


@pytest.mark.parametrize(("mis", "named"), [("bromcom", "Bromcom"), ("Ledgerdale", "Ledgerdale")])
@pytest.mark.parametrize("operation", ["Detention", "DetentionAsync"])
def test_a_mis_that_takes_no_detentions_is_named(refused: Writer, mis: str, named: str, operation: str) -> None:
    refused.set_mis(mis)
    answer = give(refused, detention(), path=f"Writeback/{operation}", Callback=CALLBACK)
    refused.set_mis("rollbook")
    assert said(answer) == f"Detention writeback is not supported for {named}"


# ---- the asynchronous one, and consent


def test_the_callback_tells_which_detentions_were_made(writer: Writer) -> None:
    path = f"Writeback/DetentionAsync/{THORNFIELD}"
    answer = give(writer, detention(3), students=(student(of=3),), path=path, Callback=CALLBACK)
    assert answer["DataSet"]["trackingid"][0]["errorquery"] == "Writeback.DetentionAsync_OnError"
    called = writer.called(answer["TrackingId"])
    assert (called["url"], called["query"]["XodCompleted"]) == (CALLBACK["Url"], "True")
    (result,) = called["json"]["result"]
    assert result["DetentionId"] == 3
    assert [row["StudentId"] for row in seen(writer, result["ActualId"])["DetentionStudents"]] == ["9919"]


def test_it_needs_the_scope_of_conduct(writer: Writer) -> None:
    writer.hold("EmergeForWeb", "StudentDetentions")
    assert give(writer, detention())["ExceptionMessage"] == (
        "Detention: needs the scope WritebackConduct (ask the school to grant it)"
    )
    writer.hold("WritebackConduct")
    assert made(give(writer, detention(), students=(student(),)))


def test_who_is_left_out_and_what_they_did_cannot_be_named(writer: Writer) -> None:
    identity, theirs = written(writer), made(post(writer, incident(), students=[taking_part(PRIMROSE)]))
    writer.leave_out("students", str(PRIMROSE))
    for mis_id in (PRIMROSE, -PRIMROSE, 77777):
        assert said(give(writer, change(identity), students=(student(mis_id),))) == f"Invalid StudentId: {mis_id}"
    for incident_id in (theirs, "999999"):
        answer = give(writer, detention(), students=(student(BehaviourId=incident_id),))
        assert said(answer) == f"Invalid BehaviourId {incident_id}"


def test_what_is_left_out_after_the_answer_is_not_written(writer: Writer) -> None:
    theirs = made(post(writer, incident(), students=[taking_part(PRIMROSE)]))
    sent = student(BehaviourId=theirs)
    answer = give(writer, detention(), students=(sent,), path="Writeback/DetentionAsync", Callback=CALLBACK)
    writer.leave_out("students", str(PRIMROSE))
    assert writer.called(answer["TrackingId"])["query"]["ErrorMessage"] == f"Invalid BehaviourId {theirs}"


def test_an_incident_that_is_gone_is_no_longer_named(writer: Writer) -> None:
    scuffle = made(post(writer, incident()))
    identity = made(give(writer, detention(), students=(student(BehaviourId=scuffle),)))
    off = {"Conducts": [{"Id": 1, "UpdateId": scuffle, "IncidentType": "Beh"}]}
    writer.write("Writeback/Conduct", {**off, "Participants": [{"ConductId": 1, "StudentId": -GRAHAM}]})
    assert [row["BehaviourId"] for row in seen(writer, identity)["DetentionStudents"]] == [None]
