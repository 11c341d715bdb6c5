"""Two hubs that differ only in what a caller may not see, and what the caller writes to both and reads from both."""

from __future__ import annotations

import itertools
import json
import random
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rollbook.dialects.edlink.submissions import submission_id
from rollbook.dialects.oneroster.services import GRADEBOOK
from rollbook.fields import RECORDS
from rollbook.model.assessment import Aspect
from rollbook.model.attendance import Mark
from rollbook.model.organisation import School
from rollbook.model.origin import ONEROSTER
from rollbook.model.people import Contact, Person
from rollbook.model.students import Student
from tests.district import agency, cohort, contact, contact_of, enrolment, researcher, school, student
from tests.hub import BRAMBLESIDE, THORNFIELD, Answer, Hub, write_at
from tests.looking import changing, look

from .asking import answers
from .districts import DOCUMENTS, EDFI, LISTS, Caller, caller, coursework, rows
from .districts import ROSTER as EDLINK
from .test_consent_laws import change_one, hidden_facts
from .write_backs import sent

THEN = "2027-01-01T00:00:00.000"
"""The moment of every write: what is told of when must be the same in both hubs."""

TAKEN, NAME, NUMBER, AGENCY = "7001", "guessed.name", 700123, 700100
"""A student's number, a sign-in name, a school's and a district's number, which are taken out of sight."""
SHARED_ID = "quiz-1"
"""The id of a line item of another school, which the caller does not see."""

XPORTER = (
    *("Students?includeLeavers=true", "Groups", "Staff", "AttendanceForDate?date=2026-11-20", "Photos", "Tags"),
    *("SeatingPlans", "XIDs?includeAttributes=true", "Detentions?DateFrom=2026-11-20"),
    *(f"{kind}ForDateRange?DateFrom=2026-11-01&DateTo=2026-11-30" for kind in ("Achievement", "Behaviour")),
)
"""Where Xporter shows what its write-backs change."""

NUMBERS = re.compile(rb'"changeVersion":\d+')

PASSING = ("correlationId", "$request", "integration_id", "TrackingId", "trackingid")


@dataclass(frozen=True)
class Writes:
    """A request that changes something: of Ed-Fi, of OneRoster, of Xporter's write-backs or of research."""

    dialect: str
    method: str
    path: str
    body: Any = None
    if_match: str = ""


@dataclass
class Twin:
    """One of the two hubs, and the caller's keys to it."""

    hub: Hub
    who: Caller
    xporter: str
    research: str

    def send(self, write: Writes) -> tuple[Any, ...]:
        """What is answered: the status, the headers and the body, less what is new in every answer."""
        body = b"" if write.body is None else json.dumps(write.body).encode()
        answer = self.ask(write, body)
        if "Async" in write.path:
            self.hub.work()
        assert answer.status < 500, (write, answer.body)
        outcomes = look(self.hub.store, "SELECT state, outcome FROM writeback ORDER BY at, id").fetchall()
        return answer.status, sorted(answer.headers.items()), told(answer.body), outcomes

    def ask(self, write: Writes, body: bytes) -> Answer:
        headers = {"content_type": "application/json"}
        if write.if_match:
            headers["if_match"] = write.if_match
        if write.dialect == "xporter":
            return self.hub.ask(write.method, f"/api/v1/Writeback/{write.path}", self.xporter, body, **headers)
        token, root = {
            "edfi": (self.who.edfi, EDFI),
            "edlink": (self.who.works, "/api/v2/graph"),
            "oneroster": (self.who.grades, GRADEBOOK.root),
        }.get(write.dialect, (self.research, "/api/private/stem"))
        headers["authorization"] = f"Bearer {token}"
        path = f"{root}/{write.path}"
        return self.hub.ask(write.method, path, None, body, **headers)

    def read(self, below: Iterable[str], *, whole: bool) -> dict[str, Any]:
        """The record as the caller sees it, through every dialect, and what is below classes at some addresses."""
        asked = [f"{EDFI}/{name}?limit=500&totalCount=true" for name in DOCUMENTS]
        asked += [f"{EDFI}/{name}/deletes?totalCount=true" for name in DOCUMENTS]
        asked += [f"{EDFI}/{name}/keyChanges" for name in DOCUMENTS]
        asked += [f"/api/v2/graph/{name}?%24first=10000" for name in EDLINK]
        asked += below
        asked += [f"{path}?limit=10000" for path in LISTS if path.startswith(GRADEBOOK.root)]
        # The hub numbers the writes to all of its districts together: a number tells nothing but an order.
        found: dict[str, Any] = {path: NUMBERS.sub(b"", self.who.get(path)) for path in asked}
        if whole:
            found |= answers(self.hub, self.xporter)
        else:
            for path in XPORTER:
                found[path] = self.hub.get(f"/api/v1/School/{THORNFIELD}/{path}", self.xporter).body
        for name in ("subject", "cohort", "project", "group"):
            found[name] = self.ask(Writes("research", "GET", f"{name}/?limit=100"), b"").body
        return found


