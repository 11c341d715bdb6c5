"""Requests are worked on aside: whoever waits holds up nobody else, and many at once answer what each alone would."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from rollbook.api.aside import Aside, Lane
from rollbook.errors import Occupied, Unavailable
from rollbook.model.people import Person
from rollbook.store.connection import connect
from rollbook.store.lending import Rows
from rollbook.store.sqlite import Store
from tests.looking import look, look_passing

from .hub import THORNFIELD, Answer, Hub

NAME = "aside.example.org"


@contextmanager
def writing_elsewhere(folder: Path, name: str) -> Generator[None]:
    """Another writer holds a file, as a long import in another process does."""
    other = connect(folder / name)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def together(hub: Hub, *asked: tuple[str, str, bytes, dict[str, str]]) -> list[Answer]:
    """The answers to requests that are all under way at once."""

    async def every() -> list[Answer]:
        return await asyncio.gather(*(hub.asking(*one) for one in asked))

    return hub.loop.run_until_complete(every())


@pytest.fixture
def edfi(small_hub: Hub) -> str:
    """A token for the school's Ed-Fi documents."""
    small_hub.grant()
    credential, secret = small_hub.desk.credentials.add(small_hub.app(), "edfi", rights=["SISVendor"])
    return small_hub.desk.tickets.exchange("edfi", credential.key, secret, 3600)[0]


def cohort(number: int, token: str) -> tuple[str, str, bytes, dict[str, str]]:
    """A request that makes an Ed-Fi cohort."""
    body = {
        "cohortIdentifier": f"aside {number}",
        "educationOrganizationReference": {"educationOrganizationId": int(THORNFIELD)},
        "cohortTypeDescriptor": "uri://ed-fi.org/CohortTypeDescriptor#Study Hall",
    }
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    return "POST", "/edfi/data/v3/ed-fi/cohorts", json.dumps(body).encode(), headers


def student(token: str, page: int = 1) -> tuple[str, str, bytes, dict[str, str]]:
    """A request that reads students, which no other has asked for."""
    path = f"/api/v1/School/{THORNFIELD}/Students?pagesize=3&page={page}"
    return "GET", path, b"", {"authorization": f"Idaas {token}"}


# ---- waiting


