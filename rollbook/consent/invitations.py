"""Invitations: an app asks a school for its records, and the school answers through a link that is its alone."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from math import ceil

from ..errors import Conflict, Malformed, NotFound, Occupied, Problem
from ..store.kept import Kept
from ..store.kept.invitations import Invitation as Invitation
from ..store.kept.invitations import Link
from ..store.port import Store
from .addresses import address_problems, is_address
from .grants import App
from .schools import Schools
from .secrets import digest, told_again

LIFE = 30 * 24 * 3600.0
"""Seconds for which a school may agree with a link, or share more; sharing less and stopping have no end."""

AGAIN = 24 * 3600.0
"""Seconds before a school that has not answered is written to again, however often an app asks."""


REMINDERS, REMIND_AFTER = 3, 7 * 24 * 3600.0
"""How often an app may remind a school that does not answer, and after how many seconds each time."""

TRIES = 5
"""How many schools an app may invite while it is a trial."""


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
        return _signatories(self._store.kept, district, school)

    def add_signatory(self, estab: str, email: str) -> None:
        """Let an address answer for a school beside the school's own."""
        wrong = address_problems("email", email)
        if wrong:
            raise Malformed(*wrong)
        district, school, _ = self._schools.find(estab)
        with self._store.of_district(district) as kept:
            kept.invitations.name_signatory(district, school, email)

    def drop_signatory(self, estab: str, email: str) -> None:
        """Let an address no longer answer for a school; links that were sent to it are revoked."""
        district, school, _ = self._schools.find(estab)
        with self._store.of_district(district) as kept:
            kept.invitations.drop_signatory(district, school, email)

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
        if district in self._store.kept.sandboxes.districts():
            raise NotFound(Problem("estab", f"no school has the number {estab}"))
        with self._store.of_district(district) as kept:
            identity, links = kept.invitations.last_link(app.id, school) or (str(uuid.uuid4()), 0)
            to = _chosen(_signatories(kept, district, school), email)
            link = self._new_link(identity, links + 1, to)
            kept.invitations.invite(identity, app.id, (district, school), link, name=name, live=live, scopes=scopes)
            if mail and to:
                promise_letter(kept, identity, link.serial)
        return self.at(app, estab)

    def may_ask(self, app: App, estab: str, *, live: bool) -> None:
        """Raise `Conflict` where an app may not invite a school now; `live` is whether it is more than a trial."""
        mine = self.of(app)
        earlier = next((one for one in mine if one.estab == estab), None)
        if earlier is not None and not earlier.answer and self._clock() < earlier.made + AGAIN:
            raise Conflict("the school was invited less than a day ago and has not answered yet")
        if not live and earlier is None and len(mine) >= TRIES:
            hint = "ask the people who run this hub to make it live"
            raise Conflict(f"the app is a trial, and has invited {TRIES} schools", hint=hint)

    def remind(self, invitation: Invitation) -> Invitation:
        """Write to a school again that has not answered, with another link; raises `Conflict` where it is too soon."""
        if invitation.answer or self.lives_on(invitation):
            raise Conflict("the school has answered")
        if invitation.reminded >= REMINDERS:
            raise Conflict(f"the school was reminded {REMINDERS} times", hint="talk to them")
        left = invitation.made + REMIND_AFTER - self._clock()
        if left > 0:
            days = ceil(left / 86_400)
            raise Conflict("it is too soon", hint=f"remind them in {days} day{'s' if days > 1 else ''}")
        renewed = self.renew(invitation, mail=True)
        with self._store.of_district(invitation.district) as kept:
            kept.invitations.reminded(invitation.id)
        return renewed

    def note_opened(self, invitation: Invitation) -> None:
        """Write down that a school has opened its invitation, unless somebody else writes just now."""
        if invitation.opened is None and invitation.id:
            with suppress(Occupied), self._store.of_district(invitation.district, patience=0) as kept:
                kept.invitations.opened(invitation.id, self._clock())

    def all(self) -> list[Invitation]:
        """All invitations, by app and school."""
        return self._store.kept.invitations.every()

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
        return self._store.kept.invitations.with_id(identity)

    # ---- links

    def link(self, invitation: Invitation) -> str:
        """The token in the link of an invitation: made again whenever it is needed, and kept only as a hash."""
        return self._link(invitation.id, invitation.serial)

    def _link(self, identity: str, serial: int) -> str:
        made = told_again(self._store.secret("invitation link"), identity, serial)
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def _new_link(self, identity: str, serial: int, to: str) -> Link:
        now = self._clock()
        return Link(serial, digest(self._link(identity, serial)), to, now, now + LIFE)

    def proof(self, *parts: object) -> str:
        """What a form must bring back to show that it was made here, for these things and for nothing else."""
        return base64.urlsafe_b64encode(told_again(self._store.secret("form"), *parts)[:18]).decode()

    def follow(self, token: str) -> Invitation:
        """The invitation whose link holds this token; raises `LinkEnded`.

        A link with which a school has not agreed ends after its time. One with which it has stays, for as long as data
        flows and after, so that whoever kept it can look, share less and stop.
        """
        invitation = self._store.kept.invitations.with_link(digest(token))
        if invitation is None:
            raise LinkEnded(
                "A newer link has taken its place, or it never existed. Use the link in the newest e-mail. If you"
                " cannot find it, ask the people who run this hub to send you a new link."
            )
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
        return self._store.kept.invitations.granted(invitation.app.id, invitation.school)

    def renew(self, invitation: Invitation, *, mail: bool = False) -> Invitation:
        """Another link in place of the one there is, which no longer works; what was answered stays.

        With `mail`, it is sent to the address that the invitation was sent to, if that may still answer for the school.
        """
        with self._store.of_district(invitation.district) as kept:
            to = _chosen(_signatories(kept, invitation.district, invitation.school), invitation.email)
            link = self._new_link(invitation.id, invitation.serial + 1, to)
            if not kept.invitations.renew(invitation.id, link):
                raise _newer()
            if mail and to:
                promise_letter(kept, invitation.id, link.serial)
        return self.at(invitation.app, invitation.estab)

    def revoke(self, invitation: Invitation) -> None:
        """End a link for good; what is shared goes on."""
        with self._store.of_district(invitation.district) as kept:
            kept.invitations.revoke(invitation.id)

    def link_for(self, grant: str, email: str) -> str | None:
        """The token of the link at which an address may answer about a grant (hub id); None where there is none."""
        invitation = self._store.kept.invitations.behind(grant)
        if invitation is None:
            return None
        known = _signatories(self._store.kept, invitation.district, invitation.school)
        return self.link(invitation) if email.casefold() in {a.casefold() for a in known} else None

    def answer(self, invitation: Invitation, answer: str) -> None:
        """Write down what came of an invitation; the link stays in use."""
        with self._store.of_district(invitation.district) as kept:
            mark_answer(kept, invitation, answer)


def mark_answer(kept: Kept, invitation: Invitation, answer: str) -> None:
    """Write down within a transaction what came of an invitation; raises `Conflict` where a newer link was sent."""
    if not kept.invitations.answered(invitation.id, invitation.serial, answer):
        raise _newer()


def _newer() -> Conflict:
    return Conflict("a newer link has been sent meanwhile", hint="use the link in the newest e-mail")


def promise_letter(kept: Kept, identity: str, serial: int) -> None:
    """Promise within a transaction that the e-mail of an invitation is sent; the job holds no link."""
    payload = {"letter": "invitation", "invitation": identity, "serial": serial}
    kept.outbox.promise("mail", payload, key=f"invitation/{identity}/{serial}")


def _signatories(kept: Kept, district: int, school: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a for a in kept.invitations.addresses(district, school) if is_address(a)))


def _chosen(addresses: tuple[str, ...], wanted: str) -> str:
    known = {a.casefold(): a for a in addresses}
    return known.get(wanted.casefold()) or next(iter(addresses), "")
