"""A hub in PostgreSQL answers byte for byte what it answers over files, before the same writes and after them.

What cannot be the same: the ids of requests and of grants, which every hub draws for itself, and the numbers of writes
where PostgreSQL leaves gaps; here it is made to take them one by one, as one writer does.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.store.postgres import numbers as taken
from rollbook.store.writing import Batch

from .databases import databases
from .hub import THORNFIELD, Answer, Hub
from .laws.asking import SCOPES, answers, tables, widest
from .laws.districts import Caller, caller, edfi_questions, edlink_questions
from .laws.twins import Twin, drawn_ids, fixed, requests
from .looking import look
from .postgres import ABSENT, BIN
from .research.lab import Lab
from .test_examples import PAGES, SPEAKERS, Reading, parts

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]

MY = "/api/v2/my"

WHO = "mary"
"""The researcher; the manual has one of its own."""

FEW = (("SchoolLite", "StudentLite", "StaffLite"), ("Student", "Staff", "Contact"), ("School", "Attendance", "SEN"))
"""Grants of little: most of what is asked for is not there then, and yet is of some type."""

NARROW = re.compile("pagesize|pageSize|select=|changedRows|filter|offset=|last=|ChangeVersion")
"""What only tells a part of what another question tells."""

_OWN = re.compile(
    rb'"\$?(?:request|(?:integration|materialization|product)_id|correlationId)":"[^"]*"'
    rb'|"product_ids":\["[^"]*"\]|"(?:integration_id|id)":"[^"]*",(?="(?:source|product_id"))'
)
"""What is each request's own, and the ids of grants."""

OF_THE_KEY = ("/graph/materializations", "/graph/licenses")
"""What Edlink tells of the key itself: each hub made its own, at another moment."""


@dataclass(frozen=True)
class Asker:
    """Whoever asks one of the two hubs: an app in each dialect, three people, and a researcher."""

    twin: Twin
    people: tuple[str, ...]

    @property
    def hub(self) -> Hub:
        """The hub that is asked."""
        return self.twin.hub

    def get(self, path: str) -> tuple[int, list[str], bytes]:
        """What is answered, less what is the request's own."""
        answer = self.ask(path)
        counted = [answer.headers.get(name, "") for name in ("total-count", "next-page-token", "etag")]
        return answer.status, counted, _OWN.sub(b"", answer.body)

    def ask(self, path: str) -> Answer:
        """Ask, as whoever would ask for such a path."""
        if path.startswith("/api/v1/"):
            return self.hub.get(path, self.twin.xporter)
        if path.startswith("/api/private/"):
            return self.hub.get(path, authorization=f"Bearer {self.twin.research}", host="hub.example")
        if path.startswith(MY):
            number, _, rest = path.removeprefix(MY).partition("/")
            return self.hub.get(f"{MY}/{rest}", authorization=f"Bearer {self.people[int(number)]}", host="hub.example")
        token = self.twin.who.edfi if path.startswith("/edfi") else self.twin.who.edlink
        return self.hub.get(path, authorization=f"Bearer {token}", host="hub.example")


@dataclass(frozen=True)
class Pair:
    """The same hub twice: over files, and in PostgreSQL; `few` are those who were granted little."""

    embedded: Asker
    served: Asker
    few: tuple[Pair, ...] = ()

    def differ(self, paths: Iterable[str]) -> dict[str, tuple[str, str]]:
        """The answers that are not the same, each around the first difference; every path is asked of both in turn."""
        found: dict[str, tuple[str, str]] = {}
        for path in paths:
            those = self.embedded.get(path), self.served.get(path)
            assert those[0][0] < 500, those
            if those[0] != those[1]:
                found[path] = apart(*map(repr, those))
        return found


def apart(one: str, other: str) -> tuple[str, str]:
    """The first place where two answers differ, with what stands around it."""
    at = next((n for n, pair in enumerate(zip(one, other, strict=False)) if len({*pair}) > 1), 0)
    return one[max(0, at - 400) : at + 400], other[max(0, at - 400) : at + 400]


