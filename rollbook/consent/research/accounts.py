"""Researchers and how they sign in: tokens that last a year from their last use, passwords, devices."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from ...errors import Conflict, Malformed, NotFound, NotSignedIn, Problem, Refused, nearest
from ...model.research import HUB, ResearchUser
from ...recent import Recent
from ...store.sqlite import Store
from ..secrets import digest
from .standing import Researcher

DAY = 24 * 3600
TOKEN_SECONDS = 365 * DAY
"""The life of a token after its last use: a year, as BrainSTEM's personal access tokens."""

DEVICE_SECONDS, DEVICE_INTERVAL, DEVICES = 900, 5, 1000
"""How long a device may wait, how often it may ask, in seconds, and how many may wait at a time."""

TOKENS = 50
"""The most tokens of one user; the one that expires first makes room."""

# RFC 7914, section 2; these cost about a twentieth of a second and 16 MB, and `Tries` bounds how often.
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}

SHORTEST = 10
"""The least letters of a password."""

# Letters that are neither vowels nor easily mistaken for others.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


class WrongPassword(Refused):
    """Unable to log in with provided credentials."""


class TooOften(Refused):
    """Too many attempts. Wait, then try again."""


@dataclass(frozen=True)
class Device:
    """A device that waits for somebody to approve it: what it polls with, and what its user is to say."""

    code: str
    user_code: str


