"""Conduct Writeback and Conduct Writeback Async, word for word (Xporter document)."""

from __future__ import annotations

import gzip
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.jobs import Queue
from tests.looking import changing, look

from ..hub import THORNFIELD, Hub
from .conduct_forms import (
    ANNEXE_RETIRED,
    BULLYING,
    CALL_HOME,
    CALLBACK,
    COMMENDED,
    CORRIDOR,
    FOLLOWED_UP,
    GRAHAM,
    GUM_RETIRED,
    HOMEWORK,
    KINDNESS,
    LESSON_ACH,
    LESSON_BEH,
    MERIT_SLIP_RETIRED,
    PARTICIPANT,
    PERIOD_2,
    PICTURE,
    PRIMROSE,
    RESOLVED,
    TAKEN,
    TARGET,
    THIRD,
    TODAY,
    UNRESOLVED,
    VERBAL,
    WITNESS,
    achievement,
    body,
    change,
    incident,
    made,
    media,
    post,
    said,
    shown,
    staff,
    student,
)
from .writer import Writer


def picked(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    """Some columns of a row."""
    return tuple(row[name] for name in names)


# ---- what is written is there


def test_an_incident_is_there_on_the_next_read(writer: Writer) -> None:
    sent = incident(
        TypeId=BULLYING,
        BullTypeId=VERBAL,
        ActivityId=LESSON_BEH,
        LocationId=CORRIDOR,
        EntryTimeId=PERIOD_2,
        Note="Called somebody names",
    )
    answer = post(
        writer,
        sent,
        students=[
            student(GRAHAM, Points=30, RoleId=PARTICIPANT, OutcomeId=CALL_HOME),
            student(PRIMROSE, Points=0, RoleId=TARGET),
        ],
        staff=[staff(2, StaffRoleId=FOLLOWED_UP)],
    )
    identity = made(answer)
    assert answer["result"] == [{"IncidentId": 1, "ActualId": int(identity)}]
    seen = shown(writer, identity)
    columns = ("BehaviourType", "Date", "Time", "Activity", "Status", "Location", "RecordedOn", "Description")
    assert picked(seen["event"][0], *columns) == (
        *("Bullying", TODAY, "Period 2", "Lesson", "Unresolved", "Corridor", TODAY),
        "Called somebody names",
    )
    shares = {row["StudentId"]: picked(row, "Points", "Outcome", "Role") for row in seen["students"]}
    assert shares == {"9919": (30, "Call Home", "Participant"), "9920": (0, None, "Target")}
    assert [picked(row, "StaffId", "StaffRole") for row in seen["staff"]] == [("2", "Followed Up")]


def test_an_achievement_is_there_on_the_next_read(writer: Writer) -> None:
    sent = achievement(ActivityId=LESSON_ACH, Note="Helped a new student")
    identity = made(post(writer, sent, students=[student(OutcomeId=COMMENDED)], staff=[staff(2)]))
    seen = shown(writer, identity, "Achievement")
    columns = ("AchievementType", "Date", "Activity", "Description", "RecordedOn")
    assert picked(seen["event"][0], *columns) == ("Kindness", TODAY, "Lesson", "Helped a new student", TODAY)
    assert [picked(r, "StudentId", "Points", "Outcome") for r in seen["students"]] == [("9919", 3, "Commended")]
    assert [picked(r, "StaffId", "StaffRole") for r in seen["staff"]] == [("2", None)]


def test_several_are_written_at_once_each_with_its_own_id(writer: Writer) -> None:
    answer = post(writer, incident(1), achievement(7), incident(9, Note="Another one"))
    assert [r["IncidentId"] for r in answer["result"]] == [1, 7, 9]
    first, second, third = (r["ActualId"] for r in answer["result"])
    assert third == first + 1
    assert shown(writer, second, "Achievement")["event"][0]["Category"] == "Ach"


def test_a_callers_own_number_may_be_a_word(writer: Writer) -> None:
    word = "b1946ac9-2492"
    sent = body({**incident(), "Id": word}, students=[{"ConductId": word, "StudentId": 9919, "Points": 1}])
    assert writer.write("Writeback/Conduct", sent)["result"][0]["IncidentId"] == word


def test_conduct_of_today_tells_both_kinds_together(writer: Writer) -> None:
    beh, ach = (made(post(writer, one)) for one in (incident(), achievement()))
    rows = writer.read("ConductForToday")
    assert {f"Beh.{beh}", f"Ach.{ach}"} <= {r["Id"] for r in rows["Conducts"]}
    assert {(r["ConductId"], r["Points"]) for r in rows["StudentConducts"]} >= {(f"Beh.{beh}", 3), (f"Ach.{ach}", 3)}


def test_points_count_from_the_next_read_on(writer: Writer) -> None:
    before = points(writer)
    answer = post(writer, incident(), achievement(2), students=[student(Points=7), student(of=2, Points=50)])
    after = points(writer)
    assert after["TotalBehaviourPoints"] == before["TotalBehaviourPoints"] + 7
    assert after["TotalAchievementPoints"] == before["TotalAchievementPoints"] + 50
    assert after["TotalConductPoints"] == before["TotalConductPoints"] + 43
    assert after["TotalConductIncidents"] == before["TotalConductIncidents"] + 2
    assert after["LastUpdated"] > before["LastUpdated"]
    beh = answer["result"][0]["ActualId"]
    post(writer, change(beh), students=[student(Points=8)])
    assert points(writer)["TotalBehaviourPoints"] == before["TotalBehaviourPoints"] + 8
    post(writer, change(beh), students=[student(-GRAHAM)])
    assert points(writer)["TotalBehaviourPoints"] == before["TotalBehaviourPoints"]


def points(writer: Writer) -> dict[str, Any]:
    """Graham's points of this year."""
    return writer.read(f"ConductPoints/{GRAHAM}")["ConductPoints"][0]


@pytest.mark.parametrize("path", ["BehaviourForDateRange?DateFrom=2026-11-16&DateTo=2026-11-20&", "ConductPoints?"])
def test_a_change_set_tells_of_what_was_written_and_of_nothing_else(writer: Writer, path: str) -> None:
    whole = writer.read(f"{path}changedRows=*")
    name = whole["__changedRows__"][0]["NextChangedRows"]
    identity = made(post(writer, incident()))
    told = writer.read(f"{path}changedRows={name}")
    table = "Behaviour" if "Behaviour" in told else "ConductPoints"
    assert [r["Id"] for r in told[table]] == [identity if table == "Behaviour" else str(GRAHAM)]
    assert told[f"{table}_deleted"] == []


# ---- changing


def written(writer: Writer, **sections: Any) -> str:
    """An incident of Graham and Primrose, with a member of staff and a picture."""
    parts: dict[str, Any] = {
        "students": [student(GRAHAM, RoleId=PARTICIPANT, OutcomeId=CALL_HOME), student(PRIMROSE)],
        "staff": [staff(2, StaffRoleId=WITNESS)],
        "files": [media()],
    }
    return made(post(writer, incident(Note="As it was", LocationId=CORRIDOR), **{**parts, **sections}))


def test_an_update_changes_what_it_says_and_leaves_the_rest(writer: Writer) -> None:
    identity = written(writer)
    before = shown(writer, identity)
    answer = post(writer, change(identity, StatusId=RESOLVED), students=[student(GRAHAM, Points=11)])
    assert answer["result"] == [{"IncidentId": 1, "ActualId": int(identity)}]
    after = shown(writer, identity)
    changed = {"Status", "LastUpdated", "RowHash"}
    assert {n for n, v in after["event"][0].items() if v != before["event"][0][n]} == changed
    assert after["event"][0]["Status"] == "Resolved"
    shares = {row["StudentId"]: picked(row, "Points", "Outcome", "Role") for row in after["students"]}
    assert shares == {"9919": (11, "Call Home", "Participant"), "9920": (3, None, None)}
    assert after["staff"] == before["staff"]


def test_the_documents_own_example_of_an_update_changes_the_points(writer: Writer) -> None:
    identity = made(post(writer, achievement()))
    sent = {
        "Conducts": [{"Id": 1, "UpdateId": int(identity), "IncidentType": "Ach"}],
        "Participants": [{"ConductId": 1, "Points": 11, "StudentId": 9919}],
    }
    assert said(writer.write("Writeback/Conduct", sent)) is None
    assert [r["Points"] for r in shown(writer, identity, "Achievement")["students"]] == [11]


def test_an_update_adds_who_was_not_there(writer: Writer) -> None:
    identity = written(writer)
    post(writer, change(identity), students=[student(THIRD)], staff=[staff(3)])
    seen = shown(writer, identity)
    assert {r["StudentId"] for r in seen["students"]} == {"9919", "9920", "9921"}
    assert {r["StaffId"] for r in seen["staff"]} == {"2", "3"}


def test_who_is_added_by_an_update_needs_points(writer: Writer) -> None:
    identity = written(writer)
    answer = post(writer, change(identity, Note="Half"), students=[{"ConductId": 1, "StudentId": THIRD}])
    assert said(answer) == "Missing mandatory field Points"
    assert shown(writer, identity)["event"][0]["Description"] == "As it was"


def test_a_minus_takes_students_staff_and_media_off(writer: Writer) -> None:
    identity = written(writer)
    taken_off = {"ConductId": 1, "StudentId": -PRIMROSE}
    post(writer, change(identity), students=[taken_off], staff=[staff(-2)], files=[{"Id": -1, "ConductId": 1}])
    seen = shown(writer, identity)
    assert [r["StudentId"] for r in seen["students"]] == ["9919"]
    assert seen["staff"] == []
    assert documents(writer) == []


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"students": [student(-THIRD)]}, "Invalid StudentId: -9921"),
        ({"students": [], "staff": [staff(-3)]}, "Invalid StaffId: -3"),
        ({"students": [], "files": [{"Id": -2, "ConductId": 1}]}, "Invalid MediaFile Id: -2"),
    ],
)
def test_what_is_not_in_a_record_cannot_be_taken_off(writer: Writer, parts: dict[str, Any], message: str) -> None:
    identity = written(writer)
    before = shown(writer, identity)
    assert said(post(writer, change(identity, Note="Half"), **parts)) == message
    assert shown(writer, identity) == before


