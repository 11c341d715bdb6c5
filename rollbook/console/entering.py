"""How people come in: they sign in, show a code, or follow a link that opens an account or changes a password."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ..api.messages import Request, Response
from ..api.openid import OpenID
from ..consent import Desk
from ..consent.accounts import Account, CodeWanted, WrongPassword
from ..consent.authenticators import WrongCode
from ..consent.identities import Vouched
from ..consent.roles import PATH, ROLES, AccountLink
from ..consent.sittings import Sitting
from ..consent.tries import TooOften
from ..errors import Conflict, Malformed, RollbookError
from .forms import Form
from .guests import ROOT, SESSION, SIGN_IN, Guest, filled, keep, local
from .proofs import Proofs, with_cookie
from .researching import lines_of
from .signing_up import lets_sign_up
from .visiting import go, shown

CODE = f"{ROOT}/code"


class Entering:
    """The pages of those who are not signed in."""

    def __init__(self, desk: Desk, openid: OpenID) -> None:
        self.desk = desk
        self.openid = openid
        self.proofs = Proofs(desk.store.secret("console door"), ROOT)

    def answer(self, request: Request, form: Form | None, sitting: Sitting | None) -> Response:
        """A page at the door, or what its form asks for."""
        if form is not None:
            self.proofs.check(request, form)
        if request.path.startswith(PATH):
            return self.join(request, form)
        if request.path == CODE:
            return self.code(request, form, sitting)
        return self.sign_in(request, form)

    def to_sign_in(self, request: Request, form: Form | None = None) -> Response:
        """Have somebody sign in who asked for a page; what they had filled in is kept."""
        if form is None:
            query = f"?{request.raw_query.decode('ascii', 'replace')}" if request.raw_query else ""
            return go(f"{SIGN_IN}?next={quote(request.path + query, safe='')}")
        lines = ["You were signed out because nothing happened for a while. What you had filled in is kept."]
        return self.page(request, "sign_in.html", 401, email="", next=ROOT, kept=keep(request, form), notes=lines)

    # ---- signing in

    def sign_in(self, request: Request, form: Form | None) -> Response:
        """Ask for address and password, and take them."""
        if form is None:
            then = local(dict(request.query).get("next", ROOT))
            return self.page(request, "sign_in.html", email="", next=then, kept="", notes=())
        facts: dict[str, Any] = {
            "email": form.one("email")[:254],
            "next": local(form.one("next")),
            "kept": form.one("kept"),
        }
        try:
            account = self.desk.accounts.recognise(form.one("email"), form.one("password"), request.client)
        except CodeWanted as wanted:
            return self.wait_for_code(request, wanted.account, facts["next"], facts["kept"])
        except (WrongPassword, TooOften) as error:
            return self.page(request, "sign_in.html", _status(error), **facts, notes=(), wrong=_wrong(error))
        return self._enter(request, account, facts["next"], facts["kept"])

    def wait_for_code(self, request: Request, account: Account, then: str, kept: str, ticket: str = "") -> Response:
        """Ask somebody for a code who has shown else who they are; a ticket says so of who signed in elsewhere."""
        page = self.page(request, "code.html", next=then, kept=kept, ticket=ticket)
        return with_cookie(page, request, SESSION, self.desk.sittings.begin(account, whole=False), ROOT, "Lax")

    def code(self, request: Request, form: Form | None, sitting: Sitting | None) -> Response:
        """Ask for the code of the authenticator app, and take it."""
        if sitting is None or sitting.whole:
            return go(ROOT if sitting else SIGN_IN)
        facts: dict[str, Any] = {
            "next": local(form.one("next")) if form else ROOT,
            "kept": form.one("kept") if form else "",
            "ticket": form.one("ticket") if form else "",
        }
        if form is None:
            return self.page(request, "code.html", **facts)
        try:
            self.desk.accounts.authenticators.check(sitting.account, form.one("code"))
        except (WrongCode, TooOften) as error:
            return self.page(request, "code.html", _status(error), **facts, wrong=_wrong(error))
        self.desk.sittings.end(sitting)
        if vouched := self.desk.identities.taken(facts["ticket"], sitting.account):
            return self.arrive(request, vouched, facts["next"], facts["kept"])
        return self._enter(request, sitting.account, facts["next"], facts["kept"])

    def arrive(self, request: Request, vouched: Vouched, then: str, kept: str) -> Response:
        """Let somebody in who signed in elsewhere; who was on the way to accept an invitation has accepted it."""
        if not then.startswith(PATH):
            account = self.desk.identities.enter(vouched)
            return self._enter(request, account, then, kept, f" with {vouched.provider}")
        account = self.desk.identities.join(vouched, self.desk.roles.follow(then[len(PATH) :]))
        return self._enter(request, account, ROOT, "", f" with {vouched.provider}")

    def sign_out(self, guest: Guest) -> Response:
        """Sign out here."""
        self.desk.sittings.end(guest.sitting)
        return with_cookie(go(SIGN_IN), guest.request, SESSION, "", ROOT, "Lax")

    def _enter(self, request: Request, account: Account, then: str, kept: str, how: str = "") -> Response:
        """Let somebody in, and lead them where they were going, with what they had filled in."""
        token = self.desk.sittings.begin(account, whole=True)
        self.desk.roles.note(account.email, f"signed in{how}")
        had, page = filled(kept) if kept else None, go(then)
        if had is not None:
            sitting = self.desk.sittings.of(token)
            assert sitting is not None
            guest = Guest(self.desk, request, sitting, self.desk.roles.of(account))
            page = guest.page("again.html", had=had, again=f"{sitting.proof}.{had.state}")
        # Lax: whoever follows a link in a letter arrives signed in; forms are guarded by their proofs.
        return with_cookie(page, request, SESSION, token, ROOT, "Lax")

    # ---- links

    def join(self, request: Request, form: Form | None) -> Response:
        """Open an account by a link, take on its role with the account that there is, or choose another password."""
        roles = self.desk.roles
        link = roles.follow(request.path[len(PATH) :])
        known = bool(link.role) and roles.has_account(link)
        facts: dict[str, Any] = {
            "link": link,
            "known": known,
            "does": ROLES.get(link.role, ""),
            "email": "",
            "names": ("", ""),
        }
        facts |= {"called": roles.called().get(link.place, ""), "path": request.path}
        if form is None:
            return self.page(request, "join.html", **facts)
        facts |= {
            "email": form.one("email")[:254],
            "names": (form.one("first_name")[:150], form.one("last_name")[:150]),
        }
        try:
            account = self._known(request, link, form) if known else self._new(link, form)
        except (Malformed, Conflict, WrongPassword, WrongCode, TooOften) as error:
            return self.page(request, "join.html", _status(error), **facts, wrong=_wrong(error))
        if not link.role:
            self.desk.sittings.end_all(account)
            return go(SIGN_IN)
        return self._enter(request, account, ROOT, "")

    def _known(self, request: Request, link: AccountLink, form: Form) -> Account:
        account = self.desk.accounts.recognise(link.email, form.one("password"), request.client, form.one("code"))
        self.desk.roles.accept(link, account)
        return account

    def _new(self, link: AccountLink, form: Form) -> Account:
        if form.one("password") != form.one("again"):
            raise Malformed("the two passwords are not the same")
        names = form.one("first_name"), form.one("last_name")
        return self.desk.roles.open(link, form.one("email"), names, form.one("password"))

    def page(self, request: Request, template: str, status: int = 200, **facts: Any) -> Response:
        """A page for somebody who is not signed in."""
        cookie = self.proofs.fresh(request)
        ways = [(one.key, one.name) for one in self.openid.every]
        told = {"frame": "console/page.html", "who": "", "crumbs": (), "places": (), "wrong": (), **facts}
        told |= {"ways": ways, "signs_up": lets_sign_up()}
        page = shown(f"console/{template}", status, **told, proof=self.proofs.proof(cookie))
        return self.proofs.leave(page, request, cookie)


def _status(error: RollbookError) -> int:
    return 429 if isinstance(error, TooOften) else 409 if isinstance(error, Conflict) else 400


def _wrong(error: RollbookError) -> list[str]:
    if isinstance(error, WrongPassword) and not isinstance(error, CodeWanted):
        return ["The e-mail address or the password is wrong. Check both and try again."]
    return lines_of(error)
