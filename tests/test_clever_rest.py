"""Clever's Data API: what it says of a district comes in as a roster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed
from rollbook.ingest import import_roster
from rollbook.ingest.conformance import conform
from rollbook.store.sqlite import Store
from tests import rosters
from tests.clever_service import Clever
from tests.looking import look
from tests.services import Served, serving

CLEVER = CONNECTORS["clever-rest"]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(Clever(tmp_path / "served")) as up:
        yield up


def settings(served: Served, name: str = "whole", token: str = "clever") -> dict[str, str]:
    return {"address": f"{served.address}/{name}/v3.0", "token": token}


def test_it_conforms(served: Served, tmp_path: Path) -> None:
    # Clever gives contacts no number and no name to sign in with: from another source nobody can know them again.
    samples = rosters.samples(tmp_path / "served", rosters.without_contacts)
    conform(CLEVER, samples, tmp_path, lambda path: settings(served, path.name))


def test_a_district_comes_in_with_all_that_clever_says(served: Served, tmp_path: Path) -> None:
    rosters.samples(tmp_path / "served")
    with Store(tmp_path / "hub") as store:
        diff = import_roster(store, CLEVER, "", settings=settings(served))
        assert diff.district == "Heronsgate District"
        counts = {kind: diff.kinds[kind].new for kind in ("School", "Person", "Student", "Staff", "Contact", "Course")}
        assert counts == {"School": 2, "Person": 16, "Student": 12, "Staff": 2, "Contact": 1, "Course": 2}
        assert diff.kinds["Group"].new == 5
        assert diff.kinds["StudentMembership"].new == 30
        (child,) = look(store, "SELECT birth_date, gender, races FROM person WHERE external_id = 's1'").fetchall()
        assert tuple(child) == ("2019-05-04", "F", "asian")
        (pia,) = look(store, "SELECT forename, surname FROM person WHERE external_id = 'p'").fetchall()
        assert tuple(pia) == ("Pia", "Fennel")
        (said,) = look(store, "SELECT relationship FROM relationship").fetchall()
        assert tuple(said) == ("guardian",)
        kept = "".join(str(tuple(row)) for row in look(store, "SELECT remainder FROM person").fetchall())
        assert "locker-1" in kept
        assert "hunter2" not in kept


def test_a_token_that_is_not_accepted_is_named(served: Served, tmp_path: Path) -> None:
    rosters.samples(tmp_path / "served")
    with Store(tmp_path / "hub") as store, pytest.raises(Malformed, match="does not accept the credentials"):
        import_roster(store, CLEVER, "", settings=settings(served, token="another"))
