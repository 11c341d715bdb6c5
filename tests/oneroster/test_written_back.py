"""What a platform writes into gradebooks goes to the source that has the class: here another hub, over real sockets."""

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
from rollbook.ingest.reading import read_feed
from rollbook.ingest.settings import sealed
from rollbook.jobs import Job, Queue
from rollbook.store.kept.feeds import ON, PAUSED, Feed
from tests.edlink.test_coursework import RIGHTS as COURSEWORK
from tests.edlink.test_coursework import done, made, send
from tests.edlink.vendor import Vendor
from tests.hub import Hub
from tests.services import Asked, Reply, serving
from tests.test_cli import run, said

from .platform import Platform, Row
from .test_gradebook import MARK, RIGHTS, G, put

DISTRICT, WRITES = 1, ("PUT", "DELETE")


@dataclass
class Hubs:
    """A hub that is fed by another one, each with a platform that may do everything with gradebooks."""

    here: Hub
    platform: Platform
    there: Hub
    system: Platform
    asked: list[Asked]
    troubles: list[Reply]
    """What is answered to what is put or deleted next, instead; where it is `cut`, only the answer gets lost."""

    @property
    def feed(self) -> Feed:
        found = self.here.store.kept.feeds.find(DISTRICT, "sis")
        assert found
        return found

    def arrange(self, **changes: object) -> None:
        with self.here.store.of_district(DISTRICT) as kept:
            kept.feeds.put(self.feed._replace(**changes))

    def jobs(self, *states: str) -> list[Job]:
        return Queue(self.here.store, lambda: self.here.now).jobs(*states, kind=KIND)

    def source(self, name: str, identity: str) -> Row:
        """Something in the source's gradebook."""
        return self.system.one(f"{G}/{name}/{identity}")

    def write(self, name: str) -> list[str]:
        """Put a line item here, and give what was put to the source by the time that the jobs were done."""
        self.asked.clear()
        self.platform.token = self.platform.sign_in().json["access_token"]
        assert put(self.platform, "lineItems", "lineItem", name, item(self)).status == 201
        self.here.work()
        return [one.path.removeprefix(f"{G}/") for one in self.asked if one.method == "PUT"]


@pytest.fixture(scope="module")
def hubs(small_folder: Path, empty_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hubs]:
    tmp_path = tmp_path_factory.mktemp("hubs")
    there = Hub.copy(small_folder, tmp_path / "there")
    here = Hub(shutil.copytree(empty_folder, tmp_path / "here"))
    system, asked, troubles = Platform(there, rights=RIGHTS), list[Asked](), list[Reply]()

    def answers(one: Asked) -> Reply:
        asked.append(one)
        if one.method in WRITES and troubles and not troubles[0].cut:
            return troubles.pop(0)
        headers = {name: one.headers[name] for name in ("authorization", "content-type") if name in one.headers}
        path = one.url.partition(one.headers["host"])[2]
        answer = there.ask(one.method, path, None, one.body, **headers)
        kept = {name: value for name, value in answer.headers.items() if name in ("link", "x-total-count")}
        # What is cut off has been done all the same.
        cut = troubles.pop(0).cut if one.method in WRITES and troubles else 0
        return Reply(answer.body or b"{}", answer.status, kept, cut)

    with serving(answers) as up:
        number = here.store.new_district({"name": "Fed"})
        settings = {
            "address": f"{up.address}/ims/oneroster/rostering/v1p2",
            "token-address": f"{up.address}/oauth/token",
            "client": system.credential.key,
            "secret": sealed(here.store, "secret", system.secret),
            "write-back": "yes",
        }
        feed = Feed(number, "sis", "oneroster-rest", settings, 1, (), 0.02, ON, "", "2026-11-01T00:00:00")
        with here.store.of_district(number) as kept:
            kept.feeds.put(feed)
        read_feed(here.store, CONNECTORS, feed)
        estabs = [found for _, _, found, _, _ in here.desk.schools.all()]
        asked.clear()
        yield Hubs(here, Platform(here, schools=estabs, rights=RIGHTS), there, system, asked, troubles)
    here.close()
    there.close()


