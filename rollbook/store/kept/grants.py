"""What schools granted to apps, from authorisation to end, with what was agreed and when it ends."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .apps import App
from .opened import opened
from .planned import Planned, Plannings, after
from .statements import Row, Timed


@dataclass(frozen=True)
class Grant:
    """What one school lets one app see: these scopes, of these people."""

    id: str
    app: App
    district: int
    school: str
    estab: str
    school_name: str
    mis: str
    time_zone: str
    scopes: frozenset[str]
    state: str
    version: int
    people: Mapping[str, str] = field(default_factory=dict[str, str])
    """For each kind of human named one by one: `only` or `except`; the people stand in the `chosen` table."""
    serial: int = 0
    """How often the school has authorised the app; a secret and its tokens are of one time."""
    ends: float | None = None
    """The moment from which it is revoked (seconds since 1970), where the school has named one."""

    @property
    def view(self) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
        """What decides how a question is compiled; grants with equal views share their plans."""
        return self.scopes, tuple(sorted(self.people.items()))


class Stranded(NamedTuple):
    """A grant whose school is no longer there: its hub id, the school's, its state, its scopes, and since when the
    school is gone (UTC), if that is still in the history."""

    id: str
    school: str
    state: str
    scopes: frozenset[str]
    gone: str | None


class Place(NamedTuple):
    """Where a grant is of: the school's hub id, number and name, and the hub id of the app that has it."""

    school: str
    estab: str
    name: str
    app: str


class Dates(NamedTuple):
    """When a grant was made, when it ended (both texts, UTC), and when it was last authorised (seconds since 1970)."""

    made: str
    ended: str | None
    authorised: float | None


class Notice(NamedTuple):
    """What an app is told of a grant, and at which address (`webhook`, which may be empty).

    `email` is the address of whoever agreed, else the school's; `asked` are the scopes that the app asked for, where
    that is known; `ended` is the moment of the end, UTC.
    """

    webhook: str
    app: str
    relying_party: str
    estab: str
    school_name: str | None
    email: str
    scopes: tuple[str, ...]
    asked: tuple[str, ...] | None
    serial: int
    ended: str | None


_GRANTS = (
    "SELECT g.id, a.id, a.relying_party, a.name, g.district, g.school, s.estab, s.name, s.mis, s.time_zone,"
    " g.scopes, g.state, g.version, g.people,"
    ' coalesce((SELECT serial FROM agreement WHERE agreement."grant" = g.id), 0),'
    ' (SELECT at FROM ending WHERE ending."grant" = g.id)'
    ' FROM "grant" g JOIN app a ON a.id = g.app'
    " JOIN school s ON s.district = g.district AND s.id = g.school"
)


def _grant(row: Row, now: float, due: Mapping[str, Sequence[Planned]]) -> Grant:
    identity, app, party, name, district, school, estab, school_name, mis, time_zone, *held = row
    scopes, state, version, people, serial, ends = held
    # The moment that a school named for the end counts before anybody has written down that it has come.
    ended = ends is not None and ends <= now
    # So does whatever else was decided for later.
    counts = due.get(identity, ())
    state, held_now = after(counts, state, frozenset(json.loads(scopes)))
    return Grant(
        identity,
        App(app, party, name),
        district,
        school,
        estab,
        school_name,
        mis or "rollbook",
        time_zone or "UTC",
        held_now,
        "revoked" if ended else state,
        version + len(counts),
        json.loads(people),
        serial,
        ends,
    )


_OPENED = opened("g.id = ?")


def _texts(listed: str) -> tuple[str, ...]:
    return tuple(json.loads(listed))