def test_a_record_without_students_is_gone(writer: Writer) -> None:
    identity = written(writer)
    days = "BehaviourForDateRange?DateFrom=2026-11-16&DateTo=2026-11-20&changedRows="
    name = writer.read(days + "*")["__changedRows__"][0]["NextChangedRows"]
    assert made(post(writer, change(identity), students=[student(-GRAHAM), student(-PRIMROSE)])) == identity
    assert [r["Id"] for r in writer.read(days + name)["Behaviour_deleted"]] == [identity]
    assert documents(writer) == []
    assert said(post(writer, change(identity), students=[])) == f"Invalid UpdateId {identity}"


# ---- media


def documents(writer: Writer) -> list[dict[str, Any]]:
    """The files of conduct that are linked to Graham, Primrose and a third student."""
    asked = f"LinkedDocuments?DocumentTypeName=Conduct&StudentIds=9919,9920,9921&DateFrom={TAKEN}&DateTo={TAKEN}"
    return writer.read(asked)["DocumentAttachments"]


def test_a_file_is_linked_to_everybody_who_took_part(writer: Writer) -> None:
    written(writer)
    found = documents(writer)
    assert [r["StudentId"] for r in found] == ["9919", "9920"]
    assert picked(found[0], "FileName", "DocumentTypeName", "Size", "Summary", "LastModified", "Confidential") == (
        *("small_tick.png.gz", "Conduct", len(PICTURE), "Example image", TAKEN, 0),
    )
    for row in found:
        packed = b64decode(row["Attachment"])
        assert (len(packed), gzip.decompress(packed)) == (row["CompressedSize"], PICTURE)
    listed = {r["Id"]: r["PersonId"] for r in writer.read("LinkedDocumentMeta")["DocumentAttachmentMeta"]}
    assert {f"Student.{r['Id']}": r["StudentId"] for r in found}.items() <= listed.items()


