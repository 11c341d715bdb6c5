"""A school at the console: what it shares with whom, decided by people with names, and who saw what about a child."""

from __future__ import annotations

import re
from io import BytesIO

from pypdf import PdfReader

from rollbook.consent.sittings import IDLE

from .hub import THORNFIELD, Hub
from .person import PASSWORD, Person, account, signed_in
from .school import PARTY, Page, asking_app, invited
from .told import entries

HEAD, DEPUTY, CLERK = "head@thornfield.example", "deputy@thornfield.example", "clerk@thornfield.example"
HOME = f"/console/schools/{THORNFIELD}"
APP = f"{HOME}/apps/{PARTY}"


def at_the_app(hub: Hub, email: str = HEAD) -> Person:
    """Somebody who decides for the school, at the pages of the app that has invited it."""
    person = signed_in(hub, email, "school")
    person.link = APP
    return person


def headings(hub: Hub) -> list[str]:
    """What the receipts of the app's grant say, the latest first."""
    return [one.heading for one in hub.desk.receipts.of(hub.desk.grants.at(hub.app(PARTY), THORNFIELD).id)]


def reads(hub: Hub, token: str) -> bool:
    """Whether an app gets anybody with a token."""
    return "Students" in hub.school("Students?pagesize=1", token)


# ---- deciding


def test_a_person_agrees_narrows_pauses_and_ends_under_their_own_name(small_hub: Hub) -> None:
    invited(small_hub)
    head = at_the_app(small_hub)
    assert "asks for your records" in head.go(HOME).words
    secret = re.search(r'class="secret">([^<]+)<', head.send(head.look(), "authorise", scope=["Attendance"]).html)
    assert secret is not None
    token, _ = small_hub.desk.tokens.sign_in(PARTY, secret[1], THORNFIELD)
    assert reads(small_hub, token)
    assert "Last read 18 November 2026 Reads in 30 days 1" in head.go(HOME).words
    head.send(head.look(), "narrow", without=[("scope", "Attendance")])
    head.send(head.look(), "widen", scope="Contact")
    head.send(head.look(), "pause")
    assert not reads(small_hub, token)
    assert "Sharing is paused" in head.look().words
    head.send(head.look(), "resume")
    assert reads(small_hub, token)
    head.send(head.look(), "revoke", when="date", date="2026-12-24")
    assert "Ends 24 December 2026" in head.go(HOME).words
    head.send(head.look(), "endless")
    head.send(head.look(), "revoke", when="now")
    assert headings(small_hub) == [
        "Sharing has ended",
        f"{HEAD} cancelled the day on which sharing was to end",
        f"{HEAD} set a day on which sharing ends",
        f"{HEAD} resumed sharing",
        f"{HEAD} paused sharing",
        f"{HEAD} agreed to share more data",
        f"{HEAD} stopped sharing some data",
        f"{HEAD} agreed to share data",
    ]
    history = head.go(f"{HOME}/history").words
    assert f"{HEAD} Pupil Pages: {HEAD} paused sharing" in history
    assert f"{HEAD} Pupil Pages: Sharing has ended" in history


def test_people_are_chosen_by_rule_with_a_preview_of_exactly_whom_the_app_will_see(small_hub: Hub) -> None:
    invited(small_hub)
    head = at_the_app(small_hub)
    page = head.send(head.look(), "authorise", people="selection")
    assert page.at == f"{APP}/people"
    year = re.search(r'name="rule" value="(year:[^"]+)"', head.look("people/students").html)
    assert year is not None
    head.send(head.look("people/students"), "students", mode="only", rule=year[1], do="done")
    included = re.search(r"([\d]+) today", head.look("people/students/preview").words)
    assert included is not None
    page = head.send(head.look("people"), "confirm")
    secret = re.search(r'class="secret">([^<]+)<', page.html)
    assert secret is not None
    token, _ = small_hub.desk.tokens.sign_in(PARTY, secret[1], THORNFIELD)
    seen = small_hub.school("Students?select=Id&includeLeavers=true&pagesize=500", token)["Students"]
    current = small_hub.school("Students?select=Id&pagesize=500", token)["Students"]
    assert 0 < len(current) <= int(included[1])
    assert len(seen) <= int(included[1])