class Grants(Timed):
    """What schools granted to apps, from authorisation to end, with what was agreed and when it ends.

    Grants, apps and schools are named by their hub ids; moments are seconds since 1970.
    """

    # ---- looking

    def every(self) -> list[Grant]:
        """All grants, by app, in the order in which they were first made."""
        return self._those("ORDER BY a.name, g.made, s.estab")

    def of(self, app: str) -> list[Grant]:
        """The grants of an app, in whatever state, in the order in which they were first made."""
        return self._those("WHERE g.app = ? ORDER BY g.made, s.estab", app)

    def stranded(self, app: str) -> list[Stranded]:
        """The grants of an app whose schools are gone, in the order in which they were first made."""
        rows = self._rows(
            "SELECT g.id, g.school, g.state, g.scopes, (SELECT max(h.at) FROM history h WHERE h.district = g.district"
            " AND h.kind = 'School' AND h.id = g.school AND h.what = 'gone')"
            ' FROM "grant" g WHERE g.app = ? AND NOT EXISTS'
            " (SELECT 1 FROM school s WHERE s.district = g.district AND s.id = g.school) ORDER BY g.made, g.id",
            (app,),
        )
        return [
            Stranded(grant, school, state, frozenset(_texts(held)), gone) for grant, school, state, held, gone in rows
        ]

    def active(self, app: str, district: int = 0) -> list[Grant]:
        """The active grants of an app, by school; those of one district where one is given."""
        where = "WHERE g.app = ? AND g.state <> 'revoked' AND (? = 0 OR g.district = ?) ORDER BY s.estab"
        return [grant for grant in self._those(where, app, district, district) if grant.state == "active"]

    def with_id(self, grant: str) -> Grant | None:
        """The grant with this id, in whatever state."""
        return self._one("g.id = ?", grant)

    def with_secret(self, relying_party: str, estab: str, secret: bytes) -> Grant | None:
        """The grant of an app at a school, in whatever state, by the digest of a secret of it that is good."""
        party = self._flavour.same("a.relying_party", "?")
        shows = "(g.secret = ? OR g.id IN (SELECT e.holder FROM earlier_secret e WHERE e.hash = ? AND e.until > ?))"
        return self._one(f"{party} AND s.estab = ? AND {shows}", relying_party, estab, secret, secret, self._clock())

    def secret(self, grant: str) -> bytes | None:
        """The digest of the present secret of a grant."""
        return self._value('SELECT secret FROM "grant" WHERE id = ?', (grant,))

    def rotate(self, grant: str, secret: bytes, until: float) -> None:
        """Let a grant have another secret (its digest); those before are good until a moment, if any."""
        gone = "DELETE FROM earlier_secret WHERE until <= ? OR (holder = ? AND ? = 0)"
        self._do(gone, (self._clock(), grant, until))
        if until:
            self._do(
                "INSERT INTO earlier_secret (holder, hash, until) SELECT id, secret, CAST(? AS DOUBLE PRECISION)"
                ' FROM "grant" WHERE id = ?',
                (until, grant),
            )
        self._do('UPDATE "grant" SET secret = ? WHERE id = ?', (secret, grant))

    def _one(self, where: str, *values: object) -> Grant | None:
        return next(iter(self._those(f"WHERE {where}", *values)), None)

    def _those(self, where: str, *values: object) -> list[Grant]:
        now, due = self._clock(), Plannings(self._connection, self._clock).due()
        return [_grant(row, now, due) for row in self._rows(f"{_GRANTS} {where}", values)]

    def dates(self, app: str) -> dict[str, Dates]:
        """The dates of the grants of an app."""
        rows = self._rows(
            'SELECT g.id, g.made, g.ended, a.at FROM "grant" g LEFT JOIN agreement a ON a."grant" = g.id'
            " WHERE g.app = ?",
            (app,),
        )
        return {grant: Dates(*dates) for grant, *dates in rows}

    def places(self) -> dict[str, Place]:
        """The school and the app of each grant, by its hub id."""
        rows = self._rows(
            'SELECT g.id, g.school, s.estab, s.name, g.app FROM "grant" g'
            " JOIN school s ON s.district = g.district AND s.id = g.school"
        )
        return {grant: Place(*place) for grant, *place in rows}

    def notice(self, grant: str) -> Notice | None:
        """What the app of a grant is told; None where the app has not registered."""
        row = self._row(
            "SELECT r.webhook, a.id, a.relying_party, s.estab, s.name, coalesce(nullif(t.email, ''), s.email, ''),"
            " g.scopes, t.asked, coalesce(t.serial, 0), g.ended"
            ' FROM "grant" g JOIN app a ON a.id = g.app JOIN registration r ON r.app = a.id'
            " JOIN school s ON s.district = g.district AND s.id = g.school"
            ' LEFT JOIN agreement t ON t."grant" = g.id WHERE g.id = ?',
            (grant,),
        )
        if row is None:
            return None
        webhook, app, party, estab, school, email, scopes, asked, serial, ended = row
        held, wanted = _texts(scopes), _texts(asked) if asked else None
        return Notice(webhook, app, party, estab, school, email, held, wanted, serial, ended)

    # ---- authorising

    def known(self, app: str, school: str) -> tuple[str, int] | None:
        """The grant of an app at a school, and how often it was authorised; None where there is none."""
        row = self._row(
            'SELECT g.id, coalesce(a.serial, 0) FROM "grant" g LEFT JOIN agreement a ON a."grant" = g.id'
            " WHERE g.app = ? AND g.school = ?",
            (app, school),
        )
        return (row[0], row[1]) if row else None

    def begin(self, grant: str, app: str, at: tuple[int, str], made: str) -> None:
        """Make a paused grant of nothing where there is none yet; `at` are district number and school."""
        self._do(
            'INSERT INTO "grant" (id, app, district, school, scopes, state, version, people, made)'
            " VALUES (?, ?, ?, ?, '[]', 'paused', 0, '{}', ?) ON CONFLICT DO NOTHING",
            (grant, app, *at, made),
        )

    def authorise(self, grant: str, scopes: Iterable[str], state: str, secret: bytes) -> None:
        """Let a grant hold scopes and be in a state, with the digest of a new secret, and no end named."""
        self._do(
            'UPDATE "grant" SET scopes = ?, state = ?, secret = ?, ended = NULL, version = version + 1 WHERE id = ?',
            (json.dumps(sorted(scopes)), state, secret, grant),
        )
        self._do(_OPENED, (grant,))
        self._do('DELETE FROM ending WHERE "grant" = ?', (grant,))
        self._do('DELETE FROM planned WHERE "grant" = ?', (grant,))
        self._do("DELETE FROM earlier_secret WHERE holder = ?", (grant,))

    def agree(self, grant: str, serial: int, asked: Iterable[str], email: str, *, shown: bool) -> None:
        """Write down what was asked for in the nth authorisation, whose address answered, and whether its secret was
        shown."""
        self._do(
            'INSERT INTO agreement ("grant", serial, at, asked, email, shown) VALUES (?, ?, ?, ?, ?, ?)'
            ' ON CONFLICT ("grant") DO UPDATE SET serial = excluded.serial, at = excluded.at, asked = excluded.asked,'
            " email = excluded.email, shown = excluded.shown",
            (grant, serial, self._clock(), json.dumps(sorted(asked)), email, shown),
        )

    def show(self, grant: str, serial: int) -> bool:
        """Note that the secret of the nth authorisation is shown; false where it has been before."""
        return self._do(
            'UPDATE agreement SET shown = 1 WHERE "grant" = ? AND serial = ? AND shown = 0 RETURNING 1', (grant, serial)
        )

    def to_be_shown(self, grant: str) -> bool:
        """Whether the secret of the last authorisation has not been shown yet."""
        return self._value('SELECT shown FROM agreement WHERE "grant" = ?', (grant,)) == 0

    def open(self, identity: str, app: str, district: int, school: str, scopes: Iterable[str], at: str) -> None:
        """A grant that is active at once, for a school that an app makes itself; `at` is the moment, UTC."""
        self._do(
            'INSERT INTO "grant" (id, app, district, school, scopes, state, version, people, made)'
            " VALUES (?, ?, ?, ?, ?, 'active', 1, '{}', ?)",
            (identity, app, district, school, json.dumps(sorted(scopes)), at),
        )
        self._do(_OPENED, (identity,))

    # ---- changing

    def set_scopes(self, grant: str, scopes: Iterable[str]) -> None:
        """Let a grant hold these scopes and no others."""
        self._do(
            'UPDATE "grant" SET scopes = ?, version = version + 1 WHERE id = ?', (json.dumps(sorted(scopes)), grant)
        )

    def set_state(self, grant: str, state: str) -> bool:
        """Put a grant into a state; false where it was in that state already."""
        changed = self._do(
            'UPDATE "grant" SET state = ?, version = version + 1 WHERE id = ? AND state <> ? RETURNING 1',
            (state, grant, state),
        )
        self._do(_OPENED, (grant,))
        return changed

    def zone(self, grant: str) -> str:
        """The time zone of the school of a grant."""
        found = self._one("g.id = ?", grant)
        return found.time_zone if found else "UTC"

    def raw(self, grant: str) -> tuple[str, frozenset[str]] | None:
        """The state and the scopes of a grant as they are written down, whatever counts by now that is not."""
        row = self._row('SELECT state, scopes FROM "grant" WHERE id = ?', (grant,))
        return (row[0], frozenset(_texts(row[1]))) if row else None

    def turn(self, grant: str, scopes: Iterable[str], state: str) -> None:
        """Let a grant be as a decision has it that counts by now."""
        self._do(
            'UPDATE "grant" SET scopes = ?, state = ?, version = version + 1 WHERE id = ?',
            (json.dumps(sorted(scopes)), state, grant),
        )
        self._do(_OPENED, (grant,))

    # ---- ending

    def end(self, grant: str, at: str) -> bool:
        """Revoke a grant, which ended at a moment (UTC); false where it was revoked already."""
        changed = self._do(
            "UPDATE \"grant\" SET state = 'revoked', secret = NULL, ended = ?, version = version + 1"
            " WHERE id = ? AND state <> 'revoked' RETURNING 1",
            (at, grant),
        )
        self._do('DELETE FROM ending WHERE "grant" = ?', (grant,))
        self._do('DELETE FROM planned WHERE "grant" = ?', (grant,))
        return changed

    def end_at(self, grant: str, at: float | None) -> bool:
        """Name the moment from which a grant is revoked, or none; tells whether one was named before."""
        before = self._do('DELETE FROM ending WHERE "grant" = ? RETURNING 1', (grant,))
        if at is not None:
            self._do('INSERT INTO ending ("grant", at) VALUES (?, ?)', (grant, at))
        return before

    def named_end(self, grant: str) -> float | None:
        """The moment that was named for the end of a grant, whether or not it has come."""
        return self._value('SELECT at FROM ending WHERE "grant" = ?', (grant,))

    def named_ends(self) -> tuple[float, ...]:
        """The moments that were named for the ends of all grants, in order."""
        return tuple(at for (at,) in self._rows("SELECT at FROM ending ORDER BY at"))
