"""What a school decides for a later day: it counts from that day by itself, is seen and taken back before."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from rollbook.consent.planning import NARROW, PAUSE, RESUME, WIDEN
from rollbook.errors import Conflict, Malformed, NotFound

from .hub import THORNFIELD, Hub
from .school import PARTY, invited
from .test_cli import said
from .test_console_school import APP, HEAD, HOME, at_the_app, headings, reads

SOON = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
SCOPES = ["School", "StudentLite", "Attendance"]


def upn(hub: Hub, token: str) -> bool:
    """Whether an app is told the UPN of anybody."""
    return any(row.get("UPN") for row in hub.school("Students?pagesize=5", token)["Students"])


def test_less_and_more_is_shared_from_the_moment_though_no_worker_runs(small_hub: Hub) -> None:
    token, desk = small_hub.token(["School", "StudentLite", "UPN"], app=PARTY), small_hub.desk
    grant = desk.grants.at(small_hub.app(PARTY), THORNFIELD)
    desk.planning.plan(grant, NARROW, SOON, ["UPN"])
    desk.planning.plan(grant, WIDEN, SOON + 60, ["UPN", "Attendance"])
    assert upn(small_hub, token)
    small_hub.now = SOON - 1
    assert upn(small_hub, token)
    small_hub.now = SOON
    assert not upn(small_hub, token)
    small_hub.now = SOON + 60
    assert upn(small_hub, token)
    before = desk.grants.at(grant.app, THORNFIELD)
    assert before.scopes == {*SCOPES, "UPN"}
    small_hub.work()
    after = desk.grants.at(grant.app, THORNFIELD)
    # To have written it down changes nothing of what anybody sees, and what is kept of it stays true.
    assert (after.scopes, after.version) == (before.scopes, before.version)
    given = desk.receipts.of(grant.id)
    assert [(one.event, one.at) for one in given[:2]] == [("widened", SOON + 60), ("narrowed", SOON)]
    assert given[1].dropped == ("UPN",)
    notes = {one.note for one in given if one.event == "planned"}
    assert "From 20 November 2026: no longer shared: Unique Pupil Numbers, current and former (UPN)" in notes


def test_sharing_pauses_and_goes_on_by_itself(small_hub: Hub) -> None:
    token, desk = small_hub.token(SCOPES, app=PARTY), small_hub.desk
    grant = desk.grants.at(small_hub.app(PARTY), THORNFIELD)
    desk.planning.plan(grant, PAUSE, SOON)
    desk.planning.plan(desk.grants.at(grant.app, THORNFIELD), RESUME, SOON + 86400)
    assert reads(small_hub, token)
    small_hub.now = SOON
    assert not reads(small_hub, token)
    assert desk.grants.at(grant.app, THORNFIELD).state == "paused"
    small_hub.now = SOON + 86400
    assert desk.grants.at(grant.app, THORNFIELD).state == "active"


def test_nothing_goes_on_by_itself_while_people_are_chosen(small_hub: Hub) -> None:
    small_hub.token(SCOPES, app=PARTY)
    desk = small_hub.desk
    grant = desk.grants.at(small_hub.app(PARTY), THORNFIELD)
    desk.planning.plan(grant, RESUME, SOON)
    desk.choosing.begin(grant)
    small_hub.now = SOON + 1
    small_hub.work()
    assert desk.grants.at(grant.app, THORNFIELD).state == "paused"


def test_what_is_decided_since_is_not_undone_by_what_came_due_before(small_hub: Hub) -> None:
    small_hub.token(["School", "StudentLite"], app=PARTY)
    desk = small_hub.desk
    grant = desk.grants.at(small_hub.app(PARTY), THORNFIELD)
    desk.planning.plan(grant, WIDEN, SOON, ["Attendance"])
    small_hub.now = SOON + 1
    desk.grants.narrow(desk.grants.at(grant.app, THORNFIELD), ["School", "StudentLite"])
    small_hub.work()
    assert desk.grants.at(grant.app, THORNFIELD).scopes == {"School", "StudentLite"}
    desk.planning.plan(desk.grants.at(grant.app, THORNFIELD), WIDEN, SOON + 60, ["Attendance"])
    desk.grants.revoke(desk.grants.at(grant.app, THORNFIELD))
    desk.grants.authorise(grant.app, THORNFIELD, ["School"])
    small_hub.now = SOON + 61
    assert desk.grants.at(grant.app, THORNFIELD).scopes == {"School"}


def test_what_cannot_be_decided_for_later_is_refused(small_hub: Hub) -> None:
    small_hub.token(SCOPES, app=PARTY)
    desk = small_hub.desk
    grant = desk.grants.revoke_at(desk.grants.at(small_hub.app(PARTY), THORNFIELD), SOON)
    with pytest.raises(Malformed, match="is not in the future"):
        desk.planning.plan(grant, PAUSE, small_hub.now)
    with pytest.raises(Conflict, match="sharing ends before that"):
        desk.planning.plan(grant, PAUSE, SOON + 60)
    with pytest.raises(NotFound, match="was taken back before"):
        desk.planning.cancel(grant, "nothing")


def test_a_school_agrees_narrows_and_pauses_from_a_day_on_and_takes_it_back(small_hub: Hub) -> None:
    invited(small_hub)
    head = at_the_app(small_hub)
    page = head.send(head.look(), "authorise", {"from": "2026-11-20"}, scope=["Attendance", "Contact"])
    secret = re.search(r'class="secret">([^<]+)<', page.html)
    assert secret is not None
    assert "Sharing has not begun yet" in head.look().words
    assert "From 20 November 2026: sharing begins." in head.look().words
    head.send(head.look(), "narrow", {"from": "2027-01-04"}, without=[("scope", "Attendance")])
    page = head.look()
    assert "From 4 January 2027: no longer shared: Attendance marks and totals (Attendance)." in page.words
    assert "From 20 November 2026: sharing begins" in head.go(HOME).words
    small_hub.now = SOON
    head.sign_in(HEAD)
    token, _ = small_hub.desk.tokens.sign_in(PARTY, secret[1], THORNFIELD)
    assert reads(small_hub, token)
    page = head.send(head.go(APP), "cancel")
    assert "no longer shared" not in page.words
    assert f"{HEAD} took back a change that was to come" in headings(small_hub)
    assert "Is not in the future" in head.send(head.look(), "pause", {"from": "2026-11-01"}).words


def test_the_command_decides_for_later_lists_it_and_takes_it_back(small_hub: Hub) -> None:
    small_hub.token(SCOPES, app=PARTY)
    at = (PARTY, THORNFIELD, "--data", small_hub.store.folder)
    told = said("apps", "narrow", *at, "--scopes", "School,StudentLite", "--at", "2030-01-01")
    later = "From 1 January 2030: no longer shared: Attendance marks and totals (Attendance)"
    assert told == f"{PARTY} at {THORNFIELD}: {later}\n"
    (one,) = small_hub.desk.planning.of(small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD))
    assert one.id in said("apps", "planned", *at, "--json")
    assert said("apps", "planned", *at, "--cancel", one.id) == f"{PARTY} at {THORNFIELD}: taken back\n"
    assert said("apps", "planned", *at) == "[]\n"
