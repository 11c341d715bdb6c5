"""A list whose rows stay in memory is what would be read, byte by byte, whatever was written since; and tells of the
same people."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.app import application
from rollbook.consent import renewing
from rollbook.consent.renewing import Kept, Renewing
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.fields import Record
from rollbook.model.groups import Group
from rollbook.model.organisation import School
from rollbook.model.people import Contact, Person, Staff
from rollbook.model.research import HUB, CohortSubject, ResearchCohort, ResearchSubject, SubjectProject
from rollbook.model.students import Student
from rollbook.store.kept.plans import Plans
from rollbook.store.kept.statements import Row
from rollbook.store.plan.planner import Plan
from tests.hub import BRAMBLESIDE, THORNFIELD, Hub
from tests.looking import look
from tests.told import entries

from .asking import kinds_of, widest
from .districts import DOCUMENTS, EDFI, ROSTER, caller
from .editing import Editor
from .test_change_sets import edit, some
from .test_research_laws import ASKED
from .test_research_laws import drawn as drawn_by

drawn = settings(
    max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(autouse=True)
def every_list_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are kept however short they are."""
    monkeypatch.setattr(renewing, "LEAST", 1)


@pytest.fixture
def other(small_hub: Hub) -> Iterator[Hub]:
    """A hub over the same files."""
    hub = Hub(small_hub.store.folder)
    yield hub
    hub.close()


def asked(hub: Hub, path: str, token: str) -> tuple[bytes, object]:
    """The answer of a school endpoint, and what the ledger says that it told of whom."""
    body = hub.get(f"/api/v1/School/{THORNFIELD}/{path}", token).body
    last = entries(hub)[0]
    return body, (last.what, hub.store.ledger.people(last.number))


def afresh(hub: Hub, path: str, token: str) -> tuple[bytes, object]:
    """The same from an application that remembers nothing."""
    assert hub.edge.ledger is not None
    hub.edge.ledger.close()
    hub.edge = application(hub.store, lambda: hub.now)
    return asked(hub, path, token)


def paths_of(segment: str, hub: Hub, token: str) -> list[str]:
    """Questions that an app asks again and again: of one endpoint, and lists and pages of people."""
    endpoint = ENDPOINTS[segment]
    plain = ["Students?", "Students?select=Id,Surname,RegGroup,RowHash", "Contacts?", "Students?pagesize=7&page=2"]
    return [*plain, f"{endpoint.segment}?{urlencode(endpoint.example)}", widest(hub, token)[endpoint.segment]]


@drawn
@given(seed=st.integers(0, 2**32), segment=st.sampled_from(sorted(set(ENDPOINTS) - {"testerror"})))
def test_a_list_that_is_renewed_is_what_would_be_read(small_hub: Hub, other: Hub, seed: int, segment: str) -> None:
    rng, token = random.Random(seed), small_hub.token()
    paths = paths_of(segment, small_hub, token)
    editor, kinds = Editor(small_hub, rng), kinds_of(small_hub, paths[-2])
    for turn in range(6):
        # Where a name alone has moved, nothing else has the rows read that show it.
        if turn % 2:
            rename(small_hub, rng)
        for _ in range(0 if turn % 2 else rng.randint(0, 3)):
            editor.edit(kinds)
            edit(small_hub, rng)
        for path in paths:
            assert asked(small_hub, path, token) == afresh(other, path, token), (path, editor.done)


@drawn
@given(seed=st.integers(0, 2**32))
def test_a_list_is_renewed_when_people_are_chosen_or_days_pass(small_hub: Hub, other: Hub, seed: int) -> None:
    rng, token = random.Random(seed), small_hub.token()
    grant = small_hub.desk.grants.at(small_hub.app(), THORNFIELD)
    students = [s["Id"] for s in small_hub.school("Students", token)["Students"]]
    for _ in range(6):
        match rng.choice(["choose", "day", "edit", "edit"]):
            case "choose":
                mode = rng.choice(["only", "except", "all"])
                small_hub.desk.people.choose(grant, "students", mode, rng.sample(students, 9))
            case "day":
                small_hub.store.set("today", f"2026-11-{rng.randint(10, 28)}")
            case _:
                edit(small_hub, rng)
        for path in ("Students?", "Contacts?", "Groups?includeStudentMembers=true", "Counts?"):
            assert asked(small_hub, path, token) == afresh(other, path, token), path


# ---- every dialect


