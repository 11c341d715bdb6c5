"""Laws 2 and 3 where an app reads a district: each school's own grant guards every use of its facts."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.model.students import Student
from tests.hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Hub
from tests.looking import look

from .asking import SCOPES
from .districts import DOCUMENTS, EDFI, ROSTER, Caller, caller, coursework, questions, rows
from .drawn import cases
from .test_consent_laws import change_one, hidden_facts

few, some = cases(2), cases(5)
CHANGED = 80
"""How many facts are changed between two readings of everything."""

who_is_seen = st.sampled_from([["Student"], ["Staff"], ["StudentLite", "Contact"], ["Student", "Staff", "Contact"], []])
held = st.tuples(st.lists(st.sampled_from(SCOPES), min_size=1, max_size=8, unique=True), who_is_seen).map(
    lambda drawn: sorted({*drawn[0], *drawn[1], "SchoolLite"})
)


def answers(who: Caller, asked: Iterable[str] = ()) -> dict[str, bytes]:
    """What an app is answered to everything, or to what it was asked before."""
    return {path: who.get(path) for path in asked or [*questions(), *coursework(who.hub)]}


@few
@given(scopes=held, seed=st.integers(0, 2**32))
def test_a_change_of_what_is_not_granted_changes_no_byte(small_hub: Hub, scopes: list[str], seed: int) -> None:
    rng = random.Random(seed)
    who = caller(small_hub, {THORNFIELD: scopes})
    hidden = hidden_facts(set(scopes), presence=False)
    before = answers(who)
    changed = [
        (record.__name__, name)
        for record, name in rng.sample(hidden, min(len(hidden), CHANGED))
        if change_one(small_hub, record, name, rng)
    ]
    assert changed or not hidden
    after = answers(who, before)
    differing = [path for path in before if before[path] != after[path]]
    assert not differing, (differing, changed, scopes)


def every(who: Caller, path: str) -> list[dict[str, Any]]:
    """The documents of all pages."""
    found: list[dict[str, Any]] = []
    while page := rows(who.get(f"{path}&offset={len(found)}")):
        found += page
    return found


def collections(who: Caller) -> dict[str, dict[str, dict[str, Any]]]:
    """Every collection of Ed-Fi whole, each document by its id and without what its other facts decide."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name in DOCUMENTS:
        documents = every(who, f"{EDFI}/{name}?limit=500")
        passing = ("_etag", "_lastModifiedDate")
        found[name] = {d["id"]: {n: v for n, v in d.items() if n not in passing} for d in documents}
    return found


@some
@given(one=held, other=held)
def test_each_school_shows_what_it_granted_whatever_the_others_did(
    small_hub: Hub, one: list[str], other: list[str]
) -> None:
    both = collections(caller(small_hub, {THORNFIELD: one, BRAMBLESIDE: other}))
    first = collections(caller(small_hub, {THORNFIELD: one}))
    second = collections(caller(small_hub, {BRAMBLESIDE: other}))
    for name in DOCUMENTS:
        assert both[name].keys() == first[name].keys() | second[name].keys(), name
        for identity, document in both[name].items():
            seen = [c[name][identity] for c in (first, second) if identity in c[name]]
            assert {n for d in seen for n in d} <= document.keys(), (name, seen, document)
            shown = [json.dumps(d) for d in seen]
            assert json.dumps(document) in shown or len(shown) == 2, (name, document, seen)


@few
@given(data=st.data(), mode=st.sampled_from(["only", "except"]))
def test_people_left_out_are_nowhere(small_hub: Hub, data: st.DataObject, mode: str) -> None:
    every = look(
        small_hub.store,
        "SELECT s.mis_id, p.id, p.student_unique_id FROM student s JOIN person p ON p.id = s.person"
        " JOIN school c ON c.id = s.school WHERE c.estab = ? ORDER BY s.mis_id",
        (THORNFIELD,),
    ).fetchall()
    chosen = data.draw(st.lists(st.sampled_from([m for m, _, _ in every]), min_size=1, max_size=20, unique=True))
    # Of an app that has read nothing yet, nobody must be forgotten: whom it is not to see is named in no deletion.
    name = f"a{small_hub.store.data_version()}.example.org"
    grant = small_hub.grant(estab=THORNFIELD, app=name)
    small_hub.desk.people.choose(grant, "students", mode, chosen)
    who = caller(small_hub, {THORNFIELD: ["all"]}, name)
    wholes = [path for path in questions() if path.endswith(("totalCount=true", "10000")) or "expand" in path]
    hidden = {unique for mis, _, unique in every if (mis in chosen) != (mode == "only")}
    seen = {unique for _, _, unique in every} - hidden
    after = {path: who.get(path) for path in wholes}
    whole = "\n".join(a.decode() for a in after.values())
    assert any(unique in whole for unique in seen)
    assert not [unique for unique in hidden if f'"{unique}"' in whole]


