"""Attendance Writeback and Attendance Writeback Async, word for word (Xporter document)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rollbook.model.attendance import Mark
from tests.looking import look

from ..hub import THORNFIELD, Answer
from .writer import Writer

TODAY = "2026-11-20"
GRAHAM, PRIMROSE = "9919", "9920"
CALLBACK = {"Method": "POST", "Url": "https://app.example.org/done?id=Attendance&estab=9994001"}
QUIET = {"ExceptionType": None, "ExceptionMessage": None, "InnerException": None}


def mark(student: str = GRAHAM, **other: Any) -> dict[str, Any]:
    """A mark at this morning's session."""
    return {
        "StudentId": student,
        "MarkType": "S",
        "Date": TODAY,
        "Session": "AM",
        "Mark": "I",
        **other,
    }


def marks_of(writer: Writer, student: str = GRAHAM, day: str = TODAY) -> dict[str, dict[str, Any]]:
    """What the API shows of a student's day: each mark by its session, or the period of its lesson."""
    rows = writer.read(f"AttendanceForDate?date={day}&id={student}")["AttendMarks"]
    return {row["InstanceId"] or row["Session"]: row for row in rows}


def post(writer: Writer, *marks: dict[str, Any], operation: str = "Attendance", **sections: Any) -> dict[str, Any]:
    """The answer to a write-back of these marks."""
    return writer.write(f"{operation}/{THORNFIELD}/", {"Marks": list(marks), **sections})


def said(answer: dict[str, Any]) -> str | None:
    """What an answer says is wrong."""
    assert (answer["ExceptionType"] == "ValidationError") == (answer["ExceptionMessage"] is not None)
    return answer["ExceptionMessage"]


# ---- what is written is there


def test_a_session_mark_is_there_on_the_next_read(writer: Writer) -> None:
    sent = mark(Mark="L", Mins=5, Notes="Missed the bus")
    assert post(writer, sent) == {"Message": "success", **QUIET}
    seen = marks_of(writer)["AM"]
    assert {n: seen[n] for n in ("Mark", "MinsLate", "Notes", "Type", "InstanceId")} == {
        "Mark": "L",
        "MinsLate": 5,
        "Notes": "Missed the bus",
        "Type": "S",
        "InstanceId": None,
    }


def test_a_mark_that_was_not_there_is_added(writer: Writer) -> None:
    monday = "2026-11-23"
    assert marks_of(writer, day=monday) == {}
    post(writer, mark(Date=monday, Mark="M"))
    assert marks_of(writer, day=monday)["AM"]["Mark"] == "M"


def test_a_lesson_mark_is_of_the_period_that_it_names(writer: Writer) -> None:
    period = next(instance for instance in marks_of(writer) if instance not in ("AM", "PM"))
    before = marks_of(writer)
    assert said(post(writer, mark(MarkType="L", InstanceId=period, Mark="L", Session=None))) is None
    after = marks_of(writer)
    assert after.pop(period)["Mark"] == "L"
    before.pop(period)
    assert after == before


def test_ids_may_come_as_numbers_and_names_in_any_case(writer: Writer) -> None:
    sent = {"studentid": 9919, "marktype": "S", "date": TODAY, "session": "AM", "mark": "I"}
    assert said(writer.write(f"attendance/{THORNFIELD}", {"marks": [sent]})) is None
    assert marks_of(writer)["AM"]["Mark"] == "I"


def test_a_change_set_tells_of_the_marks_that_were_written_and_of_no_others(writer: Writer) -> None:
    day = f"AttendanceForDate?date={TODAY}&changedRows="
    name = writer.read(day + "*")["__changedRows__"][0]["NextChangedRows"]
    post(writer, mark(Mark="M"))
    told = writer.read(day + name)
    assert [(row["Id"], row["Mark"]) for row in told["AttendMarks"]] == [(f"{GRAHAM}.{TODAY}.AM", "M")]
    assert told["AttendMarks_deleted"] == []