def unlike(one: Twin, other: Twin, *, whole: bool) -> dict[str, Any]:
    """What the caller reads of the one hub and not of the other, each asked for what there is in either of them."""
    below = dict.fromkeys([*coursework(one.hub), *coursework(other.hub)])
    both = one.read(below, whole=whole), other.read(below, whole=whole)
    assert both[0].keys() == both[1].keys()
    return {path: (said, both[1][path]) for path, said in both[0].items() if said != both[1][path]}


def told(body: bytes) -> Any:
    """A body less what is new in every answer."""
    try:
        said = json.loads(body)
    except ValueError:
        return body
    return without(said)


def without(said: Any) -> Any:
    """A value less what is new in every answer, however deep it lies."""
    if isinstance(said, dict):
        return {n: without(v) for n, v in said.items() if n not in PASSING}  # pyright: ignore[reportUnknownVariableType]
    return [without(v) for v in said] if isinstance(said, list) else said  # pyright: ignore[reportUnknownVariableType]


def drawn_ids(seed: int) -> Callable[[], str]:
    """Hub ids that both hubs draw alike."""
    numbers = itertools.count(1)
    return lambda: str(uuid.UUID(int=(seed << 64) | next(numbers), version=4))


# ---- the two hubs


def prepared(folder: Path, at: Path, scopes: list[str], mode: str, left_out: int) -> dict[str, str]:
    """A hub at a folder with the caller's grants; gives the caller's keys."""
    hub = Hub.copy(folder, at)
    who = caller(hub, {THORNFIELD: scopes}, "twin.example.org")
    if mode != "all":
        sql = "SELECT mis_id FROM student WHERE school = ? ORDER BY mis_id"
        every = [mis for (mis,) in look(hub.store, sql, (hub.desk.schools.find(THORNFIELD)[1],))]
        chosen = every[:left_out] if mode == "except" else every[left_out:]
        hub.desk.people.choose(hub.desk.grants.at(who.app, THORNFIELD), "students", mode, chosen)
    grant = hub.desk.grants.at(who.app, THORNFIELD)
    xporter = hub.desk.tokens.for_grant(grant)[0]
    stem = researcher(hub, "twin@research.example")
    stem.post("project", {"name": "Twin study"})
    hub.close()
    keys = {"edfi": who.edfi, "edlink": who.edlink, "oneroster": who.oneroster}
    keys |= {"grades": who.grades, "works": who.works}
    return {**keys, "xporter": xporter, "research": stem.token}


def twins(
    folder: Path, at: Path, seed: int, scopes: list[str], mode: str, left_out: int = 4
) -> tuple[Twin, Twin, list[str]]:
    """Two hubs, of which the other one differs in what the caller may not see; and in what it differs."""
    shutil.rmtree(at, ignore_errors=True)
    keys = prepared(folder, at / "base", scopes, mode, left_out)
    made: list[Twin] = []
    for name in ("one", "other"):
        hub = Hub.copy(at / "base", at / name)
        tokens = (keys[name] for name in ("edfi", "edlink", "oneroster", "grades", "works"))
        who = Caller(hub, hub.desk.apps.named("twin.example.org"), *tokens)
        made.append(Twin(hub, who, keys["xporter"], keys["research"]))
    one, other = made
    done = differ(other, seed, scopes, mode, left_out)
    level(one.hub, other.hub)
    return one, other, done