@dataclass
class Watch:
    """The lists that were asked for again, each as it is kept; whatever is given of one is compared with a reading."""

    hub: Hub
    lists: dict[object, tuple[Renewing, Plan, Mapping[str, Any]]] = field(default_factory=dict[Any, Any])
    wrong: list[object] = field(default_factory=list[object])
    renewed: Counter[str] = field(default_factory=Counter[str])
    """How often a list was renewed of which rows had become other ones, by the kind of record that they are of."""
    anew: int = 0
    """How often it was read anew, though it was kept."""

    def check(self, name: object) -> None:
        """Give a list from memory."""
        renewing, plan, bound = self.lists[name]
        with self.hub.store.lend() as kept:
            moved = partial(kept.history.moved, bound["district"], school=bound.get("school"))
            replace(renewing, versions=moved).rows(kept.plans, plan, bound)


@pytest.fixture
def watch(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Watches the lists that are given from memory."""
    found, give, renew = Watch(small_hub), Renewing.rows, Renewing.renewed

    def rows(self: Renewing, plans: Plans, plan: Plan, bound: Mapping[str, Any]) -> list[Row] | None:
        given = give(self, plans, plan, bound)
        if given is not None:
            found.lists[self.key(plan, bound)] = self, plan, bound
            anew = [row for _, row in renewing.complete(plan, plans.keyed(plan, bound))]
            differing = [one for one in zip(given, anew, strict=False) if one[0] != one[1]]
            if differing or len(given) != len(anew):
                found.wrong.append((plan.keyed, len(given), len(anew), differing))
        return given

    def renewed(
        self: Renewing, plans: Plans, plan: Plan, bound: Mapping[str, Any], before: Kept, versions: Mapping[str, int]
    ) -> Kept | None:
        now = renew(self, plans, plan, bound, before, versions)
        found.anew += now is None
        if now is not None and now.rows != before.rows and plan.moving is not None:
            found.renewed[plan.moving.of.__name__] += 1
        return now

    monkeypatch.setattr(Renewing, "rows", rows)
    monkeypatch.setattr(Renewing, "renewed", renewed)
    return found


def ask_every_list(hub: Hub) -> None:
    """Ask for every list of every dialect, twice."""
    study, who = drawn_by(hub, ["all"]), caller(hub, {THORNFIELD: ["all"], BRAMBLESIDE: ["all"]})
    token = hub.token()
    for _ in range(2):
        for path in widest(hub, token).values():
            hub.get(f"/api/v1/School/{THORNFIELD}/{path}", token)
        for path in (*DOCUMENTS, *ROSTER):
            who.get(f"{EDFI}/{path}?limit=500" if path in DOCUMENTS else f"/api/v2/graph/{path}?%24first=1000")
        for path in ASKED:
            study.get(path)
        # Nothing is read again while nothing has moved.
        Editor(hub, random.Random(5)).touch()


@pytest.mark.slow
def test_in_every_dialect_a_list_in_memory_is_what_would_be_read(small_hub: Hub, watch: Watch) -> None:
    ask_every_list(small_hub)
    rng, edits = random.Random(3), 150
    editor, names = Editor(small_hub, rng), list(watch.lists)
    for number in range(edits):
        if number % 3:
            editor.edit(watch.lists[rng.choice(names)][1].reads)
            kind = editor.done[-1].split()[1] if editor.done else "Person"
        else:
            kind = rename(small_hub, rng)
        concerned = [name for name in names if kind in watch.lists[name][1].reads]
        for name in rng.sample(concerned, min(len(concerned), 8)):
            watch.check(name)
            assert not watch.wrong, (watch.wrong[0], editor.done[-8:])
    assert watch.renewed.total() > edits, watch.renewed
    assert len(watch.renewed) > 25, watch.renewed
    assert watch.anew < watch.renewed.total(), (watch.anew, watch.renewed)


def rename(hub: Hub, rng: random.Random) -> str:
    """Give another name to what others show: somebody who has a role, a group, a school; gives the kind."""
    role = rng.choice([Student, Student, Staff, Contact, Group, School])
    with hub.store.write(hub.desk.schools.find(THORNFIELD)[0]) as batch:
        row = batch.get(role, some(hub, role, rng))
        assert row is not None
        name, kind, identity = f"New {rng.randint(0, 10**6)}", role, row["id"]
        if "person" in role.refs():
            kind, identity = Person, row["person"]
            batch.change(Person, identity, {"surname": name, "forename": name, "middle_name": name})
        else:
            batch.change(role, identity, {"name": name})
    return kind.__name__


@pytest.mark.slow
def test_a_list_of_a_district_is_what_would_be_read_when_people_are_chosen_or_veiled(
    small_hub: Hub, watch: Watch
) -> None:
    rng = random.Random(11)
    who = caller(small_hub, {THORNFIELD: ["all"], BRAMBLESIDE: ["all"]})
    grant = small_hub.desk.grants.at(who.app, THORNFIELD)
    asks = [f"{EDFI}/students?limit=500", f"{EDFI}/contacts?limit=500", "/api/v2/graph/people?%24first=1000"]
    asks += [f"{EDFI}/studentSectionAssociations?limit=500", "/api/v2/graph/enrollments?%24first=1000"]
    for step in range(16):
        for path in asks * 2:
            who.get(path)
            assert not watch.wrong, (path, watch.wrong[0])
        match step % 4:
            case 0:
                small_hub.desk.people.choose(grant, "students", "except", rng.sample(mis_ids(small_hub), 9))
            case 3 if step == 11:
                veil(small_hub, some(small_hub, Student, rng), who.app.id)
            case _:
                edit(small_hub, rng)


def mis_ids(hub: Hub) -> list[str]:
    """The MIS ids of the students of the first school."""
    asked = "SELECT mis_id FROM student WHERE school = ? AND mis_id <> ''"
    return sorted(one for (one,) in look(hub.store, asked, (hub.desk.schools.find(THORNFIELD)[1],)))


def veil(hub: Hub, student: str, app: str) -> None:
    """Let everybody but an app see a student."""
    with hub.store.write(hub.desk.schools.find(THORNFIELD)[0]) as batch:
        batch.veil(Student, student, app, shown=False)


def test_a_list_of_research_is_renewed_by_what_its_guards_ask(small_hub: Hub, watch: Watch) -> None:
    study = drawn_by(small_hub, ["all"])

    def newest(record: type[Record]) -> str:
        found = f'SELECT id FROM "{record.table}" WHERE district = {HUB} ORDER BY key DESC LIMIT 1'
        return look(small_hub.store, found).get

    def changed(record: type[Record], facts: dict[str, Any] | None) -> None:
        """Change a record, or take it away."""
        with small_hub.store.write(HUB) as batch:
            batch.remove(record, newest(record)) if facts is None else batch.change(record, newest(record), facts)

    with small_hub.store.write(HUB) as batch:
        cohort = batch.get(ResearchCohort, newest(ResearchCohort))
        assert cohort is not None
        batch.add(ResearchCohort, [{"project": cohort["project"], "name": f"Nobody {n}"} for n in range(3)])

    for record, facts in (
        (ResearchSubject, {"genetic_line": "Some"}),
        (ResearchCohort, {"description": "Others"}),
        # Once it stands for no student it is seen whatever schools grant, and then it stands for one whom none has.
        (ResearchSubject, {"of_student": None}),
        (ResearchSubject, {"genetic_line": "Many"}),
        (ResearchSubject, {"of_student": "nobody"}),
        (CohortSubject, None),
        (SubjectProject, None),
    ):
        for path in ASKED:
            study.get(path)
        changed(record, facts)
    for path in ASKED:
        study.get(path)
    assert not watch.wrong, watch.wrong[0]
    assert watch.renewed.keys() >= {"ResearchSubject", "ResearchCohort"}, watch.renewed


# ---- what is read


def test_only_the_rows_that_moved_are_read(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    token, path = small_hub.token(), f"/api/v1/School/{THORNFIELD}/Students"
    district, _, _ = small_hub.desk.schools.find(THORNFIELD)
    person, read = some(small_hub, Student, random.Random(2)), list[list[str]]()
    some_of = renewing.Plans.some

    def watched(plans: renewing.Plans, found: object, bound: object, only: list[str]) -> object:
        read.append(list(only))
        return some_of(plans, found, bound, only)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(renewing.Plans, "some", watched)
    for number in range(4):
        with small_hub.store.write(district) as batch:
            student = batch.get(Student, person)
            assert student is not None
            batch.change(Person, student["person"], {"middle_name": f"Number {number}"})
        assert f"Number {number}".encode() in small_hub.get(path, token).body
    assert read == [[person], [person]]


def test_rows_are_kept_within_a_bound_of_bytes_those_longest_that_were_asked_for_last() -> None:
    recent = renewing.RecentRows(bound=3_000)

    def keep(key: str, rows: int) -> None:
        plan: renewing.Plan = None  # pyright: ignore[reportAssignmentType]
        recent.put(key, renewing.Kept.of(plan, {}, {str(n): (b"x" * 750,) for n in range(rows)}))

    keep("a", 1)
    keep("b", 2)
    assert recent.find("a") is not None
    keep("c", 1)
    assert [key for key in "abc" if recent.find(key)] == ["a", "c"]
    keep("a", 2)
    assert recent.held == 3_000
