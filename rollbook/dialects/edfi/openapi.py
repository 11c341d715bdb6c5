"""OpenAPI documents, made from the declarations of resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...edfi.resources import resolvable
from ...edfi.schema import (
    Boolean,
    Collection,
    Date,
    Descriptor,
    Integer,
    Moment,
    Number,
    Object,
    Property,
    Reference,
    Resource,
    Target,
    Text,
    Time,
)
from ...edfi.validation import DESCRIPTOR
from .parameters import LIMIT, MOST, filters

Json = dict[str, Any]

IDENTITY, UPDATABLE = "x-Ed-Fi-isIdentity", "x-Ed-Fi-isUpdatable"

_SYSTEM: Json = {
    "_etag": {"type": "string", "description": "Changes when the item does."},
    "_lastModifiedDate": {"type": "string", "format": "date-time", "description": "When the item last changed."},
}
_LINK: Json = {
    "type": "object",
    "properties": {
        "rel": {"type": "string", "description": "The kind of item that is referred to."},
        "href": {"type": "string", "description": "Its address, below the data's."},
    },
}


def specification(resources: Iterable[Resource], kind: str) -> Json:
    """The document of some resources; where they are served and how callers sign in is added by who serves it."""
    every = list(resources)
    schemas: Json = {"link": _LINK, "problemDetails": _problem()}
    paths: Json = {}
    for one in every:
        schemas |= dict(_schemas(one))
        paths |= dict(_paths(one))
    return {
        "openapi": "3.0.1",
        "info": {
            "title": f"Ed-Fi {kind} of this hub",
            "version": "3",
            "description": f"The {kind} of the Ed-Fi Data Standard 5.2 that this hub reads and writes.",
        },
        "tags": [{"name": one.name, "description": one.about} for one in every],
        "paths": paths,
        "components": {"schemas": schemas, "responses": RESPONSES, "parameters": PARAMETERS},
        "security": [{"oauth2_client_credentials": []}],
    }


def change_queries() -> Json:
    """The document of the address that tells how far the record has come."""
    number: Json = {"type": "integer", "format": "int64"}
    versions: Json = {
        "type": "object",
        "properties": {
            "oldestChangeVersion": {**number, "description": "The first change version that is still known."},
            "newestChangeVersion": {**number, "description": "The latest change version that the caller may see."},
        },
    }
    get: Json = {
        "tags": ["changeQueries"],
        "operationId": "getAvailableChangeVersions",
        "summary": "The range of change versions.",
        "parameters": [PARAMETERS["Use-Snapshot"]],
        "responses": {
            "200": _json("The range of change versions.", ref("availableChangeVersions")),
            **{status: {"$ref": f"#/components/responses/{r}"} for status, r in _VERSION_FAILURES.items()},
        },
    }
    return {
        "openapi": "3.0.1",
        "info": {
            "title": "Ed-Fi change queries of this hub",
            "version": "v1",
            "description": "How far the record has come. Each resource has deletes and keyChanges of its own.",
        },
        "tags": [{"name": "changeQueries", "description": "The change versions that are available."}],
        "paths": {"/availableChangeVersions": {"get": get}},
        "components": {
            "schemas": {"availableChangeVersions": versions, "problemDetails": _problem()},
            "responses": {name: RESPONSES[name] for name in _VERSION_FAILURES.values()},
        },
        "security": [{"oauth2_client_credentials": []}],
    }


_VERSION_FAILURES = {"401": "Unauthorized", "404": "NotFound"}


# ---- schemas


def name(singular: str) -> str:
    """The name of a schema."""
    return f"edFi_{singular}"


def ref(schema: str) -> Json:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{schema}"}


def _schemas(resource: Resource) -> Iterator[tuple[str, Json]]:
    own: Json = {"id": {"type": "string", "description": "The id of the item, which the hub gives."}}
    if resource.numbered:
        own[resource.numbered] = {"type": "integer", "format": "int32", "description": "The number of the word."}
    yield name(resource.singular), _object(resource.properties, own, _SYSTEM)
    yield from _inner(resource.properties)
    yield f"trackedChanges_edFi_{resource.singular}Key", _tracked_key(resource)
    yield f"trackedChanges_edFi_{resource.singular}Delete", _tracked(resource, "keyValues")
    yield f"trackedChanges_edFi_{resource.singular}KeyChange", _tracked(resource, "oldKeyValues", "newKeyValues")


def _inner(properties: Iterable[Property]) -> Iterator[tuple[str, Json]]:
    for one in filter(_shown, properties):
        if isinstance(one, Reference):
            yield name(f"{one.target.name}Reference"), _reference(one.target)
        elif isinstance(one, Collection | Object):
            yield name(one.item), _object(one.properties, {}, {})
            yield from _inner(one.properties)


def _shown(one: Property) -> bool:
    """Whether a property is in the specification: what can never be resolved is not."""
    if isinstance(one, Collection | Object):
        return all(_shown(p) for p in one.properties if p.needed)
    return not isinstance(one, Reference) or resolvable(one.target)


def _object(properties: Iterable[Property], before: Json, after: Json) -> Json:
    shown = [p for p in properties if _shown(p)]
    needed = [p.name for p in shown if p.needed]
    members = {p.name: _property(p) for p in shown}
    made: Json = {"required": needed} if needed else {}
    return made | {"type": "object", "properties": {**before, **members, **after}}


def _reference(target: Target) -> Json:
    members = {m.name: {**scalar(m), IDENTITY: True} for m in target.members}
    return {"required": list(members), "type": "object", "properties": {**members, "link": ref("link")}}


def _property(one: Property) -> Json:
    if isinstance(one, Reference):
        return ref(name(f"{one.target.name}Reference"))
    if isinstance(one, Object):
        return ref(name(one.item))
    if isinstance(one, Collection):
        return {"type": "array", "items": ref(name(one.item)), "description": one.about}
    said = scalar(one)
    if one.identity:
        said[IDENTITY] = True
    elif not one.needed:
        said["nullable"] = True
    return said


def scalar(one: Property) -> Json:
    """The type of a value, and what it is."""
    said: Json = {"description": one.about, **_TYPES[type(one)]}
    if isinstance(one, Text):
        said |= {"maxLength": one.most} | ({"minLength": one.least} if one.least else {})
    elif isinstance(one, (Integer, Number)):
        said |= {"minimum": one.least} if one.least is not None else {}
        said |= {"maximum": one.most} if one.most is not None else {}
        said |= {"format": f"int{one.bits}"} if isinstance(one, Integer) else {}
    return said


_TYPES: dict[type[Property], Json] = {
    Text: {"type": "string"},
    Descriptor: {"type": "string", "maxLength": DESCRIPTOR},
    Integer: {"type": "integer"},
    Number: {"type": "number", "format": "double"},
    Boolean: {"type": "boolean"},
    Date: {"type": "string", "format": "date"},
    Time: {"type": "string"},
    Moment: {"type": "string", "format": "date-time"},
}


def _tracked_key(resource: Resource) -> Json:
    return {"type": "object", "properties": {n: scalar(one) for n, one, _ in resource.members()}}


def _tracked(resource: Resource, *members: str) -> Json:
    keys = {member: ref(f"trackedChanges_edFi_{resource.singular}Key") for member in members}
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string", "description": "The id that the item has or had."},
            "changeVersion": {"type": "integer", "format": "int64", "description": "The number of the change."},
            **keys,
        },
    }


def _problem() -> Json:
    words = {"type": "array", "items": {"type": "string"}}
    return {
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "properties": {
            **{member: {"type": "string"} for member in ("detail", "type", "title", "correlationId")},
            "status": {"type": "integer"},
            "validationErrors": {"type": "object", "additionalProperties": words},
            "errors": words,
        },
    }


# ---- paths


def _query(given: str, about: str, **schema: Any) -> Json:
    return {"name": given, "in": "query", "description": about, "schema": schema}


def _header(given: str, about: str) -> Json:
    return {"name": given, "in": "header", "description": about, "schema": {"type": "string"}}


_ID: Json = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The id of the item, with or without dashes.",
    "schema": {"type": "string"},
}
_VERSION: Json = {"type": "integer", "format": "int64"}
_COUNT: Json = {"type": "integer", "minimum": 0, "maximum": MOST}

PARAMETERS: dict[str, Json] = {
    one["name"]: one
    for one in (
        _ID,
        _query("offset", "How many items to pass over.", type="integer", format="int32", minimum=0, default=0),
        _query("limit", "How many items to return.", **_COUNT, default=LIMIT),
        _query("pageToken", "What the Next-Page-Token of an earlier answer said.", type="string"),
        _query("pageSize", "How many items to return, with pageToken.", **_COUNT),
        _query("minChangeVersion", "Only what changed with this number or later.", **_VERSION),
        _query("maxChangeVersion", "Only what changed with this number or before.", **_VERSION),
        _query("totalCount", "Whether the Total-Count header says how many there are.", type="boolean", default=False),
        _query("number", "How many partitions to return.", type="integer", minimum=1, maximum=200),
        _header("Use-Snapshot", "Snapshots are not configured: true is answered with 404."),
        _header("If-Match", "Only when the item still has this ETag."),
        _header("If-None-Match", "Only when the item has another ETag by now."),
    )
}
"""What is asked in the same way of every resource."""


def _asked(*names: str) -> tuple[Json, ...]:
    return tuple({"$ref": f"#/components/parameters/{name}"} for name in names)


_SPAN = ("minChangeVersion", "maxChangeVersion")
_PAGE = _asked("offset", "limit", "pageToken", "pageSize", *_SPAN, "totalCount")
_FEED = _asked("offset", "limit", *_SPAN, "totalCount")
_SNAPSHOT = _asked("Use-Snapshot")


def _paths(resource: Resource) -> Iterator[tuple[str, Json]]:
    entity, own = resource.entity, f"/ed-fi/{resource.name}"
    many = resource.name[0].upper() + resource.name[1:]
    item, asked = ref(name(resource.singular)), tuple(_filters(resource))

    def get(operation: str, summary: str, parameters: tuple[Json, ...], schema: Json, *, absent: bool = False) -> Json:
        return {
            "tags": [resource.name],
            "operationId": operation,
            "summary": summary,
            "parameters": [*parameters, *_SNAPSHOT],
            "responses": {"200": _json("What was asked for.", schema), **_failures(absent=absent)},
        }

    def write(operation: str, summary: str, *parameters: Json, **responses: str) -> Json:
        made: Json = {"tags": [resource.name], "operationId": operation, "summary": summary}
        if parameters:
            made["parameters"] = list(parameters)
        if not operation.startswith("delete"):
            made["requestBody"] = {**_json(f"The {resource.singular}.", item), "required": True}
        said = {status.removeprefix("s"): {"$ref": f"#/components/responses/{r}"} for status, r in responses.items()}
        made["responses"] = {**said, **_failures(writing=True, absent=bool(parameters))}
        return made

    yield (
        own,
        {
            "get": get(
                f"get{many}",
                f"The {resource.name} with the given values.",
                (*_PAGE, *asked),
                {"type": "array", "items": item},
            ),
            "post": write(
                f"post{entity}",
                f"Make a {resource.singular}, or change the one with the same natural key.",
                s200="Updated",
                s201="Created",
            ),
        },
    )
    matched, unmatched = _asked("id", "If-Match"), _asked("id", "If-None-Match")
    put = write(f"put{entity}", f"Change a {resource.singular}.", *matched, s204="Updated")
    yield (
        f"{own}/{{id}}",
        {
            "get": get(f"get{many}ById", f"One {resource.singular}.", unmatched, item, absent=True),
            "put": {**put, UPDATABLE: True} if resource.key_may_change else put,
            "delete": write(f"delete{entity}ById", f"Delete a {resource.singular}.", *matched, s204="Deleted"),
        },
    )
    tracked = f"trackedChanges_edFi_{resource.singular}"
    for segment, kind, about in (
        ("deletes", "Delete", "What was deleted"),
        ("keyChanges", "KeyChange", "Whose natural key changed"),
    ):
        rows = {"type": "array", "items": ref(f"{tracked}{kind}")}
        yield f"{own}/{segment}", {"get": get(f"{segment}{many}", f"{about}, by number of change.", _FEED, rows)}
    tokens = {"type": "object", "properties": {"pageTokens": {"type": "array", "items": {"type": "string"}}}}
    cut = get(f"get{many}Partitions", "Page tokens that cut the items into parts.", (*_asked("number"), *asked), tokens)
    yield f"{own}/partitions", {"get": cut}


def _filters(resource: Resource) -> Iterator[Json]:
    yield _query("id", "The id of the item.", type="string")
    for one in (f for f in filters(resource).values() if f.known):
        schema = scalar(one.one)
        made = _query(one.name, schema.pop("description"), **schema)
        yield {**made, IDENTITY: True} if one.identity else made


def _json(about: str, schema: Json) -> Json:
    return {"description": about, "content": {"application/json": {"schema": schema}}}


def _failures(*, writing: bool = False, absent: bool = False) -> Json:
    names = {"400": "BadRequest", "401": "Unauthorized", "403": "Forbidden"}
    names |= {"404": "NotFound"} if absent or not writing else {}
    names |= {"409": "Conflict", "412": "PreconditionFailed"} if writing else {"304": "NotModified"}
    return {status: {"$ref": f"#/components/responses/{r}"} for status, r in sorted(names.items())}


def _failure(about: str) -> Json:
    schema = {"schema": ref("problemDetails")}
    return {"description": about, "content": {"application/problem+json": schema}}


RESPONSES: Json = {
    "Created": {"description": "The item was made; Location says where it is."},
    "Updated": {"description": "The item was changed."},
    "Deleted": {"description": "The item was deleted."},
    "NotModified": {"description": "The item has not changed since."},
    "BadRequest": _failure("The request is not valid."),
    "Unauthorized": _failure("There is no token, or none that is valid."),
    "Forbidden": _failure("The caller may not do that."),
    "NotFound": _failure("Not found."),
    "Conflict": _failure("The request does not fit what is there."),
    "PreconditionFailed": _failure("The item has changed since."),
}
