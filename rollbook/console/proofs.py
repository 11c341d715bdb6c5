"""What tells that a form is ours where nobody is signed in: a cookie of the browser, and a proof that is made of it."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import replace

from ..api.messages import Request, Response
from ..consent.secrets import told_again
from ..errors import Conflict
from .forms import Form

_COOKIE = "rollbook-form"


def cookie_of(request: Request, name: str = _COOKIE) -> str:
    """The value of a cookie of ours; empty where there is none that looks like one."""
    found = re.search(rf"(?:^|;\s*){name}=([A-Za-z0-9_-]{{32,64}})(?:;|$)", request.header("cookie"))
    return found[1] if found else ""


def with_cookie(page: Response, request: Request, name: str, value: str, path: str, site: str = "Strict") -> Response:
    """A page that leaves a cookie for the pages below a path, which no script reads; no value takes it away."""
    secure = "; Secure" if request.scheme == "https" else ""
    gone = "" if value else "; Max-Age=0"
    kept = f"{name}={value}; Path={path}; HttpOnly; SameSite={site}{secure}{gone}"
    return replace(page, headers=(*page.headers, (b"set-cookie", kept.encode())))


class Proofs:
    """The proofs of one family of pages, below a path."""

    def __init__(self, key: bytes, path: str) -> None:
        self._key = key
        self._path = path

    def fresh(self, request: Request) -> str:
        """The cookie that a page's proof is made of: the browser's, or a new one."""
        return cookie_of(request) or secrets.token_urlsafe(24)

    def proof(self, cookie: str) -> str:
        """What a form brings back."""
        return told_again(self._key, cookie).hex()

    def leave(self, page: Response, request: Request, cookie: str) -> Response:
        """A page with the cookie."""
        # Strict: a form of another site comes without it, and so without a proof that is right.
        return with_cookie(page, request, _COOKIE, cookie, self._path)

    def check(self, request: Request, form: Form) -> None:
        """Raise `Conflict` for a form that is not ours."""
        cookie = cookie_of(request)
        if not cookie or not hmac.compare_digest(form.one("proof").encode(), self.proof(cookie).encode()):
            raise Conflict("this form is out of date, or the browser keeps no cookies", hint="open the page again")
