"""What a browser sees: the front page, which says what is served here and how to ask for it, and the reference."""

from __future__ import annotations

from .. import __version__
from ..api.messages import Request, Response
from ..errors import NotFound, Problem, RollbookError, WrongMethod
from . import reference
from .console import Console
from .documentation import Documentation
from .errors import error_page, plain
from .pages import render
from .researching import Researching
from .review import Review

__all__ = ["Console", "Documentation", "Front", "Researching", "Review", "error_page"]

_HTML = (b"content-type", b"text/html; charset=utf-8")
_POLICY = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'")

TRY = """curl -s {url}/api/oauth/GetToken -H 'Content-Type: application/json' \\
  -d '{{"estab": "ESTAB", "relyingParty": "APP", "password": "SCHOOL SECRET", "thirdpartyid": "XporterOnDemand"}}'
curl -s '{url}/api/v1/School/ESTAB/Students?pagesize=1' -H 'Authorization: Idaas TOKEN'

curl -s {url}/edfi/oauth/token -u KEY:SECRET -d grant_type=client_credentials
curl -s '{url}/edfi/data/v3/ed-fi/students?limit=1' -H 'Authorization: Bearer TOKEN'

curl -s '{url}/api/v2/graph/people?$first=1' -H 'Authorization: Bearer INTEGRATION TOKEN'

curl -s '{url}/api/private/stem/cohort/?limit=1' -H 'Authorization: Bearer PERSONAL TOKEN'"""


class Front:
    """The handler of what no dialect owns."""

    prefixes: tuple[str, ...] = ()

    def handle(self, request: Request) -> Response:
        """The front page at `/`, the reference below its own path; elsewhere nothing."""
        try:
            page = self.page(request)
        except RollbookError as error:
            return self.refuse(request, error)
        return Response(page.encode(), headers=(_HTML, _POLICY))

    def page(self, request: Request) -> str:
        """The page that is asked for."""
        path = request.path
        if path != "/" and path != reference.ROOT and not path.startswith(f"{reference.ROOT}/"):
            raise NotFound(Problem("path", "nothing is served here", "the front page at / lists what is"))
        if request.method not in ("GET", "HEAD"):
            raise WrongMethod()
        if path != "/":
            return reference.page(path)
        lines = TRY.format(url=f"http://{request.header('host') or 'localhost:8000'}")
        return render("front.html", version=f"Version {__version__}", lines=lines)

    def party(self, request: Request) -> str | None:
        """None: nobody signs in here."""
        return None

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error, plainly."""
        return plain(error)