def differ(twin: Twin, seed: int, scopes: list[str], mode: str, left_out: int) -> list[str]:
    """Change what the caller may not see: facts, people who are left out, and what other schools and projects have."""
    rng, hub = random.Random(seed), twin.hub
    # What tells kinds apart is no fact of any one of them.
    hidden = [(r, n) for r, n in hidden_facts({*scopes}) if r.__name__ in RECORDS and not r.told_by]
    done = [f"{r.__name__}.{n}" for r, n in rng.sample(hidden, min(len(hidden), 50)) if change_one(hub, r, n, rng)]
    district, here, _ = hub.desk.schools.find(THORNFIELD)
    unseen = {name for record, name in hidden if record is Person}
    sql = "SELECT s.person FROM student s WHERE s.school = ? ORDER BY s.mis_id LIMIT 60"
    for (person,) in look(hub.store, sql, (here,)).fetchall():
        with hub.store.write(district) as batch:
            guessed = {"birth_date": "2001-02-03", "middle_name": "Hidden", "birth_city": "Hidden"}
            batch.change(Person, person, {n: v for n, v in guessed.items() if n in unseen})
    there = hub.desk.schools.find(BRAMBLESIDE)
    with hub.store.write(there[0]) as batch:
        numbers = {"student_unique_id": TAKEN, "staff_unique_id": "h1", "contact_unique_id": TAKEN}
        who = batch.add(Person, [{**numbers, "username": NAME}])[0]
        batch.add(Contact, [{"person": who, "school": there[1], "mis_id": "h1", "xid": "h2"}])
        batch.add(
            Student, [{"person": who, "school": there[1], "mis_id": "h1", "xid": "h1", "entry_date": "2026-09-01"}]
        )
    with hub.store.write(there[0]) as batch:
        batch.add(
            Aspect,
            [{"school": there[1], "name": "Hidden", "classwork": 1, "external_id": SHARED_ID, "origin": ONEROSTER}],
        )
    if mode != "all":
        sql = "SELECT id, person FROM student WHERE school = ? ORDER BY mis_id"
        every = look(hub.store, sql, (here,)).fetchall()
        with hub.store.write(district) as batch:
            for role, person in every[:left_out]:
                batch.change(
                    Person, person, {"forename": "Hidden", "birth_date": "2001-01-01", "home_email": "h@h.example"}
                )
                day = {"date": "2026-11-20", "session": "AM", "kind": "S", "mark": "#"}
                batch.add(Mark, [{"school": here, "student": role, **day}])
        done.append("people left out")
    with hub.store.founding({"name": "Hidden", "identifier": str(AGENCY)}, hub.app("hidden.example.org").id) as batch:
        batch.add(School, [{"estab": str(NUMBER), "name": "Hidden"}])
    stem = researcher(hub, "hidden@research.example")
    stem.post("project", {"name": "Hidden study"})
    return done


def level(one: Hub, other: Hub) -> None:
    """Let both hubs number what comes next alike: numbers of writes, users and districts are drawn by the hub."""
    for table in ("clock", "counter"):
        key = "district" if table == "clock" else "district, name"
        rows = look(other.store, f"SELECT * FROM {table} ORDER BY {key}").fetchall()
        with changing(one.store) as db:
            db.execute(f"DELETE FROM {table}")
            db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


# ---- what is written


def requests(twin: Twin, other: Twin, rng: random.Random, each: int) -> Iterator[Writes]:
    """Writes that guess at what is hidden, write back what is shown, and take away."""
    yield from guesses(twin, other, rng)
    for name in rng.sample(sorted(DOCUMENTS), 5):
        shown = rows(twin.who.get(f"{EDFI}/{name}?limit=25"))
        if not shown:
            continue
        one = rng.choice(shown)
        body = {n: v for n, v in one.items() if not n.startswith("_") and n != "id"}
        yield Writes("edfi", "PUT", f"{name}/{one['id']}", body, one["_etag"])
        yield Writes("edfi", "POST", name, body)
        yield Writes("edfi", "DELETE", f"{name}/{one['id']}", None, rng.choice(["", one["_etag"]]))
        yield Writes("edfi", "POST", name, body)
    yield from of_gradebooks(twin, other, rng)
    yield from of_coursework(twin, other, rng)
    for path, body in sent(twin.hub, rng, NAME, each):
        yield Writes("xporter", "POST", path, body)
    yield from of_research()


def of_gradebooks(twin: Twin, other: Twin, rng: random.Random) -> Iterator[Writes]:
    """What is shown is written back, put under ids that are taken in either hub, and taken away."""
    for name in ("categories", "lineItems", "results", "assessmentResults"):
        shown = rows(twin.who.get(f"{GRADEBOOK.root}/{name}?limit=25"))
        if not shown:
            continue
        one, entity = rng.choice(shown), GRADEBOOK.collections[name].one
        yield Writes("oneroster", "PUT", f"{name}/{one['sourcedId']}", {entity: one})
        for hub in (twin.hub, other.hub):
            table = {"categories": "assessment_category", "lineItems": "aspect"}.get(name, "assessment_result")
            every = look(hub.store, f"SELECT id FROM {table} WHERE id IS NOT NULL ORDER BY id").fetchall()
            if every:
                guessed = rng.choice(every)[0]
                yield Writes("oneroster", "PUT", f"{name}/{guessed}", {entity: {**one, "sourcedId": guessed}})
                yield Writes("oneroster", "DELETE", f"{name}/{guessed}")
        yield Writes("oneroster", "PUT", f"{name}/mine", {entity: {**one, "sourcedId": "mine"}})
        yield Writes("oneroster", "PUT", f"{name}/{SHARED_ID}", {entity: {**one, "sourcedId": SHARED_ID}})
        yield Writes("oneroster", "DELETE", f"{name}/{SHARED_ID}")
        yield Writes("oneroster", "DELETE", f"{name}/{one['sourcedId']}")


