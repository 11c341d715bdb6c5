"""Devices that ask to act on somebody's behalf; times are seconds since 1970."""

from __future__ import annotations

from typing import NamedTuple

from .statements import Statements


class DeviceRequest(NamedTuple):
    """What a device asked for, and what became of it."""

    state: str
    """`pending`, `approved`, `denied`, or `used` once the device has its token."""
    account: str | None
    """The hub id of whoever it may act for."""
    client: str
    """What the device calls itself."""
    expires: float


class Devices(Statements):
    """Devices that ask to act on somebody's behalf, each under the digest of the code with which it polls."""

    # Researchers were the first to have accounts: the table is still named for them.

    def drop_expired(self, now: float) -> None:
        """Forget the devices whose time is up."""
        self._do("DELETE FROM research_device WHERE expires <= ?", (now,))

    def count(self) -> int:
        """How many devices there are."""
        return int(self._value("SELECT count(*) FROM research_device"))

    def add(self, digest: bytes, user_code: str, client: str, expires: float) -> None:
        """Let a device wait for an answer."""
        self._do(
            "INSERT INTO research_device (hash, user_code, client, state, expires) VALUES (?, ?, ?, 'pending', ?)",
            (digest, user_code, client, expires),
        )

    def waiting(self, user_code: str, now: float) -> str | None:
        """What the device that shows this code and waits for an answer calls itself; None where there is none."""
        return self._value(
            "SELECT client FROM research_device WHERE user_code = ? AND state = 'pending' AND expires > ?",
            (user_code, now),
        )

    def answer(self, user_code: str, account: str | None, now: float) -> str | None:
        """Let the device that shows this code act for an account, or for nobody; returns what it calls itself.

        Returns None where no device with this code waits for an answer.
        """
        return self._value(
            "UPDATE research_device SET state = ?, \"user\" = ? WHERE user_code = ? AND state = 'pending'"
            " AND expires > ? RETURNING client",
            ("denied" if account is None else "approved", account, user_code, now),
        )

    def get(self, digest: bytes) -> DeviceRequest | None:
        """What a device asked for."""
        row = self._row('SELECT state, "user", client, expires FROM research_device WHERE hash = ?', (digest,))
        return DeviceRequest(*row) if row else None

    def use(self, digest: bytes) -> bool:
        """Note that a device has its token; false where it has had one already, or may have none."""
        used = "UPDATE research_device SET state = 'used' WHERE hash = ? AND state = 'approved' RETURNING 1"
        return self._do(used, (digest,))