def test_a_file_follows_who_takes_part(writer: Writer) -> None:
    identity = written(writer)
    kept = {r["StudentId"]: r["Id"] for r in documents(writer)}
    post(writer, change(identity), students=[student(-PRIMROSE), student(THIRD)])
    found = {r["StudentId"]: r["Id"] for r in documents(writer)}
    assert found.keys() == {"9919", "9921"}
    assert found["9919"] == kept["9919"]


def test_a_file_of_the_same_number_takes_the_place_of_the_earlier_one(writer: Writer) -> None:
    identity = written(writer)
    other = b64encode(b"a letter").decode()
    new = media(MediaType="pdf", FileName="letter.pdf", MediaBase64=other)
    post(writer, change(identity), students=[], files=[new, media(2)])
    names = [r["FileName"] for r in documents(writer) if r["StudentId"] == "9919"]
    assert sorted(names) == ["letter.pdf.gz", "small_tick.png.gz"]


def test_a_change_set_tells_of_a_file_that_was_replaced(writer: Writer) -> None:
    identity = written(writer)
    asked = f"LinkedDocuments?DocumentTypeName=Conduct&StudentIds=9919&DateFrom={TAKEN}&DateTo={TAKEN}&changedRows="
    name = writer.read(asked + "*")["__changedRows__"][0]["NextChangedRows"]
    # As long as the earlier one, compressed and not, so that nothing but the content differs.
    other = bytes([*PICTURE[:-1], PICTURE[-1] + 1])
    post(writer, change(identity), students=[], files=[media(MediaBase64=b64encode(other).decode())])
    (row,) = writer.read(asked + name)["DocumentAttachments"]
    assert (row["Size"], gzip.decompress(b64decode(row["Attachment"]))) == (len(PICTURE), other)


