"""The discovery document of a service: OpenAPI 3.0, made of what the service declares, and of nothing else.

OneRoster 1.2 Rostering Service, REST binding, section 2.3 (service discovery).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...api.listing import describing
from ...api.listing.resource import Property, Resource
from ...api.listing.services import Collection, Service
from ...model.gradebook import SCORE_STATUSES
from . import members
from .asking import LARGEST_PAGE, PAGE
from .filters import EXAMPLE
from .members import ENTITIES, Entity, Member
from .wire import TYPES

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
DAY: Schema = {"type": "string", "format": "date"}
REFERENCE: Schema = {"$ref": "#/components/schemas/Reference"}


def _object(*needed: str, **members: Schema) -> Schema:
    required = {"required": [*needed]} if needed else {}
    return {"type": "object", "properties": members, "additionalProperties": False, **required}


def _list(of: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": of, **({"minItems": least} if least else {})}


_NAMED: Mapping[str, Schema] = {
    "status": {"type": "string", "enum": ["active", "tobedeleted"]},
    "metadata": {"type": "object"},
    "roles": _list(
        _object(
            roleType={"type": "string", "enum": ["primary", "secondary"]},
            role=TEXT,
            org=REFERENCE,
            beginDate=DAY,
            endDate=DAY,
        )
    ),
    "userIds": _list(_object(type=TEXT, identifier=TEXT)),
    "primaryOrg": REFERENCE,
    "scoreScaleValue": _list(_object(itemValueLHS=TEXT, itemValueRHS=TEXT)),
    "learningObjectiveSet": _list({"type": "object"}),
    **dict.fromkeys(("agents", "children", "orgs", "resources", "terms"), _list(REFERENCE)),
    **dict.fromkeys(("startDate", "endDate", "beginDate", "birthDate", "scoreDate"), DAY),
}
"""Members that are more than their kind tells; a member of one name is the same thing wherever it is."""

_KINDS: Mapping[str, Schema] = {
    "list": _list(TEXT),
    "moment": {"type": "string", "format": "date-time"},
    "number": {"type": "number"},
}

_WORDS: Schema = {"type": "string", "maxLength": 4000, "pattern": "^[^\\u0000]*$"}
_OBJECTIVE = {"learningObjectiveId": _WORDS, "score": {"type": "number"}, "textScore": _WORDS}

_WRITTEN: Mapping[members.Taken, Schema] = {
    members.text: _WORDS,
    members.number: {"type": "number", "minimum": -1e14, "maximum": 1e14},
    members.flag: {"type": "string", "enum": ["true", "false"]},
    members.moment: {"type": "string", "format": "date-time"},
    members.day: DAY,
    members.status: {"type": "string", "enum": [*SCORE_STATUSES]},
    members.identity: _object("sourcedId", href=TEXT, sourcedId=TEXT, type=TEXT),
    members.open_object: {"type": "object"},
}
"""What is sent, by what takes it; marking may also have come as far as an `ext:` says."""

_PAIRS = _list(_object("itemValueLHS", "itemValueRHS", itemValueLHS=_WORDS, itemValueRHS=_WORDS), 1)
_OBJECTIVES = {
    "lineItem": ("learningObjectiveIds", _list(_WORDS, 1)),
    "result": ("learningObjectiveResults", _list(_object("learningObjectiveId", **_OBJECTIVE), 1)),
}

ERRORS = {
    "400": "The request cannot be understood",
    "401": "The token is missing, unknown or expired",
    "403": "The scopes of the client do not reach this",
    "404": "There is no such thing, or none that the client may see",
    "429": "Too many requests",
    "500": "The hub failed",
    "503": "The hub cannot answer now",
}
WRITTEN = {"PUT": ("200", "201"), "POST": ("201",), "DELETE": ("204",)}
"""The statuses of what was written."""


def document_of(service: Service) -> str:
    """The name of a service's document; 1.1 names none, so that this hub does."""
    return "openapi.json" if service.old else f"onerosterv1p2{service.name}service_openapi3_v1p0.json"


