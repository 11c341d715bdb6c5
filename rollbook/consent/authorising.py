"""The life of a grant: authorised, authorised again, narrowed, ended now or at a moment that the school names.

Whatever an app must be told of it is promised in the transaction that changes it, as a job of kind `webhook`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..errors import Conflict
from ..store.connection import Connection
from ..store.outbox import promise
from ..store.sqlite import Store
from .grants import App, Grant, known_scopes
from .invitations import Invitation, mark_answer
from .receipts import give_receipt
from .secrets import digest, shaped, told_again

SERVICE = "XporterOnDemand"


@dataclass(frozen=True)
class Authorisation:
    """A grant with its dates: when it was last authorised and, where it has been, from when it is revoked."""

    grant: Grant
    authorised: float
    revoked: float | None


class AuthorisingDesk:
    """The part of the desk that makes grants and ends them."""

    store: Store
    clock: Callable[[], float]
    by: str

    def school(self, estab: str) -> tuple[int, str, str]:
        """The district number, hub id and name of the school with this establishment number."""
        raise NotImplementedError

    def grant(self, app: App, estab: str) -> Grant:
        """What a school has granted to an app."""
        raise NotImplementedError

    def grants(self, app: App | None = None) -> list[Grant]:
        """All grants, or those of one app."""
        raise NotImplementedError

    def _drop_tokens(self, grant: Grant) -> None:
        raise NotImplementedError

    # ---- beginning

    def authorise(
        self,
        app: App,
        estab: str,
        scopes: Iterable[str],
        *,
        answers: Invitation | None = None,
        asked: Iterable[str] = (),
        choosing: bool = False,
        after: int | None = None,
    ) -> tuple[Grant, str]:
        """Grant scopes at a school, or grant them again: a new school secret revokes the old one and its tokens.

        Which people the school chose stays as it was: who was left out is not let in by a second authorisation. With
        `choosing` the grant is paused until the school has chosen people. `answers` is the invitation that led here,
        `asked` what the app asked for; `after` tells how often the school had authorised the app when it was asked,
        and raises `Conflict` where it has done so since.
        """
        held = known_scopes(frozenset(scopes))
        district, school, _ = self.school(estab)
        with self.store.transaction() as db:
            identity, serial = _known(db, app, school)
            if after is not None and after != serial:
                raise Conflict("the app has been authorised in the meantime", hint="reload the page")
            secret = self.school_secret(identity, serial + 1)
            _open(db, identity, (app.id, district, school))
            _update(db, identity, held, "paused" if choosing else "active", secret)
            _agree(db, identity, serial + 1, {*asked} or held, answers, shown=not choosing)
            tell(db, identity, "authorised")
            if not choosing:
                give_receipt(db, identity, "authorised", self.by)
        grant = self.grant(app, estab)
        self._drop_tokens(grant)
        return grant, secret

    def school_secret(self, grant: str, serial: int) -> str:
        """The secret of a grant's nth authorisation: made again whenever it must be told, kept only as a hash."""
        return shaped(told_again(self.store.secret("school secret"), grant, serial))

    def show_secret(self, grant: Grant) -> str | None:
        """The school secret, the first time that it is asked for after the school has chosen people; then None."""
        with self.store.transaction() as db:
            first = db.execute(
                'UPDATE agreement SET shown = 1 WHERE "grant" = ? AND serial = ? AND shown = 0 RETURNING 1',
                (grant.id, grant.serial),
            ).fetchall()
        return self.school_secret(grant.id, grant.serial) if first else None

    def first_choice(self, grant: Grant) -> bool:
        """Whether the school has never yet confirmed the people of this authorisation."""
        shown = self.store.records.execute('SELECT shown FROM agreement WHERE "grant" = ?', (grant.id,)).get
        return shown == 0

    # ---- ending

    def revoke(self, grant: Grant, by: str = "") -> Grant:
        """End a grant; its tokens and its secret end with it. `by` is who does, where it is not whose desk this is."""
        # One whose moment has come already ended then.
        self._end(grant.id, min(self.clock(), grant.ends or float("inf")), by or self.by)
        self._drop_tokens(grant)
        return self.grant(grant.app, grant.estab)

    def revoke_at(self, grant: Grant, at: float | None, by: str = "") -> Grant:
        """End a grant from a moment on (seconds since 1970), which counts without anybody noting it; None for never."""
        if grant.state == "revoked":
            raise Conflict("the grant is revoked", hint="authorise the app again")
        if at is not None and at <= self.clock():
            return self.revoke(grant, by)
        with self.store.transaction() as db:
            before = db.execute('DELETE FROM ending WHERE "grant" = ? RETURNING at', (grant.id,)).fetchall()
            if at is not None:
                db.execute("INSERT INTO ending VALUES (?, ?)", (grant.id, at))
                promise(db, "revoke", {"grant": grant.id}, key=f"{grant.id}/{at}", due=at)
                give_receipt(db, grant.id, "ending", by or self.by)
            elif before:
                give_receipt(db, grant.id, "endless", by or self.by)
        return self.grant(grant.app, grant.estab)

    def note_ending(self, grant: str) -> None:
        """Write down that a grant (hub id) has ended, if the moment that the school named has come."""
        at = self.store.records.execute('SELECT at FROM ending WHERE "grant" = ?', (grant,)).get
        if at is not None and at <= self.clock():
            self._end(grant, at, self.by)
            with self.store.passing as db:
                db.execute('DELETE FROM token WHERE "grant" = ?', (grant,))

    def _end(self, grant: str, at: float, by: str) -> None:
        ended = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        with self.store.transaction() as db:
            changed = db.execute(
                "UPDATE \"grant\" SET state = 'revoked', secret = NULL, ended = ?, version = version + 1"
                " WHERE id = ? AND state <> 'revoked' RETURNING 1",
                (ended, grant),
            ).fetchall()
            db.execute('DELETE FROM ending WHERE "grant" = ?', (grant,))
            db.execute('DELETE FROM draft WHERE "grant" = ?', (grant,))
            if changed:
                tell(db, grant, "revoked")
                give_receipt(db, grant, "ended", by)

    def endings(self) -> tuple[float, ...]:
        """The moments that schools have named as the ends of grants, seconds since 1970, in order."""
        rows = self.store.records.execute("SELECT at FROM ending ORDER BY at").fetchall()
        return tuple(at for (at,) in rows)

    # ---- looking

    def authorisations(self, app: App) -> list[Authorisation]:
        """The grants of an app with their dates (seconds since 1970), by school."""
        rows = self.store.records.execute(
            'SELECT g.id, g.made, g.ended, a.at FROM "grant" g LEFT JOIN agreement a ON a."grant" = g.id'
            " WHERE g.app = ?",
            (app.id,),
        ).fetchall()
        dates = {identity: (made, ended, at) for identity, made, ended, at in rows}
        return sorted((_dated(g, *dates[g.id]) for g in self.grants(app)), key=lambda a: a.grant.estab)


