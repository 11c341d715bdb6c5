"""Whoever runs the hub: every app at every school, people and roles, jobs, and who saw what about somebody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rollbook import __version__
from rollbook.jobs import Queue
from rollbook.operation.tallies import Together
from rollbook.store.kept.feeds import PAUSED, Feed

from .hub import THORNFIELD, Hub
from .person import account, signed_in
from .school import PARTY, asking_app

OPERATOR, HEAD = "olu@hub.example", "head@thornfield.example"


def test_the_operator_sees_every_grant_and_decides_as_the_operator(small_hub: Hub) -> None:
    asking_app(small_hub)
    small_hub.grant(["School", "StudentLite", "Attendance"], app=PARTY)
    olu = signed_in(small_hub, OPERATOR, "operator")
    assert "Pupil Pages at 9994001 Thornfield Academy Shares 3 Everyone Never 0" in olu.look("hub").words
    assert "0 found." in olu.look("hub?q=nowhere").words
    assert "Attendance marks and totals Attendance 1" in olu.look("hub/scopes").words
    olu.link = f"/console/schools/{THORNFIELD}/apps/{PARTY}"
    olu.send(olu.look(), "narrow", without=[("scope", "Attendance")])
    grant = small_hub.desk.grants.at(small_hub.app(PARTY), THORNFIELD)
    last = small_hub.desk.receipts.of(grant.id)[0]
    assert (last.by, last.heading) == (f"operator by {OPERATOR}", f"{OPERATOR} stopped sharing some data")


def test_the_operator_gives_and_takes_roles_and_the_hub_never_is_without_one(small_hub: Hub) -> None:
    olu = signed_in(small_hub, OPERATOR, "operator")
    page = olu.send(olu.look("hub/people"), "invite", email=HEAD, role="school", estab="9999999")
    assert "No school has the number 9999999" in page.words
    page = olu.send(olu.look("hub/people"), "invite", email=HEAD, role="school", estab=THORNFIELD)
    assert f"{HEAD}: decides for a school: Thornfield Academy (9994001)" in page.words
    page = olu.send(olu.look("hub/people"), "take")
    assert "Nobody would run this hub any more" in page.words
    account(small_hub, HEAD, "operator")
    assert olu.send(olu.look("hub/people"), "take").answer.status == 404
    assert [h.account.email for h in small_hub.desk.roles.held()] == [HEAD]


def test_what_failed_for_good_is_run_again(small_hub: Hub) -> None:
    queue = Queue(small_hub.store, lambda: small_hub.now)
    queue.add("webhook", {"app": asking_app(small_hub)[0].id})
    job = queue.take(["webhook"])
    assert job is not None
    queue.fail(job, "the receiver answered 500", final=True)
    olu = signed_in(small_hub, OPERATOR, "operator")
    page = olu.look("hub/jobs")
    assert "1 failed for good, 0 wait, 0 run." in page.words
    assert f"webhook {PARTY} dead" in page.words
    page = olu.send(page, "again")
    assert "0 failed for good, 1 wait, 0 run." in page.words
    assert f"{OPERATOR} ran jobs again" in olu.look("hub/history").words


def test_the_operator_sees_how_sources_do(small_hub: Hub) -> None:
    district, _, _ = small_hub.desk.schools.find(THORNFIELD)
    with small_hub.store.of_district(district) as kept:
        kept.feeds.put(Feed(district, "sis", "oneroster-csv", {}, 1, (), 0.02, PAUSED, "30", "2026-11-01"))
    page = signed_in(small_hub, OPERATOR, "operator").look("hub/sources").words
    assert re.search(
        r"sis \S.*? oneroster-csv paused not read yet Never .* kept by the hub above what the source says 0 0", page
    )


def test_the_operator_finds_who_saw_what_about_somebody_and_that_is_written_down(small_hub: Hub) -> None:
    token = small_hub.token(["StudentLite"], app=PARTY)
    child = small_hub.school("Students?pagesize=1&select=Id,Surname", token)["Students"][0]["Id"]
    olu = signed_in(small_hub, OPERATOR, "operator")
    asked = f"hub/disclosures?estab={THORNFIELD}&kind=Student&mis_id={child}"
    assert f"{PARTY} xporter" in olu.look(asked).words
    assert f"{OPERATOR} console" in olu.look(asked).words
    assert "is not the hub id of anybody" in olu.look("hub/disclosures?person=nobody").words


def test_the_hubs_pages_look_to_others_as_if_they_were_not_there(small_hub: Hub) -> None:
    head = signed_in(small_hub, HEAD, "school")
    nothing = head.look("hub/nothing").answer
    for page in (
        "hub",
        "hub/scopes",
        "hub/people",
        "hub/sources",
        "hub/jobs",
        "hub/disclosures",
        "hub/history",
        "hub/settings",
    ):
        answer = head.look(page).answer
        assert (answer.status, answer.body) == (404, nothing.body)
    proof = head.look("account").form("elsewhere")[1]
    for deed in ("people/invite", "people/take", "jobs/again"):
        assert head.post(f"/console/hub/{deed}", proof).answer.status == 404


def _never(_: Together, name: str) -> float | None:
    return None


def test_the_operator_sees_every_setting_with_its_source_and_no_secret_and_how_the_hub_does(
    small_hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("a-secret-of-the-provider")
    monkeypatch.setenv("ROLLBOOK_OIDC_CLIENT_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("ROLLBOOK_SMTP_URL", "smtp://olu:a-password@mail.example.org:587")
    monkeypatch.setenv("ROLLBOOK_WRITE_WAIT", "never")
    monkeypatch.setenv("ROLLBOOK_PROT", "9000")
    # Servers of other tests in this process may have had workers.
    monkeypatch.setattr(Together, "latest", _never)
    page = signed_in(small_hub, OPERATOR, "operator").look("hub/settings")
    assert f"ROLLBOOK_OIDC_CLIENT_SECRET set file {tmp_path / 'secret'}" in page.words
    assert "ROLLBOOK_SMTP_URL smtp://mail.example.org:587 environment" in page.words
    assert "ROLLBOOK_PORT 8000 default" in page.words
    assert "ROLLBOOK_WRITE_WAIT cannot be used environment" in page.words
    assert "ROLLBOOK_PROT: is no setting of Rollbook (did you mean ROLLBOOK_PORT?)" in page.words
    assert ("a-password" in page.html, "a-secret-of" in page.html) == (False, False)
    assert "Records can be read : yes" in page.words
    # A worker that never came round is told of.
    assert "Jobs are done : no worker has come round" in page.words
    assert f"Rollbook {__version__} " in page.words
    assert re.search(r"Records (SQLite|PostgreSQL) \d+\.", page.words)
