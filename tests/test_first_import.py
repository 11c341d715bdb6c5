"""A district's first import is written in a quicker way than the others, and comes to the same."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rollbook.ingest.conformance import contents
from rollbook.model.resources import ClassResource
from rollbook.store import connection, shapes
from rollbook.store.sqlite import Store
from tests import rosters
from tests.looking import look
from tests.test_delta_laws import delta, district, held, laid_over, take, told

INDEXES = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name"

UNLIKE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|20\d\d-\d\d-\d\dT[\d:.]+")
"""Hub ids and moments, of which no two hubs have the same."""


def quickly(patch: pytest.MonkeyPatch, *, first: bool) -> None:
    """Have even a few first rows written as very many are, or very many as a few."""
    patch.setattr(connection, "MANY", 1 if first else 10**9)
    patch.setattr(shapes, "FEW", 0 if first else 10**9)


def counted(store: Store) -> dict[str, list[str]]:
    """What a hub keeps beside its records, without hub ids and moments."""
    kept = ("moment", "moved", "history", "counter", "namesake", "clock", "saying", "review")
    return {name: sorted(UNLIKE.sub("", repr(row)) for row in contents(store).get(name, ())) for name in kept}


def with_faults(rng: random.Random) -> rosters.Roster:
    """A random roster in which a place leads to a user whom it does not list."""
    tables = district(rng)
    tables["enrollments"] += [
        rosters.enrolment(f"e{n}", "k1", "a", "nobody") for n in range(100, 100 + rng.randint(0, 2))
    ]
    return tables


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1_000_000))
@example(seed=3)
def test_a_first_import_comes_to_what_the_ordinary_way_comes_to(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    folder, tables = tmp_path_factory.mktemp("first"), with_faults(random.Random(seed))
    step = delta(random.Random(seed), tables)
    with Store(folder / "quick") as one, Store(folder / "ordinary") as other, pytest.MonkeyPatch.context() as patch:
        before = look(one, INDEXES).fetchall()
        for small, said in ((False, tables), (True, step), (False, laid_over(tables, step))):
            diffs: list[Any] = []
            for store, first in ((one, True), (other, False)):
                quickly(patch, first=first)
                diffs.append(take(folder / "roster", store, said, "1.1", small=small))
            assert told(diffs[0]) == told(diffs[1])
            assert diffs[0].aside == diffs[1].aside
            assert held(one) == held(other)
            assert counted(one) == counted(other)
        assert look(one, INDEXES).fetchall() == before


def test_a_first_import_that_fails_leaves_every_index_and_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quickly(monkeypatch, first=True)
    with Store(tmp_path / "hub") as store:
        before = look(store, INDEXES).fetchall()
        monkeypatch.setattr("rollbook.ingest.applying.remember_rows", fails)
        with pytest.raises(ZeroDivisionError):
            take(tmp_path / "roster", store, rosters.roster(), "1.1", small=False)
        assert look(store, INDEXES).fetchall() == before
        assert look(store, "SELECT count(*) FROM person").get == 0


def fails(*_: Any) -> None:
    raise ZeroDivisionError


def test_two_records_with_one_id_are_namesakes_when_they_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quickly(monkeypatch, first=True)
    with Store(tmp_path / "hub") as store:
        number = take(tmp_path / "roster", store, rosters.roster(), "1.1", small=False).number
        twins = [{"external_id": "r1", "origin": "oneroster", "title": title} for title in ("One", "Other")]
        with store.write(number) as batch:
            school = look(store, "SELECT id FROM school ORDER BY key LIMIT 1").get
            with batch.filling(ClassResource, len(twins)):
                batch.add(ClassResource, [{**one, "school": school} for one in twins])
        assert (
            look(store, "SELECT listed, name, kind FROM namesake").fetchall()
            == [("classResources", "r1", "ClassResource")] * 2
        )
