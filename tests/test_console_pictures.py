"""Pictures of a school: drawn of its own records, with a table behind each."""

from __future__ import annotations

import re

from tests.looking import look

from .hub import THORNFIELD, Hub
from .person import signed_in
from .research.lab import Lab
from .research.test_linked import NEEDED, Study
from .school import PARTY, asking_app
from .told import entries, roles

CLERK = "clerk@thornfield.example"
PICTURES = f"/console/schools/{THORNFIELD}/pictures"


def table(html: str, title: str) -> list[list[str]]:
    """The cells of the table behind a picture."""
    body = html.partition(f'aria-label="{title}, as a table"')[2].partition("</table>")[0]
    return [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", body, re.S)]


def test_attendance_the_roll_and_requests_are_drawn_with_a_table_behind_each(small_hub: Hub) -> None:
    token = small_hub.token(["School", "StudentLite"], app=PARTY)
    for page in (1, 2, 3):
        small_hub.school(f"Students?pagesize=1&page={page}&select=Id", token)
    html = signed_in(small_hub, CLERK, "school-look").go(PICTURES).html
    assert html.count("<svg") == html.count("as a table</summary>") == 3
    at = "SELECT count(*) FROM student s JOIN school c ON c.id = s.school WHERE c.estab = ? AND s.entry_date <= ?"
    on_roll = look(
        small_hub.store, f"{at} AND coalesce(s.leaving_date, '9') >= ?", (THORNFIELD, *["2026-11-20"] * 2)
    ).get
    assert table(html, "The roll over the year")[-1] == ["20 Nov", f"{on_roll:,}"]
    assert table(html, "Requests by app")[1] == [PARTY, "3"]
    heads, *rows = table(html, "Attendance by week and year group")
    week = heads.index("9 Nov")
    seven = next(row for row in rows if row[0] == "Year 7")
    marks = look(small_hub.store, "SELECT m.mark FROM mark m JOIN student s ON s.id = m.student JOIN school c"
                 " ON c.id = s.school JOIN \"group\" g ON g.id = s.year_group WHERE c.estab = ? AND g.name = 'Year 7'"
                 " AND m.kind = 'S' AND m.date BETWEEN '2026-11-09' AND '2026-11-13'", (THORNFIELD,))  # fmt: skip
    counted = [mark for (mark,) in marks if mark not in ("X", "D", "Q", "#", "Z", "-", "Y")]
    there = [mark for mark in counted if mark in ("/", "\\", "L", "K", "V", "P", "W", "B")]
    assert seven[week] == f"{len(there) / len(counted):.1%}"


def test_an_apps_footprint_tells_of_how_many_people_it_may_read_what(small_hub: Hub) -> None:
    asking_app(small_hub)
    grant = small_hub.grant(["School", "StudentLite", "UPN"], app=PARTY)
    some = [i for (i,) in look(small_hub.store, "SELECT s.mis_id FROM student s JOIN school c ON c.id = s.school"
                               " WHERE c.estab = ? ORDER BY s.mis_id LIMIT 2", (THORNFIELD,))]  # fmt: skip
    small_hub.desk.people.choose(grant, "Student", "only", some)
    clerk = signed_in(small_hub, CLERK, "school-look")
    rows = table(clerk.go(f"{PICTURES}/{PARTY}").html, "Scopes by people")
    every = look(small_hub.store, "SELECT count(*) FROM student s JOIN school c ON c.id = s.school WHERE c.estab = ?",
                 (THORNFIELD,)).get  # fmt: skip
    assert ["UPN", f"2 of {every}", "nothing", "nothing"] in rows
    assert clerk.go(f"{PICTURES}/nobody.example.org").answer.status == 404


def test_one_pupil_is_laid_side_by_side_and_what_an_app_may_not_see_is_struck_through(small_hub: Hub) -> None:
    asking_app(small_hub)
    grant = small_hub.grant(["School", "StudentLite"], app=PARTY)
    child = "SELECT s.mis_id, s.upn, p.surname FROM student s JOIN person p ON p.id = s.person JOIN school c"
    ((mis_id, upn, surname),) = look(small_hub.store, f"{child} ON c.id = s.school WHERE c.estab = ? AND s.upn <> ''"
                                     " ORDER BY s.mis_id LIMIT 1", (THORNFIELD,)).fetchall()  # fmt: skip
    clerk = signed_in(small_hub, CLERK, "school-look")
    at = f"/console/schools/{THORNFIELD}/children/{mis_id}/apis"
    assert re.search(rf"UPN {upn} UPN .{{1,20}} userIds", clerk.go(at).words)
    names = "Surname last_name, display_name familyName, preferredLastName lastSurname, preferredLastSurname"
    assert f"Surname {surname} {names}" in clerk.go(at).words
    assert "No project sees this pupil." in clerk.go(at).words
    seen = clerk.go(f"{at}?app={PARTY}")
    assert (f"UPN not seen {upn}" in seen.words, "Surname not seen" in seen.words) == (True, False)
    small_hub.desk.people.choose(grant, "Student", "except", [mis_id])
    assert f"Surname not seen {surname}" in clerk.go(f"{at}?app={PARTY}").words
    last = entries(small_hub)[0]
    assert last.what.endpoint == "the school's page of one pupil in each API"
    assert roles(small_hub, mis_id) <= small_hub.store.ledger.people(last.number)
    assert clerk.go(f"/console/schools/{THORNFIELD}/children/nobody/apis").answer.status == 404


def test_a_school_sees_under_which_pseudonym_and_with_what_a_project_knows_a_pupil(small_hub: Hub) -> None:
    study = Study(Lab(small_hub), *NEEDED)
    study.drawn()
    subject, student = next(iter(study.behind().items()))
    found = "SELECT s.mis_id, p.gender, r.name FROM student s JOIN research_subject r ON r.of_student = s.id"
    known = look(small_hub.store, f"{found} JOIN person p ON p.id = s.person WHERE r.id = ?", (subject,))
    ((mis_id, gender, name),) = known.fetchall()
    clerk = signed_in(small_hub, CLERK, "school-look")
    at = f"/console/schools/{THORNFIELD}/children/{mis_id}/apis"
    assert f"Reading: {name} Fact Value in the project Gender {gender}" in clerk.go(at).words
    # No app's people see the page, and what the school lets nobody see any more the project does not know either.
    asking_app(small_hub)
    assert signed_in(small_hub, "dev@app.example.org", "developer", app=PARTY).go(at).answer.status == 404
    assert student in small_hub.store.ledger.people(entries(small_hub)[0].number)
    small_hub.desk.people.choose(small_hub.desk.grants.at(study.grant.app, THORNFIELD), "Student", "except", [mis_id])
    assert "No project sees this pupil." in clerk.go(at).words
    assert name not in clerk.go(at).html
