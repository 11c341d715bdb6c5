"""Canvas's API: what an account says comes in as a roster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed
from rollbook.ingest import import_roster
from rollbook.ingest.conformance import by_keys, conform
from rollbook.store.sqlite import Store
from tests import rosters
from tests.canvas_service import Canvas
from tests.services import Served, serving

CANVAS = CONNECTORS["canvas-rest"]


@pytest.fixture
def service(tmp_path: Path) -> Canvas:
    return Canvas(tmp_path / "served")


@pytest.fixture
def served(service: Canvas) -> Iterator[Served]:
    with serving(service) as up:
        yield up


def settings(served: Served, name: str = "whole", token: str = "canvas") -> dict[str, str]:
    return {"address": f"{served.address}/{name}", "token": token, "account": "self"}


def test_it_conforms(service: Canvas, served: Served, tmp_path: Path) -> None:
    service.most = 50
    # Observers have no number in a roster by which another source could know them again.
    samples = rosters.samples(tmp_path / "served", without_contacts)
    conform(CANVAS, samples, tmp_path, lambda path: settings(served, path.name))


def without_contacts() -> rosters.Roster:
    tables = rosters.without(rosters.roster(), "p")
    return tables | {"users": [{**row, "agentSourcedIds": ""} for row in tables["users"]]}


def test_an_account_comes_in_with_all_that_canvas_says(served: Served, tmp_path: Path) -> None:
    rosters.samples(tmp_path / "served")
    with Store(tmp_path / "hub") as store:
        diff = import_roster(store, CANVAS, "", settings=settings(served))
        assert diff.district == "Heronsgate District"
        assert not diff.aside
        counts = {kind: diff.kinds[kind].new for kind in ("School", "Person", "Student", "Staff", "Contact", "Group")}
        assert counts == {"School": 2, "Person": 16, "Student": 12, "Staff": 2, "Contact": 1, "Group": 3}
        assert diff.kinds["StudentMembership"].new == 18
        held = by_keys(store)
        assert (held["Person", "p"]["forename"], held["Person", "p"]["surname"]) == ("Pia", "Fennel")
        assert {key for kind, key in held if kind == "Session"} == {"t1", "t2"}


def test_an_account_without_others_is_a_school(served: Served, tmp_path: Path) -> None:
    samples = rosters.samples(tmp_path / "served")
    alone = rosters.roster()
    alone["orgs"] = [
        {**row, "type": "school", "parentSourcedId": ""} for row in alone["orgs"] if row["sourcedId"] == "d"
    ]
    alone["classes"] = [{**row, "schoolSourcedId": "d"} for row in alone["classes"]]
    rosters.folder(samples.whole.parent / "alone", alone)
    with Store(tmp_path / "hub") as store:
        diff = import_roster(store, CANVAS, "", settings=settings(served, "alone"))
        assert (diff.district, diff.kinds["School"].new) == ("Heronsgate District", 1)
        assert diff.kinds["Student"].new == 12


def test_a_token_that_is_not_accepted_is_named(served: Served, tmp_path: Path) -> None:
    rosters.samples(tmp_path / "served")
    with (
        Store(tmp_path / "hub") as store,
        pytest.raises(Malformed, match="does not accept the credentials"),
    ):
        import_roster(store, CANVAS, "", settings=settings(served, token="another"))
