"""Calls that leave the hub: posted once, never into the network that the hub itself stands in."""

from __future__ import annotations

import http.client
import ipaddress
import json
import logging
import os
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

log = logging.getLogger("rollbook")

ALLOW = "ROLLBOOK_CALLBACK_ALLOW"
"""The setting that names hosts, with commas between, which may be called although their address is private."""

TIMEOUT = 10.0
"""Seconds to wait for the receiver."""

_callers = ThreadPoolExecutor(4, "callback")

Resolve = Callable[[str, int], list[str]]


class UnreachableError(Exception):
    """The address may not be called."""


def addresses(host: str, port: int) -> list[str]:
    """The addresses that a host has now."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def reachable(host: str, port: int, resolve: Resolve = addresses) -> str:
    """The address to call; the check and the call use the same one, so that a name cannot change in between."""
    found = resolve(host, port)
    allowed = {h.strip().lower() for h in os.environ.get(ALLOW, "").split(",") if h.strip()}
    for address in found:
        where = ipaddress.ip_address(address.split("%")[0])
        if host.lower() in allowed or (where.is_global and not where.is_multicast):
            return address
    raise UnreachableError(f"{host} has no public address; name it in {ALLOW} to allow it")


def post(url: str, body: dict[str, object], resolve: Resolve = addresses) -> int:
    """Post a JSON body and give the status; redirects are not followed."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    host = parts.hostname or ""
    connection = http.client.HTTPConnection(reachable(host, port, resolve), port, timeout=TIMEOUT)
    try:
        connection.connect()
        if secure:
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        named = host if parts.port is None else f"{host}:{port}"
        connection.request("POST", path, json.dumps(body), {"Host": named, "Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


def post_later(url: str, body: dict[str, object]) -> None:
    """Post without making the caller wait; what comes of it is in the log."""
    _callers.submit(_post_and_tell, url, body)


def _post_and_tell(url: str, body: dict[str, object]) -> None:
    host = urlsplit(url).hostname
    try:
        log.info("callback to %s: %s", host, post(url, body))
    except (OSError, ValueError, UnreachableError, http.client.HTTPException) as error:
        log.warning("callback to %s failed: %s", host, error)
