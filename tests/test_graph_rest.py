"""Microsoft Graph: what a tenant's schools, classes and users say comes in as a roster."""

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
from tests.graph_service import Graph
from tests.services import Served, serving

GRAPH = CONNECTORS["graph-rest"]


@pytest.fixture
def service(tmp_path: Path) -> Graph:
    return Graph(tmp_path / "served")


@pytest.fixture
def served(service: Graph) -> Iterator[Served]:
    with serving(service) as up:
        yield up


def settings(served: Served, name: str = "whole", secret: str = "s3cret") -> dict[str, str]:
    app = {"tenant": "school.example", "client": "app", "secret": secret, "login": f"{served.address}/login"}
    return {"address": f"{served.address}/{name}/v1.0", **app}


def test_it_conforms(service: Graph, served: Served, tmp_path: Path) -> None:
    service.most = 50
    samples = rosters.samples(tmp_path / "served")
    conform(GRAPH, samples, tmp_path, lambda path: settings(served, path.name), "Heronsgate District")


def test_a_tenant_comes_in_with_all_that_graph_says(served: Served, tmp_path: Path) -> None:
    rosters.samples(tmp_path / "served")
    with Store(tmp_path / "hub") as store:
        diff = import_roster(store, GRAPH, "", settings=settings(served), district_name="Heronsgate District")
        assert not diff.aside
        counts = {kind: diff.kinds[kind].new for kind in ("School", "Person", "Student", "Staff", "Contact", "Group")}
        assert counts == {"School": 2, "Person": 14, "Student": 12, "Staff": 2, "Contact": 0, "Group": 5}
        assert diff.kinds["StudentMembership"].new == 30
        held = by_keys(store)
        child = held["Person", "s1"]
        assert (child["birth_date"], child["gender"]) == ("2019-05-04", "F")
        assert '"locker-1"' in held["Person", "s1"]["remainder"]
        assert sum(kind == "StaffMembership" for kind, _ in held) == diff.kinds["StaffMembership"].new > 0
    (token, *_) = [one for one in served.asked if one.path.endswith("/token")]
    assert "s3cret" not in token.url


def test_a_secret_that_is_not_accepted_is_named(served: Served, tmp_path: Path) -> None:
    rosters.samples(tmp_path / "served")
    with (
        Store(tmp_path / "hub") as store,
        pytest.raises(Malformed, match="does not accept the credentials: invalid_client"),
    ):
        import_roster(store, GRAPH, "", settings=settings(served, secret="another"))
