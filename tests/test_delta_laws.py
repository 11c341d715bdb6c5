"""What is new is taken in from the rows that it touches, and comes to what looking at every row comes to."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rollbook.connectors.oneroster_csv import ONEROSTER_CSV
from rollbook.demo.roster import in_1_2
from rollbook.ingest import Diff, import_roster
from rollbook.ingest.conformance import by_keys, contents
from rollbook.ingest.roster import roster
from rollbook.store.sqlite import Store
from tests import rosters

Roster = rosters.Roster

ROLES = ("student", "student", "student", "teacher", "parent", "aide")
NARROW = Counter[bool]()
"""How often only the rows that a delta touches were looked at, and how often all."""


def district(rng: random.Random) -> Roster:
    """A roster of the demo's two schools, where many share a number, an agent, a grade or a class."""
    tables = rosters.roster()
    users = [_user(rng, f"u{n}", [f"u{m}" for m in range(16)]) for n in range(16)]
    tables["users"] = users
    keys = [user["sourcedId"] for user in users]
    tables["enrollments"] = [_enrolment(rng, f"e{n}", keys) for n in range(24)]
    tables["demographics"] = [_demographics(rng, key) for key in rng.sample(keys, 5)]
    return tables


def _user(rng: random.Random, key: str, others: list[str]) -> dict[str, str]:
    agents = rng.sample(others, rng.choice((0, 0, 0, 1, 2)))
    return {
        "sourcedId": key,
        "status": "active",
        "enabledUser": rng.choice(("true", "true", "false")),
        "orgSourcedIds": rng.choice(("a", "b", "a,b", "d", "sci")),
        "role": rng.choice(ROLES),
        "username": key,
        "givenName": rng.choice(("Ada", "Bo", "Cy")),
        "familyName": f"{rng.choice(('Tarn', 'Rook'))} {key}",
        "identifier": rng.choice(("", *(f"91{n:04}" for n in range(12)))),
        "email": rng.choice(("", f"{key}@x.example")),
        "grades": rng.choice(("", "01", "02", "03", "01,02")),
        "agentSourcedIds": ",".join(agents),
    }


def _enrolment(rng: random.Random, key: str, users: list[str]) -> dict[str, str]:
    group, school = rng.choice((("k1", "a"), ("k2", "a"), ("k3", "sci"), ("k3", "b")))
    role = rng.choice(("student", "student", "teacher"))
    primary = rng.choice(("true", "false", "")) if role == "teacher" else ""
    row = rosters.enrolment(key, group, school, rng.choice(users), role=role, primary=primary)
    return {**row, "status": "active", "beginDate": rng.choice(("", "2026-09-01"))}


def _demographics(rng: random.Random, key: str) -> dict[str, str]:
    more = {"birthDate": rng.choice(("", "2019-05-04")), "publicSchoolResidenceStatus": rng.choice(("", "01652"))}
    return {"sourcedId": key, "status": "active", "sex": rng.choice(("male", "female")), **more}


def delta(rng: random.Random, tables: Roster) -> Roster:
    """A few rows that are new, different or gone, mostly of users, enrolments and demographics."""
    users = [user["sourcedId"] for user in tables["users"]]
    found: Roster = {}
    for _ in range(rng.randint(1, 4)):
        name = rng.choice(("users", "enrollments", "demographics"))
        key = rng.choice([row["sourcedId"] for row in tables[name]] + [f"new{rng.randint(0, 3)}"])
        if name == "demographics":
            key = rng.choice(users)
        made = {"users": _user, "enrollments": _enrolment}.get(name)
        row = made(rng, key, users) if made else _demographics(rng, key)
        if rng.random() < 0.3:
            row["status"] = "tobedeleted"
        rows = found.setdefault(name, [])
        if key not in {one["sourcedId"] for one in rows}:
            rows.append(row)
    return found


def laid_over(tables: Roster, step: Roster) -> Roster:
    """The whole roster after a delta, without what is of users who are gone."""
    gone = {row["sourcedId"] for row in step.get("users", ()) if row["status"] == "tobedeleted"}
    found: Roster = {}
    for name, rows in tables.items():
        said = {row["sourcedId"]: row for row in step.get(name, ())}
        every = {row["sourcedId"]: row for row in rows} | said
        found[name] = [row for row in every.values() if not _over(name, row, gone)]
    return found


