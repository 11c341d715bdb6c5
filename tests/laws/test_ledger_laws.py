"""The people in the ledger are those in the answer: nobody is missing, and nobody is there who is not in it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.consent.ledger import Ledger
from rollbook.dialects.edlink.catalogue import PATHS
from rollbook.dialects.edlink.catalogue import RESOURCES as ROSTER
from rollbook.dialects.oneroster.services import GRADEBOOK, MATERIALS, ROSTERS
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.fields import RECORDS, Coalesce, Csv, Expr, Field, Path
from rollbook.store.ledger import What
from tests.hub import THORNFIELD, Hub
from tests.looking import look
from tests.told import entries, told

from .asking import SCOPES, tables, widest
from .districts import DOCUMENTS, EDFI, LISTS, OLD_LISTS, ONEROSTER, Caller, caller, coursework

IDS = ("mis_id", "external_id", "idaas_id", "xid")
"""The facts by which the people of a school are known."""

HUMANS = {record.__name__: record for record in RECORDS.values() if record.human}

few = st.lists(st.sampled_from(SCOPES), min_size=1, max_size=8, unique=True).map(
    lambda held: sorted({*held, "StudentLite", "StaffLite", "SchoolLite"})
)

CONTACTS = f"{EDFI}/contacts?"


def names_a_human(expr: Expr) -> tuple[str, str] | None:
    """The kind of human whose id a column shows, and which of the ids."""
    if isinstance(expr, Csv):
        return names_a_human(expr.what)
    if isinstance(expr, Path):
        return names_a_human(expr.end)
    if isinstance(expr, Coalesce):
        found = {names_a_human(value) for value in expr.values}
        return found.pop() if len(found) == 1 else None
    if isinstance(expr, Field) and expr.name in IDS and expr.owner.__name__ in HUMANS:
        return expr.owner.__name__, expr.name
    return None


class School:
    """The people of the demo's first school by their ids, and the texts by which each may be told."""

    def __init__(self, hub: Hub) -> None:
        self.ids: dict[tuple[str, str, str], str] = {}
        self.texts: dict[str, set[str]] = {}
        district, school, _ = hub.desk.schools.find(THORNFIELD)
        for kind, record in HUMANS.items():
            names = [name for name in IDS if name in record.stored()]
            rows = look(
                hub.store,
                f'SELECT r.id, r.person, p.surname, {", ".join(f"r.{name}" for name in names)} FROM "{record.table}" r'
                " JOIN person p ON p.district = r.district AND p.id = r.person WHERE r.district = ? AND r.school = ?",
                (district, school),
            )
            for identity, person, surname, *values in rows:
                self.ids |= {(kind, n, str(v)): identity for n, v in zip(names, values, strict=True) if v is not None}
                texts = {surname, *(f'"{v}"' for v in values if v), *(f"{v}." for v in values if v)}
                self.texts[identity] = self.texts[person] = texts | {v for v in values if v and len(v) > 6}
        others = look(hub.store, "SELECT id, surname, forename FROM person WHERE district = ?", (district,)).fetchall()
        for identity, *said in others:
            self.texts.setdefault(identity, {text for text in said if text})

    def named(self, segment: str, body: bytes) -> Iterator[str]:
        """The hub ids of all whose ids stand in the columns of an answer."""
        endpoint = ENDPOINTS[segment.lower()]
        rows = tables(body)
        for table in endpoint.tables:
            for part in endpoint.parts(table):
                for column, expr in part.columns.items():
                    known = names_a_human(expr)
                    for row in rows.get(table.name, []) if known else []:
                        for value in str(row.get(column) or "").split(","):
                            found = self.ids.get((*known, value)) if known else None
                            yield from [found] if found else []


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=st.one_of(st.just(["all"]), few), seed=st.integers(0, 1000))
def test_the_people_in_the_ledger_are_those_in_the_answer(small_hub: Hub, held: list[str], seed: int) -> None:
    rng = random.Random(seed)
    token = small_hub.token(held)
    left_out = rng.sample(range(9919, 9969), 8)
    grant = small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    small_hub.desk.people.choose(grant, "Student", rng.choice(["only", "except"]), map(str, left_out))
    school = School(small_hub)
    told_of = 0
    for segment, path in widest(small_hub, token).items():
        answer = small_hub.get(f"/api/v1/School/{THORNFIELD}/{path}", token)
        people = told(small_hub)
        named = set(school.named(segment, answer.body))
        assert named <= people, segment
        # Whom the request names it tells of as well.
        text = answer.body.decode() + "".join(f'"{value}"' for _, value in parse_qsl(path))
        stray = [one for one in people - named if not any(said in text for said in school.texts.get(one, ()))]
        assert stray == [] or segment in SIZES, (segment, stray)
        told_of += len(people)
    assert told_of


