"""A school's agent: it is read, it enters write-backs, and it may be away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.agent import Credential
from rollbook.errors import Stop
from rollbook.ingest import agents
from rollbook.jobs import Queue
from rollbook.mis import Tasks
from rollbook.model.people import Person
from rollbook.model.students import StudentPhoto
from tests.looking import look

from .hub import THORNFIELD, Hub
from .school_agent import TRUST, Beside, same_records
from .xporter.writer import Writer

TODAY = "2026-11-20"
GRAHAM, PRIMROSE = "9919", "9920"
FIVE_MINUTES, HOUR = 300.0, 3600.0


@pytest.fixture(scope="module")
def read(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Credential]:
    """A folder with a hub and a school whose records it has read, to be copied; and the agent's credential."""
    folder = tmp_path_factory.mktemp("agent")
    shutil.copytree(small_folder, folder / "school")
    hub = Hub(folder / "hub")
    hub.store.set("today", TODAY)
    beside = Beside(hub, folder / "school")
    beside.read()
    beside.close()
    hub.close()
    return folder, beside.credential


@pytest.fixture
def hub(read: tuple[Path, Credential], tmp_path: Path) -> Iterator[Hub]:
    """A hub that has read a school."""
    one = Hub.copy(read[0] / "hub", tmp_path / "hub")
    one.now += 1
    yield one
    one.close()


@pytest.fixture
def beside(hub: Hub, read: tuple[Path, Credential], tmp_path: Path) -> Iterator[Beside]:
    """The school with its agent."""
    shutil.copytree(read[0] / "school", tmp_path / "school")
    one = Beside(hub, tmp_path / "school", read[1])
    yield one
    one.close()


@pytest.fixture
def writer(hub: Hub, beside: Beside) -> Writer:
    """An app of the school."""
    return Writer(hub)


def mark(student: str = GRAHAM, **other: Any) -> dict[str, Any]:
    """A mark at this morning's session."""
    return {"StudentId": student, "MarkType": "S", "Date": TODAY, "Session": "AM", "Mark": "I", **other}


def send(writer: Writer, *marks: dict[str, Any], **headers: str) -> str:
    """The tracking id of a write-back that is queued, and that the worker has seen once."""
    callback = {"Method": "POST", "Url": "https://app.example.org/done"}
    answer = writer.write(f"AttendanceAsync/{THORNFIELD}", {"Marks": list(marks), "Callback": callback}, **headers)
    assert answer["Message"] == "success", answer
    writer.hub.work()
    return answer["TrackingId"]


def seen(writer: Writer, student: str = GRAHAM) -> str:
    """The morning's mark as the hub shows it."""
    rows = writer.read(f"AttendanceForDate?date={TODAY}&id={student}")["AttendMarks"]
    return next(row["Mark"] for row in rows if row["Session"] == "AM" and row["Type"] == "S")


def entered(beside: Beside, student: str = GRAHAM) -> str:
    """The morning's mark as the school keeps it."""
    return look(
        beside.store,
        "SELECT m.mark FROM mark m JOIN student s ON s.id = m.student AND s.district = m.district"
        " WHERE s.mis_id = ? AND m.date = ? AND m.session = 'AM' AND m.kind = 'S'",
        (student, TODAY),
    ).get


def told(hub: Hub) -> list[dict[str, str]]:
    """What apps were told of write-backs, or are to be: the parameters of the call."""
    queue = Queue(hub.store, lambda: hub.now)
    queue.collect()
    return [job.payload["query"] for job in queue.jobs(kind="webhook")]


def agree(hub: Hub, beside: Beside) -> None:
    """The hub holds what the school holds, record by record."""
    same_records(hub.store, beside.store, TRUST)


# ---- reading


