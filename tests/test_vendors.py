"""Vendors' own services: each comes in whole by its connector, whatever its pages, its tokens and its manners are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed
from rollbook.ingest import import_roster
from rollbook.ingest.conformance import conform
from rollbook.store.sqlite import Store
from tests import rosters
from tests.looking import look
from tests.oneroster_service import read
from tests.services import Asked, Reply, Served, serving
from tests.vendors import VENDORS, Case
from tests.vendors.service import Service, Shown, number, shaped, views

NAMES = [*VENDORS]


@dataclass
class Up:
    """A service that is up, and how a source is told of it."""

    name: str
    case: Case
    service: Service
    served: Served

    def settings(self, sample: str = "whole") -> dict[str, str]:
        """The settings for a sample."""
        where = f"{self.served.address}/{sample}"
        fresh = self.service.mint()
        return {name: said.format(where=where, refresh=fresh) for name, said in self.case.settings.items()}


@pytest.fixture
def up(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Up]:
    case = VENDORS[request.param]
    service = Service(case.vendor, tmp_path / "served")
    with serving(service) as served:
        yield Up(request.param, case, service, served)


each = pytest.mark.parametrize("up", NAMES, indirect=True)


@pytest.mark.slow
@each
def test_it_conforms(up: Up, tmp_path: Path) -> None:
    # No service gives contacts a number by which another source could know them.
    samples = rosters.samples(tmp_path / "served", rosters.without_contacts)
    conform(CONNECTORS[up.name], samples, tmp_path, lambda path: up.settings(path.name), up.case.district)


@each
def test_all_that_a_service_says_comes_in_though_it_is_busy_and_its_tokens_expire(up: Up, tmp_path: Path) -> None:
    rosters.samples(tmp_path / "served")
    up.service.lasts = 3
    up.service.troubles += [Reply({"message": "slow down"}, 429, {"Retry-After": "0"}), Reply(cut=2, body={"a": 1})]
    with Store(tmp_path / "hub") as store:
        diff = import_roster(store, CONNECTORS[up.name], "", settings=up.settings(), district_name=up.case.district)
        assert not diff.aside
        assert {kind: tally.new for kind, tally in diff.kinds.items() if tally.new} == up.case.counts
        (child,) = look(
            store,
            "SELECT forename, surname, birth_date, gender, student_unique_id FROM person"
            " WHERE forename = 'Tansy' AND surname = 'Fennel'",
        ).fetchall()
        assert tuple(child) == up.case.child
        kept = "".join(str(tuple(row)) for row in look(store, "SELECT remainder FROM person").fetchall())
        assert "locker-1" in kept
        assert "hunter2" not in kept


@each
def test_credentials_that_are_not_accepted_are_named(up: Up, tmp_path: Path) -> None:
    rosters.samples(tmp_path / "served")
    wrong = {**up.settings(), up.case.secret: "another"}
    with Store(tmp_path / "hub") as store, pytest.raises(Malformed, match="does not accept the credentials"):
        import_roster(store, CONNECTORS[up.name], "", settings=wrong, district_name=up.case.district)


AERIES = pytest.mark.parametrize("up", ["aeries"], indirect=True)


@AERIES
def test_a_year_that_is_set_is_asked_for_in_every_list(up: Up, tmp_path: Path) -> None:
    rosters.samples(tmp_path / "served")
    with Store(tmp_path / "hub") as store:
        import_roster(store, CONNECTORS["aeries"], "", settings={**up.settings(), "year": "2026"}, dry_run=True)
    assert {asked.params.get("DatabaseYear") for asked in up.served.asked} == {"2026"}


@AERIES
def test_schools_that_are_closed_are_not_asked_about(up: Up, tmp_path: Path) -> None:
    rosters.samples(tmp_path / "served")
    with Store(tmp_path / "hub") as store:
        import_roster(store, CONNECTORS["aeries"], "", settings=up.settings(), dry_run=True)
    below = {path.split("/")[5] for path in up.served.paths if path.count("/") == 6}
    assert below == {str(number("a")), str(number("b"))}


@AERIES
def test_contacts_that_may_no_longer_be_read_do_not_seem_to_be_gone(up: Up, tmp_path: Path) -> None:
    rosters.samples(tmp_path / "served")
    lists = {name: shown for name, shown in up.case.vendor.lists.items() if not name.endswith("/contacts")}
    with Store(tmp_path / "hub") as store:
        first = import_roster(store, CONNECTORS["aeries"], "", settings=up.settings(), name="sis")
        up.service.vendor = replace(up.case.vendor, lists=lists)
        with pytest.raises(Malformed, match="contacts: was read before and may not be read now"):
            import_roster(store, CONNECTORS["aeries"], "", settings=up.settings(), district=first.number, name="sis")


@AERIES
def test_contacts_that_could_never_be_read_are_done_without(up: Up, tmp_path: Path) -> None:
    rosters.samples(tmp_path / "served")
    lists = {name: shown for name, shown in up.case.vendor.lists.items() if not name.endswith("/contacts")}
    up.service.vendor = replace(up.case.vendor, lists=lists)
    with Store(tmp_path / "hub") as store:
        diff = import_roster(store, CONNECTORS["aeries"], "", settings=up.settings())
    assert diff.kinds["Student"].new == 12
    assert "Contact" not in diff.kinds or not diff.kinds["Contact"].new


@pytest.mark.parametrize("up", ["managebac"], indirect=True)
def test_what_changed_is_asked_for_and_laid_over_what_was_read(up: Up, tmp_path: Path) -> None:
    rosters.samples(tmp_path / "served")
    said = {**up.settings(), "full-every": "24"}
    students = [row for row in served_rows(up, "students") if row["student_id"] in ("910001", "910002", "910003")]
    renamed, archived, deleted = students
    renamed["last_name"], archived["archived"] = "Marchbanks", True
    news = {"modified_since": [renamed, archived], "deleted_since": [{"id": deleted["id"]}]}

    def changes(asked: Asked, path: str, rows: list[dict[str, Any]]) -> Reply:
        (kind,) = [name for name in news if name in asked.params] or [""]
        if not kind:
            return up.case.vendor.page(asked, path, rows)
        found = news[kind] if path == "students" else []
        return Reply({path: found, "meta": {"total_count": len(found)}})

    with Store(tmp_path / "hub") as store:
        take = partial(import_roster, store, CONNECTORS["managebac"], "", settings=said, name="school")
        number = take(district_name=up.case.district).number
        up.service.vendor = replace(up.case.vendor, page=changes)
        up.served.asked.clear()
        diff = take(district=number)
        assert {len(one.params) for one in up.served.asked} == {3}, "each list is asked for what changed alone"
        assert (diff.kinds["Person"].changed, diff.kinds["Student"].gone) == (1, 2)
        # Places of who is gone stay with nobody to be at them, until they are told to be gone too.
        assert all(one.kind == "enrollments" for one in diff.aside)
        whole = take(district=number, changes=False)
        assert (whole.kinds["Person"].changed, whole.kinds["Student"].new) == (1, 2)


def served_rows(up: Up, path: str) -> list[dict[str, Any]]:
    """What a list has, as it is served."""
    shown = up.case.vendor.lists[path]
    assert isinstance(shown, Shown)
    tables = read(up.service.folder / "whole")
    return [{n: v for n, v in shaped(row, shown.row).items() if v is not None} for row in views(tables)[shown.view]]


@pytest.mark.parametrize("up", ["schoology"], indirect=True)
def test_what_would_let_others_into_a_section_is_not_kept(up: Up, tmp_path: Path) -> None:
    rosters.samples(tmp_path / "served")
    with Store(tmp_path / "hub") as store:
        import_roster(store, CONNECTORS["schoology"], "", settings=up.settings())
        kept = "".join(str(row) for rows in store.kept.copies.everything().values() for row in rows)
    assert "hunter2" not in kept
