"""People who sign in: who they are, and their passwords as salted hashes."""

from __future__ import annotations

from dataclasses import dataclass

from ...model.research import HUB
from .statements import Row, Statements

INVENTED = "@sandbox.invalid"
"""How the addresses of sandboxes' researchers end. RFC 2606 has nobody ever receive a letter there."""


@dataclass(frozen=True)
class Account:
    """Somebody who signs in: hub id, number on the wire, e-mail address in small letters."""

    id: str
    number: int
    email: str
    administrator: bool = False
    """Whether they maintain what all accounts share."""

    @property
    def invented(self) -> bool:
        """Whether it is a sandbox's researcher, who is nobody."""
        return self.email.endswith(INVENTED)


_COLUMNS = "id, number, email, administrator"


class Accounts(Statements):
    """People who sign in."""

    # Researchers were the first to have accounts: the tables are still named for them.

    def every(self) -> list[tuple[Account, str]]:
        """Everybody with their full name, in the order in which they came."""
        rows = self._rows(
            f"SELECT {_COLUMNS}, concat_ws(' ', first_name, last_name) FROM research_user"
            f" WHERE district = {HUB} ORDER BY number"
        )
        return [(_account(row[:4]), row[4]) for row in rows]

    def emails(self) -> dict[str, str]:
        """The e-mail address of each account, by hub id."""
        return dict(self._rows(f"SELECT id, email FROM research_user WHERE district = {HUB}"))

    def name(self, identity: str) -> str:
        """The full name of whoever has this hub id; empty where none is known."""
        found = self._value(
            f"SELECT concat_ws(' ', first_name, last_name) FROM research_user WHERE district = {HUB} AND id = ?",
            (identity,),
        )
        return (found or "").strip()

    def by_email(self, email: str) -> Account | None:
        """Whoever has this e-mail address, in small letters."""
        row = self._row(f"SELECT {_COLUMNS} FROM research_user WHERE district = {HUB} AND email = ?", (email,))
        return _account(row) if row else None

    def by_id(self, identity: str) -> Account | None:
        """Whoever has this hub id."""
        row = self._row(f"SELECT {_COLUMNS} FROM research_user WHERE district = {HUB} AND id = ?", (identity,))
        return _account(row) if row else None

    def password(self, account: str) -> tuple[bytes, bytes] | None:
        """The salt and the hash of somebody's password; no salt where the hash holds its own."""
        row = self._row('SELECT salt, hash FROM research_password WHERE "user" = ?', (account,))
        return (row[0], row[1]) if row else None

    def set_password(self, account: str, salt: bytes, hashed: bytes) -> None:
        """Keep a password instead of the one before."""
        self._do(
            'INSERT INTO research_password ("user", salt, hash) VALUES (?, ?, ?)'
            ' ON CONFLICT ("user") DO UPDATE SET salt = excluded.salt, hash = excluded.hash',
            (account, salt, hashed),
        )

    def drop_password(self, account: str) -> None:
        """Let nobody sign in to an account with a password."""
        self._do('DELETE FROM research_password WHERE "user" = ?', (account,))


def _account(row: Row) -> Account:
    identity, number, email, administrator = row
    return Account(identity, number, email, bool(administrator))
