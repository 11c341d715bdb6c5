"""Accounts: who somebody is, how they sign in (with a password or a device), and when their sessions end."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from ..errors import Conflict, Malformed, NotFound, NotSignedIn, Occupied, Problem, Refused, nearest
from ..model.research import HUB, ResearchUser
from ..recent import Recent
from ..store.kept import Kept
from ..store.kept.accounts import Account as Account
from ..store.port import Store
from ..store.writing import Batch, Row
from .addresses import sends_mail
from .authenticators import Authenticators
from .passwords import is_dated, is_right, kept_as
from .secrets import digest, new_token
from .tries import REMEMBERED, WINDOW_SECONDS, Guessing, TooOften, Tries

DAY = 24 * 3600
TOKEN_SECONDS = 365 * DAY
"""The life of a token after its last use: a year, as BrainSTEM's personal access tokens."""

DEVICE_SECONDS, DEVICE_INTERVAL, DEVICES = 900, 5, 1000
"""How long a device may wait, how often it may ask, in seconds, and how many may wait at a time."""

CODE_TRIES = 10
"""How many codes of devices may be wrong that an address on the network enters within a quarter of an hour."""

TOKENS = 50
"""The most tokens of one user; the one that expires first makes room."""

SHORTEST = 10
"""The least letters of a password."""

# Letters that are neither vowels nor easily mistaken for others.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


class WrongPassword(Refused):
    """Unable to log in with provided credentials."""


class CodeWanted(WrongPassword):
    """This account also needs the code of its authenticator app. Sign in with a browser, or on a device's page."""

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account


@dataclass(frozen=True)
class Device:
    """A device that waits for somebody to approve it: what it polls with, and what its user is to say."""

    code: str
    user_code: str