def _dated(grant: Grant, made: str, ended: str | None, at: float | None) -> Authorisation:
    revoked = None
    if grant.state == "revoked":
        revoked = grant.ends if ended is None else _seconds(ended)
    return Authorisation(grant, _seconds(made) if at is None else at, revoked)


def _seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp()


def _known(connection: Connection, app: App, school: str) -> tuple[str, int]:
    """The id of the grant of an app at a school, and how often it was authorised; a new id where there is none."""
    found = connection.execute(
        'SELECT g.id, coalesce(a.serial, 0) FROM "grant" g LEFT JOIN agreement a ON a."grant" = g.id'
        " WHERE g.app = ? AND g.school = ?",
        (app.id, school),
    ).fetchone()
    return found or (str(uuid.uuid4()), 0)


def _open(connection: Connection, grant: str, whose: tuple[str, int, str]) -> None:
    """Make the row of a grant where there is none; `whose` are app, district and school."""
    # Two grants of one millisecond are still told in the order in which they were made.
    made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    connection.execute(
        'INSERT OR IGNORE INTO "grant" (id, app, district, school, scopes, state, version, people, made)'
        " VALUES (?, ?, ?, ?, '[]', 'paused', 0, '{}', ?)",
        (grant, *whose, made),
    )


def _update(connection: Connection, grant: str, scopes: Iterable[str], state: str, secret: str) -> None:
    connection.execute(
        'UPDATE "grant" SET scopes = ?, state = ?, secret = ?, ended = NULL, version = version + 1 WHERE id = ?',
        (json.dumps(sorted(scopes)), state, digest(secret), grant),
    )
    connection.execute('DELETE FROM ending WHERE "grant" = ?', (grant,))
    connection.execute('DELETE FROM draft WHERE "grant" = ?', (grant,))