def test_a_school_that_granted_nothing_is_nowhere(small_hub: Hub) -> None:
    who = caller(small_hub, {THORNFIELD: ["all"]})
    whole = b"\n".join(answers(who).values())
    for estab, shown in ((THORNFIELD, True), (BRAMBLESIDE, False), (SAGUARO, False)):
        (_, school, name) = small_hub.desk.schools.find(estab)
        for said in (school, school.replace("-", ""), name, f'"schoolId":{estab}'):
            assert (said.encode() in whole) == shown, said


@some
@given(one=held, other=held)
def test_a_roster_shows_of_each_school_what_it_granted(small_hub: Hub, one: list[str], other: list[str]) -> None:
    def read(**scopes: list[str]) -> dict[str, dict[str, dict[str, Any]]]:
        who = caller(small_hub, {estab.removeprefix("s"): held for estab, held in scopes.items()})
        asked = {name: rows(who.get(f"/api/v2/graph/{name}?%24first=10000")) for name in ROSTER}
        return {name: {row["id"]: row for row in found} for name, found in asked.items()}

    both = read(**{f"s{THORNFIELD}": one, f"s{BRAMBLESIDE}": other})
    first, second = read(**{f"s{THORNFIELD}": one}), read(**{f"s{BRAMBLESIDE}": other})
    for name in ROSTER:
        assert both[name].keys() == first[name].keys() | second[name].keys(), name
        for identity, row in both[name].items():
            seen = [c[name][identity] for c in (first, second) if identity in c[name]]
            known = {n for s in seen for n, v in s.items() if v not in (None, [], {})}
            shown = {n for n, v in row.items() if v not in (None, [], {})}
            assert shown == known, (name, row, seen)


@pytest.mark.parametrize("state", ["paused", "revoked"])
def test_an_app_whose_grant_has_ended_reads_nothing(small_hub: Hub, state: str) -> None:
    who = caller(small_hub, {THORNFIELD: ["all"]})
    assert rows(who.get(f"{EDFI}/students"))
    grant = small_hub.desk.grants.at(who.app, THORNFIELD)
    small_hub.desk.grants.pause(grant) if state == "paused" else small_hub.desk.grants.revoke(grant)
    assert rows(who.get(f"{EDFI}/students")) == []
    assert rows(who.get(f"{EDFI}/schools")) == []


def test_a_tombstone_tells_no_key_that_the_school_did_not_grant(small_hub: Hub) -> None:
    whole = caller(small_hub, {THORNFIELD: ["all"]}, "whole.example.org")
    # The day of an enrolment is a part of its key in Ed-Fi, and needs more than the student does.
    part = caller(small_hub, {THORNFIELD: ["SchoolLite", "StudentLite"]}, "part.example.org")
    district, school, _ = small_hub.desk.schools.find(THORNFIELD)
    unique, student = look(
        small_hub.store,
        "SELECT p.student_unique_id, s.id FROM student s JOIN person p ON p.id = s.person WHERE s.school = ? LIMIT 1",
        (school,),
    ).fetchall()[0]
    with small_hub.store.write(district) as batch:
        batch.remove(Student, student)
    asked = f"{EDFI}/studentSchoolAssociations/deletes"
    assert [d["keyValues"]["studentUniqueId"] for d in rows(whole.get(asked))] == [unique]
    assert rows(part.get(asked)) == []
    assert [d["keyValues"] for d in rows(part.get(f"{EDFI}/students/deletes"))] == [{"studentUniqueId": unique}]
