"""The wall within PostgreSQL: who reads for a grant sees one district's rows, whatever is asked by mistake."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rollbook.consent.choosing import Draft, Search
from rollbook.consent.research import ResearchDesk
from rollbook.consent.research.standing import PUBLIC
from rollbook.consent.session import Session as Reading
from rollbook.model.organisation import School
from rollbook.model.people import Person
from rollbook.model.students import Student
from rollbook.store.kept import candidates, rolls
from rollbook.store.postgres import wall
from rollbook.store.postgres.layout import RECORD_TABLES
from rollbook.store.postgres.session import Session
from rollbook.store.postgres.store import Store

from .hub import Hub
from .postgres import ABSENT, BIN, hub_served

pytestmark = [pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]

NEAR, FAR = "1234567", "7654321"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with hub_served() as where:
        yield where


@pytest.fixture(scope="module")
def hub(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Two districts, each of one school with one student."""
    one = Hub(tmp_path_factory.mktemp("hub"), address)
    for estab, forename in ((NEAR, "Wren"), (FAR, "Robin")):
        _found(one, estab, forename)
    yield one
    one.close()


def _found(hub: Hub, estab: str, forename: str) -> None:
    with hub.store.founding({"name": f"The trust of {forename}"}) as batch:
        (school,) = batch.add(School, [{"id": f"school {estab}", "estab": estab, "name": f"{forename}'s school"}])
        (person,) = batch.add(Person, [{"forename": forename, "surname": "Ashby"}])
        facts = {"mis_id": "1", "nc_year": "7", "entry_date": "2020-09-01", "enrolment_status": "C"}
        batch.add(Student, [{"school": school, "person": person, **facts}])


def district(hub: Hub, estab: str) -> int:
    found = hub.store.kept.schools.numbered(estab)
    assert found is not None
    return found[0]


def behind(address: str) -> Session:
    return Session(address, "records", read_only=True, role=wall.READER)


# ---- the database


def test_nothing_is_seen_by_a_reading_that_does_not_say_of_which_district(hub: Hub, address: str) -> None:
    session = behind(address)
    for table in RECORD_TABLES:
        assert session.execute(f'SELECT count(*) FROM "{table}"').get == 0
    session.script(f"BEGIN; {wall.facing(district(hub, NEAR))}")
    assert session.execute("SELECT count(*) FROM student").get == 1
    session.script("ROLLBACK")
    # PostgreSQL leaves an empty text behind where there was no setting.
    assert session.execute("SELECT count(*) FROM student").get == 0
    session.close()


def test_views_have_no_other_rights(hub: Hub, address: str) -> None:
    session = behind(address)
    assert session.execute("SELECT count(*) FROM attendance").get == 0
    session.script(f"BEGIN; {wall.facing(district(hub, FAR))}")
    assert session.execute("SELECT count(*), min(district) FROM attendance").get == (1, district(hub, FAR))
    session.close()


@pytest.mark.parametrize("table", ["app", "grant", "credential", "setting", "research_password", "source_row"])
def test_secrets_and_sources_are_not_read(hub: Hub, address: str, table: str) -> None:
    session = behind(address)
    with pytest.raises(Exception, match="permission denied"):
        session.execute(f'SELECT 1 FROM "{table}"')
    session.close()


def test_each_table_that_may_be_read_has_the_wall(hub: Hub, address: str) -> None:
    session = Session(address, "records")
    assert wall.stands(session)
    session.script("BEGIN; ALTER TABLE student DISABLE ROW LEVEL SECURITY")
    assert not wall.stands(session)
    assert wall.build(session)
    assert wall.stands(session)
    session.script("ROLLBACK; BEGIN; ALTER VIEW attendance RESET (security_invoker)")
    assert not wall.stands(session)
    session.close()


def test_the_wall_is_no_hurdle_for_the_planner(hub: Hub, address: str) -> None:
    """It is looked at once, and the district that the statement names leads into the same index as without."""
    own = planned(Session(address, "records", read_only=True), hub)
    walled = planned(behind(address), hub)
    assert any("Index Cond" in line and "district = $1" in line for line in own)
    assert any("One-Time Filter" in line for line in walled)
    assert walled[-len(own) :] == own


def planned(session: Session, hub: Hub) -> list[str]:
    """How a look-up is planned for any values."""
    session.script(f"SET plan_cache_mode = force_generic_plan; BEGIN; {wall.facing(district(hub, NEAR))}")
    session.script("SET LOCAL enable_seqscan = off")
    session.script("PREPARE one (bigint, text) AS SELECT key FROM student WHERE district = $1 AND id = $2")
    lines = session.execute("EXPLAIN (COSTS OFF) EXECUTE one (1, 'x')").fetchall()
    session.close()
    return [line.strip(" ->") for (line,) in lines]


# ---- readings


