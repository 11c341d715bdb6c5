"""What people who sign in may do, and the links by which they come to it; times are seconds since 1970."""

from __future__ import annotations

from typing import NamedTuple

from .statements import Row, Timed


class Role(NamedTuple):
    """What an account (hub id) may do, and where: the hub id of a school or an app, or nothing for the whole hub."""

    account: str
    role: str
    place: str


class AccountLink(NamedTuple):
    """A link: for which address (none for whoever opens it), to which role and where (none for another password)."""

    id: str
    email: str
    role: str
    place: str
    made_by: str
    expires: float


_LINKS = "SELECT id, email, role, place, made_by, expires FROM account_link"


class Roles(Timed):
    """What people who sign in may do, and the links by which they come to it."""

    admits = False

    # ---- roles

    def every(self) -> list[Role]:
        """All roles, in the order in which they were given."""
        return self._those("ORDER BY made, account, role, place")

    def of(self, account: str) -> list[Role]:
        """The roles of an account."""
        return self._those("WHERE account = ? ORDER BY role, place", account)

    def at(self, place: str) -> list[Role]:
        """The roles at a school or for an app."""
        return self._those("WHERE place = ? ORDER BY made, account", place)

    def holds(self, role: str, place: str = "") -> bool:
        """Whether anybody has a role at a place."""
        return bool(self._value("SELECT 1 FROM account_role WHERE place = ? AND role = ? LIMIT 1", (place, role)))

    def give(self, account: str, role: str, place: str) -> bool:
        """Give a role; false where the account has it already."""
        return self._do(
            "INSERT INTO account_role (account, role, place, made) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
            " RETURNING 1",
            (account, role, place, self._clock()),
        )

    def take(self, account: str, role: str, place: str) -> bool:
        """Take a role away; false where the account does not have it."""
        taken = "DELETE FROM account_role WHERE account = ? AND role = ? AND place = ? RETURNING 1"
        return self._do(taken, (account, role, place))

    def drop(self, account: str) -> None:
        """Take away all that an account may do."""
        self._do("DELETE FROM account_role WHERE account = ?", (account,))

    def _those(self, where: str, *values: object) -> list[Role]:
        return [Role(*row) for row in self._rows(f"SELECT account, role, place FROM account_role {where}", values)]

    # ---- links

    def add_link(self, link: AccountLink) -> None:
        """Keep a link; one of the same address for the same role and place no longer opens."""
        self._do("DELETE FROM account_link WHERE expires <= ?", (self._clock(),))
        self._do(
            "DELETE FROM account_link WHERE email = ? AND role = ? AND place = ?", (link.email, link.role, link.place)
        )
        self._do(
            "INSERT INTO account_link (id, email, role, place, made_by, expires) VALUES (?, ?, ?, ?, ?, ?)", tuple(link)
        )

    def link(self, identity: str) -> AccountLink | None:
        """The link with this id, while it opens."""
        row = self._row(f"{_LINKS} WHERE id = ? AND expires > ?", (identity, self._clock()))
        return AccountLink(*row) if row else None

    def links(self) -> list[AccountLink]:
        """The links that were made and not used yet, those that end first first."""
        rows: list[Row] = self._rows(f"{_LINKS} WHERE expires > ? ORDER BY expires, id", (self._clock(),))
        return [AccountLink(*row) for row in rows]

    def use_link(self, identity: str) -> bool:
        """Use a link up; false where somebody has before."""
        return self._do("DELETE FROM account_link WHERE id = ? RETURNING 1", (identity,))