def test_a_statutory_comment_is_read_with_the_attendance_of_the_year(writer: Writer) -> None:
    post(writer, mark(Mark="B", StatutoryComment="Referral order"))
    asked = f"AttendanceSummary/{GRAHAM}?includeStatutoryComments=true"
    assert [r["Comment"] for r in writer.read(asked)["StatutoryComments"]] == ["Referral order"]


# ---- the rule of the N code


def in_register(writer: Writer, held: str) -> None:
    """Have the school itself enter a mark of Graham's for this morning."""
    (district, identity) = look(
        writer.hub.store,
        "SELECT m.district, m.id FROM mark m JOIN student s ON s.district = m.district AND s.id = m.student"
        " WHERE s.mis_id = ? AND m.date = ? AND m.session = 'AM' AND m.kind = 'S'",
        (GRAHAM, TODAY),
    ).get
    with writer.hub.store.write(district) as batch:
        batch.change(Mark, identity, {"mark": held})


@pytest.mark.parametrize(("held", "then"), [("N", "N"), ("-", "N"), ("I", "I"), ("/", "/"), (None, "N")])
def test_n_is_set_only_where_the_school_has_no_other_mark(writer: Writer, held: str | None, then: str) -> None:
    day = TODAY if held else "2026-11-23"
    if held:
        in_register(writer, held)
    assert said(post(writer, mark(Mark="N", Date=day))) is None
    assert marks_of(writer, day=day)["AM"]["Mark"] == then


def test_any_other_mark_overwrites(writer: Writer) -> None:
    post(writer, mark(Mark="I"))
    post(writer, mark(Mark="M"))
    assert marks_of(writer)["AM"]["Mark"] == "M"


# ---- tier 1: the document's messages


TIER_1 = [
    ({"StudentId": None}, "Missing mandatory field StudentId"),
    ({"StudentId": "1"}, "Invalid StudentId: 1"),
    ({"MarkType": "L"}, f"InstanceId required for Lesson attendance writeback for StudentId: {GRAHAM}"),
    ({"Notes": "x" * 501}, f"Notes field max character limit (500) exceeded for StudentId: {GRAHAM}"),
    ({"Session": "Noon"}, "Invalid Session provided: Noon"),
    ({"Mark": "?"}, "Invalid Mark provided: ?"),
    ({"Mark": "H"}, "Invalid Mark provided: H"),  # withdrawn in 2024: known, but no longer in use
    # Not among the document's messages; in their manner.
    ({"MarkType": "Z"}, "Invalid MarkType provided: Z"),
    ({"Date": "20/11/2026"}, "Invalid Date provided: 20/11/2026"),
    ({"Date": None}, "Missing mandatory field Date"),
    ({"Mins": "five"}, "Invalid Mins provided: five"),
    ({"Mins": -1}, "Invalid Mins provided: -1"),
    ({"Mark": "B"}, "Missing mandatory field StatutoryComment"),
    (
        {"Mark": "B", "StatutoryComment": "x" * 501},
        f"StatutoryComment field max character limit (500) exceeded for StudentId: {GRAHAM}",
    ),
]


@pytest.mark.parametrize(("change", "message"), TIER_1)
@pytest.mark.parametrize("operation", ["Attendance", "AttendanceAsync"])
def test_what_is_wrong_is_said_at_once_and_nothing_is_written(
    writer: Writer, operation: str, change: dict[str, Any], message: str
) -> None:
    before = marks_of(writer, PRIMROSE)
    good, bad = mark(PRIMROSE, Mark="M"), mark(**change)
    assert said(post(writer, good, bad, operation=operation, Callback=CALLBACK)) == message
    assert writer.work() == 0
    assert marks_of(writer, PRIMROSE) == before


def test_one_batch_has_one_date(writer: Writer) -> None:
    message = "Only write back a set of marks for the same date"
    assert said(post(writer, mark(), mark(PRIMROSE, Date="2026-11-19"))) == message


def test_every_problem_is_said_at_once(writer: Writer) -> None:
    assert said(post(writer, mark("1"), mark(Session="XM", Mark="?"))) == (
        "Invalid StudentId: 1; Invalid Session provided: XM; Invalid Mark provided: ?"
    )