def test_new_scopes_that_an_app_asks_for_wait_for_the_school(small_hub: Hub) -> None:
    invited(small_hub)
    head = at_the_app(small_hub)
    head.send(head.look(), "authorise", scope=["Attendance", "Contact"])
    assert "Waits for you" not in head.go(HOME).words
    small_hub.desk.registrations.ask(small_hub.app(PARTY), ["StudentMedical"], required=False, reason="Trips.")
    assert "Pupil Pages asks for 1 more" in head.go(HOME).words
    assert "What else it asks for" in head.look().words


def test_what_the_operator_granted_without_an_invitation_is_the_schools_to_change(small_hub: Hub) -> None:
    asking_app(small_hub)
    small_hub.grant(["School", "StudentLite", "Attendance"], app=PARTY)
    head = at_the_app(small_hub)
    head.send(head.look(), "narrow", without=[("scope", "Attendance")])
    assert small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD).scopes == {"School", "StudentLite"}


# ---- at the same time, and again


def test_of_two_people_who_decide_at_the_same_moment_the_second_is_told_of_the_first(small_hub: Hub) -> None:
    invited(small_hub)
    head, deputy = at_the_app(small_hub), at_the_app(small_hub, DEPUTY)
    head.send(head.look(), "authorise", scope=["Attendance", "Contact"])
    first, second = head.look(), deputy.look()
    head.send(first, "narrow", without=[("scope", "Attendance")])
    page = deputy.send(second, "narrow", without=[("scope", "Contact")])
    assert page.answer.status == 409
    assert "Nothing of what you sent was done. head@thornfield.example stopped sharing some data, on" in page.words
    held = small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD).scopes
    assert held == {"School", "StudentLite", "Contact"}


def test_a_double_click_agrees_once_and_shows_the_secret_all_the_same(small_hub: Hub) -> None:
    invited(small_hub)
    head = at_the_app(small_hub)
    page = head.look()
    first, second = head.send(page, "authorise"), head.send(page, "authorise")
    assert (first.answer.status, second.answer.status) == (200, 200)
    shown = [re.findall(r'class="secret">([^<]+)<', one.html) for one in (first, second)]
    assert shown[0] == shown[1]
    assert small_hub.desk.tokens.sign_in(PARTY, shown[1][0], THORNFIELD)[0]
    page = head.look()
    assert [head.send(page, "pause").at for _ in range(2)] == [APP, APP]
    assert headings(small_hub) == [f"{HEAD} paused sharing", f"{HEAD} agreed to share data"]


def resumed(person: Person, page: Page) -> Page:
    """Sign in again on a page that keeps what was filled in."""
    return person.send(page, "sign-in", email=HEAD, password=PASSWORD)


def test_what_was_filled_in_when_the_sitting_had_ended_is_kept(small_hub: Hub) -> None:
    invited(small_hub)
    head = at_the_app(small_hub)
    page = head.look()
    small_hub.now += IDLE
    asked = head.send(page, "authorise", scope=["Attendance"])
    assert (asked.answer.status, "What you had filled in is kept" in asked.words) == (401, True)
    assert small_hub.desk.grants.all() == []
    again = resumed(head, asked)
    assert "Scope Attendance" in again.words
    assert small_hub.desk.grants.all() == []
    head.send(again, "authorise")
    assert small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD).scopes == {"School", "StudentLite", "Attendance"}


def test_what_was_kept_is_not_sent_where_somebody_has_decided_meanwhile(small_hub: Hub) -> None:
    invited(small_hub)
    head, deputy = at_the_app(small_hub), at_the_app(small_hub, DEPUTY)
    page = head.look()
    small_hub.now += IDLE
    deputy.sign_in(DEPUTY)
    deputy.send(deputy.look(), "authorise")
    again = resumed(head, head.send(page, "authorise", scope=["Attendance"]))
    page = head.send(again, "authorise")
    assert (page.answer.status, "Somebody decided before you" in page.words) == (409, True)


# ---- two people who choose for one app


def test_two_people_choose_for_themselves_and_the_second_to_decide_is_told_of_the_first(small_hub: Hub) -> None:
    asking_app(small_hub)
    grant = small_hub.grant(["School", "StudentLite"], app=PARTY)
    head, deputy = at_the_app(small_hub), at_the_app(small_hub, DEPUTY)

    def chosen() -> str:
        return small_hub.desk.choosing.chosen(grant, "Student").mode

    def ticks(one: Person, mode: str) -> None:
        one.send(one.look("people/students"), "students", mode=mode, do="done")

    head.send(head.look(), "choose")
    ticks(head, "only")
    assert f"{HEAD} is choosing people for this app." in deputy.look().words
    page = deputy.send(deputy.look(), "choose")
    assert "Each of you has a choice of their own" in page.words
    ticks(deputy, "except")
    # Neither has changed what the other chose.
    assert "Nobody is chosen yet." in head.look("people").words
    assert "Nobody is chosen yet." not in deputy.look("people").words
    stale = deputy.look("people")
    small_hub.now += 60
    head.send(head.look("people"), "confirm")
    assert chosen() == "only"
    page = deputy.send(stale, "confirm")
    assert (page.answer.status, f"{HEAD} changed which people are included" in page.words) == (409, True)
    assert chosen() == "only"
    page = deputy.look("people")
    assert f"{HEAD} changed which people are included" in page.words
    assert "it takes the place of theirs" in page.words
    deputy.send(page, "confirm")
    assert chosen() == "except"


