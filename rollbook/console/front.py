"""The front page, which says what is served here and how to ask for it, the reference, and what these pages load."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import msgspec

from .. import __version__
from ..api.messages import JSON, NO_STORE, Request, Response
from ..errors import NotFound, Problem, RollbookError, WrongMethod
from . import reference
from .errors import PAGE, plain
from .pages import render

TRY = """curl -s {url}/api/oauth/GetToken -H 'Content-Type: application/json' \\
  -d '{{"estab": "ESTAB", "relyingParty": "APP", "password": "SCHOOL SECRET", "thirdpartyid": "XporterOnDemand"}}'
curl -s '{url}/api/v1/School/ESTAB/Students?pagesize=1' -H 'Authorization: Idaas TOKEN'

curl -s {url}/edfi/oauth/token -u KEY:SECRET -d grant_type=client_credentials
curl -s '{url}/edfi/data/v3/ed-fi/students?limit=1' -H 'Authorization: Bearer TOKEN'

curl -s '{url}/api/v2/graph/people?$first=1' -H 'Authorization: Bearer INTEGRATION TOKEN'

curl -s '{url}/api/private/stem/cohort/?limit=1' -H 'Authorization: Bearer PERSONAL TOKEN'"""

_TEMPLATES = files("rollbook.console") / "templates"


def _text(*names: str) -> bytes:
    return "\n".join((_TEMPLATES / name).read_text() for name in names).encode()


_ICON = (b"image/svg+xml", _text("reference/favicon.svg"))
LOADED: Mapping[str, tuple[bytes, bytes]] = {
    "/reference/page.css": (b"text/css; charset=utf-8", _text("review/page.css", "reference/reference.css")),
    "/reference/try.js": (b"text/javascript; charset=utf-8", _text("reference/try.js")),
    "/favicon.svg": _ICON,
    # What browsers ask for on their own.
    "/favicon.ico": _ICON,
}
"""What pages load, by path: the kind of each and its bytes."""

DEMO = "/reference/demo.json"
"""Where a demo's pages find the demo's own credentials; no other hub serves it."""


class Front:
    """The handler of what no dialect owns; `demo` are the credentials of a demo of invented people."""

    prefixes: tuple[str, ...] = ()

    def __init__(self, demo: Mapping[str, Any] | None = None) -> None:
        self.demo = demo

    def handle(self, request: Request) -> Response:
        """The front page at `/`, the reference below its own path, what they load; elsewhere nothing."""
        try:
            return self.answer(request)
        except RollbookError as error:
            return self.refuse(request, error)

    def answer(self, request: Request) -> Response:
        """What is asked for."""
        path = request.path
        own = path == "/" or path == reference.ROOT or path.startswith(f"{reference.ROOT}/")
        if not own and path not in LOADED:
            raise NotFound(Problem("path", "nothing is served here", "the front page at / lists what is"))
        if request.method not in ("GET", "HEAD"):
            raise WrongMethod()
        if path in LOADED:
            kind, body = LOADED[path]
            return Response(body, headers=((b"content-type", kind), (b"cache-control", b"no-cache")))
        if path == DEMO and self.demo is not None:
            return Response(msgspec.json.encode(credentials(self.demo)), headers=(JSON, NO_STORE))
        return Response(self.page(request).encode(), headers=PAGE)

    def page(self, request: Request) -> str:
        """The page that is asked for."""
        base = f"{request.scheme}://{request.header('host') or 'localhost:8000'}"
        if request.path != "/":
            return reference.page(request.path, request.query, base, demo=self.demo)
        return render("front.html", version=f"Version {__version__}", lines=TRY.format(url=base))

    def party(self, request: Request) -> str | None:
        """None: nobody signs in here."""
        return None

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error, plainly."""
        return plain(error)


def credentials(demo: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What the forms of the reference are filled in with at a demo, by API."""
    school, roster = demo["xporter"], demo["oneroster"]
    client = {"key": roster["client_id"], "secret": roster["client_secret"]}
    return {
        "xporter": {"estab": school["estab"], "party": school["relyingParty"], "secret": school["schoolSecret"]},
        "edfi": {"key": demo["edfi"]["key"], "secret": demo["edfi"]["secret"]},
        "edlink": {"token": demo["edlink"]["token"]},
        "oneroster": client,
        "oneroster-1.1": client,
        "research": {"token": demo["research"]["token"]},
    }
