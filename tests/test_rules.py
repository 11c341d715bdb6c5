"""People chosen by rule: whoever is in year 8 or form 8A today is seen today, in every dialect, whoever moved them."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.errors import NotFound
from rollbook.model.groups import Group
from rollbook.model.people import Contact, Person
from rollbook.model.students import Relationship, Student
from rollbook.store.rules import Rule
from rollbook.store.writing import Batch

from .hub import THORNFIELD, Hub
from .office import TODAY, Office, Oracle, chosen, edit_roll, edlink, everybody, graph, seen_by, shown, some_day
from .test_cli import PARTY, refused, said


@pytest.fixture
def office(small_hub: Hub) -> Office:
    """Thornfield's office."""
    return Office(small_hub)


def test_who_is_in_year_8_is_seen_and_nobody_else(small_hub: Hub, office: Office) -> None:
    _, token = chosen(small_hub, Rule("year", "8"))
    assert shown(small_hub, token) == office.in_year("Year 8")


@pytest.mark.parametrize("said", ["8", "08", "Y8", "Year 8", "year 8"])
def test_a_year_may_be_written_as_schools_write_it(small_hub: Hub, office: Office, said: str) -> None:
    _, token = chosen(small_hub, Rule("year", said))
    assert shown(small_hub, token) == office.in_year("Year 8")


def test_who_moves_into_the_form_is_in_and_who_moves_out_is_out(small_hub: Hub, office: Office) -> None:
    _, token = chosen(small_hub, Rule("form", "8a"))
    before = shown(small_hub, token)
    one, other = sorted(before)[0], sorted(office.in_year("Year 7"))[0]
    office.moves(one, reg_group=office.group("RegGrp", "7A"))
    office.moves(other, reg_group=office.group("RegGrp", "8A"))
    assert shown(small_hub, token) == before - {one} | {other}


def test_who_leaves_the_school_is_out_the_day_after_without_anybody_writing(small_hub: Hub, office: Office) -> None:
    _, token = chosen(small_hub, Rule("year", "8"))
    one = sorted(office.in_year("Year 8"))[0]
    office.moves(one, leaving_date=TODAY)
    assert one in shown(small_hub, token)
    small_hub.store.set("today", "2026-11-21")
    everyone = {row["Id"] for row in small_hub.school("Students?select=Id&includeLeavers=true", token)["Students"]}
    assert one not in everyone


def test_a_place_in_a_class_counts_from_its_first_day_to_its_last(small_hub: Hub, office: Office) -> None:
    ((group, code),) = office.ask(
        "SELECT id, code FROM \"group\" WHERE district = :d AND school = :s AND kind = 'TeachingGrp'"
        " AND start <= :t AND \"end\" > '2026-12-31' ORDER BY code LIMIT 1",
        t=TODAY,
    )
    _, token = chosen(small_hub, Rule("class", code))
    one = sorted(office.in_year("Year 11"))[0]
    office.joins(one, group, "2026-11-23", "2026-11-27")
    days = ["2026-11-20", "2026-11-22", "2026-11-23", "2026-11-27", "2026-11-28"]
    seen: list[bool] = []
    for day in days:
        small_hub.store.set("today", day)
        seen.append(one in shown(small_hub, token))
    assert seen == [False, False, True, True, False]


def test_everyone_except_a_year(small_hub: Hub, office: Office) -> None:
    _, token = chosen(small_hub, Rule("year", "8"), mode="except")
    one = sorted(office.in_year("Year 7"))[0]
    assert not shown(small_hub, token) & office.in_year("Year 8")
    assert one in shown(small_hub, token)
    office.moves(one, year_group=office.group("YearGrp", "Year 8"))
    assert one not in shown(small_hub, token)


def test_a_year_without_one_child_and_with_another(small_hub: Hub, office: Office) -> None:
    one, other = sorted(office.in_year("Year 8"))[0], sorted(office.in_year("Year 9"))[0]
    grant, token = chosen(small_hub, Rule("year", "8"), mis_ids=[other], without=[one])
    assert shown(small_hub, token) == office.in_year("Year 8") - {one} | {other}
    small_hub.desk.people.amend(grant, "students", add=[one], remove=[other])
    assert shown(small_hub, token) == office.in_year("Year 8")


def test_a_rule_that_names_no_group_is_refused_with_a_hint(small_hub: Hub) -> None:
    with pytest.raises(NotFound, match="no form called 8Q") as raised:
        chosen(small_hub, Rule("form", "8Q"))
    assert "8A" in str(raised.value.problems[0])
    with pytest.raises(NotFound, match="only students are chosen by rule"):
        small_hub.desk.people.choose(small_hub.grant(), "staff", "only", rules=[Rule("year", "8")])


def test_a_form_that_is_gone_shows_nobody_and_one_of_the_same_name_shows_its_own(
    small_hub: Hub, office: Office
) -> None:
    _, token = chosen(small_hub, Rule("form", "8A"))
    with small_hub.store.write(office.district) as batch:
        batch.change(Group, office.group("RegGrp", "8A"), {"name": "8Q", "code": "8Q"})
    assert shown(small_hub, token) == set()
    one = sorted(office.in_year("Year 9"))[0]
    with small_hub.store.write(office.district) as batch:
        made = batch.add(Group, [{"school": office.school, "kind": "RegGrp", "name": "8A", "code": "8A"}])[0]
        batch.change(Student, office.student(one), {"reg_group": made})
    assert shown(small_hub, token) == {one}


