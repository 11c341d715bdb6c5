"""Calls that leave the hub: posted once, never into the network that the hub itself stands in."""

from __future__ import annotations

import http.client
import ipaddress
import json
import os
import socket
import ssl
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from ..errors import RollbookError

ALLOW = "ROLLBOOK_CALLBACK_ALLOW"
"""The setting that names hosts, with commas between, which may be called although their address is private."""

TIMEOUT = 10.0
"""Seconds to wait for the receiver."""

Resolve = Callable[[str, int], list[str]]


class UnreachableError(Exception):
    """The address may not be called."""


class Undelivered(RollbookError):
    """A call was not accepted by its receiver."""


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


def post(
    url: str, body: dict[str, object], headers: Mapping[str, str] | None = None, resolve: Resolve = addresses
) -> int:
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
        said = {"Host": named, "Content-Type": "application/json", **(headers or {})}
        connection.request("POST", path, json.dumps(body), said)
        return connection.getresponse().status
    finally:
        connection.close()


def deliver(url: str, body: dict[str, object], identity: str) -> None:
    """Post a body under an id by which the receiver can tell a repeat; raises `Undelivered` unless it is accepted.

    The header is that of the Standard Webhooks specification (1.0.0, "Webhook Headers").
    """
    host = urlsplit(url).hostname
    try:
        status = post(url, body, {"webhook-id": identity})
    except (OSError, ValueError, UnreachableError, http.client.HTTPException) as error:
        raise Undelivered(f"{host} could not be reached: {error}") from error
    if not 200 <= status < 300:
        raise Undelivered(f"{host} answered {status}")
