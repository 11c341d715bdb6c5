"""A school's office, which moves students about, and whom rules name after that, worked out plainly."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any

from rollbook.consent import Grant
from rollbook.fields import Question
from rollbook.model.groups import Group
from rollbook.model.students import Student, StudentMembership
from rollbook.store.rules import Rule
from tests.looking import connected

from .hub import THORNFIELD, Hub

TODAY = "2026-11-20"
STUDENTS = "Students?select=Id&includeSubsidiary=true&includeGuests=true"


class Office:
    """The school's office, which moves students about."""

    def __init__(self, hub: Hub, estab: str = THORNFIELD) -> None:
        self.hub = hub
        self.district, self.school, _ = hub.desk.schools.find(estab)
        # An office asks thousands of times: one connection for as long as there is an office.
        self._connection = connected(hub.store)

    def ask(self, sql: str, **args: Any) -> list[tuple[Any, ...]]:
        """Rows of the record as it is."""
        return self._connection.execute(sql, {"d": self.district, "s": self.school, **args}).fetchall()

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

    def renames(self, kind: str, name: str, new: str) -> None:
        """A group is called something else."""
        with self.hub.store.write(self.district) as batch:
            batch.change(Group, self.group(kind, name), {"name": new, "code": new})

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


def chosen(hub: Hub, *rules: Rule, mode: str = "only", **more: Any) -> tuple[Grant, str]:
    """A grant of everything of the students whom rules name, and a token for it."""
    token = hub.token()
    grant = hub.desk.people.choose(hub.desk.grants.at(hub.app(), THORNFIELD), "students", mode, rules=rules, **more)
    return grant, token


def shown(hub: Hub, token: str, estab: str = THORNFIELD) -> set[str]:
    """The Ids of the students whom Xporter shows."""
    return {row["Id"] for row in hub.school(STUDENTS, token, estab)["Students"]}


def edlink(hub: Hub) -> str:
    """An integration of the app in Thornfield's district."""
    district = hub.desk.schools.find(THORNFIELD)[0]
    return hub.desk.credentials.add(hub.app(), "edlink", district=district)[1]


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


# ---- whom the rules name


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


def some_day(rng: random.Random) -> str:
    return (date(2026, 11, 20) + timedelta(rng.randrange(-40, 40))).isoformat()


def edit_roll(office: Office, rng: random.Random) -> None:
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
        office.moves(one, leaving_date=rng.choice((None, some_day(rng))))
    elif what == 2:
        office.moves(one, entry_date=rng.choice((None, some_day(rng))))
    elif what == 3:
        some = rng.choice([g for g, k in groups if k in ("TeachingGrp", kind)])
        office.joins(one, some, some_day(rng), rng.choice((None, some_day(rng))))
    elif what == 4:
        places = office.ask("SELECT id FROM student_membership WHERE student = :i ORDER BY id", i=office.student(one))
        with office.hub.store.write(office.district) as batch:
            for (place,) in places[:2]:
                batch.change(StudentMembership, place, {"end": some_day(rng)})
            for (place,) in places[2:3]:
                batch.remove(StudentMembership, place)
    elif what == 5:
        with office.hub.store.write(office.district) as batch:
            batch.change(Group, rng.choice(groups)[0], {"name": rng.choice(("8A", "Year 8", "9A", "Elm"))})
    else:
        with office.hub.store.write(office.district) as batch:
            batch.remove(Student, office.student(one))


def everybody(office: Office) -> set[str]:
    """Everyone who has a place at the school, past or future (MIS ids)."""
    return {m for (m,) in office.ask("SELECT mis_id FROM student WHERE district = :d AND school = :s")}


def seen_by(hub: Hub, grant: Grant) -> set[str]:
    """Everyone whom a reader of the grant finds among the students."""
    reader = hub.desk.readers.for_grant(hub.desk.grants.at(grant.app, grant.estab))
    found = reader.prepare(Question(Student, (("Id", Student.mis_id),)), ("test", "ids"))
    with reader.session() as session:
        rows = [row for some in session.rows(found, {}) for row in some]
    return {json.loads(row)["Id"] for row in rows}
