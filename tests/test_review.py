"""The page at which a school answers an app, as a browser without scripts uses it, and as somebody hostile does."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime

import pytest

from rollbook.consent.invitations import LIFE
from rollbook.errors import NotSignedIn
from rollbook.model.people import Person
from rollbook.model.students import Student
from tests.looking import PASSING, changing, look, look_passing

from .hub import BRAMBLESIDE, THORNFIELD, Hub
from .school import ASKED, PARTY, Page, School, asking_app, invited, link_of
from .told import roles, told

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def secret_on(words: str) -> str:
    """The school secret that a page shows."""
    found = UUID.search(words)
    assert found is not None, words
    return found[0]


def state(hub: Hub) -> str:
    """The state of the app's grant."""
    return hub.desk.grants.at(hub.app(PARTY), THORNFIELD).state


# ---- agreeing


def test_a_school_reads_what_is_asked_for_scope_by_scope_with_the_reasons(small_hub: Hub) -> None:
    page = invited(small_hub).look()
    assert page.answer.status == 200
    assert "Pupil Pages asks to read records of Thornfield Academy" in page.words
    assert "Attendance Attendance marks and totals (Attendance) Optional Parents are told the same day." in page.words
    assert "Students' names, IDs and groups only (StudentLite) Required A page for each pupil." in page.words


def test_what_is_optional_is_unticked_until_the_school_ticks_it(small_hub: Hub) -> None:
    school = invited(small_hub)
    assert re.findall(r'name="scope" value="(\w+)"( checked)?', school.look().html) == [
        ("Attendance", ""),
        ("Contact", ""),
    ]
    school.send(school.look(), "authorise")
    assert small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD).scopes == {"School", "StudentLite"}


def test_agreeing_grants_what_is_required_and_ticked_and_shows_the_secret_once(small_hub: Hub) -> None:
    school = invited(small_hub)
    page = school.send(school.look(), "authorise", scope="Attendance")
    grant = small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD)
    assert (grant.state, grant.scopes) == ("active", {"School", "StudentLite", "Attendance"})
    secret = secret_on(page.words)
    assert small_hub.desk.tokens.sign_in(PARTY, secret, THORNFIELD)[0]
    assert secret not in school.look().words


def test_sending_the_form_again_does_not_void_the_secret(small_hub: Hub) -> None:
    school = invited(small_hub)
    first = school.look()
    secret = secret_on(school.send(first, "authorise").words)
    again = school.send(first, "authorise")
    assert (again.answer.status, UUID.search(again.words)) == (409, None)
    assert "was already sent" in again.words
    assert small_hub.desk.tokens.sign_in(PARTY, secret, THORNFIELD)[0]


def test_a_second_authorisation_gives_a_new_secret_and_voids_the_first(small_hub: Hub) -> None:
    school = invited(small_hub)
    first = secret_on(school.send(school.look(), "authorise").words)
    token = small_hub.desk.tokens.sign_in(PARTY, first, THORNFIELD)[0]
    second = secret_on(school.send(school.look("again"), "authorise").words)
    assert first != second
    assert small_hub.get("/api/v1/TokenDetails", token).json["ExceptionType"] == "InvalidToken"
    assert small_hub.desk.tokens.sign_in(PARTY, second, THORNFIELD)[0]


def test_a_token_of_an_earlier_authorisation_is_void_even_where_it_could_not_be_taken_away(small_hub: Hub) -> None:
    token = small_hub.token(["School"], app=PARTY)
    rows = look_passing(small_hub.store, "SELECT * FROM token").fetchall()
    small_hub.grant(["School"], app=PARTY)
    # As if the hub had been killed before it came to the tokens, which lie in a file of their own.
    with changing(small_hub.store, PASSING) as db:
        db.executemany("INSERT INTO token VALUES (?, ?, ?, ?, ?)", rows)
    with pytest.raises(NotSignedIn, match="authorised the app again"):
        small_hub.desk.tokens.admit(token)


