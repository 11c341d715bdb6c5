"""The page on which developers ask for an account, where the operator lets them."""

from __future__ import annotations

from ..api.messages import Request, Response
from ..consent import Desk
from ..consent.addresses import mails
from ..consent.tries import TooOften
from ..errors import Malformed
from ..settings import SIGN_UP as OPEN
from .forms import Form
from .guests import ROOT, nothing
from .proofs import Proofs
from .researching import lines_of
from .visiting import shown

SIGN_UP = f"{ROOT}/sign-up"


def lets_sign_up() -> bool:
    """Whether developers may open accounts by themselves: the operator says so, and there is a mail server."""
    return OPEN.get() == "developers" and mails()


class SigningUp:
    """The page of those who want an account."""

    def __init__(self, desk: Desk, proofs: Proofs) -> None:
        self.desk = desk
        self.proofs = proofs

    def answer(self, request: Request, form: Form | None) -> Response:
        """Ask for an address, and say that it was written to, whoever has it."""
        if not lets_sign_up():
            raise nothing()
        if form is None:
            return self._page(request)
        self.proofs.check(request, form)
        try:
            address = self.desk.sign_ups.ask(form.one("email")[:254], request.client)
        except (Malformed, TooOften) as error:
            status = 429 if isinstance(error, TooOften) else 400
            return self._page(request, status, email=form.one("email")[:254], wrong=lines_of(error))
        return self._page(request, sent=address)

    def _page(self, request: Request, status: int = 200, **facts: object) -> Response:
        cookie = self.proofs.fresh(request)
        told = {"frame": "console/page.html", "who": "", "crumbs": (), "places": (), "wrong": (), "email": "",
                "sent": "", **facts}  # fmt: skip
        page = shown("console/sign_up.html", status, **told, proof=self.proofs.proof(cookie))
        return self.proofs.leave(page, request, cookie)
