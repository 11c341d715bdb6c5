"""Somebody who is signed in: who they are, what they may do, and the pages that they are shown."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ..api.messages import Request, Response
from ..consent import Desk
from ..consent.roles import DECIDES, DEVELOPER, LOOKS, Standing
from ..consent.sittings import Sitting
from ..errors import Conflict, NotFound
from .forms import Form
from .visiting import shown

ROOT = "/console"
SIGN_IN = f"{ROOT}/sign-in"

SESSION = "rollbook-session"
"""The cookie of somebody who is signed in."""

UNKEPT = frozenset({"proof", "password", "again", "old", "code", "next", "kept"})
"""What of a form is not kept for after signing in again: secrets, and what the sign-in page itself sends."""


@dataclass(frozen=True)
class Place:
    """Where somebody has something to do: the address, what it is called, and what they do there."""

    path: str
    name: str
    about: str


@dataclass(frozen=True)
class Guest:
    """Somebody who is signed in, and what they ask for."""

    desk: Desk
    request: Request
    sitting: Sitting
    standing: Standing

    @property
    def email(self) -> str:
        """Their address, by which decisions name them."""
        return self.sitting.account.email

    @property
    def reader(self) -> str:
        """Who looks, as the ledger says it: the hub id of the account."""
        return self.sitting.account.id

    def check(self, form: Form) -> None:
        """Raise `Conflict` for a form that is not of this sitting."""
        given = form.one("proof").partition(".")[0]
        if not hmac.compare_digest(given.encode(), self.sitting.proof.encode()):
            raise Conflict("this form is out of date", hint="open the page again")

    def places(self) -> list[Place]:
        """Where they have something to do."""
        found = [Place(f"{ROOT}/hub", "This hub", "Run the hub")] if self.standing.operates else []
        sees, builds = self.standing.places(DECIDES, LOOKS), self.standing.places(DEVELOPER)
        schools = (s for s in self.desk.schools.all() if s.id in sees and s.estab) if sees else ()
        found += [Place(school_path(s.estab), s.name or s.estab, "What your school shares") for s in schools]
        apps = (a for a in self.desk.apps.all() if a.id in builds) if builds else ()
        found += [Place(app_path(a.relying_party), a.name, "Your app") for a in apps]
        develops = self.standing.builds("")
        return [*found, Place(f"{ROOT}/apps", "Your apps", "Register an app")] if develops else found

    @property
    def frame(self) -> dict[str, Any]:
        """What stands around the pages."""
        who = self.sitting.name or self.email
        return {"frame": "console/page.html", "who": who, "places": self.places(), "sitting_proof": self.sitting.proof}

    def page(self, template: str, status: int = 200, **facts: Any) -> Response:
        """A page for them."""
        return shown(
            f"console/{template}",
            status,
            **{**self.frame, "proof": self.sitting.proof, "crumbs": (), "wrong": (), **facts},
        )

    def said(self, heading: str, *lines: str, status: int = 200, back: str = ROOT) -> Response:
        """A page that says something, and leads on."""
        return self.page("said.html", status, heading=heading, lines=lines, back=back)


Page = Callable[[Guest, dict[str, str]], Response]
Deed = Callable[[Guest, dict[str, str], Form], Response]


@dataclass(frozen=True)
class Routes:
    """Which page or deed an address means: a pattern such as `schools/{estab}`, and what answers."""

    pages: dict[str, Page] = field(default_factory=dict[str, Page])
    deeds: dict[str, Deed] = field(default_factory=dict[str, Deed])

    def page(self, path: str) -> tuple[Page, dict[str, str]] | None:
        """What shows the page of a path."""
        return next(_matching(self.pages.items(), path), None)

    def deed(self, path: str) -> tuple[Deed, dict[str, str]] | None:
        """What does what a form that is sent to a path asks for."""
        return next(_matching(self.deeds.items(), path), None)


def _matching(table: Iterable[tuple[str, Any]], path: str) -> Any:
    for pattern, answer in table:
        wanted = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(pattern))
        if found := re.fullmatch(re.sub(r"\(\?P<rest>\[\^/\]\+\)", "(?P<rest>.*)", wanted), path):
            yield answer, found.groupdict()


def nothing() -> NotFound:
    """What is answered where nothing is, and where what there is is not this person's to know of."""
    return NotFound("There is no such page.")


def school_path(estab: str, *more: str) -> str:
    """The address of a page of a school."""
    return "/".join((ROOT, "schools", *(quote(part, safe="") for part in (estab, *more))))


def app_path(relying_party: str, *more: str) -> str:
    """The address of a page of an app's developer."""
    return "/".join((ROOT, "apps", *(quote(part, safe="") for part in (relying_party, *more))))


def local(address: str) -> str:
    """An address of the console, where it is one; else its first page: nobody is led elsewhere by signing in."""
    fine = re.fullmatch(rf"{ROOT}(?:/[^/\\\s?#][^\\\s]*)?", address) and address.isprintable()
    return address if fine and not address.startswith(SIGN_IN) else ROOT


def keep(request: Request, form: Form) -> str:
    """What somebody had filled in when their sitting had ended, to be sent once they have signed in again."""
    pairs = [(name, value) for name, value in form.values if name not in UNKEPT]
    state = form.one("proof").partition(".")[2]
    return json.dumps({"path": request.path, "state": state, "pairs": pairs})


@dataclass(frozen=True)
class Filled:
    """What somebody had filled in."""

    path: str
    state: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def told(self) -> list[tuple[str, list[str]]]:
        """What of it is worth reading again: names and values."""
        found: dict[str, list[str]] = {}
        for name, value in self.pairs:
            if value and name not in ("was", "shown", "rules"):
                found.setdefault(name.replace("_", " ").capitalize(), []).append(value)
        return list(found.items())


def filled(kept: str) -> Filled | None:
    """What was kept; None where that is nothing."""
    try:
        said = json.loads(kept)
        pairs = tuple((str(name), str(value)) for name, value in said["pairs"])
        path = local(str(said["path"]))
    except (ValueError, TypeError, KeyError):
        return None
    return None if path == ROOT else Filled(path, re.sub(r"[^\w-]", "", str(said["state"])), pairs)
