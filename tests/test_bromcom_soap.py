"""Bromcom's data service: what its entities say of a school comes in as records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed
from rollbook.ingest import import_roster
from rollbook.ingest.conformance import Samples, by_keys, conform
from rollbook.store.sqlite import Store
from tests.bromcom_service import Bromcom, school
from tests.services import Reply, Served, serving

from .demo_data import new_store

BROMCOM = CONNECTORS["bromcom-soap"]
WHOLE = range(1, 13)


@pytest.fixture
def service() -> Bromcom:
    return Bromcom({"whole": school(WHOLE)})


@pytest.fixture
def served(service: Bromcom) -> Iterator[Served]:
    with serving(service) as up:
        yield up


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "hub") as opened:
        yield opened


def settings(served: Served, name: str = "whole", **more: str) -> dict[str, str]:
    signed = {"user": "soap", "password": "<purple>", "number": "8304001"}
    return {
        "address": f"{served.address}/{name}/ThirdParty",
        "school": "12345",
        "name": "Alder School",
        **signed,
        **more,
    }


def test_it_conforms(service: Bromcom, served: Served, tmp_path: Path) -> None:
    service.schools |= {"fewer": school(range(1, 12)), "shrunk": school((1, 2)), "altered": school(WHOLE, "Marchbanks")}
    service.schools["dangling"] = school(WHOLE)
    service.schools["dangling"]["SubjectClasses"].append({"ClassDescription": "A class without an id"})
    for entities in service.schools.values():
        # Staff have no number by which another source could know them again.
        entities["Staff"] = entities["CollectionExecutives"] = []
    whole, fewer, altered, shrunk, dangling = (
        Path(name) for name in ("whole", "fewer", "altered", "shrunk", "dangling")
    )
    samples = Samples(whole, fewer, altered, shrunk, dangling, "Zephyrine")
    conform(BROMCOM, samples, tmp_path, lambda path: settings(served, path.name))


def test_a_school_comes_in_with_all_that_is_asked_for(served: Served, store: Store) -> None:
    diff = import_roster(store, BROMCOM, "", settings=settings(served))
    assert diff.district == "Alder School"
    assert not diff.aside
    counts = {kind: tally.new for kind, tally in diff.kinds.items() if tally.new}
    assert counts == {
        **dict.fromkeys(("District", "School", "Subject", "StaffMembership"), 1),
        "Person": 14,
        "Student": 12,
        "Staff": 2,
        "GroupType": 2,
        "Group": 3,
        "StudentMembership": 36,
    }
    held = by_keys(store)
    told = ("upn", "admission_no", "nc_year", "reg_group", "year_group", "entry_date", "leaving_date")
    assert [held["Student", "1"][name] for name in told] == [
        *("A930299900001", "000001", "7", "tutor/7A", "year/Year 7", "2026-09-01", None)
    ]
    who = held["Person", "students/1"]
    assert (who["forename"], who["legal_forename"], who["middle_name"]) == ("Ruthie", "Ruth", "Ann")
    assert [held["Staff", key]["is_teacher"] for key in ("501", "502")] == [1, 0]
    post = held["StaffMembership", "77:501:Main Teacher"]
    assert (post["role"], post["is_main"]) == ("Main Teacher", 1)
    assert (held["Group", "77"]["subject"], held["School", "12345"]["estab"]) == ("Mathematics", "8304001")
    # No password goes into an address.
    assert {one.method for one in served.asked} == {"POST"}
    assert not any("purple" in one.url for one in served.asked)


def test_an_entity_that_may_not_be_read_leaves_what_is_held(service: Bromcom, served: Served, store: Store) -> None:
    said = settings(served)
    district = import_roster(store, BROMCOM, "", settings=said, name="mis").number
    service.hidden = {"SubjectClasses", "CollectionAssociates"}
    diff = import_roster(store, BROMCOM, "", settings=said, name="mis", district=district)
    assert "SubjectClasses may not be read, and what is held of them stays" in diff.notes
    assert {key for kind, key in by_keys(store) if kind == "Group"} == {"77", "tutor/7A", "year/Year 7"}


def test_a_fault_is_told_at_once_and_not_in_its_own_words(served: Served, store: Store) -> None:
    with pytest.raises(Malformed, match=r"answered with 500, as a SOAP fault$"):
        import_roster(store, BROMCOM, "", settings=settings(served, password="another"))
    assert len(served.asked) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"<html><body>Sign in", "is not the XML"), (b"<a><b/></a>", "has no findEntitiesBySchoolIDResult")],
)
def test_an_answer_without_its_result_is_no_empty_school(store: Store, body: bytes, said: str) -> None:
    with serving(lambda _: Reply(body)) as up, pytest.raises(Malformed, match=said):
        import_roster(store, BROMCOM, "", settings=settings(up))