def of_coursework(twin: Twin, other: Twin, rng: random.Random) -> Iterator[Writes]:
    """Work is set, changed and taken away in classes that are seen or not, and marked for students who are or not."""
    sql = 'SELECT "group", id FROM aspect WHERE classwork = 1 AND "group" IS NOT NULL ORDER BY id'
    group, work = rng.choice(look(twin.hub.store, sql).fetchall())
    path = f"classes/{group}/assignments"
    body = {"title": "Twin", "description": "", "due_date": "2026-12-04T00:00:00Z", "grading_type": "points"}
    yield Writes("edlink", "POST", f"{path}?%24idempotency=twin", body | {"points_possible": 5})
    yield Writes("edlink", "POST", f"{path}?%24idempotency=twin", body)
    yield Writes("edlink", "PATCH", f"{path}/{work}", {"title": "Changed", "points_possible": 9})
    for hub in (twin.hub, other.hub):
        sql = "SELECT person FROM student WHERE person IS NOT NULL ORDER BY mis_id LIMIT 40"
        (person,) = rng.choice(look(hub.store, sql).fetchall())
        one = f"{path}/{work}/submissions/{submission_id(work, person)}"
        yield Writes("edlink", "PATCH", one, {"grade_points": 3, "grade": "C", "flags": ["late"]})
        yield Writes("edlink", "POST", f"{one}/return")
    file = {"type": "file", "title": "twin.txt", "data": [116]}
    level = {"name": "Twin level", "points": 2}
    rubric = {"title": "Twin", "description": "", "grading_criteria": [{"name": "T", "performance_levels": [level]}]}
    yield Writes("edlink", "PATCH", f"{path}/{work}", {"attachments": [file]})
    yield Writes("edlink", "POST", f"classes/{group}/files", {"title": "twin.txt", "data": [116]})
    yield Writes("edlink", "POST", f"classes/{group}/rubrics", {**rubric, "assignment_id": work})
    for (one,) in look(other.hub.store, "SELECT id FROM rubric ORDER BY id LIMIT 1").fetchall():
        yield Writes("edlink", "PATCH", f"{path}/{work}", {"rubric_id": one})
        yield Writes("edlink", "DELETE", f"classes/{group}/rubrics/{one}")
    (category,) = rng.choice(look(other.hub.store, "SELECT id FROM assessment_category ORDER BY id").fetchall())
    yield Writes("edlink", "PATCH", f"{path}/{work}", {"category_id": category})
    yield Writes("edlink", "DELETE", f"classes/{group}/categories/{category}")
    yield Writes("edlink", "DELETE", f"{path}/{work}")


def guesses(twin: Twin, other: Twin, rng: random.Random) -> Iterator[Writes]:
    """What is taken, and what facts are, in either hub."""
    estab = int(THORNFIELD)
    yield Writes("edfi", "POST", "students", student(TAKEN))
    yield Writes("edfi", "POST", "studentSchoolAssociations", enrolment(TAKEN, estab))
    yield Writes("edfi", "POST", "cohorts", cohort("Twin", estab))
    yield Writes("edfi", "POST", "schools", school(NUMBER, rng.choice([None, 1000])))
    yield Writes("edfi", "POST", "localEducationAgencies", agency(AGENCY))
    shown = rows(twin.who.get(f"{EDFI}/students?limit=25"))
    yield Writes("edfi", "POST", "contacts", contact(TAKEN))
    for one in shown[:1]:
        yield Writes("edfi", "POST", "studentContactAssociations", contact_of(TAKEN, one["studentUniqueId"]))
    for one in rng.sample(shown, min(3, len(shown))):
        for hub in (twin.hub, other.hub):
            sql = "SELECT birth_date, middle_name, birth_city FROM person WHERE student_unique_id = ?"
            born, middle, city = look(hub.store, sql, (one["studentUniqueId"],)).fetchall()[0]
            facts = {"birthDate": born, "middleName": middle, "birthCity": city}
            names = {n: one[n] for n in ("studentUniqueId", "firstName", "lastSurname") if n in one}
            kept = {n: v for n, v in facts.items() if v and (n == "birthDate" or rng.random() < 0.5)}
            yield Writes("edfi", "POST", "students", names | {"birthDate": "2013-01-01"} | kept)


def of_research() -> Iterator[Writes]:
    """Names that are taken where the caller does not see it."""
    yield Writes("research", "POST", "project/", {"name": "Hidden study"})
    yield Writes("research", "POST", "project/", {"name": "Twin study"})


def fixed(monkeypatch: Any) -> None:
    """Let every write be at one moment."""
    write_at(monkeypatch, THEN)
