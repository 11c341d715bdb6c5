"""Invitations: an app asks a school for its records, and the school answers through a link that is its alone."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..errors import Conflict, Malformed, NotFound, Problem
from ..store.connection import Connection
from ..store.outbox import promise
from ..store.sqlite import Store
from .addresses import address_problems, is_address
from .grants import App
from .schools import Schools
from .secrets import digest, told_again

LIFE = 30 * 24 * 3600.0
"""Seconds for which a school may agree with a link, or share more; sharing less and stopping have no end."""

AGAIN = 24 * 3600.0
"""Seconds before a school that has not answered is written to again, however often an app asks."""


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


_INVITATIONS = (
    "SELECT i.id, a.id, a.relying_party, a.name, i.district, i.school, s.estab, s.name, s.time_zone, i.email, i.name,"
    " i.live, i.scopes, i.serial, i.made, i.expires, i.answer FROM invitation i JOIN app a ON a.id = i.app"
    " JOIN school s ON s.district = i.district AND s.id = i.school"
)


def _invitation(row: tuple[Any, ...]) -> Invitation:
    identity, app, party, called, district, school, estab, school_name, zone, email, name, live, scopes, *rest = row
    asked = tuple(json.loads(scopes))
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
        asked,
        *rest,
    )


class LinkEnded(NotFound):
    """This link is unknown or no longer valid."""


class Invitations:
    """The invitations of schools, and their links."""

    def __init__(self, store: Store, clock: Callable[[], float], schools: Schools) -> None:
        self._store = store
        self._clock = clock
        self._schools = schools

    # ---- who may answer for a school

    def signatories(self, estab: str) -> tuple[str, ...]:
        """The addresses that may answer for a school: first its own in the record, then those the operator named."""
        district, school, _ = self._schools.find(estab)
        return _signatories(self._store.records, district, school)

    def add_signatory(self, estab: str, email: str) -> None:
        """Let an address answer for a school beside the school's own."""
        wrong = address_problems("email", email)
        if wrong:
            raise Malformed(*wrong)
        district, school, _ = self._schools.find(estab)
        with self._store.transaction() as db:
            db.execute("INSERT OR IGNORE INTO signatory VALUES (?, ?, ?)", (district, school, email))

    def drop_signatory(self, estab: str, email: str) -> None:
        """Let an address no longer answer for a school; links that were sent to it are revoked."""
        district, school, _ = self._schools.find(estab)
        with self._store.transaction() as db:
            db.execute(
                "DELETE FROM signatory WHERE district = ? AND school = ? AND email = ?", (district, school, email)
            )
            db.execute(
                "UPDATE invitation SET expires = 0 WHERE district = ? AND school = ? AND lower(email) = lower(?)",
                (district, school, email),
            )

    # ---- inviting

    def make(
        self,
        app: App,
        estab: str,
        *,
        email: str = "",
        name: str = "",
        live: bool = True,
        scopes: Iterable[str] = (),
        mail: bool = False,
    ) -> Invitation:
        """Invite a school, with a new link; with `mail`, an e-mail is promised in the same transaction.

        The e-mail goes to an address that may answer for the school: `email` where that is one, else the first.
        Whoever reads it decides over children's records, so the app that asks has no say in who that is.
        """
        district, school, _ = self._schools.find(estab)
        identity, serial, asked = str(uuid.uuid4()), 1, json.dumps(sorted(scopes))
        with self._store.transaction() as db:
            found = db.execute(
                "SELECT id, serial FROM invitation WHERE app = ? AND school = ?", (app.id, school)
            ).fetchone()
            if found:
                identity, serial = found[0], found[1] + 1
            to = _chosen(_signatories(db, district, school), email)
            now, hashed = self._clock(), digest(self._link(identity, serial))
            db.execute(
                "INSERT OR REPLACE INTO invitation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
                (identity, app.id, district, school, to, name, live, asked, serial, hashed, now, now + LIFE),
            )
            if mail and to:
                promise_letter(db, identity, serial)
        return self.at(app, estab)

    def all(self) -> list[Invitation]:
        """All invitations, by app and school."""
        rows = self._store.records.execute(f"{_INVITATIONS} ORDER BY a.name, s.estab").fetchall()
        return [_invitation(row) for row in rows]

    def of(self, app: App) -> list[Invitation]:
        """The invitations of one app, by school."""
        return [i for i in self.all() if i.app == app]

    def at(self, app: App, estab: str) -> Invitation:
        """An app's invitation of a school."""
        found = next((i for i in self.of(app) if i.estab == estab), None)
        if found is None:
            raise NotFound(
                Problem("invitation", f"{app.relying_party} has not invited {estab}", "`rollbook invites add` does it")
            )
        return found

    def by_id(self, identity: str) -> Invitation | None:
        """The invitation with this id, while it is there."""
        row = self._store.records.execute(f"{_INVITATIONS} WHERE i.id = ?", (identity,)).fetchone()
        return _invitation(row) if row else None

    # ---- links

    def link(self, invitation: Invitation) -> str:
        """The token in the link of an invitation: made again whenever it is needed, and kept only as a hash."""
        return self._link(invitation.id, invitation.serial)

    def _link(self, identity: str, serial: int) -> str:
        made = told_again(self._store.secret("invitation link"), identity, serial)
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def proof(self, *parts: object) -> str:
        """What a form must bring back to show that it was made here, for these things and for nothing else."""
        return base64.urlsafe_b64encode(told_again(self._store.secret("form"), *parts)[:18]).decode()

    def follow(self, token: str) -> Invitation:
        """The invitation whose link holds this token; raises `LinkEnded`.

        A link with which a school has not agreed ends after its time. One with which it has stays, for as long as data
        flows and after, so that whoever kept it can look, share less and stop.
        """
        row = self._store.records.execute(f"{_INVITATIONS} WHERE i.hash = ?", (digest(token),)).fetchone()
        if row is None:
            raise LinkEnded(
                "A newer link has taken its place, or it never existed. Use the link in the newest e-mail. If you"
                " cannot find it, ask the people who run this hub to send you a new link."
            )
        invitation = _invitation(row)
        if not invitation.expires:
            raise LinkEnded(
                "It has been revoked. To see, change or end what your school shares, ask the people who run this hub"
                " for a new link."
            )
        if invitation.expires <= self._clock() and not self.lives_on(invitation):
            raise LinkEnded(
                f"It could be used for a month after {invitation.app.name[:200]} asked. Ask for a new invitation."
            )
        return invitation

    def lives_on(self, invitation: Invitation) -> bool:
        """Whether the app has been granted something at the school, now or before."""
        return self._grant_of(invitation) is not None

    def _grant_of(self, invitation: Invitation) -> str | None:
        return self._store.records.execute(
            'SELECT id FROM "grant" WHERE app = ? AND school = ?', (invitation.app.id, invitation.school)
        ).get

    def renew(self, invitation: Invitation, *, mail: bool = False) -> Invitation:
        """Another link in place of the one there is, which no longer works; what was answered stays.

        With `mail`, it is sent to the address that the invitation was sent to, if that may still answer for the school.
        """
        with self._store.transaction() as db:
            known = _signatories(db, invitation.district, invitation.school)
            to, serial = _chosen(known, invitation.email), invitation.serial + 1
            now, hashed = self._clock(), digest(self._link(invitation.id, serial))
            changed = db.execute(
                "UPDATE invitation SET serial = ?, hash = ?, email = ?, made = ?, expires = ?"
                " WHERE id = ? AND serial = ? RETURNING 1",
                (serial, hashed, to, now, now + LIFE, invitation.id, invitation.serial),
            ).fetchall()
            if not changed:
                raise Conflict("a newer link has been sent meanwhile", hint="use the link in the newest e-mail")
            if mail and to:
                promise_letter(db, invitation.id, serial)
        return self.at(invitation.app, invitation.estab)

    def revoke(self, invitation: Invitation) -> None:
        """End a link for good; what is shared goes on."""
        with self._store.transaction() as db:
            db.execute("UPDATE invitation SET expires = 0 WHERE id = ?", (invitation.id,))

    def link_for(self, grant: str, email: str) -> str | None:
        """The token of the link at which an address may answer about a grant (hub id); None where there is none."""
        row = self._store.records.execute(
            f'{_INVITATIONS} JOIN "grant" g ON g.app = i.app AND g.school = i.school WHERE g.id = ? AND i.expires > 0',
            (grant,),
        ).fetchone()
        if row is None:
            return None
        invitation = _invitation(row)
        known = _signatories(self._store.records, invitation.district, invitation.school)
        return self.link(invitation) if email.casefold() in {a.casefold() for a in known} else None

    def answer(self, invitation: Invitation, answer: str) -> None:
        """Write down what came of an invitation; the link stays in use."""
        with self._store.transaction() as db:
            mark_answer(db, invitation, answer)