def told(hubs: Hubs, *words: str) -> Any:
    return json.loads(said(*words, "--data", hubs.here.store.folder))


def item(hubs: Hubs) -> Row:
    """A line item of a class that has pupils."""
    group = next(
        one for one in hubs.platform.rows("classes") if hubs.platform.rows(f"classes/{one['sourcedId']}/students")
    )
    if hubs.platform.ask(f"{G}/categories/labs").status != 200:
        assert put(hubs.platform, "categories", "category", "labs", {"title": "Laboratory", "weight": 15}).status == 201
        hubs.here.work()
    return {
        "title": "A volcano",
        "assignDate": "2026-11-01T08:00:00Z",
        "dueDate": "2026-11-08T16:30:00Z",
        "class": {"sourcedId": group["sourcedId"]},
        "school": {"sourcedId": group["school"]["sourcedId"]},
        "category": {"sourcedId": "labs"},
        "resultValueMin": 0,
        "resultValueMax": 12,
    }


def test_a_line_item_and_a_mark_reach_the_source_under_its_own_ids(hubs: Hubs) -> None:
    work = item(hubs)
    student = hubs.platform.rows(f"classes/{work['class']['sourcedId']}/students")[0]
    result = {**MARK, "lineItem": {"sourcedId": "volcano"}, "student": {"sourcedId": student["sourcedId"]}, "score": 11}
    assert put(hubs.platform, "lineItems", "lineItem", "volcano", work).status == 201
    assert put(hubs.platform, "results", "result", "mark-1", result).status == 201
    assert hubs.here.work() >= 2
    assert hubs.jobs("waiting", "dead") == []
    arrived, mark = hubs.source("lineItems", "volcano"), hubs.source("results", "mark-1")
    same = ("title", "assignDate", "dueDate", "resultValueMin", "resultValueMax")
    own = hubs.platform.one(f"{G}/lineItems/volcano")
    assert [arrived[name] for name in same] == [own[name] for name in same]
    assert (mark["score"], mark["lineItem"]["sourcedId"]) == (11, "volcano")
    # Ids of people and classes are the source's own there.
    there = hubs.system.one(f"users/{mark['student']['sourcedId']}")
    assert (there["givenName"], there["familyName"]) == (student["givenName"], student["familyName"])
    # What is written again changes nothing there but what it changes.
    result["score"] = 12
    assert put(hubs.platform, "results", "result", "mark-1", result).status == 200
    hubs.here.work()
    assert hubs.source("results", "mark-1")["score"] == 12
    assert len(hubs.system.rows(f"{G}/lineItems/volcano/results")) == 1


def test_an_answer_that_got_lost_is_asked_for_again_and_nothing_comes_twice(hubs: Hubs) -> None:
    hubs.troubles += [Reply(cut=1), Reply({}, 503, {"Retry-After": "0"})]
    assert hubs.write("twice") == ["categories/labs", "categories/labs", "categories/labs", "lineItems/twice"]
    assert [one["sourcedId"] for one in hubs.system.rows(f"{G}/lineItems")].count("twice") == 1


