"""People chosen by rule: whoever is in year 8 or form 8A today is seen today, in every dialect, whoever moved them."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.consent import Grant
from rollbook.errors import NotFound
from rollbook.fields import Question
from rollbook.model.groups import Group
from rollbook.model.people import Contact, Person
from rollbook.model.students import Relationship, Student, StudentMembership
from rollbook.store.rules import Rule
from rollbook.store.writing import Batch

from .hub import THORNFIELD, Hub
from .test_cli import PARTY, refused, said

TODAY = "2026-11-20"
STUDENTS = "Students?select=Id&includeSubsidiary=true&includeGuests=true"


class Office:
    """The school's office, which moves students about."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.district, self.school, _ = hub.desk.school(THORNFIELD)

    def ask(self, sql: str, **args: Any) -> list[tuple[Any, ...]]:
        """Rows of the record as it is."""
        return self.hub.store.records.execute(sql, {"d": self.district, "s": self.school, **args}).fetchall()

    def group(self, kind: str, name: str) -> str:
        """The hub id of a group."""
        ((found,),) = self.ask(
            'SELECT id FROM "group" WHERE district = :d AND school = :s AND kind = :k AND name = :n'
            ' ORDER BY "end" DESC LIMIT 1',
            k=kind,
            n=name,
        )
        return found

    def student(self, mis_id: str) -> str:
        """The hub id of a student."""
        ((found,),) = self.ask("SELECT id FROM student WHERE district = :d AND school = :s AND mis_id = :m", m=mis_id)
        return found

    def moves(self, mis_id: str, **facts: Any) -> None:
        """A fact of a student is another one."""
        with self.hub.store.write(self.district) as batch:
            batch.change(Student, self.student(mis_id), facts)

    def joins(self, mis_id: str, group: str, start: str, end: str | None = None) -> str:
        """A student has a place in a group."""
        facts = {"school": self.school, "group": group, "student": self.student(mis_id), "start": start, "end": end}
        with self.hub.store.write(self.district) as batch:
            return batch.add(StudentMembership, [facts])[0]

    def in_year(self, name: str) -> set[str]:
        """The students of a year, as the record has it."""
        rows = self.ask(
            'SELECT s.mis_id FROM student s JOIN "group" g ON g.id = s.year_group WHERE s.district = :d'
            " AND s.school = :s AND g.name = :n AND coalesce(s.entry_date, '') <= :t"
            " AND coalesce(s.leaving_date, '9') >= :t",
            n=name,
            t=TODAY,
        )
        return {m for (m,) in rows}


@pytest.fixture
def office(small_hub: Hub) -> Office:
    """Thornfield's office."""
    return Office(small_hub)


def chosen(hub: Hub, *rules: Rule, mode: str = "only", **more: Any) -> tuple[Grant, str]:
    """A grant of everything of the students whom rules name, and a token for it."""
    token = hub.token()
    grant = hub.desk.choose(hub.desk.grant(hub.app(), THORNFIELD), "students", mode, rules=rules, **more)
    return grant, token


def shown(hub: Hub, token: str) -> set[str]:
    """The Ids of the students whom Xporter shows."""
    return {row["Id"] for row in hub.school(STUDENTS, token)["Students"]}


def edlink(hub: Hub) -> str:
    """An integration of the app in Thornfield's district."""
    district = hub.desk.school(THORNFIELD)[0]
    return hub.desk.add_credential(hub.app(), "edlink", district=district)[1]


def graph(hub: Hub, token: str, path: str) -> list[dict[str, Any]]:
    """All that Edlink shows at a path."""
    found: list[dict[str, Any]] = []
    link: str | None = f"/api/v2/graph/{path}"
    while link:
        page = hub.get(link, authorization=f"Bearer {token}").json
        found += page["$data"]
        link = page.get("$next")
        link = link and link[link.index("/api/") :]
    return found


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
    small_hub.desk.amend(grant, "students", add=[one], remove=[other])
    assert shown(small_hub, token) == office.in_year("Year 8")


def test_a_rule_that_names_no_group_is_refused_with_a_hint(small_hub: Hub) -> None:
    with pytest.raises(NotFound, match="no form called 8Q") as raised:
        chosen(small_hub, Rule("form", "8Q"))
    assert "8A" in str(raised.value.problems[0])
    with pytest.raises(NotFound, match="only students are chosen by rule"):
        small_hub.desk.choose(small_hub.grant(), "staff", "only", rules=[Rule("year", "8")])


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