class Tries:
    """Bounds how often something may fail within some seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self._failed: deque[float] = deque()
        self._lock = threading.Lock()

    def begin(self, now: float) -> None:
        """Count a try as failed until it succeeds, so that many at once are no way round; raises `TooOften`."""
        with self._lock:
            while self._failed and self._failed[0] <= now - self.seconds:
                self._failed.popleft()
            if len(self._failed) >= self.most:
                raise TooOften
            self._failed.append(now)

    def succeed(self, now: float) -> None:
        """A try that began at a moment was right, or is refused for another reason."""
        with self._lock, suppress(ValueError):
            self._failed.remove(now)


class Guessing:
    """Bounds how often passwords may be wrong: they are chosen by people, so guesses must be slow.

    An address on the network guesses at one user's password five times, and thirty times a minute at all users'. What
    it does locks nobody out elsewhere. All addresses together guess at one user's a hundred times, but for those from
    which the user has signed in before: theirs is a bound of their own.
    """

    def __init__(self) -> None:
        self._pairs: Recent[Tries] = Recent(10_000)
        self._clients: Recent[Tries] = Recent(10_000)
        self._users: Recent[Tries] = Recent(10_000)
        self._familiar: Recent[tuple[str, str]] = Recent(10_000)

    def begin(self, client: str, user: str, now: float) -> list[Tries]:
        """Count a try; raises `TooOften`."""
        pair = client, user
        bounds = [
            self._pairs.get(pair, lambda: Tries(5, DEVICE_SECONDS)),
            self._clients.get(client, lambda: Tries(30, 60)),
        ]
        if pair not in self._familiar:
            bounds.append(self._users.get(user, lambda: Tries(100, DEVICE_SECONDS)))
        begun: list[Tries] = []
        for bound in bounds:
            try:
                bound.begin(now)
            except TooOften:
                self._end(begun, now)
                raise
            begun.append(bound)
        return begun

    def right(self, begun: list[Tries], client: str, user: str, now: float) -> None:
        """The password was right."""
        self._end(begun, now)
        self._familiar.get((client, user), lambda: (client, user))

    def _end(self, begun: list[Tries], now: float) -> None:
        for bound in begun:
            bound.succeed(now)


class Accounts:
    """Users, their passwords and tokens."""

    def __init__(self, store: Store, clock: Callable[[], float], fresh: Callable[[], object]) -> None:
        self.store = store
        self.clock = clock
        self.fresh = fresh
        self._admitted: tuple[object, dict[bytes, tuple[Researcher, float]]] = None, {}
        self._guessing = Guessing()

    # ---- users

    def users(self) -> list[tuple[Researcher, str]]:
        """Everybody with their full name, in the order in which they came."""
        rows = self.store.records.execute(
            "SELECT id, number, email, administrator, concat_ws(' ', first_name, last_name) FROM research_user"
            f" WHERE district = {HUB} ORDER BY number"
        )
        return [(Researcher(i, number, email, bool(admin)), name) for i, number, email, admin, name in rows]

    def user(self, email: str) -> Researcher:
        """The user with this e-mail address."""
        found = self._find("email", email.strip().lower())
        if found is None:
            known = [u.email for u, _ in self.users()]
            raise NotFound(Problem("user", f"{email} is not known", nearest(email, known)))
        return found

    def _find(self, by: str, value: str) -> Researcher | None:
        row = self.store.records.execute(
            f'SELECT id, number, email, administrator FROM research_user WHERE district = {HUB} AND "{by}" = ?',
            (value,),
        ).fetchone()
        return Researcher(row[0], row[1], row[2], bool(row[3])) if row else None

    def add_user(
        self, email: str, first_name: str = "", last_name: str = "", *, administrator: bool = False
    ) -> Researcher:
        """A new user."""
        address = known_email(email)
        with self.store.write(HUB) as batch:
            if self._find("email", address) is not None:
                raise Conflict(Problem("email", f"{address} already belongs to a user"))
            number = batch.number("research_user")
            values = {
                "email": address,
                "number": number,
                "first_name": first_name,
                "last_name": last_name,
                "administrator": int(administrator),
            }
            identity = batch.add(ResearchUser, [values])[0]
        return Researcher(identity, number, address, administrator)

    def set_administrator(self, user: Researcher, administrator: bool) -> None:
        """Let a user keep the shared lists and reach every project, or no longer."""
        with self.store.write(HUB) as batch:
            batch.change(ResearchUser, user.id, {"administrator": int(administrator)})

    # ---- tokens

    def new_token(self, user: Researcher, name: str = "") -> str:
        """A token of a user, shown once and kept only as a hash."""
        token = base64.urlsafe_b64encode(os.urandom(30)).decode()
        now = self.clock()
        with self.store.passing as db:
            db.execute("DELETE FROM research_token WHERE expires <= ?", (now,))
            db.execute(
                'DELETE FROM research_token WHERE hash IN (SELECT hash FROM research_token WHERE "user" = ?'
                " ORDER BY expires DESC LIMIT -1 OFFSET ?)",
                (user.id, TOKENS - 1),
            )
            db.execute(
                "INSERT INTO research_token VALUES (?, ?, ?, ?, ?)",
                (digest(token), user.id, name, now, now + TOKEN_SECONDS),
            )
        return token

    def drop_tokens(self, user: Researcher) -> int:
        """End every token of a user; gives how many there were."""
        with self.store.passing as db:
            gone = db.execute('DELETE FROM research_token WHERE "user" = ? RETURNING 1', (user.id,)).fetchall()
        return len(gone)

    def admit(self, token: str) -> tuple[Researcher, float]:
        """Whose token it is, and the moment when it expires."""
        state, (then, admitted) = self.fresh(), self._admitted
        if state != then:
            admitted = dict[bytes, tuple[Researcher, float]]()
            self._admitted = state, admitted
        hashed = digest(token)
        user, expires = admitted.get(hashed) or self._look_up(hashed)
        now = self.clock()
        if expires <= now:
            raise NotSignedIn("Token has expired.", hint="make a new one")
        if expires < now + TOKEN_SECONDS - DAY:
            expires = now + TOKEN_SECONDS
            with self.store.passing as db:
                db.execute("UPDATE research_token SET expires = ? WHERE hash = ?", (expires, hashed))
        admitted[hashed] = user, expires
        return user, expires

    def _look_up(self, hashed: bytes) -> tuple[Researcher, float]:
        row = self.store.passing.execute(
            'SELECT "user", expires FROM research_token WHERE hash = ?', (hashed,)
        ).fetchone()
        user = self._find("id", row[0]) if row else None
        if row is None or user is None:
            raise NotSignedIn("Invalid token.", hint="make a new one with `rollbook research token`")
        return user, row[1]

    # ---- passwords

    def set_password(self, user: Researcher, password: str) -> None:
        """Give a user a password, or another one; it is kept only as a salted hash."""
        if len(password) < SHORTEST:
            raise Malformed(Problem("password", "is too short", f"use {SHORTEST} characters or more"))
        salt = os.urandom(16)
        with self.store.transaction() as db:
            db.execute(
                'INSERT INTO research_password VALUES (?, ?, ?) ON CONFLICT ("user") DO UPDATE SET'
                " salt = excluded.salt, hash = excluded.hash",
                (user.id, salt, _slow_hash(password, salt)),
            )

    def sign_in(self, username: str, password: str, client: str = "") -> str:
        """A token for an e-mail address and a password; `client` is the address on the network that they come from."""
        now, address = self.clock(), username.strip().lower()
        begun = self._guessing.begin(client, address[:200], now)
        user = self._find("email", address)
        row = self.store.records.execute(
            'SELECT salt, hash FROM research_password WHERE "user" = ?', (user.id if user else "",)
        ).fetchone()
        # An unknown user takes as long as a wrong password.
        salt, expected = row or (bytes(16), b"")
        right = hmac.compare_digest(_slow_hash(password, salt), expected)
        if user is None or not right:
            raise WrongPassword
        self._guessing.right(begun, client, address[:200], now)
        return self.new_token(user, "password")

    # ---- devices (after RFC 8628)

    def begin_device(self, client: str) -> Device:
        """A device that wants to act for somebody."""
        code = secrets.token_urlsafe(32)
        user_code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))
        with self.store.passing as db:
            db.execute("DELETE FROM research_device WHERE expires <= ?", (self.clock(),))
            if int(db.execute("SELECT count(*) FROM research_device").get) >= DEVICES:
                raise TooOften("too many devices are waiting", hint=f"try again in {DEVICE_SECONDS // 60} minutes")
            db.execute(
                "INSERT INTO research_device VALUES (?, ?, ?, 'pending', NULL, ?)",
                (digest(code), user_code, client[:100], self.clock() + DEVICE_SECONDS),
            )
        return Device(code, user_code)

    def answer_device(self, user_code: str, user: Researcher | None) -> str:
        """Let the device with this code act for a user, or for nobody; gives what it calls itself."""
        state = "approved" if user else "denied"
        with self.store.passing as db:
            row = db.execute(
                "UPDATE research_device SET state = ?, \"user\" = ? WHERE user_code = ? AND state = 'pending'"
                " AND expires > ? RETURNING client",
                (state, user.id if user else None, user_code.strip().upper(), self.clock()),
            ).fetchone()
        if row is None:
            raise NotFound(
                Problem(
                    "code", f"no device with the code {user_code} is waiting", "it may have expired: request another"
                )
            )
        return row[0]

    def poll_device(self, code: str) -> dict[str, str]:
        """What a device is told: to wait, its token, or why there is none."""
        hashed = digest(code)
        with self.store.passing as db:
            row = db.execute(
                'SELECT state, "user", client, expires FROM research_device WHERE hash = ?', (hashed,)
            ).fetchone()
            if row is None or row[3] <= self.clock():
                return {"error": "expired_token"}
            state, user, client, _ = row
            if state == "approved":
                db.execute("UPDATE research_device SET state = 'used' WHERE hash = ?", (hashed,))
        if state == "pending":
            return {"status": "authorization_pending"}
        found = self._find("id", user) if state == "approved" else None
        if found is None:
            return {"error": "already_used" if state == "used" else "access_denied"}
        return {"status": "success", "token": self.new_token(found, client)}


def known_email(email: str) -> str:
    """An e-mail address as it is kept; raises `Malformed` for what is none."""
    address = email.strip().lower()
    if not re.fullmatch(r"[^\s@]{1,64}@[^\s@]{1,180}", address):
        raise Malformed(Problem("email", "Enter a valid email address."))
    return address


def _slow_hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, **_SCRYPT)
