"""What schools are asked by apps, by e-mail, and how they answered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from .apps import App
from .statements import Row, Statements


@dataclass(frozen=True)
class Invitation:
    """An app's invitation of a school, to whom it was sent, and what came of it; moments are seconds since 1970.

    `scopes` are those asked for, none for all that the app asks for; `answer` is empty, `authorised` or `declined`;
    `serial` counts the links that there were, of which the last one opens.
    """

    id: str
    app: App
    district: int
    school: str
    estab: str
    school_name: str
    time_zone: str
    email: str
    name: str
    live: bool
    scopes: tuple[str, ...]
    serial: int
    made: float
    expires: float
    answer: str
    opened: float | None = None
    """When a link of it was first opened."""
    reminded: int = 0
    """How often the school was reminded."""


class Link(NamedTuple):
    """A link of an invitation: how many there have been, its digest, to whom it is sent, and from when until when it
    opens (seconds since 1970)."""

    serial: int
    digest: bytes
    email: str
    made: float
    expires: float


_INVITATIONS = (
    "SELECT i.id, a.id, a.relying_party, a.name, i.district, i.school, s.estab, s.name, s.time_zone, i.email, i.name,"
    " i.live, i.scopes, i.serial, i.made, i.expires, i.answer, i.opened, i.reminded"
    " FROM invitation i JOIN app a ON a.id = i.app JOIN school s ON s.district = i.district AND s.id = i.school"
)


def _invitation(row: Row) -> Invitation:
    identity, app, party, called, district, school, estab, school_name, zone, email, name, live, scopes, *rest = row
    return Invitation(
        identity,
        App(app, party, called),
        district,
        school,
        estab,
        school_name or estab,
        zone or "UTC",
        email,
        name,
        bool(live),
        tuple(json.loads(scopes)),
        *rest,
    )


class Invitations(Statements):
    """What schools are asked by apps, by e-mail, and how they answered."""

    def every(self) -> list[Invitation]:
        """All invitations, by app and school."""
        return [_invitation(row) for row in self._rows(f"{_INVITATIONS} ORDER BY a.name, s.estab")]

    def with_id(self, identity: str) -> Invitation | None:
        """The invitation with this id."""
        return self._one("WHERE i.id = ?", identity)

    def with_link(self, digest: bytes) -> Invitation | None:
        """The invitation whose last link has this digest, whether or not it still opens."""
        return self._one("WHERE i.hash = ?", digest)

    def behind(self, grant: str) -> Invitation | None:
        """The invitation of a grant's (hub id) app at its school whose link was not revoked."""
        return self._one(
            'JOIN "grant" g ON g.app = i.app AND g.school = i.school WHERE g.id = ? AND i.expires > 0', grant
        )

    def _one(self, where: str, *values: object) -> Invitation | None:
        row = self._row(f"{_INVITATIONS} {where}", values)
        return _invitation(row) if row else None

    def last_link(self, app: str, school: str) -> tuple[str, int] | None:
        """The id of an app's invitation of a school, and how many links it has had; None where there is none."""
        row = self._row("SELECT id, serial FROM invitation WHERE app = ? AND school = ?", (app, school))
        return (row[0], row[1]) if row else None

    def granted(self, app: str, school: str) -> bool:
        """Whether a school has granted an app something, now or before."""
        return self._value('SELECT id FROM "grant" WHERE app = ? AND school = ?', (app, school)) is not None

    # ---- inviting and answering

    def invite(
        self, identity: str, app: str, at: tuple[int, str], link: Link, *, name: str, live: bool, scopes: Iterable[str]
    ) -> None:
        """Keep an app's invitation of a school (`at`: district number and hub id), in place of an earlier one."""
        self._do(
            "INSERT INTO invitation"
            " (id, app, district, school, email, name, live, scopes, serial, hash, made, expires, answer)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '') ON CONFLICT (id) DO UPDATE SET"
            " app = excluded.app, district = excluded.district, school = excluded.school, email = excluded.email,"
            " name = excluded.name, live = excluded.live, scopes = excluded.scopes, serial = excluded.serial,"
            " opened = NULL, reminded = 0,"
            " hash = excluded.hash, made = excluded.made, expires = excluded.expires, answer = excluded.answer",
            (
                identity,
                app,
                *at,
                link.email,
                name,
                live,
                json.dumps(sorted(scopes)),
                link.serial,
                link.digest,
                link.made,
                link.expires,
            ),
        )

    def renew(self, identity: str, link: Link) -> bool:
        """Put a link in place of the one before it; false where another one has taken that place already."""
        return self._do(
            "UPDATE invitation SET serial = ?, hash = ?, email = ?, made = ?, expires = ?"
            " WHERE id = ? AND serial = ? RETURNING 1",
            (*link, identity, link.serial - 1),
        )

    def opened(self, identity: str, at: float) -> None:
        """Write down that a link of an invitation was opened, the first time."""
        self._do("UPDATE invitation SET opened = ? WHERE id = ? AND opened IS NULL", (at, identity))

    def reminded(self, identity: str) -> None:
        """Count a reminder."""
        self._do("UPDATE invitation SET reminded = reminded + 1 WHERE id = ?", (identity,))

    def revoke(self, identity: str) -> None:
        """End the link of an invitation for good."""
        self._do("UPDATE invitation SET expires = 0 WHERE id = ?", (identity,))

    def answered(self, identity: str, serial: int, answer: str) -> bool:
        """Write down what came of an invitation; false where a newer link than this one was sent."""
        return self._do(
            "UPDATE invitation SET answer = ? WHERE id = ? AND serial = ? RETURNING 1", (answer, identity, serial)
        )

    # ---- who may answer for a school

    def addresses(self, district: int, school: str) -> list[str]:
        """The addresses of a school (hub id): its own in the record, if it has one, then those named beside it."""
        own = self._value("SELECT email FROM school WHERE district = ? AND id = ?", (district, school))
        named = self._rows(
            "SELECT email FROM signatory WHERE district = ? AND school = ? ORDER BY lower(email)", (district, school)
        )
        return [email for email in (own, *(email for (email,) in named)) if email]

    def name_signatory(self, district: int, school: str, email: str) -> None:
        """Let an address answer for a school (hub id) beside the school's own."""
        self._do(
            "INSERT INTO signatory (district, school, email) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (district, school, email),
        )

    def drop_signatory(self, district: int, school: str, email: str) -> None:
        """Let an address no longer answer for a school (hub id), and end the links that were sent to it."""
        of_them = f"district = ? AND school = ? AND {self._flavour.same('email', '?')}"
        self._do(f"DELETE FROM signatory WHERE {of_them}", (district, school, email))
        self._do(f"UPDATE invitation SET expires = 0 WHERE {of_them}", (district, school, email))
