"""Keys, secrets and tokens of the dialects in which an app reads a district rather than one school."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from ..errors import Malformed, NotFound, NotSignedIn, Occupied, Problem, Refused, nearest
from ..recent import Recent
from ..store.kept.credentials import AppKey
from ..store.kept.tickets import Ticket
from ..store.numbering import now
from ..store.port import Store
from ..store.sealing import seal, unseal
from .callers import admitted, signed_in
from .grants import App
from .secrets import digest, new_secret, new_token
from .slips import asked_by
from .words import NAMESPACE, OWN, PROFILE, Word, known_words, scopes_of

DIALECTS = ("edfi", "edlink", "oneroster")
"""The dialects whose callers hold credentials of an app."""

ONE_DISTRICT = {"edlink": "an Edlink integration", "oneroster": "a OneRoster client"}
"""The dialects in which a credential is for one district, with what they call its holder."""

SIGNING = ("oneroster",)
"""The dialects in which requests may be signed with the secret (OAuth 1.0a) rather than bear a token."""

LISTED = ("edlink",)
"""The dialects in which an app may be told its tokens again, for its management secret."""

READS_ONLY = Problem(
    "",
    "This key can only read",
    "make a key that names a claim set with writing: `rollbook apps key APP edfi --rights SISVendor`",
)
"""What is wrong when a key that reads is used to write."""

CODE_SECONDS, REFRESH_SECONDS = 600, 365 * 24 * 3600
"""How long a code for a person's token may be redeemed, and how long its refresh token lasts."""

NOTED_SECONDS = 600.0
"""How often it is noted that a secret was shown, at the most, in seconds."""

SIGNED_SECONDS = 300
"""How far the clock of who signs a request may be off, which is how long what they say but once is remembered."""


@dataclass(frozen=True)
class Credential:
    """What an app shows in one dialect; `district` 0 stands for every district that has granted it something."""

    id: str
    app: App
    dialect: str
    key: str
    district: int
    words: tuple[Word, ...]
    made: str
    """The moment when it was made, UTC."""
    sealed: bool = False
    """Whether its secret is kept sealed beside its hash."""
    namespaces: tuple[str, ...] = ()
    """What namespaces begin with that its holder may write in; any, where none is named."""
    profiles: tuple[str, ...] = ()
    """The Ed-Fi profiles of which its holder must use one."""

    @cached_property
    def scopes(self) -> frozenset[str]:
        """The scopes that it lets through of what the schools granted."""
        return scopes_of(self.words)

    @property
    def signs(self) -> bool:
        """Whether its holder may sign requests with its secret."""
        return self.sealed and self.dialect in SIGNING

    @property
    def writes(self) -> bool:
        """Whether its holder may write."""
        return any(w.writes for w in self.words)

    @property
    def organisations(self) -> bool:
        """Whether its holder may make districts and schools."""
        return any(w.organisations for w in self.words)


@dataclass(frozen=True)
class Holder:
    """Whoever shows a token: the credential that it came from, the person it is for (hub id, or ""), and its end."""

    credential: Credential
    person: str = ""
    expires: float = float("inf")

    @property
    def app(self) -> App:
        """The app whose credential it is."""
        return self.credential.app


@dataclass(frozen=True)
class KeyUse:
    """A secret of an app, of a credential or for management (None): when it was last shown, and those before that are
    still good, each until a moment and when it was last shown (seconds since 1970)."""

    credential: Credential | None
    last: float | None
    earlier: tuple[tuple[float, float | None], ...]


class WrongClient(Refused):
    """The client id, key or secret is wrong."""


class WrongSignature(NotSignedIn):
    """The key is unknown, or the request was signed with another secret, or is not what was signed."""


class UnknownCode(Refused):
    """The code or the refresh token is unknown, used or expired."""


def _credential(key: AppKey) -> Credential:
    words = known_words(key.dialect, key.rights)
    namespaces, profiles = (_named(key.rights, beginning) for beginning in (NAMESPACE, PROFILE))
    return Credential(
        key.id, key.app, key.dialect, key.key, key.district, words, key.made, key.sealed, namespaces, profiles
    )


def _named(rights: Iterable[str], beginning: str) -> tuple[str, ...]:
    return tuple(right.removeprefix(beginning) for right in rights if right.startswith(beginning))


def _sealing(store: Store) -> bytes:
    return store.secret("secrets that sign")


