"""Somebody who followed a school's link: what is known of them, and the pages that they are shown.

A link holds a token, and there is nothing else to sign in with: no cookie that another site could make a browser send.
So that the token stays where it is, no page names another site, is kept, or is framed.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from itertools import groupby
from typing import Any, TypeVar

from markupsafe import Markup

from ..api.messages import NO_STORE, Response
from ..consent import Desk, Grant
from ..consent.grants import zone_of
from ..consent.invitations import Invitation
from ..consent.registering import Ask, Registration
from ..errors import Conflict
from ..scopes import CATALOGUE, Scope
from .pages import render

Thing = TypeVar("Thing")

ROOT = "/authorise/"

_CSS = (files("rollbook.console") / "templates" / "review" / "page.css").read_text()
_STYLE = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()

# Nothing but the page's own style: no script, no picture, no frame, no form to anywhere else.
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
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

    @property
    def base(self) -> str:
        """Where the pages of this link begin."""
        return f"{ROOT}{self.token}"

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
    def fresh(self) -> bool:
        """Whether the link is young enough to agree with, and to share more; an old one is for less and for stopping.

        Old e-mails lie about. Whoever finds one may end what a school shares, and may not begin it.
        """
        return self.invitation.expires > self.desk.clock()

    def must_be_fresh(self) -> None:
        """Raise `Conflict` where the link is too old to share more with."""
        if not self.fresh:
            raise Conflict(
                "this link is more than a month old: with it you can share less or stop, but not share more",
                hint="ask for a new link on the first page",
            )

    def page(self, template: str, status: int = 200, **facts: Any) -> Response:
        """A page of this link."""
        agreed = self.grant is not None
        until = day_of(self.invitation.expires, self.invitation.time_zone)
        told = {"until": until, "agreed": agreed, "fresh": self.fresh}
        return page(template, status, invitation=self.invitation, base=self.base, **told, **facts)

    def said(self, heading: str, *lines: str, status: int = 200) -> Response:
        """A page that says something, and leads back to the first one."""
        return self.page("said.html", status, heading=heading, lines=lines)


def page(template: str, status: int, **facts: Any) -> Response:
    """A page of a school's link, with the headers that keep its address to itself."""
    return shown(f"review/{template}", status, **facts)


def shown(template: str, status: int, **facts: Any) -> Response:
    """A page that is for one person, with the headers that keep its address to itself."""
    # The style is ours and has no value in it.
    text = render(template, css=Markup(_CSS), **facts)  # noqa: S704
    return Response(text.encode(), status, HEADERS)


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
