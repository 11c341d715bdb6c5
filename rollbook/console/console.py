"""The console: the pages of people who sign in, each shown what is theirs and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from ..api.messages import Request, Response
from ..api.openid import WITH, OpenID
from ..consent import Desk
from ..consent.tries import TooOften
from ..errors import RollbookError, Unavailable, WrongMethod
from .accounting import Accounting
from .beside import Beside
from .configured import Configured
from .deciding import Deciding
from .developing import Developing
from .devices import HERE as DEVICE
from .devices import Devices, to_page
from .elsewhere import Elsewhere
from .entering import CODE, Entering
from .forgetting import FORGOTTEN, Forgetting
from .forms import Form, read_form
from .guests import ROOT, SESSION, SIGN_IN, Guest, Routes, nothing
from .keyring import Keyring
from .letting_in import LettingIn
from .matching import Matching
from .operating import Operating
from .outgoing import Outgoing
from .picturing import Picturing
from .proofs import cookie_of
from .refusing import status_of
from .registering import Registering
from .researching import lines_of
from .schooling import Schooling
from .signing_up import SIGN_UP, SigningUp
from .sourcing import Sourcing
from .trying import Trying
from .visiting import answered, go, shown


class Console:
    """The handler of the console."""

    prefixes = (ROOT,)

    def __init__(self, desk: Desk, openid: OpenID, checks: Callable[[], Mapping[str, str]]) -> None:
        """`checks` gives what each check of the server found: nothing where it is well."""
        self.desk = desk
        self.entering = Entering(desk, openid)
        self.forgetting = Forgetting(desk, self.entering)
        self.elsewhere = Elsewhere(desk, openid, self.entering)
        self.signing_up = SigningUp(desk, self.entering.proofs)
        self.rooms: tuple[Routes, ...] = (
            Routes({"": self.home}, {"sign-out": lambda guest, _, form: self.entering.sign_out(guest)}),
            Accounting(openid).routes,
            Devices().routes,
            Schooling().routes,
            Deciding().routes,
            Sourcing().routes,
            Matching().routes,
            Picturing().routes,
            Beside().routes,
            Operating().routes,
            LettingIn(openid).routes,
            Configured(checks).routes,
            Outgoing().routes,
            Registering().routes,
            Trying().routes,
            Keyring().routes,
            Developing().routes,
        )

    def handle(self, request: Request) -> Response:
        """Answer a request, whatever goes wrong, with a page."""
        return answered(request, self.route, self.refuse)

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error, as a page."""
        status = 429 if isinstance(error, TooOften) else status_of(error)
        lines = lines_of(error) if isinstance(error, RollbookError) else ["The hub has logged what happened."]
        told = {"frame": "console/page.html", "who": "", "places": (), "crumbs": (), "wrong": (), "back": ROOT}
        heading = "There is no such page" if status == 404 else "That did not work"
        return shown("console/said.html", status, **told, heading=heading, lines=() if status == 404 else lines)

    def party(self, request: Request) -> str | None:
        """None: how often passwords and codes may be wrong is counted where they are kept."""
        return None

    def route(self, request: Request) -> Response:
        """Whose page it is, and whether they are signed in."""
        if request.method not in ("GET", "HEAD", "POST"):
            raise WrongMethod
        form = read_form(request) if request.method == "POST" else None
        sitting = self.desk.sittings.of(cookie_of(request, SESSION))
        path = request.path.rstrip("/")
        if path == FORGOTTEN:
            return self.forgetting.answer(request, form)
        if path == SIGN_UP:
            return self.signing_up.answer(request, form)
        if path in (SIGN_IN, CODE) or request.path.startswith(f"{ROOT}/join/"):
            return self.entering.answer(request, form, sitting)
        if path.startswith(WITH):
            return self.elsewhere.answer(request, path[len(WITH) :], form)
        if (sitting is None or not sitting.whole) and path == DEVICE and form is None:
            return to_page(request.query)
        if sitting is None or not sitting.whole:
            return self.entering.to_sign_in(request, form)
        guest = Guest(self.desk, request, sitting, self.desk.roles.of(sitting.account))
        try:
            return self.answer(guest, path[len(ROOT) :].strip("/"), form)
        except Unavailable:
            raise
        except RollbookError as error:
            status = status_of(error)
            if status == 404:
                return guest.said("There is no such page", status=404)
            return guest.said("That did not work", *lines_of(error), status=status, back=self.back(request))

    def back(self, request: Request) -> str:
        """The page that a refused request came from: the nearest that lies above it, its own for one that asked."""
        steps = request.path[len(ROOT) :].strip("/").split("/")
        asked = request.method == "POST" or bool(request.query)
        above = ("/".join(steps[:most]) for most in range(len(steps) if asked else len(steps) - 1, 0, -1))
        page = next((path for path in above if any(room.page(path) for room in self.rooms)), "")
        return f"{ROOT}/{quote(page)}" if page else ROOT

    def answer(self, guest: Guest, path: str, form: Form | None) -> Response:
        """Show a page, or do what a form asks for."""
        for room in self.rooms:
            if form is None and (page := room.page(path)):
                return page[0](guest, page[1])
            if form is not None and (deed := room.deed(path)):
                guest.check(form)
                return deed[0](guest, deed[1], form)
        raise nothing()

    def home(self, guest: Guest, _: dict[str, str]) -> Response:
        """Where somebody has something to do; at once, where that is one place."""
        places = guest.places()
        return go(places[0].path) if len(places) == 1 else guest.page("home.html")
