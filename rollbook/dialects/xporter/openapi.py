"""An OpenAPI 3.1 document of the dialect, made from the declarations of its endpoints.

What a field needs stands beside it as `x-scopes`: the ways in which it may be held, each a list of scopes that go
together. A field that only an option shows names it as `x-option`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...api.listing.describing import TYPES as KINDS
from ...api.listing.describing import ways as ways_of
from ...api.resource import AnyTable, Counted, Endpoint, Facts, Filter, With
from ...fields import Value
from ...scopes import CATALOGUE, Need
from . import openapi_onboarding, running
from .asking import AS_OF, ROW_LIMIT
from .catalogue import ENDPOINTS
from .wire import EXCEPTIONS
from .writeback import OPERATIONS, describing

Json = dict[str, Any]

TYPES: dict[str, Json] = KINDS | {
    "time": {"type": ["string", "null"], "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
    "datetime": {"type": ["string", "null"], "pattern": "^[0-9-]{10}T[0-9:]{8}$"},
    "moment": {"type": ["string", "null"], "pattern": "^[0-9-]{10}T[0-9:]{8}[.][0-9]{3}$"},
}
"""JSON Schema of each kind of value; what is not known is null. Dates and times have no zone (docs, Types)."""

_WRITTEN: dict[str, Json] = {
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "description": "A date, or a moment in UTC"},
    "flag": {"type": "integer", "enum": [0, 1]},
    "number": {"type": "integer"},
    "list": {"type": "string", "description": "One or more, separated by commas"},
    "csv": {"type": "string", "description": "One or more, separated by commas"},
    "pairs": {"type": "string", "description": "702, 702|34 or 702|, separated by commas"},
    "range": {"type": "string", "description": "Two dates: yyyy-MM-dd|yyyy-MM-dd"},
    "year": {"type": "string", "pattern": "^[0-9]{4}$"},
}


def document(base: str = "", endpoints: Mapping[str, Endpoint] = ENDPOINTS) -> Json:
    """The whole document; `base` is the address of the hub."""
    schemas: Json = {"Meta": _META, "Pagination": _PAGINATION, "ChangedRows": _CHANGED, "Error": _ERROR}
    paths: Json = {**_OTHERS, **openapi_onboarding.PATHS}
    for endpoint in endpoints.values():
        schemas |= {_name(endpoint, table): schema(endpoint, table) for table in endpoint.tables}
        paths |= dict(_paths(endpoint))
    for operation in OPERATIONS.values():
        schemas |= describing.schemas(operation)
        written = describing.path_item(operation, ways(operation.need), {"$ref": "#/components/responses/Error"})
        paths[describing.paths_of(operation)[0]] = written
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Xporter School Data API",
            "version": "1.0.0",
            "summary": "The records of a school, as the school has granted them",
            "description": "Each answer is an object of tables, each an array of rows. What a token's scopes do not "
            "show is absent. Errors have HTTP status 200, unless `httpstatuscodes=true` asks for their own.",
        },
        "servers": [{"url": base or "/"}],
        "tags": [{"name": name} for name in dict.fromkeys([*(e.category for e in endpoints.values()), "Writeback"])],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": _COMMON,
            "responses": {"Error": {"description": "What went wrong", **_json({"$ref": "#/components/schemas/Error"})}},
            "securitySchemes": {
                "Idaas": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`Idaas {token}`, with a token of POST /api/oauth/GetToken",
                }
            },
        },
        "security": [{"Idaas": []}],
        "x-scopes": {s.name: {"category": s.category, "description": s.words} for s in CATALOGUE.values()},
    }


def ways(need: Need) -> list[list[str]]:
    """The ways in which a need may be met, each the scopes that go together; none for any token."""
    return ways_of([need])


def _name(endpoint: Endpoint, table: AnyTable) -> str:
    return f"{endpoint.segment}.{table.name}"


# ---- tables


def schema(endpoint: Endpoint, table: AnyTable) -> Json:
    """A row of a table."""
    return {"type": "object", "properties": dict(_properties(endpoint, table)), "additionalProperties": False}


def _properties(endpoint: Endpoint, table: AnyTable) -> Iterator[tuple[str, Json]]:
    if isinstance(table, Facts):
        for name, (about, example, kind) in table.columns.items():
            yield name, field(kind, about, example, table.need)
        return
    if isinstance(table, Counted):
        for name, about in table.columns.items():
            yield name, field("number" if name == "Count" else "text", about, None, table.need)
        return
    optional = endpoint.optional() if table is endpoint.main else {}
    found: Json = {}
    for part in endpoint.parts(table):
        for name, value in part.columns.items():
            need = value.need
            one = field(value.kind, value.about, value.example, need)
            if name in found:
                # Rows of several kinds stand in one table; any of their needs shows the field in some of them.
                one["x-scopes"] = sorted({tuple(w) for w in (*found[name]["x-scopes"], *one["x-scopes"])})
            found[name] = one | ({"x-option": optional[name]} if name in optional else {})
    yield from found.items()


def field(kind: str, about: str, example: Value, need: Need) -> Json:
    """One field: its type, what it says, an example, and what must be held to see it."""
    told = {"examples": [example]} if example is not None else {}
    return {**TYPES[kind], "description": about, **told, "x-scopes": ways(need)}


# ---- paths


def _paths(endpoint: Endpoint) -> Iterator[tuple[str, Json]]:
    path = f"/api/v1/School/{{estab}}/{endpoint.segment}"
    yield path, {"get": _operation(endpoint, "")}
    if "id" in endpoint.filters:
        yield f"{path}/{{id}}", {"get": _operation(endpoint, "id")}


def _operation(endpoint: Endpoint, within: str) -> Json:
    return {
        "operationId": endpoint.segment + ("ById" if within else ""),
        "tags": [endpoint.category],
        "summary": endpoint.title,
        "description": endpoint.about,
        "parameters": list(_parameters(endpoint, within)),
        "responses": {
            "200": {
                "description": "The tables; or an error, when ExceptionMessage is there",
                **_json(_answer(endpoint)),
            },
            "default": {"$ref": "#/components/responses/Error"},
        },
        "x-scopes": ways(endpoint.need),
        **({"x-at-least-one": list(endpoint.at_least)} if endpoint.at_least else {}),
        "x-databases": list(endpoint.databases),
    }


def _parameters(endpoint: Endpoint, within: str) -> Iterator[Json]:
    text = {"type": "string"}
    yield {"name": "estab", "in": "path", "required": True, "schema": text, "description": "The school's number"}
    for name, one in endpoint.filters.items():
        said = {"name": name, "description": one.about, "schema": _value(one)}
        sample = {"example": endpoint.example[name]} if name in endpoint.example else {}
        if name == within:
            yield {**said, "in": "path", "required": True}
        else:
            yield {**said, "in": "query", "required": one.required and not one.unless, **sample}
    for name, option in endpoint.options.items():
        flag = {"type": "boolean", "default": False}
        yield {"name": name, "in": "query", "required": False, "description": option.about, "schema": flag}
    if endpoint.as_of is not None:
        yield _parameter(AS_OF, "An addition of Rollbook's: rows by their dates as of this day", **TYPES["date"])
    yield from ({"$ref": f"#/components/parameters/{name}"} for name in _COMMON)


def _value(one: Filter) -> Json:
    if one.kind == "code":
        return {"type": "string", "enum": list(one.choices)}
    return _WRITTEN.get(one.kind, {"type": "string"})


def _answer(endpoint: Endpoint) -> Json:
    tables: Json = {}
    for table in endpoint.tables:
        rows = {"type": "array", "items": {"$ref": f"#/components/schemas/{_name(endpoint, table)}"}}
        options = [n for n, o in endpoint.options.items() for e in o.effects if _fills(e, table)]
        tables[table.name] = rows | ({"description": f"Filled with {' or '.join(options)}"} if options else {})
    gone = {"type": "array", "items": {"type": "object", "properties": {"Id": {"type": "string"}}}}
    return {
        "type": "object",
        "properties": {
            **tables,
            **{f"{name}_deleted": gone for name in tables},
            "meta": _rows("Meta"),
            "__pagination__": _rows("Pagination"),
            "__changedRows__": _rows("ChangedRows"),
        },
    }


def _fills(effect: object, table: AnyTable) -> bool:
    return isinstance(effect, With) and any(t is table for t in effect.tables)


def _rows(name: str) -> Json:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def _json(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


# ---- what all endpoints have in common


def _parameter(name: str, about: str, **schema: Any) -> Json:
    return {"name": name, "in": "query", "required": False, "description": about, "schema": {**schema}}


_COMMON: dict[str, Json] = {
    one["name"]: one
    for one in (
        _parameter("page", "Which page, from 1", type="integer", minimum=1),
        _parameter("pagesize", "Rows of the first table", type="integer", minimum=1, maximum=ROW_LIMIT),
        _parameter("changedRows", "`*`, then the value that the last answer gave", type="string"),
        _parameter("select", "Columns: `Column`, `Column as Name`, `Table.Column`, `*`", type="string"),
        _parameter("options", "Options, separated by commas", type="string"),
        _parameter("callbackUrl", "Where to post the state of the databases once they are OK", type="string"),
        _parameter("httpstatuscodes", "Errors have an HTTP status of their own", type="boolean"),
        _parameter("onlyGetDBStatus", "Only the state of the databases", type="boolean"),
    )
}


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


_TEXT: Json = {"type": ["string", "null"]}
_COUNT: Json = {"type": "integer"}
_META = _object(Id=_COUNT, MIS=_TEXT, Version=_TEXT, DateTime=TYPES["moment"])
_PAGINATION = _object(PageSize=_COUNT, PageNumber=_COUNT, PageCount=_COUNT, RowCount=_COUNT, NextPage=_TEXT)
_CHANGED = _object(
    SnapshotDate=_TEXT,
    SnapshotRP=_TEXT,
    PreviousChangedRows=_TEXT,
    RequestedChangedRows=_TEXT,
    NextChangedRows=_TEXT,
    NextUrl=_TEXT,
)
_ERROR = _object(
    Message=_TEXT,
    ExceptionType={"type": ["string", "null"], "enum": [*dict.fromkeys(name for _, name, _ in EXCEPTIONS), None]},
    ExceptionMessage=_TEXT,
    InnerException=_TEXT,
)


def _info(summary: str, properties: Iterable[str]) -> Json:
    answer: Json = {"type": "object", "properties": {name: {} for name in properties}}
    return {"get": {"summary": summary, "responses": {"200": {"description": summary, **_json(answer)}}}}


_SIGN_IN = _object(
    estab={"type": "string", "description": "The school's number; empty for a management token"},
    relyingParty={"type": "string"},
    password={"type": "string", "description": "The school secret, or the management secret"},
    thirdpartyid={"type": "string", "const": "XporterOnDemand"},
)
_SCHOOL: Json = {"name": "estab", "in": "path", "required": True, "schema": {"type": "string"}}
_SUBSCRIPTION = _object(Id=_TEXT, DatabaseName=_TEXT, url=_TEXT, Made=TYPES["moment"])
_SUBSCRIBED = _json(
    _object(DataChanges={"type": "array", "items": _SUBSCRIPTION}, Message=_TEXT, ExceptionMessage=_TEXT)
)
_OTHERS: Json = {
    "/api/oauth/GetToken": {
        "post": {
            "operationId": "GetToken",
            "summary": "A token for a school",
            "security": [],
            "requestBody": {"required": True, **_json({**_SIGN_IN, "required": ["relyingParty", "password"]})},
            "responses": {
                "200": {
                    "description": "The token and when it expires; or `token` null and why",
                    **_json(_object(token=_TEXT, expires=_TEXT, ExceptionMessage=_TEXT)),
                }
            },
        }
    },
    "/api/v1/School/{estab}/Webhooks/DataChanges": {
        "parameters": [_SCHOOL],
        "get": {"summary": "The subscriptions", "responses": {"200": {"description": "All of them", **_SUBSCRIBED}}},
        "post": {
            "summary": "Be told when what the token sees of a database has changed",
            "requestBody": {
                "required": True,
                **_json(
                    {
                        **_object(url={"type": "string"}, DatabaseName={"type": "string"}),
                        "required": ["url", "DatabaseName"],
                    }
                ),
            },
            "responses": {"200": {"description": "The subscription", **_SUBSCRIBED}},
        },
    },
    "/api/v1/School/{estab}/Webhooks/DataChanges/{Id}": {
        "parameters": [_SCHOOL, {**_SCHOOL, "name": "Id"}],
        "delete": {
            "summary": "End a subscription",
            "responses": {"200": {"description": "It is ended", **_json(_ERROR)}},
        },
    },
    "/api/v1/TokenDetails": _info("What the token stands for", ("Estab", "Expires", "Name", "RelyingParty", "Scopes")),
    "/api/v1/Scopes": _info("The scopes that the token holds, in words", ("Scopes",)),
    "/api/v1/RunQuery": {
        "get": {
            "summary": "A named query: edubase.search finds the number of a school",
            "parameters": [
                {
                    "name": name,
                    "in": "query",
                    "required": name == "id",
                    "description": about,
                    "schema": {"type": "string"},
                }
                for name, about in {"id": f"The query: {running.SEARCH}", **running.PARAMETERS}.items()
            ],
            "responses": _info("The schools found", ("EduBase",))["get"]["responses"],
        }
    },
    "/api/v1/Queries": _info("The endpoints that the token may ask and write back to", ("Endpoints", "Queries")),
}