def test_what_the_source_refuses_is_seen_and_stays_above_it(hubs: Hubs) -> None:
    hubs.troubles += [Reply({"imsx_description": "Tansy Fennel may not"}, 403)]
    hubs.write("refused")
    (job,) = hubs.jobs("dead")
    assert "may not be written with these credentials" in str(job.error)
    assert "Tansy" not in str(job.error)
    assert hubs.platform.one(f"{G}/lineItems/refused")["title"] == "A volcano"
    assert hubs.system.ask(f"{G}/lineItems/refused").status == 404
    shown = told(hubs, "sources", "show", "sis")
    assert shown["forwarding"] == {"waiting": 0, "refused": 1}
    assert shown["writesBack"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rollbook.cli.common.piped", lambda: False)
        printed = run("sources", "show", "sis", "--data", hubs.here.store.folder).stdout
    assert "gradebooks are sent to the source, all else is kept by the hub above what it says; 1 was refused" in printed


def test_a_category_goes_by_itself_and_what_is_deleted_is_deleted_at_the_source(hubs: Hubs) -> None:
    assert put(hubs.platform, "categories", "category", "songs", {"title": "Songs", "weight": 5}).status == 201
    assert sorted(hubs.write("aria")) == ["categories/labs", "categories/songs", "lineItems/aria"]
    assert hubs.source("categories", "songs")["title"] == "Songs"
    for gone in ("lineItems/aria", "categories/songs"):
        assert hubs.platform.ask(f"{G}/{gone}", "DELETE").status == 204
    hubs.here.work()
    assert [hubs.system.ask(f"{G}/{gone}").status for gone in ("lineItems/aria", "categories/songs")] == [404, 404]
    assert not [job for job in hubs.jobs("waiting", "dead") if "gone" in job.payload]


def test_what_is_made_again_under_an_id_outlives_a_deletion_that_comes_late(hubs: Hubs) -> None:
    hubs.write("encore")
    assert hubs.platform.ask(f"{G}/lineItems/encore", "DELETE").status == 204
    hubs.troubles += [Reply({}, 503, {"Retry-After": "0"})] * 6
    hubs.here.work()
    assert [job.state for job in hubs.jobs("waiting")] == ["waiting"]
    hubs.write("encore")
    hubs.here.now += 11
    hubs.here.work()
    assert hubs.jobs("waiting") == []
    assert hubs.source("lineItems", "encore")["title"] == "A volcano"


def test_a_source_that_is_paused_or_is_not_to_be_written_to_gets_nothing(hubs: Hubs) -> None:
    hubs.arrange(state=PAUSED)
    assert hubs.write("later") == []
    assert [job.state for job in hubs.jobs("waiting")] == ["waiting"]
    hubs.arrange(state=ON)
    hubs.here.now += 3601
    hubs.here.work()
    assert hubs.source("lineItems", "later")["title"] == "A volcano"
    kept = hubs.feed.settings
    hubs.arrange(settings={**kept, "write-back": "no"})
    assert hubs.write("never") == []
    assert hubs.jobs("waiting") == []
    hubs.arrange(settings=kept)


def test_what_is_written_through_edlink_reaches_the_source_and_a_draft_does_not(hubs: Hubs) -> None:
    app = Vendor(hubs.here, rights=COURSEWORK, schools=("1001", "1002"))
    before = hubs.jobs("waiting", "dead")
    place = next(one for one in app.rows("enrollments") if (one["role"], one["state"]) == ("student", "active"))
    room = place["class_id"]
    ((group,),) = app.sql('SELECT external_id FROM "group" WHERE id = ?', room)
    draft = made(app, room, state="draft", category_id=app.rows(f"classes/{room}/categories")[0]["id"])
    hubs.asked.clear()
    hubs.here.work()
    assert [one.path for one in hubs.asked if one.method in WRITES] == []
    work = f"classes/{room}/assignments/{draft['id']}"
    hubs.troubles += [Reply(cut=1)]
    done(send(app, "PATCH", work, {"state": "open"}))
    one = app.rows(f"{work}/submissions")[0]
    done(send(app, "PATCH", f"{work}/submissions/{one['id']}", {"grade_points": 11, "grade_comment": "It smokes"}))
    hubs.here.work()
    assert hubs.jobs("waiting", "dead") == before
    arrived = hubs.source("lineItems", draft["id"])
    assert (arrived["title"], arrived["resultValueMax"], arrived["class"]["sourcedId"]) == ("A volcano", 12, group)
    (mark,) = hubs.system.rows(f"{G}/lineItems/{draft['id']}/results")
    assert (mark["score"], mark["scoreStatus"], mark["comment"]) == (11, "fully graded", "It smokes")
    # The source refuses to delete work of which it has results: they go first, whichever is asked for first.
    done(send(app, "DELETE", work))
    hubs.here.work()
    hubs.here.now += 30
    hubs.here.work()
    assert hubs.system.ask(f"{G}/lineItems/{draft['id']}").status == 404
    assert hubs.jobs("waiting", "dead") == before