class Accounts:
    """The accounts of a hub."""

    def __init__(self, store: Store, clock: Callable[[], float], fresh: Callable[[], object]) -> None:
        """`fresh` returns the state of the hub: what was looked up in an earlier state is forgotten."""
        self._store = store
        self._clock = clock
        self._fresh = fresh
        self._admitted: tuple[object, dict[bytes, tuple[Account, float]]] = None, {}
        self._guessing = Guessing()
        self.authenticators = Authenticators(store, clock)
        self._codes: Recent[Tries] = Recent(REMEMBERED)

    # ---- who there is

    def users(self) -> list[tuple[Account, str]]:
        """Everybody with their full name, in the order in which they came."""
        return self._store.kept.accounts.every()

    def user(self, email: str) -> Account:
        """The user with this e-mail address."""
        found = self._store.kept.accounts.by_email(email.strip().lower())
        if found is None:
            known = [u.email for u, _ in self.users()]
            raise NotFound(Problem("user", f"{email} is not known", nearest(email, known)))
        return found

    def by_id(self, identity: str) -> Account | None:
        """The user with this hub id."""
        return self._store.kept.accounts.by_id(identity)

    def add_user(
        self, email: str, first_name: str = "", last_name: str = "", *, administrator: bool = False
    ) -> Account:
        """A new user."""
        address = known_email(email)
        with self._store.write(HUB) as batch:
            if batch.kept.accounts.by_email(address) is not None:
                raise Conflict(Problem("email", f"{address} already belongs to a user"))
            facts = {"first_name": first_name, "last_name": last_name}
            return open_account(batch, address, facts, administrator=administrator)

    def set_administrator(self, user: Account, administrator: bool) -> None:
        """Let a user maintain what all accounts share, or no longer."""
        with self._store.write(HUB) as batch:
            batch.change(ResearchUser, user.id, {"administrator": int(administrator)})

    # ---- sessions

    def new_token(self, user: Account, name: str = "") -> str:
        """A token of a user, shown once and kept only as a hash."""
        token = new_token(30)
        now = self._clock()
        with self._store.passing as passing:
            passing.sessions.begin(digest(token), user.id, name, now, now + TOKEN_SECONDS, TOKENS)
        return token

    def drop_tokens(self, user: Account) -> int:
        """Revoke every token of a user; returns how many there were."""
        with self._store.passing as passing:
            return passing.sessions.end_all(user.id)

    def admit(self, token: str) -> tuple[Account, float]:
        """Whose token it is, and the moment when it expires."""
        state, (then, admitted) = self._fresh(), self._admitted
        if state != then:
            admitted = dict[bytes, tuple[Account, float]]()
            self._admitted = state, admitted
        hashed = digest(token)
        user, expires = admitted.get(hashed) or self._look_up(hashed)
        now = self._clock()
        if expires <= now:
            raise NotSignedIn("Token has expired.", hint="make a new one")
        if expires < now + TOKEN_SECONDS - DAY:
            expires = now + TOKEN_SECONDS
            with self._store.passing as passing:
                passing.sessions.prolong(hashed, expires)
        admitted[hashed] = user, expires
        return user, expires

    def _look_up(self, hashed: bytes) -> tuple[Account, float]:
        session = self._store.passing.sessions.of(hashed)
        user = self._store.kept.accounts.by_id(session[0]) if session else None
        if session is None or user is None:
            raise NotSignedIn("Invalid token.", hint="make a new one with `rollbook research token`")
        return user, session[1]

    # ---- passwords

    def has_password(self, user: Account) -> bool:
        """Whether a user can sign in with a password."""
        return self._store.kept.accounts.password(user.id) is not None

    def set_password(self, user: Account, password: str) -> None:
        """Give a user a password, or another one; it is kept only as a salted hash."""
        keep = chosen_password(password)
        with self._store.of_district(HUB) as kept:
            keep(kept, user)

    def change_password(self, user: Account, password: str) -> None:
        """The same by the user's own choice: it is written down, and they are told by e-mail."""
        keep = chosen_password(password)
        with self._store.transaction() as kept:
            keep(kept, user)
            tell_of_password(kept, user)

    def sign_in(self, username: str, password: str, client: str = "") -> str:
        """A token for an e-mail address and a password; `client` is the address on the network that they come from."""
        return self.new_token(self.recognise(username, password, client), "password")

    def recognise(self, username: str, password: str, client: str = "", code: str = "") -> Account:
        """Whose e-mail address and password these are; raises `WrongPassword` or, after too many, `TooOften`.

        Of an account with an authenticator app the code is asked for too: without one it raises `CodeWanted`, with a
        wrong one `WrongCode`.
        """
        now, address = self._clock(), username.strip().lower()
        begun = self._guessing.begin(client, address[:200], now)
        user = _user_of(self._store.kept, address, password)
        if user is None:
            raise WrongPassword
        self._guessing.right(begun, client, address[:200], now)
        self._freshen(user, password)
        if self.authenticators.guards(user):
            if not code:
                raise CodeWanted(user)
            self.authenticators.check(user, code)
        return user

    def _freshen(self, user: Account, password: str) -> None:
        """Keep a password as passwords are kept now, where it was kept otherwise."""
        found = self._store.kept.accounts.password(user.id)
        if found is not None and is_dated(*found):
            # Whoever signs in does not wait for an import; there is another time.
            with suppress(Occupied), self._store.of_district(HUB) as kept:
                kept.accounts.set_password(user.id, *kept_as(password))

    # ---- devices (after RFC 8628)

    def begin_device(self, client: str) -> Device:
        """A device that wants to act for somebody."""
        code = secrets.token_urlsafe(32)
        user_code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))
        now = self._clock()
        with self._store.passing as passing:
            passing.devices.drop_expired(now)
            if passing.devices.count() >= DEVICES:
                raise TooOften("too many devices are waiting", hint=f"try again in {DEVICE_SECONDS // 60} minutes")
            passing.devices.add(digest(code), user_code, client[:100], now + DEVICE_SECONDS)
        return Device(code, user_code)

    def waiting_device(self, user_code: str, client: str) -> tuple[str, str]:
        """The code of a device that waits, as it shows it, and what it calls itself.

        `client` is the address on the network of whoever entered the code, which may be wrong a few times only.
        """
        code, now = _shown_code(user_code), self._clock()
        tries = self._codes.get(client, lambda: Tries(CODE_TRIES, WINDOW_SECONDS))
        tries.begin(now)
        found = self._store.passing.devices.waiting(code, now)
        if found is None:
            raise _no_device(user_code[:40])
        tries.succeed(now)
        return code, found

    def answer_device(self, user_code: str, user: Account | None) -> str:
        """Let the device with this code act for a user, or for nobody; returns what it calls itself."""
        with self._store.passing as passing:
            client = passing.devices.answer(_shown_code(user_code), user.id if user else None, self._clock())
        if client is None:
            raise _no_device(user_code)
        return client

    def poll_device(self, code: str) -> dict[str, str]:
        """The answer to a device that polls: to wait, its token, or why there is none."""
        hashed = digest(code)
        with self._store.passing as passing:
            asked = passing.devices.get(hashed)
            if asked is None or asked.expires <= self._clock():
                return {"error": "expired_token"}
            if asked.state == "approved" and not passing.devices.use(hashed):
                return {"error": "already_used"}
        if asked.state == "pending":
            return {"status": "authorization_pending"}
        user = self._store.kept.accounts.by_id(asked.account) if asked.state == "approved" and asked.account else None
        if user is None:
            return {"error": "already_used" if asked.state == "used" else "access_denied"}
        return {"status": "success", "token": self.new_token(user, asked.client)}


