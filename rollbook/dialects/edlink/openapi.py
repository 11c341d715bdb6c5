"""The OpenAPI document of the dialect, made from what its resources, its paths and its coursework declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...api.listing import describing
from ...api.listing.resource import Listing, Property, Resource
from . import bodies, classroom, events
from .asking import LARGEST_PAGE, PAGE
from .bodies import TEXT, Json, listed, thing
from .catalogue import PATHS, RESOURCES
from .classroom import METHODS, OWN
from .coursework import aliases
from .integrations import LISTING as INTEGRATIONS
from .later import LATER
from .logbook import LISTINGS
from .people import DEMOGRAPHICS
from .resource import expansions
from .tokens import GRANTS
from .wire import ERRORS, READS

KNOWN: Json = {"type": ["string", "null"]}
UUID: Json = {"type": "string", "format": "uuid"}
ANYTHING: Json = {}


def document(base: str = "") -> Json:
    """The whole document; `base` is the address of the hub."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Edlink API v2",
            "version": "2.0",
            "summary": "The rosters of a district and the coursework of its classes, as schools have granted them",
            "description": "An integration's token reads below `graph`, a person's below `my`. What a school did not "
            "grant is null, or is not in the list.",
        },
        "servers": [{"url": base or "/"}],
        "tags": [{"name": name} for name in _tags()],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "Token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An integration's access token, or a person's of POST /api/authentication/token",
                }
            },
        },
        "security": [{"Token": []}],
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


# ---- what things are made of

_ADDRESS = thing(
    **dict.fromkeys(("street", "unit", "postal_code", "city", "state", "country", "phone"), KNOWN),
    **{n: {"type": ["string", "number", "null"]} for n in ("latitude", "longitude")},
)
_SIZED = {
    "size": {"type": "integer"},
    **dict.fromkeys(("type", "id", "title", "url", "description", "share_mode"), KNOWN),
}
_ATTACHED = listed(thing(**_SIZED))
_WHOLE: Json = {"type": ["integer", "null"]}
_NAMED: Mapping[str, Json] = {
    "identifiers": listed(thing("type", "value", type=TEXT, value=TEXT)),
    "properties": {"type": "object"},
    **dict.fromkeys(("address", "location"), _ADDRESS),
    "demographics": thing(**dict.fromkeys(DEMOGRAPHICS, ANYTHING)),
    "attachments": _ATTACHED,
    **dict.fromkeys(("races", "grade_levels", "subjects", "roles", "submission_types"), listed(TEXT)),
    **dict.fromkeys(("max_attempts", "drop_lowest", "position"), _WHOLE),
    "state": TEXT,
    "picture_url": KNOWN,
    "data": {"type": ["object", "null"]},
}
"""Members that are more than the record tells; a member of one name is the same thing wherever it is."""


def _schemas() -> Json:
    resources = {one.one: one for one in (*RESOURCES.values(), *LATER.values(), *_coursework())}
    listings = (events.listing, INTEGRATIONS, *LISTINGS.values(), classroom.SUBMISSIONS)
    return {
        **{name: _thing(one) for name, one in resources.items()},
        **{one.name.removesuffix("s"): _listed(one.properties) for one in listings},
        "alias": thing("identifier", "type", identifier=TEXT, type=TEXT),
        **{f"{name}Written": written for name, written in bodies.schemas().items()},
        **{f"{name}Changed": bodies.partial(written) for name, written in bodies.schemas().items()},
        "Notice": thing("code", "message", code=TEXT, message=TEXT),
        "Errors": thing(
            "$errors", "$request", **{"$errors": {**listed(_ref("Notice")), "minItems": 1}, "$request": TEXT}
        ),
        "Tokens": thing(
            "$data",
            "$request",
            **{
                "$data": thing(access_token=TEXT, refresh_token=TEXT, expires_in={"type": "integer"}, token_type=TEXT),
                "$request": TEXT,
            },
        ),
    }


def _coursework() -> Iterator[Resource]:
    return (resource for resource, _, _ in classroom.RESOURCES.values())


def _thing(resource: Resource) -> Json:
    return thing(**{name: _member(resource, name) for name in resource.properties})


def _member(resource: Resource, name: str) -> Json:
    forms = [_form(name, part.properties[name]) for part in resource.parts]
    form = forms[0] if all(one == forms[0] for one in forms) else {"anyOf": forms}
    shown = describing.example(resource.properties[name])
    return {**form, **describing.told(resource, name), **({"examples": [shown]} if shown is not None else {})}


def _form(name: str, one: Property) -> Json:
    if name in _NAMED:
        return _NAMED[name]
    if name.endswith("_ids"):
        return listed(TEXT)
    return describing.schema(one.shown) if one.finish is None else ANYTHING


