"""Laws 2 and 3: a scope guards every use of a field, and whatever leaves was read for one grant."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.fields import RECORDS, Date, Decimal, Field, Flag, Number, Record, Ref
from rollbook.model.people import Person
from tests.hub import THORNFIELD, Hub
from tests.looking import look

from .asking import SCOPES, answers, decide_presence, discloses, tables

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parent.parent / "xporter_document.json").read_text())
"""Endpoints, tables and fields with their scopes, as the Xporter document lists them."""


def documented_ways(segment: str, table: str) -> dict[str, list[str]]:
    """The fields of a table, each with the scopes of which one must be held."""
    return {name: said["scopes"] for name, said in DOCUMENT[segment]["tables"].get(table, {}).items()}


slow_to_draw = settings(
    max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
grants = st.sets(st.sampled_from(SCOPES), min_size=1).map(sorted)
few_scopes = st.lists(st.sampled_from(SCOPES), min_size=1, max_size=6, unique=True).map(
    lambda held: sorted({*held, "Student", "Staff"})
)


def shows(ways: list[str], held: set[str]) -> bool:
    """Whether one of the ways that the document lists is held; a row without a scope goes with its neighbours'."""
    return not ways or any(set(way.split("&")) <= held for way in ways)


@slow_to_draw
@given(held=st.one_of(grants, few_scopes))
def test_no_answer_holds_a_field_that_the_document_puts_under_a_scope_not_held(small_hub: Hub, held: list[str]) -> None:
    token = small_hub.token(held)
    for segment, body in answers(small_hub, token).items():
        for table, rows in tables(body).items():
            documented = documented_ways(segment, table)
            for row in rows:
                refused = [f for f in row if not shows(documented.get(f, []), set(held))]
                assert not refused, (segment, table, refused, held)


@slow_to_draw
@given(held=st.one_of(grants, few_scopes))
def test_every_field_that_the_document_puts_under_a_scope_held_is_there(small_hub: Hub, held: list[str]) -> None:
    token = small_hub.token(held)
    for segment, body in answers(small_hub, token).items():
        for table, rows in tables(body).items():
            documented = documented_ways(segment, table)
            due = {f for f, ways in documented.items() if ways and shows(ways, set(held))}
            if rows and segment != "PersonComms":
                assert due <= rows[0].keys(), (segment, table, due - rows[0].keys(), held)


def other_value(field: Any, now: Any, rng: random.Random) -> Any:
    """A value of the field's kind that differs from the one it has."""
    if isinstance(field, Flag):
        return 0 if now == 1 else 1
    if isinstance(field, Number | Decimal):
        return (now or 0) + rng.randint(1, 9)
    if isinstance(field, Date):
        return f"19{rng.randint(50, 99)}-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}"
    return f"changed {rng.randint(0, 10**6)}"


def change_one(hub: Hub, record: type[Record], name: str, rng: random.Random) -> bool:
    """Change a fact of some record of the first school; tells whether there was one."""
    (district, school, _) = hub.desk.schools.find(THORNFIELD)
    where = "school = ?" if "school" in record.fields else "'' <> ?"
    ids = look(
        hub.store, f'SELECT id FROM "{record.table}" WHERE district = ? AND {where} ORDER BY id', (district, school)
    ).fetchall()
    if not ids:
        return False
    (identity,) = rng.choice(ids)
    with hub.store.write(district) as batch:
        before = batch.get(record, identity)
        assert before is not None
        return batch.change(record, identity, {name: other_value(record.fields[name], before[name], rng)})


def hidden_facts(held: set[str], *, presence: bool = True) -> list[tuple[type[Record], str]]:
    """The stored facts of which a grant may know nothing: neither themselves nor anything worked out from them.

    With `presence`, those on which it depends in Xporter whether a row is there at all are left out.
    """
    present: set[Field] = decide_presence() if presence else set()
    return [
        (fact.owner, fact.name)
        for fact, told in discloses().items()
        if not isinstance(fact, Ref)
        and fact not in present
        and not fact.owner.derived()
        and not any(t.need.met_by(held) for t in told if t is not fact or fact.owner is not Person)
        and fact.name not in ("mis_id", "external_id", "xid", "code", "estab")
    ]


@slow_to_draw
@given(held=few_scopes, seed=st.integers(0, 2**32))
def test_a_change_of_what_is_not_granted_changes_no_byte(small_hub: Hub, held: list[str], seed: int) -> None:
    rng, token = random.Random(seed), small_hub.token(held)
    hidden = hidden_facts(set(held))
    before = answers(small_hub, token)
    changed = [
        (record.__name__, name)
        for record, name in rng.sample(hidden, min(len(hidden), 30))
        if change_one(small_hub, record, name, rng)
    ]
    assert changed or not hidden
    after = answers(small_hub, token)
    differing = [segment for segment in before if before[segment] != after[segment]]
    assert not differing, (differing, changed, held)


