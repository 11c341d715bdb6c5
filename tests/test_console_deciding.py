"""A school decides about several apps at once: it sees what would change, confirms once, and each is on the trail."""

from __future__ import annotations

from urllib.parse import urlencode

from click.testing import CliRunner

from rollbook.cli import main

from .hub import THORNFIELD, Hub
from .person import Person, signed_in
from .school import PARTY, Page, asking_app

HEAD, OTHER = "head@thornfield.example", "other.example.org"
AT = f"/console/schools/{THORNFIELD}/decide"


def two_apps(hub: Hub) -> Person:
    """Somebody who decides for a school that shares with two apps, one of which cannot do without two scopes."""
    asking_app(hub)
    hub.desk.apps.add(OTHER, "Late Bell")
    hub.grant(["School", "StudentLite", "Contact"], app=PARTY)
    hub.grant(["Contact", "UPN"], app=OTHER)
    return signed_in(hub, HEAD, "school")


def preview(person: Person, what: str, *apps: str, scopes: tuple[str, ...] = ()) -> Page:
    """What the page says would change."""
    pairs = [("what", what), *(("app", one) for one in apps), *(("scope", one) for one in scopes)]
    return person.go(f"{AT}?{urlencode(pairs)}")


def held(hub: Hub, app: str) -> tuple[str, set[str]]:
    """What an app may do at the school: its state, and the scopes."""
    grant = hub.desk.grants.at(hub.app(app), THORNFIELD)
    return grant.state, set(grant.scopes)


def test_several_apps_lose_a_scope_after_one_confirmation_each_with_its_receipt(small_hub: Hub) -> None:
    head = two_apps(small_hub)
    assert "Decide about several apps at once" in head.go(f"/console/schools/{THORNFIELD}").words
    page = preview(head, "less", PARTY, OTHER, scopes=("Contact", "School"))
    assert held(small_hub, PARTY)[1] == {"School", "StudentLite", "Contact"}
    assert "What would change App State No longer has Has besides Pupil Pages Shares" in page.words
    done = head.send(page, "decide")
    assert "What was done Pupil Pages: Shares; no longer has:" in done.words
    # The app cannot do without School, which stays.
    assert held(small_hub, PARTY) == ("active", {"School", "StudentLite"})
    assert held(small_hub, OTHER) == ("active", {"UPN"})
    for app in (PARTY, OTHER):
        last = small_hub.desk.receipts.of(small_hub.desk.grants.at(small_hub.app(app), THORNFIELD).id)[0]
        assert (last.event, HEAD in last.by) == ("narrowed", True)


def test_what_changes_nothing_says_why_and_more_is_what_an_app_asks_for(small_hub: Hub) -> None:
    head = two_apps(small_hub)
    more = preview(head, "more", PARTY, OTHER)
    assert "Late Bell Stays as it is: it asks for nothing of that." in more.words
    head.send(more, "decide")
    assert held(small_hub, PARTY)[1] == {"School", "StudentLite", "Contact", "Attendance"}
    head.send(preview(head, "pause", PARTY, OTHER), "decide")
    assert (held(small_hub, PARTY)[0], held(small_hub, OTHER)[0]) == ("paused", "paused")
    assert "Stays as it is: it is paused already." in preview(head, "pause", PARTY).words
    head.send(preview(head, "resume", OTHER), "decide")
    assert "Ended." in head.send(preview(head, "end", OTHER), "decide").words
    assert (held(small_hub, PARTY)[0], held(small_hub, OTHER)[0]) == ("paused", "revoked")
    assert "Choose what is to be shared no longer" in preview(head, "less", PARTY).words.replace("Is missing (c", "C")
    assert preview(head, "pause", "nobody.example.org").answer.status == 400


def test_a_preview_that_somebody_overtook_does_nothing_and_those_who_look_decide_nothing(small_hub: Hub) -> None:
    head = two_apps(small_hub)
    page = preview(head, "end", PARTY, OTHER)
    small_hub.desk.grants.widen(small_hub.desk.grants.at(small_hub.app(OTHER), THORNFIELD), ["Staff"])
    late = head.send(page, "decide")
    assert late.answer.status == 409
    assert "Somebody decided something meanwhile" in late.words
    assert (held(small_hub, PARTY)[0], held(small_hub, OTHER)[0]) == ("active", "active")
    clerk = signed_in(small_hub, "clerk@thornfield.example", "school-look")
    assert clerk.go(AT).answer.status == 403
    where, pairs = page.form("decide")
    assert clerk.post(where, pairs).answer.status in (403, 409)
    assert signed_in(small_hub, "dev@app.example.org", "developer", app=PARTY).go(AT).answer.status == 404


def test_the_command_decides_about_several_apps_after_the_same_preview(small_hub: Hub) -> None:
    two_apps(small_hub)
    run = CliRunner(env=small_hub.environment)
    asked = ["apps", "decide", "less", THORNFIELD, PARTY, OTHER, "--scopes", "Contact"]
    refused = run.invoke(main, asked, input="n\n")
    assert f"{OTHER}: active -Contact\n" in refused.output
    assert "Contact" in held(small_hub, OTHER)[1]
    assert f"{PARTY}: done\n" in run.invoke(main, [*asked, "--yes"]).output
    assert (held(small_hub, PARTY)[1], held(small_hub, OTHER)[1]) == ({"School", "StudentLite"}, {"UPN"})
    assert "stays as it is" in run.invoke(main, ["apps", "decide", "resume", THORNFIELD, OTHER]).output
