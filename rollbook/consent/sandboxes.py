"""Sandboxes: schools of invented people, each of one app, which no other app and no count ever sees."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from ..errors import Conflict, NotFound, Problem
from ..settings import SANDBOXES
from ..store.kept.accounts import INVENTED
from ..store.kept.sandboxes import Sandbox as Sandbox
from ..store.port import Store
from .authorising import Grants
from .credentials import Credentials
from .grants import App, Grant
from .registering import Registrations

KIND = "sandbox"
"""The kind of the jobs that make sandboxes, and empty them."""

COUNTED = "PublishedCounts"
"""The scope that no sandbox grants: invented people are counted with nobody."""

KINDS = {"primary": "An English primary school", "secondary": "An English secondary school", "us": "A US high school"}
"""What kinds of school a sandbox may be."""

FIRST = {"primary": 990_000_000, "secondary": 991_000_000, "us": 992_000_000}
"""The establishment numbers of sandboxes of each kind come after these: no register's are so long, and Ed-Fi's ids may
be."""

SIGNS_IN = {"edfi": ("SISVendor",), "edlink": (), "oneroster": ()}
"""The dialects of which a sandbox has a key, and the rights of each."""


def researcher_of(one: Sandbox) -> str:
    """The address of a sandbox's researcher, at which nobody reads."""
    return f"{one.estab}{INVENTED}"


def kind_of(estab: str) -> str:
    """What kind of school the sandbox with an establishment number is."""
    return next(kind for kind, first in reversed(FIRST.items()) if int(estab) > first)


@dataclass(frozen=True)
class Keys:
    """What an app shows at its sandbox: the school secret of Xporter, and for each other dialect a key and a secret."""

    school_secret: str
    pairs: dict[str, tuple[str, str]]


class Sandboxes:
    """The sandboxes of apps."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float],
        registrations: Registrations,
        grants: Grants,
        credentials: Credentials,
    ) -> None:
        self._store = store
        self._clock = clock
        self._registrations = registrations
        self._grants = grants
        self._credentials = credentials

    # ---- looking

    def of(self, app: App) -> list[Sandbox]:
        """The sandboxes of an app, in the order in which they were asked for."""
        return self._store.kept.sandboxes.of(app.id)

    def at(self, app: App, estab: str) -> Sandbox:
        """The sandbox of an app with this establishment number."""
        found = next((one for one in self.of(app) if one.estab == estab), None)
        if found is None:
            raise NotFound(Problem("sandbox", f"{app.relying_party} has none with the number {estab}"))
        return found

    def by_id(self, identity: str) -> Sandbox | None:
        """The sandbox with this id."""
        return self._store.kept.sandboxes.with_id(identity)

    def grant(self, app: App, one: Sandbox) -> Grant | None:
        """What the app may do in its sandbox; None while that is being made."""
        grants = self._store.kept.grants.of(app.id)
        return next((g for g in grants if g.district == one.district and g.state == "active"), None)

    def districts(self) -> frozenset[int]:
        """The numbers of the districts that are sandboxes."""
        return self._store.kept.sandboxes.districts()

    @property
    def most(self) -> int:
        """How many an app may have."""
        return SANDBOXES.get()

    # ---- asking

    def ask(self, app: App, by: str, kind: str = "primary") -> Sandbox:
        """Have a sandbox made for an app, soon: a school of some kind (`KINDS`); `by` is who wants it."""
        if not self._registrations.of(app).asks:
            raise Conflict("the app asks for nothing yet", hint="say first what it asks schools for")
        with self._store.transaction() as kept:
            if len(kept.sandboxes.of(app.id)) >= self.most:
                raise Conflict(f"an app may have {self.most} sandboxes", hint="delete one, or reset it")
            taken = max([FIRST[kind], *(int(o.estab) for o in kept.sandboxes.every() if kind_of(o.estab) == kind)])
            estab = next(str(number) for number in count(taken + 1) if not kept.schools.has_estab(str(number)))
            one = Sandbox(str(uuid.uuid4()), app.id, estab, 0, self._clock(), 0)
            kept.sandboxes.add(one)
            kept.outbox.promise(KIND, {"sandbox": one.id, "turn": 1, "app": app.id}, key=f"{one.id}/1")
            kept.decisions.add(by, "asked for a sandbox", app.id, one.estab)
        return one

    def reset(self, app: App, one: Sandbox, by: str) -> None:
        """Have the people of a sandbox invented anew; its number and its secrets stay, but for the research token."""
        self._end_research(one)
        with self._store.transaction() as kept:
            told = {"sandbox": one.id, "turn": one.turn + 1, "app": app.id}
            kept.outbox.promise(KIND, told, key=f"{one.id}/{one.turn + 1}")
            kept.decisions.add(by, "reset a sandbox", app.id, one.estab)

    def delete(self, app: App, one: Sandbox, by: str) -> None:
        """End what an app may do in a sandbox now, and have its records go soon."""
        self._end_research(one)
        grant = self.grant(app, one)
        if grant is not None:
            self._grants.revoke(grant)
        for key in self._credentials.of(app):
            if one.district and key.district == one.district:
                self._credentials.drop(key)
        with self._store.transaction() as kept:
            kept.outbox.promise(KIND, {"sandbox": one.id, "turn": 0, "app": app.id}, key=f"{one.id}/0")
            kept.decisions.add(by, "deleted a sandbox", app.id, one.estab)

    def _end_research(self, one: Sandbox) -> None:
        """Let the researcher's tokens work no more; project and researcher go with the pupils, soon."""
        account = self._store.kept.accounts.by_email(researcher_of(one))
        if account is not None:
            with self._store.passing as passing:
                passing.sessions.end_all(account.id)

    def keys(self, app: App, one: Sandbox, by: str) -> Keys:
        """Other secrets for a sandbox, shown once; those before are void."""
        if self.grant(app, one) is None:
            raise Conflict("the sandbox is still being made", hint="try again in a moment")
        for key in self._credentials.of(app):
            if key.district == one.district:
                self._credentials.drop(key)
        secret = self.open(app, one)
        pairs = {dialect: self._credentials.add(app, dialect, district=one.district, rights=rights)
                 for dialect, rights in SIGNS_IN.items()}  # fmt: skip
        with self._store.transaction() as kept:
            kept.decisions.add(by, "made other secrets for a sandbox", app.id, one.estab)
        return Keys(secret, {dialect: (made.key, told) for dialect, (made, told) in pairs.items()})

    def open(self, app: App, one: Sandbox) -> str:
        """Grant an app all that it asks for in its sandbox, with another school secret."""
        return self._grants.authorise(app, one.estab, self._registrations.of(app).scopes - {COUNTED})[1]
