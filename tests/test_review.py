"""The page at which a school answers an app, as a browser without scripts uses it, and as somebody hostile does."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime

import pytest

from rollbook.consent.invitations import LIFE
from rollbook.errors import NotSignedIn

from .hub import BRAMBLESIDE, THORNFIELD, Hub
from .school import ASKED, PARTY, School, asking_app, invited, link_of

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def secret_on(words: str) -> str:
    """The school secret that a page shows."""
    found = UUID.search(words)
    assert found is not None, words
    return found[0]


def state(hub: Hub) -> str:
    """The state of the app's grant."""
    return hub.desk.grant(hub.app(PARTY), THORNFIELD).state


# ---- agreeing


def test_a_school_reads_what_is_asked_for_scope_by_scope_with_the_reasons(small_hub: Hub) -> None:
    page = invited(small_hub).look()
    assert page.answer.status == 200
    assert "Pupil Pages asks to read records of Thornfield Academy" in page.words
    assert (
        "Attendance Attendance marks and what they add up to (Attendance) Optional Parents are told the same day."
        in page.words
    )
    assert "Students' names, ids and groups only (StudentLite) Required A page for each pupil." in page.words


def test_agreeing_grants_what_is_required_and_ticked_and_shows_the_secret_once(small_hub: Hub) -> None:
    school = invited(small_hub)
    page = school.send(school.look(), "authorise", without=[("scope", "Contact")])
    grant = small_hub.desk.grant(small_hub.app(PARTY), THORNFIELD)
    assert (grant.state, grant.scopes) == ("active", {"School", "StudentLite", "Attendance"})
    assert small_hub.desk.sign_in(PARTY, secret_on(page.words), THORNFIELD)[0]
    assert UUID.search(school.look().words) is None


def test_sending_the_form_again_does_not_void_the_secret(small_hub: Hub) -> None:
    school = invited(small_hub)
    first = school.look()
    secret = secret_on(school.send(first, "authorise").words)
    again = school.send(first, "authorise")
    assert (again.answer.status, UUID.search(again.words)) == (409, None)
    assert "was sent already" in again.words
    assert small_hub.desk.sign_in(PARTY, secret, THORNFIELD)[0]


def test_a_second_authorisation_gives_a_new_secret_and_voids_the_first(small_hub: Hub) -> None:
    school = invited(small_hub)
    first = secret_on(school.send(school.look(), "authorise").words)
    token = small_hub.desk.sign_in(PARTY, first, THORNFIELD)[0]
    second = secret_on(school.send(school.look("again"), "authorise").words)
    assert first != second
    assert small_hub.get("/api/v1/TokenDetails", token).json["ExceptionType"] == "InvalidToken"
    assert small_hub.desk.sign_in(PARTY, second, THORNFIELD)[0]


def test_a_token_of_an_earlier_authorisation_is_void_even_where_it_could_not_be_taken_away(small_hub: Hub) -> None:
    token = small_hub.token(["School"], app=PARTY)
    rows = small_hub.store.passing.execute("SELECT * FROM token").fetchall()
    small_hub.grant(["School"], app=PARTY)
    # As if the hub had been killed before it came to the tokens, which lie in a file of their own.
    small_hub.store.passing.executemany("INSERT INTO token VALUES (?, ?, ?, ?, ?)", rows)
    with pytest.raises(NotSignedIn, match="authorised the app anew"):
        small_hub.desk.admit(token)


def test_declining_shares_nothing_and_may_be_thought_over(small_hub: Hub) -> None:
    school = invited(small_hub)
    assert "You have declined" in school.send(school.look(), "decline").words
    assert small_hub.desk.grants() == []
    assert "You may still change your mind." in school.look().words


def test_when_what_is_asked_for_changes_meanwhile_the_school_looks_again(small_hub: Hub) -> None:
    school = invited(small_hub)
    page = school.look()
    small_hub.desk.ask(small_hub.app(PARTY), ["StudentMedical"], required=True, reason="Allergies.")
    assert school.send(page, "authorise").answer.status == 409
    assert small_hub.desk.grants() == []


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
    token = small_hub.desk.sign_in(PARTY, secret, THORNFIELD)[0]
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
    grant = small_hub.desk.grant(small_hub.app(PARTY), THORNFIELD)
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
    return hub.desk.proof(token, action, 1, asked)


def test_a_school_that_was_cut_off_while_choosing_begins_anew_and_nothing_was_shared(small_hub: Hub) -> None:
    school = invited(small_hub)
    grant, _ = small_hub.desk.authorise(small_hub.app(PARTY), THORNFIELD, ["School"], choosing=True)
    # As if the hub had been killed before it laid out the choice.
    assert small_hub.desk.draft(grant) == {}
    page = school.look()
    assert "the app waits until you have looked at the people" in page.words
    page = school.send(page, "choose")
    assert UUID.search(school.send(page, "confirm").words)
    assert state(small_hub) == "active"


# ---- changing and ending


def test_a_school_narrows_what_is_shared_and_the_token_goes_on_with_the_rest(small_hub: Hub) -> None:
    school = invited(small_hub)
    secret = secret_on(school.send(school.look(), "authorise").words)
    token = small_hub.desk.sign_in(PARTY, secret, THORNFIELD)[0]
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
    assert page.answer.status == 404, "by then the link has ended too"