def known_email(email: str) -> str:
    """An e-mail address as it is kept; raises `Malformed` for what is none."""
    address = email.strip().lower()
    if not re.fullmatch(r"[^\s@]{1,64}@[^\s@]{1,180}", address):
        raise Malformed(Problem("email", "Enter a valid email address."))
    return address


def open_account(batch: Batch, address: str, facts: Row, *, administrator: bool = False) -> Account:
    """Make an account for an address that has none yet; `facts` are what else is known of the person."""
    number = batch.number("research_user")
    row = {**facts, "email": address, "number": number, "administrator": int(administrator)}
    return Account(batch.add(ResearchUser, [row])[0], number, address, administrator)


def chosen_password(password: str) -> Callable[[Kept, Account], None]:
    """What keeps a password for an account, reckoned before anything is written; raises `Malformed`."""
    if len(password) < SHORTEST:
        raise Malformed(Problem("password", "is too short", f"use {SHORTEST} characters or more"))
    salt, hashed = kept_as(password)
    return lambda kept, user: kept.accounts.set_password(user.id, salt, hashed)


def tell_of_password(kept: Kept, user: Account) -> None:
    """Write down that somebody chose another password, and promise that they are told, should it not have been them."""
    kept.decisions.add(user.email, "chose another password")
    if sends_mail(kept):
        kept.outbox.promise("mail", {"letter": "password", "account": user.id})


def close_account(batch: Batch, identity: str) -> None:
    """Remove an account with its password and all that is part of it; its sessions are void from then on."""
    batch.remove(ResearchUser, identity)
    batch.kept.accounts.drop_password(identity)
    batch.kept.authenticators.drop(identity)
    batch.kept.identities.drop(identity)
    batch.kept.roles.drop(identity)


def _shown_code(entered: str) -> str:
    """A code as devices show it, however somebody types it."""
    letters = re.sub(r"[^A-Z]", "", entered.upper())
    return f"{letters[:4]}-{letters[4:]}"


def _no_device(code: str) -> NotFound:
    waits = f"no device with the code {code} is waiting"
    return NotFound(Problem("code", waits, "it may have expired: request another"))


def _user_of(kept: Kept, address: str, password: str) -> Account | None:
    """Whose e-mail address and password these are."""
    user = kept.accounts.by_email(address)
    found = kept.accounts.password(user.id) if user else None
    # An unknown user takes as long as a wrong password.
    return user if is_right(password, found) else None
