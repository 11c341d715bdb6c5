"""A file on a web server: gone on with where it was cut, and not fetched again while it is the same."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import httpx

from ...errors import Malformed, Problem, RollbookError, Unavailable
from ..rows import Reading, Request
from ..web.service import Service, service_of
from .address import Address
from .incoming import Incoming

TRIES = 4
"""How often a file is gone on with, of which a part came."""

MOST_REDIRECTS = 5

WRONG = {
    401: ("does not accept the credentials", "check them; they may have been revoked"),
    403: ("may not be read with these credentials", "ask the vendor for access"),
    404: ("is not there", "check the address"),
}


def download(address: Address, reading: Reading, incoming: Incoming, known: bytes) -> tuple[Path | None, bytes]:
    """Fetch a file; gives where it is now and its mark, or no file where it still has the mark that is `known`."""
    port = "" if address.port == 443 else f":{address.port}"
    host = f"[{address.host}]" if ":" in address.host else address.host
    service = service_of(reading.settings, f"{address.scheme}://{host}{port}")
    with service.client() as client:
        return Download(service, client, address, reading, incoming, known).fetch()


class CutShort(Exception):
    """The server broke off a file."""


@dataclass
class Download:
    """One file, and what is asked of the server to have it."""

    service: Service
    client: httpx.Client
    address: Address
    reading: Reading
    incoming: Incoming
    known: bytes

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + self.service.deadline
        self.name = PurePosixPath(httpx.URL(self.address.text).path).name or "download"

    def fetch(self) -> tuple[Path | None, bytes]:
        """Fetch it, going on where it was cut. Raises `Unavailable` where it is cut too often."""
        failed: Exception | None = None
        for tried in range(TRIES):
            if tried:
                time.sleep(min(2.0 ** (tried - 1), 8.0) / 2)
            try:
                return self._fetch()
            except (httpx.TransportError, CutShort) as error:
                failed = error
        raise Unavailable(Problem(self.address.where, _in_words(failed), "read it again later"))

    def _fetch(self) -> tuple[Path | None, bytes]:
        began, status, error = time.monotonic(), 0, ""
        try:
            response = self._answer()
            status = response.status_code
            return self._taken(response)
        except Exception as wrong:
            error = _in_words(wrong)
            raise
        finally:
            seconds = round(time.monotonic() - began, 3)
            self.reading.note(Request("GET", self.address.shown, status, 0, seconds, error))

    def _answer(self) -> httpx.Response:
        """The answer, behind redirects on the same host: credentials go nowhere else."""
        url = httpx.URL(self.address.text)
        for _ in range(MOST_REDIRECTS):
            request = self.client.build_request("GET", url, headers=self._headers())
            response = self.client.send(request, stream=True, auth=self._auth(), follow_redirects=False)
            to = response.headers.get("location")
            if not (response.is_redirect and to):
                return response
            response.close()
            url = self.service.within(url.join(to))
        raise Malformed(Problem(self.address.where, f"leads on more than {MOST_REDIRECTS} times"))

    def _headers(self) -> dict[str, str]:
        # What is packed on the way has no length by which to tell that it was cut, and cannot be gone on with.
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if token := self.reading.settings.get("token"):
            headers["Authorization"] = f"Bearer {token}"
        mark, had = self.incoming.mark, self.incoming.had(self.name) if self.incoming.mark else 0
        if had:
            return {**headers, "Range": f"bytes={had}-", "If-Range": mark}
        if self.known.startswith(b'"') or self.known.startswith(b"W/"):
            return {**headers, "If-None-Match": self.known.decode()}
        return {**headers, "If-Modified-Since": self.known.decode()} if self.known else headers

    def _auth(self) -> httpx.BasicAuth | None:
        user, password = (self.reading.settings.get(name, "") for name in ("user", "password"))
        return httpx.BasicAuth(user, password) if user or password else None

    def _taken(self, response: httpx.Response) -> tuple[Path | None, bytes]:
        try:
            if response.status_code == 304 and self.known:
                return None, self.known
            if response.status_code == 416:
                self.incoming.begin("")
                raise CutShort("what was begun is not there any more")
            if response.status_code not in (200, 206):
                raise self._refused(response)
            return self._written(response), _mark(response.headers)
        finally:
            response.close()

    def _written(self, response: httpx.Response) -> Path:
        part = self._part(response)
        at, had = part.stat().st_size if part.is_file() else 0, 0
        of = at + int(response.headers.get("content-length") or 0)
        self.incoming.bound(self.address.where, of)
        with part.open("ab") as out:
            for piece in response.iter_raw():
                out.write(piece)
                had += len(piece)
                self._within(at + had, of)
        if of > at and at + had != of:
            raise CutShort("the file is shorter than was said")
        return self.incoming.finish(self.address.where, self.name)

    def _part(self, response: httpx.Response) -> Path:
        """Where an answer goes on, or begins."""
        part = self.incoming.part(self.name)
        goes_on = response.status_code == 206
        if goes_on and not response.headers.get("content-range", "").startswith(
            f"bytes {self.incoming.had(self.name)}-"
        ):
            self.incoming.begin("")
            raise CutShort("another part was sent than was asked for")
        if not goes_on:
            # Only what is surely the same can be gone on with (RFC 9110 §13.1.5).
            strong = response.headers.get("etag", "")
            self.incoming.begin(strong if strong.startswith('"') else "")
            part.unlink(missing_ok=True)
        return part

    def _within(self, at: int, of: int) -> None:
        self.incoming.bound(self.address.where, at)
        if time.monotonic() > self.ends:
            raise Unavailable(Problem(self.address.where, "took longer than a reading may take", "set `hours`"))
        self.reading.progress("fetching", at, max(at, of))

    def _refused(self, response: httpx.Response) -> Malformed | Unavailable:
        status = response.status_code
        what, hint = WRONG.get(status, (f"answered with {status}", ""))
        kind = Unavailable if status == 429 or status >= 500 else Malformed
        return kind(Problem(self.address.where, what, hint))


def _in_words(error: Exception | None) -> str:
    """What went wrong, without what the server sent, which the words of a transport may quote."""
    if isinstance(error, httpx.TimeoutException):
        return "did not answer in time"
    if isinstance(error, httpx.ConnectError):
        return f"could not be reached: {error}"
    if isinstance(error, CutShort):
        return f"broke off: {error}"
    return str(error) if isinstance(error, RollbookError) else "broke off"


def _mark(headers: Mapping[str, str]) -> bytes:
    """What an unchanged file is known by; blank where the server does not say."""
    return (headers.get("etag") or headers.get("last-modified") or "").encode()
