"""Named queries (`RunQuery`): the service's catalogue of 2018 has one, edubase.search, for finding a school's number.

The catalogue gives its parameters and nobody its answer: the columns are Rollbook's. The service searches EduBase, the
register of schools in England; a hub knows the schools that it serves. Trials and sandboxes find sandboxes only.
"""

from __future__ import annotations

import itertools
from typing import Any

from ...api.messages import Request, Response
from ...consent import Desk
from ...consent.known_schools import KnownSchool, Sought
from ...consent.slips import asks
from ...consent.tokens import ManagementPass, SchoolPass
from ...errors import Malformed, NotFound, Problem, nearest
from .onboarding import asked, flag
from .wire import QUIET, success

SEARCH = "edubase.search"
USUAL, MOST = 25, 100
"""How many schools are given when the request does not say, and at the most."""

PARAMETERS = {
    "q": "Words of the school's name, address or number",
    "limit": f"How many schools at the most ({USUAL}; never more than {MOST})",
    "postcode": "The post code, or its beginning",
    "telephone": "The telephone number",
    "la_code": "The 3 digits of the local authority",
    "estab_code": "The 4 digits of the school within its authority",
}


def run_query(request: Request, desk: Desk, admitted: SchoolPass | ManagementPass) -> Response:
    """Answer `RunQuery`, which any token may ask; a sandbox's finds sandboxes only."""
    said = asked(request, "id", "options", "includeClosed", *PARAMETERS)
    if said.get("id", "").lower() != SEARCH:
        raise NotFound(Problem("id", "is not a named query", nearest(said.get("id", "")[:60], [SEARCH])))
    asks(SEARCH)
    flag("includeClosed", said)  # the hub serves no school that has closed
    sought = _sought(said)
    asking = admitted.grant if isinstance(admitted, SchoolPass) else None
    found = itertools.islice(desk.known_schools.seek(sought, admitted.app, asking), _limit(said.get("limit", "")))
    return success({"EduBase": [_row(one) for one in found], **QUIET})


def _sought(said: dict[str, str]) -> Sought:
    by = [said.get(name, "") for name in ("q", "postcode", "telephone", "la_code", "estab_code")]
    sought = Sought(*by)
    if not sought.by_anything():
        raise Malformed(Problem("q", "is required", "give q, postcode, telephone, la_code or estab_code"))
    return sought


def _limit(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text)):
        raise Malformed(Problem("limit", f"{text[:40]} is not a whole number from 1 to {MOST}"))
    return min(int(text or USUAL), MOST)


def _row(school: KnownSchool) -> dict[str, Any]:
    return {
        "Id": school.estab,
        "Estab": school.estab,
        "LaCode": school.estab[:3],
        "EstabCode": school.estab[3:],
        "Name": school.name,
        "Phase": school.phase,
        "Governance": school.governance,
        "Address": school.address,
        "PostCode": school.post_code,
        "Telephone": school.telephone,
        "Web": school.web,
    }


def query_row() -> dict[str, Any]:
    """The query as the service's own catalogue lists it."""
    return {
        "Version": "1",
        "Id": SEARCH,
        "Method": "GET",
        "Scope": "*",
        "Path": f"/api/v1/RunQuery/?id={SEARCH}",
        "Description": "Search EduBase",
        "Documentation": "",
        "Query": SEARCH,
        "Options": "includeClosed:include closed establishments",
        "Parameters": "\n".join(f"{name}:{about}" for name, about in PARAMETERS.items()),
        "Published": True,
        "PageSize": 0,
    }