# ---- every dialect, and those who follow changes


def test_edlink_and_xporter_agree_and_edlink_tells_who_went_and_who_came(small_hub: Hub, office: Office) -> None:
    _, token = chosen(small_hub, Rule("form", "8A"))
    integration = edlink(small_hub)
    names = {p["id"] for p in graph(small_hub, integration, "people") if "student" in p["roles"]}
    assert len(names) == len(shown(small_hub, token))
    start = graph(small_hub, integration, "events")
    one, other = sorted(shown(small_hub, token))[0], sorted(office.in_year("Year 7"))[0]
    office.moves(one, reg_group=office.group("RegGrp", "7A"))
    office.moves(other, reg_group=office.group("RegGrp", "8A"))
    events = [e for e in graph(small_hub, integration, "events") if e not in start and e["target"] == "person"]
    people = {
        m: office.ask("SELECT person FROM student WHERE id = :i", i=office.student(m))[0][0] for m in (one, other)
    }
    told = {(e["target_id"], e["type"]) for e in events}
    assert (people[one], "deleted") in told
    assert (people[other], "created") in told


def test_the_day_that_comes_is_told_to_those_who_follow_changes(small_hub: Hub, office: Office) -> None:
    chosen(small_hub, Rule("year", "8"))
    one = sorted(office.in_year("Year 8"))[0]
    integration = edlink(small_hub)
    person = office.ask("SELECT person FROM student WHERE id = :i", i=office.student(one))[0][0]
    office.moves(one, leaving_date="2026-11-21")
    assert person in {p["id"] for p in graph(small_hub, integration, "people")}
    small_hub.store.set("today", "2026-11-22")
    assert person not in {p["id"] for p in graph(small_hub, integration, "people")}
    small_hub.work()
    deleted = [e["target_id"] for e in graph(small_hub, integration, "events") if e["type"] == "deleted"]
    assert person in deleted


def test_contacts_come_and_go_with_the_students_of_the_rule(small_hub: Hub, office: Office) -> None:
    grant, token = chosen(small_hub, Rule("form", "8A"))
    integration = edlink(small_hub)

    def contacts() -> set[str]:
        return {p["id"] for p in graph(small_hub, integration, "people") if "student" not in p["roles"]} - staff

    staff = {p for (p,) in office.ask("SELECT person FROM staff WHERE school = :s")}
    wanted = {
        p
        for (p,) in office.ask(
            "SELECT c.person FROM relationship r JOIN contact c ON c.id = r.contact JOIN student t ON t.id = r.student"
            " JOIN \"group\" g ON g.id = t.reg_group WHERE t.school = :s AND g.name = '8A'"
        )
    }
    assert grant.people["Contact"] == "only"
    assert contacts() == wanted - staff
    one = sorted(shown(small_hub, token))[0]
    with small_hub.store.write(office.district) as batch:
        made = batch.add(Contact, [{"school": office.school, "person": _human(batch)}])[0]
        batch.add(Relationship, [{"school": office.school, "student": office.student(one), "contact": made}])
    ((new,),) = office.ask("SELECT person FROM contact WHERE id = :i", i=made)
    assert contacts() == wanted - staff | {new}
    office.moves(one, reg_group=office.group("RegGrp", "7A"))
    assert new not in contacts()


def _human(batch: Batch) -> str:
    return batch.add(Person, [{"forename": "Ilse", "surname": "Quayle"}])[0]


# ---- whatever is done to the roll


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_after_any_edits_of_the_roll_the_app_sees_exactly_whom_the_rules_name(
    small_folder: Any, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    rng = random.Random(seed)
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("rolled"))
    try:
        office = Office(hub)
        every = sorted(Rule(r.by, r.value) for r in (o.rule for o in hub.desk.choosing.offers(hub.grant())))
        rules = (*rng.sample([r for r in every if r.by != "course"], 3), Rule("year", "8"))
        mode = rng.choice(("only", "except"))
        grant, _ = chosen(hub, *rules, mode=mode)
        for _ in range(12):
            edit_roll(office, rng)
        for day in (TODAY, some_day(rng), some_day(rng)):
            hub.store.set("today", day)
            named, here = Oracle(office, rules).named(day), everybody(office)
            assert seen_by(hub, grant) == (named if mode == "only" else here - named), (day, rules)
    finally:
        hub.close()


# ---- the command


def test_people_are_chosen_by_rule_at_the_command(small_hub: Hub) -> None:
    data = small_hub.store.folder
    said("apps", "add", PARTY, "--data", data)
    said("apps", "grant", PARTY, THORNFIELD, "--scopes", "all", "--data", data)
    at = ("apps", "people", PARTY, THORNFIELD, "students")
    assert (
        said(*at, "by", "year", "8", "9", "form", "7A", "--data", data)
        .strip()
        .endswith("only students by year 8 by year 9 by form 7A (27 seen today)")
    )
    said(*at, "add", "9919", "by", "year", "10", "--data", data)
    said(*at, "remove", "by", "year", "8", "9", "--data", data)
    assert said(*at, "--data", data).splitlines()[0] == "Student: only 9919 by form 7A by year 10"
    assert "no year called 88" in refused(*at, "by", "year", "88", "--data", data)
    assert "is not a kind of group" in refused(*at, "by", "8B", "--data", data)
    assert "names no group" in refused(*at, "only", "by", "--data", data)
