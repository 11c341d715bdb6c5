"""Several decisions of a school at once: what each would change, then all of them, each with a receipt of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from ..errors import Conflict, Malformed, NotFound, Problem, nearest
from .authorising import Grants
from .grants import Grant, known_scopes
from .overview import Overview, Sharing
from .registering import Registrations

PAUSE, RESUME, END, LESS, MORE = "pause", "resume", "end", "less", "more"

DECISIONS = {
    PAUSE: "Pause",
    RESUME: "Let them read again",
    LESS: "Share less",
    MORE: "Share what they ask for besides",
    END: "End",
}
"""What may be decided about several apps at once."""


@dataclass(frozen=True)
class Change:
    """What a decision changes of what an app was granted; `why_not` says why it changes nothing."""

    grant: Grant
    state: str = ""
    """Its state afterwards: `active`, `paused` or `revoked`."""
    lost: frozenset[str] = frozenset()
    gained: frozenset[str] = frozenset()
    why_not: str = ""

    @property
    def stand(self) -> str:
        """What it rests on: other words, another decision."""
        grant, scopes = self.grant, (sorted(self.lost), sorted(self.gained))
        return repr((grant.id, grant.serial, grant.version, grant.state, grant.ends, self.state, scopes))


@dataclass(frozen=True)
class Done:
    """What came of a decision about one app: nothing is wrong where it was done."""

    change: Change
    wrong: str = ""


class Deciding:
    """Decides about several apps of a school, or several scopes of them, at once."""

    def __init__(self, grants: Grants, registrations: Registrations, overview: Overview) -> None:
        self._grants = grants
        self._registrations = registrations
        self._overview = overview

    def preview(self, school: str, what: str, apps: Collection[str], scopes: Iterable[str], now: float) -> list[Change]:
        """What a decision would change of some apps (the names they sign in by) at a school (hub id).

        `scopes` are those that it is about: what is to be shared no longer, or besides (none: all that is asked for).
        Raises `Malformed` with everything that is wrong.
        """
        known = {s.app.relying_party: s for s in self._overview.of_school(school, now) if s.grant is not None}
        wrong = [
            Problem("app", f"{name[:60]} has no grant here", nearest(name, known)) for name in apps if name not in known
        ]
        named = known_scopes(frozenset(scopes)) if not wrong else frozenset[str]()
        if not apps:
            wrong.append(Problem("app", "is missing", "choose at least one"))
        if what == LESS and not named:
            wrong.append(Problem("scope", "is missing", "choose what is to be shared no longer"))
        if what not in DECISIONS:
            wrong.append(Problem("what", "is not selected", f"one of {', '.join(DECISIONS)}"))
        if wrong:
            raise Malformed(*wrong)
        return [self._change(what, known[name], named) for name in sorted(set(apps), key=str.casefold)]

    def _change(self, what: str, sharing: Sharing, scopes: frozenset[str]) -> Change:
        grant = sharing.grant
        assert grant is not None
        if grant.state == "revoked":
            return Change(grant, why_not="sharing has ended")
        if what == PAUSE:
            return Change(grant, "paused") if grant.state == "active" else Change(grant, why_not="it is paused already")
        if what == RESUME:
            return self._resumed(sharing, grant)
        if what == END:
            return Change(grant, "revoked", lost=grant.scopes)
        if what == MORE:
            gained = frozenset(sharing.more) & (scopes or frozenset(sharing.more))
            return Change(grant, grant.state, gained=gained, why_not="" if gained else "it asks for nothing of that")
        return self._less(grant, scopes)

    def _resumed(self, sharing: Sharing, grant: Grant) -> Change:
        if grant.state == "active":
            return Change(grant, why_not="it reads already")
        if sharing.choosing or self._grants.first_choice(grant):
            return Change(grant, why_not="people are still being chosen")
        return Change(grant, "active")

    def _less(self, grant: Grant, scopes: frozenset[str]) -> Change:
        lost = (grant.scopes & scopes) - self._registrations.of(grant.app).required
        if not lost:
            return Change(grant, why_not="it has nothing of that which it can do without")
        if lost == grant.scopes:
            return Change(grant, why_not="nothing would be left: end it instead")
        return Change(grant, grant.state, lost=lost)

    def carry_out(self, what: str, changes: Iterable[Change]) -> list[Done]:
        """Do what was previewed, app by app; one that somebody else decided about meanwhile is left as it is."""
        does: dict[str, Callable[[Change], object]] = {
            PAUSE: lambda one: self._grants.pause(one.grant, told=True),
            RESUME: lambda one: self._grants.pause(one.grant, False, told=True),
            END: lambda one: self._grants.revoke(one.grant),
            LESS: lambda one: self._grants.narrow(one.grant, one.grant.scopes - one.lost),
            MORE: lambda one: self._grants.widen(one.grant, one.gained),
        }
        return [_done(one, does[what]) for one in changes if not one.why_not]


def _done(change: Change, do: Callable[[Change], object]) -> Done:
    try:
        do(change)
    except (Conflict, Malformed, NotFound) as error:
        return Done(change, str(error))
    return Done(change)


def must_stand(changes: Iterable[Change], stand: str) -> None:
    """Raise `Conflict` where what would change is no longer what was previewed."""
    if stand_of(changes) != stand:
        raise Conflict("somebody decided something meanwhile: look at the preview again")


def stand_of(changes: Iterable[Change]) -> str:
    """What a preview rests on, in one text."""
    return "\n".join(one.stand for one in changes)