class Credentials:
    """The credentials of apps."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self,
        app: App,
        dialect: str,
        *,
        district: int = 0,
        rights: Iterable[str] = (),
        signs: bool = False,
        listed: bool = False,
    ) -> tuple[Credential, str]:
        """A new credential and its secret, which is shown once and kept only as a hash.

        That of one that `signs` is kept sealed too: to check a signature it must be known. So is that of one that is
        `listed`: its app is told it again.
        """
        if dialect not in DIALECTS:
            raise Malformed(Problem("dialect", f"{dialect} does not use keys", nearest(dialect, DIALECTS)))
        rights = tuple(rights)
        words = known_words(dialect, rights)
        if dialect in ONE_DISTRICT and not district:
            raise Malformed(Problem("district", "is missing", f"{ONE_DISTRICT[dialect]} reads one district"))
        if signs and dialect not in SIGNING:
            raise Malformed(Problem("oauth1", f"{dialect} takes no signatures", f"only {', '.join(SIGNING)} does"))
        if listed and dialect not in LISTED:
            raise Malformed(Problem("listed", f"{dialect} lists no keys", f"only {', '.join(LISTED)} does"))
        if district and not self._store.kept.schools.has_district(district):
            raise NotFound(Problem("district", f"there is no district {district}"))
        beside = [right for right in rights if right.startswith((NAMESPACE, PROFILE))]
        named, secret = (*(f"{OWN * w.own}{w.name}" for w in words), *beside), new_secret()
        made = AppKey(str(uuid.uuid4()), app, dialect, str(uuid.uuid4()), district, named, now(), signs or listed)
        with self._store.transaction() as kept:
            kept.credentials.add(made, digest(secret))
            if made.sealed:
                kept.credentials.seal(made.id, seal(_sealing(self._store), made.key, secret))
        return _credential(made), secret

    def all(self) -> list[Credential]:
        """All credentials, by app."""
        return [_credential(key) for key in self._store.kept.credentials.every()]

    def of(self, app: App) -> list[Credential]:
        """The credentials of one app."""
        return [c for c in self.all() if c.app == app]

    def managed(self, dialect: str, secret: str) -> tuple[App, list[tuple[Credential, str | None]]]:
        """The app with a management secret, and its credentials in a dialect, with their secrets where they are listed.

        Raises `WrongClient` for a secret that is no app's.
        """
        app = self._store.kept.apps.of_secret(digest(secret))
        if app is None:
            raise WrongClient
        asked_by(app.id, (), "")
        admitted(app.id)
        return app, [(one, self._told(one)) for one in self.of(app) if one.dialect == dialect]

    def _told(self, credential: Credential) -> str | None:
        sealed = self._store.kept.credentials.sealed(credential.id) if credential.dialect in LISTED else None
        return None if sealed is None else unseal(_sealing(self._store), credential.key, sealed)

    def by_key(self, key: str) -> Credential:
        """The credential with this key."""
        found = self._store.kept.credentials.with_key(key)
        if found is None:
            raise NotFound(Problem("key", f"{key} is not known", "list keys with `rollbook apps keys`"))
        return _credential(found)

    def with_id(self, dialect: str, identity: str) -> Credential | None:
        """The credential of a dialect with this id, unless it has ended."""
        found = self._store.kept.credentials.with_id(dialect, identity)
        return _credential(found) if found else None

    def rotate(self, credential: Credential, until: float) -> str:
        """Another secret for a credential, shown once; the one before is good until a moment (seconds since 1970)."""
        secret = new_secret()
        with self._store.transaction() as kept:
            kept.credentials.rotate(credential.id, digest(secret), until)
            if credential.sealed:
                kept.credentials.seal(credential.id, seal(_sealing(self._store), credential.key, secret))
        if not until:
            with self._store.passing as passing:
                passing.tickets.drop(credential.id)
        return secret

    def uses(self, app: App) -> list[KeyUse]:
        """The secrets of an app: its management secret, and that of each credential, with when each was last shown."""
        kept, passing = self._store.kept, self._store.passing
        holders = [(None, app.id, kept.apps.secret(app.id))]
        holders += [(one, one.id, kept.credentials.secret(one.id)) for one in self.of(app)]
        return [
            KeyUse(
                credential,
                passing.tickets.last_use(now) if now else None,
                tuple((until, passing.tickets.last_use(was)) for was, until in kept.credentials.earlier(holder)),
            )
            for credential, holder, now in holders
        ]

    def drop(self, credential: Credential) -> None:
        """End a credential; its tokens end with it."""
        with self._store.transaction() as kept:
            kept.credentials.drop(credential.id)
        with self._store.passing as passing:
            passing.tickets.drop(credential.id)


class Tickets:
    """The tokens of credentials, handed out and taken back."""

    def __init__(
        self, store: Store, clock: Callable[[], float], holders: Callable[[], dict[tuple[str, bytes], Holder]]
    ) -> None:
        """`holders` gives who shows which token, as far as that was looked up in the present state of the hub."""
        self._store = store
        self._clock = clock
        self._holders = holders
        self._noted: Recent[list[float]] = Recent(1000)

    def exchange(self, dialect: str, key: str, secret: str, seconds: float) -> tuple[str, float]:
        """A token for a key and its secret (OAuth 2.0 client credentials), and the moment when it expires."""
        return self._ticket(self._client(dialect, key, secret), "access", "", seconds)

    def _client(self, dialect: str, key: str, secret: str) -> str:
        found = self._store.kept.credentials.client(dialect, key, digest(secret))
        if found is None:
            raise WrongClient
        signed_in(found)
        self._note(digest(secret))
        return found

    def _note(self, hashed: bytes) -> None:
        """Note that a secret was shown, unless that was noted a moment ago or somebody else writes just now."""
        now = self._clock()
        if now - self._noted.get(hashed, lambda: [0.0])[0] < NOTED_SECONDS:
            return
        self._noted.get(hashed, lambda: [0.0])[0] = now
        with suppress(Occupied), self._store.passing as passing:
            passing.tickets.note_use(hashed, now)

    def _ticket(self, credential: str, kind: str, person: str, seconds: float) -> tuple[str, float]:
        token = new_token(33)
        expires = self._clock() + seconds
        with self._store.passing as passing:
            passing.tickets.add(digest(token), kind, Ticket(credential, person, expires), self._clock())
        return token, expires

    def code(self, credential: Credential, person: str) -> str:
        """A code with which an app gets one person's tokens, once, within ten minutes."""
        if not self._store.kept.people.is_in(credential.district, person):
            raise NotFound(Problem("person", f"{person} is not a person of the district"))
        return self._ticket(credential.id, "code", person, CODE_SECONDS)[0]

    def redeem(
        self, dialect: str, key: str, secret: str, *, code: str = "", refresh: str = "", seconds: float = 3600
    ) -> tuple[str, str, float]:
        """A person's access token, a new refresh token, and the moment when the first expires; a code serves once."""
        credential = self._client(dialect, key, secret)
        kind, shown = ("code", code) if code else ("refresh", refresh)
        with self._store.passing as passing:
            person = passing.tickets.redeem(digest(shown), kind, credential, self._clock())
        if person is None:
            raise UnknownCode
        access, expires = self._ticket(credential, "access", person, seconds)
        return access, self._ticket(credential, "refresh", person, REFRESH_SECONDS)[0], expires

    def admit(self, dialect: str, token: str) -> Holder:
        """Who shows a token now: one that was handed out, or an Edlink integration's own secret, which does not end."""
        key, holders = (dialect, digest(token)), self._holders()
        holder = holders.get(key) or self._holder(*key)
        asked_by(holder.app.id, (), holder.person)
        admitted(holder.credential.id)
        if holder.expires <= self._clock():
            raise NotSignedIn("the token has expired", hint="request a new one")
        holders[key] = holder
        return holder

    def signed(
        self, dialect: str, key: str, proves: Callable[[str], bool], *, at: float, nonce: str, request: str
    ) -> Holder:
        """Who signed a request now.

        `proves` tells whether it was signed with a secret; `at` is when they say that they did, seconds since 1970;
        `nonce` is what they say but once, in this `request`.
        """
        found = self._store.kept.credentials.with_key(key)
        sealed = self._store.kept.credentials.seals(found.id) if found and found.dialect == dialect else []
        # Whether there is such a key, it takes as long to say no.
        secrets = [unseal(_sealing(self._store), key, one) for one in sealed] or [new_secret()]
        right = [one for one in secrets if proves(one)]
        if found is None or not sealed or not right:
            raise WrongSignature(hint="sign with a key made with --oauth1 and with its secret")
        self._note(digest(right[0]))
        asked_by(found.app.id, (), "")
        admitted(found.id)
        self._once(found.id, at, f"{at:.0f} {nonce}", request)
        return Holder(_credential(found))

    def _once(self, credential: str, at: float, said: str, request: str) -> None:
        """Raise `NotSignedIn` where a signed request comes too late or again."""
        now = self._clock()
        if abs(now - at) > SIGNED_SECONDS:
            what = f"the timestamp is more than {SIGNED_SECONDS // 60} minutes from the hub's clock"
            raise NotSignedIn(what, hint=f"sign again with your clock set right: here it is {now:.0f}")
        with self._store.passing as passing:
            if not passing.tickets.sign(credential, said, request, at + SIGNED_SECONDS, now):
                raise NotSignedIn("the nonce was used before", hint="sign each request with a nonce of its own")

    def _holder(self, dialect: str, hashed: bytes) -> Holder:
        ticket, kept = self._store.passing.tickets.access(hashed), self._store.kept.credentials
        if ticket:
            found = kept.with_id(dialect, ticket.credential)
        else:
            found = kept.with_secret(dialect, hashed) if dialect == "edlink" else None
            earlier = kept.holder(hashed) if found is None and dialect == "edlink" else None
            if earlier is not None and (found := kept.with_id(dialect, earlier[0])) is not None:
                self._note(hashed)
                return Holder(_credential(found), expires=earlier[1])
            if found is not None:
                self._note(hashed)
        if found is None:
            raise NotSignedIn("the token is unknown", hint="request a new one")
        return Holder(_credential(found), *ticket[1:]) if ticket else Holder(_credential(found))