def test_who_leaves_everything_as_it_was_does_not_let_the_app_read_while_somebody_else_chooses(small_hub: Hub) -> None:
    asking_app(small_hub)
    small_hub.grant(["School", "StudentLite"], app=PARTY)
    head, deputy = at_the_app(small_hub), at_the_app(small_hub, DEPUTY)
    for one in (head, deputy):
        one.send(one.look(), "choose")
    states: list[str] = []
    for one in (head, deputy):
        one.send(one.look("people"), "keep")
        states.append(small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD).state)
    assert states == ["paused", "active"]


# ---- who saw what about a child


def test_a_school_finds_who_saw_what_about_a_child_in_words_and_takes_it_as_a_table(small_hub: Hub) -> None:
    token = small_hub.token(["StudentLite", "UPN"], app=PARTY)
    child = small_hub.school("Students?pagesize=1&select=Id,Surname,UPN", token)["Students"][0]
    clerk = signed_in(small_hub, CLERK, "school-look")
    found = clerk.go(f"{HOME}/children?q={child['Surname']}")
    assert f"{HOME}/children/{child['Id']}" in found.html
    page = clerk.go(f"{HOME}/children/{child['Id']}")
    assert PARTY in page.words
    assert "xporter" in page.words
    sheet = clerk.go(f"{HOME}/children/{child['Id']}/seen.csv").answer
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    lines = sheet.body.decode("utf-8-sig").splitlines()
    assert lines[0] == "Child,Seen by,On behalf of,Through,What,Times,First (UTC),Last (UTC)"
    assert any(PARTY in line and "xporter" in line for line in lines[1:])
    paper = clerk.go(f"{HOME}/children/{child['Id']}/seen.pdf").answer
    assert (paper.headers["content-type"], paper.body[:5]) == ("application/pdf", b"%PDF-")
    text = "".join(one.extract_text() for one in PdfReader(BytesIO(paper.body)).pages)
    assert f"Who saw what about {lines[1].partition(',')[0]}" in text
    assert PARTY in text
    # Whoever looks is in the ledger, by their account.
    last = entries(small_hub)[0]
    who = small_hub.desk.accounts.user(CLERK).id
    assert (last.what.endpoint, last.what.reader, last.people) == ("the school's page", who, 1)


def test_a_school_gives_and_takes_accounts_and_it_is_written_down(small_hub: Hub) -> None:
    head = signed_in(small_hub, HEAD, "school")
    account(small_hub, CLERK, "school-look")
    page = head.go(f"{HOME}/people")
    assert f"{CLERK} sees what a school shares" in page.words
    page = head.send(page, "invite", email="new@thornfield.example", role="school-look")
    link = re.search(r"(/console/join/[\w.-]+)<", page.html)
    assert link is not None
    assert "Whoever has it can become them" in page.words
    assert "Enter a valid email address." in head.send(page, "invite", email="nobody").words
    new = Person(small_hub)
    new.send(new.go(link[1]), link[1].rpartition("/")[2], password=PASSWORD, again=PASSWORD)
    where, pairs = head.go(f"{HOME}/people").form("remove")
    pairs = [(name, CLERK if name == "email" else "school-look" if name == "role" else v) for name, v in pairs]
    head.post(where, pairs)
    assert sorted((h.account.email, h.role) for h in small_hub.desk.roles.held()) == [
        (HEAD, "school"), ("new@thornfield.example", "school-look"),
    ]  # fmt: skip
    history = head.go(f"{HOME}/history").words
    assert f"{HEAD} took away: sees what a school shares, and decides nothing ({CLERK})" in history
    assert "invited: sees what a school shares, and decides nothing (new@thornfield.example)" in history
    assert history.count(f"{HEAD} was shown the link of an invitation (new@thornfield.example)") == 1