def test_the_hub_reads_the_school_whole_when_its_agent_first_comes(hub: Hub, beside: Beside) -> None:
    schools = [(estab, name) for _, _, estab, name, _ in hub.desk.schools.all()]
    assert schools == [("9992001", "Brambleside Primary School"), (THORNFIELD, "Thornfield Academy")]
    agree(hub, beside)
    assert hub.desk.agents.named("larkspur").position == beside.school.reached


def test_what_the_school_changes_is_there_when_what_the_hub_holds_has_grown_old(
    hub: Hub, beside: Beside, writer: Writer
) -> None:
    (graham,) = writer.read(f"Students?id={GRAHAM}&select=Id,Surname")["Students"]
    person = look(beside.store, "SELECT person FROM student WHERE mis_id = ?", (GRAHAM,)).get
    with beside.store.write(beside.school.district) as batch:
        batch.change(Person, person, {"surname": "Newtwhistle"})
    hub.now += 24 * HOUR
    assert writer.read(f"Students?id={GRAHAM}&select=Id,Surname")["Students"] == [graham]
    hub.work()
    beside.run()
    (now,) = writer.read(f"Students?id={GRAHAM}&select=Id,Surname")["Students"]
    assert now == {**graham, "Surname": "Newtwhistle"}
    hub.work()
    assert Queue(hub.store, lambda: hub.now).jobs("waiting") == []
    agree(hub, beside)


def test_a_large_photograph_comes_whole(hub: Hub, beside: Beside, writer: Writer) -> None:
    image = "/9j/" + "A" * 300_000
    photo = look(beside.store, "SELECT id FROM student_photo WHERE district = 1 LIMIT 1").get
    with beside.store.write(beside.school.district) as batch:
        batch.change(StudentPhoto, photo, {"image": image})
    send(writer, mark(Mark="L"))
    beside.run()
    assert (seen(writer), look(hub.store, "SELECT max(length(image)) FROM student_photo").get) == (
        "L",
        len(image),
    )


def test_while_the_agent_is_away_the_cache_answers_and_health_says_so(hub: Hub, writer: Writer) -> None:
    before = writer.read("Students?pagesize=5")["Students"]
    assert writer.read("Health")["health"][0]["XodStatus"] == "ok"
    hub.now += 25 * HOUR
    assert writer.read("Students?pagesize=5")["Students"] == before
    hub.work()
    assert writer.read("Students?pagesize=5")["Students"] == before
    (health,) = writer.read("Health")["health"]
    assert (health["SchoolDataStatus"], health["SchoolDataAgeDays"], health["XodStatus"]) == ("ok", 1, "failed")
    (status,) = writer.read("Students?onlyGetDBStatus=true")["DBStatus"]
    assert (status["Status"], status["Problem"]) == ("Failed", "the school's agent cannot be reached")
    hub.now += 30 * 24 * HOUR
    writer.token = hub.desk.tokens.sign_in(*_secret(hub))[0]
    assert writer.read("Health")["health"][0]["SchoolDataStatus"] == "expired"


def _secret(hub: Hub) -> tuple[str, str, str]:
    grant, secret = hub.desk.grants.authorise(hub.app("register.example.org"), THORNFIELD, ["all"])
    return grant.app.relying_party, secret, THORNFIELD


def test_health_is_well_again_when_the_agent_is_back(hub: Hub, beside: Beside, writer: Writer) -> None:
    hub.now += 25 * HOUR
    writer.read("Health")
    hub.work()
    assert writer.read("Health")["health"][0]["XodStatus"] == "failed"
    beside.run()
    hub.work()
    assert writer.read("Health")["health"][0]["XodStatus"] == "ok"


