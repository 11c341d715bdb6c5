"""As of an earlier day: the roll and who was in which group, by dates; whom one may see is decided today."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.model.students import Student, StudentMembership
from tests.looking import look
from tests.told import told

from .hub import THORNFIELD, Answer, Hub
from .oneroster.platform import Platform
from .research.lab import Lab
from .research.test_linked import GROUP, Study

DAY, BEFORE = "2026-10-01", "2026-09-30"
SCOPES = ("School", "Student", "StudentExtended")
STUDENTS = f"/api/v1/School/{THORNFIELD}/Students"


@pytest.fixture
def school(small_hub: Hub) -> Hub:
    """A school which somebody left in October, and to which somebody came in that month."""
    left, came = pupils(small_hub)[:2]
    change(small_hub, Student, left, leaving_date="2026-10-16")
    change(small_hub, Student, came, entry_date="2026-10-12")
    return small_hub


def pupils(hub: Hub) -> list[str]:
    """The hub ids of the students of a class, in the order of their MIS ids."""
    sql = (
        'SELECT t.id FROM student t JOIN student_membership m ON m.student = t.id JOIN "group" g ON g.id = m."group"'
        " WHERE g.code = ? AND t.school = ? ORDER BY t.mis_id"
    )
    rows = look(hub.store, sql, (GROUP, hub.desk.schools.find(THORNFIELD)[1])).fetchall()
    return [student for (student,) in rows]


def change(hub: Hub, record: Any, identity: str, **values: Any) -> None:
    with hub.store.write(hub.desk.schools.find(THORNFIELD)[0]) as batch:
        batch.change(record, identity, values)


def mis_id(hub: Hub, student: str) -> str:
    return look(hub.store, "SELECT mis_id FROM student WHERE id = ?", (student,)).get


ON_ROLL = "(t.entry_date IS NULL OR t.entry_date <= ?1) AND (t.leaving_date IS NULL OR t.leaving_date >= ?1)"


def dated(hub: Hub, day: str, status: str = "coalesce(t.enrolment_status, 'C') IN ('C', 'M', 'F', 'O')") -> set[str]:
    """The Ids of those whose dates say that they were on roll on a day; Xporter's roll has no guests."""
    sql = f"SELECT t.mis_id FROM student t WHERE t.school = ?2 AND {ON_ROLL} AND {status}"
    rows = look(hub.store, sql, (day, hub.desk.schools.find(THORNFIELD)[1])).fetchall()
    return {found for (found,) in rows}


def roll(hub: Hub, token: str, day: str = "", more: str = "") -> set[str]:
    """The Ids of the students on roll."""
    asked = f"?select=Id{f'&asOf={day}' if day else ''}{more}"
    answer = hub.get(f"{STUDENTS}{asked}", token)
    assert "Students" in answer.json, answer.body
    return {row["Id"] for row in answer.json["Students"]}


# ---- Xporter


def test_the_roll_is_that_of_the_day(school: Hub):
    token, (left, came, *_) = school.token(SCOPES), pupils(school)
    gone, new = mis_id(school, left), mis_id(school, came)
    now = roll(school, token)
    assert (gone in now, new in now) == (False, True)
    then = roll(school, token, DAY)
    assert (gone in then, new in then) == (True, False)
    assert (then, now) == (dated(school, DAY), dated(school, "2026-11-20"))
    assert (gone in roll(school, token, "2026-10-16"), gone in roll(school, token, "2026-10-17")) == (True, False)
    assert roll(school, token) == roll(school, token) == now
    assert roll(school, token, DAY) == roll(school, token, DAY) == then


def test_the_answer_says_what_is_of_that_day(school: Hub):
    answer = school.get(f"{STUDENTS}?asOf={DAY}", school.token(SCOPES))
    since = look(school.store, "SELECT min(at) FROM moment WHERE district = 1").get[:10]
    assert answer.headers["rollbook-as-of"] == (
        f"{DAY}; by dates: roll and memberships; as now: other values and whom you may see; records since {since}"
    )
    assert "rollbook-as-of" not in school.get(STUDENTS, school.token(SCOPES)).headers


