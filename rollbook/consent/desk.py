"""The desk where apps are admitted: it keeps apps, schools and grants, and makes readers and writers for them."""

from __future__ import annotations

import bisect
import json
import time
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ..errors import Conflict, Malformed, NotFound, NotHeld, Problem, nearest
from ..fields import RECORDS
from ..scopes import writable
from ..store.connection import Connection
from ..store.moving import move_school
from ..store.sqlite import Store
from ..store.writing import UNVEILED, Batch, now
from .agents import AgentDesk
from .authorising import AuthorisingDesk, tell
from .checking import Checker
from .choosing import ChoosingDesk
from .credentials import READS_ONLY, Credential, CredentialDesk, Holder
from .district import DistrictReader
from .grants import GRANT_COLUMNS, STATE, App, Grant, grant_from, human_kind, known_scopes, zone_of
from .invitations import InvitingDesk
from .pending import Pending
from .reader import Reader
from .receipts import OPERATOR, SCHOOL, ReceiptDesk, give_receipt
from .registering import RegisteringDesk
from .school_keys import SchoolKeyDesk
from .secrets import digest, new_secret
from .shared import SHARED, SharedReader
from .signing import SigningDesk
from .slips import asked_by
from .tokens import ManagementPass, SchoolPass, TokenDesk
from .waiting import WaitingReader
from .writer import WRITTEN, Writer


@dataclass(frozen=True)
class Veiled:
    """A record that only one app sees (`shown`), or that everybody but that app sees, since a moment (UTC).

    The first is what an app wrote under a natural key that is taken by something that it may not see. The second is
    what an app deleted while something depends on it that the app may not see.
    """

    district: int
    kind: str
    id: str
    app: str
    shown: bool
    at: str


def moment(seconds: float) -> str:
    """A moment as text, UTC, six decimals and `Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass
class Memory:
    """What was looked up in one state of the hub: as the files' versions are, and as many grants have ended."""

    versions: tuple[int, ...] = ()
    endings: tuple[float, ...] = ()
    today: str = ""
    ended: int = 0
    passes: dict[bytes, SchoolPass | ManagementPass] = field(default_factory=dict[bytes, Any])
    holders: dict[tuple[str, bytes], Holder] = field(default_factory=dict[tuple[str, bytes], Holder])
    known: dict[object, Any] = field(default_factory=dict[object, Any])


