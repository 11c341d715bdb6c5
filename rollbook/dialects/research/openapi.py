"""The OpenAPI document of the dialect, made from what its resources declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...fields import Field, Path
from . import downloading
from .asking import LIMIT, MOST, sorts
from .attributes import Attribute, Document, Fact, Lines, Listing, Members, Nothing, One, Relation, Several, Tags
from .catalogue import RESOURCES, Resource
from .filtering import TESTS
from .wire import STATUSES

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
WORDS: Json = {"type": "array", "items": TEXT}
ANY_OBJECT: Json = {"type": "object"}
COUNT: Json = {"type": "integer"}
KNOWN: Json = {"type": ["string", "null"]}

PORTALS = {"private": "", "public": " of public projects"}
"""What is read at each portal; administrators have one more, with the addresses of the private one."""


def document(base: str = "") -> Json:
    """The whole document; `base` is the address of the hub."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "BrainSTEM's API for research",
            "version": "1",
            "summary": "Projects, subjects and cohorts, with students under pseudonyms among the subjects",
            "description": "A caller sees what the projects show that they are a member of; without a token, what "
            "public projects show.",
        },
        "servers": [{"url": base or "/"}],
        "tags": [{"name": name} for name in (*RESOURCES, "tokens")],
        "paths": {**dict(_paths()), **_signing_in()},
        "components": {
            "schemas": {**dict(_schemas()), "Error": ANY_OBJECT, "Meta": _object(**dict.fromkeys(_META, COUNT))},
            "securitySchemes": {"Token": {"type": "http", "scheme": "bearer", "description": "A personal token"}},
        },
        "security": [{"Token": []}],
    }


_META = ("page", "per_page", "total_results", "total_pages")


def _object(*needed: str, **members: Json) -> Json:
    return {"type": "object", "properties": members, **({"required": [*needed]} if needed else {})}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


# ---- what things are made of


def _schemas() -> Iterator[tuple[str, Json]]:
    for resource in RESOURCES.values():
        shown = {name: _shown(one) for name, one in resource.attributes.items() if one.shown}
        yield resource.name, _object(*shown, **shown)
        taken = {name: _taken(one) for name, one in resource.attributes.items() if not one.read_only}
        needed = [name for name, one in resource.attributes.items() if one.required and not one.read_only]
        if "add" in resource.does:
            yield f"{resource.name}Added", _object(*needed, **taken)
        if "change" in resource.does:
            yield f"{resource.name}Changed", _object(**taken)


_KINDS: Mapping[str, Json] = {
    "text": TEXT,
    "number": COUNT,
    "flag": {"type": "boolean"},
    "url": TEXT,
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "id": {"type": "string", "format": "uuid"},
}


def _shown(one: Attribute) -> Json:
    return {**_form(one, null=True), **_told(one)}


def _taken(one: Attribute) -> Json:
    return {**_form(one, null=not one.required and one.unset is None), **_told(one)}


def _told(one: Attribute) -> Json:
    value = one.value if isinstance(one, Fact | Document) else None
    if isinstance(one, Relation) and one.model:
        return {"description": f"The {'id' if isinstance(one, One) else 'ids'} of {RESOURCES[one.model].plural}"}
    if not isinstance(value, Field | Path):
        return {}
    examples = {"examples": [value.example]} if value.example is not None and value.kind == "text" else {}
    return {"description": value.about, **(examples if isinstance(one, Fact) and one.kind == "text" else {})}


def _form(one: Attribute, *, null: bool) -> Json:
    match one:
        case Members():
            return {"type": "object", "additionalProperties": ANY_OBJECT}
        case Nothing():
            return {"type": "array"} if isinstance(one.unset, list) else {"type": "null"}
        case Several():
            return {"type": "array", "items": _id(one)}
        case One():
            return _nullable(_id(one), null=null)
        case Tags():
            return WORDS
        case Listing() | Lines():
            return {"type": "array", "items": ANY_OBJECT}
        case Document():
            return ANY_OBJECT if isinstance(one.unset, dict) else {"type": ["array", "object"]}
        case Fact():
            return _fact(one, null=null)
        case _:
            return {}


def _fact(one: Fact, *, null: bool) -> Json:
    if one.choices:
        return {"type": ["string", "null"] if null else "string", "enum": [*one.choices, *([None] if null else [])]}
    most = {"maxLength": one.most} if one.most is not None else {}
    return _nullable({**_KINDS[one.kind], **most}, null=null)


def _id(one: One | Several) -> Json:
    return COUNT if one.numbered else _KINDS["id"]


def _nullable(schema: Json, *, null: bool) -> Json:
    return {**schema, "type": [schema["type"], "null"]} if null else schema


# ---- paths


def _paths() -> Iterator[tuple[str, Json]]:
    for portal, whose in PORTALS.items():
        for resource in RESOURCES.values():
            yield from _addresses(portal, whose, resource)