@pytest.fixture(scope="module")
def pair(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two hubs that hold the small demo schools, which have granted everything."""
    folder = tmp_path_factory.mktemp("pair")
    hub = Hub.copy(small_folder, folder / "embedded", "")
    whole = caller(hub, {estab: SCOPES for _, _, estab, _, _ in hub.desk.schools.all()}, "twin.example.org")
    few = [caller(hub, {THORNFIELD: [*held]}, f"few{number}.example.org") for number, held in enumerate(FEW)]
    xporter = {who: hub.desk.tokens.for_grant(hub.desk.grants.at(who.app, THORNFIELD))[0] for who in (whole, *few)}
    people, research = tuple(_people(hub, whole)), _study(hub)
    hub.close()
    shutil.copytree(folder / "embedded", folder / "served")
    hubs = Hub(folder / "embedded", ""), Hub(folder / "served", databases().of(folder / "served"))

    def asked_by(who: Caller, few: tuple[Pair, ...] = ()) -> Pair:
        callers = (Caller(one, who.app, who.edfi, who.edlink, who.oneroster) for one in hubs)
        embedded, served = (Asker(Twin(one.hub, one, xporter[who], research), people) for one in callers)
        return Pair(embedded, served, few)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(taken, "MOST", 1)
        yield asked_by(whole, tuple(map(asked_by, few)))
    for one in hubs:
        one.close()


def _people(hub: Hub, who: Caller) -> Iterator[str]:
    """Tokens of a student, a member of staff and a contact."""
    credential, *_ = (c for c in hub.desk.credentials.of(who.app) if c.dialect == "edlink")
    for kind in ("student", "staff", "contact"):
        school = hub.desk.schools.find(THORNFIELD)[1]
        sql = f"SELECT person FROM {kind} WHERE school = ? ORDER BY mis_id LIMIT 1"
        ((person,),) = look(hub.store, sql, (school,)).fetchall()
        form = {"code": hub.desk.tickets.code(credential, person), "grant_type": "authorization_code"}
        keys = {"client_id": credential.key, "client_secret": who.edlink}
        yield hub.post("/api/authentication/token", {**form, **keys}).json["$data"]["access_token"]


def _study(hub: Hub) -> str:
    """A researcher's token: a project with subjects of its own, and some that stand for students."""
    lab = Lab(hub)
    hub.grant(["StudentLite", "SchoolLite"], app="study.example.org")
    maze, reading = (lab.project(name, WHO) for name in ("Maze", "Reading"))
    lab.cohort("Mice", maze, *(lab.subject(name, maze, who=WHO) for name in ("M1", "M2")), who=WHO)
    lab.desk.set_app(reading, hub.app("study.example.org"))
    body = {"project": reading, "school": THORNFIELD, "group": "9X1/Fr", "name": "Class"}
    assert lab.ask("POST", "stem/cohort/draw/", WHO, body).status == 201
    return lab.token(WHO)


# ---- what is asked


def xporter(asker: Asker) -> Iterator[str]:
    """Every endpoint that there is in its widest form, from a page on, in some columns, and as what has changed."""
    for number, (segment, path) in enumerate(widest(asker.hub, asker.twin.xporter).items()):
        at = f"/api/v1/School/{THORNFIELD}/{path}"
        yield at
        yield f"{at}&page=2&pagesize=3"
        if number % 4 == 0:
            yield f"{at}&changedRows=*"
        if main := ENDPOINTS[segment.lower()].main:
            rows = tables(asker.ask(at).body).get(main.name)
            yield f"{at}&{urlencode({'select': ','.join([*rows[0]][::3] if rows else ['Id'])})}"


def edfi() -> Iterator[str]:
    """Every collection, what is gone and renamed, each filter of some, pages from the middle, and what has changed."""
    for number, path in enumerate(edfi_questions()):
        if "/ed-fi/" not in path or number % 3 == 0 or not re.search(r"totalCount=true&(?!minChange)", path):
            yield path
        if path.endswith("?limit=500&totalCount=true"):
            yield path.replace("limit=500", "offset=5&limit=7")
            yield path.replace("limit=500", "pageToken=&pageSize=7")
            yield f"{path}&minChangeVersion=1000&maxChangeVersion=60000"


def edlink() -> Iterator[str]:
    """Every collection with all that it can be expanded by, some filters, pages both ways, what is a person's."""
    for number, path in enumerate(edlink_questions()):
        if "filter" not in path or number % 3 == 0:
            yield path
        if path.partition("?")[2].startswith("%24first=10000&"):
            yield path.replace("first=10000", "last=7").split("&")[0]
    mine = ("profile", "schools", "classes", "enrollments", "people", "sections")
    yield from (f"{MY}{number}/{name}" for number in range(3) for name in mine)


def research() -> Iterator[str]:
    """Every list, filtered, sorted and with what belongs to it."""
    for model in ("project", "subject", "cohort"):
        path = f"/api/private/stem/{model}/"
        yield f"{path}?limit=100"
        yield f"{path}?limit=2&offset=1&sort[]=-name"
        yield path + quote("?filter{name.icontains}=m&include[]=projects.*&include[]=subjects.*", safe="?&=*")
    yield from (f"/api/private/users/{model}/?limit=100" for model in ("user", "group"))


def everything(asker: Asker) -> list[str]:
    """Every question."""
    return [*xporter(asker), *edfi(), *edlink(), *research()]


# ---- the tests


def test_every_answer_is_the_same(pair: Pair) -> None:
    asked = everything(pair.embedded)
    assert len(asked) > 500
    assert sum(pair.embedded.ask(path).status == 200 for path in asked[::7]) > len(asked) / 8
    assert pair.differ(asked) == {}


def test_every_answer_is_the_same_where_little_is_granted(pair: Pair) -> None:
    for number, few in enumerate(pair.few):
        asked = [
            f"/api/v1/School/{THORNFIELD}/{path}"
            for path in widest(few.embedded.hub, few.embedded.twin.xporter).values()
        ]
        asked += [
            path
            for path in (*edfi_questions(), *edlink_questions())
            if path.endswith(("limit=500&totalCount=true", "first=10000")) or "expand" in path
        ]
        assert few.differ(asked) == {}, FEW[number]


@pytest.mark.parametrize("dialect", sorted(SPEAKERS))
def test_what_the_manual_reads_is_the_same(pair: Pair, dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    readers = [Reading(asker.hub, dialect) for asker in (pair.embedded, pair.served)]
    asked = 0
    for number, request in enumerate(_read_by_the_manual(dialect)):
        if any(path in str(request) for path in OF_THE_KEY):
            continue
        said: list[tuple[int, bytes]] = []
        for reader in readers:
            # Requests have ids of their own, which are drawn at random.
            drawn = itertools.count(number << 32)
            monkeypatch.setattr(uuid, "uuid4", lambda drawn=drawn: uuid.UUID(int=next(drawn)))
            answer = reader.ask(request)
            said.append((answer.status, _OWN.sub(b"", answer.body)))
        monkeypatch.undo()
        asked += said[0][0] == 200
        assert said[0] == said[1], request
    assert asked > 3


def _read_by_the_manual(dialect: str) -> Iterator[str]:
    """What is read on the pages of a dialect, as far as it needs nothing that was written before."""
    for page in PAGES:
        if page.parent.name == dialect:
            for part in parts(page.read_text()):
                if part.kind == "http" and part.text.startswith("GET ") and "{" not in part.text:
                    yield part.text


def test_the_same_writes_are_answered_alike_and_leave_the_same(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    fixed(monkeypatch)
    seen = {path: [_data_set(one, path) for one in (pair.embedded, pair.served)] for path in _followed(pair.embedded)}
    assert all(one == other for one, other in seen.values())
    one, other = pair.embedded.twin, pair.served.twin
    for number, write in enumerate(requests(one, one, random.Random(5), 2)):
        said: list[object] = []
        for twin in (one, other):
            monkeypatch.setattr(Batch, "ids", staticmethod(drawn_ids(number)))
            said.append(twin.send(write))
        assert said[0] == said[1], write
    assert pair.differ(path for path in everything(pair.embedded) if not NARROW.search(path)) == {}
    assert pair.differ(f"{path}&changedRows={name}" for path, (name, _) in seen.items()) == {}


def _followed(asker: Asker) -> Iterator[str]:
    for segment, path in widest(asker.hub, asker.twin.xporter).items():
        if segment in ("Students", "Groups", "Detentions", "AttendanceForDate", "Photos", "Tags"):
            yield f"/api/v1/School/{THORNFIELD}/{path}"


def _data_set(asker: Asker, path: str) -> str:
    """The name of all that an endpoint shows now."""
    return json.loads(asker.ask(f"{path}&changedRows=*").body)["__changedRows__"][0]["NextChangedRows"]


def test_every_answer_of_a_school_has_rows(pair: Pair) -> None:
    found = answers(pair.embedded.hub, pair.embedded.twin.xporter)
    assert len(found) > 80
    assert sum(len(rows) for body in found.values() for rows in tables(body).values()) > 1000
