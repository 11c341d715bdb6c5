"""Bodies of requests for tokens and of the Management APIs: a JSON object or a form, its names in any case."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import parse_qsl

import msgspec

from ...api.bodies import read_json
from ...api.messages import Request
from ...errors import Malformed, Problem, TooLarge

LARGEST = 1024 * 1024
"""The largest body of a management request, in bytes."""


def text_of(value: Any) -> str | None:
    """A text, which may be sent as a number; None for what is neither.

    Json.NET, which the service is made with, binds a JSON number to a property that is a string.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def read_body(request: Request, *, largest: int = LARGEST, hint: str = "") -> dict[str, Any]:
    """What a JSON object or a form says; raises `Malformed`, with a hint, or `TooLarge`."""
    if len(request.body) > largest:
        raise TooLarge(Problem("body", f"is larger than {largest // 1024} KB"))
    kind = request.header("content-type").split(";")[0].strip().lower()
    text = request.body.strip()
    try:
        # Clients of both kinds are known, and some do not name the kind that they send.
        if kind == "application/x-www-form-urlencoded" and not text.startswith(b"{"):
            return dict(parse_qsl(text.decode(), keep_blank_values=True, max_num_fields=50, strict_parsing=bool(text)))
        found = read_json(text or b"{}")
    except (ValueError, msgspec.DecodeError) as error:
        raise Malformed(Problem("body", "must be a JSON object or a form", hint)) from error
    except RecursionError as error:
        raise Malformed(Problem("body", "is nested too deeply")) from error
    if not isinstance(found, dict):
        raise Malformed(Problem("body", "is not a JSON object"))
    return cast(dict[str, Any], found)
