"""Somebody who followed a school's link: what is known of them, and the pages that they are shown.

A link holds a token, and there is nothing else to sign in with: no cookie that another site could make a browser send.
So that the token stays where it is, no page names another site, is kept, or is framed.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from itertools import groupby
from typing import Any, TypeVar

from markupsafe import Markup

from ..api.messages import NO_STORE, Request, Response
from ..consent import Desk, Grant
from ..consent.grants import zone_of
from ..consent.invitations import Invitation
from ..consent.registering import Ask, Registration
from ..errors import Conflict, RollbookError, TooManyRequests, Unavailable
from ..scopes import CATALOGUE, Scope
from .pages import render

log = logging.getLogger("rollbook")

Thing = TypeVar("Thing")

ROOT, SCHOOLS = "/authorise/", "/console/schools/"

SCHOOL = "the school, by its own link"
"""Who has seen what these pages show, as the ledger says it, where no account is known."""

_CSS = (files("rollbook.console") / "templates" / "review" / "page.css").read_text()
_STYLE = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()

# Nothing but the page's own style and the hub's icon: no script, no frame, no form to anywhere else.
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE}'; img-src 'self'; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'"
)

HEADERS = (
    (b"content-type", b"text/html; charset=utf-8"),
    NO_STORE,
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


@dataclass(frozen=True)
class Visit:
    """Somebody who followed a link: its token, the invitation, what the app asks for, and what is granted."""

    desk: Desk
    token: str
    invitation: Invitation
    registration: Registration
    grant: Grant | None
    guarded: bool = False
    """Whether people with accounts decide for the school: whoever reads a mailbox then only looks, and shares less."""

    @property
    def base(self) -> str:
        """Where the pages of this link begin."""
        return f"{ROOT}{self.token}"

    @property
    def reader(self) -> str:
        """Who looks, as the ledger says it."""
        return SCHOOL

    @property
    def asks(self) -> tuple[Ask, ...]:
        """What the app asks of this school."""
        return self.registration.among(self.invitation.scopes)

    @property
    def held(self) -> Grant:
        """What is granted and not revoked; raises `Conflict` where nothing is."""
        if self.grant is None or self.grant.state == "revoked":
            raise Conflict("nothing is shared with the app")
        return self.grant

    def proof(self, action: str) -> str:
        """What a form of this link must send back; no longer valid once the app was authorised or asks for more."""
        asked = [(a.scope, a.required) for a in self.asks]
        return self.desk.invitations.proof(self.token, action, self.grant.serial if self.grant else 0, asked)

    @property
    def young(self) -> bool:
        """Whether the link is young enough to agree with: an old one is for less and for stopping.

        Old e-mails lie about. Whoever finds one may end what a school shares, and may not begin it.
        """
        return self.invitation.expires > self.desk.clock()

    @property
    def fresh(self) -> bool:
        """Whether more may be shared here, and other people chosen."""
        return self.young and not self.guarded

    @property
    def sees(self) -> bool:
        """Whether people's names and examples from their records are shown here."""
        return self.fresh

    @property
    def may(self) -> bool:
        """Whether anything may be changed here."""
        return True

    def must_be_fresh(self) -> None:
        """Raise `Conflict` where no more may be shared here."""
        if self.guarded:
            raise Conflict(
                "people of the school have accounts: with this link you can share less or stop, but not share more",
                hint="sign in to share more",
            )
        if not self.young:
            raise Conflict(
                "this link is more than a month old: with it you can share less or stop, but not share more",
                hint="ask for a new link on the first page",
            )

    @property
    def frame(self) -> dict[str, Any]:
        """What stands around the pages."""
        until = day_of(self.invitation.expires, self.invitation.time_zone)
        return {"frame": "review/page.html", "until": until, "agreed": self.grant is not None}

    def page(self, template: str, status: int = 200, **facts: Any) -> Response:
        """A page of this link."""
        told = {"fresh": self.fresh, "may": self.may, "sees": self.sees, "guarded": self.guarded}
        sign_in = f"{SCHOOLS}{self.invitation.estab}/apps/{self.invitation.app.relying_party}"
        known = {"invitation": self.invitation, "base": self.base, "sign_in": sign_in}
        return page(template, status, **{**self.frame, **known, **told, **facts})

    def said(self, heading: str, *lines: str, status: int = 200) -> Response:
        """A page that says something, and leads back to the first one."""
        return self.page("said.html", status, heading=heading, lines=lines)


def page(template: str, status: int, **facts: Any) -> Response:
    """A page of a school's link, with the headers that keep its address to itself."""
    return shown(f"review/{template}", status, **facts)


def shown(template: str, status: int, **facts: Any) -> Response:
    """A page that is for one person, with the headers that keep its address to itself."""
    # The style is ours and has no value in it.
    text = render(template, **{"frame": "review/page.html", "css": Markup(_CSS), **facts})  # noqa: S704
    return Response(text.encode(), status, HEADERS)


def answered(
    request: Request, route: Callable[[Request], Response], refuse: Callable[[Request, Exception], Response]
) -> Response:
    """Answer a request for a page; what goes wrong inside is logged without the path, since that may hold a token."""
    try:
        return route(request)
    except (Unavailable, TooManyRequests):
        raise
    except RollbookError as error:
        return refuse(request, error)
    except Exception as error:
        log.exception("error while answering a page")
        return refuse(request, error)


def go(address: str) -> Response:
    """Have the browser look at another page, so that a form is not sent twice."""
    return Response(b"", 303, ((b"location", address.encode()), *HEADERS[1:]))


def by_category(things: Iterable[tuple[Scope, Thing]]) -> list[tuple[str, list[tuple[Scope, Thing]]]]:
    """Things with their scopes, by category, in the order of the catalogue."""
    order = list(CATALOGUE)
    categories = list(dict.fromkeys(s.category for s in CATALOGUE.values()))
    every = sorted(things, key=lambda t: (categories.index(t[0].category), order.index(t[0].name)))
    return [(category, list(some)) for category, some in groupby(every, lambda t: t[0].category)]


def day_of(seconds: float, zone: str) -> str:
    """A moment's day, in words: `25 November 2026`."""
    return f"{datetime.fromtimestamp(seconds, zone_of(zone)):%d %B %Y}".lstrip("0")


def moment_of(seconds: float, zone: str) -> str:
    """A moment in words; without a time where it is the beginning of a day."""
    at = datetime.fromtimestamp(seconds, zone_of(zone))
    return day_of(seconds, zone) if at.time() == datetime.min.time() else f"{day_of(seconds, zone)}, {at:%H:%M}"