def test_a_school_that_shrinks_is_not_believed_until_its_owner_allows_it(hub: Hub, beside: Beside) -> None:
    held = look(hub.store, "SELECT count(*) FROM mark").get
    with beside.store.write(beside.school.district) as batch:
        batch.connection.execute("DELETE FROM mark WHERE district = ?", (beside.school.district,))
    hub.now += 1
    hub.desk.agents.unread(hub.desk.agents.named("larkspur"))
    beside.read()
    assert look(hub.store, "SELECT count(*) FROM mark").get == held
    last = Tasks(hub.store, lambda: hub.now).last_reading(hub.desk.agents.named("larkspur").id)
    assert last is not None
    assert (last.state, "would be removed" in str(last.note)) == ("refused", True)
    hub.desk.agents.let_shrink(hub.desk.agents.named("larkspur"))
    beside.read()
    assert look(hub.store, "SELECT count(*) FROM mark").get == 0
    assert hub.desk.agents.named("larkspur").may_shrink is False


def test_records_that_were_uploaded_to_another_machine_are_imported_there(
    hub: Hub, beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several servers on one database, each has the files that were uploaded to it."""
    uploads = hub.store.folder / "uploads"
    hub.desk.agents.unread(hub.desk.agents.named("larkspur"))
    beside.run()
    uploads.rename(uploads.with_name("of another machine"))
    monkeypatch.setattr(agents, "MACHINE", "another.example.org")
    hub.work()
    assert [job.kind for job in Queue(hub.store, lambda: hub.now).jobs("waiting")] == ["reading"]
    uploads.with_name("of another machine").rename(uploads)
    hub.now += agents.ELSEWHERE
    hub.work()
    assert hub.desk.agents.named("larkspur").position == beside.school.reached


# ---- writing back


def test_a_write_back_is_entered_at_the_school_and_is_there_on_the_next_read(
    hub: Hub, beside: Beside, writer: Writer
) -> None:
    tracking = send(writer, mark(Mark="L", Mins=5))
    assert (writer.outcome(tracking), told(hub)) == (None, [])
    beside.run()
    assert (writer.outcome(tracking), seen(writer), entered(beside)) == ("done", "L", "L")
    assert told(hub) == [{"trackingid": tracking, "XodCompleted": "True"}]
    # The job that waited for it has nothing to wait for any more.
    hub.work()
    assert not Queue(hub.store, lambda: hub.now).pending("writeback", tracking)
    agree(hub, beside)


def test_what_only_the_school_can_tell_is_told_in_its_words(hub: Hub, beside: Beside, writer: Writer) -> None:
    tracking = send(writer, mark(MarkType="L", InstanceId="1", Session=None))
    beside.run()
    assert told(hub) == [
        {"trackingid": tracking, "XodCompleted": "False", "ErrorMessage": "Invalid lesson InstanceId provided"}
    ]


def test_an_answer_that_was_lost_is_given_again_and_nothing_is_entered_twice(
    hub: Hub, beside: Beside, writer: Writer
) -> None:
    tracking = send(writer, mark(Mark="L"))
    line = beside.line()
    line.cut_after = "done"
    with pytest.raises(Stop, match="the line was cut"):
        beside.run(line)
    assert writer.outcome(tracking) == "done"
    reached = beside.school.reached
    beside.run()
    assert beside.school.reached == reached
    assert len(told(hub)) == 1


def test_an_agent_that_died_between_entering_and_telling_tells_when_it_is_back(
    hub: Hub, beside: Beside, writer: Writer
) -> None:
    tracking = send(writer, mark(Mark="L"))
    beside.hello()
    task = beside.next()
    assert task is not None
    beside.school.enter(task["id"], task["order"], None)
    reached = beside.school.reached
    assert (entered(beside), seen(writer)) == ("L", "/")
    beside.run()
    assert (beside.school.reached, seen(writer), writer.outcome(tracking)) == (reached, "L", "done")


def test_after_an_hour_a_write_back_that_nobody_has_had_is_reported(hub: Hub, beside: Beside, writer: Writer) -> None:
    tracking = send(writer, mark(Mark="L"))
    for _ in range(11):
        hub.now += FIVE_MINUTES
        hub.work()
    assert told(hub) == []
    hub.now += FIVE_MINUTES
    hub.work()
    said = "The school's agent could not be reached for an hour. Nothing was written back"
    assert told(hub) == [{"trackingid": tracking, "XodCompleted": "False", "ErrorMessage": said}]
    beside.run()
    assert (entered(beside), seen(writer), len(told(hub))) == ("/", "/", 1)


def test_within_the_hour_it_is_entered_as_soon_as_the_agent_is_back(hub: Hub, beside: Beside, writer: Writer) -> None:
    send(writer, mark(Mark="L"))
    hub.now += 11 * FIVE_MINUTES
    hub.work()
    beside.run()
    assert (seen(writer), told(hub)[0]["XodCompleted"]) == ("L", "True")


def test_what_an_agent_has_had_only_it_can_tell_of(hub: Hub, beside: Beside, writer: Writer) -> None:
    for student, entering in ((GRAHAM, True), (PRIMROSE, False)):
        send(writer, mark(student, Mark="L"))
        beside.hello()
        task = beside.next()
        assert task is not None
        if entering:
            beside.school.enter(task["id"], task["order"], None)
        hub.now += 2 * HOUR
        hub.work()
        # It was taken and not answered, so nothing is said of it yet.
        assert len(told(hub)) == (0 if entering else 1)
        beside.run()
    assert [query["XodCompleted"] for query in told(hub)] == ["True", "False"]
    assert (entered(beside), entered(beside, PRIMROSE)) == ("L", "/")


def test_after_a_day_it_is_told_that_nobody_knows(hub: Hub, beside: Beside, writer: Writer) -> None:
    tracking = send(writer, mark(Mark="L"))
    beside.hello()
    assert beside.next() is not None
    hub.now += 24 * HOUR
    hub.work()
    (query,) = told(hub)
    assert (query["trackingid"], query["XodCompleted"]) == (tracking, "")
    assert query["ErrorMessage"].endswith("It is not known whether it was entered")


def test_what_the_school_no_longer_grants_is_not_handed_out(hub: Hub, beside: Beside, writer: Writer) -> None:
    tracking = send(writer, mark(Mark="L"))
    writer.revoke()
    beside.run()
    assert (writer.outcome(tracking), entered(beside)) == ("invalid", "/")


def test_somebody_who_was_left_out_since_is_not_written_about(hub: Hub, beside: Beside, writer: Writer) -> None:
    tracking = send(writer, mark(Mark="L"))
    writer.leave_out("Student", GRAHAM)
    beside.run()
    assert (writer.outcome(tracking), entered(beside)) == ("invalid", "/")
    assert told(hub)[0]["ErrorMessage"] == f"Invalid StudentId: {GRAHAM}"


def test_the_school_has_the_profile_of_its_own_mis(hub: Hub, beside: Beside) -> None:
    with beside.store.write(beside.school.district) as batch:
        batch.connection.execute("UPDATE school SET mis = 'bromcom', seq = ? WHERE estab = ?", (10**9, THORNFIELD))
        batch.connection.execute("UPDATE clock SET seq = ?", (10**9,))
    hub.desk.agents.unread(hub.desk.agents.named("larkspur"))
    beside.read()
    answer = Writer(hub).write(f"Attendance/{THORNFIELD}", {"Marks": [mark()]})
    assert answer["ExceptionMessage"] == "Attendance writeback is not supported for Bromcom"


def test_a_school_put_back_to_an_earlier_day_is_read_whole_before_anything_is_asked_of_it(
    hub: Hub, beside: Beside, writer: Writer
) -> None:
    send(writer, mark(Mark="L"))
    beside.hello(reached=beside.school.reached - 1)
    assert hub.desk.agents.named("larkspur").position is None
    task = beside.next()
    assert task is not None
    assert (task["kind"], task["since"]) == ("reading", None)
    beside.read()
    beside.run()
    assert (entered(beside), seen(writer)) == ("L", "L")
    agree(hub, beside)
