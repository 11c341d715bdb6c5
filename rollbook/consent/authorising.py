"""The life of a grant: authorised, authorised again, narrowed, ended now or at a moment that the school names.

Whatever an app must be told of it is promised in the transaction that changes it, as a job of kind `webhook`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..errors import Conflict, NotFound, Problem
from ..store.kept import Kept
from ..store.kept.grants import Dates, Stranded
from ..store.port import Store
from .announcing import filled, tell
from .grants import App, Grant, known_scopes
from .invitations import Invitation, mark_answer
from .planning import BEGIN, RESUME, carry_out, lay, told
from .receipts import OPERATOR, PERSON, give_receipt
from .schools import Schools
from .secrets import digest, shaped, told_again

MOST_SECRETS = 1000
"""The secrets that one authorisation may have had, one after another."""


@dataclass(frozen=True)
class Authorisation:
    """A grant with its dates: when it was last authorised and, where it has been, from when it is revoked."""

    grant: Grant
    authorised: float
    revoked: float | None


class Grants:
    """What schools grant to apps."""

    def __init__(self, store: Store, clock: Callable[[], float], by: str, schools: Schools) -> None:
        """`by` is who changes grants here, as receipts say it."""
        self._store = store
        self._clock = clock
        self._by = by
        self._schools = schools

    # ---- looking

    def all(self) -> list[Grant]:
        """All grants, by app, in the order in which they were first made."""
        return self._store.kept.grants.every()

    def of(self, app: App) -> list[Grant]:
        """The grants of one app, in the order in which they were first made."""
        return self._store.kept.grants.of(app.id)

    def stranded(self, app: App) -> list[Stranded]:
        """The grants of one app whose schools were taken away, by an import or with a source: nothing reads by them."""
        return self._store.kept.grants.stranded(app.id)

    def at(self, app: App, estab: str) -> Grant:
        """What a school has granted to an app."""
        for grant in self.of(app):
            if grant.estab == estab:
                return grant
        raise NotFound(
            Problem("grant", f"{app.relying_party} has none at {estab}", "make one with `rollbook apps grant`")
        )

    def by_id(self, identity: str) -> Grant | None:
        """The grant with this id, in whatever state, if there is one."""
        return self._store.kept.grants.with_id(identity)

    def authorisations(self, app: App) -> list[Authorisation]:
        """The grants of an app with their dates (seconds since 1970), by school."""
        dates = self._store.kept.grants.dates(app.id)
        return sorted((_dated(g, dates[g.id]) for g in self.of(app)), key=lambda a: a.grant.estab)

    def for_nobody(self, app: App, estab: str) -> Grant:
        """What a grant would be, if there were one: with it a school is shown what an app would see."""
        return Grant("", app, *self._schools.place(estab), frozenset(), "active", 0)

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
        begins: float | None = None,
    ) -> tuple[Grant, str]:
        """Grant scopes at a school, or grant them again: a new school secret revokes the old one and its tokens.

        Which people the school chose stays as it was: who was left out is not let in by a second authorisation. With
        `choosing` the grant is paused until the school has chosen people. `answers` is the invitation that led here,
        `asked` what the app asked for; `after` tells how often the school had authorised the app when it was asked,
        and raises `Conflict` where it has done so since. The app reads nothing before it `begins` (seconds since 1970).
        """
        held = known_scopes(frozenset(scopes))
        district, school, _ = self._schools.find(estab)
        with self._store.of_district(district) as kept:
            identity, serial = kept.grants.known(app.id, school) or (str(uuid.uuid4()), 0)
            if after is not None and after != serial:
                raise Conflict("the app has been authorised in the meantime", hint="reload the page")
            secret = self._made(identity, serial + 1)
            # Two grants of one millisecond are still told in the order in which they were made.
            made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
            kept.grants.begin(identity, app.id, (district, school), made)
            waits = choosing or begins is not None
            kept.grants.authorise(identity, held, "paused" if waits else "active", digest(secret))
            if begins is not None:
                lay(kept, identity, begins, BEGIN, (), self._by)
            kept.choices.drop_drafts(identity)
            email = answers.email if answers else ""
            kept.grants.agree(identity, serial + 1, {*asked} or held, email, shown=not choosing)
            if answers:
                mark_answer(kept, answers, "authorised")
            tell(kept, identity, "authorised")
            if not choosing:
                note = "" if begins is None else told(BEGIN, begins, (), kept.grants.zone(identity))
                give_receipt(kept, identity, "authorised", self._by, note=note)
        grant = self.at(app, estab)
        self._drop_tokens(grant.id)
        return grant, secret

    def secret(self, grant: str, serial: int) -> str:
        """The present secret of a grant's nth authorisation: made again to be told, kept only as a hash."""
        return self._made(grant, serial, self._turn(grant, serial))

    def _made(self, grant: str, serial: int, turn: int = 0) -> str:
        return made(self._store.secret("school secret"), grant, serial, turn)

    def _turn(self, grant: str, serial: int) -> int:
        """How often the app has had another secret made since the nth authorisation, as its hash tells."""
        present, key = self._store.kept.grants.secret(grant), self._store.secret("school secret")
        turns = range(MOST_SECRETS)
        return next((turn for turn in turns if digest(made(key, grant, serial, turn)) == present), 0)

    def new_secret(self, grant: Grant, until: float = 0.0) -> str:
        """Another school secret, for the app that asks; the one before is void, or will be at a moment.

        Nothing of what the school agreed to changes. While the one before is good, so are tokens got by it. Both are
        void once the school authorises the app again.
        """
        if grant.state == "revoked":
            raise Conflict("the grant is revoked", hint="authorise the app again")
        turn = self._turn(grant.id, grant.serial) + 1
        if turn == MOST_SECRETS:
            raise Conflict(f"the secret was changed {turn - 1} times", hint="have the school authorise the app again")
        secret = self._made(grant.id, grant.serial, turn)
        with self._store.of_district(grant.district) as kept:
            kept.grants.rotate(grant.id, digest(secret), until)
        if not until:
            self._drop_tokens(grant.id)
        return secret

    def show_secret(self, grant: Grant) -> str | None:
        """The school secret, the first time that it is asked for after the school has chosen people; then None."""
        with self._store.of_district(grant.district) as kept:
            first = kept.grants.show(grant.id, grant.serial)
        return self.secret(grant.id, grant.serial) if first else None

    def first_choice(self, grant: Grant) -> bool:
        """Whether the school has never yet confirmed the people of this authorisation."""
        return self._store.kept.grants.to_be_shown(grant.id)

    def begins(self, grant: Grant) -> float | None:
        """The moment (seconds since 1970) at which an app is to begin to read, where that is still to come."""
        now, waits = self._clock(), self._store.kept.planned.of(grant.id)
        return next((one.at for one in waits if one.what == BEGIN and one.at > now), None)

    # ---- changing

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
        with self._store.of_district(grant.district) as kept:
            _must_stand(kept, grant)
            carry_out(kept, grant.id)
            kept.grants.set_scopes(grant.id, left)
            if left != grant.scopes:
                tell(kept, grant.id, "narrowed")
                give_receipt(kept, grant.id, "narrowed", self._by, grant.scopes - left)
        return self.at(grant.app, grant.estab)

    def widen(self, grant: Grant, scopes: Iterable[str]) -> Grant:
        """Let a grant hold further scopes; its secret, its tokens, its people and its links stay. The app is told."""
        if grant.state == "revoked":
            raise Conflict("the grant is revoked", hint="grant again")
        more = known_scopes(frozenset(scopes)) | grant.scopes
        if more == grant.scopes:
            return grant
        with self._store.of_district(grant.district) as kept:
            _must_stand(kept, grant)
            carry_out(kept, grant.id)
            kept.grants.set_scopes(grant.id, more)
            tell(kept, grant.id, "widened")
            give_receipt(kept, grant.id, "widened", self._by)
        return self.at(grant.app, grant.estab)

    def pause(self, grant: Grant, paused: bool = True, *, told: bool = False) -> Grant:
        """Stop a grant for a while, or let it go on; `told` that there is a receipt of it, whoever does."""
        if grant.state == "revoked":
            raise Conflict("the grant is revoked", hint="authorise the app again")
        with self._store.of_district(grant.district) as kept:
            carry_out(kept, grant.id)
            changed = kept.grants.set_state(grant.id, "paused" if paused else "active")
            if not paused:
                # What was to go on later goes on now.
                kept.planned.drop_of(grant.id, (RESUME, BEGIN))
            if changed and (told or self._by.partition(PERSON)[0] == OPERATOR):
                # While a school chooses people it is paused too, of which it gets one receipt at the end.
                give_receipt(kept, grant.id, "paused" if paused else "resumed", self._by)
        return self.at(grant.app, grant.estab)

    def announcement(self, payload: Mapping[str, Any]) -> dict[str, str] | None:
        """What a promised message to an app says now; None where it is no longer true."""
        grant = self.by_id(payload["grant"])
        return filled(payload, grant, self.secret(grant.id, payload["serial"])) if grant else None

    # ---- ending

    def revoke(self, grant: Grant, by: str = "") -> Grant:
        """End a grant; its tokens and its secret end with it. `by` is who does, where it is not whose desk this is."""
        # One whose moment has come already ended then.
        self._end(grant, min(self._clock(), grant.ends or float("inf")), by or self._by)
        self._drop_tokens(grant.id)
        return self.at(grant.app, grant.estab)

    def revoke_at(self, grant: Grant, at: float | None, by: str = "") -> Grant:
        """End a grant from a moment on (seconds since 1970), which counts without anybody noting it; None for never."""
        if grant.state == "revoked":
            raise Conflict("the grant is revoked", hint="authorise the app again")
        if at is not None and at <= self._clock():
            return self.revoke(grant, by)
        with self._store.of_district(grant.district) as kept:
            carry_out(kept, grant.id)
            before = kept.grants.end_at(grant.id, at)
            if at is not None:
                kept.outbox.promise("revoke", {"grant": grant.id}, key=f"{grant.id}/{at}", due=at)
                give_receipt(kept, grant.id, "ending", by or self._by)
            elif before:
                give_receipt(kept, grant.id, "endless", by or self._by)
        return self.at(grant.app, grant.estab)

    def note_ending(self, identity: str) -> None:
        """Write down that a grant (hub id) has ended, if the moment that the school named has come."""
        at, grant = self._store.kept.grants.named_end(identity), self.by_id(identity)
        if grant is not None and at is not None and at <= self._clock():
            self._end(grant, at, self._by)
            self._drop_tokens(grant.id)

    def _end(self, grant: Grant, at: float, by: str) -> None:
        ended = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        with self._store.of_district(grant.district) as kept:
            changed = kept.grants.end(grant.id, ended)
            kept.choices.drop_drafts(grant.id)
            if changed:
                tell(kept, grant.id, "revoked")
                give_receipt(kept, grant.id, "ended", by)

    def _drop_tokens(self, grant: str) -> None:
        with self._store.passing as passing:
            passing.tokens.drop(grant)


def made(key: bytes, grant: str, serial: int, turn: int) -> str:
    """The secret of a grant's nth authorisation; those that the app had made in its place are counted by turns."""
    return shaped(told_again(key, grant, serial, *([turn] if turn else ())))


def _must_stand(kept: Kept, grant: Grant) -> None:
    """Raise `Conflict` where somebody else has changed a grant since it was read: theirs would be lost."""
    found = kept.grants.with_id(grant.id)
    if found is None or found.version != grant.version:
        raise Conflict("somebody else has changed what is shared in the meantime", hint="look again, then decide")


def _dated(grant: Grant, dates: Dates) -> Authorisation:
    revoked = None
    if grant.state == "revoked":
        revoked = grant.ends if dates.ended is None else _seconds(dates.ended)
    return Authorisation(grant, _seconds(dates.made) if dates.authorised is None else dates.authorised, revoked)


def _seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp()
