"""Authenticator apps: the second thing that somebody shows who signs in, and the codes that stand in for it."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable
from urllib.parse import quote

from pyotp import random_base32
from pyotp.totp import TOTP

from ..errors import Conflict, Refused
from ..recent import Recent
from ..store.kept.accounts import Account
from ..store.port import Store
from ..store.sealing import seal, unseal
from .secrets import digest
from .tries import REMEMBERED, WINDOW_SECONDS, Tries

STEP = 30
"""Seconds for which a code counts (RFC 6238); one more step on either side forgives clocks that differ."""

RECOVERY_CODES = 10

CODE_TRIES = 10
"""How many codes of one account may be wrong within a quarter of an hour: one in 30,000 guesses so few."""

# Letters and digits that nobody takes for others.
_LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"


class WrongCode(Refused):
    """This code is not right, or was used before. Wait for the next one."""


class Authenticators:
    """The authenticator apps of a hub's accounts."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._tries: Recent[Tries] = Recent(REMEMBERED)

    def guards(self, account: Account) -> bool:
        """Whether a code is asked for when somebody signs in to an account."""
        found = self._store.kept.authenticators.of(account.id)
        return found is not None and found.confirmed

    def begin(self, account: Account) -> str:
        """The address (`otpauth://`) that an app is given, of a secret that counts once a code of it was shown."""
        found = self._store.kept.authenticators.of(account.id)
        if found is not None and found.confirmed:
            raise Conflict("an authenticator app is set up already", hint="remove it first")
        secret = self._secret(account, found.sealed) if found else random_base32()
        if found is None:
            with self._store.transaction() as kept:
                kept.authenticators.begin(account.id, seal(self._key, account.id, secret))
        label = f"Rollbook:{quote(account.email)}"
        return f"otpauth://totp/{label}?secret={secret}&issuer=Rollbook"

    def confirm(self, account: Account, code: str) -> list[str]:
        """Ask for codes from now on, since a right one was shown; gives the recovery codes, which are shown once."""
        self._check_step(account, code)
        return self.recovery_codes(account)

    def recovery_codes(self, account: Account) -> list[str]:
        """Other recovery codes, in place of those before."""
        made = ["-".join(_letters(5) for _ in range(2)) for _ in range(RECOVERY_CODES)]
        with self._store.transaction() as kept:
            kept.authenticators.recover_with(account.id, [digest(_plain(one)) for one in made])
            kept.decisions.add(account.email, "set up an authenticator app")
        return made

    def left(self, account: Account) -> int:
        """How many recovery codes are left."""
        return self._store.kept.authenticators.left(account.id)

    def check(self, account: Account, code: str) -> None:
        """Take a code of the app, or a recovery code; raises `WrongCode` or, after too many, `TooOften`."""
        tries, now = self._tries.get(account.id, lambda: Tries(CODE_TRIES, WINDOW_SECONDS)), self._clock()
        tries.begin(now)
        if re.fullmatch(r"[\d\s]+", code):
            self._check_step(account, code)
        else:
            with self._store.transaction() as kept:
                if not kept.authenticators.recover(account.id, digest(_plain(code))):
                    raise WrongCode
        tries.succeed(now)

    def drop(self, account: Account, by: str) -> None:
        """Ask for no codes any more; `by` is who decided that."""
        with self._store.transaction() as kept:
            kept.authenticators.drop(account.id)
            kept.decisions.add(by, "removed an authenticator app", about=account.email)

    def _check_step(self, account: Account, code: str) -> None:
        found, given = self._store.kept.authenticators.of(account.id), re.sub(r"\s", "", code)
        if found is None:
            raise WrongCode
        made, step = TOTP(self._secret(account, found.sealed)), int(self._clock()) // STEP
        for one in (step, step - 1, step + 1):
            if hmac.compare_digest(made.generate_otp(one).encode(), given.encode()):
                # RFC 6238 §5.2: a code that was taken is not taken again.
                with self._store.transaction() as kept:
                    if kept.authenticators.use(account.id, one):
                        return
        raise WrongCode

    @property
    def _key(self) -> bytes:
        return self._store.secret("authenticator")

    def _secret(self, account: Account, sealed: str) -> str:
        return unseal(self._key, account.id, sealed)


def _letters(number: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(number))


def _plain(code: str) -> str:
    """A recovery code however somebody types it."""
    return re.sub(r"[^A-Z0-9]", "", code.upper())
