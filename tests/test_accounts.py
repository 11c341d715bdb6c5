"""Accounts: who somebody is, how they sign in, how often they may try, when their sessions end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.consent.accounts import TOKEN_SECONDS, Accounts, WrongPassword
from rollbook.consent.tries import WINDOW_SECONDS, Guessing, TooOften
from rollbook.errors import NotSignedIn
from rollbook.store.sqlite import Store

ADA = "ada@school.example"
PASSWORD = "correct horse"
HOME, ELSEWHERE = "192.0.2.1", "192.0.2.2"


class Clock:
    """A clock that tests turn."""

    now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until it is turned."""
    return Clock()


@pytest.fixture
def accounts(empty_folder: Path, tmp_path: Path, clock: Clock) -> Iterator[Accounts]:
    """The accounts of a hub without schools, and nothing else of that hub."""
    shutil.copytree(empty_folder, tmp_path / "hub")
    with Store(tmp_path / "hub") as store:
        yield Accounts(store, clock, store.watch.versions)


# ---- signing in


def test_an_account_needs_nothing_but_a_store_and_a_clock(accounts: Accounts) -> None:
    ada = accounts.add_user(" Ada@School.example ", "Ada", "Fenn")
    assert accounts.users() == [(ada, "Ada Fenn")]
    accounts.set_password(ada, PASSWORD)
    user, _ = accounts.admit(accounts.sign_in(ADA, PASSWORD, HOME))
    assert user == ada
    assert (ada.email, ada.number, ada.administrator) == (ADA, 1, False)


def test_a_session_lasts_a_year_from_its_last_use(accounts: Accounts, clock: Clock) -> None:
    token = accounts.new_token(accounts.add_user(ADA))
    clock.now += TOKEN_SECONDS - 1
    assert accounts.admit(token)[1] == clock.now + TOKEN_SECONDS
    clock.now += TOKEN_SECONDS
    with pytest.raises(NotSignedIn):
        accounts.admit(token)


def test_a_device_signs_in_once_somebody_has_approved_it(accounts: Accounts) -> None:
    ada, device = accounts.add_user(ADA), accounts.begin_device("a notebook")
    assert accounts.poll_device(device.code) == {"status": "authorization_pending"}
    assert accounts.answer_device(device.user_code, ada) == "a notebook"
    token = accounts.poll_device(device.code)["token"]
    assert accounts.admit(token)[0] == ada
    assert accounts.poll_device(device.code) == {"error": "already_used"}


# ---- how often they may try


def test_who_guesses_at_a_password_is_stopped_and_locks_nobody_out_elsewhere(accounts: Accounts) -> None:
    accounts.set_password(accounts.add_user(ADA), PASSWORD)
    for _ in range(5):
        with pytest.raises(WrongPassword):
            accounts.sign_in(ADA, "a guess", ELSEWHERE)
    with pytest.raises(TooOften):
        accounts.sign_in(ADA, PASSWORD, ELSEWHERE)
    assert accounts.sign_in(ADA, PASSWORD, HOME)


def test_right_passwords_are_not_counted(accounts: Accounts) -> None:
    accounts.set_password(accounts.add_user(ADA), PASSWORD)
    assert len({accounts.sign_in(ADA, PASSWORD, HOME) for _ in range(8)}) == 8


def wrong(guessing: Guessing, client: str, user: str, now: float = 0.0) -> None:
    """A try that stays counted, since nobody says that it was right."""
    guessing.begin(client, user, now)


def test_all_addresses_together_guess_a_hundred_times_at_one_user() -> None:
    guessing = Guessing()
    guessing.right(guessing.begin(HOME, ADA, 0.0), HOME, ADA, 0.0)
    for number in range(100):
        wrong(guessing, f"198.51.100.{number}", ADA)
    with pytest.raises(TooOften):
        wrong(guessing, ELSEWHERE, ADA)
    # From where they signed in before, the user still gets in, however many guess elsewhere.
    wrong(guessing, HOME, ADA)
    wrong(guessing, ELSEWHERE, ADA, WINDOW_SECONDS + 1.0)
