"""The line to the hub: one connection outwards, over HTTPS, with the hub's certificate verified."""

from __future__ import annotations

import base64
import http.client
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ..errors import Malformed, Problem, Stop

TIMEOUT = 60.0
"""Seconds to wait for an answer; the hub answers a request for the next task within 25."""

IDLE = 3.0
"""Seconds after which an unused connection is opened again: servers close it after five, or sooner."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Credential:
    """What `rollbook agents add` shows once."""

    key: str
    secret: str


def read_credential(path: Path) -> Credential:
    """The credential in a file, two lines as `rollbook agents add` prints them: `key: ...` and `secret: ...`."""
    lines = (line.partition(":") for line in path.read_text(encoding="utf-8").splitlines())
    said = {name.strip(): value.strip() for name, _, value in lines}
    missing = [name for name in ("key", "secret") if not said.get(name)]
    if missing:
        hint = "save the output of `rollbook agents add` in it"
        raise Malformed(*(Problem(str(path), f"has no line that starts with {name}:", hint) for name in missing))
    return Credential(said["key"], said["secret"])


class Declined(Exception):
    """The hub answered with a problem (RFC 9457): `kind` is the last part of its type, `said` the whole of it."""

    def __init__(self, status: int, said: dict[str, Any]) -> None:
        self.status = status
        self.said = said
        self.kind = str(said.get("type", "")).rpartition(":")[2]
        super().__init__(f"the hub answered {status} {self.kind}: {str(said.get('detail', ''))[:300]}")


class Line:
    """Calls to one hub, one after the other; raises `Declined` for problems, `OSError` when it cannot be reached."""

    def __init__(self, hub: str, credential: Credential, authorities: Path | None = None) -> None:
        parts = urlsplit(hub)
        self.secure = parts.scheme == "https"
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Malformed(Problem("--hub", "is not an address", "such as https://hub.example.org"))
        if not self.secure and parts.hostname not in LOOPBACK:
            raise Malformed(
                Problem("--hub", "is not https", "a credential may be sent without encryption only within one machine")
            )
        self.host, self.port = parts.hostname, parts.port or (443 if self.secure else 80)
        self.path = parts.path.rstrip("/")
        shown = base64.b64encode(f"{credential.key}:{credential.secret}".encode()).decode()
        self.headers = {"Authorization": f"Basic {shown}"}
        # Without a file of authorities these are the system's.
        self.context = ssl.create_default_context(cafile=str(authorities) if authorities else None)
        self.connection: http.client.HTTPConnection | None = None
        self.used = 0.0

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST a body as JSON and return the answer's JSON."""
        return self._call("POST", path, msgspec.json.encode(body), "application/json")

    def put(self, path: str, part: bytes) -> dict[str, Any]:
        """PUT bytes and return the answer's JSON."""
        return self._call("PUT", path, part, "application/zip")

    def close(self) -> None:
        """Hang up."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _call(self, method: str, path: str, body: bytes, kind: str) -> dict[str, Any]:
        if time.monotonic() - self.used > IDLE:
            # Packing a whole school takes longer than the hub keeps an idle connection.
            self.close()
        try:
            connection = self.connection or self._connect()
            connection.request(method, f"{self.path}/agent/v1/{path}", body, {**self.headers, "Content-Type": kind})
            response = connection.getresponse()
            status, answer = response.status, response.read()
            self.used = time.monotonic()
        except BaseException as error:
            # A connection that was left amid a call cannot be used again.
            self.close()
            if isinstance(error, http.client.HTTPException):
                raise OSError(f"the hub closed the connection: {type(error).__name__}") from error
            raise
        said: dict[str, Any] = {}
        with suppress(msgspec.DecodeError):
            said = msgspec.json.decode(answer, type=dict[str, Any])
        if status != 200:
            raise Declined(status, said)
        return said

    def _connect(self) -> http.client.HTTPConnection:
        kept = (
            http.client.HTTPSConnection(self.host, self.port, timeout=TIMEOUT, context=self.context)
            if self.secure
            else http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)
        )
        try:
            kept.connect()
        except ssl.SSLCertVerificationError as error:
            raise Stop(
                f"this machine does not trust the certificate of {self.host}: {error.verify_message}",
                hint="give your certificate authority's file with --ca-file",
            ) from error
        self.connection = kept
        return kept