def _agree(
    connection: Connection, grant: str, serial: int, asked: Iterable[str], answers: Invitation | None, *, shown: bool
) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO agreement VALUES (?, ?, hub_now(), ?, ?, ?)",
        (grant, serial, json.dumps(sorted(asked)), answers.email if answers else "", shown),
    )
    if answers:
        mark_answer(connection, answers, "authorised")


# ---- what an app is told


def tell(connection: Connection, grant: str, event: str) -> None:
    """Promise within a transaction that an app is told what became of a grant, where it has an address for that."""
    row = connection.execute(
        "SELECT r.webhook, a.id, a.relying_party, s.estab, s.name, coalesce(nullif(t.email, ''), s.email, ''),"
        " g.scopes, t.asked, coalesce(t.serial, 0), g.ended"
        ' FROM "grant" g JOIN app a ON a.id = g.app JOIN registration r ON r.app = a.id'
        " JOIN school s ON s.district = g.district AND s.id = g.school"
        ' LEFT JOIN agreement t ON t."grant" = g.id WHERE g.id = ?',
        (grant,),
    ).fetchone()
    if row is None or not row[0]:
        return
    url, app, party, estab, name, email, scopes, asked, serial, ended = row
    held = sorted(json.loads(scopes))
    form: dict[str, Any] = {
        "schoolSecret": {"fill": "schoolSecret"},
        "schoolId": estab,
        "schoolEmail": email,
        "schoolName": name or estab,
        "templateScopes": ",".join(json.loads(asked) if asked else held),
        "scopes": {"fill": "scopes"},
        "thirdParty": SERVICE,
        "partnerId": party,
    }
    if event == "revoked":
        # Rollbook's own: the document has no message for an end. It says what it is, and brings no secret.
        form = {n: v for n, v in form.items() if n not in ("schoolSecret", "templateScopes", "scopes")}
        form |= {"event": "revoked", "dateRevoked": (ended or "")[:19]}
    if event in ("widened", "narrowed"):
        # The same message as at first, with the same secret: an app that knows of no such event learns the scopes.
        form |= {"event": event}
    payload: dict[str, Any] = {
        "app": app,
        "grant": grant,
        "family": "authorisation",
        "url": url,
        "query": {},
        "json": None,
    }
    promise(connection, "webhook", {**payload, "form": form, "event": event, "serial": serial})


def fill_authorisation(desk: AuthorisingDesk, payload: Mapping[str, Any]) -> dict[str, str] | None:
    """The form of a `webhook` job of the family `authorisation`, with the secret, and the scopes as they are now.

    Messages may arrive late and in any order, and the last to arrive must not bring back scopes that were taken away.
    None where it is no longer true: a revoked secret, delivered late, would take the place of the valid one.
    """
    grant, serial = next((g for g in desk.grants() if g.id == payload["grant"]), None), payload["serial"]
    revoked = payload["event"] == "revoked"
    if grant is None or grant.serial != serial or (grant.state == "revoked") != revoked:
        return None
    filled = {"schoolSecret": desk.school_secret(grant.id, serial), "scopes": ",".join(sorted(grant.scopes))}
    return {n: filled[v["fill"]] if isinstance(v, dict) else str(v) for n, v in payload["form"].items()}