def test_declining_shares_nothing_and_may_be_thought_over(small_hub: Hub) -> None:
    school = invited(small_hub)
    assert "You have declined" in school.send(school.look(), "decline").words
    assert small_hub.desk.grants.all() == []
    assert "You can still change your mind." in school.look().words


def test_when_what_is_asked_for_changes_meanwhile_the_school_looks_again(small_hub: Hub) -> None:
    school = invited(small_hub)
    page = school.look()
    small_hub.desk.registrations.ask(small_hub.app(PARTY), ["StudentMedical"], required=True, reason="Allergies.")
    assert school.send(page, "authorise").answer.status == 409
    assert small_hub.desk.grants.all() == []


# ---- choosing people


def test_choosing_people_pauses_the_app_until_the_school_confirms(small_hub: Hub) -> None:
    school = invited(small_hub)
    page = school.send(school.look(), "authorise", people="selection")
    assert page.at.endswith("/people")
    assert state(small_hub) == "paused"
    assert "Students: everyone" in page.words

    people = school.look("people/students")
    ids = re.findall(r'name="shown" value="([^"]+)"', people.html)[:2]
    page = school.send(people, "people/students", mode="only", tick=ids, do="done")
    assert "Students: only the 2 chosen" in page.words

    secret = secret_on(school.send(page, "confirm").words)
    token = small_hub.desk.tokens.sign_in(PARTY, secret, THORNFIELD)[0]
    assert sorted(row["Id"] for row in small_hub.school("Students?select=Id", token)["Students"]) == sorted(ids)