def test_the_end_may_be_taken_back_and_sharing_ended_at_once(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise")
    page = school.send(school.look(), "revoke", when="date", date="2026-12-01")
    page = school.send(page, "endless")
    assert "Sharing ends on" not in page.words
    assert "can read nothing of Thornfield Academy any more" in school.send(page, "revoke", when="now").words
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
    newer = School(small_hub, link_of(small_hub, small_hub.desk.invite(small_hub.app(PARTY), THORNFIELD)))
    assert newer.link != school.link
    assert (newer.look().answer.status, school.look().answer.status) == (200, 404)


def test_a_link_is_for_one_app_at_one_school(small_hub: Hub) -> None:
    here = invited(small_hub)
    there = School(small_hub, link_of(small_hub, small_hub.desk.invite(small_hub.app(PARTY), BRAMBLESIDE)))
    _, pairs = here.look().form("authorise")
    assert there.post(f"{there.link}/authorise", pairs).answer.status == 409
    there.send(there.look(), "authorise")
    assert [(g.estab, g.state) for g in small_hub.desk.grants()] == [(BRAMBLESIDE, "active")]


def test_no_address_of_a_link_and_no_secret_is_kept_or_logged(
    small_hub: Hub, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = invited(small_hub)
    secret = secret_on(school.send(school.look(), "authorise").words)

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("rollbook.consent.desk.Desk.authorisations", broken)
    with caplog.at_level(logging.DEBUG):
        assert school.look().answer.status == 500
    token = school.link.removeprefix("/authorise/")
    assert "broken" in caplog.text
    assert token not in caplog.text
    kept = b"".join(f.read_bytes() for f in small_hub.store.folder.iterdir() if f.is_file())
    assert token.encode() not in kept
    assert secret.encode() not in kept


# ---- hostile forms


@pytest.mark.parametrize("scope", ["StudentMedical", "all", "", "School\n", "' OR 1=1 --", "\u017fchool"])
def test_more_than_the_app_asks_for_cannot_be_granted(small_hub: Hub, scope: str) -> None:
    school = invited(small_hub)
    page = school.send(school.look(), "authorise", scope=[scope, "Attendance"])
    assert page.answer.status == 400
    assert small_hub.desk.grants() == []


def test_what_is_required_cannot_be_unticked(small_hub: Hub) -> None:
    school = invited(small_hub)
    ticks = [("scope", "Attendance"), ("scope", "Contact")]
    school.send(school.look(), "authorise", without=ticks)
    assert small_hub.desk.grant(small_hub.app(PARTY), THORNFIELD).scopes == {"School", "StudentLite"}
    assert school.send(school.look(), "narrow", scope=["Staff"]).answer.status == 400
    school.send(school.look(), "narrow")
    assert small_hub.desk.grant(small_hub.app(PARTY), THORNFIELD).scopes == {"School", "StudentLite"}


@pytest.mark.parametrize("proof", ["", "x", "é"])
def test_a_form_without_its_proof_does_nothing(small_hub: Hub, proof: str) -> None:
    school = invited(small_hub)
    assert school.send(school.look(), "authorise", proof=proof).answer.status == 409
    assert small_hub.desk.grants() == []


def test_a_form_of_another_site_does_nothing(small_hub: Hub) -> None:
    school = invited(small_hub)
    where, pairs = school.look().form("authorise")
    body = "&".join(f"{n}={v}" for n, v in pairs).encode()
    kind = {"content_type": "application/x-www-form-urlencoded"}
    assert small_hub.ask("POST", where, None, body, sec_fetch_site="cross-site", **kind).status == 400
    assert small_hub.ask("POST", where, None, body, content_type="text/plain").status == 400
    assert small_hub.desk.grants() == []


def test_people_of_other_schools_cannot_be_chosen(small_hub: Hub) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise", people="selection")
    people = school.look("people/students")
    for tick in ("no-such-id", "' OR 1=1 --", "0"):
        assert school.send(people, "people/students", tick=[tick], mode="only", do="done").answer.status == 400
    assert small_hub.desk.draft(small_hub.desk.grant(small_hub.app(PARTY), THORNFIELD))["Student"].people == frozenset()


@pytest.mark.parametrize(
    "more",
    [{"do": "drop"}, {"do": ""}, {"mode": "nobody", "do": "done"}, {"was": "page=-1&page=9e9&q=%ff", "do": "next"}],
)
def test_whatever_a_form_says_it_is_no_fault_of_the_hub(small_hub: Hub, more: dict[str, str]) -> None:
    school = invited(small_hub)
    school.send(school.look(), "authorise", people="selection")
    said: dict[str, str | list[str]] = {**more}
    page = school.send(school.look("people/students"), "people/students", without=(), **said)
    assert page.answer.status < 500


def test_names_are_text_and_the_page_runs_and_keeps_nothing(small_hub: Hub) -> None:
    app = asking_app(small_hub, name="<script>alert(1)</script>")[0]
    small_hub.desk.ask(app, ["Photos"], required=False, reason='"><img src=x onerror=alert(1)>')
    small_hub.desk.register(app, contact="help?bcc=all@app.example.org")
    school = School(small_hub, link_of(small_hub, small_hub.desk.invite(app, THORNFIELD)))
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
    assert small_hub.desk.grants() == []
