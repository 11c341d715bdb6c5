"""Secrets that work for a while beside those that take their place, and schools that are reminded: by command."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from rollbook.cli import main
from rollbook.consent.credentials import WrongClient
from rollbook.consent.tokens import WrongSecret

from .hub import THORNFIELD, Hub
from .school import PARTY, asking_app

DAY = 24 * 3600


def said(hub: Hub, *arguments: str) -> str:
    """What a command says."""
    answer = CliRunner(env=hub.environment).invoke(main, list(arguments))
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.fixture
def today(small_hub: Hub) -> Hub:
    """A hub whose clock is that of the commands."""
    small_hub.now = time.time()
    asking_app(small_hub)
    return small_hub


def day(days: int) -> str:
    """A day (UTC) so many days from today."""
    return (datetime.now(UTC).date() + timedelta(days)).isoformat()


def test_a_management_secret_of_before_works_until_the_end_of_the_day_that_is_named(today: Hub) -> None:
    first = said(today, "apps", "secret", PARTY).split()[1]
    second = said(today, "apps", "secret", PARTY, "--until", day(2)).split()[1]
    for secret in (first, second):
        assert today.desk.tokens.sign_in(PARTY, secret)[0]
    today.now += 3 * DAY
    with pytest.raises(WrongSecret):
        today.desk.tokens.sign_in(PARTY, first)
    assert today.desk.tokens.sign_in(PARTY, second)[0]
    # Without a day the one before ends at once.
    said(today, "apps", "secret", PARTY)
    with pytest.raises(WrongSecret):
        today.desk.tokens.sign_in(PARTY, second)


def test_a_key_gets_another_secret_and_the_one_before_works_until_the_day_that_is_named(today: Hub) -> None:
    key, first = today.desk.credentials.add(today.app(PARTY), "edfi")
    exchange = today.desk.tickets.exchange
    second = said(today, "apps", "rotate-key", key.key, "--until", day(1)).split()[1]
    assert exchange("edfi", key.key, first, 60)[0]
    assert exchange("edfi", key.key, second, 60)[0]
    today.now += 2 * DAY
    with pytest.raises(WrongClient):
        exchange("edfi", key.key, first, 60)
    third = said(today, "apps", "rotate-key", key.key).split()[1]
    with pytest.raises(WrongClient):
        exchange("edfi", key.key, second, 60)
    assert exchange("edfi", key.key, third, 60)[0]


def test_a_school_secret_of_before_works_beside_the_new_one_until_the_day_that_is_named(today: Hub) -> None:
    grants, sign_in = today.desk.grants, today.desk.tokens.sign_in
    grant, first = grants.authorise(today.app(PARTY), THORNFIELD, ["School"])
    token = sign_in(PARTY, first, THORNFIELD)[0]
    second = said(today, "apps", "school-secret", PARTY, THORNFIELD, "--until", day(2)).split()[1]
    assert today.school("SchoolInfo", token)["SchoolInfo"]
    for secret in (first, second):
        assert today.school("SchoolInfo", sign_in(PARTY, secret, THORNFIELD)[0])["SchoolInfo"]
    # Whatever the app is told of the grant from now on has the new one.
    assert grants.secret(grant.id, grant.serial) == second
    today.now += 3 * DAY
    with pytest.raises(WrongSecret):
        sign_in(PARTY, first, THORNFIELD)
    third = said(today, "apps", "school-secret", PARTY, THORNFIELD).split()[1]
    with pytest.raises(WrongSecret):
        sign_in(PARTY, second, THORNFIELD)
    assert today.school("SchoolInfo", token)["ExceptionType"] == "InvalidToken"
    fourth = said(today, "apps", "school-secret", PARTY, THORNFIELD, "--until", day(9)).split()[1]
    again = grants.authorise(today.app(PARTY), THORNFIELD, ["School"])[1]
    for secret in (third, fourth):
        with pytest.raises(WrongSecret):
            sign_in(PARTY, secret, THORNFIELD)
    assert sign_in(PARTY, again, THORNFIELD)[0]
    grants.revoke(grants.at(grant.app, THORNFIELD))
    refused = CliRunner(env=today.environment).invoke(main, ["apps", "school-secret", PARTY, THORNFIELD])
    assert "the grant is revoked" in str(refused.exception)


def test_a_school_that_has_not_answered_is_reminded_by_another_link_and_not_too_soon(today: Hub) -> None:
    invitations, remind = today.desk.invitations, ["invites", "remind", PARTY, THORNFIELD]
    today.now -= 8 * DAY
    made = invitations.make(today.app(PARTY), THORNFIELD, mail=True)
    today.now += 8 * DAY
    assert said(today, *remind) == f"{PARTY} at {THORNFIELD}: reminded\n"
    again = invitations.at(made.app, THORNFIELD)
    assert (again.reminded, again.serial) == (1, made.serial + 1)
    refused = CliRunner(env=today.environment).invoke(main, remind)
    assert (refused.exit_code, "too soon" in str(refused.exception)) == (1, True)