@pytest.mark.parametrize("mis", ["bromcom", "Ledgerdale"])
def test_a_mis_that_takes_no_attendance_is_named(writer: Writer, mis: str) -> None:
    writer.set_mis(mis)
    named = {"bromcom": "Bromcom"}.get(mis, mis)
    assert said(post(writer, mark())) == f"Attendance writeback is not supported for {named}"


def test_sims_takes_attendance(writer: Writer) -> None:
    writer.set_mis("simsnet")
    assert said(post(writer, mark())) is None


# ---- tier 2: what only the live register can tell


def close(writer: Writer) -> None:
    """Close the school this morning."""
    post(writer, mark(PRIMROSE, Mark="#"))


TIER_2 = [
    (mark(), "School appears to be closed to students on this date"),
    (mark(MarkType="L", InstanceId="1"), "Invalid lesson InstanceId provided"),
]


@pytest.mark.parametrize(("sent", "message"), TIER_2)
def test_what_the_register_refuses_is_said_at_once_to_who_waits(
    writer: Writer, sent: dict[str, Any], message: str
) -> None:
    close(writer)
    before = marks_of(writer)
    assert said(post(writer, mark(PRIMROSE, Session="PM"), sent)) == message
    assert marks_of(writer) == before


@pytest.mark.parametrize(("sent", "message"), TIER_2)
def test_what_the_register_refuses_is_told_by_the_callback_of_an_async_one(
    writer: Writer, sent: dict[str, Any], message: str
) -> None:
    close(writer)
    before = marks_of(writer)
    answer = post(writer, mark(PRIMROSE, Session="PM"), sent, operation="AttendanceAsync", Callback=CALLBACK)
    assert said(answer) is None
    told = callback(writer, answer["TrackingId"])
    assert (told["XodCompleted"], told["ErrorMessage"]) == ("False", message)
    assert marks_of(writer) == before


def callback(writer: Writer, tracking: str) -> dict[str, str]:
    """The parameters with which the app is called once the worker has entered a write-back."""
    called = writer.called(tracking)
    assert called["url"] == CALLBACK["Url"]
    return called["query"]


# ---- the asynchronous answer


def test_an_async_write_back_is_tracked(writer: Writer) -> None:
    answer = post(writer, mark(Mark="M"), operation="AttendanceAsync", Callback=CALLBACK)
    tracking = answer.pop("TrackingId")
    assert len(tracking) == len("20171101121545.66a1289c-5186-4448-9847-ccdd28054230")
    assert answer == {
        "DataSet": {"trackingid": [{"trackingid": tracking, "errorquery": "Writeback.AttendanceAsync_OnError"}]},
        "Message": "success",
        **QUIET,
    }
    assert callback(writer, tracking) == {"trackingid": tracking, "XodCompleted": "True"}
    assert marks_of(writer)["AM"]["Mark"] == "M"


def test_an_async_write_back_must_say_whom_to_call(writer: Writer) -> None:
    answer = post(writer, mark(), operation="AttendanceAsync")
    assert said(answer) == "Missing mandatory section Callback"
    answer = post(writer, mark(), operation="AttendanceAsync", Callback={"Method": "GET"})
    assert said(answer) == "Missing mandatory field Url; Invalid Method provided: GET"


def test_a_repeat_under_one_key_is_one_write_back(writer: Writer) -> None:
    """The Idempotency-Key header is Rollbook's own: who had no answer may ask again."""
    sent = {"Marks": [mark()], "Callback": CALLBACK}
    ids = {
        writer.write(f"AttendanceAsync/{THORNFIELD}", sent, idempotency_key="register-8B-am")["TrackingId"]
        for _ in range(3)
    }
    assert len(ids) == 1
    assert writer.work() == 1
    writer.write(f"AttendanceAsync/{THORNFIELD}", sent, idempotency_key="register-8B-am")
    assert writer.work() == 0


# ---- consent


def test_without_the_scope_nothing_is_written(writer: Writer) -> None:
    writer.hold("Attendance", "Student")
    answer = post(writer, mark())
    assert (answer["ExceptionType"], answer["ExceptionMessage"]) == (
        "ScopeNotHeld",
        "Attendance: needs the scope WritebackAttendance (ask the school to grant it)",
    )