def document(service: Service, base: str) -> dict[str, Any]:
    """The document of a service that is reached at a base address."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "OneRoster 1.1" if service.old else f"OneRoster 1.2, the {service.name} service",
            "version": "1.1" if service.old else "1.2",
            "description": "What this hub serves of the service. A member that nobody knows, or that the client may"
            " not see, is left out.",
        },
        "servers": [{"url": f"{base}{service.root}"}],
        "security": [{"OAuth2CC": []}],
        "paths": _paths(service),
        "components": {"schemas": _schemas(service), "securitySchemes": {"OAuth2CC": _security(service, base)}},
    }


def _security(service: Service, base: str) -> Schema:
    every = {one for scopes in service.scopes.values() for needed in scopes.values() for one in needed}
    scopes = {one: one.rsplit("/", 1)[-1] for one in sorted(every)}
    return {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": f"{base}/oauth/token", "scopes": scopes}}}


# ---- what may be asked


def _paths(service: Service) -> dict[str, Any]:
    return {_templated(address): dict(_operations(service, address)) for address in service.addresses}


def _templated(address: str) -> str:
    """An address with the names of its ids, as the official documents have them."""
    steps = address.split("/")
    ids = [f"{{{_id(steps, at)}}}" if step == "{id}" else step for at, step in enumerate(steps)]
    return f"/{'/'.join(ids)}"


def _id(steps: list[str], at: int) -> str:
    return "sourcedId" if len(steps) == 2 else f"{_single(steps[at - 1])}SourcedId"


def _operations(service: Service, address: str) -> Iterator[tuple[str, Any]]:
    steps = address.split("/")
    path = service.paths.get(address)
    collection = service.collections[path.leads if path else steps[0]]
    one = len(steps) == 2
    ids = [_given(_id(steps, at), "path", TEXT) for at, step in enumerate(steps) if step == "{id}"]
    for method in service.methods(address):
        if method == "HEAD":
            continue
        reads = method == "GET"
        asked = _parameters(collection.resource, one=one) if reads else []
        body = {} if method in ("GET", "DELETE") else {"requestBody": _body(collection, one=one)}
        yield (
            method.lower(),
            {
                "operationId": f"{method.lower()}{_named(steps, collection)}",
                "tags": [collection.name],
                "summary": _summary(method, steps, collection),
                "security": [{"OAuth2CC": [scope]} for scope in sorted(service.needs(method, collection.name))],
                "parameters": [*ids, *asked],
                **body,
                "responses": {**(_read(collection, one=one) if reads else _written(method)), **_refusals(service)},
            },
        )


def _named(steps: list[str], collection: Collection) -> str:
    """What an operation is called: `AllOrgs`, `Org`, `StudentsForClassInSchool`."""
    if len(steps) < 3:
        return _upper(_single(steps[0])) if len(steps) == 2 else f"All{_upper(steps[0])}"
    *outer, of = steps[:-1:2]
    within = "".join(f"In{_upper(_single(name))}" for name in outer)
    return f"{_upper(steps[-1])}For{_upper(_single(of))}{within}"


def _summary(method: str, steps: list[str], collection: Collection) -> str:
    """What an operation does, in words."""
    many, one = collection.name, _single(collection.name)
    if method != "GET":
        return {
            "PUT": f"Make or change one of the {many}",
            "POST": f"Make {many}",
            "DELETE": f"Delete one of the {many}",
        }[method]
    *outer, of = [_single(step) for step in steps[:-1:2]] if len(steps) > 2 else [""]
    within = f" of a {of}" if of else ""
    return f"One {one}" if len(steps) == 2 else f"The {many}{within}{''.join(f' in a {name}' for name in outer)}"


def _single(name: str) -> str:
    if name.endswith("ies"):
        return f"{name.removesuffix('ies')}y"
    return name if name == "demographics" else name.removesuffix("es") if name == "classes" else name.removesuffix("s")


def _upper(name: str) -> str:
    return name[0].upper() + name[1:]


def _given(name: str, place: str, schema: Schema, **more: Any) -> Schema:
    return {"name": name, "in": place, **({"required": True} if place == "path" else {}), "schema": schema, **more}


def _parameters(resource: Resource, *, one: bool) -> list[Schema]:
    names = [*resource.properties]
    chosen = _list({"type": "string", "enum": names})
    fields = _given("fields", "query", chosen, style="form", explode=False, description="The members to be sent")
    if one:
        return [fields]
    sorts = [name for name, what in resource.properties.items() if ">" in what.filters]
    most = f"At most {LARGEST_PAGE:,}, whatever is asked for"
    return [
        _given("limit", "query", {"type": "integer", "minimum": 1, "default": PAGE}, description=most),
        _given("offset", "query", {"type": "integer", "minimum": 0, "default": 0}),
        _given("sort", "query", {"type": "string", "enum": sorts}),
        _given("orderBy", "query", {"type": "string", "enum": ["asc", "desc"]}),
        _given("filter", "query", TEXT, description=f"One condition, or two with AND or OR between them, {EXAMPLE}"),
        fields,
    ]


# ---- what is answered


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _enveloped(collection: Collection, *, one: bool) -> Schema:
    thing = {"$ref": f"#/components/schemas/{_upper(collection.one)}"}
    return _object(**({collection.one: thing} if one else {collection.envelope: _list(thing)}))


def _body(collection: Collection, *, one: bool) -> Schema:
    thing = {"$ref": f"#/components/schemas/{_upper(collection.one)}Written"}
    name, of = (collection.one, thing) if one else (collection.envelope, _list(thing, 1))
    return {"required": True, "content": _json(_object(name, **{name: of}))}


def _read(collection: Collection, *, one: bool) -> dict[str, Any]:
    content = _json(_enveloped(collection, one=one))
    if one:
        return {"200": {"description": "It", "content": content}}
    headers = {
        "X-Total-Count": {"description": "How many there are in all", "schema": {"type": "integer"}},
        "Link": {"description": "The first, next, previous and last page (RFC 8288)", "schema": TEXT},
    }
    return {"200": {"description": "A page of them", "headers": headers, "content": content}}


def _written(method: str) -> dict[str, Any]:
    pair = _object(suppliedSourcedId=TEXT, allocatedSourcedId=TEXT)
    pairs = {"content": _json(_object(sourcedIdPairs=_list(pair)))} if method == "POST" else {}
    return {status: {"description": "Done", **pairs} for status in WRITTEN[method]}


def _refusals(service: Service) -> dict[str, Any]:
    content = _json({"$ref": f"#/components/schemas/{'Errors' if service.old else 'imsx_StatusInfo'}"})
    return {status: {"description": what, "content": content} for status, what in ERRORS.items()}


# ---- what things are made of


def _schemas(service: Service) -> dict[str, Any]:
    field = _object(imsx_codeMinorFieldName=TEXT, imsx_codeMinorFieldValue=TEXT)
    status = _object(
        imsx_codeMajor=TEXT,
        imsx_severity=TEXT,
        imsx_description=TEXT,
        imsx_CodeMinor=_object(imsx_codeMinorField=_list(field)),
        **({"imsx_operationRefIdentifier": TEXT} if service.old else {}),
    )
    sets = {"Errors": _object(statusInfoSet=_list({"$ref": "#/components/schemas/imsx_StatusInfo"}, 1))}
    resources = {one.resource.one: one.resource for one in service.collections.values()}
    return {
        "imsx_StatusInfo": status,
        **(sets if service.old else {}),
        "Reference": _object(href=TEXT, sourcedId=TEXT, type={"type": "string", "enum": sorted({*TYPES.values()})}),
        **{_upper(name): _thing(resource) for name, resource in resources.items()},
        **{f"{_upper(one.name)}Written": _taken(one) for one in _entities(service)},
    }


def _entities(service: Service) -> Iterator[Entity]:
    return (ENTITIES[name] for name in service.collections if name in ENTITIES)


def _taken(entity: Entity) -> Schema:
    """What may be sent of an entity."""
    own = {
        "sourcedId": {"type": "string", "pattern": f"^{members.SOURCED_ID.pattern}$"},
        "status": {"type": "string", "enum": ["active"]},
        "dateLastModified": _KINDS["moment"],
    }
    sent = {name: _sent(entity, name, member) for name, member in entity.members.items()}
    return _object(*(name for name, member in entity.members.items() if member.needed), **own, **sent)


def _sent(entity: Entity, name: str, member: Member) -> Schema:
    if name == "scoreScaleValue":
        return _PAIRS
    if name == "learningObjectiveSet":
        objectives, of = _OBJECTIVES["result" if entity.item else "lineItem"]
        return _list(_object("source", objectives, source=_WORDS, **{objectives: of}))
    return _WRITTEN[member.take]


def _thing(resource: Resource) -> Schema:
    return _object(**{name: _told(resource, name, what) for name, what in resource.properties.items()})


def _told(resource: Resource, name: str, what: Property) -> Schema:
    """The form of a member, with what the record says of it and the scopes of the school that show it."""
    form, said = _member(name, what), {**describing.told(resource, name), **_SAID.get(name, {})}
    # Beside a reference nothing else counts (OpenAPI 3.0.3, Reference Object).
    return {"allOf": [form], **said} if said and "$ref" in form else {**form, **said}


_SAID: Mapping[str, Schema] = {
    "sourcedId": {"description": "The id, of the source where that gave one"},
    "metadata": {"description": "What there is no member for"},
}


def _member(name: str, what: Property) -> Schema:
    if what.kind in _KINDS:
        return _KINDS[what.kind]
    return _NAMED.get(name) or (REFERENCE if what.leads else TEXT)
