"""The operator's page of signing in: providers, whom the address of a domain lets in, and accounts elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from ..api.messages import Response
from ..api.openid import OpenID, Provider, way_back
from ..consent.identities import BY_DOMAIN
from ..consent.roles import ROLES
from ..errors import Conflict, Malformed, NotFound, Problem, RollbookError
from .forms import Form
from .guests import Guest, Routes
from .operating import HERE, MOST, hub_page, must_operate
from .researching import lines_of
from .visiting import go

ROOM = f"{HERE}/sign-in"


class LettingIn:
    """The pages on which the operator says who may sign in with an account elsewhere."""

    def __init__(self, openid: OpenID) -> None:
        self.openid = openid
        self.routes = Routes(
            {"hub/sign-in": lambda guest, _: self.front(guest)},
            {
                "hub/sign-in/let-in": self.let_in,
                "hub/sign-in/keep-out": self.keep_out,
                "hub/sign-in/forget": self.forget,
            },
        )

    def front(self, guest: Guest, wrong: Iterable[str] = ()) -> Response:
        """Who may sign in, and how."""
        must_operate(guest)
        called, identities = guest.desk.roles.called(), guest.desk.identities
        domains = [(one, self.openid.called(one.issuer), called.get(one.place, "")) for one in identities.domains()]
        others = [(email, self.openid.called(one.issuer), one.issuer) for email, one in identities.every()]
        return hub_page(
            guest, "letting_in.html", "Signing in", wrong=tuple(wrong), domains=domains, others=others[:MOST],
            number=len(others), roles={role: ROLES[role] for role in BY_DOMAIN},
            every=[(one, way_back(one, guest.request.base), self._state(one)) for one in self.openid.every],
        )  # fmt: skip

    def _state(self, provider: Provider) -> str:
        try:
            self.openid.meet(provider)
        except RollbookError as error:
            return " ".join(lines_of(error))
        return "Answers."

    def let_in(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Let whoever has an address of a domain have a role at schools."""
        must_operate(guest)
        estabs = form.one("estabs").replace(",", " ").split()
        try:
            provider, role = self.openid.named(form.one("provider")), form.choice("role", BY_DOMAIN)
            if not estabs:
                raise Malformed(Problem("estabs", "is missing", "the number of each school"))
            for place in [guest.desk.roles.place(role, estab) for estab in estabs]:
                guest.desk.identities.let_in(provider.issuer, form.one("domain"), role, place, guest.email)
        except (Conflict, Malformed, NotFound) as error:
            return self.front(guest, lines_of(error))
        return go(ROOM)

    def keep_out(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Let a domain give a role no longer."""
        must_operate(guest)
        issuer, domain, role, place = (form.one(name) for name in ("issuer", "domain", "role", "place"))
        guest.desk.identities.keep_out(issuer, domain, role, place, guest.email)
        return go(ROOM)

    def forget(self, guest: Guest, _: dict[str, str], form: Form) -> Response:
        """Let somebody's account elsewhere be theirs no longer."""
        must_operate(guest)
        account = guest.desk.accounts.user(form.one("email"))
        guest.desk.identities.drop(account, guest.email, form.one("issuer"))
        return go(ROOM)
