"""The facts on a line of the ledger are those that were shown: a value that is in the answer, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.dialects.edlink.catalogue import PATHS
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.fields import RECORDS, Field, Record, Ref, Text
from rollbook.model.people import Person, Staff
from rollbook.store.plan.facts import IS_EMPTY
from tests.hub import THORNFIELD, Hub
from tests.told import entries

from .asking import SCOPES, decide_presence, stored_in, widest
from .districts import EDFI, Caller, caller
from .test_ledger_laws import HUMANS, IDS, KNOWN, about

ROLES = {"Student": "students", "Staff": "staffs", "Contact": "contacts"}
"""Where Ed-Fi has people of each kind."""

some_scopes = st.lists(st.sampled_from(SCOPES), min_size=1, max_size=12, unique=True).map(
    lambda held: sorted({*held, "StudentLite", "StaffLite", "ContactLite", "SchoolLite"} & {*SCOPES})
)


@dataclass(frozen=True)
class Marked:
    """Somebody some of whose facts have values that nothing else has, and whose other facts are empty."""

    kind: str
    mis_id: str
    person: str
    values: dict[Field, str]
    empty: frozenset[Field]

    def shown_in(self, body: bytes) -> set[Field]:
        """The facts whose values are in an answer."""
        return {field for field, value in self.values.items() if value.encode() in body}


def markable(record: type[Record]) -> Iterator[Field]:
    """The facts that may say anything at all."""
    # Edlink shows these in words of its own, which it works out.
    beside = (
        decide_presence()
        | {Staff.roles, Person.races}
        | {record.fields[n] for n in (*IDS, *record.natural) if n in record.fields}
    )
    kept = {f for of in (*HUMANS.values(), Person) for n in of.natural for f in stored_in(of.trace(n)[1])}
    for field in record.stored().values():
        if type(field) is Text and field not in beside | kept:
            yield field


def marked(hub: Hub, kind: str, seed: int) -> Marked:
    """Mark the first person of a kind at the first school."""
    mis_id = hub.school(KNOWN[kind], hub.token())[KNOWN[kind]][0]["Id"]
    role, person, _ = about(hub, kind, mis_id)
    rng = random.Random(seed)
    values, empty = dict[Field, str](), set[Field]()
    with hub.store.write(hub.desk.schools.find(THORNFIELD)[0]) as batch:
        for record, identity in ((HUMANS[kind], role), (Person, person)):
            for field in markable(record):
                if rng.random() < 0.6 or field.name in ("forename", "surname"):
                    values[field] = f"zq{kind}{seed}n{len(values)}x"
                else:
                    empty.add(field)
            said = {f.name: values.get(f) for f in markable(record)}
            batch.change(record, identity, said)
    return Marked(kind, mis_id, person, values, frozenset(empty))


def asked_about(hub: Hub, token: str, one: Marked) -> Iterator[str]:
    """Each endpoint of each dialect, about one person."""
    for segment, path in widest(hub, token).items():
        for name in ENDPOINTS[segment.lower()].filters:
            if name.lower() == f"{one.kind.lower()}id" or (name.lower() == "id" and segment == KNOWN[one.kind]):
                yield f"/api/v1/School/{THORNFIELD}/{path}&{name}={one.mis_id}"
    yield f"{EDFI}/{ROLES[one.kind]}/{one.person.replace('-', '')}"
    yield f"/api/v2/graph/people/{one.person}"
    for of, leads in PATHS:
        if of == "people":
            yield f"/api/v2/graph/people/{one.person}/{leads}"


def ask(hub: Hub, district: Caller, token: str, path: str) -> tuple[bytes, set[str]]:
    """An answer, and the facts on its lines."""
    before = len(entries(hub))
    body = hub.get(path, token).body if "/School/" in path else district.get(path)
    every = entries(hub)
    return body, {fact for line in every[: len(every) - before] for fact in line.what.facts}


def traced(name: str) -> set[Field]:
    """The stored facts that the name of a fact rests on."""
    kind, *steps, end = name.split(".")
    record = RECORDS[kind]
    for step in steps:
        ref = record.fields[step]
        assert isinstance(ref, Ref)
        record = ref.target
    return set(stored_in(record.fields[end]))


def own(names: Iterable[str], kind: str) -> Iterator[tuple[str, Field]]:
    """Those of some names that are of a person of a kind, each with the one fact that it is."""
    for name in names:
        rests_on = traced(name)
        if name.count(".") == 1 and name.split(".")[0] in (kind, "Person") and len(rests_on) == 1:
            yield name, rests_on.pop()


def lied(one: Marked, body: bytes, facts: set[str]) -> dict[str, set[str]]:
    """What the lines of an answer say that is not so, and what they leave out."""
    shown = one.shown_in(body)
    valued = {name for name in facts if not name.endswith(IS_EMPTY)}
    blank = {name.removesuffix(IS_EMPTY) for name in facts - valued}
    listed = {field for name in valued for field in traced(name)}
    return {
        "shown, and not on the line": {repr(field) for field in shown - listed},
        "on the line, and not shown": {
            name for name, field in own(valued, one.kind) if field in {*one.values, *one.empty} - shown
        },
        "said to be empty": {name for name, field in own(blank, one.kind) if field in one.values},
    }


def check(hub: Hub, kind: str, scopes: list[str], seed: int) -> int:
    """Ask about somebody in every way; gives how many of their facts were shown."""
    one = marked(hub, kind, seed)
    district = caller(hub, {THORNFIELD: scopes})
    token, shown = hub.token(scopes), 0
    for path in asked_about(hub, token, one):
        body, facts = ask(hub, district, token, path)
        assert not any(wrong := {k: v for k, v in lied(one, body, facts).items() if v}), (path, wrong)
        shown += len(one.shown_in(body))
    return shown


@pytest.mark.parametrize("kind", HUMANS)
def test_the_facts_on_a_line_are_the_facts_shown(small_hub: Hub, kind: str) -> None:
    assert check(small_hub, kind, ["all"], 1) > 20


@pytest.mark.slow
@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(sorted(HUMANS)), scopes=some_scopes, seed=st.integers(0, 1000))
def test_whatever_is_granted_the_facts_on_a_line_are_the_facts_shown(
    small_hub: Hub, kind: str, scopes: list[str], seed: int
) -> None:
    check(small_hub, kind, scopes, seed)
