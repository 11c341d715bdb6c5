"""What a browser sees: for now the front page, which says what is served here and how to ask for it."""

from __future__ import annotations

import html

import msgspec

from .. import __version__
from ..api.http import NO_STORE, Request, Response
from ..errors import NotFound, Problem, RollbookError, WrongMethod

_HTML = (b"content-type", b"text/html; charset=utf-8")
_POLICY = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'")

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rollbook</title>
<style>
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #1d2a33 }}
h1 {{ margin-bottom: 0 }} p.version {{ color: #5b6b76; margin-top: 0 }}
table {{ border-collapse: collapse; width: 100% }}
a {{ color: #0b5f8a }} td, th {{ text-align: left; padding: .35rem .6rem .35rem 0; vertical-align: top }}
tr {{ border-bottom: 1px solid #dde4e9 }} code, pre {{ font-family: ui-monospace, monospace; font-size: .9rem }}
pre {{ background: #f3f6f8; padding: 1rem; overflow-x: auto; border-radius: .4rem }}
</style>
<h1>Rollbook</h1>
<p class="version">{version}</p>
<p>One record of a school, served through every API that school software already speaks.</p>
<h2>What is served here</h2>
<table>
<tr><th>API</th><th>Where</th></tr>
<tr><td>Xporter School Data API 1.0.0</td><td><code>POST /api/oauth/GetToken</code><br>
<code>GET /api/v1/School/{{estab}}/{{Endpoint}}</code><br>
<code>GET /api/v1/TokenDetails</code>, <code>/api/v1/Scopes</code>, <code>/api/v1/Queries</code></td></tr>
<tr><td>Ed-Fi, Data Standard 5.2</td><td><a href="/edfi/"><code>/edfi/</code></a> (where everything is)<br>
<code>POST /edfi/oauth/token</code><br><code>/edfi/data/v3/ed-fi/{{resource}}</code><br>
<a href="/edfi/metadata/"><code>/edfi/metadata/</code></a> (OpenAPI)</td></tr>
<tr><td>Edlink v2</td><td><code>GET /api/v2/graph/{{resource}}</code>, <code>/api/v2/my/{{resource}}</code><br>
<code>POST /api/authentication/token</code></td></tr>
<tr><td>Research (BrainSTEM)</td><td><code>/api/private/stem/{{model}}/</code><br>
<a href="/api/public/stem/cohort/"><code>/api/public/stem/{{model}}/</code></a> (public projects)</td></tr>
</table>
<h2>Try it</h2>
<pre>{lines}</pre>
<p>The demo prints these lines with its own secrets when it starts.</p>
</html>
"""

TRY = """curl -s {url}/api/oauth/GetToken -H 'Content-Type: application/json' \\
  -d '{{"estab": "ESTAB", "relyingParty": "APP", "password": "SCHOOL SECRET", "thirdpartyid": "XporterOnDemand"}}'
curl -s '{url}/api/v1/School/ESTAB/Students?pagesize=1' -H 'Authorization: Idaas TOKEN'

curl -s {url}/edfi/oauth/token -u KEY:SECRET -d grant_type=client_credentials
curl -s '{url}/edfi/data/v3/ed-fi/students?limit=1' -H 'Authorization: Bearer TOKEN'

curl -s '{url}/api/v2/graph/people?$first=1' -H 'Authorization: Bearer INTEGRATION TOKEN'

curl -s '{url}/api/private/stem/cohort/?limit=1' -H 'Authorization: Bearer PERSONAL TOKEN'"""


_STATUSES: tuple[tuple[type[Exception], int], ...] = ((NotFound, 404), (WrongMethod, 405), (RollbookError, 400))


class Front:
    """The handler of what no dialect owns."""

    prefixes: tuple[str, ...] = ()

    def handle(self, request: Request) -> Response:
        """The front page at `/`; elsewhere nothing."""
        if request.path != "/":
            return self.refuse(
                request,
                NotFound(Problem("path", "nothing is served here", "the front page at / lists what is")),
            )
        if request.method not in ("GET", "HEAD"):
            return self.refuse(request, WrongMethod())
        lines = TRY.format(url=f"http://{request.header('host') or 'localhost:8000'}")
        page = PAGE.format(version=f"Version {__version__}", lines=html.escape(lines))
        return Response(page.encode(), headers=(_HTML, _POLICY))

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error, plainly."""
        status = next((code for kind, code in _STATUSES if isinstance(error, kind)), 500)
        told = str(error) if isinstance(error, RollbookError) else "an internal error; it has been logged"
        return Response(
            msgspec.json.encode({"error": told}), status, ((b"content-type", b"application/json"), NO_STORE)
        )