def test_people_are_found_by_name_and_form_and_ticks_are_kept_from_page_to_page(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise", people="selection")
    people = school.look("people/students")
    one, other = re.findall(r'name="shown" value="([^"]+)"', people.html)[:2]
    found = school.send(people, "people/students", tick=[one], do="search", q=other)
    assert re.findall(r'name="shown" value="([^"]+)"', found.html) == [other]
    # Whoever ticks somebody means a selection.
    assert "Students: only the 1 chosen" in found.words
    all_found = school.send(found, "people/students", do="all")
    assert "Students: only the 2 chosen" in all_found.words
    ticked = school.send(all_found, "people/students", do="search", q="", ticked="1")
    assert sorted(re.findall(r'name="shown" value="([^"]+)"', ticked.html)) == sorted([one, other])
    none = school.send(ticked, "people/students", do="none")
    assert "Students: only the 0 chosen" in none.words


def test_changing_people_later_pauses_and_leaving_it_resumes_as_it_was(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise")
    page = school.send(school.look(), "choose")
    assert state(small_hub) == "paused"
    people = school.look("people/staff")
    school.send(people, "people/staff", mode="except", do="all")
    school.send(page, "keep")
    grant = small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD)
    assert (grant.state, grant.people) == ("active", {})


def test_who_has_chosen_nobody_yet_cannot_let_everybody_in_by_leaving(small_hub: Hub) -> None:
    school = invited(small_hub)
    page = school.send(school.look(), "authorise", people="selection")
    assert "Leave everything as it was" not in page.words
    visit = school.link.removeprefix("/authorise/")
    proof = [("proof", proof_of(small_hub, visit, "keep"))]
    assert school.post(f"{school.link}/keep", proof).answer.status == 409
    assert state(small_hub) == "paused"


def proof_of(hub: Hub, token: str, action: str) -> str:
    """The proof that a form of an authorised link holds."""
    asked = [(scope, required) for scope, required, _ in sorted(ASKED)]
    return hub.desk.invitations.proof(token, action, 1, asked)


def test_a_school_that_was_cut_off_while_choosing_begins_anew_and_nothing_was_shared(small_hub: Hub) -> None:
    school = invited(small_hub)
    grant, _ = small_hub.desk.grants.authorise(small_hub.app(PARTY), THORNFIELD, ["School"], choosing=True)
    # As if the hub had been killed before it laid out the choice.
    assert small_hub.desk.choosing.draft(grant) == {}
    page = school.look()
    assert "the app waits until you have looked at the people" in page.words
    page = school.send(page, "choose")
    assert UUID.search(school.send(page, "confirm").words)
    assert state(small_hub) == "active"


# ---- changing and ending


def test_a_school_narrows_what_is_shared_and_the_token_goes_on_with_the_rest(small_hub: Hub) -> None:
    school = invited(small_hub)
    secret = secret_on(school.send(school.look(), "authorise", scope=["Attendance", "Contact"]).words)
    token = small_hub.desk.tokens.sign_in(PARTY, secret, THORNFIELD)[0]
    school.send(school.look(), "narrow", without=[("scope", "Contact")])
    assert small_hub.get("/api/v1/TokenDetails", token).json["Scopes"] == ["Attendance", "School", "StudentLite"]


def test_a_school_ends_sharing_at_once_or_from_a_day_on(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise")
    page = school.send(school.look(), "revoke", when="date", date="2026-12-24")
    assert "Sharing ends on 24 December 2026." in page.words
    small_hub.now = datetime(2026, 12, 23, 23, 59, 59, tzinfo=UTC).timestamp()
    assert state(small_hub) == "active"
    small_hub.now += 1
    assert state(small_hub) == "revoked"
    page = school.look()
    assert page.answer.status == 200
    assert "Sharing ended on 24 December 2026." in page.words


def test_the_end_may_be_taken_back_and_sharing_ended_at_once(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise")
    page = school.send(school.look(), "revoke", when="date", date="2026-12-01")
    page = school.send(page, "endless")
    assert "Sharing ends on" not in page.words
    assert "can no longer read any records of Thornfield Academy" in school.send(page, "revoke", when="now").words
    assert state(small_hub) == "revoked"
    assert "Sharing ended on 18 November 2026." in school.look().words


@pytest.mark.parametrize("day", ["", "2026-11-18", "1999-01-01", "yesterday", "2026-02-30"])
def test_a_day_that_is_none_to_come_ends_nothing(small_hub: Hub, day: str) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise")
    assert school.send(school.look(), "revoke", when="date", date=day).answer.status == 400
    assert state(small_hub) == "active"


# ---- links


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "../../etc/passwd", "%00", "' OR 1=1 --"])
def test_a_link_that_was_never_sent_opens_nothing(small_hub: Hub, token: str) -> None:
    invited(small_hub)
    answer = small_hub.get(f"/authorise/{token}")
    assert answer.status == 404
    assert "This link is not in use" in answer.body.decode()


def test_a_link_ends_after_its_time_and_a_newer_one_takes_its_place(small_hub: Hub) -> None:
    school = invited(small_hub)
    small_hub.now += LIFE
    assert school.look().answer.status == 404
    newer = School(small_hub, link_of(small_hub, small_hub.desk.invitations.make(small_hub.app(PARTY), THORNFIELD)))
    assert newer.link != school.link
    assert (newer.look().answer.status, school.look().answer.status) == (200, 404)


def test_a_link_is_for_one_app_at_one_school(small_hub: Hub) -> None:
    here = invited(small_hub)
    there = School(small_hub, link_of(small_hub, small_hub.desk.invitations.make(small_hub.app(PARTY), BRAMBLESIDE)))
    _, pairs = here.look().form("authorise")
    assert there.post(f"{there.link}/authorise", pairs).answer.status == 409
    there.send(there.look(), "authorise")
    assert [(g.estab, g.state) for g in small_hub.desk.grants.all()] == [(BRAMBLESIDE, "active")]


def test_no_address_of_a_link_and_no_secret_is_kept_or_logged(
    small_hub: Hub, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = invited(small_hub)
    secret = secret_on(school.send(school.look(), "authorise").words)

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("rollbook.consent.authorising.Grants.authorisations", broken)
    with caplog.at_level(logging.DEBUG):
        assert school.look().answer.status == 500
    token = school.link.removeprefix("/authorise/")
    assert "broken" in caplog.text
    assert token not in caplog.text
    kept = b"".join(f.read_bytes() for f in small_hub.store.folder.iterdir() if f.is_file())
    assert token.encode() not in kept
    assert secret.encode() not in kept


# ---- as long as data flows


def test_a_link_is_good_for_looking_narrowing_and_ending_as_long_as_the_grant_lives(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise", scope="Attendance")
    small_hub.now += 400 * 24 * 3600
    page = school.look()
    assert "Attendance marks" in page.words
    page = school.send(page, "narrow", without=[("scope", "Attendance")])
    assert small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD).scopes == {"School", "StudentLite"}
    assert "can no longer read" in school.send(page, "revoke", when="now").words
    assert state(small_hub) == "revoked"
    later = school.look()
    assert (later.answer.status, "Sharing ended on 23 December 2027." in later.words) == (200, True)


def test_an_old_link_neither_shares_more_nor_shows_anybodys_data(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise")
    young = school.look()
    forms = {action: young.form(action) for action in ("widen", "choose")}
    assert "Example from your school" in young.words
    small_hub.now += LIFE
    page = school.look()
    assert "Example from your school" not in page.words
    assert "you need a new link" in page.words
    for where, pairs in forms.values():
        assert school.post(where, [*pairs, ("scope", "Attendance")]).answer.status == 409
    for action in ("again", "people", "people/students", "people/students/preview"):
        assert school.look(action).answer.status == 409
    assert state(small_hub) == "active"


def test_an_old_link_cannot_begin_again_what_was_ended(small_hub: Hub) -> None:
    school = invited(small_hub)
    first = school.look()
    school.send(first, "authorise")
    school.send(school.look(), "revoke", when="now")
    again = school.look().form("authorise")
    small_hub.now += LIFE
    assert "Agree" not in school.look().words
    assert school.post(*again).answer.status == 409
    assert state(small_hub) == "revoked"


def test_a_new_link_takes_the_place_of_a_lost_one_and_a_link_can_be_revoked(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise")
    lost = small_hub.desk.invitations.at(small_hub.app(PARTY), THORNFIELD)
    small_hub.now += LIFE
    made = small_hub.desk.invitations.renew(lost)
    newer = School(small_hub, link_of(small_hub, made))
    assert (newer.look().answer.status, school.look().answer.status) == (200, 404)
    assert (made.answer, state(small_hub)) == ("authorised", "active")
    newer.send(newer.look(), "widen", scope="Attendance")
    small_hub.desk.invitations.revoke(made)
    page = newer.look()
    assert (page.answer.status, "has been revoked" in page.words) == (404, True)
    assert state(small_hub) == "active", "ending a link ends no sharing"


def test_what_was_left_out_is_ticked_later_and_the_secret_stays_good(small_hub: Hub) -> None:
    school = invited(small_hub)
    secret = secret_on(school.send(school.look(), "authorise").words)
    token = small_hub.desk.tokens.sign_in(PARTY, secret, THORNFIELD)[0]
    page = school.send(school.look(), "widen", scope="Contact")
    assert page.answer.status == 200
    assert small_hub.get("/api/v1/TokenDetails", token).json["Scopes"] == ["Contact", "School", "StudentLite"]
    assert small_hub.desk.tokens.sign_in(PARTY, secret, THORNFIELD)[0]
    assert school.send(page, "widen", scope="StudentMedical").answer.status == 400
    assert school.send(page, "widen").answer.status == 400


def test_what_an_app_may_change_is_under_a_heading_of_its_own(small_hub: Hub) -> None:
    app = asking_app(small_hub)[0]
    small_hub.desk.registrations.ask(app, ["WritebackAttendance"], required=False, reason="Marks taken on a phone.")
    words = School(small_hub, link_of(small_hub, small_hub.desk.invitations.make(app, THORNFIELD))).look().words
    assert words.startswith("Pupil Pages asks to read and change records of Thornfield Academy")
    reads, writes = words.index("What it can read"), words.index("What it can change")
    assert reads < words.index("Parents are told the same day.") < writes < words.index("Marks taken on a phone.")


ROLES = ("student", "staff", "contact")


def renamed(hub: Hub) -> None:
    """Have everybody's every name say who they are: `Here student 9919` at Thornfield, `There ...` elsewhere."""
    columns = look(hub.store, "SELECT name FROM pragma_table_info('person') WHERE name LIKE '%name'")
    names = [name for (name,) in columns if name != "username"]
    with changing(hub.store) as db:
        # Thornfield's come last, so that who is at several schools counts as one of its people.
        for word, same in (("There", "<>"), ("Here", "=")):
            for role in ROLES:
                sets = ", ".join(f"\"{name}\" = '{word} {role} ' || r.mis_id" for name in names)
                db.execute(
                    f'UPDATE person SET {sets} FROM "{role}" r JOIN school c ON c.key = r.school'
                    f" WHERE r.person = person.key AND c.estab {same} ?",
                    (THORNFIELD,),
                )
        db.execute("UPDATE school SET name = 'Nowhere School' WHERE estab <> ?", (THORNFIELD,))


def examples_on(page: Page) -> dict[str, set[str]]:
    """The examples that a page shows, by what their fields are called."""
    found: dict[str, set[str]] = {}
    for name, example in re.findall(r'<th scope="row">(.*?)<br>.*?<td>(.*?)</td>', page.html, re.S):
        found.setdefault(name, set()).add(example)
    return found


def named_on(page: Page) -> set[tuple[str, str, str]]:
    """Who is named anywhere on a page: at which school, as what, and by which MIS id."""
    return set(re.findall(r"\b(Here|There) (student|staff|contact) (\w+)", page.html))


def test_each_scope_shows_its_fields_with_an_example_of_that_school(small_hub: Hub) -> None:
    renamed(small_hub)
    page = invited(small_hub).look()
    examples, named = examples_on(page), named_on(page)
    for name in ("Forename", "Surname", "Display name"):
        assert examples[name], name
        assert all("Here " in one for one in examples[name]), examples[name]
    assert {role for _, role, _ in named} == {"student", "contact"}
    assert {where for where, _, _ in named} == {"Here"}
    assert "Nowhere School" not in page.html
    assert "Birth date" not in examples, "which nobody asks for"


def test_no_example_is_the_declarations_own(small_hub: Hub) -> None:
    renamed(small_hub)
    examples = examples_on(invited(small_hub).look())
    for field in (Person.forename, Person.surname, Student.display_name):
        assert field.example not in {None, ""}
        assert str(field.example) not in set[str]().union(*examples.values())


def test_a_field_without_a_value_has_no_example(small_hub: Hub) -> None:
    with changing(small_hub.store) as db:
        db.execute("UPDATE person SET surname = NULL")
    assert examples_on(invited(small_hub).look())["Surname"] == {"\u2013"}


def test_a_school_without_such_records_is_shown_no_other_schools(small_hub: Hub) -> None:
    renamed(small_hub)
    district, school, _ = small_hub.desk.schools.find(THORNFIELD)
    with small_hub.store.write(district) as batch:
        for (identity,) in look(small_hub.store, "SELECT id FROM student WHERE school = ?", (school,)):
            batch.remove(Student, identity)
    page = invited(small_hub).look()
    assert "Your school has no such record at the moment." in page.words
    assert not {one for one in named_on(page) if one[1] == "student" or one[0] == "There"}


def test_examples_are_of_people_whom_the_app_sees_and_are_in_the_ledger(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise", people="selection", scope="Contact")
    desk = small_hub.desk
    grant = desk.grants.at(small_hub.app(PARTY), THORNFIELD)
    desk.choosing.change(grant, "students", "only", tick=["9922"])
    desk.choosing.confirm(grant)
    renamed(small_hub)
    page = school.look()
    named = named_on(page)
    assert {mis_id for _, role, mis_id in named if role == "student"} == {"9922"}
    theirs = look(
        small_hub.store,
        "SELECT c.mis_id FROM relationship r JOIN contact c ON c.id = r.contact JOIN student s ON s.id = r.student"
        " WHERE s.school = ? AND s.mis_id = '9922'",
        (grant.school,),
    )
    contacts = {mis_id for _, role, mis_id in named if role == "contact"}
    assert contacts
    assert contacts <= {mis_id for (mis_id,) in theirs}
    assert roles(small_hub, "9922") <= told(small_hub)
    assert not told(small_hub) & (roles(small_hub) - roles(small_hub, "9922"))


def test_whom_the_app_left_out_by_itself_is_no_example_either(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise")
    desk = small_hub.desk
    grant = desk.grants.at(small_hub.app(PARTY), THORNFIELD)
    every = [m for (m,) in look(small_hub.store, "SELECT mis_id FROM student WHERE school = ?", (grant.school,))]
    desk.people.restrict(grant, add=[("Student", m) for m in every if m != "9923"])
    renamed(small_hub)
    assert {mis_id for _, role, mis_id in named_on(school.look()) if role == "student"} == {"9923"}


# ---- by rule


def test_students_are_chosen_by_year_with_counts_and_a_preview_of_who_is_included(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise", people="selection")
    people = school.look("people/students")
    assert re.search(r"Year 8 \(\d+\)", people.words)
    assert people.words.index("Year 9 (") < people.words.index("Year 10 (")
    page = school.send(people, "people/students", rule=["year:8"], do="preview")
    number = len(re.findall(r"8A", page.words))
    assert f"Students: only year 8 {number} today" in page.words
    page = school.send(school.look("people/students"), "people/students", do="done")
    secret = secret_on(school.send(page, "confirm").words)
    token = small_hub.desk.tokens.sign_in(PARTY, secret, THORNFIELD)[0]
    shown = small_hub.school("Students?select=Id&includeSubsidiary=true&includeGuests=true", token)["Students"]
    assert len(shown) == number
    page = school.look()
    assert f"Students: only year 8 ({number} today)" in page.words
    assert "Contacts: the contacts of the students included, and no others" in page.words


def test_somebody_whom_a_rule_names_is_unticked_and_stays_out(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise", people="selection")
    page = school.send(school.look("people/students"), "people/students", rule=["year:8"], do="search", q="8A")
    ids = re.findall(r'name="tick" value="([^"]+)" checked', page.html)
    page = school.send(page, "people/students", without=[("tick", ids[0])], do="search")
    assert "not counting 1 left out one by one" in page.words
    draft = small_hub.desk.choosing.draft(small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD))["Student"]
    assert (draft.people, draft.without) == (frozenset(), {ids[0]})
    page = school.send(page, "people/students", tick=ids, do="search")
    draft = small_hub.desk.choosing.draft(small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD))["Student"]
    assert (draft.people, draft.without) == (frozenset(), frozenset())


@pytest.mark.parametrize("rule", ["year:88", "form", ":", "shoe:9", "year:8\n", "class:' OR 1=1 --"])
def test_a_rule_that_names_nothing_of_the_school_is_refused(small_hub: Hub, rule: str) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise", people="selection")
    page = school.send(school.look("people/students"), "people/students", rule=[rule], mode="only", do="done")
    wanted = 303 if rule == "year:8\n" else 400
    assert page.answer.status in (wanted, 200 if wanted == 303 else 400)


# ---- receipts


def test_a_receipt_is_kept_and_shown_for_each_agreement_and_change(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise", scope="Attendance")
    school.send(school.look(), "narrow", without=[("scope", "Attendance")])
    school.send(school.look(), "widen", scope="Contact")
    school.send(school.look(), "revoke", when="now")
    page = school.look()
    headings = ["You agreed to share data", "You stopped sharing some data", "You agreed to share more data"]
    for heading in [*headings, "Sharing has ended"]:
        assert f"18 November 2026, 11:06: {heading}" in page.words
    receipts = re.findall(r"receipt\?id=([0-9a-f-]+)", page.html)
    texts = [school.look(f"receipt?id={one}").words for one in receipts]
    agreed = next(text for text in texts if headings[0] in text)
    assert "School Thornfield Academy (9994001) App Pupil Pages Invitation sent to office@thornfield.example" in agreed
    assert "Attendance" in agreed
    assert "Students: everyone" in agreed
    narrowed = next(text for text in texts if headings[1] in text)
    assert "No longer shared Attendance" in narrowed


def test_a_receipt_is_reached_by_its_own_link_only(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise")
    (receipt,) = small_hub.desk.receipts.of(small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD).id)
    there = School(small_hub, link_of(small_hub, small_hub.desk.invitations.make(small_hub.app(PARTY), BRAMBLESIDE)))
    assert school.look(f"receipt?id={receipt.id}").answer.status == 200
    assert there.look(f"receipt?id={receipt.id}").answer.status == 404
    assert school.look("receipt?id=x").answer.status == 404


# ---- hostile forms


@pytest.mark.parametrize("scope", ["StudentMedical", "all", "", "School\n", "' OR 1=1 --", "\u017fchool"])
def test_more_than_the_app_asks_for_cannot_be_granted(small_hub: Hub, scope: str) -> None:
    school = invited(small_hub)
    page = school.send(school.look(), "authorise", scope=[scope, "Attendance"])
    assert page.answer.status == 400
    assert small_hub.desk.grants.all() == []


def test_what_is_required_cannot_be_unticked(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise")
    assert small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD).scopes == {"School", "StudentLite"}
    assert school.send(school.look(), "narrow", scope=["Staff"]).answer.status == 400
    school.send(school.look(), "narrow")
    assert small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD).scopes == {"School", "StudentLite"}


@pytest.mark.parametrize("proof", ["", "x", "é"])
def test_a_form_without_its_proof_does_nothing(small_hub: Hub, proof: str) -> None:
    school = invited(small_hub)
    assert school.send(school.look(), "authorise", proof=proof).answer.status == 409
    assert small_hub.desk.grants.all() == []


def test_a_form_of_another_site_does_nothing(small_hub: Hub) -> None:
    school = invited(small_hub)
    where, pairs = school.look().form("authorise")
    body = "&".join(f"{n}={v}" for n, v in pairs).encode()
    kind = {"content_type": "application/x-www-form-urlencoded"}
    assert small_hub.ask("POST", where, None, body, sec_fetch_site="cross-site", **kind).status == 400
    assert small_hub.ask("POST", where, None, body, content_type="text/plain").status == 400
    assert small_hub.desk.grants.all() == []


def test_people_of_other_schools_cannot_be_chosen(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise", people="selection")
    people = school.look("people/students")
    for tick in ("no-such-id", "' OR 1=1 --", "0"):
        assert school.send(people, "people/students", tick=[tick], mode="only", do="done").answer.status == 400
    assert (
        small_hub.desk.choosing.draft(small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD))["Student"].people
        == frozenset()
    )


@pytest.mark.parametrize(
    "more",
    [{"do": "drop"}, {"do": ""}, {"mode": "nobody", "do": "done"}, {"was": "page=-1&page=9e9&q=%ff", "do": "next"}],
)
def test_whatever_a_form_says_it_is_no_fault_of_the_hub(small_hub: Hub, more: dict[str, str]) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise", people="selection")
    said: dict[str, str | list[str]] = {**more}
    page = school.send(school.look("people/students"), "people/students", None, without=(), **said)
    assert page.answer.status < 500


def test_names_are_text_and_the_page_runs_and_keeps_nothing(small_hub: Hub) -> None:
    app = asking_app(small_hub, name="<script>alert(1)</script>")[0]
    small_hub.desk.registrations.ask(app, ["Photos"], required=False, reason='"><img src=x onerror=alert(1)>')
    small_hub.desk.registrations.change(app, contact="help?bcc=all@app.example.org")
    school = School(small_hub, link_of(small_hub, small_hub.desk.invitations.make(app, THORNFIELD)))
    page = school.look()
    assert 'href="mailto:help%3Fbcc%3Dall%40app.example.org"' in page.html
    assert "<script" not in page.html
    assert "<img" not in page.html
    headers = page.answer.headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_only_the_methods_of_a_page_are_answered(small_hub: Hub) -> None:
    school = invited(small_hub)
    assert small_hub.get(f"{school.link}/authorise").status == 405
    assert small_hub.ask("DELETE", school.link).status == 405
    assert small_hub.get(f"{school.link}/nowhere").status == 404
    assert small_hub.desk.grants.all() == []