class Desk(
    TokenDesk,
    AgentDesk,
    CredentialDesk,
    RegisteringDesk,
    InvitingDesk,
    AuthorisingDesk,
    ChoosingDesk,
    SchoolKeyDesk,
    SigningDesk,
    ReceiptDesk,
):
    """Admits apps to one store. It notices within the same request what another process changed."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time, by: str = SCHOOL) -> None:
        """`by` is who changes consent at this desk, as receipts say it: a school by its link, or the operator."""
        self.store = store
        self.by = by
        self.store.clock = self.clock = clock
        self._memory = Memory()
        self._vocabulary: tuple[object, frozenset[tuple[str, str]]] = None, frozenset()

    # ---- what has changed

    def fresh(self) -> tuple[int, ...]:
        """The state of records, tokens and grants; what was remembered of an earlier one is forgotten."""
        memory = self.remembered()
        return (*memory.versions, self._ended(memory))

    def glance(self) -> tuple[int, ...] | None:
        """The same without any waiting; None when something has changed, or waiting is needed to tell."""
        memory, versions = self._memory, self.store.watch.at_once()
        return None if versions is None or versions != memory.versions else (*versions, self._ended(memory))

    def remembered(self) -> Memory:
        """What was looked up in the present state of the hub, to be added to.

        A thread that has begun in an earlier state adds to the memory of that one, which nobody asks any more.
        """
        memory, versions = self._memory, self.store.watch.versions()
        ended = self._ended(memory)
        if versions == memory.versions and ended == memory.ended:
            return memory
        memory = Memory(versions, self.endings(), today=self.store.setting("today") or "")
        memory.ended = self._ended(memory)
        self._memory = memory
        return memory

    def holders(self) -> dict[tuple[str, bytes], Holder]:
        """Who shows which token, as far as that was looked up in the present state of the hub."""
        return self.remembered().holders

    def _ended(self, memory: Memory) -> int:
        """How many grants have come to the moment that their schools named."""
        return bisect.bisect_right(memory.endings, self.clock())

    def today(self, time_zone: str) -> str:
        """The day as of which a school is read: its own today, unless the data directory has stopped the clock."""
        return self._memory.today or datetime.fromtimestamp(self.clock(), zone_of(time_zone)).date().isoformat()

    def reader(self, grant: Grant) -> Reader:
        """The reader for what a grant holds now."""
        known = self.remembered().known
        return Reader(self.store, grant, self.today(grant.time_zone), known)

    def readers(self, holder: Holder) -> tuple[DistrictReader, ...]:
        """A reader for each district in which the holder's app has something granted, or that it made itself."""
        found = self._readers(holder)
        asked_by(holder.app.id, (g for reader in found for g in reader.grant_ids), holder.person)
        return found

    def _readers(self, holder: Holder) -> tuple[DistrictReader, ...]:
        known = self.remembered().known
        key = ("readers", holder.credential.id, self.today("UTC"), int(self.clock() // 900))
        if key not in known:
            known[key] = tuple(
                DistrictReader(self.store, holder.credential, number, identifier, grants, self._day(grants), known)
                for number, (identifier, grants) in self._districts(holder.credential).items()
            )
        return known[key]

    def _day(self, grants: list[Grant]) -> str:
        return self.today(grants[0].time_zone if grants else "UTC")

    def _districts(self, credential: Credential) -> dict[int, tuple[str, list[Grant]]]:
        """By district, what others know it by and the grants of a credential's app that are active."""
        mine = (credential.app.id, credential.district, credential.district)
        founded = self.store.records.execute(
            "SELECT district FROM founded WHERE app = ? AND (? = 0 OR district = ?)", mine
        )
        found: dict[int, list[Grant]] = {number: [] for (number,) in founded}
        rows = self.store.records.execute(
            f"SELECT {GRANT_COLUMNS} WHERE g.app = ? AND {STATE} = 'active' AND (? = 0 OR g.district = ?)"
            " ORDER BY s.estab",
            mine,
        )
        for grant in map(grant_from, rows):
            found.setdefault(grant.district, []).append(grant)
        named = dict(self.store.records.execute("SELECT district, identifier FROM district").fetchall())
        return {number: (named.get(number) or "", grants) for number, grants in sorted(found.items())}

    @contextmanager
    def writing(self, holder: Holder, district: int) -> Generator[Writer]:
        """Change records of a district for a holder: whole or not at all."""
        if not holder.credential.writes:
            raise NotHeld(READS_ONLY)
        with self.store.write(district) as batch:
            # Nobody else writes now, so what is granted stays granted until the end.
            reader = next((r for r in self.readers(holder) if r.district == district), None)
            if reader is None:
                raise NotHeld("No school in this district has granted the app anything.")
            yield Writer(batch, reader)

    @contextmanager
    def writing_each(self, holder: Holder, districts: Iterable[int]) -> Generator[Iterator[Writer]]:
        """Change records of several districts for a holder, one after the other: all of them or none."""
        if not holder.credential.writes:
            raise NotHeld("the credential may read only", hint="ask for one whose rights let it write")
        with self.store.transaction() as connection:
            yield self._each(connection, holder, frozenset(districts))

    def _each(self, connection: Connection, holder: Holder, districts: frozenset[int]) -> Iterator[Writer]:
        for reader in (r for r in self.readers(holder) if r.district in districts):
            batch = Batch(connection, reader.district)
            yield Writer(batch, reader)
            batch.settle()

    @contextmanager
    def moving_school(self, holder: Holder, school: str, old: int, new: int) -> Generator[Writer]:
        """Let a school that a holder founded by itself join a district, and change it there: whole or not at all."""
        if not (holder.credential.writes and holder.credential.organisations):
            raise NotHeld("the credential may not move schools", hint="ask for one whose rights let it")
        with self.store.transaction() as connection:
            readers = {r.district: r for r in self.readers(holder)}
            if not {old, new} <= readers.keys():
                raise NotHeld("no school of this district has granted the app anything")
            move_school(connection, school, old, new)
            there = readers[new]
            grants = [*there.grants, *(replace(g, district=new) for g in readers[old].grants)]
            batch = Batch(connection, new)
            yield Writer(
                batch,
                DistrictReader(
                    self.store,
                    holder.credential,
                    new,
                    there.identifier,
                    grants,
                    self._day(grants),
                    self.remembered().known,
                ),
            )
            batch.settle()

    @contextmanager
    def checking(self, grant: Grant) -> Generator[Checker]:
        """What a write-back of a grant may name, as of one moment of the store."""
        with self.store.lend() as connection:
            yield Checker(connection, grant, self.today(grant.time_zone))

    def shared(self) -> SharedReader:
        """The reader of what all districts share."""
        known = self.remembered().known
        return SharedReader(self.store, self.today("UTC"), known)

    @contextmanager
    def sharing(self) -> Generator[Batch]:
        """Change what all districts share: whole or not at all."""
        with self.store.write(SHARED) as batch:
            yield batch

    def waiting_reader(self, holder: Holder) -> WaitingReader:
        """The reader of the humans whom the holder's app told of and who have no role."""
        self.fresh()
        return WaitingReader(self.store, holder.credential, self.today("UTC"), self.remembered().known)

    def vocabulary(self) -> frozenset[tuple[str, str]]:
        """The words of standards that may be used today: each list's name, and `namespace#code` in small letters."""
        today = self.today("UTC")
        moved = self.store.records.execute(
            "SELECT seq FROM moved WHERE district = ? AND kind = 'Descriptor'", (SHARED,)
        ).get
        if self._vocabulary[0] != (moved, today):
            rows = self.store.records.execute(
                "SELECT kind, lower(namespace || '#' || code) FROM descriptor WHERE district = ?"
                " AND coalesce(effective_from, '') <= ? AND coalesce(effective_to, '9') >= ?",
                (SHARED, today, today),
            )
            self._vocabulary = (moved, today), frozenset(rows.fetchall())
        return self._vocabulary[1]

    def words(self) -> frozenset[tuple[str, str, str]]:
        """Every word of a standard that is kept: its list, its namespace and its code."""
        known = self.remembered().known
        if "words" not in known:
            rows = self.store.records.execute(
                "SELECT kind, namespace, code FROM descriptor WHERE district = ?", (SHARED,)
            )
            known["words"] = frozenset(rows.fetchall())
        return known["words"]

    def veiled(self) -> list[Veiled]:
        """The records that only one app sees, or that one app does not see, oldest first."""
        rows = self.store.records.execute(
            "SELECT v.district, v.kind, v.id, a.relying_party, v.shown, v.at FROM veiled v JOIN app a ON a.id = v.app"
            " ORDER BY v.at, v.id"
        )
        return [
            Veiled(district, kind, identity, app, bool(shown), at) for district, kind, identity, app, shown, at in rows
        ]

    @contextmanager
    def waiting(self, holder: Holder) -> Generator[Pending]:
        """Change what a holder told of humans who have no role yet: whole or not at all."""
        if not holder.credential.writes:
            raise NotHeld(READS_ONLY)
        with self.store.transaction() as connection:
            yield Pending(connection, holder.app.id)

    @contextmanager
    def founding(self, holder: Holder, values: dict[str, Any]) -> Generator[Writer]:
        """Make a district for a holder, who may see it and make schools in it: whole or not at all."""
        if not holder.credential.organisations:
            raise NotHeld("This key may not make districts.", hint="use a key whose claim set may, such as EdFiSandbox")
        with self.store.founding(values, holder.app.id) as batch:
            identifier = values.get("identifier") or ""
            known = self.remembered().known
            reader = DistrictReader(self.store, holder.credential, batch.district, identifier, [], self._day([]), known)
            yield Writer(batch, reader)

    def reach(self, credential: Credential) -> frozenset[str]:
        """The scopes that a key has: those that its words let through of what the schools it reaches granted."""
        held = {name for _, grants in self._districts(credential).values() for g in grants for name in g.scopes}
        beside = {name for name in writable(held) if name not in WRITTEN}
        return frozenset(held & credential.scopes) - beside

    # ---- apps and grants

    def apps(self) -> list[App]:
        """All apps by name."""
        rows = self.store.records.execute("SELECT id, relying_party, name FROM app ORDER BY name, id")
        return [App(*row) for row in rows]

    def app(self, relying_party: str) -> App:
        """The app that signs in by this name."""
        found = self.store.records.execute(
            "SELECT id, relying_party, name FROM app WHERE relying_party = ?", (relying_party,)
        ).fetchone()
        if found is None:
            raise NotFound(
                Problem(
                    "app",
                    f"{relying_party} is not known",
                    nearest(relying_party, [a.relying_party for a in self.apps()]),
                )
            )
        return App(*found)

    def add_app(self, relying_party: str, name: str = "") -> tuple[App, str]:
        """A new app and its management secret, which is shown once and kept only as a hash."""
        if not relying_party or any(c.isspace() for c in relying_party):
            raise Malformed(Problem("relying party", "must be a name without spaces", "such as app.example.org"))
        if any(a.relying_party.lower() == relying_party.lower() for a in self.apps()):
            raise Conflict(Problem("relying party", f"{relying_party} is already taken"))
        app, secret = App(str(uuid.uuid4()), relying_party, name or relying_party), new_secret()
        with self.store.transaction() as db:
            db.execute(
                "INSERT INTO app VALUES (?, ?, ?, ?, ?)",
                (app.id, app.relying_party, app.name, digest(secret), now()),
            )
        return app, secret

    def new_management_secret(self, app: App) -> str:
        """Another management secret for an app; the earlier one and its tokens are void."""
        secret = new_secret()
        with self.store.transaction() as db:
            db.execute("UPDATE app SET secret = ? WHERE id = ?", (digest(secret), app.id))
        with self.store.passing as db:
            db.execute("""DELETE FROM token WHERE app = ? AND "grant" = ''""", (app.id,))
        return secret

    def schools(self) -> list[tuple[int, str, str, str, str]]:
        """Every school: district number, hub id, establishment number, name, name of the district."""
        return self.store.records.execute(
            "SELECT s.district, s.id, s.estab, s.name, d.name FROM school s JOIN district d ON d.district = s.district"
            " ORDER BY s.district, s.estab"
        ).fetchall()

    def districts(self) -> list[tuple[int, str]]:
        """Every district: its number and name."""
        return self.store.records.execute("SELECT district, name FROM district ORDER BY district").fetchall()

    def person(self, estab: str, kind: str, mis_id: str) -> str:
        """The hub id of the human who is a student, a member of staff or a contact of a school by an MIS id."""
        human = human_kind(kind)
        district, school, _ = self.school(estab)
        found = self.store.records.execute(
            f'SELECT person FROM "{RECORDS[human].table}" WHERE district = ? AND school = ? AND mis_id = ?',
            (district, school, mis_id),
        ).get
        if found is None:
            raise NotFound(Problem("people", f"no {human} has the Id {mis_id} at {estab}"))
        return found

    def school(self, estab: str) -> tuple[int, str, str]:
        """The district number, hub id and name of the school with this establishment number."""
        found = self.store.records.execute(
            f"SELECT district, id, name FROM school WHERE estab = ? AND {UNVEILED}", (estab,)
        ).fetchone()
        if found is None:
            known = [f"{e}" for _, _, e, _, _ in self.schools()][:40]
            raise NotFound(Problem("estab", f"no school has the number {estab}", nearest(estab, known)))
        return found

    def has_records(self, estab: str) -> bool:
        """Whether anybody's records have come from a school."""
        district, school, _ = self.school(estab)
        return (
            self.store.records.execute(
                "SELECT 1 FROM sync WHERE district = :d AND school = :s UNION ALL"
                " SELECT 1 FROM moved WHERE district = :d AND school = :s LIMIT 1",
                {"d": district, "s": school},
            ).get
            is not None
        )

    def grants(self, app: App | None = None) -> list[Grant]:
        """All grants, or those of one app, in the order in which they were first made."""
        every = self.store.records.execute(f"SELECT {GRANT_COLUMNS} ORDER BY a.name, g.made, s.estab")
        return [g for g in map(grant_from, every) if app is None or g.app == app]

    def grant(self, app: App, estab: str) -> Grant:
        """What a school has granted to an app."""
        for grant in self.grants(app):
            if grant.estab == estab:
                return grant
        raise NotFound(
            Problem("grant", f"{app.relying_party} has none at {estab}", "make one with `rollbook apps grant`")
        )

    def narrow(self, grant: Grant, scopes: Iterable[str]) -> Grant:
        """Leave a grant only these scopes from now on; its tokens go on with what is left."""
        left = known_scopes(frozenset(scopes))
        more = sorted(left - grant.scopes)
        if more:
            raise Conflict(
                *(
                    Problem(
                        "scopes", f"{name} is not held, so it cannot be kept", "add scopes with `rollbook apps widen`"
                    )
                    for name in more
                )
            )
        with self.store.transaction() as db:
            db.execute(
                'UPDATE "grant" SET scopes = ?, version = version + 1 WHERE id = ?',
                (json.dumps(sorted(left)), grant.id),
            )
            if left != grant.scopes:
                tell(db, grant.id, "narrowed")
                give_receipt(db, grant.id, "narrowed", self.by, grant.scopes - left)
        return self.grant(grant.app, grant.estab)

    def nobodys_grant(self, app: App, estab: str) -> Grant:
        """What a grant would be, if there were one: with it a school is shown what an app would see."""
        row = self.store.records.execute(
            "SELECT district, id, estab, coalesce(name, estab), mis, time_zone FROM school WHERE estab = ?", (estab,)
        ).fetchone()
        if row is None:
            raise NotFound(Problem("estab", f"no school has the number {estab}"))
        district, school, number, name, mis, zone = row
        return Grant("", app, district, school, number, name, mis or "", zone or "UTC", frozenset(), "active", 0)

    def widen(self, grant: Grant, scopes: Iterable[str]) -> Grant:
        """Let a grant hold further scopes; its secret, its tokens, its people and its links stay. The app is told."""
        if grant.state == "revoked":
            raise Conflict("the grant is revoked", hint="grant again")
        more = known_scopes(frozenset(scopes)) | grant.scopes
        if more == grant.scopes:
            return grant
        with self.store.transaction() as db:
            db.execute(
                'UPDATE "grant" SET scopes = ?, version = version + 1 WHERE id = ?',
                (json.dumps(sorted(more)), grant.id),
            )
            tell(db, grant.id, "widened")
            give_receipt(db, grant.id, "widened", self.by)
        return self.grant(grant.app, grant.estab)

    def pause(self, grant: Grant, paused: bool = True) -> Grant:
        """Stop a grant for a while, or let it go on."""
        if grant.state == "revoked":
            raise Conflict("the grant is revoked", hint="authorise the app again")
        state = "paused" if paused else "active"
        with self.store.transaction() as db:
            changed = db.execute(
                'UPDATE "grant" SET state = ?, version = version + 1 WHERE id = ? AND state <> ? RETURNING 1',
                (state, grant.id, state),
            ).fetchall()
            if changed and self.by == OPERATOR:
                # A school pauses only while it chooses people, of which it gets one receipt at the end.
                give_receipt(db, grant.id, "paused" if paused else "resumed", self.by)
        return self.grant(grant.app, grant.estab)
