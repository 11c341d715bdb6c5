"""What schemathesis makes of an OpenAPI document, sent to a hub as a client would send it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from importlib import import_module
from typing import Any, cast
from urllib.parse import urlsplit

import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode

from .hub import Hub

BASE = "http://hub.example"

# It is this that adds the checks of OpenAPI to the others.
import_module("schemathesis.specs.openapi.checks")
REGISTRY: Any = import_module("schemathesis.checks")
CHECKS: list[Any] = REGISTRY.CHECKS.get_by_names(
    ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
)


def send(hub: Hub, case: Any, authorization: str, root: str = "") -> schemathesis.Response:
    """Send what was invented, with who asks in the place of whatever was invented for it; gives what a client has."""
    asked: Any = requests.Request(**case.as_transport_kwargs(base_url=f"{BASE}{root}")).prepare()
    url = urlsplit(str(asked.url))
    body: bytes = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
    told: dict[str, str] = {str(name).lower(): str(value) for name, value in asked.headers.items()}
    # A server would not let other headers through, and the hub is told whose they are by the socket.
    headers = {n: v for n, v in told.items() if (n + v).isascii() and n not in ("authorization", "host")}
    path = f"{url.path}?{url.query}" if url.query else url.path
    answer = hub.ask(str(asked.method), path, None, body, authorization=authorization, **headers)
    shown = {name: [value] for name, value in answer.headers.items()}
    # As `requests` asked for it to be compressed, so it would read it.
    sent = gzip.decompress(answer.body) if answer.headers.get("content-encoding") == "gzip" else answer.body
    return schemathesis.Response(answer.status, shown, sent, asked, elapsed=0.0, verify=False)


def answered(
    operation: Any, mode: GenerationMode, most: int, ask: Callable[[Any], schemathesis.Response]
) -> dict[int, Any]:
    """The statuses of the answers to some requests, each of which is as the document says, with the last exchange."""
    found: dict[int, Any] = {}

    @settings(
        max_examples=most,
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=cast(Any, list(HealthCheck)),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def sent(case: Any) -> None:
        answer = ask(case)
        case.validate_response(answer, checks=CHECKS)
        found[answer.status_code] = case.body, answer.content[:300]

    sent()
    return found