# ---- whoever is missed is on the line

KNOWN = {"Student": "Students", "Staff": "Staff", "Contact": "Contacts"}
"""Where the people of each kind are listed."""


class Overheard:
    """The people on the lines of the answers to some questions, as the pen writes them down."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.people: set[str] = set()
        numbers = Ledger.numbers

        def overhear(pen: Ledger, people: Iterable[str]) -> list[int]:
            found = list(people)
            self.people.update(found)
            return numbers(pen, found)

        patch.setattr(Ledger, "numbers", overhear)

    def ask(self, district: Caller, token: str, path: str) -> tuple[bytes, frozenset[str]]:
        """An answer, and the people on its line."""
        self.people.clear()
        own = path.startswith("School/")
        body = district.hub.get(f"/api/v1/{path}", token).body if own else district.get(path)
        return body, frozenset(self.people)


def about(hub: Hub, kind: str, mis_id: str) -> tuple[str, str, str]:
    """The hub id of a role of the first school, of whose it is, and by which id the district knows them."""
    row = look(
        hub.store,
        f'SELECT r.id, r.person, coalesce(p.student_unique_id, p.staff_unique_id) FROM "{HUMANS[kind].table}" r'
        " JOIN person p ON p.district = r.district AND p.id = r.person JOIN school s ON s.district = r.district"
        " AND s.id = r.school WHERE s.estab = ? AND r.mis_id = ?",
        (THORNFIELD, mis_id),
    ).fetchone()
    assert row is not None
    return row


def questions(hub: Hub, token: str, kind: str, mis_id: str) -> Iterator[str]:
    """Every endpoint as wide as it is, and about one person in each way in which they can be named."""
    _, person, unique = about(hub, kind, mis_id)
    for segment, path in widest(hub, token).items():
        yield f"School/{THORNFIELD}/{path}"
        for name in ENDPOINTS[segment.lower()].filters:
            if name.lower() in (f"{kind.lower()}id", "id"):
                plain = path.partition("?")[0]
                yield f"School/{THORNFIELD}/{plain}?{name}={mis_id}&page=1&pageSize=1"
                yield f"School/{THORNFIELD}/{plain}?{name}={mis_id}&select=Nothing"
    for name in DOCUMENTS:
        yield f"{EDFI}/{name}?limit=500&totalCount=true"
        yield f"{EDFI}/{name}?limit=0&totalCount=true&{kind.lower()}UniqueId={unique}"
        yield f"{EDFI}/{name}?limit=0&totalCount=true&{kind.lower()}UniqueId={unique}&birthDate=2012-01-01"
        yield f"{EDFI}/{name}/{person.replace('-', '')}"
    for name in ROSTER:
        yield f"/api/v2/graph/{name}?%24first=10000"
        yield f"/api/v2/graph/{name}/{person}"
    yield "/api/v2/graph/school_enrollments?%24first=10000"
    yield f"/api/v2/graph/school_enrollments/{about(hub, kind, mis_id)[0]}"
    yield from coursework(hub)
    for of, leads in PATHS:
        if of == "people":
            yield f"/api/v2/graph/people/{person}/{leads}?%24first=10000"
    for path in LISTS:
        yield f"{path}?limit=10000"
        yield f"{path}?limit=1&offset=3&sort=dateLastModified"
        yield f"{path}/{person}"
    for path in OLD_LISTS:
        yield f"{path}?limit=10000"
    for service in (ROSTERS, GRADEBOOK, MATERIALS):
        for address in service.paths:
            if address.startswith(("users/", "students/", "teachers/")):
                yield f"{service.root}/{address.replace('{id}', person)}?limit=10000"


SIZES = {"Counts"}
"""Endpoints that tell how large a school is: more than `ROLL` of a kind are nobody in particular."""


def less_size(path: str, body: bytes) -> bytes:
    """An answer without how many there are in all, where it is a page of a whole list: that is a school's size.

    Nor with the moment of a choice, which is written down of the contacts of a student who is left out.
    """
    if path.startswith(CONTACTS):
        return re.sub(rb'"_lastModifiedDate": ?"[^"]*"', b"", body)
    if not path.startswith(ONEROSTER) or "offset=" not in path:
        return body
    status, _, said = json.loads(body)
    return json.dumps([status, said]).encode()


@pytest.mark.parametrize("kind", HUMANS)
def test_whoever_is_missed_in_an_answer_was_on_its_line(
    small_hub: Hub, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    token, heard = small_hub.token(), Overheard(monkeypatch)
    mis_id = small_hub.school(KNOWN[kind], token)[KNOWN[kind]][0]["Id"]
    district = caller(small_hub, {THORNFIELD: ["all"]})
    role, person, _ = about(small_hub, kind, mis_id)
    before = {path: heard.ask(district, token, path) for path in questions(small_hub, token, kind, mis_id)}
    for app in (small_hub.app(), district.app):
        small_hub.desk.people.choose(small_hub.desk.grants.at(app, THORNFIELD), kind, "except", [mis_id])
    missed = [
        path
        for path, (body, people) in before.items()
        if not people & {role, person}
        and path.split("?")[0].rpartition("/")[2] not in SIZES
        and less_size(path, heard.ask(district, token, path)[0]) != less_size(path, body)
    ]
    assert missed == []
    assert sum(bool(people & {role, person}) for _, people in before.values()) > 10


def test_a_file_that_was_handed_in_has_its_student_on_its_line(small_hub: Hub) -> None:
    district = caller(small_hub, {THORNFIELD: ["all"]})
    files = [path for path in coursework(small_hub) if "/submissions/" in path and path.endswith("/download")]
    assert len(files) > 1
    for path in files:
        file = path.split("/")[-2]
        sql = (
            "SELECT s.id, s.person FROM submission_file f JOIN assessment_result r ON r.id = f.result"
            " JOIN student s ON s.id = r.student WHERE f.id = ?"
        )
        ((role, person),) = look(small_hub.store, sql, (file,)).fetchall()
        assert district.get(path).startswith(b"[200,")
        assert told(small_hub) & {role, person}, path
        assert told(small_hub) <= {role, person}, path
        (line,) = last_lines(small_hub, 1)
        assert {"SubmissionFile.content", "SubmissionFile.title"} <= set(line.facts)


# ---- a line says only what is so

GRANTED = {THORNFIELD: ["all"], "9992001": ["StudentLite", "SchoolLite"]}
"""One school grants everything, the other names only."""


def test_a_line_has_the_grant_and_the_facts_of_the_school_through_which_somebody_was_seen(small_hub: Hub) -> None:
    district = caller(small_hub, GRANTED)
    by_school = {estab: small_hub.desk.grants.at(district.app, estab).id for estab in GRANTED}
    for estab, birth_dates in ((THORNFIELD, True), ("9992001", False)):
        person = look(
            small_hub.store,
            "SELECT r.person FROM student r JOIN school s ON s.district = r.district AND s.id = r.school"
            " WHERE s.estab = ? ORDER BY r.id LIMIT 1",
            (estab,),
        ).get
        for path in (f"{EDFI}/students/{person.replace('-', '')}", f"/api/v2/graph/people/{person}"):
            shown = json.loads(district.get(path))[2]
            (line,) = last_lines(small_hub, 1)
            assert line.grants == (by_school[estab],), path
            assert ("birthDate" in shown) == (birth_dates and path.startswith("/edfi"))
            assert ("Person.birth_date" in line.facts) == birth_dates, path
    district.get(f"{EDFI}/students?limit=500")
    # Who was at both schools was seen through both.
    lines = [line for line in last_lines(small_hub, 3) if line.endpoint == "students"]
    assert {line.grants for line in lines} >= {(grant,) for grant in by_school.values()}
    assert all(("Person.birth_date" in line.facts) == (by_school[THORNFIELD] in line.grants) for line in lines)


def last_lines(hub: Hub, number: int) -> list[What]:
    """What the last lines of the ledger say."""
    return [one.what for one in entries(hub)[:number]]
