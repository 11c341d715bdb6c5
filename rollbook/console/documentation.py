"""The documentation as a site, below `/docs`: files that `make docs` wrote into the package, and nothing else."""

from __future__ import annotations

import base64
import re
import zlib
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from ..api.compressing import ENCODED, GZIP_WINDOW, VARY, wanted
from ..api.messages import NO_STORE, Request, Response
from ..errors import NotFound, Problem, RollbookError, WrongMethod
from .errors import PAGE, plain
from .pages import render

ROOT = "/docs"
BUILT = Path(__file__).parent.parent / "documentation"

HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"
KINDS = {
    ".html": HTML,
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
}
"""What files are, by how their names end; whatever else there is, is text."""

PICTURES = frozenset({"image/png", "image/webp"})
"""What is as small as it gets."""

_STEP = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")
"""A step of a path; none of them leads up, or to what is hidden."""

_SCRIPT = re.compile(rb"<script>(.+?)</script>", re.DOTALL)
# The theme's file names have a hash of what is in them (bundle.d7400d66.min.js).
_HASHED = re.compile(r"\.[0-9a-f]{8}\.min\.(js|css)$")


@dataclass
class Documentation:
    """The handler of the site."""

    folder: Path = BUILT
    prefixes: tuple[str, ...] = (ROOT,)
    packed: dict[Path, tuple[str, bytes]] = field(default_factory=dict[Path, tuple[str, bytes]])
    """Files in gzip, and the digest of what each was made of."""

    def handle(self, request: Request) -> Response:
        """A file of the site; the address of a page ends in a slash."""
        try:
            return self.answer(request)
        except RollbookError as error:
            return self.refuse(request, error)

    def answer(self, request: Request) -> Response:
        """A file, or where it is."""
        if request.method not in ("GET", "HEAD"):
            raise WrongMethod()
        if request.path != ROOT and not request.path.startswith(f"{ROOT}/"):
            raise NotFound(Problem("path", "nothing is served here", "the front page at / lists what is"))
        if not (self.folder / "index.html").is_file():
            return Response(render("unbuilt.html").encode(), 404, (*PAGE, NO_STORE))
        path = self.found(request.path.removeprefix(ROOT))
        if path.is_dir():
            return Response(b"", 308, ((b"location", f"{request.path}/".encode()),))
        return self.file(request, path)

    def found(self, place: str) -> Path:
        """The file, or the folder of a page, at a path below the root; raises `NotFound`."""
        *steps, last = place.removeprefix("/").split("/") if place else [""]
        if not all(map(_STEP.fullmatch, (*steps, last or "index.html"))):
            raise _nothing()
        path = self.folder.joinpath(*steps, last or "index.html")
        if not place:
            return self.folder
        if path.is_file() or (path / "index.html").is_file():
            return path
        raise _nothing()

    def file(self, request: Request, path: Path) -> Response:
        """A file as it is, or word that the caller has it already."""
        body = path.read_bytes()
        kind = KINDS.get(path.suffix, TEXT)
        digest = sha256(body).hexdigest()[:32]
        tag = f'"{digest}"'.encode()
        lasting = b"public, max-age=31536000, immutable" if _HASHED.search(path.name) else b"no-cache"
        headers = ((b"etag", tag), (b"cache-control", lasting), VARY)
        if tag in (request.header("if-none-match") or "").encode():
            return Response(b"", 304, headers)
        headers = ((b"content-type", kind.encode()), *headers, _policy(kind, body))
        if kind not in PICTURES and wanted((request.header("accept-encoding") or "").encode()):
            body, headers = self.in_gzip(path, digest, body), (*headers, ENCODED)
        return Response(body, headers=headers)

    def in_gzip(self, path: Path, digest: str, body: bytes) -> bytes:
        """A file in gzip; nothing in it is secret, so its length may tell."""
        known = self.packed.get(path)
        if known is None or known[0] != digest:
            known = self.packed[path] = digest, zlib.compress(body, 6, GZIP_WINDOW)
        return known[1]

    def party(self, request: Request) -> str | None:
        """None: nobody signs in here."""
        return None

    def refuse(self, request: Request, error: Exception) -> Response:
        """An error, plainly."""
        return plain(error)


def _nothing() -> NotFound:
    return NotFound(Problem("path", "is no page of the documentation", f"{ROOT}/ lists them"))


def _policy(kind: str, body: bytes) -> tuple[bytes, bytes]:
    """What a page may load: what is of this host, and of scripts within it those that were built into it."""
    if kind != HTML:
        # A worker, which looks through the pages for what is searched, is bound by the policy of its own script.
        return b"content-security-policy", b"default-src 'self'; style-src 'unsafe-inline'"
    own = " ".join(f"'sha256-{base64.b64encode(sha256(one).digest()).decode()}'" for one in set(_SCRIPT.findall(body)))
    told = (
        f"default-src 'none'; script-src 'self' {own}; worker-src 'self'; connect-src 'self'; style-src 'self'; "
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return b"content-security-policy", told.encode()