def mark_answer(connection: Connection, invitation: Invitation, answer: str) -> None:
    """Write down within a transaction what came of an invitation; raises `Conflict` where a newer link was sent."""
    found = connection.execute(
        "UPDATE invitation SET answer = ? WHERE id = ? AND serial = ? RETURNING 1",
        (answer, invitation.id, invitation.serial),
    ).fetchall()
    if not found:
        raise Conflict("a newer link has been sent meanwhile", hint="use the link in the newest e-mail")


def promise_letter(connection: Connection, identity: str, serial: int) -> None:
    """Promise within a transaction that the e-mail of an invitation is sent; the job holds no link."""
    payload = {"letter": "invitation", "invitation": identity, "serial": serial}
    promise(connection, "mail", payload, key=f"invitation/{identity}/{serial}")


def _signatories(connection: Connection, district: int, school: str) -> tuple[str, ...]:
    own = connection.execute("SELECT email FROM school WHERE district = ? AND id = ?", (district, school)).get
    named = connection.execute(
        "SELECT email FROM signatory WHERE district = ? AND school = ? ORDER BY email", (district, school)
    ).fetchall()
    return tuple(dict.fromkeys(a for a in (own, *(email for (email,) in named)) if a and is_address(a)))


def _chosen(addresses: tuple[str, ...], wanted: str) -> str:
    known = {a.casefold(): a for a in addresses}
    return known.get(wanted.casefold()) or next(iter(addresses), "")