def test_numbers_of_files_are_each_apps_own(writer: Writer, small_hub: Hub) -> None:
    identity = written(writer)
    writer.token = small_hub.token(app="other.example.org")
    taken_away = {"Id": -1, "ConductId": 1}
    assert said(post(writer, change(identity), students=[], files=[taken_away])) == "Invalid MediaFile Id: -1"
    post(writer, change(identity), students=[], files=[media(FileName="other.png")])
    names = {r["FileName"] for r in documents(writer)}
    assert names == {"small_tick.png.gz", "other.png.gz"}


# ---- the document's messages


@pytest.fixture(scope="module")
def refused(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    """An app at a school of which nothing changes, since all that it writes is refused."""
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("refused"))
    yield Writer(hub)
    hub.close()


NEW: list[tuple[dict[str, Any], str]] = [
    ({"IncidentType": "Bad"}, "Invalid IncidentType Bad should be Ach or Beh"),
    ({"IncidentType": "beh"}, "Invalid IncidentType beh should be Ach or Beh"),
    ({"TypeId": 999}, "Invalid TypeId 999"),
    ({"TypeId": KINDNESS}, f"Invalid TypeId {KINDNESS}"),  # an achievement's
    ({"TypeId": GUM_RETIRED}, f"Invalid TypeId {GUM_RETIRED}"),
    ({"TypeId": None}, "Missing mandatory field TypeId"),
    ({"ActivityId": LESSON_ACH}, f"Invalid ActivityId {LESSON_ACH}"),
    ({"LocationId": 999}, "Invalid LocationId 999"),
    ({"LocationId": ANNEXE_RETIRED}, f"Invalid LocationId {ANNEXE_RETIRED}"),
    ({"StatusId": 999}, "Invalid StatusId 999"),
    ({"StatusId": CORRIDOR}, f"Invalid StatusId {CORRIDOR}"),
    ({"StatusId": None}, "Mandatory field StatusId missing"),
    ({"RecordedById": 99999}, "Invalid RecordedById 99999"),
    ({"RecordedById": None}, "Missing mandatory field RecordedById"),
    ({"BullTypeId": UNRESOLVED}, f"Invalid BullTypeId {UNRESOLVED}"),
    ({"EntryTimeId": 999}, "Invalid EntryTimeId 999"),
    ({"EntryDate": None}, "Missing mandatory field EntryDate"),
    ({"Note": "x" * 501}, "Note field max character limit (500) exceeded for Conduct Id: 1"),
    # Not among the document's messages; in their manner.
    ({"IncidentType": None}, "Missing mandatory field IncidentType"),
    ({"EntryDate": "20/11/2026"}, "Invalid EntryDate provided: 20/11/2026"),
    ({"TypeId": [1]}, "Invalid TypeId provided: [1]"),
    ({"UpdateId": 999999}, "Invalid UpdateId 999999"),
]


