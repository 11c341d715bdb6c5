"""How an app stands with each school: from the invitation to the end, in one word."""

from __future__ import annotations

from dataclasses import dataclass

from .authorising import Grants
from .grants import App, Grant
from .invitations import Invitation, Invitations
from .registering import Registrations
from .sandboxes import Sandboxes

STANDINGS = {
    "invited": "Invited",
    "opened": "Opened",
    "lapsed": "Did not answer",
    "refused": "Refused",
    "agreed": "Agreed",
    "narrowed": "Agreed in part",
    "paused": "Paused",
    "ended": "Ended",
}
"""Each way in which an app may stand with a school, and what it is called."""


@dataclass(frozen=True)
class Standing:
    """An app at a school: how it stands, what it was granted, and the invitation, where there are.

    A trial knows a school by the number that it gave, and its name (else empty) once the school lets it in.
    """

    estab: str
    school_name: str
    state: str
    grant: Grant | None
    invitation: Invitation | None
    sandbox: bool

    @property
    def called(self) -> str:
        """How it stands, as people read it."""
        return STANDINGS[self.state]

    @property
    def waits(self) -> bool:
        """Whether the school has yet to answer."""
        return self.invitation is not None and self.state in ("invited", "opened", "lapsed")


class StandingWith:
    """How apps stand with schools."""

    def __init__(
        self, registrations: Registrations, grants: Grants, invitations: Invitations, sandboxes: Sandboxes
    ) -> None:
        self._registrations = registrations
        self._grants = grants
        self._invitations = invitations
        self._sandboxes = sandboxes

    def of(self, app: App, now: float) -> list[Standing]:
        """How an app stands with each school that it has to do with, by number."""
        grants = {grant.estab: grant for grant in self._grants.of(app)}
        asked = {one.estab: one for one in self._invitations.of(app)}
        invented, wanted = self._sandboxes.districts(), self._registrations.of(app)
        found: list[Standing] = []
        for estab in sorted({*grants, *asked}):
            grant, one = grants.get(estab), asked.get(estab)
            asks = {ask.scope for ask in wanted.among(one.scopes if one else ())}
            of = grant or one
            assert of is not None
            state = granted(grant, asks) if grant else invited(one, now) if one else ""
            name = of.school_name if grant or wanted.live else ""
            found.append(Standing(estab, name, state, grant, one, of.district in invented))
        return found


def granted(grant: Grant, asks: set[str]) -> str:
    """How an app stands that was granted something, less perhaps than it asks for."""
    if grant.state != "active":
        return "paused" if grant.state == "paused" else "ended"
    return "narrowed" if asks - grant.scopes else "agreed"


def invited(one: Invitation, now: float) -> str:
    """How an app stands that has asked."""
    if one.answer == "declined":
        return "refused"
    return "lapsed" if one.expires <= now else "opened" if one.opened is not None else "invited"