class Oracle:
    """Whom the rules name, worked out from the record as plainly as can be."""

    def __init__(self, office: Office, rules: tuple[Rule, ...]) -> None:
        self.office, self.rules = office, rules

    def named(self, day: str) -> set[str]:
        """The students (MIS ids) of a day."""
        rows = self.office.ask(
            "SELECT mis_id, id, entry_date, leaving_date, nc_year, year_group, reg_group, house_group FROM student"
            " WHERE district = :d AND school = :s"
        )
        return {
            mis_id
            for mis_id, identity, entry, leaving, year, *own in rows
            if (entry or "") <= day <= (leaving or "~")
            and any(rule.value in self.words(identity, rule.by, day, year, own) for rule in self.rules)
        }

    def words(self, student: str, by: str, day: str, year: str | None, own: list[str | None]) -> set[str]:
        """What the student's groups of a kind are called."""
        mine = own[_OWN.index(by)] if by in _OWN else None
        if mine:
            return self.called(mine)
        kind = {"year": "YearGrp", "form": "RegGrp", "house": "HouseGrp", "class": "TeachingGrp"}[by]
        places = self.office.ask(
            'SELECT g.id, m.start, m."end", g.start, g."end" FROM student_membership m'
            ' JOIN "group" g ON g.id = m."group"'
            " WHERE m.student = :i AND g.kind = :k",
            i=student,
            k=kind,
        )
        if by == "year" and not places and year:
            return {year}
        now = [g for g, a, b, c, d in places if max(a or "", c or "") <= day <= min(b or "~", d or "~")]
        return set[str]().union(*map(self.called, now))

    def called(self, group: str) -> set[str]:
        """The code and the name of a group, and of a year group its year."""
        ((kind, *names),) = self.office.ask(
            'SELECT kind, code, name, standard_year_code FROM "group" WHERE id = :i', i=group
        )
        if kind == "YearGrp":
            return {str(n).removeprefix("Year ") for n in names}
        return set(names[:2])


_OWN = ("year", "form", "house")


def _day(rng: random.Random) -> str:
    return (date(2026, 11, 20) + timedelta(rng.randrange(-40, 40))).isoformat()


def _edit(office: Office, rng: random.Random) -> None:
    """Something that happens to a roll."""
    students = office.ask("SELECT mis_id FROM student WHERE school = :s ORDER BY mis_id")
    groups = office.ask('SELECT id, kind FROM "group" WHERE school = :s ORDER BY id')
    (one,) = rng.choice(students)
    kind, name = rng.choice((("YearGrp", "year_group"), ("RegGrp", "reg_group"), ("HouseGrp", "house_group")))
    group = rng.choice([g for g, k in groups if k == kind])
    what = rng.randrange(7)
    if what == 0:
        office.moves(one, **{name: rng.choice((group, None))})
    elif what == 1:
        office.moves(one, leaving_date=rng.choice((None, _day(rng))))
    elif what == 2:
        office.moves(one, entry_date=rng.choice((None, _day(rng))))
    elif what == 3:
        some = rng.choice([g for g, k in groups if k in ("TeachingGrp", kind)])
        office.joins(one, some, _day(rng), rng.choice((None, _day(rng))))
    elif what == 4:
        places = office.ask("SELECT id FROM student_membership WHERE student = :i ORDER BY id", i=office.student(one))
        with office.hub.store.write(office.district) as batch:
            for (place,) in places[:2]:
                batch.change(StudentMembership, place, {"end": _day(rng)})
            for (place,) in places[2:3]:
                batch.remove(StudentMembership, place)
    elif what == 5:
        with office.hub.store.write(office.district) as batch:
            batch.change(Group, rng.choice(groups)[0], {"name": rng.choice(("8A", "Year 8", "9A", "Elm"))})
    else:
        with office.hub.store.write(office.district) as batch:
            batch.remove(Student, office.student(one))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_after_any_edits_of_the_roll_the_app_sees_exactly_whom_the_rules_name(
    small_folder: Any, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    rng = random.Random(seed)
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("rolled"))
    try:
        office = Office(hub)
        every = sorted(Rule(r.by, r.value) for r in (o.rule for o in hub.desk.offers(hub.grant())))
        rules = (*rng.sample([r for r in every if r.by != "course"], 3), Rule("year", "8"))
        mode = rng.choice(("only", "except"))
        grant, _ = chosen(hub, *rules, mode=mode)
        for _ in range(12):
            _edit(office, rng)
        for day in (TODAY, _day(rng), _day(rng)):
            hub.store.set("today", day)
            named, here = Oracle(office, rules).named(day), {m for (m,) in office.ask(_ALL)}
            assert _seen(hub, grant) == (named if mode == "only" else here - named), (day, rules)
    finally:
        hub.close()


_ALL = "SELECT mis_id FROM student WHERE district = :d AND school = :s"


def _seen(hub: Hub, grant: Grant) -> set[str]:
    """Everyone whom a reader of the grant finds among the students."""
    reader = hub.desk.reader(hub.desk.grant(grant.app, grant.estab))
    found = reader.prepare(Question(Student, (("Id", Student.mis_id),)), ("test", "ids"))
    with reader.session() as session:
        rows = [row for some in session.rows(found, {}) for row in some]
    return {json.loads(row)["Id"] for row in rows}


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
