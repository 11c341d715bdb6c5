"""The page on which a school answers an app: what it asks for, whose data, and how to change or end it later."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import replace

from ..api.messages import Request, Response
from ..consent import Desk, Grant
from ..consent.addresses import mails
from ..consent.planning import BEGIN, NARROW, PAUSE, RESUME, WIDEN, told
from ..consent.receipts import changes, words
from ..errors import (
    Conflict,
    Malformed,
    NotFound,
    NotHeld,
    Problem,
    RollbookError,
    Unavailable,
    WrongMethod,
)
from ..jobs import Queue
from ..scopes import CATALOGUE, Scope
from .choosing import Choosing, summary
from .days import later, tomorrow
from .forms import Form, read_form
from .refusing import heading_of, status_of, told_of
from .showing import Shown, showing
from .visiting import ROOT, Thing, Visit, answered, by_category, day_of, go, moment_of, page

Query = list[tuple[str, str]]
"""The names and values of an address's query."""


_STANDING = ("narrow", "widen", "choose", "endless", "revoke", "new-link", "pause", "resume", "cancel")
"""What can be done about what is shared."""


class Stale(Conflict):
    """A form was sent before, or what it was about has changed since."""


class Review:
    """The handler of the links that schools are sent."""

    prefixes = (ROOT,)

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.choosing = Choosing(desk)
        self.queue = Queue(desk.store, desk.clock)
        self.reads: dict[str, Callable[[Visit, Query], Response]] = {
            "": self.front,
            "again": self.again,
            "receipt": self.receipt,
            **self.choosing.reads,
        }
        self.does: dict[str, Callable[[Visit, Form], Response]] = {
            "authorise": self.authorise,
            "decline": self.decline,
            "narrow": self.narrow,
            "widen": self.widen,
            "new-link": self.new_link,
            "choose": self.choose,
            "confirm": self.confirm,
            "keep": self.keep,
            "revoke": self.revoke,
            "endless": self.endless,
            "pause": self.pause,
            "resume": self.resume,
            "cancel": self.cancel,
            **self.choosing.does,
        }

    def handle(self, request: Request) -> Response:
        """Answer a request, whatever goes wrong, with a page."""
        return answered(request, self.route, self.refuse)

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error, as a page."""
        return page(
            "said.html", status_of(error), invitation=None, base="", heading=heading_of(error), lines=told_of(error)
        )

    def party(self, request: Request) -> str | None:
        """No secrets are guessed here: a link's token is as long as a key."""
        return None

    def route(self, request: Request) -> Response:
        token, _, rest = request.path[len(ROOT) :].partition("/")
        visit = self.visit(token)
        try:
            return self.answer(request, visit, rest.strip("/"))
        except Unavailable:
            raise
        except RollbookError as error:
            return visit.said(heading_of(error), *told_of(error), status=status_of(error))

    def answer(self, request: Request, visit: Visit, action: str) -> Response:
        """Show a page of a link, or do what a form of it asks for."""
        if action not in self.reads and action not in self.does:
            raise NotFound("There is no such page.")
        if request.method in ("GET", "HEAD") and action in self.reads:
            return self.reads[action](visit, request.query)
        if request.method == "POST" and action in self.does:
            form = read_form(request)
            if not visit.may:
                raise NotHeld("your account lets you look, and not decide", hint="ask a colleague who decides")
            self.check(visit, action, form)
            return self.does[action](visit, form)
        raise WrongMethod

    def visit(self, token: str) -> Visit:
        """Who comes by this token; raises `LinkEnded`."""
        invitation = self.desk.invitations.follow(token)
        self.desk.invitations.note_opened(invitation)
        registration = self.desk.registrations.of(invitation.app)
        grant = next((g for g in self.desk.grants.of(invitation.app) if g.estab == invitation.estab), None)
        guarded = self.desk.roles.guarded(invitation.school)
        return Visit(self.desk, token, invitation, registration, grant, guarded)

    def check(self, visit: Visit, action: str, form: Form) -> None:
        """Refuse a form that was not made here for this, or was answered already."""
        if not hmac.compare_digest(form.one("proof").encode(), visit.proof(action).encode()):
            raise Stale("this form is out of date or was already sent", hint="open the page again")

    # ---- looking

    def front(self, visit: Visit, query: Query) -> Response:
        """What is shared now, what is asked for, or when sharing ended."""
        if visit.grant is None:
            return self.again(visit, query)
        if visit.grant.state == "revoked":
            return self.again(visit, query) if visit.young else self.ended(visit, visit.grant)
        return self.standing(visit, visit.grant)

    def ended(self, visit: Visit, grant: Grant) -> Response:
        """That sharing has ended, and when."""
        return visit.page("ended.html", ended=self.ended_on(visit, grant), receipts=self.receipts(visit))

    def ended_on(self, visit: Visit, grant: Grant) -> str:
        """The day on which sharing ended."""
        known = self.desk.grants.authorisations(visit.invitation.app)
        ended = next(a.revoked for a in known if a.grant == grant)
        return day_of(ended or self.desk.clock(), grant.time_zone)

    def again(self, visit: Visit, query: Query) -> Response:
        """What the app asks for."""
        notices = list[str]()
        standing = visit.grant is not None and visit.grant.state != "revoked"
        if standing:
            visit.must_be_fresh()
            notices.append(
                "You share data with this app already. If you agree again, it gets a new secret, and its"
                " present one stops working."
            )
        elif visit.grant is not None:
            notices.append(f"Sharing ended on {self.ended_on(visit, visit.grant)}.")
        elif visit.invitation.answer == "declined":
            notices.append("You have declined. You can still change your mind.")
        held = visit.grant.scopes if standing and visit.grant else frozenset[str]()
        asks = [(CATALOGUE[a.scope], (a, a.scope in held)) for a in visit.asks]
        return visit.page(
            "ask.html",
            registration=visit.registration,
            parts=_parts(asks),
            shows=self.shows(visit, [a.scope for a in visit.asks]),
            people=summary(self.desk, visit.grant) if visit.grant and visit.grant.people else [],
            notices=notices,
            standing=standing,
            tomorrow=tomorrow(self.desk.clock(), visit.invitation.time_zone),
            receipts=self.receipts(visit),
            proofs={a: visit.proof(a) for a in ("authorise", "decline")},
        )

    def shows(self, visit: Visit, scopes: Iterable[str]) -> dict[str, list[Shown]]:
        """By scope, its fields with an example; who comes by an old link is shown nobody's data."""
        if not visit.sees:
            return {}
        every = frozenset(a.scope for a in visit.asks) | frozenset(scopes)
        held = visit.grant or self.desk.grants.for_nobody(visit.invitation.app, visit.invitation.estab)
        return {name: list(showing(self.desk, replace(held, scopes=every), name, visit.reader)) for name in scopes}

    def standing(self, visit: Visit, grant: Grant) -> Response:
        """What is shared, and the ways to change it."""
        required, reasons = visit.registration.required, {a.scope: a.reason for a in visit.registration.asks}
        known = self.desk.grants.authorisations(grant.app)
        since = next(a.authorised for a in known if a.grant == grant)
        held = [(CATALOGUE[name], (name in required, reasons.get(name))) for name in sorted(grant.scopes)]
        plans = self.desk.planning.of(grant)
        more = [(CATALOGUE[a.scope], a) for a in visit.asks if a.scope not in grant.scopes]
        return visit.page(
            "standing.html",
            notices=[f"Agreed on {day_of(since, grant.time_zone)}.", *self.untold(grant)],
            paused=grant.state == "paused",
            choosing=bool(self.desk.choosing.draft(grant)),
            others=self.desk.choosing.others(grant),
            unchosen=self.desk.grants.first_choice(grant),
            parts=_parts(held),
            more=by_category(more),
            shows=self.shows(visit, [scope.name for scope, _ in (*held, *more)]),
            narrowable=bool(grant.scopes - required),
            people=summary(self.desk, grant),
            ends=None if grant.ends is None else moment_of(grant.ends, grant.time_zone),
            tomorrow=tomorrow(self.desk.clock(), grant.time_zone),
            plans=[(p.id, told(p.what, p.at, p.scopes, grant.time_zone)) for p in plans],
            begins=any(p.what == BEGIN for p in plans),
            asked=bool(visit.registration.asks),
            receipts=self.receipts(visit),
            mails=mails() and bool(visit.invitation.email),
            proofs={a: visit.proof(a) for a in _STANDING},
        )

    def receipts(self, visit: Visit) -> list[tuple[str, str, str]]:
        """The receipts of what was agreed: the id, the day and what it is about."""
        if visit.grant is None:
            return []
        zone = visit.grant.time_zone
        return [(r.id, moment_of(r.at, zone), r.heading) for r in self.desk.receipts.of(visit.grant.id)]

    def receipt(self, visit: Visit, query: Query) -> Response:
        """One receipt, to be printed."""
        receipt = self.desk.receipts.by_id(dict(query).get("id", ""))
        if receipt is None or visit.grant is None or receipt.grant != visit.grant.id:
            raise NotFound("There is no such receipt.")
        return visit.page(
            "receipt.html",
            receipt=receipt,
            at=moment_of(receipt.at, receipt.time_zone),
            ends=None if receipt.ends is None else moment_of(receipt.ends, receipt.time_zone),
            dropped=[words(name) for name in receipt.dropped],
        )

    def untold(self, grant: Grant) -> list[str]:
        """That the app's webhook has not heard of the last decision, and whether it is still being tried."""
        job = self.queue.undelivered(grant.id)
        if job is None:
            return []
        more = "It will not be tried again by itself." if job.state == "dead" else "The hub keeps trying."
        why = f"its webhook failed ({job.error})"
        return [
            f"{grant.app.name} has not been told about your last decision: {why}. {more} What you decided is in force."
        ]

    # ---- answering

    def authorise(self, visit: Visit, form: Form) -> Response:
        """Agree: to what is required, and to what is ticked of the rest."""
        visit.must_be_fresh()
        ticked, asked = frozenset(form.all("scope")), {a.scope for a in visit.asks}
        if not asked:
            raise Conflict("the app does not ask for anything at the moment")
        strange = sorted(ticked - asked)
        if strange:
            raise Malformed(*(Problem("scope", f"the app does not ask for {name[:60]!r}") for name in strange[:20]))
        choosing = form.choice("people", ("everyone", "same", "selection")) == "selection"
        scopes = ticked | {a.scope for a in visit.asks if a.required}
        if not scopes:
            raise Malformed("nothing is ticked", hint="tick what the app may read, or decline")
        grant, secret = self.desk.grants.authorise(
            visit.invitation.app,
            visit.invitation.estab,
            scopes,
            answers=visit.invitation if visit.invitation.id else None,
            asked=asked,
            choosing=choosing,
            after=visit.grant.serial if visit.grant else 0,
            begins=later(form, self.desk.clock(), visit.invitation.time_zone),
        )
        if choosing:
            self.desk.choosing.begin(grant)
            return go(f"{visit.base}/people")
        return self.agreed(visit, secret)

    def agreed(self, visit: Visit, secret: str) -> Response:
        """The secret, this once."""
        grant = self.desk.grants.at(visit.invitation.app, visit.invitation.estab)
        begins = self.desk.grants.begins(grant)
        day = "" if begins is None else day_of(begins, grant.time_zone)
        return visit.page("agreed.html", secret=secret, told=bool(visit.registration.webhook), begins=day)

    def decline(self, visit: Visit, form: Form) -> Response:
        """Say no; what is shared already is not touched."""
        if visit.invitation.id:
            self.desk.invitations.answer(visit.invitation, "declined")
        return visit.said("You have declined", f"Nothing new is shared with {visit.invitation.app.name}.")

    def narrow(self, visit: Visit, form: Form) -> Response:
        """Stop sharing what is unticked."""
        kept, held = frozenset(form.all("scope")), visit.held.scopes
        left = (held & visit.registration.required) | kept
        if kept - held:
            raise Malformed("you can only keep sharing what is shared now", hint='use "Share more" to add to it')
        if not left:
            raise Malformed("nothing would be left", hint="stop sharing instead")
        if left != held:
            self.decide(visit, form, NARROW, held - left, lambda: self.desk.grants.narrow(visit.held, left))
        return go(visit.base)

    def widen(self, visit: Visit, form: Form) -> Response:
        """Share more of what the app asks for; its secret stays as it is."""
        visit.must_be_fresh()
        ticked, asked = frozenset(form.all("scope")), {a.scope for a in visit.asks}
        strange = sorted(ticked - asked)
        if strange:
            raise Malformed(*(Problem("scope", f"the app does not ask for {name[:60]!r}") for name in strange[:20]))
        if not ticked - visit.held.scopes:
            raise Malformed("nothing new is ticked", hint="tick what else you want to share")
        more = ticked - visit.held.scopes
        self.decide(visit, form, WIDEN, more, lambda: self.desk.grants.widen(visit.held, ticked))
        return go(visit.base)

    def decide(self, visit: Visit, form: Form, what: str, scopes: Iterable[str], now: Callable[[], object]) -> None:
        """Do something now, or from the day on that a form names."""
        at = later(form, self.desk.clock(), visit.held.time_zone)
        if at is None:
            now()
        else:
            self.desk.planning.plan(visit.held, what, at, scopes)

    def cancel(self, visit: Visit, form: Form) -> Response:
        """Take back what was decided for later."""
        visit.must_be_fresh()
        self.desk.planning.cancel(visit.held, form.one("id"))
        return go(visit.base)

    def new_link(self, visit: Visit, form: Form) -> Response:
        """Send another link in place of an old one, to the address that this one was sent to."""
        if visit.fresh or not mails() or not visit.invitation.email:
            raise Conflict("a new link cannot be sent from here", hint="ask the people who run this hub")
        self.desk.invitations.renew(visit.invitation, mail=True)
        said = (
            "A new link is on its way by e-mail, to the address that this one was sent to. This link no longer works."
        )
        return page("said.html", 200, invitation=None, base="", heading="Look in your e-mail", lines=[said])

    def choose(self, visit: Visit, form: Form) -> Response:
        """Begin to choose people; the app waits meanwhile."""
        visit.must_be_fresh()
        self.desk.choosing.begin(visit.held)
        return go(f"{visit.base}/people")

    def confirm(self, visit: Visit, form: Form) -> Response:
        """Let what was chosen count, and the app go on."""
        visit.must_be_fresh()
        grant = self.desk.choosing.confirm(visit.held)
        secret = self.desk.grants.show_secret(grant)
        return self.agreed(visit, secret) if secret else go(visit.base)

    def keep(self, visit: Visit, form: Form) -> Response:
        """Leave the choice as it was."""
        if self.desk.grants.first_choice(visit.held):
            raise Conflict("nobody has been chosen yet", hint="choose people and confirm, or stop sharing")
        self.desk.choosing.cancel(visit.held)
        return go(visit.base)

    def pause(self, visit: Visit, form: Form) -> Response:
        """Let the app wait; nothing of what was agreed is lost."""
        self.decide(visit, form, PAUSE, (), lambda: self.desk.grants.pause(visit.held, told=True))
        return go(visit.base)

    def resume(self, visit: Visit, form: Form) -> Response:
        """Let the app read again."""
        visit.must_be_fresh()
        if self.desk.choosing.draft(visit.held) or self.desk.grants.first_choice(visit.held):
            raise Conflict("people are still being chosen", hint="confirm the choice, or leave everything as it was")
        self.decide(visit, form, RESUME, (), lambda: self.desk.grants.pause(visit.held, False, told=True))
        return go(visit.base)

    def revoke(self, visit: Visit, form: Form) -> Response:
        """Stop sharing, at once or from a day on."""
        grant = visit.held
        if form.choice("when", ("now", "date")) == "now":
            self.desk.grants.revoke(grant)
            return visit.said(
                "Sharing has ended", f"{grant.app.name} can no longer read any records of {grant.school_name}."
            )
        form.day("date")
        self.desk.grants.revoke_at(grant, later(form, self.desk.clock(), grant.time_zone, "date"))
        return go(visit.base)

    def endless(self, visit: Visit, form: Form) -> Response:
        """Take back the day on which sharing was to end."""
        visit.must_be_fresh()
        self.desk.grants.revoke_at(visit.held, None)
        return go(visit.base)


def _parts(scopes: list[tuple[Scope, Thing]]) -> list[tuple[str, list[tuple[str, list[tuple[Scope, Thing]]]]]]:
    """Scopes by what they let an app do, then by category: reading first, and changing under a heading of its own."""
    headed = (("What it can read", False), ("What it can change", True))
    found = ((title, [one for one in scopes if changes(one[0].name) == does]) for title, does in headed)
    return [(title, by_category(some)) for title, some in found if some]
