"""The page of one's own account: another password, an authenticator app, and signing out elsewhere."""

from __future__ import annotations

import segno
from markupsafe import Markup

from ..api.messages import Response
from ..api.openid import OpenID
from ..consent.accounts import WrongPassword
from ..consent.authenticators import WrongCode
from ..consent.tries import TooOften
from ..errors import Conflict, Malformed, RollbookError
from .forms import Form
from .guests import ROOT, Guest, Routes
from .researching import lines_of
from .visiting import go

HERE = f"{ROOT}/account"


class Accounting:
    """The pages of one's own account."""

    def __init__(self, openid: OpenID) -> None:
        self.openid = openid
        self.routes = Routes(
            {"account": lambda guest, _: self.front(guest), "account/app": lambda guest, _: self.app(guest)},
            {
                "account/password": self.password,
                "account/app": self.confirm,
                "account/remove-app": self.remove,
                "account/recovery": self.recovery,
                "account/elsewhere": self.elsewhere,
                "account/remove-identity": self.remove_identity,
            },
        )

    def front(self, guest: Guest, error: RollbookError | None = None) -> Response:
        """What there is to one's account."""
        keys = guest.desk.accounts.authenticators
        account = guest.sitting.account
        others = [(one.issuer, self.openid.called(one.issuer)) for one in guest.desk.identities.of(account)]
        has = guest.desk.accounts.has_password(account)
        return self._page(guest, "account.html", error, guards=keys.guards(account), left=keys.left(account),
                          email=account.email, others=others, has=has)  # fmt: skip

    def password(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Another password, for whoever knows the present one."""
        desk, account = guest.desk, guest.sitting.account
        if not desk.accounts.has_password(account):
            raise Conflict("your account has no password: you sign in with one that you have elsewhere")
        try:
            if form.one("password") != form.one("again"):
                raise Malformed("the two passwords are not the same")
            self._again(guest, form)
            desk.accounts.change_password(account, form.one("password"))
        except (Malformed, WrongPassword, WrongCode, TooOften) as error:
            return self.front(guest, error)
        desk.sittings.end_all(account, guest.sitting)
        return guest.said("Your password is changed", "You are signed out everywhere else.", back=HERE)

    def app(self, guest: Guest, error: RollbookError | None = None) -> Response:
        """The secret for an authenticator app, as a picture and as letters."""
        address = guest.desk.accounts.authenticators.begin(guest.sitting.account)
        picture = segno.make(address, error="m").svg_inline(
            scale=5, border=4, light="#fff", dark="#000", title="QR code"
        )
        secret = address.partition("secret=")[2].partition("&")[0]
        grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        # The picture is drawn here, of letters that were made here.
        return self._page(guest, "authenticator.html", error, picture=Markup(picture), secret=grouped)  # noqa: S704

    def confirm(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Ask for codes from now on, and show the recovery codes."""
        try:
            codes = guest.desk.accounts.authenticators.confirm(guest.sitting.account, form.one("code"))
        except WrongCode as error:
            return self.app(guest, error)
        return self._page(guest, "recovery.html", None, codes=codes)

    def recovery(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Other recovery codes."""
        try:
            self._again(guest, form)
        except (WrongPassword, WrongCode, TooOften) as error:
            return self.front(guest, error)
        codes = guest.desk.accounts.authenticators.recovery_codes(guest.sitting.account)
        return self._page(guest, "recovery.html", None, codes=codes)

    def remove(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Ask for no codes any more."""
        try:
            self._again(guest, form)
        except (WrongPassword, WrongCode, TooOften) as error:
            return self.front(guest, error)
        guest.desk.accounts.authenticators.drop(guest.sitting.account, guest.email)
        return go(HERE)

    def remove_identity(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Sign in with an account elsewhere no longer, where there is a password."""
        if not guest.desk.accounts.has_password(guest.sitting.account):
            raise Conflict("you could not sign in any more", hint="choose a password first")
        guest.desk.identities.drop(guest.sitting.account, guest.email, form.one("issuer"))
        return go(HERE)

    def elsewhere(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Sign out everywhere else."""
        number = guest.desk.sittings.end_all(guest.sitting.account, guest.sitting)
        return guest.said(
            "You are signed out everywhere else", f"Other browsers that were signed in: {number}.", back=HERE
        )

    def _again(self, guest: Guest, form: Form) -> None:
        """Have somebody show once more that it is they who sit there."""
        accounts, account = guest.desk.accounts, guest.sitting.account
        if accounts.has_password(account):
            accounts.recognise(guest.email, form.one("old"), guest.request.client, form.one("code"))
        elif accounts.authenticators.guards(account):
            accounts.authenticators.check(account, form.one("code"))

    def _page(self, guest: Guest, template: str, error: RollbookError | None, **facts: object) -> Response:
        wrong = lines_of(error) if error else ()
        return guest.page(template, 400 if error else 200, crumbs=((HERE, "Your account"),), wrong=wrong, **facts)
