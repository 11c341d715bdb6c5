"""A service that is called over HTTP: where it is, how it is reached, and how hard it may be asked."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx

from ...errors import Malformed, Problem
from ..setting import Setting

ADDRESS = Setting("address", "The address of the service, https://…")
PROXY = Setting("proxy", "The proxy to reach it through, http://host:port; otherwise the environment's", needed=False)
PROXY_USER = Setting("proxy-user", "user:password at the proxy", secret=True, needed=False)
CERTIFICATES = Setting(
    "certificates", "A PEM file of certificates to trust besides the usual ones", needed=False, file=True
)
PER_SECOND = Setting("per-second", "The most requests that may be sent in a second", needed=False)
HOURS = Setting("hours", "The longest that a reading may take, in hours", needed=False)

REACHED: tuple[Setting, ...] = (PROXY, PROXY_USER, CERTIFICATES, PER_SECOND, HOURS)
"""What every source that is called over HTTP may be told besides its address and credentials."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Service:
    """A service and the limits within which it is called.

    `timeout` is in seconds for each step of a request (connecting, sending, waiting for more), `deadline` in seconds
    for a whole reading with all its waiting; `per_second` requests are sent at most, one at a time (0: no limit), and
    an answer may have `most_bytes`. `certificates` is a PEM file that is trusted besides the usual authorities: some
    servers do not send the whole chain of theirs.
    """

    address: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout: float = 60.0
    deadline: float = 4 * 3600.0
    per_second: float = 0.0
    most_bytes: int = 64 << 20
    proxy: str = ""
    proxy_user: str = ""
    certificates: str = ""

    def __post_init__(self) -> None:
        said = httpx.URL(self.address)
        if said.scheme not in ("https", "http") or not said.host:
            raise Malformed(Problem("address", f"{self.address!r} is not an address", "https://host/path"))
        if said.scheme == "http" and said.host not in LOOPBACK:
            raise Malformed(Problem("address", "is not https: credentials and records would be open to others"))
        if said.userinfo:
            raise Malformed(Problem("address", "holds a password", "give it as a secret"))

    def url(self, path: str) -> httpx.URL:
        """The whole address of a path below the service's, or from its root (`/v3.0/users`), or of a whole one."""
        if "://" in path or path.startswith("/"):
            return httpx.URL(self.address).join(path)
        return httpx.URL(f"{self.address.rstrip('/')}/{path.lstrip('/')}")

    def within(self, url: httpx.URL) -> httpx.URL:
        """An address that the service itself named, if it is the service's; raises `Malformed` otherwise.

        Behind a proxy that ends TLS a server may believe that it is called by http; that is not followed.
        """
        home = httpx.URL(self.address)
        if url.host != home.host:
            raise Malformed(Problem(home.host, f"leads to another host, {url.host}", "check the address"))
        return url.copy_with(scheme=home.scheme, port=home.port)

    def client(self) -> httpx.Client:
        """A client for one reading; it follows no redirect by itself."""
        return httpx.Client(
            headers={"Accept": "application/json", "User-Agent": "rollbook", **self.headers},
            timeout=self.timeout,
            verify=self._trusted(),
            proxy=self._proxy(),
        )

    def _trusted(self) -> ssl.SSLContext:
        if not self.certificates:
            return _usual()
        if not Path(self.certificates).is_file():
            raise Malformed(Problem("certificates", f"{self.certificates} is not a file"))
        context = httpx.create_ssl_context()
        context.load_verify_locations(self.certificates)
        return context

    def _proxy(self) -> httpx.Proxy | None:
        if not self.proxy:
            return None
        user, _, password = self.proxy_user.partition(":")
        return httpx.Proxy(self.proxy, auth=(user, password) if user else None)


@cache
def _usual() -> ssl.SSLContext:
    """The usual authorities, which take a tenth of a second to read."""
    return httpx.create_ssl_context()


def service_of(settings: Mapping[str, str], address: str = "", **choices: float) -> Service:
    """The service that settings describe; `choices` are a provider's own limits, where the settings say nothing."""
    said = {"per_second": _number(settings, PER_SECOND, 1.0), "deadline": _number(settings, HOURS, 3600.0)}
    limits = {**choices, **{name: value for name, value in said.items() if value}}
    return Service(
        address or settings["address"],
        proxy=settings.get("proxy", ""),
        proxy_user=settings.get("proxy-user", ""),
        certificates=settings.get("certificates", ""),
        **limits,  # pyright: ignore[reportArgumentType]
    )


def _number(settings: Mapping[str, str], setting: Setting, unit: float) -> float:
    said = settings.get(setting.name, "")
    try:
        value = float(said or 0)
    except ValueError:
        value = -1.0
    if value < 0:
        raise Malformed(Problem(setting.name, f"{said!r} is not a number"))
    return value * unit