def test_a_group_has_the_members_of_the_day(school: Hub):
    (_, _, moved, *_), token = pupils(school), school.token(SCOPES)
    sql = 'SELECT m.id FROM student_membership m JOIN "group" g ON g.id = m."group" WHERE g.code = ? AND m.student = ?'
    change(school, StudentMembership, look(school.store, sql, (GROUP, moved)).get, end="2026-10-05")

    def members(more: str = "") -> list[str]:
        groups = school.school(f"Groups?includeMembersIds=true{more}", token)["Group"]
        return next(g["StudentIds"] for g in groups if g["Code"] == GROUP).split(",")

    assert mis_id(school, moved) not in members()
    assert mis_id(school, moved) in members(f"&asOf={DAY}")


def test_pages_are_of_one_day(school: Hub):
    token = school.token(SCOPES)
    pages = [f"&pagesize=20&page={page}" for page in (1, 2, 3)]
    then = [roll(school, token, DAY, pages[0]), roll(school, token, "", pages[0]), roll(school, token, DAY, pages[1])]
    assert not then[0] & then[2]
    assert then[0] | then[2] | roll(school, token, DAY, pages[2]) <= roll(school, token, DAY)


def test_who_left_is_on_the_ledger(school: Hub):
    token, (left, *_) = school.token(SCOPES), pupils(school)
    roll(school, token)
    assert left not in told(school)
    roll(school, token, DAY)
    assert left in told(school)


def test_whom_an_app_may_see_is_decided_today(school: Hub):
    token, (left, _, third, *_) = school.token(SCOPES), pupils(school)
    grant = school.desk.grants.at(school.app(), THORNFIELD)
    school.desk.people.choose(grant, "students", "only", [mis_id(school, one) for one in (left, third)])
    assert roll(school, token, DAY) == {mis_id(school, left), mis_id(school, third)}
    # One is let in from yesterday on, the other one was until yesterday: that holds as of any day.
    (one,), (other,) = (school.store.kept.chosen.spans(grant.id, "Student")[who] for who in (left, third))
    turned = [(left, "2026-11-19", one[1]), (third, other[0], "2026-11-19")]
    with school.store.of_district(grant.district) as kept:
        kept.chosen.change(grant.id, "Student", off=[(left, *one), (third, *other)], on=turned)
    # Another question, since nothing tells the hub that its own lists were turned by hand.
    assert roll(school, token, DAY, "&pagesize=50") == {mis_id(school, left)}