@slow_to_draw
@given(held=few_scopes, seed=st.integers(0, 2**32))
def test_a_change_of_what_is_not_granted_is_no_change_set(small_hub: Hub, held: list[str], seed: int) -> None:
    rng, token = random.Random(seed), small_hub.token(held)
    hidden = hidden_facts(set(held))
    first = small_hub.school("Students?changedRows=*", token)["__changedRows__"][0]["NextChangedRows"]
    for record, name in rng.sample(hidden, min(len(hidden), 30)):
        change_one(small_hub, record, name, rng)
    then = small_hub.school(f"Students?changedRows={first}", token)
    assert then["Students"] == []
    assert then["Students_deleted"] == []
    assert then["__changedRows__"][0]["NextChangedRows"] == first


def test_the_law_of_no_byte_can_fail(small_hub: Hub) -> None:
    token = small_hub.token(["Student", "UPN"])
    before = answers(small_hub, token)
    assert change_one(small_hub, RECORDS["Student"], "upn", random.Random(1))
    assert before["Students"] != answers(small_hub, token)["Students"]


# ---- people


@pytest.fixture
def everyone(small_hub: Hub) -> dict[str, Any]:
    """All students of the first school with their ids, as a token of all scopes sees them."""
    return small_hub.school("Students", small_hub.token(app="everything.example.org"))


@slow_to_draw
@given(data=st.data())
def test_a_person_left_out_is_nowhere(small_hub: Hub, everyone: dict[str, Any], data: st.DataObject) -> None:
    mode = data.draw(st.sampled_from(["only", "except"]))
    ids = [s["Id"] for s in everyone["Students"]]
    chosen = data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=20, unique=True))
    token = small_hub.token()
    small_hub.desk.people.choose(small_hub.desk.grants.at(small_hub.app(), THORNFIELD), "students", mode, chosen)
    hidden = set(chosen) if mode == "except" else set(ids) - set(chosen)
    secrets = {s[k] for s in everyone["Students"] if s["Id"] in hidden for k in ("ExternalId", "XID", "IdaasId", "UPN")}
    for segment, body in answers(small_hub, token).items():
        if segment == "ScopeFields":
            continue
        found = [s for s in secrets if s and f'"{s}"' in body.decode()]
        assert not found, (segment, found)


@slow_to_draw
@given(data=st.data())
def test_counts_count_only_the_people_of_the_grant(
    small_hub: Hub, everyone: dict[str, Any], data: st.DataObject
) -> None:
    ids = [s["Id"] for s in everyone["Students"]]
    chosen = data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=20, unique=True))
    token = small_hub.token()
    small_hub.desk.people.choose(small_hub.desk.grants.at(small_hub.app(), THORNFIELD), "students", "only", chosen)
    counts = {c["Area"]: c["Count"] for c in small_hub.school("Counts", token)["counts"]}
    assert counts["Students"] == len(small_hub.school("Students", token)["Students"]) == len(chosen)
    assert counts["Contacts"] == len(small_hub.school("Contacts", token)["Contacts"])
    answer = small_hub.school("Groups?includeStudentMembers=true&includeMembersIds=true", token)
    members: dict[str, list[str]] = {}
    for row in answer["StudentMembers"]:
        members.setdefault(row["GroupId"], []).append(row["StudentId"])
    for group in answer["Group"]:
        mine = members.get(group["Id"], [])
        assert group["NumStudents"] == len(set(mine))
        assert set((group["StudentIds"] or "").split(",")) - {""} == set(mine) <= set(chosen)


@slow_to_draw
@given(data=st.data(), kind=st.sampled_from(["staff", "contacts"]))
def test_staff_and_contacts_left_out_are_nowhere(small_hub: Hub, data: st.DataObject, kind: str) -> None:
    table, endpoint = ("Staff", "Staff") if kind == "staff" else ("Contacts", "Contacts")
    every = small_hub.school(endpoint, small_hub.token(app="everything.example.org"))[table]
    chosen = data.draw(st.lists(st.sampled_from([p["Id"] for p in every]), min_size=1, max_size=20, unique=True))
    token = small_hub.token()
    small_hub.desk.people.choose(small_hub.desk.grants.at(small_hub.app(), THORNFIELD), kind, "except", chosen)
    secrets = {p[k] for p in every if p["Id"] in chosen for k in ("ExternalId", "XID", "IdaasId")}
    for segment, body in answers(small_hub, token).items():
        found = [s for s in secrets if s and f'"{s}"' in body.decode()]
        assert segment == "ScopeFields" or not found, (segment, found)


def test_a_parent_left_out_makes_nobody_siblings(small_hub: Hub) -> None:
    path = "Students?id=9919&includeSiblingsList=true&includeSiblingsResultset=true"
    token = small_hub.token()
    before = small_hub.school(path, token)
    assert before["Students"][0]["StudentSiblingIds"]
    parents = {
        row["ContactId"]
        for row in small_hub.school("StudentContacts", token)["StudentContacts"]
        if row["StudentId"] == "9919"
    }
    small_hub.desk.people.choose(
        small_hub.desk.grants.at(small_hub.app(), THORNFIELD), "contacts", "except", sorted(parents)
    )
    after = small_hub.school(path, token)
    assert after["Students"][0]["StudentSiblingIds"] is None
    assert after["StudentSiblings"] == []
