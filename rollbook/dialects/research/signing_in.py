"""Tokens: for a name and a password, and for a device that somebody approves."""

from __future__ import annotations

from typing import Any

from ...api.messages import NO_STORE, Request, Response
from ...consent.accounts import DEVICE_INTERVAL, DEVICE_SECONDS, Accounts
from ...errors import Malformed, Problem
from .bodies import REQUIRED, json_body
from .wire import NotAllowed, base, success

PAGE = "/research/device/"
"""Where somebody lets a device act for them."""


def answer(accounts: Accounts, request: Request, steps: list[str]) -> Response:
    """Answer at `token`, `auth/device` or `auth/device/token`."""
    if steps == ["auth", "device"] and request.method in ("GET", "HEAD"):
        # RFC 8628 §3.3.1: the whole address brings the code with it.
        query = f"?{request.raw_query.decode('ascii', 'replace')}" if request.raw_query else ""
        return Response(b"", 303, ((b"location", f"{PAGE}{query}".encode()), NO_STORE))
    if request.method != "POST":
        raise NotAllowed(request.method, ("POST", "GET", "HEAD") if steps == ["auth", "device"] else ("POST",))
    sent = json_body(request.body)
    if steps == ["token"]:
        username, password = _words(sent, "username", "password")
        return success({"token": accounts.sign_in(username, password, request.client)})
    if steps == ["auth", "device"]:
        return success(_begin(accounts, request, sent))
    (code,) = _words(sent, "device_code")
    return success(accounts.poll_device(code))


def _begin(accounts: Accounts, request: Request, sent: dict[str, Any]) -> dict[str, Any]:
    name = sent.get("client_name")
    device = accounts.begin_device(name if isinstance(name, str) else "")
    page = f"{base(request)}{PAGE}"
    return {
        "device_code": device.code,
        "user_code": device.user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?user_code={device.user_code}",
        "expires_in": DEVICE_SECONDS,
        "interval": DEVICE_INTERVAL,
    }


def _words(sent: dict[str, Any], *names: str) -> list[str]:
    problems = [
        Problem(name, REQUIRED if sent.get(name) is None else "Not a valid string.")
        for name in names
        if not isinstance(sent.get(name), str)
    ]
    if problems:
        raise Malformed(*problems)
    return [sent[name] for name in names]
