"""The authenticator apps of people who sign in, and the codes that let them in without."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .statements import Statements


class Authenticator(NamedTuple):
    """An app that makes codes: its secret, sealed; whether its owner has shown a code; the last step that was used."""

    sealed: str
    confirmed: bool
    used: int


class Authenticators(Statements):
    """The authenticator apps of accounts (hub ids), and recovery codes as digests."""

    admits = False

    def of(self, account: str) -> Authenticator | None:
        """The authenticator app of an account, whether or not it is confirmed."""
        row = self._row("SELECT sealed, confirmed, used FROM authenticator WHERE account = ?", (account,))
        return Authenticator(row[0], bool(row[1]), row[2]) if row else None

    def begin(self, account: str, sealed: str) -> None:
        """Keep the secret of an app that is still to be confirmed; one that is confirmed stays."""
        self._do(
            "INSERT INTO authenticator (account, sealed, confirmed, used) VALUES (?, ?, 0, 0)"
            " ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed WHERE authenticator.confirmed = 0",
            (account, sealed),
        )

    def use(self, account: str, step: int) -> bool:
        """Note that a code of a step was used; false where one of it, or of a later one, was before."""
        return self._do(
            "UPDATE authenticator SET used = ?, confirmed = 1 WHERE account = ? AND used < ? RETURNING 1",
            (step, account, step),
        )

    def recover_with(self, account: str, digests: Iterable[bytes]) -> None:
        """Keep these recovery codes, instead of those before."""
        self._do("DELETE FROM recovery_code WHERE account = ?", (account,))
        self._each("INSERT INTO recovery_code (account, hash) VALUES (?, ?)", [(account, one) for one in digests])

    def recover(self, account: str, digest: bytes) -> bool:
        """Use up a recovery code; false where there is none such."""
        return self._do(
            "DELETE FROM recovery_code WHERE account = ? AND hash = ? RETURNING 1",
            (account, digest),
        )

    def left(self, account: str) -> int:
        """How many recovery codes are left."""
        return int(self._value("SELECT count(*) FROM recovery_code WHERE account = ?", (account,)))

    def drop(self, account: str) -> None:
        """Let an account be without an authenticator app."""
        self._do("DELETE FROM authenticator WHERE account = ?", (account,))
        self._do("DELETE FROM recovery_code WHERE account = ?", (account,))
