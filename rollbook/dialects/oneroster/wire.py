"""How OneRoster says things: addresses, references, envelopes, errors and their statuses.

OneRoster 1.2 Rostering Service, REST binding, sections 3.2 to 3.4 and 5.1 (imsx_StatusInfo).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from ...api.messages import JSON, NO_STORE, Response
from ...errors import (
    Malformed,
    NotFound,
    NotHeld,
    NotSignedIn,
    Problem,
    RollbookError,
    TooLarge,
    TooManyRequests,
    Unavailable,
    WrongMethod,
)

ROOT, OLD_ROOT = "/ims/oneroster/rostering/v1p2", "/ims/oneroster/v1p1"
"""Where the rosters of OneRoster 1.2 are, and all of 1.1."""
GRADEBOOK_ROOT, RESOURCES_ROOT = "/ims/oneroster/gradebook/v1p2", "/ims/oneroster/resources/v1p2"
"""Where the other services of 1.2 are."""

TYPES = {
    "orgs": "org",
    "academicSessions": "academicSession",
    "courses": "course",
    "classes": "class",
    "users": "user",
    "enrollments": "enrollment",
    "categories": "category",
    "lineItems": "lineItem",
    "assessmentLineItems": "assessmentLineItem",
    "scoreScales": "scoreScale",
    "resources": "resource",
}
"""What a reference says that it leads to, by the resource in its address."""

ROOTS = (ROOT, GRADEBOOK_ROOT, RESOURCES_ROOT)
OLD_ROOTS = (OLD_ROOT, OLD_ROOT, OLD_ROOT)
_ELSEWHERE = {**dict.fromkeys(("categories", "lineItems", "assessmentLineItems", "scoreScales"), 1), "resources": 2}
_PLACES = tuple(b'"href":"\\u%04x' % at for at in range(len(ROOTS)))
"""Where an address stands in a row, by the number of its service: what it begins with is put in when it is sent."""


@dataclass(frozen=True)
class Fault(Problem):
    """A problem that has a code of its own."""

    code: str = ""


ERRORS: tuple[tuple[type[Exception], str, int], ...] = (
    (NotSignedIn, "unauthorisedrequest", 401),
    (NotHeld, "forbidden", 403),
    (NotFound, "unknownobject", 404),
    (WrongMethod, "forbidden", 405),
    (TooLarge, "invaliddata", 413),
    (TooManyRequests, "server_busy", 429),
    (Malformed, "invaliddata", 400),
    (Unavailable, "server_busy", 503),
    (Exception, "internal_server_error", 500),
)
"""Each error with its minor code and its HTTP status; a `Fault` has a code of its own."""


def failure(error: Exception, *, allowed: tuple[str, ...] = (), old: bool = False) -> Response:
    """An error as OneRoster tells it, with every problem at once; `old` as 1.1 does. `allowed` are the methods."""
    code, status = next((c, s) for kind, c, s in ERRORS if isinstance(error, kind))
    problems = error.problems if isinstance(error, RollbookError) else (Problem("", "internal error"),)
    codes = dict.fromkeys(p.code if isinstance(p, Fault) else code for p in problems)
    fields = [{"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": one} for one in codes]
    said = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": "; ".join(map(str, problems)),
        "imsx_CodeMinor": {"imsx_codeMinorField": fields},
    }
    headers = [JSON, NO_STORE]
    headers += [(b"allow", ", ".join(allowed).encode())] if status == 405 else []
    scheme = b'Bearer realm="OneRoster", OAuth realm="OneRoster"' if old else b'Bearer realm="OneRoster"'
    headers += [(b"www-authenticate", scheme)] if status == 401 else []
    body = {"statusInfoSet": [{**said, "imsx_operationRefIdentifier": str(uuid.uuid4())}]} if old else said
    return Response(msgspec.json.encode(body), status, tuple(headers))


def reference(leads: str, identity: str) -> dict[str, str]:
    """Something of another resource, as a row refers to it."""
    address = f"{chr(_ELSEWHERE.get(leads, 0))}/{leads}/{quote(identity, safe='')}"
    return {"href": address, "sourcedId": identity, "type": TYPES[leads]}


def placing(roots: Sequence[str]) -> Callable[[bytes], bytes]:
    """What lets the references of rows begin with the address of their service, as the caller reached it."""
    # No text holds these bytes: a quotation mark in one has a backslash before it.
    places = [(place, b'"href":"' + root.encode()) for place, root in zip(_PLACES, roots, strict=True)]

    def placed(rows: bytes) -> bytes:
        for place, address in places:
            rows = rows.replace(place, address)
        return rows

    return placed


def enveloped(name: str, rows: Iterator[bytes]) -> Iterator[bytes]:
    """An answer around its rows."""
    yield b'{"%s":[' % name.encode()
    lead = b""
    for some in rows:
        yield lead + some
        lead = b","
    yield b"]}"