@pytest.mark.parametrize(("other", "message"), NEW)
@pytest.mark.parametrize("operation", ["Conduct", "ConductAsync"])
def test_what_is_wrong_with_a_record_is_said_at_once(
    refused: Writer, operation: str, other: dict[str, Any], message: str
) -> None:
    before = count(refused)
    answer = post(refused, incident(7), incident(**other), operation=operation, Callback=CALLBACK)
    assert said(answer) == message
    assert (refused.work(), count(refused)) == (0, before)


def count(writer: Writer) -> int:
    """How many records of conduct there are, of any kind."""
    tables = ("behaviour", "achievement", "behaviour_student", "achievement_student", "behaviour_staff")
    tables += ("achievement_staff", "conduct_media", "student_document", "detention", "student_detention")
    every = " + ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    return look(writer.hub.store, f"SELECT {every}").get


PARTS: list[tuple[dict[str, Any], str]] = [
    ({"students": [student("1")]}, "Invalid StudentId: 1"),
    ({"students": [student(RoleId=WITNESS)]}, f"Invalid Student RoleId for StudentId: {GRAHAM}"),
    ({"students": [student(OutcomeId=COMMENDED)]}, f"Invalid Behaviour OutcomeId {COMMENDED}"),
    (
        {"students": [student(), student("9919")]},
        "You have assigned the same student to the same conduct more than once",
    ),
    ({"students": [student(Points=None)]}, "Missing mandatory field Points"),
    (
        {"students": [student(StudentId=None)]},
        "Missing mandatory field StudentId; Missing mandatory section Participants",
    ),
    ({"students": [student(Points="few")]}, "Invalid Points provided: few"),
    ({"students": [student(), student(of=4)]}, "Invalid ConductId provided: 4"),
    ({"students": []}, "Missing mandatory section Participants"),
    (
        {"students": [student(), student(-PRIMROSE)]},
        "You must provide an UpdateId when trying to remove students from a behaviour record",
    ),
    ({"staff": [staff(99999)]}, "Invalid StaffId: 99999"),
    ({"staff": [staff(StaffRoleId=PARTICIPANT)]}, "Invalid Staff RoleId for StaffId: 2"),
    ({"staff": [staff(), staff()]}, "You have assigned the same staff to the same conduct more than once"),
    ({"staff": [staff(-2)]}, "You must provide an UpdateId when trying to remove staff from a behaviour record"),
    (
        {"files": [{"Id": -1, "ConductId": 1}]},
        "You must provide an UpdateId when trying to remove media from a behaviour record",
    ),
    ({"files": [media(), media()]}, "You have assigned the same media to the same conduct more than once"),
    ({"files": [media(MediaType="exe")]}, "Invalid MediaType provided: exe"),
    ({"files": [media(FileName="../small.png")]}, "Invalid FileName provided: ../small.png"),
    ({"files": [media(MediaBase64="no base64!")]}, "Invalid MediaBase64 provided: no base64!"),
    ({"files": [media(Description=None)]}, "Missing mandatory field Description"),
    (
        {"files": [media(Description="x" * 501)]},
        "Description field max character limit (500) exceeded for MediaFile Id: 1",
    ),
    (
        {"files": [media(MediaBase64=b64encode(bytes(10 * 1024 * 1024 + 1)).decode())]},
        "MediaBase64 field max size limit (10485760 bytes) exceeded for MediaFile Id: 1",
    ),
]


