"""What an app writes through Ed-Fi goes to the source that has the record: here another hub, over real sockets."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.consent.forwarding import KIND
from rollbook.ingest.diff import Diff
from rollbook.ingest.reading import read_feed
from rollbook.ingest.settings import sealed
from rollbook.jobs import Job, Queue
from rollbook.store.kept.feeds import ON, Feed
from tests.district import EdFi, edfi, enrolment, place, student
from tests.edfi.conftest import caller
from tests.edfi.school_year import ESTAB, TERM
from tests.edfi.test_hidden import leaves_out
from tests.edlink.test_coursework import RIGHTS as COURSEWORK
from tests.edlink.test_coursework import done, made, send
from tests.edlink.vendor import Vendor
from tests.hub import Hub
from tests.services import Asked, Reply, serving
from tests.test_cli import said

APP, BRIDGE = "lms.example.org", "hub.example.org"
PUPIL = {"studentReference": {"studentUniqueId": "7003"}}
PLACE = place("1", ESTAB, "7003", "2026-10-01")


@dataclass
class Hubs:
    """A hub that is fed by another one, and an app in each that may do everything."""

    here: Hub
    app: EdFi
    there: Hub
    system: EdFi
    asked: list[Asked]
    troubles: list[Reply]
    """What is answered to what is written next, instead; where it is `cut`, only the answer gets lost."""

    @property
    def feed(self) -> Feed:
        (feed,) = self.here.store.kept.feeds.every()
        return feed

    def take(self) -> Diff:
        """Read the source as it is now."""
        return read_feed(self.here.store, CONNECTORS, self.feed)

    def sent(self) -> list[str]:
        """Do the jobs, and give what was written at the source."""
        self.asked.clear()
        self.here.work()
        written = (one for one in self.asked if one.method != "GET" and "/data/" in one.path)
        return [f"{one.method} {one.path.split('/ed-fi/')[1].split('/')[0]}" for one in written]

    def jobs(self, *states: str) -> list[Job]:
        return Queue(self.here.store, lambda: self.here.now).jobs(*states, kind=KIND)

    def student(self, number: str = "7001") -> tuple[dict[str, Any], dict[str, Any]]:
        """A student here and at the source."""
        ((own,), (their,)) = (one.get(f"students?studentUniqueId={number}") for one in (self.app, self.system))
        return own, their


@pytest.fixture(scope="module")
def hubs(term_folder: Path, empty_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hubs]:
    tmp_path = tmp_path_factory.mktemp("hubs")
    there = Hub.copy(term_folder, tmp_path / "there")
    here = Hub(shutil.copytree(empty_folder, tmp_path / "here"))
    district, *_ = there.desk.schools.find(str(ESTAB))
    for number, _, estab, _, _ in there.desk.schools.all():
        if number == district:
            there.grant(estab=estab, app=BRIDGE)
    key, secret = there.desk.credentials.add(there.app(BRIDGE), "edfi", rights=["EdFiSandbox"])
    asked, troubles = list[Asked](), list[Reply]()

    def answers(one: Asked) -> Reply:
        asked.append(one)
        writes = one.method != "GET" and "/data/" in one.path
        if writes and troubles and not troubles[0].cut:
            return troubles.pop(0)
        answer = there.ask(one.method, one.url.split(one.headers["host"], 1)[1], None, one.body, **one.headers)
        kept = {n: v for n, v in answer.headers.items() if n in ("total-count", "content-type", "content-encoding")}
        return Reply(answer.body, answer.status, kept, troubles.pop(0).cut if writes and troubles else 0)

    with serving(answers) as up:
        number = here.store.new_district({"name": "Fed"})
        settings = {"address": f"{up.address}/edfi", "key": key.key, "secret": sealed(here.store, "secret", secret)}
        feed = Feed(
            number,
            "sis",
            "edfi-rest",
            {**settings, "write-back": "yes"},
            1,
            (),
            0.02,
            ON,
            "",
            "2026-11-01T00:00:00",
        )
        with here.store.of_district(number) as kept:
            kept.feeds.put(feed)
        read_feed(here.store, CONNECTORS, feed)
        for _, _, estab, _, _ in here.desk.schools.all():
            here.grant(estab=estab, app=APP)
        yield Hubs(here, edfi(here, here.app(APP)), there, caller(there), asked, troubles)
    here.close()
    there.close()


def test_a_change_reaches_the_source_and_only_what_was_changed(hubs: Hubs) -> None:
    own, their = hubs.student()
    # Since it was read, the source has learnt another first name, which the hub does not know yet.
    hubs.system.put("students", their["id"], TERM["students"] | {"firstName": "Philippa"})
    hubs.app.put("students", own["id"], TERM["students"] | {"lastSurname": "Featherstonehaugh"})
    assert hubs.sent() == ["PUT students"]
    assert hubs.jobs("waiting", "dead") == []
    own, their = hubs.student()
    assert (their["firstName"], their["lastSurname"]) == ("Philippa", "Featherstonehaugh")
    assert hubs.take().total("changed") == 1
    again, _ = hubs.student()
    assert (again["firstName"], again["lastSurname"]) == ("Philippa", "Featherstonehaugh")
    # Hub and source say the same, so that nothing is held above it, and nothing is to be done again.
    assert not hubs.take().moved
    hubs.system.put("students", their["id"], TERM["students"] | {"lastSurname": "Marchbanks"})
    hubs.take()
    assert hubs.student()[0]["lastSurname"] == "Marchbanks"


def test_what_was_made_here_comes_once_with_those_it_is_about_and_goes_again(hubs: Hubs) -> None:
    hubs.app.post("students", student("7003"))
    hubs.app.post("studentSchoolAssociations", enrolment("7003", ESTAB))
    made = hubs.app.post("studentCohortAssociations", PLACE)
    hubs.troubles += [Reply(cut=1), Reply({}, 503, {"Retry-After": "0"})]
    assert sorted(set(hubs.sent())) == [
        "POST studentCohortAssociations",
        "POST studentSchoolAssociations",
        "POST students",
    ]
    assert hubs.jobs("waiting", "dead") == []
    assert len(hubs.system.get("students?studentUniqueId=7003")) == 1
    assert len(hubs.system.get("studentCohortAssociations?studentUniqueId=7003")) == 1
    before = hubs.app.get("studentCohortAssociations?studentUniqueId=7003")
    hubs.take()
    assert hubs.app.get("studentCohortAssociations?studentUniqueId=7003") == before
    assert not hubs.take().moved
    assert hubs.app.ask("DELETE", f"studentCohortAssociations/{made}").status == 204
    assert hubs.sent() == ["DELETE studentCohortAssociations"]
    assert hubs.system.get("studentCohortAssociations?studentUniqueId=7003") == []
    hubs.take()
    assert not hubs.take().moved
    assert hubs.app.get("studentCohortAssociations?studentUniqueId=7003") == []


def test_what_was_made_and_deleted_between_two_readings_is_gone_at_the_source_too(hubs: Hubs) -> None:
    kept = PLACE | {"studentReference": {"studentUniqueId": "7001"}}
    made = hubs.app.post("studentCohortAssociations", kept)
    assert hubs.sent() == ["POST studentCohortAssociations"]
    assert hubs.app.ask("DELETE", f"studentCohortAssociations/{made}").status == 204
    assert hubs.sent() == ["DELETE studentCohortAssociations"]
    assert [one["beginDate"] for one in hubs.system.get("studentCohortAssociations?studentUniqueId=7001")] == [
        "2026-09-14"
    ]


def test_a_job_that_was_cut_short_after_it_was_done_changes_nothing_more(hubs: Hubs) -> None:
    own, _ = hubs.student()
    hubs.app.put("students", own["id"], TERM["students"] | {"middleName": "Quill"})
    queue = Queue(hubs.here.store, lambda: hubs.here.now)
    queue.collect()
    # A worker that sends it and is killed before it can say so: another one has it when the lease is over.
    lost = queue.take([KIND])
    assert lost is not None
    hubs.here.edge.beside.make(hubs.here.store, queue)[KIND](lost)  # pyright: ignore
    stamp = hubs.student()[1]["_etag"]
    hubs.here.now += 31
    assert hubs.sent() == []
    assert hubs.jobs("waiting", "running", "dead") == []
    assert hubs.student()[1]["_etag"] == stamp


def test_what_the_source_refuses_is_seen_and_stays_above_it(hubs: Hubs) -> None:
    own, _ = hubs.student()
    hubs.app.put("students", own["id"], TERM["students"] | {"lastSurname": "Featherstonehaugh"})
    hubs.troubles += [Reply({"detail": "Featherstonehaugh may not"}, 403)]
    assert hubs.sent() == ["PUT students"]
    (job,) = hubs.jobs("dead")
    assert "may not be written with these credentials" in str(job.error)
    assert "Featherstonehaugh" not in str(job.error) + json.dumps(job.payload)
    hubs.take()
    assert hubs.student()[0]["lastSurname"] == "Featherstonehaugh"
    shown = json.loads(said("sources", "show", "sis", "--data", hubs.here.store.folder))
    assert shown["forwarding"] == {"waiting": 0, "refused": 1}


def test_what_the_app_no_longer_sees_is_not_sent(hubs: Hubs) -> None:
    other, own = edfi(hubs.here, hubs.here.app(APP)), hubs.student()[0]
    other.put("students", own["id"], TERM["students"] | {"middleName": "Sorrel"})
    hubs.here.desk.credentials.drop(hubs.here.desk.credentials.of(hubs.here.app(APP))[-1])
    assert hubs.sent() == []
    assert any("does not see it any more" in str(job.error) for job in hubs.jobs("dead"))


def test_who_has_the_number_of_somebody_whom_the_app_may_not_see_is_not_sent(hubs: Hubs) -> None:
    shy, name = "shy.example.org", hubs.student()[1]["lastSurname"]
    hubs.here.grant(estab=str(ESTAB), app=shy)
    leaves_out(hubs.here, shy, "7001", str(ESTAB))
    other, before = edfi(hubs.here, hubs.here.app(shy)), len(hubs.jobs("dead"))
    other.post("students", student("7001") | {"lastSurname": "Impostor"})
    other.post("studentSchoolAssociations", enrolment("7001", ESTAB))
    (double,) = other.get("students?studentUniqueId=7001")
    other.put("students", double["id"], student("7001") | {"lastSurname": "Impostor", "middleName": "Quite"})
    assert hubs.sent() == []
    assert len(hubs.jobs("dead")) == before
    assert hubs.student()[1]["lastSurname"] == name


def test_what_is_written_through_edlink_goes_as_documents_numbered_by_this_hub(hubs: Hubs) -> None:
    app, before = Vendor(hubs.here, rights=COURSEWORK), hubs.jobs("waiting", "dead")
    room = next(one["id"] for one in app.rows("classes") if one["name"] and app.rows(f"classes/{one['id']}/students"))
    work = f"classes/{room}/assignments/{made(app, room)['id']}"
    submissions = app.rows(f"{work}/submissions")[:2]
    for one in submissions:
        done(send(app, "PATCH", f"{work}/submissions/{one['id']}", {"grade_points": 11}))
    hubs.troubles += [Reply(cut=1)]
    assert set(hubs.sent()) == {"POST gradebookEntries", "POST studentGradebookEntries"}
    assert hubs.jobs("waiting", "dead") == before
    (entry,) = hubs.system.get("gradebookEntries?title=A%20volcano")
    # The source may have work of its own under the school's numbers, which is not to be taken for this one.
    assert entry["namespace"] == f"uri://rollbook/{app.school()}"
    marks = hubs.system.get(f"studentGradebookEntries?namespace={entry['namespace']}")
    assert (entry["maxPoints"], [one["pointsEarned"] for one in marks]) == (12, [11] * len(submissions))
    done(send(app, "DELETE", work))
    for _ in range(2):
        hubs.sent()
        hubs.here.now += 30
    assert hubs.system.get(f"gradebookEntries?namespace={entry['namespace']}") == []
    assert hubs.jobs("waiting", "dead") == before
