"""Signing in with an account elsewhere: people are sent to a provider, and come back with who they are."""

from __future__ import annotations

import logging

from ..api.messages import Request, Response
from ..api.openid import (
    WITH,
    ClocksDiffer,
    Denied,
    Departure,
    MailUnverified,
    OpenID,
    Provider,
    Unreachable,
    Untrusted,
    way_back,
)
from ..consent import Desk
from ..consent.identities import LARGEST, AddressTaken, Replayed, Trip, Unknown
from ..consent.invitations import LinkEnded
from ..consent.tries import TooOften
from ..errors import Conflict, Malformed, RollbookError
from .entering import Entering
from .forms import Form
from .guests import ROOT, SIGN_IN, local
from .proofs import cookie_of, with_cookie
from .researching import lines_of
from .visiting import go

log = logging.getLogger("rollbook")

BROWSER = "rollbook-away"
"""The cookie of a browser whose owner is at a provider."""

_ASK = "Ask a colleague who decides for your school, or the people who run this hub, to invite this address."

REFUSALS: dict[type[RollbookError], tuple[int, str, str]] = {
    Denied: (403, "You are not signed in", ""),
    MailUnverified: (403, "Your e-mail address is not verified", "Verify it there, or sign in with a password."),
    Unknown: (403, "You have no account here", _ASK),
    AddressTaken: (403, "This address belongs to somebody else", "Ask the people who run this hub."),
    Replayed: (400, "This sign-in has ended", "Nothing is wrong with your account: begin again."),
    Unreachable: (503, "Nobody answers", "You can sign in with a password meanwhile, if you have one."),
    ClocksDiffer: (400, "Two clocks differ", ""),
    Untrusted: (400, "The answer does not fit", "Begin again. If it goes on, tell the people who run this hub."),
    LinkEnded: (404, "This invitation has ended", ""),
    Conflict: (409, "That did not work", ""),
    Malformed: (400, "That did not work", ""),
    TooOften: (429, "Too many people sign in from here", ""),
}
"""What is answered to those who are not let in: the status, a heading, and what to do."""

_OURS = (Unreachable, ClocksDiffer, Untrusted)


class Elsewhere:
    """The pages of those who sign in with an account elsewhere."""

    def __init__(self, desk: Desk, openid: OpenID, entering: Entering) -> None:
        self.desk = desk
        self.openid = openid
        self.entering = entering

    def answer(self, request: Request, rest: str, form: Form | None) -> Response:
        """Send somebody to a provider, or take them back."""
        key, _, back = rest.partition("/")
        provider = self.openid.named(key if back in ("", "back") else "")
        try:
            if form is not None:
                self.entering.proofs.check(request, form)
                return self.send_with(request, provider, form)
            return self.back(request, provider) if back else self.send(request, provider)
        except tuple(REFUSALS) as error:
            return self.refused(request, provider, error)

    def send(self, request: Request, provider: Provider) -> Response:
        """Send somebody to a provider."""
        said = dict(request.query)
        trip, address = self._trip(request, provider, local(said.get("next", ROOT)), "", bool(said.get("another")))
        return self._leave(go(address), request, trip)

    def send_with(self, request: Request, provider: Provider, form: Form) -> Response:
        """Send somebody to a provider who had filled in something; a link leads there, since no form may leave."""
        kept = form.one("kept")
        trip, address = self._trip(request, provider, local(form.one("next")), kept, another=False)
        large = len(kept.encode()) > LARGEST
        page = self.entering.page(request, "away.html", provider=provider.name, address=address, large=large)
        return self._leave(page, request, trip)

    def _trip(self, request: Request, provider: Provider, then: str, kept: str, another: bool) -> tuple[Trip, str]:
        self.openid.meet(provider)
        back = way_back(provider, request.base)
        trip = self.desk.identities.send(provider.key, back, then, kept, request.client)
        asked = Departure(trip.state, trip.nonce, trip.verifier, back)
        return trip, self.openid.address(provider, asked, another=another)

    def _leave(self, page: Response, request: Request, trip: Trip) -> Response:
        # Lax: whoever comes back comes from another site.
        return with_cookie(page, request, BROWSER, trip.browser, WITH.rstrip("/"), "Lax")

    def back(self, request: Request, provider: Provider) -> Response:
        """Take somebody back, and let them in."""
        said = dict(request.query)
        away = self.desk.identities.back(provider.key, said.get("state", ""), cookie_of(request, BROWSER))
        vouched = self.openid.heard(provider, Departure(said["state"], away.nonce, away.verifier, away.back), said)
        if not away.next.startswith(f"{ROOT}/join/"):
            account = self.desk.identities.account(vouched)
        else:
            account = self.desk.identities.found(vouched)
        if account is not None and self.desk.accounts.authenticators.guards(account):
            ticket = self.desk.identities.ticket(vouched, account)
            return self.entering.wait_for_code(request, account, away.next, away.kept, ticket)
        return self.entering.arrive(request, vouched, away.next, away.kept)

    def refused(self, request: Request, provider: Provider, error: RollbookError) -> Response:
        """Why somebody is not let in, and what they can do."""
        kind = next(kind for kind in REFUSALS if isinstance(error, kind))
        status, heading, advice = REFUSALS[kind]
        if isinstance(error, _OURS):
            log.warning("signing in with %s: %s", provider.name, error)
        return self.entering.page(
            request, "refused.html", status, heading=heading, lines=[*lines_of(error), *filter(None, [advice])],
            again=f"{WITH}{provider.key}", other=isinstance(error, Unknown | MailUnverified | AddressTaken | Conflict),
            provider=provider.name, sign_in=SIGN_IN,
        )  # fmt: skip