def test_a_write_that_waits_holds_up_no_reader_and_is_refused_when_its_share_is_over(small_hub: Hub, edfi: str) -> None:
    token = small_hub.token(app=NAME)
    small_hub.store.patience = small_hub.edge.aside.patience = patience = 1.0
    took: list[float] = []

    async def reading() -> list[Answer]:
        answers: list[Answer] = []
        for page in range(1, 9):
            began = time.monotonic()
            answers.append(await small_hub.asking(*student(token, page)))
            took.append(time.monotonic() - began)
        return answers

    async def both() -> tuple[list[Answer], list[Answer]]:
        writes = asyncio.gather(*(small_hub.asking(*cohort(n, edfi)) for n in range(30)))
        return await asyncio.gather(writes, reading())

    began = time.monotonic()
    with writing_elsewhere(small_hub.store.folder, "records.sqlite"):
        writes, reads = small_hub.loop.run_until_complete(both())
        # One after the other, each would have waited as long: half a minute.
        assert time.monotonic() - began < 20
    assert {a.status for a in reads} == {200}
    assert all(a.json["Students"] for a in reads[:3])
    assert {a.status for a in writes} == {503}
    assert {(a.status, a.headers["retry-after"]) for a in writes} == {(503, "2")}
    assert {a.json["type"] for a in writes} == {"urn:ed-fi:api:service-unavailable"}
    assert sorted(took)[len(took) // 2] < patience * 0.7
    assert small_hub.loop.run_until_complete(small_hub.asking(*cohort(0, edfi))).status == 201


def test_signing_in_waits_for_no_import(small_hub: Hub) -> None:
    grant, secret = small_hub.desk.grants.authorise(small_hub.app(), THORNFIELD, ["School"])
    asked = {"relyingParty": grant.app.relying_party, "password": secret, "estab": THORNFIELD}
    with writing_elsewhere(small_hub.store.folder, "records.sqlite"):
        assert small_hub.post("/api/oauth/GetToken", asked).json["token"]


def test_whoever_must_write_to_read_waits_aside_and_is_told_to_try_again_in_each_dialect(small_hub: Hub) -> None:
    grant, secret = small_hub.desk.grants.authorise(small_hub.app(), THORNFIELD, ["School", "Student"])
    token = small_hub.token(["Student"], app=NAME)
    credential, shown = small_hub.desk.credentials.add(small_hub.app(), "edfi")
    small_hub.store.patience = small_hub.edge.aside.patience = 0.3
    asked = {"relyingParty": grant.app.relying_party, "password": secret, "estab": THORNFIELD}
    form = f"grant_type=client_credentials&client_id={credential.key}&client_secret={shown}".encode()
    kinds = {"content-type": "application/json"}, {"content-type": "application/x-www-form-urlencoded"}
    signing = ("POST", "/api/oauth/GetToken", json.dumps(asked).encode(), kinds[0])
    # It remembers what it returns, to compare with what comes later.
    changes = f"/api/v1/School/{THORNFIELD}/Students"
    with writing_elsewhere(small_hub.store.folder, "passing.sqlite"):
        answers = together(
            small_hub,
            *[signing] * 20,
            ("POST", "/edfi/oauth/token", form, kinds[1]),
            ("GET", changes, b"", {"authorization": f"Idaas {token}"}),
            *[("GET", "/api/v1/TokenDetails", b"", {"authorization": f"Idaas {token}"})] * 3,
        )
    assert [a.status for a in answers] == [503] * 22 + [200] * 3
    assert {a.headers["retry-after"] for a in answers[:22]} == {"2"}
    assert answers[0].json["token"] is None
    assert "is writing" in answers[21].json["ExceptionMessage"]
    assert small_hub.post("/api/oauth/GetToken", asked).json["token"]


def test_each_caller_has_its_turn() -> None:
    async def served() -> list[str]:
        lane, order = Lane(1), list[str]()

        async def one(caller: str) -> None:
            await lane.enter(caller, time.monotonic() + 5)
            order.append(caller)
            await asyncio.sleep(0)
            lane.leave()

        await asyncio.gather(*map(one, ["busy"] * 5 + ["other", "third"]))
        return order

    assert asyncio.run(served()) == ["busy", "busy", "other", "third", "busy", "busy", "busy"]


def test_who_finds_no_place_in_time_is_refused_and_the_place_is_free_afterwards() -> None:
    async def served() -> None:
        aside, release = Aside(writers=1, patience=0.05), threading.Event()
        held = asyncio.ensure_future(aside.run(release.wait, "a", writes=True))
        # It has its place as soon as it has its turn in the loop.
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await aside.run(lambda: 1, "b", writes=True)
        assert await aside.run(lambda: 2, "b") == 2
        release.set()
        await held
        assert await aside.run(lambda: 3, "b", writes=True) == 3

    asyncio.run(served())


# ---- many at once


def test_many_threads_share_a_store(tmp_path: Path) -> None:
    with Store(tmp_path) as store:

        def write(number: int) -> None:
            store.set(f"n{number}", str(number))
            with store.passing as passing:
                passing.databases.note(1, "school", f"n{number}", float(number), None)
                # Within a transaction, its own writes are seen.
                assert store.passing.databases.read_at(1, "school", f"n{number}") == number

        def read(number: int) -> None:
            with store.lend() as kept:
                first = [kept.settings.get(f"n{n}") for n in range(100)]
                time.sleep(0.001)
                assert [kept.settings.get(f"n{n}") for n in range(100)] == first
            assert store.setting(f"n{number}") in (None, str(number))

        with ThreadPoolExecutor(16) as threads:
            done = [threads.submit(write if n % 2 else read, n // 2) for n in range(200)]
            assert [one.result() for one in done] == [None] * 200
        assert look(store, "SELECT count(*) FROM setting WHERE name LIKE 'n%'").get == 100
        assert look_passing(store, "SELECT count(*) FROM cached").get == 100


def test_nobody_reads_at_the_moment_of_a_statement_that_another_left_unfinished(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.set("name", "before")
        district = store.new_district({"name": "Heronsgate"})
        with store.write(district) as batch:
            batch.add(Person, [{"surname": "Larkin"}, {"surname": "Holt"}])
        with store.lend() as kept:
            unfinished = kept.copies.rows(Person, district)
            next(unfinished)
        store.set("name", "after")
        assert store.setting("name") == "after"
        with store.lend() as kept:
            assert kept.settings.get("name") == "after"


def test_a_store_waits_no_longer_than_its_patience(tmp_path: Path) -> None:
    with Store(tmp_path, patience=0.2) as store, writing_elsewhere(tmp_path, "records.sqlite"):
        began = time.monotonic()
        with pytest.raises(Occupied):
            store.set("a", "b")
        assert 0.1 < time.monotonic() - began < 5


def test_rows_are_given_as_sqlite_gives_them() -> None:
    assert Rows([]).get is None
    assert Rows([(1,)]).get == 1
    assert Rows([(1, 2)]).get == (1, 2)
    assert Rows([(1,), (2,)]).get == [1, 2]
    rows = Rows([(1,), (2,), (3,)])
    assert (rows.fetchone(), rows.fetchall(), rows.fetchone()) == ((1,), [(2,), (3,)], None)


def test_many_at_once_are_answered_as_each_alone(small_hub: Hub, edfi: str) -> None:
    token = small_hub.token(app=NAME)
    credential, shown = small_hub.desk.credentials.add(small_hub.app(), "edlink", district=1)
    del credential
    school = f"/api/v1/School/{THORNFIELD}"
    idaas, bearer, link = f"Idaas {token}", f"Bearer {edfi}", f"Bearer {shown}"
    pages = [
        *((f"{school}/{name}", idaas) for name in ("Students", "Staff", "Groups", "Contacts", "Rooms")),
        (f"{school}/Students?select=Id,Surname&changedRows=0", idaas),
        *((f"/edfi/data/v3/ed-fi/{name}", bearer) for name in ("students", "sections", "schools")),
        *((f"/api/v2/graph/{name}", link) for name in ("people", "classes", "schools")),
        ("/api/v1/TokenDetails", idaas),
        ("/", ""),
    ]
    asked = [("GET", path, b"", {"authorization": shows} if shows else {}) for path, shows in pages]
    alone = [small_hub.loop.run_until_complete(small_hub.asking(*one)) for one in asked]
    assert {a.status for a in alone} == {200}
    writes = [cohort(n, edfi) for n in range(24)]
    mixed = [one for n in range(24) for one in (writes[n], *asked)]
    answers = together(small_hub, *mixed)
    width = len(asked) + 1
    assert {a.status for a in answers[::width]} == {201}
    for at, (path, _) in enumerate(pages):
        # What the cohorts that are made meanwhile belong to differs, and so do the ids of Edlink's requests.
        if "Groups" in path or "graph" in path:
            assert {a.status for a in answers[at + 1 :: width]} == {200}, path
        else:
            assert {a.body for a in answers[at + 1 :: width]} == {alone[at].body}, path
