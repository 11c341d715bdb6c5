"""Tokens for a person: a code, which the operator gives, becomes an access token and one to refresh it with."""

from __future__ import annotations

from typing import Any

import msgspec

from ...api.bodies import read_json
from ...api.messages import Request, Response
from ...consent.credentials import Tickets
from ...errors import Malformed, WrongMethod, nearest
from .wire import Fault, success

SECONDS = 3600
"""The life of a person's access token, as the documentation gives it."""

GRANTS = {"authorization_code": "code", "refresh_token": "refresh_token"}
"""Each kind of grant with the field that holds it."""


def give(request: Request, tickets: Tickets) -> Response:
    """Answer a request for a token."""
    if request.method != "POST":
        raise WrongMethod(Fault("method", f"{request.method} gives no token", "use POST", "UNSUPPORTED_OPERATION"))
    said = understand(request.body)
    shown = {"code": said.get("code", ""), "refresh": said.get("refresh_token", "")}
    access, refresh, _ = tickets.redeem("edlink", said["client_id"], said["client_secret"], **shown, seconds=SECONDS)
    return success({"access_token": access, "refresh_token": refresh, "expires_in": SECONDS, "token_type": "Bearer"})


def understand(body: bytes) -> dict[str, str]:
    """The fields of a request for a token that count, all of them texts; raises with every problem at once."""
    try:
        said = read_json(body, dict[str, Any])
    except (msgspec.MsgspecError, RecursionError, ValueError):
        hint = "send client_id, client_secret, grant_type and code or refresh_token"
        raise Malformed(Fault("body", "is not a JSON object", hint, "INVALID_REQUEST_BODY")) from None
    except Malformed as error:
        raise Malformed(*(Fault(p.where, p.what, p.hint, "INVALID_REQUEST_BODY") for p in error.problems)) from None
    grant = said.get("grant_type")
    if grant is None:
        # Some clients leave it out: what they show tells which it is.
        grant = "refresh_token" if said.get("refresh_token") else "authorization_code"
    problems: list[Fault] = []
    if not isinstance(grant, str) or grant not in GRANTS:
        hint = nearest(grant, GRANTS) if isinstance(grant, str) else f"give one of: {', '.join(GRANTS)}"
        problems.append(Fault("grant_type", "is not one that gives tokens", hint, "INVALID_REQUEST_BODY"))
        grant = ""
    needed = [name for name in ("client_id", "client_secret", GRANTS.get(grant, "")) if name]
    for name in needed:
        if said.get(name) in (None, ""):
            problems.append(Fault(name, "is missing", "give it as a text", "MISSING_REQUIRED_FIELD"))
        elif not isinstance(said[name], str):
            problems.append(Fault(name, "is not a text", "give it as a text", "INVALID_REQUEST_BODY"))
    if problems:
        raise Malformed(*problems)
    return {name: said[name] for name in needed}
