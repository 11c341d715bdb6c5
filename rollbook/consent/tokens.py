"""Tokens: how an app gets one for its secret, what it stands for, and when it stops."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import NotSignedIn, Refused
from ..store.kept.tokens import Token
from ..store.port import Store
from . import callers
from .grants import App, Grant
from .secrets import digest
from .slips import asked_by

TOKEN_SECONDS = 5 * 24 * 3600
"""The life of a token: five days, as the Xporter STS's recorded ones."""


@dataclass(frozen=True)
class ManagementPass:
    """What a management token stands for: an app, and no school's records."""

    app: App
    expires: float


@dataclass(frozen=True)
class SchoolPass:
    """What a school token stands for: a grant, until a moment (seconds since 1970)."""

    grant: Grant
    expires: float

    @property
    def app(self) -> App:
        """The app that the token was given to."""
        return self.grant.app


class Paused(Refused):
    """Authorisation is currently paused."""

    def __init__(self) -> None:
        # The document's own words (Authentication, Example AuthorisationPaused Response).
        super().__init__(
            "Authorisation is currently paused while the school finalises the selection of people "
            "they wish to include in this feed."
        )


class WrongSecret(Refused):
    """The app, the school or the secret is wrong."""

    def __init__(self) -> None:
        # The document's own words (Authentication, Example Failed Response).
        super().__init__("Relying Party not found for estab or secret not correct")


class Tokens:
    """The tokens of apps, for management or for a school's records."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float],
        passes: Callable[[], dict[bytes, SchoolPass | ManagementPass]],
    ) -> None:
        """`passes` gives what each token stands for, as far as that was looked up in the present state of the hub."""
        self._store = store
        self._clock = clock
        self._passes = passes

    def sign_in(self, relying_party: str, password: str, estab: str = "") -> tuple[str, float]:
        """A token and the moment when it expires: for a school's records, or, without `estab`, for management."""
        hashed = digest(password)
        app, grant, serial = self._secret_of(relying_party, hashed, estab)
        callers.signed_in(grant or app)
        with self._store.passing as passing:
            passing.tickets.note_use(hashed, self._clock())
        return self._token(app, grant, serial)

    def for_grant(self, grant: Grant) -> tuple[str, float]:
        """A token for a school's records, for an app that has shown its management token; raises as `sign_in` does."""
        if grant.state == "paused":
            raise Paused
        if grant.state == "revoked":
            raise WrongSecret
        return self._token(grant.app.id, grant.id, grant.serial)

    def _token(self, app: str, grant: str, serial: int) -> tuple[str, float]:
        token = base64.b64encode(os.urandom(48)).decode()
        expires = self._clock() + TOKEN_SECONDS
        with self._store.passing as passing:
            passing.tokens.add(digest(token), Token(app, grant, serial, expires), self._clock())
        return token, expires

    def _secret_of(self, relying_party: str, hashed: bytes, estab: str) -> tuple[str, str, int]:
        if not estab:
            app = self._store.kept.apps.with_secret(relying_party, hashed)
            if app is None:
                raise WrongSecret
            return app.id, "", 0
        grant = self._store.kept.grants.with_secret(relying_party, estab, hashed)
        if grant is None or grant.state == "revoked":
            raise WrongSecret
        if grant.state == "paused":
            raise Paused
        return grant.app.id, grant.id, grant.serial

    def admit(self, token: str) -> SchoolPass | ManagementPass:
        """What a token stands for now; a token dies with its grant."""
        hashed, passes = digest(token), self._passes()
        admitted = passes.get(hashed) or self._look_up(hashed)
        if isinstance(admitted, SchoolPass):
            asked_by(admitted.app.id, (admitted.grant.id,), school=admitted.grant.estab)
            callers.admitted(admitted.grant.id)
        else:
            asked_by(admitted.app.id, ())
            callers.admitted(admitted.app.id)
        if admitted.expires <= self._clock():
            raise NotSignedIn("the token has expired", hint="request a new one from the STS")
        passes[hashed] = admitted
        return admitted

    def _look_up(self, hashed: bytes) -> SchoolPass | ManagementPass:
        token = self._store.passing.tokens.with_digest(hashed)
        if token is None:
            raise NotSignedIn("the token is unknown", hint="request a new one from the STS")
        return self._school_pass(token) if token.grant else self._management_pass(token)

    def _management_pass(self, token: Token) -> ManagementPass:
        app = self._store.kept.apps.with_id(token.app)
        if app is None:
            raise NotSignedIn("the app of this token is gone")
        return ManagementPass(app, token.expires)

    def _school_pass(self, token: Token) -> SchoolPass:
        grant = self._store.kept.grants.with_id(token.grant)
        if grant is None or grant.state == "revoked":
            raise NotSignedIn("the school has revoked this authorisation")
        if grant.serial != token.serial:
            raise NotSignedIn(
                "the school has authorised the app again", hint="request a token with the new school secret"
            )
        if grant.state == "paused":
            raise Paused
        return SchoolPass(grant, token.expires)