def _over(name: str, row: dict[str, str], gone: set[str]) -> bool:
    users = {row["sourcedId"] if name in ("users", "demographics") else "", row.get("userSourcedId", "")}
    return row.get("status") == "tobedeleted" or bool(users & gone)


def take(folder: Path, store: Store, tables: Roster, version: str, *, small: bool) -> Diff:
    for old in folder.glob("*"):
        old.unlink()
    modes = dict.fromkeys(tables, "delta") if small else {}
    path = rosters.folder(folder, tables, version, **modes)
    return import_roster(store, ONEROSTER_CSV, path, most_aside=1.0, allow_shrink=True)


def held(store: Store) -> dict[str, Any]:
    """What a hub holds, by its source's keys, with what came of each school's reading."""
    every = contents(store)
    key_of = {row["id"]: row["key"] for row in every["source_row"]}
    said = sorted((row["kind"], row["key"], row["digest"]) for row in every["source_row"])
    outcomes = {
        key_of.get(row["school"], ""): {
            kind: one for kind, one in json.loads(row["outcome"]).items() if any(one.values())
        }
        for row in every["sync"]
    }
    return {"records": by_keys(store), "said": said, "outcomes": outcomes}


def told(diff: Diff) -> dict[str, dict[str, int]]:
    return {kind: tally.counts for kind, tally in diff.kinds.items() if any(tally.counts.values())}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1_000_000), version=st.sampled_from(("1.1", "1.2")))
@example(seed=1, version="1.1")
def test_what_is_new_comes_to_what_looking_at_every_row_comes_to(
    tmp_path_factory: pytest.TempPathFactory, seed: int, version: str
) -> None:
    rng, folder = random.Random(seed), tmp_path_factory.mktemp("delta")
    tables = district(rng)
    steps = [(tables, False)]
    for _ in range(3):
        step, small = delta(rng, tables), rng.random() < 0.6
        tables = laid_over(tables, step)
        steps.append((step if small else tables, small))
    if version == "1.2":
        steps = [(_in_1_2(step), small) for step, small in steps]
    narrowed, results = roster.narrowed, list[Any]()

    def counting(*arguments: Any) -> Any:
        results.append(narrowed(*arguments))
        return results[-1]

    def everything(*_: Any) -> None:
        return None

    with Store(folder / "narrow") as one, Store(folder / "whole") as other, pytest.MonkeyPatch.context() as patch:
        for step, small in steps:
            diffs: list[Diff] = []
            for store, way in ((one, counting), (other, everything)):
                patch.setattr(roster, "narrowed", way)
                diffs.append(take(folder / "roster", store, copy.deepcopy(step), version, small=small))
            assert told(diffs[0]) == told(diffs[1])
            assert diffs[0].notes == diffs[1].notes
            assert diffs[0].aside == diffs[1].aside
            assert held(one) == held(other)
        patch.setattr(roster, "narrowed", narrowed)
    NARROW.update(result is not None for result in results)


def _in_1_2(step: Roster) -> Roster:
    """Rows of 1.1 in 1.2: what says of a user who is not gone also says in which roles they are."""
    made = in_1_2(step) if "users" in step else step
    rows = [
        {**role, "sourcedId": f"{role['sourcedId']}-{org}", "orgSourcedId": org, "status": "active"}
        for user, role in zip(step.get("users", ()), made.get("roles", ()), strict=True)
        if user.get("status") != "tobedeleted"
        for org in user["orgSourcedIds"].split(",")
    ]
    return {name: table for name, table in made.items() if name != "roles"} | ({"roles": rows} if rows else {})


def test_most_of_it_is_taken_in_from_what_it_touches() -> None:
    if NARROW:
        assert NARROW[True] > NARROW[False], NARROW


def test_whoever_is_missing_from_a_whole_file_does_not_take_along_what_another_file_still_says(tmp_path: Path) -> None:
    with Store(tmp_path / "hub") as store:
        take(tmp_path / "roster", store, rosters.roster(), "1.1", small=False)
        tables = rosters.roster()
        tables["users"] = [user for user in tables["users"] if user["sourcedId"] != "s9"]
        diff = take(tmp_path / "roster", store, tables, "1.1", small=False)
    assert [(one.kind, one.key) for one in diff.aside] == [("enrollments", "f9")]
    assert (diff.kinds["Person"].gone, diff.kinds["StudentMembership"].gone) == (1, 2)
