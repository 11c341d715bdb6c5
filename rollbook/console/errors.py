"""Errors as pages, for people who opened an address in a browser."""

from __future__ import annotations

import json
from dataclasses import replace
from http import HTTPStatus

import msgspec

from ..api.messages import NO_STORE, Request, Response
from ..errors import NotFound, RollbookError, Unavailable, WrongMethod
from .pages import render

_HTML = (b"content-type", b"text/html; charset=utf-8")
POLICY = (
    b"content-security-policy",
    b"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self';"
    b" base-uri 'none'; frame-ancestors 'none'",
)
"""Nothing but what the hub itself serves: no script within a page, and nothing from elsewhere."""

PAGE = (_HTML, POLICY, (b"referrer-policy", b"no-referrer"), (b"x-content-type-options", b"nosniff"))
"""What is said of a page that is for anybody."""

_REPLACED = (b"content-length", b"vary", *(name for name, _ in PAGE))

_STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (NotFound, 404),
    (WrongMethod, 405),
    (Unavailable, 503),
    (RollbookError, 400),
)

ADVICE = {
    400: "Fix the problems below and try again.",
    401: "This address needs a token, which a browser does not send. Send it with a tool such as curl; the front page"
    " shows how.",
    403: "The token is valid, but does not allow this. Ask the school to grant more.",
    404: "Check the address. The front page lists what is served here.",
    405: "This address does not accept requests from a browser's address bar.",
    429: "Wait a moment, then reload the page.",
    503: "Wait a moment, then reload the page.",
}
"""What a person can do, by status."""

OURS = "This is the hub's fault, not yours. It has been logged; tell whoever runs the hub."


def plain(error: Exception) -> Response:
    """An error where no dialect has a form for it."""
    status = next((code for kind, code in _STATUSES if isinstance(error, kind)), 500)
    told = str(error) if isinstance(error, RollbookError) else "an internal error; it has been logged"
    return Response(msgspec.json.encode({"error": told}), status, ((b"content-type", b"application/json"), NO_STORE))


def error_page(request: Request, response: Response) -> Response:
    """The response, or a page that says the same when a person's browser gets an error.

    API clients keep their dialect's form: they accept anything or JSON, while a browser asks for HTML by name.
    """
    if response.status < 400 or request.method not in ("GET", "HEAD") or not isinstance(response.body, bytes):
        return response
    if not prefers_html(request.header("accept")) or any(b"html" in v for n, v in response.headers if _is_type(n)):
        return response
    status = HTTPStatus(response.status)
    advice = ADVICE.get(status, OURS if status >= 500 else ADVICE[400])
    page = render("error.html", status=status, advice=advice, said=_laid_out(response.body))
    kept = tuple(header for header in response.headers if header[0].lower() not in _REPLACED)
    return replace(response, body=page.encode(), headers=(*kept, *PAGE, (b"vary", b"accept")))


def prefers_html(accept: str) -> bool:
    """Whether an Accept header (RFC 9110 §12.5.1) names HTML, and ranks it above JSON."""
    ranks = dict(_ranked(part) for part in accept.lower().split(",") if part.strip())
    html = max(ranks.get("text/html", 0.0), ranks.get("application/xhtml+xml", 0.0))
    return html > ranks.get("application/json", 0.0)


def _ranked(part: str) -> tuple[str, float]:
    kind, *settings = (word.strip() for word in part.split(";"))
    try:
        return kind, float(next((s[2:] for s in settings if s.startswith("q=")), "1"))
    except ValueError:
        return kind, 0.0


def _is_type(name: bytes) -> bool:
    return name.lower() == b"content-type"


def _laid_out(body: bytes) -> str:
    """What an API client would have got, easy to read."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:
        return body.decode(errors="replace")
