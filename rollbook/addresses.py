"""Which addresses may be called: none that leads into the network in which the hub itself stands.

A URL is read once, strictly, and what was read is what is called: spellings that two readers understand in two ways
(numbers for addresses, names before an `@`) are refused. A name is looked up when it is called, and the address that
was checked is the one that is connected to.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from .errors import Malformed, Problem
from .networks import is_public
from .settings import CALLBACK_ALLOW

LONGEST = 2048
"""Characters of a URL; servers and proxies refuse longer ones."""

PORTS = {"http": 80, "https": 443}
"""The schemes that are called, each with its port."""

SYSTEM_PORTS = 1024
"""Below it stand services that are no web servers, which may take a request for something else (RFC 6335 §6)."""

GIVEN = frozenset({"id", "estab"})
"""Parameters that a receiver tells its calls apart by: those of its own URL stand, and are not given again."""

# RFC 6761 (localhost, invalid), RFC 6762 (local), RFC 7686 (onion), RFC 8375 (home.arpa), and ICANN's private-use name.
_PRIVATE_NAMES = ("localhost", "invalid", "local", "onion", "home.arpa", "internal")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_ODD = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]")

Resolve = Callable[[str, int], list[str]]


class UnreachableError(Exception):
    """The address may not be called."""


@dataclass(frozen=True)
class Address:
    """Where to post, as read from a URL: `host` in ASCII and small letters, `target` its path and query."""

    secure: bool
    host: str
    port: int
    path: str
    query: str

    @property
    def target(self) -> str:
        """What the request line names."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def authority(self) -> str:
        """The host as the header `Host` names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"

    def adding(self, said: Iterable[tuple[str, str]]) -> Address:
        """The address with more parameters behind its own, which are kept as they were written."""
        own = {name.lower() for name, _ in parse_qsl(self.query, keep_blank_values=True)}
        more = urlencode([(n, v) for n, v in said if n.lower() not in own & GIVEN], quote_via=quote)
        return replace(self, query="&".join(part for part in (self.query.rstrip("&"), more) if part)) if more else self


# ---- reading


def read_address(url: str, where: str = "url") -> Address:
    """Read a URL that is to be called; raises `Malformed` with everything for which it can never be called."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # as for http://[ or a port that is no number
        raise Malformed(
            Problem(where, "is not an http or https address", "such as https://app.example.org/hook")
        ) from None
    wrong = [Problem(where, what, hint) for what, hint in _wrong(url, parts, port)]
    if wrong:
        raise Malformed(*wrong)
    port = PORTS[parts.scheme] if port is None else port
    path, query = (_ascii(part) for part in (parts.path or "/", parts.query))
    return Address(parts.scheme == "https", _host(parts), port, path, query)


def _ascii(text: str) -> str:
    return text if text.isascii() else "".join(c if c.isascii() else quote(c) for c in text)


def _wrong(url: str, parts: SplitResult, port: int | None) -> Iterable[tuple[str, str]]:
    if parts.scheme not in PORTS or not parts.hostname:
        yield "is not an http or https address", "such as https://app.example.org/hook"
        return
    if len(url) > LONGEST:
        yield f"is longer than {LONGEST:,} characters", ""
    if _ODD.search(url):
        yield "contains a space, a backslash or a control character", "encode it, as %20"
    if parts.username is not None or parts.password is not None:
        yield "has a user name before the host", "remove everything before the @"
    allowed = False
    try:
        host = _host(parts)
    except ValueError as error:
        yield str(error), "write it like app.example.org"
    else:
        allowed = host in allowed_hosts()
        if why := "" if allowed else _private(host):
            yield why, f"use a host that can be reached from the internet, or list it in {CALLBACK_ALLOW.name}"
    if port == 0 or (port and port < SYSTEM_PORTS and port not in PORTS.values() and not allowed):
        yield f"has port {port}, which web servers do not use", f"use 443, 80, or a port from {SYSTEM_PORTS} up"


def _host(parts: SplitResult) -> str:
    """The host in ASCII and small letters; raises `ValueError` that says why it is none."""
    said = parts.hostname or ""
    if ":" in said:
        try:
            return str(ipaddress.IPv6Address(said if "%" not in said else ""))
        except ValueError:
            raise ValueError("has an invalid IPv6 address, or one with a network interface") from None
    try:
        # Also makes dots and digits of other alphabets what a resolver would take them for.
        host = said.encode("idna").decode().lower().removesuffix(".")
    except UnicodeError:
        raise ValueError("has an invalid host name") from None
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise ValueError("has an IP address that is not written as four numbers") from None
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError("has an invalid host name")
    return host


def _private(host: str) -> str:
    """Why a host can have no public address, whatever is looked up; "" when it may have one."""
    try:
        return "" if is_public(ipaddress.ip_address(host)) else "is an address inside a private network"
    except ValueError:
        pass
    # A name without a dot is looked up in the hub's own domain.
    inside = "." not in host or any(host == name or host.endswith(f".{name}") for name in _PRIVATE_NAMES)
    return "has a host name that is known only inside a private network" if inside else ""


def allowed_hosts() -> frozenset[str]:
    """The hosts that the hub's owner lets be called wherever they are."""
    said = CALLBACK_ALLOW.get().split(",")
    return frozenset(h.strip().lower().strip("[]").removesuffix(".") for h in said if h.strip())


# ---- looking up


def addresses(host: str, port: int) -> list[str]:
    """The addresses that a host has now."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def reachable(host: str, port: int, resolve: Resolve = addresses) -> list[str]:
    """The addresses of a host that may be called, in order; raises `UnreachableError` when there is none."""
    found = list(dict.fromkeys(resolve(host, port)))
    if host in allowed_hosts():
        return found
    public = [a for a in found if "%" not in a and is_public(ipaddress.ip_address(a))]
    if not public:
        raise UnreachableError(f"{host} has no public address; list it in {CALLBACK_ALLOW.name} to allow it")
    return public