def _addresses(portal: str, whose: str, resource: Resource) -> Iterator[tuple[str, Json]]:
    at = f"/api/{portal}/{resource.apps[0]}/{resource.name}/"
    private = portal == "private"
    lead = "" if private else "public."
    name, plural = resource.name.replace("_", " "), resource.plural.replace("_", " ")

    def operation(verb: str, summary: str, answer: Json, *asked: Json, body: str = "", status: str = "200") -> Json:
        sent = {"requestBody": {"required": True, **_json(_ref(body))}} if body else {}
        return {
            "operationId": f"{lead}{resource.name}{f'.{verb}' if verb else ''}",
            "tags": [resource.name],
            "summary": summary,
            "parameters": [*asked],
            **sent,
            "responses": {status: {"description": "Done", **(_json(answer) if answer else {})}, **_refusals()},
            **({} if private else {"security": [{}, {"Token": []}]}),
        }

    one, known = _object(**{resource.name: _ref(resource.name)}), _identity(resource)
    listed = {"get": operation("", f"The {plural}{whose}", _listed(resource), *_asked(resource))}
    if private and "add" in resource.does:
        body = f"{resource.name}Added"
        listed["post"] = operation("add", f"Add a {name}", one, body=body, status="201")
    yield at, listed
    single = {"get": operation("one", f"One {name}", one, known, *_shaping(resource))}
    if private and "change" in resource.does:
        body = f"{resource.name}Changed"
        single["patch"] = operation("change", f"Change some of a {name}", one, known, body=body)
        single["put"] = operation("replace", f"Change all of a {name}", one, known, body=f"{resource.name}Added")
    if private and "delete" in resource.does:
        single["delete"] = operation("delete", f"Delete a {name}", {}, known, status="204")
    yield f"{at}{{id}}/", single
    for action in resource.actions if private else ():
        yield f"{at}{{id}}/{action}/", {"post": operation(action, f"{action.capitalize()} a {name}", one, known)}
    if resource.name == "project":
        yield f"{at}{{id}}/counts/", _counts(operation, known, private=private)
    if resource.name == "cohort" and private:
        yield f"{at}draw/", {"post": _draw(operation("draw", _DRAWN, one, status="201"))}
        yield f"{at}{{id}}/export/", {"get": _export(operation("export", "A cohort's subjects as files", {}, known))}


_DRAWN = "Make a cohort of the students of a school's group"


def _counts(operation: Any, known: Json, *, private: bool) -> Json:
    told = _object(counts={})
    found = {"get": operation("counts", "How many students a project studies", told, known)}
    if private:
        publish: Json = operation("counts.publish", "Publish how many students a project studies", told, known)
        done = publish["responses"].pop("200")
        by = {**WORDS, "description": "The facts by which they are counted"}
        body = {"requestBody": {"required": True, **_json(_object(by=by))}}
        found["post"] = {**publish, **body, "responses": {"201": done, **publish["responses"]}}
        found["delete"] = operation("counts.delete", "Publish them no longer", {}, known, status="204")
    return found


def _draw(told: Json) -> Json:
    members = dict.fromkeys(("name", "project", "school", "group"), TEXT)
    body = _object(*members, **members, as_of={"type": "string", "format": "date"})
    return {**told, "requestBody": {"required": True, **_json(body)}}


def _export(told: Json) -> Json:
    format_ = _query("format", "What kind of file", {"type": "string", "enum": [*downloading.FORMATS]})
    file: Json = {"description": "The files, in a ZIP", "content": {"application/zip": {"schema": {}}}}
    return {**told, "parameters": [*told["parameters"], format_], "responses": {"200": file, **_refusals()}}


def _identity(resource: Resource) -> Json:
    form = _KINDS[resource.identity.kind]
    return {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": form,
        "description": f"The id of the {resource.name}",
    }


def _query(name: str, about: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "required": False, "description": about, "schema": schema}


def _asked(resource: Resource) -> Iterator[Json]:
    """What may be asked of a list."""
    for name, one in resource.attributes.items():
        if isinstance(one, Fact) and one.shown:
            further = ", ".join(operator for operator in TESTS[one.kind] if operator)
            yield _query(f"filter{{{name}}}", f"Only those with this {name}; operators: {further}", TEXT)
    known = sorts(resource)
    yield _query("sort[]", "What they are sorted by; with - before it, from the last", _one_of(known))
    yield from _shaping(resource)
    yield _query("limit", f"How many; at most {MOST}", {"type": "integer", "minimum": 1, "default": LIMIT})
    yield _query("offset", "How many to pass over", {"type": "integer", "minimum": 0, "default": 0})


def _shaping(resource: Resource) -> Iterator[Json]:
    related = [name for name, one in resource.attributes.items() if isinstance(one, One | Several | Nothing)]
    if related:
        yield _query("include[]", "What it is related to, to be sent beside it", _one_of(related))
    yield _query("exclude[]", "A field to be left out", _one_of(list(resource.attributes)))


def _one_of(names: list[str]) -> Json:
    return {"type": "string", "enum": names}


def _listed(resource: Resource) -> Json:
    page: Json = {"meta": _ref("Meta"), "count": COUNT, "next": KNOWN, "previous": KNOWN}
    needed = (resource.plural, *page)
    return _object(*needed, **{resource.plural: {"type": "array", "items": _ref(resource.name)}, **page})


def _refusals() -> Json:
    statuses = sorted({str(status) for _, status in STATUSES})
    return {status: {"description": "What is wrong", **_json(_ref("Error"))} for status in statuses}


# ---- tokens


def _signing_in() -> Json:
    said = _object("username", "password", username=TEXT, password=TEXT)
    device = _object("device_code", device_code=TEXT)

    def post(name: str, summary: str, body: Json, answer: Json) -> Json:
        return {
            "post": {
                "operationId": name,
                "tags": ["tokens"],
                "summary": summary,
                "security": [],
                "requestBody": {"required": True, **_json(body)},
                "responses": {"200": {"description": "Done", **_json(answer)}, **_refusals()},
            }
        }

    begun = _object(
        **dict.fromkeys(("device_code", "user_code", "verification_uri", "verification_uri_complete"), TEXT),
        **dict.fromkeys(("expires_in", "interval"), COUNT),
    )
    return {
        "/api/token/": post("token", "A token for a name and a password", said, _object(token=TEXT)),
        "/api/auth/device/": post("device", "Begin to sign a device in", _object(client_name=TEXT), begun),
        "/api/auth/device/token/": post("device.token", "A device's token, once it is approved", device, ANY_OBJECT),
    }