def test_a_reading_turns_to_another_district_at_the_same_moment(hub: Hub) -> None:
    near, far = (district(hub, estab) for estab in (NEAR, FAR))
    with hub.store.lend(near, far) as kept:
        assert len(kept.records.ids(Student, near)) == 1
        assert kept.records.ids(Student, far) == frozenset()
        with hub.store.write(far) as batch:
            batch.add(Person, [{"forename": "Jay"}])
        other = kept.of_district(far)
        assert len(other.records.ids(Person, far)) == 1
        assert other.records.ids(Person, near) == frozenset()
        assert len(kept.records.ids(Student, near)) == 1
    with hub.store.lend(near) as kept, pytest.raises(ValueError, match=f"not of district {far}"):
        kept.of_district(far).records.ids(Person, far)


def test_a_reader_that_asks_for_another_district_gets_nothing(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [s["Forename"] for s in _students(hub)] == ["Wren"]
    _break(monkeypatch, {"district": district(hub, FAR), "school": f"school {FAR}"})
    assert _students(hub) == []
    # Without the wall, the same mistake tells the one school of the other one's students.
    store: Any = hub.store
    assert isinstance(store, Store)
    monkeypatch.setattr(store, "_walled", None)
    assert [s["Forename"] for s in _students(hub)] == ["Robin"]


def _students(hub: Hub) -> list[Mapping[str, Any]]:
    answer = hub.school("Students", hub.token(estab=NEAR), NEAR)
    return answer.get("Students", [])


def _break(monkeypatch: pytest.MonkeyPatch, instead: Mapping[str, Any]) -> None:
    """Have every question be asked of another district than that of the grant."""
    real: Any = Reading.__dict__["_bound"]

    def bound(self: Reading, *args: Any, **named: Any) -> Mapping[str, Any]:
        return {**real(self, *args, **named), **instead}

    monkeypatch.setattr(Reading, "_bound", bound)


# ---- the school's own pages


def shown_to_the_school(hub: Hub) -> object:
    """What the pages of one school show of its students: names, years to choose by, and whom the app would see."""
    grant = hub.desk.grants.authorise(hub.app(), NEAR, ["all"])[0]
    names = [one.name for one in hub.desk.choosing.candidates(grant, "Student", Search())]
    offers = [offer.count for offer in hub.desk.choosing.offers(grant)]
    drafts = {"Student": Draft("only", frozenset({"1"}))}
    return names, offers, hub.desk.choosing.would_see(grant, drafts)["Student"], hub.desk.people.of(grant)[0].mode


def test_a_page_that_asks_for_another_district_shows_nothing(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown_to_the_school(hub) == (["Wren Ashby"], [1], {"1"}, "all")
    there = {"district": district(hub, FAR), "school": f"school {FAR}"}
    for module in (candidates, rolls):
        monkeypatch.setattr(module, "at", lambda _district, _school, **others: {**there, **others})  # pyright: ignore
    assert shown_to_the_school(hub) == ([], [], set(), "all")
    monkeypatch.setattr(hub.store, "_walled", None)
    assert shown_to_the_school(hub) == (["Robin Ashby"], [1], {"1"}, "all")


# ---- research


def test_research_reads_behind_the_wall(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = ResearchDesk(hub.desk).reader(PUBLIC)
    for walled in (True, False):
        with reader.session() as session:
            found = [session.kept.records.ids(Student, district(hub, estab)) for estab in (NEAR, FAR)]
            assert [len(one) for one in found] == ([0, 0] if walled else [1, 1])
        monkeypatch.setattr(hub.store, "_walled", None)


def test_a_reading_goes_on_behind_the_wall_at_the_same_moment(hub: Hub) -> None:
    near, far = (district(hub, estab) for estab in (NEAR, FAR))
    with hub.store.lend() as kept:
        before = {one: kept.records.ids(Person, one) for one in (near, far)}
        assert all(before.values())
        own = kept.for_somebody(near)
        with hub.store.write(near) as batch:
            batch.add(Person, [{"forename": "Jay"}])
        assert [own.records.ids(Person, one) for one in (near, far)] == [before[near], frozenset()]
        with pytest.raises(Exception, match="permission denied"):
            own.grants.every()


def test_a_hub_whose_role_may_not_make_roles_does_without(hub: Hub, address: str) -> None:
    session = Session(address, "public")
    session.script("CREATE ROLE plain LOGIN")
    session.script("CREATE DATABASE plain OWNER plain")
    plain = Session(f"{address} dbname=plain user=plain", "public")
    assert not wall.build(plain)
    assert not wall.stands(plain)
    plain.close()
    session.close()


def test_a_folder_has_no_wall(tmp_path: Path) -> None:
    with Hub(tmp_path).store as store, store.lend(1) as kept:
        assert kept.of_district(2) is kept