def _listed(names: Iterable[str]) -> Json:
    return thing(**{name: TEXT if name == "id" else ANYTHING for name in names})


# ---- paths


def _tags() -> list[str]:
    return [*RESOURCES, *LATER, *classroom.RESOURCES, "submissions", "integration", "tokens"]


def _paths() -> Json:
    found: dict[str, Json] = {}
    for share in ("graph", "my"):
        for address, method, operation in _operations(share):
            found.setdefault(f"/api/v2/{share}/{_templated(address)}", {})[method.lower()] = operation
    return {**found, **_others()}


def _templated(address: str) -> str:
    """An address with a name for each of its ids."""
    steps = address.split("/")
    return "/".join(f"{{{_single(steps[at - 1])}_id}}" if step == "{id}" else step for at, step in enumerate(steps))


def _single(name: str) -> str:
    known = {**RESOURCES, **LATER, **{one.name: one for one in (*_coursework(), aliases)}}
    return known[name].one if name in known else name.removesuffix("s")


def _operations(share: str) -> Iterator[tuple[str, str, Json]]:
    """Each address below a share of the records, the method, and what that does."""
    personal = share == "my"
    for name, resource in RESOURCES.items():
        yield from _reading(share, name, resource)
    for (of, leads), path in PATHS.items():
        address = f"{of}/{{id}}/{leads}"
        yield address, "GET", _get(share, address, RESOURCES[path.leads], RESOURCES[path.leads].one, of)
    for address, methods in METHODS.items():
        for method in methods:
            own = address.rpartition("/")[2] in OWN
            if method != "HEAD" and (personal or not own):
                yield address, method, _of_class(share, address, method)
    if personal:
        yield "profile", "GET", _get(share, "profile", RESOURCES["people"], "person", "people", one=True)
        for what in ("integration", "source"):
            yield what, "GET", _simple(share, what)
        return
    for name, resource in LATER.items():
        yield from _reading(share, name, resource)
    for name, listing in (("events", events.listing), *LISTINGS.items()):
        one = name.removesuffix("s")
        yield name, "GET", _get(share, name, listing, one, "integration")
        if name != "licenses":
            address = f"{name}/{{id}}"
            yield address, "GET", _get(share, address, listing, one, "integration", one=True)


def _reading(share: str, name: str, resource: Resource) -> Iterator[tuple[str, str, Json]]:
    yield name, "GET", _get(share, name, resource, resource.one, name)
    address = f"{name}/{{id}}"
    yield address, "GET", _get(share, address, resource, resource.one, name, one=True)


def _get(share: str, address: str, listing: Listing, schema: str, tag: str, *, one: bool = False) -> Json:
    whole = _ref(schema) if one else listed(_ref(schema))
    return _operation(share, address, "GET", tag, whole, [*_asked(listing, one=one)])


def _operation(share: str, address: str, method: str, tag: str, data: Json, asked: list[Json], **more: Any) -> Json:
    return {
        "operationId": ".".join((share, *([] if method == "GET" else [method.lower()]), *_steps(address))),
        "tags": [tag],
        "summary": _summary(address, method, share),
        "parameters": [*_ids(address), *asked],
        **more,
        "responses": {"200": {"description": "What was asked for", **_json(_enveloped(data))}, **_refusals()},
    }


def _steps(address: str) -> list[str]:
    return [step if step != "{id}" else "id" for step in address.split("/")]


def _summary(address: str, method: str, share: str) -> str:
    steps = address.split("/")
    last = steps[-1]
    if last in _SAID:
        return _SAID[last]
    if last == "{id}":
        one = _plain(_single(steps[-2]))
        return {"GET": f"One {one}", "PATCH": f"Change {_a(one)}", "DELETE": f"Delete {_a(one)}"}[method]
    if method == "POST":
        return f"Make {_a(_plain(_single(last)))} {'of an assignment' if last == 'aliases' else 'in a class'}"
    if len(steps) > 2:
        return f"The {last} of {_a(_plain(_single(steps[-3])))}"
    return f"The {_plain(last)}{' that concern the person' if share == 'my' else ''}"


_SAID = {
    "profile": "The person whose token it is",
    "integration": "What the schools let the app read",
    "source": "Where the records come from",
    "download": "Download a file",
    "submit": "Hand in a student's own work",
    "reclaim": "Take back what a student handed in",
    "return": "Give a submission back to the student",
}


def _a(one: str) -> str:
    return f"{'an' if one[0] in 'aeiou' else 'a'} {one}"


def _ids(address: str) -> list[Json]:
    names = [step[1:-1] for step in _templated(address).split("/") if step.startswith("{")]
    return [
        {
            "name": n,
            "in": "path",
            "required": True,
            "schema": TEXT if n == "alias_id" else UUID,
            "description": f"The id of the {_plain(n)}",
        }
        for n in names
    ]


