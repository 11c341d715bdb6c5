"""Tokens and what they are good for: the STS, TokenDetails, Scopes and Queries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...api.messages import Request, Response
from ...api.resource import Endpoint, Facts, Table
from ...consent import Desk
from ...consent.grants import moment
from ...consent.tokens import ManagementPass, SchoolPass, WrongSecret
from ...errors import Malformed, Problem, RollbookError, TooManyRequests, Unavailable, WrongMethod
from ...scopes import ANYONE, CATALOGUE, Need
from . import running, writeback
from .bodies import read_body, text_of
from .catalogue import ENDPOINTS
from .wire import QUIET, success

NO_TOKEN = {"token": None, "expires": "0001-01-01T00:00:00"}
SERVICE = "XporterOnDemand"
LARGEST = 64 * 1024
"""The largest token request, in bytes."""


def get_token(request: Request, desk: Desk) -> Response:
    """A token for a school's records, or without `estab` for management (Authentication, Generating a Token)."""
    try:
        if request.method != "POST":
            raise WrongMethod(Problem("method", f"{request.method} is not allowed here", "use POST"))
        said = _fields(request)
        token, expires = desk.tokens.sign_in(said["relyingparty"], said["password"], said.get("estab", ""))
    except (Unavailable, TooManyRequests):
        raise
    except RollbookError as error:
        return no_token(error)
    return success({"token": token, "expires": moment(expires), **QUIET})


def no_token(error: Exception) -> Response:
    """The answer of the STS when there is no token; the document gives its refusals no ExceptionType."""
    why = str(error) if isinstance(error, RollbookError) else "An internal error; it has been logged"
    return replace(success({**NO_TOKEN, **QUIET, "ExceptionMessage": why}), guessed=isinstance(error, WrongSecret))


def party(request: Request) -> str:
    """Who asks for a token, and for which school's."""
    try:
        said = _fields(request)
    except RollbookError:
        return ""
    return f"{said['relyingparty']} {said.get('estab', '')}"


def _fields(request: Request) -> dict[str, str]:
    """What a JSON or form body says, its names in lower case; raises `Malformed` with every problem."""
    body = read_body(request, largest=LARGEST, hint='send {"relyingParty": …}')
    said = {name.lower(): value for name, value in body.items()}
    texts = {name: text_of(value) for name, value in said.items()}
    wrong = [Problem(n, "must be a string") for n, v in said.items() if v is not None and texts[n] is None]
    fields = {name: text for name, text in texts.items() if text is not None}
    wrong += [
        Problem(name, "is missing", f"send {name} in a JSON object or a form")
        for name in ("relyingParty", "password")
        if not fields.get(name.lower()) and not any(p.where == name.lower() for p in wrong)
    ]
    service = fields.get("thirdpartyid")
    if service and service.lower() != SERVICE.lower():
        wrong.append(Problem("thirdpartyid", f"{service[:60]} is not served here", f"always {SERVICE}"))
    if wrong:
        raise Malformed(*wrong)
    return fields


def token_details(admitted: SchoolPass | ManagementPass) -> Response:
    """What the token stands for (Retrieve details on your token)."""
    grant = admitted.grant if isinstance(admitted, SchoolPass) else None
    app = admitted.app
    details: dict[str, Any] = {
        "Estab": grant.estab if grant else None,
        "Expires": moment(admitted.expires),
        "Name": app.name,
        "RelyingParty": app.relying_party,
        "Scopes": sorted(grant.scopes) if grant else [],
    }
    return success({**details, **QUIET}, keep=True, until=admitted.expires)


def _held(admitted: SchoolPass | ManagementPass) -> frozenset[str]:
    return admitted.grant.scopes if isinstance(admitted, SchoolPass) else frozenset()


def scopes(admitted: SchoolPass | ManagementPass) -> Response:
    """The scopes that the token holds, in words (Retrieve list of scopes for your token)."""
    return success({"Scopes": scope_rows(_held(admitted)), **QUIET}, keep=True, until=admitted.expires)


def scope_rows(held: frozenset[str]) -> list[dict[str, str]]:
    """Scopes in words."""
    return [
        {"Name": s.name, "Category": s.category, "Description": s.words} for s in CATALOGUE.values() if s.name in held
    ]


def queries(admitted: SchoolPass | ManagementPass) -> Response:
    """The endpoints that the token may ask and write back to, generated from their declarations (list queries)."""
    held = _held(admitted)
    rows = [query_row(e) for e in ENDPOINTS.values() if e.need.met_by(held)]
    written = [o for o in writeback.OPERATIONS.values() if o.need.met_by(held)]
    rows += [row for o in written for row in writeback.query_rows(o, scope_expression(o.need))]
    return success(
        {"Endpoints": [*rows, running.query_row()], "Queries": [], **QUIET}, keep=True, until=admitted.expires
    )


def scope_expression(need: Need) -> str:
    """A need as the service writes it: a comma for either, `&` for both, `*` for any token."""
    if need == ANYONE:
        return "*"
    return ",".join(sorted("&".join(sorted(way)) for way in need.ways))


def query_row(endpoint: Endpoint) -> dict[str, Any]:
    """An endpoint as the service's own catalogue lists it."""
    path = f"/api/v1/School/{{estab}}/{endpoint.segment}"
    return {
        "Version": "1",
        "Id": f"school.{endpoint.segment.lower()}",
        "Method": "GET",
        "Scope": scope_expression(endpoint.need),
        "Path": f"{path}/{{id}}" if "id" in endpoint.filters else path,
        "Description": f"##{endpoint.title}\n\n{endpoint.about}",
        "Documentation": documentation(endpoint),
        "Query": f"xod.1.{endpoint.segment}",
        "Options": "\n".join(f"{n}:{o.about}" for n, o in endpoint.options.items()),
        "Parameters": "\n".join(
            f"{n}:{f.about}" + (f"({','.join(f.choices)})" if f.choices else "") for n, f in endpoint.filters.items()
        ),
        "Published": True,
        "PageSize": 0,
    }


def documentation(endpoint: Endpoint) -> str:
    """The page of an endpoint in Markdown: options, filters, and the fields of each table by scope."""
    lines = [f"# {endpoint.title}", "", endpoint.about, ""]
    lines += _section("Options", [f"- **{n}**: {o.about}" for n, o in endpoint.options.items()])
    lines += _section("Filters", [f"- **{n}**: {f.about}" for n, f in endpoint.filters.items()])
    for table in endpoint.tables:
        rows = {n: row for p in endpoint.parts(table) for n, row in fields(p).items()}
        if isinstance(table, Facts):
            rows = {n: (str(example), about, str(table.need)) for n, (about, example, _) in table.columns.items()}
        lines += [f"## {table.name}", "", "| Field | Example | Notes | Consent scope |", "|---|---|---|---|"]
        lines += [f"| {n} | {cell(e)} | {cell(a)} | {s} |" for n, (e, a, s) in rows.items()] + [""]
    return "\n".join(lines).strip() + "\n"


def fields(table: type[Table]) -> dict[str, tuple[str, str, str]]:
    """The fields of a table: for each its example, what it says, and the scopes that show it."""
    return {n: ("" if e.example is None else str(e.example), e.about, str(e.need)) for n, e in table.columns.items()}


def cell(text: str) -> str:
    """A text as it stands in a cell of a Markdown table."""
    return text.replace("\n", "\\n").replace("|", "\\|")


def _section(title: str, lines: list[str]) -> list[str]:
    return [f"## {title}", "", *lines, ""] if lines else []