@pytest.mark.parametrize(("parts", "message"), PARTS)
def test_what_is_wrong_with_its_parts_is_said_at_once(refused: Writer, parts: dict[str, Any], message: str) -> None:
    before = count(refused)
    assert said(post(refused, incident(), **parts)) == message
    assert count(refused) == before


OF_ACHIEVEMENTS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"TypeId": HOMEWORK}, {}, f"Invalid TypeId {HOMEWORK}"),  # an incident's
    ({"TypeId": MERIT_SLIP_RETIRED}, {}, f"Invalid TypeId {MERIT_SLIP_RETIRED}"),
    ({"TypeId": None}, {}, "Missing mandatory field TypeId"),
    ({"ActivityId": LESSON_BEH}, {}, f"Invalid ActivityId {LESSON_BEH}"),
    ({"LocationId": 999}, {}, "Invalid LocationId 999"),
    ({"EntryTimeId": 999}, {}, "Invalid EntryTimeId 999"),
    ({"RecordedById": 99999}, {}, "Invalid RecordedById 99999"),
    ({"Note": "x" * 501}, {}, "Note field max character limit (500) exceeded for Conduct Id: 1"),
    ({}, {"students": [student(OutcomeId=CALL_HOME)]}, f"Invalid Achievement OutcomeId {CALL_HOME}"),
    ({}, {"students": [student("1")]}, "Invalid StudentId: 1"),
    ({}, {"staff": [staff(StaffRoleId=COMMENDED)]}, "Invalid Staff RoleId for StaffId: 2"),
    (
        {},
        {"students": [student(), student(-PRIMROSE)]},
        "You must provide an UpdateId when trying to remove students from a behaviour record",
    ),
]


@pytest.mark.parametrize(("other", "parts", "message"), OF_ACHIEVEMENTS)
def test_what_is_wrong_with_an_achievement_is_said_at_once(
    refused: Writer, other: dict[str, Any], parts: dict[str, Any], message: str
) -> None:
    before = count(refused)
    assert said(post(refused, achievement(**other), **parts)) == message
    assert count(refused) == before


def test_what_is_wrong_with_a_change_is_said_at_once(writer: Writer) -> None:
    identity = written(writer)
    sent = change(identity, TypeId=KINDNESS, StatusId=999, Note="x" * 501)
    assert said(post(writer, sent, students=[student(RoleId=WITNESS)])) == (
        "Note field max character limit (500) exceeded for Conduct Id: 1; "
        f"Invalid TypeId {KINDNESS}; Invalid StatusId 999; Invalid Student RoleId for StudentId: {GRAHAM}"
    )


def test_one_number_is_one_conduct(writer: Writer) -> None:
    assert said(post(writer, incident(), achievement())) == "You have defined the same conduct more than once"
    identity = written(writer)
    answer = post(writer, change(identity, 1), change(identity, 2), students=[])
    assert said(answer) == "You have defined the same conduct more than once"


def test_every_problem_is_said_at_once(writer: Writer) -> None:
    sent = incident(TypeId=999, StatusId=None, LocationId=998)
    answer = post(writer, sent, students=[student("1", OutcomeId=7)], staff=[staff(99999)])
    assert said(answer) == (
        "Mandatory field StatusId missing; Invalid TypeId 999; Invalid LocationId 998; Invalid StudentId: 1; "
        "Invalid Behaviour OutcomeId 7; Invalid StaffId: 99999"
    )


