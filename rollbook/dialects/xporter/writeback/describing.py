"""Write-backs described, from their declarations: rows of Queries, Markdown, and JSON schemas for OpenAPI."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .operation import Operation
from .sections import CALLBACK, LONGEST, Property, Section

Json = dict[str, Any]

KINDS: dict[str, Json] = {
    "id": {"type": ["string", "integer"], "maxLength": 100},
    "integer": {"type": "integer", "exclusiveMinimum": -(2**31), "exclusiveMaximum": 2**31},
    "text": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"},
    "time": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"},
    # A minimum says nothing of booleans. An enum of both would stop generators of clients, which take one type.
    "flag": {"type": ["integer", "boolean"], "minimum": 0, "maximum": 1},
    "base64": {"type": "string", "contentEncoding": "base64"},
}
"""JSON Schema of each kind of property."""

WORDS = {
    "id": "Id",
    "integer": "Integer",
    "text": "Text",
    "date": "Date, yyyy-MM-dd",
    "datetime": "Date and time, yyyy-MM-ddTHH:mm:ss",
    "time": "Time, HH:mm",
    "flag": "0 or 1",
    "base64": "Base64",
}
"""Each kind of property in words."""


def paths_of(operation: Operation) -> list[str]:
    """The paths of a write-back as the service spells them, the usual one first."""
    spelled = {"writeback": "Writeback", operation.name.lower(): operation.name}
    return ["/api/v1/" + "/".join(spelled.get(step, step) for step in path.split("/")) for path in operation.paths]


def sections_of(operation: Operation) -> tuple[tuple[Section, bool], ...]:
    """The sections of a body, each with whether it must be there."""
    return (*((s, s.mandatory) for s in operation.sections), (CALLBACK, operation.asynchronous))


# ---- Queries


def query_rows(operation: Operation, scope: str) -> Iterator[Json]:
    """A write-back as the service's own catalogue lists it, under each of its names there."""
    for name in operation.listed or (operation.name,):
        yield {
            "Version": "1",
            "Id": f"POST.{name}",
            "Method": "POST",
            "Scope": scope,
            "Path": paths_of(operation)[0],
            "Description": f"##{operation.title}\n\n{operation.about}",
            "Documentation": documentation(operation),
            "Query": "",
            "Options": "",
            "Parameters": "",
            "Published": True,
            "PageSize": 0,
        }


HEAD = ("Property", "Example", "Data type", "Description", "Mandatory?")


def rows(section: Section) -> list[tuple[str, str, str, str, str]]:
    """The properties of a section, as a table has them."""
    listed = [_row(p.name, p) for p in section.properties]
    return [*listed, _row(f"{section.further.name}, or any other name", section.further)] if section.further else listed


def _row(name: str, one: Property) -> tuple[str, str, str, str, str]:
    about = f"{one.about}: {', '.join(one.choices)}" if one.choices else one.about
    example = "" if one.example is None else str(one.example)
    return name, example, WORDS[one.kind], about, "Yes" if one.mandatory else "Where it is new" if one.new else "No"


def documentation(operation: Operation) -> str:
    """The page of a write-back in Markdown."""
    lines = [f"# {operation.title}", "", operation.about, ""]
    for section, mandatory in sections_of(operation):
        lines += [f"## {section.name} - {'Mandatory' if mandatory else 'Optional'}", "", section.about, ""]
        lines += [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|"]
        lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows(section)]
        lines.append("")
    return "\n".join(lines).strip() + "\n"


# ---- OpenAPI


def schemas(operation: Operation) -> dict[str, Json]:
    """The schema of a write-back's body, by its name."""
    found = sections_of(operation)
    return {
        schema_name(operation): {
            "type": "object",
            "properties": {section.name: _section(section) for section, _ in found},
            "required": [section.name for section, mandatory in found if mandatory],
            "additionalProperties": False,
        }
    }


def schema_name(operation: Operation) -> str:
    """The name of a write-back's schema."""
    return f"Writeback.{operation.name}"


def _section(section: Section) -> Json:
    item: Json = {
        "type": "object",
        "properties": {one.name: _property(one) for one in section.properties},
        "required": [one.name for one in section.properties if one.mandatory],
    }
    if section.further is not None:
        item["additionalProperties"] = _property(section.further)
    if section is CALLBACK:
        return item | {"description": section.about}
    fewest = {"minItems": 1} if section.mandatory else {}
    return {"type": "array", "items": item, "description": section.about, "maxItems": LONGEST, **fewest}


def _property(one: Property) -> Json:
    kind = dict(KINDS[one.kind])
    if one.choices:
        kind["enum"] = list(one.choices)
    if not one.mandatory:
        # What is null is as if it had not been sent.
        kind["type"] = [*([kind["type"]] if isinstance(kind["type"], str) else kind["type"]), "null"]
        if "enum" in kind:
            kind["enum"] = [*kind["enum"], None]
    told = {"examples": [one.example]} if one.example is not None else {}
    return {**kind, "description": one.about, **told}


def path_item(operation: Operation, ways: list[list[str]], error: Json) -> Json:
    """The path of a write-back in OpenAPI; `ways` are the scopes, `error` is how an error is answered."""
    text = {"type": "string"}
    estab = {"name": "estab", "in": "path", "required": True, "schema": text, "description": "The school's number"}
    parameters: list[Json] = [estab] if "{estab}" in operation.paths[0] else []
    others = " and ".join(paths_of(operation)[1:])
    return {
        "post": {
            "operationId": f"Writeback{operation.name}",
            "tags": ["Writeback"],
            "summary": operation.title,
            "description": f"{operation.about} Also at {others}." if others else operation.about,
            "parameters": [*parameters, _REPEATED, {"$ref": "#/components/parameters/httpstatuscodes"}],
            "requestBody": {
                "required": True,
                "content": _json({"$ref": f"#/components/schemas/{schema_name(operation)}"}),
            },
            "responses": {
                "200": {
                    "description": "How it went; or an error, when ExceptionMessage is there",
                    "content": _json(_QUEUED if operation.asynchronous else _ENTERED),
                },
                "default": error,
            },
            "x-scopes": ways,
        }
    }


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


_REPEATED: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
    "description": "A name for this write-back; sent again under it, it is entered once",
}
_TEXT: Json = {"type": ["string", "null"]}
_QUIET: Json = dict.fromkeys(("Message", "ExceptionType", "ExceptionMessage", "InnerException"), _TEXT)
_IDS: Json = {"type": "object", "additionalProperties": {"type": ["string", "integer", "null"]}}
_TRACKED: Json = {"type": "object", "properties": {"trackingid": {"type": "string"}, "errorquery": {"type": "string"}}}
_TRACKING: Json = {
    "TrackingId": {"type": "string"},
    "DataSet": {
        "type": "object",
        "properties": {"trackingid": {"type": "array", "items": _TRACKED}},
    },
}
_QUEUED: Json = {"type": "object", "properties": {**_TRACKING, **_QUIET}}
_ENTERED: Json = {
    "type": "object",
    "properties": {"result": {"type": "array", "items": _IDS}, **_TRACKING, **_QUIET},
}