def _plain(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ")


def _query(name: str, about: str, schema: Json, **more: Any) -> Json:
    return {"name": name, "in": "query", "required": False, "description": about, "schema": schema, **more}


def _asked(listing: Listing, *, one: bool) -> Iterator[Json]:
    """What may be asked of a list, or of one thing."""
    size: Json = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE}
    if not one:
        yield _query("$first", f"How many from the beginning; {PAGE} when nothing is said", size)
        yield _query("$last", "How many from the end", size)
        yield _query("$after", "Those after the thing with this id", UUID)
        yield _query("$before", "Those before the thing with this id", UUID)
        if filtered := {n: p.filters for n, p in listing.properties.items() if p.filters}:
            name, operators = next(iter(filtered.items()))
            about = "; ".join(f"{n}: {', '.join(f)}" for n, f in filtered.items())
            shown = f'{{"{name}":[{{"operator":"{operators[0]}","value":"…"}}]}}'
            yield _query("$filter", f"JSON such as {shown}. Properties and their operators: {about}", TEXT)
    yield _query("$fields", "The properties to be sent, separated by commas", TEXT)
    if known := expansions(listing):
        yield _query("$expand", f"Things to be sent in place of their ids: {', '.join(known)}", TEXT)
    if not one:
        yield _query("$cursor", "Where a page before ended, as its `$next` says", TEXT)


# ---- coursework


def _of_class(share: str, address: str, method: str) -> Json:
    steps = address.split("/")
    kind, last = steps[2], steps[-1]
    below = len(steps) > 4
    tag, schema = ("submissions", "submission") if below else (kind, classroom.RESOURCES[kind][0].one)
    if "aliases" in steps:
        tag, schema = kind, "alias"
    if last == "download":
        return _download(share, address, tag)
    listing = classroom.SUBMISSIONS if below else classroom.RESOURCES[kind][0]
    lists = last in (*classroom.RESOURCES, "submissions") and method == "GET"
    data = listed(_ref(schema)) if lists else {"type": "null"} if method == "DELETE" else _ref(schema)
    asked = [*_asked(listing, one=not lists)]
    if method in READS:
        return _operation(share, address, method, tag, data, asked)
    body = {"submit": "attempt", "return": "", "reclaim": ""}.get(last, "" if method == "DELETE" else schema)
    asked.append(_query("$idempotency", "A key of your own: sent again with it, nothing is made twice", TEXT))
    if method == "PATCH":
        asked.append(_query("$properties", "Which members of the body are meant, separated by commas", TEXT))
    form = _ref(f"{body}{'Changed' if method == 'PATCH' else 'Written'}")
    sent = {"requestBody": {"required": True, **_json(form)}} if body else {}
    return _operation(share, address, method, tag, data, asked, **sent)


def _download(share: str, address: str, tag: str) -> Json:
    told = _operation(share, address, "GET", tag, ANYTHING, [])
    file = {"description": "The file", "content": {"application/octet-stream": {"schema": ANYTHING}}}
    return {**told, "responses": {"200": file, **_refusals()}}


# ---- answers


def _enveloped(data: Json) -> Json:
    following = {"$next": {"type": "string", "description": "The address of the next page"}} if "items" in data else {}
    warnings = {"$warnings": listed(_ref("Notice"))}
    return thing("$data", "$request", **{"$data": data, **following, **warnings, "$request": UUID})


def _refusals() -> Json:
    statuses = sorted({str(status) for _, _, status in ERRORS})
    return {status: {"description": "What is wrong", **_json(_ref("Errors"))} for status in statuses}


def _simple(share: str, what: str) -> Json:
    return _operation(share, what, "GET", "integration", {"type": "object"}, [])


def _others() -> Json:
    tokens = thing(
        *("client_id", "client_secret"),
        client_id=TEXT,
        client_secret=TEXT,
        grant_type={"type": "string", "enum": [*GRANTS]},
        code=TEXT,
        refresh_token=TEXT,
    )
    done = {"200": {"description": "The tokens", **_json(_ref("Tokens"))}, **_refusals()}
    read = {
        "operationId": "integrations",
        "tags": ["integration"],
        "summary": "Every integration of an app, for the app's own secret (v1)",
        "parameters": [*_asked(INTEGRATIONS, one=False)],
        "responses": {
            "200": {"description": "They", **_json(_enveloped(listed(_ref("integration"))))},
            **_refusals(),
        },
    }
    return {
        "/api/authentication/token": {
            "post": {
                "operationId": "token",
                "tags": ["tokens"],
                "summary": "A person's token, for a code or to renew one",
                "security": [],
                "requestBody": {"required": True, **_json(tokens)},
                "responses": done,
            }
        },
        "/api/v1/integrations": {"get": read},
    }