def test_an_achievement_has_no_status_role_or_way_of_bullying(writer: Writer) -> None:
    """Apps that send the same form for both kinds are not refused; what an achievement has no place for is left."""
    sent = achievement(StatusId=UNRESOLVED, BullTypeId=VERBAL, LocationId=CORRIDOR)
    identity = made(post(writer, sent, students=[student(RoleId=PARTICIPANT)]))
    assert shown(writer, identity, "Achievement")["event"][0]["Location"] == "Corridor"


# ---- what differs from MIS to MIS


def test_a_mis_that_takes_no_conduct_is_named(writer: Writer) -> None:
    writer.set_mis("Ledgerdale")
    for operation in ("Conduct", "ConductAsync"):
        answer = post(writer, incident(), operation=operation, Callback=CALLBACK)
        assert said(answer) == "Conduct writeback is not supported for Ledgerdale"


def test_sims_makes_one_record_of_many_students(writer: Writer) -> None:
    writer.set_mis("simsnet")
    identity = made(post(writer, incident(), students=[student(GRAHAM), student(PRIMROSE), student(THIRD)]))
    assert len(shown(writer, identity)["students"]) == 3


@pytest.fixture
def bromcom(writer: Writer) -> Writer:
    """An app that writes back at a school whose MIS is Bromcom."""
    writer.set_mis("Bromcom")
    return writer


def told(writer: Writer, *conducts: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """What the callback of an asynchronous write-back brings."""
    answer = post(writer, *conducts, operation="ConductAsync", Callback=CALLBACK, **sections)
    assert said(answer) is None, answer
    return writer.called(answer["TrackingId"])


def test_bromcom_makes_a_record_for_each_student(bromcom: Writer) -> None:
    """The document's Example 2; a status is not required."""
    three = [student(GRAHAM), student(PRIMROSE), student(THIRD)]
    sent = incident(StatusId=None)
    results = told(bromcom, sent, students=three, staff=[staff(2)])["json"]["result"]
    assert [r["IncidentId"] for r in results] == [1, 1, 1]
    seen = [shown(bromcom, r["ActualId"]) for r in results]
    assert [[s["StudentId"] for s in one["students"]] for one in seen] == [["9919"], ["9920"], ["9921"]]
    assert [[picked(s, "StaffId", "StaffRole") for s in one["staff"]] for one in seen] == [[("2", "Witness")]] * 3


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"staff": [staff(StaffRoleId=FOLLOWED_UP)]}, "Invalid Staff RoleId for StaffId: 2"),
        ({"files": [media()]}, "Media of conduct records is not supported for Bromcom"),
        ({"students": [student(-GRAHAM)]}, "Deletion of conduct records is not supported for Bromcom"),
        ({"staff": [staff(-2)]}, "Deletion of conduct records is not supported for Bromcom"),
    ],
)
def test_what_bromcom_does_not_take_is_refused(bromcom: Writer, parts: dict[str, Any], message: str) -> None:
    first = told(bromcom, incident(), staff=[staff(2)])["json"]["result"][0]["ActualId"]
    answer = post(bromcom, change(first), operation="ConductAsync", Callback=CALLBACK, **parts)
    assert said(answer) == message


def test_a_record_of_bromcom_has_one_student(bromcom: Writer) -> None:
    first = told(bromcom, incident())["json"]["result"][0]["ActualId"]
    query = told(bromcom, change(first), students=[student(PRIMROSE)])["query"]
    message = "Only one student can be linked to a conduct record for Bromcom"
    assert (query["XodCompleted"], query["ErrorMessage"]) == ("False", message)
    assert [r["StudentId"] for r in shown(bromcom, first)["students"]] == ["9919"]
    assert told(bromcom, change(first), students=[student(GRAHAM, Points=9)])["query"]["XodCompleted"] == "True"
    assert [r["Points"] for r in shown(bromcom, first)["students"]] == [9]


def test_bromcom_takes_conduct_by_the_asynchronous_endpoint_only(bromcom: Writer) -> None:
    assert said(post(bromcom, incident())) == "Conduct writeback is not supported for Bromcom"


# ---- the callback