def test_who_is_left_out_cannot_be_named(writer: Writer) -> None:
    writer.leave_out("students", GRAHAM)
    assert said(post(writer, mark())) == f"Invalid StudentId: {GRAHAM}"
    assert said(post(writer, mark("77777"))) == "Invalid StudentId: 77777"


def test_who_is_left_out_after_the_answer_is_not_written(writer: Writer) -> None:
    answer = post(writer, mark(Mark="M"), operation="AttendanceAsync", Callback=CALLBACK)
    writer.leave_out("students", GRAHAM)
    told = callback(writer, answer["TrackingId"])
    assert (told["XodCompleted"], told["ErrorMessage"]) == ("False", f"Invalid StudentId: {GRAHAM}")


def test_an_order_whose_grant_has_ended_is_not_entered(writer: Writer) -> None:
    answer = post(writer, mark(Mark="M"), operation="AttendanceAsync", Callback=CALLBACK)
    writer.revoke()
    writer.work()
    assert writer.outcome(answer["TrackingId"]) == "invalid"


def test_another_school_is_refused_whether_or_not_it_is_there(writer: Writer) -> None:
    answers = [writer.write(f"Attendance/{estab}", {"Marks": [mark()]}) for estab in ("9992001", "1234567")]
    assert [a["ExceptionType"] for a in answers] == ["SchoolNotGranted"] * 2
    assert answers[0] == answers[1]


# ---- bodies that are none


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "body: is not JSON"),
        (b"[]", "body: is not a JSON object"),
        (b'{"Marks": 7}', "Marks must be a list of objects"),
        (b'{"Marks": [7]}', "Marks must be a list of objects"),
        (b'{"Marks": []}', "Missing mandatory section Marks"),
        (b'{"Marx": []}', "Marx: is not a section of this write-back (did you mean Marks?)"),
        (b"[" * 100_000, "body: is n"),
    ],
)
def test_a_body_that_is_none_is_told_so(writer: Writer, body: bytes, message: str) -> None:
    answer = writer.hub.ask("POST", f"/api/v1/Attendance/{THORNFIELD}", writer.token, body).json
    assert answer["ExceptionMessage"].startswith(message)


def test_only_post_writes(writer: Writer) -> None:
    answer = writer.hub.get(f"/api/v1/Attendance/{THORNFIELD}?httpstatuscodes=true", writer.token)
    assert (answer.status, answer.json["ExceptionType"]) == (405, "MethodNotAllowed")


# ---- while somebody else writes


def test_a_write_back_during_an_import_is_entered_when_that_has_ended(writer: Writer) -> None:
    """The server answers others meanwhile; the worker enters it, and then the caller is answered."""

    async def during_an_import() -> Answer:
        with writer.hub.store.again() as another:
            with another.of_district(writer.hub.desk.schools.find(THORNFIELD)[0]):
                asked = asyncio.create_task(writer.sent(f"Attendance/{THORNFIELD}", {"Marks": [mark(Mark="M")]}))
                await writer.left_to_the_worker()
                assert not asked.done()
                assert "SchoolInfo" in (await writer.asked("SchoolInfo")).json
            assert writer.work() == 1
            return await asked

    answer = writer.hub.loop.run_until_complete(during_an_import())
    assert answer.json == {"Message": "success", **QUIET}
    assert marks_of(writer)["AM"]["Mark"] == "M"


def test_what_is_refused_after_a_wait_has_its_status_as_at_once(writer: Writer) -> None:
    close(writer)

    async def during_an_import() -> Answer:
        with writer.hub.store.again() as another:
            with another.of_district(writer.hub.desk.schools.find(THORNFIELD)[0]):
                path = f"Attendance/{THORNFIELD}?httpstatuscodes=true"
                asked = asyncio.create_task(writer.sent(path, {"Marks": [mark(Mark="M")]}))
                await writer.left_to_the_worker()
                assert not asked.done()
            assert writer.work() == 1
            return await asked

    answer = writer.hub.loop.run_until_complete(during_an_import())
    assert (answer.status, said(answer.json)) == (400, "School appears to be closed to students on this date")