@pytest.mark.parametrize(
    ("query", "where", "what"),
    [
        ("Students?asOf=2026-13-01", "asOf", "is not a date"),
        ("Students?asOf=2026-11-21", "asOf", "is after today"),
        ("Students?asOf=2026-10-01&changedRows=*", "asOf", "cannot be given with changedRows"),
        ("AttendanceSummary?asOf=2026-10-01", "asOf", "cannot be read as of an earlier day"),
        ("Contacts?asOf=2026-10-01", "asOf", "cannot be read as of an earlier day"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(school: Hub, query: str, where: str, what: str):
    said = school.get(f"/api/v1/School/{THORNFIELD}/{query}", school.token()).body.decode()
    assert where in said
    assert what in said


def test_without_the_scope_of_the_dates_no_day_tells_of_them(school: Hub):
    token, (_, _, third, *_) = school.token(("School", "Student")), pupils(school)
    before = school.get(f"{STUDENTS}?asOf={DAY}", token).body
    assert b"cannot be read as of an earlier day" in before
    change(school, Student, third, entry_date="2026-10-20")
    assert school.get(f"{STUDENTS}?asOf={DAY}", token).body == before


# ---- OneRoster


def students(platform: Platform, **more: str) -> set[str]:
    return {row["sourcedId"] for row in platform.rows("students", fields="sourcedId", **more)}


def test_a_roster_lists_the_roll_and_the_enrolments_of_the_day(school: Hub):
    platform = Platform(school, schools=(THORNFIELD,))
    now, then = students(platform), students(platform, asOf=DAY)
    assert (len(then), len(now - then) > 0, len(then - now) > 0) == (
        len(dated(school, DAY, "t.id IS NOT NULL")),
        True,
        True,
    )
    every = platform.rows("enrollments", fields="sourcedId,user,beginDate,endDate", asOf=DAY)
    assert every
    assert all(e.get("beginDate", DAY) <= DAY <= e.get("endDate", DAY) for e in every)
    assert (then - now) & {e["user"]["sourcedId"] for e in every}
    answer = platform.ask("students", asOf=DAY, limit=1)
    assert answer.headers["rollbook-as-of"].startswith(f"{DAY}; by dates: roll and memberships; as now: ")
    assert f"asOf={DAY}" in answer.headers["link"]
    assert answer.headers["x-total-count"] == str(len(then))


def refused(answer: Answer) -> str:
    assert answer.status == 400, answer.body
    return answer.body.decode()


def test_a_roster_refuses_by_name_what_it_cannot_answer(school: Hub):
    platform = Platform(school, schools=(THORNFIELD,))
    assert "cannot be read here as of an earlier day" in refused(platform.ask("classes", asOf=DAY))
    assert "is after today" in refused(platform.ask("students", asOf="2026-11-21"))
    assert "is not a day" in refused(platform.ask("students", asOf="yesterday"))
    assert "about now" in refused(platform.ask("students", asOf=DAY, filter="status='active'"))
    lesser = Platform(school, ("School", "Student"), schools=(THORNFIELD,), app="lesser.example.org")
    assert "cannot be read here as of an earlier day" in refused(lesser.ask("students", asOf=DAY))


# ---- research


def test_a_cohort_is_drawn_of_those_who_were_in_a_class_on_the_day(school: Hub):
    study = Study(Lab(school), *SCOPES)
    answer = study.draw("Census", as_of=DAY)
    assert answer.status == 201, answer.body
    assert answer.headers["rollbook-as-of"].startswith(DAY)
    left, came, *_ = pupils(school)
    drawn = set(study.behind().values())
    assert (left in drawn, came in drawn) == (True, False)
    assert {mis_id(school, one) for one in drawn} <= dated(school, DAY)
    assert study.lab.wrong(study.draw("Later", as_of="2026-11-21"))["as_of"] == [
        "2026-11-21 is after today (give a day that has come)"
    ]
    assert study.lab.wrong(study.draw("Never", as_of="soon"))["as_of"]
    cohort = answer.json["cohort"]["id"]
    asked = study.lab.wrong(study.lab.ask("GET", f"stem/cohort/{cohort}/export/?asOf={DAY}"))
    assert asked == {
        "asOf": ["is not a parameter (nobody keeps what facts were: draw a cohort as of the day instead (as_of))"]
    }


def test_a_class_of_an_earlier_day_needs_the_scope_of_the_dates(school: Hub):
    study = Study(Lab(school), "School", "Student")
    assert "StudentExtended" in study.lab.wrong(study.draw("Census", as_of=DAY))["school"][0]


def test_a_roster_tells_of_no_date_that_is_not_granted(school: Hub):
    lesser = Platform(school, ("School", "Student"), schools=(THORNFIELD,), app="lesser.example.org")
    late = "2026-11-10"
    before = lesser.ask("enrollments", asOf=late, limit=10_000, fields="sourcedId").body
    change(school, Student, pupils(school)[3], leaving_date="2026-11-02")
    assert lesser.ask("enrollments", asOf=late, limit=10_000, fields="sourcedId").body == before
    whole = Platform(school, schools=(THORNFIELD,))
    assert len(whole.rows("enrollments", asOf=late)) < len(whole.rows("enrollments", asOf="2026-11-01"))