def test_the_callback_tells_which_records_were_made(writer: Writer) -> None:
    called = told(writer, incident(3), achievement(4))
    assert called["url"] == CALLBACK["Url"]
    assert called["query"]["XodCompleted"] == "True"
    (first, second) = called["json"]["result"]
    assert (first["IncidentId"], second["IncidentId"]) == (3, 4)
    assert shown(writer, first["ActualId"])["students"] != []


def test_who_waits_for_the_answer_may_be_called_too(writer: Writer) -> None:
    answer = post(writer, incident(), Callback=CALLBACK)
    queue = Queue(writer.hub.store, writer.hub.edge.clock)
    queue.collect()
    (called,) = [job.payload for job in queue.jobs("waiting") if job.kind == "webhook"]
    assert (called["url"], called["json"]) == (CALLBACK["Url"], {"result": answer["result"]})


def test_a_repeat_under_one_key_makes_one_record(writer: Writer) -> None:
    sent = body(incident(), students=[student(), student(PRIMROSE)])
    answers = [writer.write("Writeback/Conduct", sent, idempotency_key="corridor-1") for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    first = int(made(answers[0]))
    assert int(made(post(writer, incident()))) == first + 1


def test_a_list_that_changed_meanwhile_is_told_by_the_callback(writer: Writer) -> None:
    answer = post(writer, incident(), operation="ConductAsync", Callback=CALLBACK)
    with changing(writer.hub.store) as db:
        db.execute("UPDATE conduct_type SET active = 0 WHERE mis_id = '1'")
    query = writer.called(answer["TrackingId"])["query"]
    assert (query["XodCompleted"], query["ErrorMessage"]) == ("False", "Invalid TypeId 1")


# ---- consent


def test_without_the_scope_nothing_is_written(writer: Writer) -> None:
    writer.hold("Conduct", "Student", "WritebackAttendance")
    answer = post(writer, incident())
    assert answer["ExceptionType"] == "ScopeNotHeld"


def test_the_scope_alone_is_enough(writer: Writer) -> None:
    writer.hold("WritebackConduct")
    assert post(writer, incident(), staff=[staff(2)], files=[media()])["result"] != []


def test_who_is_left_out_cannot_be_named(writer: Writer) -> None:
    identity = written(writer)
    writer.leave_out("students", str(PRIMROSE))
    writer.leave_out("staff", "2")
    for sent in (PRIMROSE, -PRIMROSE, 77777):
        assert said(post(writer, change(identity), students=[student(sent)])) == f"Invalid StudentId: {sent}"
    assert said(post(writer, change(identity, RecordedById=2), staff=[staff(2)])) == (
        "Invalid RecordedById 2; Invalid StaffId: 2"
    )


def test_a_record_of_people_who_are_left_out_is_not_there(writer: Writer) -> None:
    identity = written(writer)
    writer.leave_out("students", str(GRAHAM), str(PRIMROSE))
    both = [said(post(writer, change(one), students=[student(THIRD)])) for one in (identity, "999999")]
    assert both == [f"Invalid UpdateId {identity}", "Invalid UpdateId 999999"]


def test_a_record_whose_people_are_left_out_after_the_answer_is_not_changed(writer: Writer) -> None:
    identity = written(writer)
    sent = change(identity, Note="Later")
    answer = post(writer, sent, students=[], operation="ConductAsync", Callback=CALLBACK)
    writer.leave_out("students", str(GRAHAM), str(PRIMROSE))
    assert writer.called(answer["TrackingId"])["query"]["ErrorMessage"] == f"Invalid UpdateId {identity}"


def test_another_school_is_refused(writer: Writer) -> None:
    assert writer.write("Writeback/Conduct/9992001", body(incident()))["ExceptionType"] == "SchoolNotGranted"


def test_paths_may_leave_out_the_school_and_are_not_told_apart_by_case(writer: Writer) -> None:
    for path in ("Writeback/Conduct", "writeback/conduct/", f"WriteBack/CONDUCT/{THORNFIELD}"):
        assert said(writer.write(path, body(incident()))) is None
