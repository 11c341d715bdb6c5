"""The page of those who have forgotten their password."""

from __future__ import annotations

from typing import Any

from ..api.messages import Request, Response
from ..consent import Desk
from ..consent.addresses import mails
from ..consent.tries import TooOften
from ..errors import Malformed
from .entering import Entering
from .forms import Form
from .guests import ROOT
from .researching import lines_of

FORGOTTEN = f"{ROOT}/forgotten"


class Forgetting:
    """The page of those who have forgotten their password."""

    def __init__(self, desk: Desk, entering: Entering) -> None:
        self.desk = desk
        self.entering = entering

    def answer(self, request: Request, form: Form | None) -> Response:
        """Ask for an address, and say that it was written to, whoever has it; or whom to ask."""
        facts: dict[str, Any] = {"mails": mails(), "sent": "", "email": ""}
        if form is None or not mails():
            return self.entering.page(request, "forgotten.html", **facts)
        self.entering.proofs.check(request, form)
        facts["email"] = form.one("email")[:254]
        try:
            facts["sent"] = self.desk.forgetting.ask(form.one("email")[:254], request.client)
        except (Malformed, TooOften) as error:
            status = 429 if isinstance(error, TooOften) else 400
            return self.entering.page(request, "forgotten.html", status, **facts, wrong=lines_of(error))
        return self.entering.page(request, "forgotten.html", **facts)
