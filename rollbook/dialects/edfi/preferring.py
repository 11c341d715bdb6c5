"""What a caller prefers (RFC 7240): to be told of parameters that mean nothing here, or to have them ignored."""

from __future__ import annotations

from dataclasses import replace

from ...api.messages import Request, Response

STRICT, LENIENT = "strict", "lenient"


def handling(request: Request) -> str:
    """`strict` or `lenient`, as the first preference of that name says; empty where nothing known is said."""
    for preference in request.header("prefer").split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "handling":
            said = value.strip().strip('"').lower()
            return said if said in (STRICT, LENIENT) else ""
    return ""


def applied(request: Request, response: Response) -> Response:
    """An answer that says which handling was applied (RFC 7240 section 3), where one was asked for."""
    said = handling(request)
    header = (b"preference-applied", f"handling={said}".encode())
    return replace(response, headers=(*response.headers, header)) if said else response
