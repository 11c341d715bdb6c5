"""The pages of researchers: to let a device act for them, and to answer an invitation to a project.

Nobody is signed in from one page to the next here: each form that does something brings the password with it, or
comes by a link that was sent. Whoever is signed in at the console answers a device there (`devices.py`). What tells
that a form is ours is a cookie of this browser and a proof that is made of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from ..api.messages import Request, Response
from ..consent.accounts import WrongPassword
from ..consent.authenticators import WrongCode
from ..consent.research import ResearchDesk, asked_to, begun_with, rights_of
from ..consent.tries import TooOften
from ..errors import (
    Conflict,
    Malformed,
    NotFound,
    RollbookError,
    TooLarge,
    Unavailable,
    WrongMethod,
)
from .forms import Form, read_form
from .proofs import Proofs
from .visiting import answered, go, shown

ROOT = "/research/"
DEVICE, JOIN = f"{ROOT}device", f"{ROOT}join"
SIGNED_IN = "/console/device"
"""Where somebody who is signed in answers a device."""

_STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (NotFound, 404),
    (WrongMethod, 405),
    (Conflict, 409),
    (TooLarge, 413),
    (TooOften, 429),
    (Unavailable, 503),
    (RollbookError, 400),
)


class Researching:
    """The handler of the pages of researchers."""

    prefixes = (ROOT,)

    def __init__(self, desk: ResearchDesk) -> None:
        self.desk = desk
        self.proofs = Proofs(desk.store.secret("research form"), ROOT)

    def handle(self, request: Request) -> Response:
        """Answer a request, whatever goes wrong, with a page."""
        return answered(request, self.route, self.refuse)

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error, as a page."""
        status = next((code for kind, code in _STATUSES if isinstance(error, kind)), 500)
        lines = lines_of(error) if isinstance(error, RollbookError) else ["The hub has logged what happened."]
        return shown("research/said.html", status, heading="This did not work", lines=lines)

    def party(self, request: Request) -> str | None:
        """None: how often codes and passwords may be wrong is counted where they are kept."""
        return None

    def route(self, request: Request) -> Response:
        step, _, token = request.path[len(ROOT) :].strip("/").partition("/")
        if step not in ("device", "join") or bool(token) != (step == "join"):
            raise NotFound("There is no such page.")
        if request.method not in ("GET", "HEAD", "POST"):
            raise WrongMethod
        form = None
        if request.method == "POST":
            form = read_form(request)
            self.proofs.check(request, form)
        return self.device(request, form) if step == "device" else self.join(request, token, form)

    # ---- devices

    def device(self, request: Request, form: Form | None) -> Response:
        """Which device, then whether it may act for the person who signs in."""
        if form is None:
            asked = dict(request.query)
            code = asked.get("user_code", "")[:40]
            if code and "here" not in asked:
                # The cookie of somebody who is signed in goes to the console only: there it is seen who that is.
                return go(f"{SIGNED_IN}?{urlencode({'user_code': code})}")
            return self._page(request, "research/code.html", {"code": code})
        try:
            code, client = self.desk.accounts.waiting_device(form.one("code"), request.client)
        except NotFound as error:
            return self._page(
                request, "research/code.html", {"code": form.one("code")[:40], "wrong": lines_of(error)}, 404
            )
        facts = {"code": code, "client": named(client), "email": form.one("email")[:254]}
        if not form.one("do"):
            return self._page(request, "research/device.html", facts)
        allowed = form.choice("do", ("allow", "refuse")) == "allow"
        try:
            shown_by = form.one("email"), form.one("password"), request.client, form.one("code_of_app")
            user = self.desk.accounts.recognise(*shown_by)
        except (WrongPassword, WrongCode, TooOften) as error:
            status = 429 if isinstance(error, TooOften) else 400
            return self._page(request, "research/device.html", {**facts, "wrong": lines_of(error)}, status)
        self.desk.accounts.answer_device(code, user if allowed else None)
        heading = f"{facts['client']} {'now acts for you' if allowed else 'was refused'}"
        said = "You can close this page and go back to it." if allowed else "It gets no access."
        return shown("research/said.html", 200, heading=heading, lines=[said])

    # ---- invitations

    def join(self, request: Request, token: str, form: Form | None) -> Response:
        """What somebody is invited to, and their answer."""
        joining = self.desk.joining
        invited = joining.follow(token)
        known = joining.known(invited)
        facts = {
            "invited": invited,
            "known": known,
            "rights": rights_of(invited),
            "asked": asked_to(invited),
            "path": f"{JOIN}/{token}",
        }
        if form is None:
            return self._page(request, "research/join.html", facts)
        if form.choice("do", ("accept", "decline")) == "decline":
            joining.decline(invited)
            return shown("research/said.html", 200, heading="You have declined", lines=[])
        try:
            if known:
                joining.accept(invited, form.one("password"), request.client, form.one("code_of_app"))
            else:
                if form.one("password") != form.one("again"):
                    raise Malformed("the two passwords are not the same")
                joining.open(invited, (form.one("first_name"), form.one("last_name")), form.one("password"))
        except (Malformed, WrongPassword, WrongCode, TooOften) as error:
            status = 429 if isinstance(error, TooOften) else 400
            return self._page(request, "research/join.html", {**facts, "wrong": lines_of(error)}, status)
        signs = f"Your account is {invited.email}. Programs that ask you to sign in show a code; enter it at {DEVICE}/."
        return shown("research/said.html", 200, heading=begun_with(invited), lines=[signs])

    def _page(self, request: Request, template: str, facts: Mapping[str, object], status: int = 200) -> Response:
        """A page with a form, and the cookie that its proof is made of."""
        cookie = self.proofs.fresh(request)
        page = shown(template, status, **{"wrong": (), **facts, "proof": self.proofs.proof(cookie)})
        return self.proofs.leave(page, request, cookie)


def named(client: str) -> str:
    """What a device calls itself."""
    return client or "A program without a name"


def lines_of(error: RollbookError) -> list[str]:
    said = [f"{p.what}{f' ({p.hint})' if p.hint else ''}" for p in error.problems]
    return [f"{line[:1].upper()}{line[1:]}" for line in said]
