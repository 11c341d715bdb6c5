"""The seat of somebody who is signed in at the page of an app at a school: as with a link, and without its bounds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..api.messages import Response
from ..consent import Desk
from ..consent.grants import App
from ..consent.invitations import Invitation
from ..consent.receipts import OPERATOR, PERSON, SCHOOL, signed_by
from ..consent.schools import Listed
from ..errors import NotHeld
from .guests import Guest, nothing, school_path
from .review import Review, Stale
from .visiting import Visit, go, moment_of

DOUBLE = 60.0
"""Seconds within which a form that the same person sends again is taken for a second click."""


@dataclass(frozen=True)
class Seat(Visit):
    """Somebody who is signed in, at an app of a school."""

    guest: Guest | None = None
    decides: bool = False
    stand: str = ""
    """What was shared as the pages show it: forms made before somebody decided no longer count."""

    @property
    def someone(self) -> Guest:
        """Whose seat it is."""
        assert self.guest is not None
        return self.guest

    @property
    def base(self) -> str:
        """Where the pages of the app begin."""
        return school_path(self.invitation.estab, "apps", self.invitation.app.relying_party)

    @property
    def reader(self) -> str:
        """Who looks, as the ledger says it."""
        return self.someone.reader

    def proof(self, action: str) -> str:
        """What a form brings back: that it is of this sitting, and made of what is shared now."""
        return f"{self.someone.sitting.proof}.{self.desk.invitations.proof(action, self.stand)}"

    @property
    def young(self) -> bool:
        """An account does not grow old."""
        return True

    @property
    def fresh(self) -> bool:
        """Whether they may share more."""
        return self.decides

    @property
    def sees(self) -> bool:
        """Whoever is signed in for the school sees its people."""
        return True

    @property
    def may(self) -> bool:
        """Whether they may decide."""
        return self.decides

    def must_be_fresh(self) -> None:
        """Raise `NotHeld` for those who only look."""
        if not self.decides:
            raise NotHeld("your account lets you look, and not decide", hint="ask a colleague who decides")

    @property
    def frame(self) -> dict[str, Any]:
        """What stands around the pages."""
        invited = self.invitation
        crumbs = ((school_path(invited.estab), invited.school_name), (self.base, invited.app.name))
        return {**self.someone.frame, "wrong": (), "crumbs": crumbs, "agreed": self.grant is not None, "until": ""}


def desk_of(guest: Guest, school: Listed) -> Desk:
    """The desk at which somebody decides for a school, under their own name."""
    role = SCHOOL if guest.standing.decides(school.id) or not guest.standing.operates else OPERATOR
    return guest.desk.on_behalf(signed_by(role, guest.email))


def seat_of(guest: Guest, school: Listed, party: str) -> tuple[Review, Seat]:
    """The seat of somebody at an app of a school, and what answers there."""
    desk = desk_of(guest, school)
    found = [g for g in desk.grants.all() if g.school == school.id and g.app.relying_party == party]
    asked = [i for i in desk.invitations.all() if i.school == school.id and i.app.relying_party == party]
    app = next((one.app for one in (*found, *asked)), None)
    if app is None:
        raise nothing()
    grant, invited = next(iter(found), None), next(iter(asked), None) or _unasked(desk.grants.for_nobody, app, school)
    decides = guest.standing.decides(school.id) or guest.standing.operates
    if guest.standing.decides(school.id):
        desk.invitations.note_opened(invited)
    seat = Seat(desk, "", invited, desk.registrations.of(app), grant, guest=guest, decides=decides)
    drafts = sorted(desk.choosing.draft(grant).items()) if grant else []
    stands = (grant and (grant.serial, grant.version, grant.ends), [(a.scope, a.required) for a in seat.asks])
    later = [one.id for one in desk.planning.of(grant)] if grant else []
    return Review(desk), replace(seat, stand=repr((stands, later, [(k, _plain(d)) for k, d in drafts])))


def _plain(draft: Any) -> object:
    return draft.mode, sorted(draft.people), sorted(draft.rules), sorted(draft.without)


def _unasked(would_be: Any, app: App, school: Listed) -> Invitation:
    """What stands for an invitation where the app was granted something without one."""
    zone = would_be(app, school.estab).time_zone
    who = app, school.district, school.id, school.estab, school.name or school.estab, zone
    return Invitation("", *who, "", "", True, (), 0, 0.0, float("inf"), "")


def sent_again(review: Review, seat: Seat, action: str) -> Response:
    """What is answered to a form that was sent before, or is older than somebody's decision."""
    if seat.grant is None:
        raise Stale("what the app asks for has changed since you opened the page", hint="open the page again")
    last = next(iter(review.desk.receipts.of(seat.grant.id)), None)
    person = last.by.partition(PERSON)[2] if last else ""
    if last and person == seat.someone.email and review.desk.clock() - last.at < DOUBLE:
        if action == "authorise" and last.event == "authorised":
            return review.agreed(seat, review.desk.grants.secret(seat.grant.id, seat.grant.serial))
        return go(seat.base)
    told = "What is shared has changed since you opened the page. Nothing of what you sent was done."
    by = f"{last.heading}, on {moment_of(last.at, last.time_zone)}." if last else ""
    return seat.said("Somebody decided before you", told, *filter(None, [by]), status=409)
