"""What an API can be asked, read from its OpenAPI documents: operations, their options, and what they answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .apis import APIS, Api

Json = dict[str, Any]
Ways = tuple[tuple[str, ...], ...]

METHODS = ("get", "post", "put", "patch", "delete")
AROUND = ("meta", "$next", "$request", "$warnings", "count", "next", "previous")
"""What stands around the rows of an answer."""


@dataclass(frozen=True)
class Parameter:
    """An option of an operation; `place` is path, query or header."""

    name: str
    place: str
    about: str
    kind: str
    required: bool = False
    choices: tuple[str, ...] = ()
    example: str = ""
    otherwise: str = ""
    """What holds when nothing is said."""

    @property
    def key(self) -> str:
        """What it is called in a form."""
        return f"{self.place}.{self.name}"


@dataclass(frozen=True)
class Column:
    """A field of a table: `ways` are the scopes that show it; `option` what must be asked to see it."""

    name: str
    kind: str
    about: str
    example: str = ""
    ways: Ways = ()
    option: str = ""
    needed: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of an answer, or what a body holds."""

    name: str
    about: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, eq=False)
class Operation:
    """One thing that an API can be asked."""

    api: Api
    id: str
    method: str
    path: str
    """The whole path, with names in braces."""
    tag: str
    title: str
    about: str
    parameters: tuple[Parameter, ...]
    body: Json | None
    """The schema of what is sent."""
    answer: Json | None
    """The schema of what comes back, where that is JSON."""
    ways: Ways
    """The scopes of a school that it needs, in the ways in which they can be held."""
    words: tuple[str, ...]
    """The scopes of the API itself, of which a token needs one."""
    open: bool
    """Whether anybody may ask, without a token."""
    document: Json

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"

    @property
    def address(self) -> str:
        """Where its page is."""
        return f"{self.api.path}/{self.id}"

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables of an answer."""
        return tuple(_tables(self.document, self.answer)) if self.answer else ()

    @property
    def sent(self) -> tuple[Table, ...]:
        """What may be sent."""
        return tuple(_sent(self.document, self.body)) if self.body else ()

    @property
    def example(self) -> str:
        """A body to begin with."""
        return json.dumps(_sample(self.document, self.body), indent=2, ensure_ascii=False) if self.body else ""


@cache
def operations(key: str) -> Mapping[str, Operation]:
    """Every operation of an API, by its id in small letters."""
    api = APIS[key]
    return {one.id.lower(): one for document in api.documents() for one in _of(api, document)}


def every() -> Iterator[Operation]:
    """Every operation of every API."""
    for key in APIS:
        yield from operations(key).values()


@cache
def fields() -> tuple[tuple[Operation, str, Column], ...]:
    """Every field that is read, each once for an API and a table: where it comes, and what its table is called.

    The descriptors of Ed-Fi are hundreds of lists of words, in which there is nothing else to find.
    """
    found: dict[tuple[str, str, str], tuple[Operation, str, Column]] = {}
    for one in every():
        if not one.writes and not one.tag.endswith("Descriptors"):
            for table in one.tables:
                name = table.name if table.name != "$data" else one.tag
                for column in table.columns:
                    key = (one.api.key, name, column.name)
                    # An endpoint that is called as its table tells of it before others that show some of its rows.
                    if key not in found or one.id == table.name:
                        found[key] = (one, table.name, column)
    return tuple(found.values())


def _of(api: Api, document: Json) -> Iterator[Operation]:
    server = document.get("servers", [{"url": ""}])[0]["url"].rstrip("/")
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield _operation(api, document, f"{server}{path}", method, item)


def _operation(api: Api, document: Json, path: str, method: str, item: Json) -> Operation:
    said: Json = item[method]
    asked = [*item.get("parameters", ()), *said.get("parameters", ())]
    done = [one for status, one in said["responses"].items() if status[0] == "2"]
    security = said.get("security", document.get("security", []))
    return Operation(
        api,
        said.get("operationId") or _named(method, path),
        method.upper(),
        path,
        next(iter(said.get("tags", ())), "About the token"),
        said.get("summary") or path,
        said.get("description", ""),
        tuple(_parameter(document, resolved(document, one)) for one in asked),
        _schema(document, said.get("requestBody", {})),
        _schema(document, done[0]) if done else None,
        _ways(said.get("x-scopes", ())),
        tuple(word for one in security for words in one.values() for word in words),
        {} in security or not security,
        document,
    )


def _named(method: str, path: str) -> str:
    steps = [step.strip("{}") for step in path.split("/") if step not in ("", "api", "v1", "School", "{estab}")]
    return "".join((*([method] if method != "get" else []), *(step[0].upper() + step[1:] for step in steps)))


def _schema(document: Json, said: Json) -> Json | None:
    content = resolved(document, said).get("content", {})
    return content.get("application/json", {}).get("schema")


def _ways(said: Any) -> Ways:
    return tuple(tuple(way) for way in said)


# ---- options


def _parameter(document: Json, said: Json) -> Parameter:
    schema = resolved(document, said.get("schema", {}))
    choices = schema.get("enum", ()) or (("true", "false") if schema.get("type") == "boolean" else ())
    return Parameter(
        said["name"],
        said["in"],
        said.get("description", ""),
        kind_of(document, schema),
        bool(said.get("required")),
        tuple(str(one) for one in choices if one is not None),
        str(said.get("example", "")),
        _plain(schema.get("default")),
    )


def _plain(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


# ---- schemas


def resolved(document: Json, said: Json) -> Json:
    """What is said, wherever it is said."""
    if len(said.get("allOf", ())) == 1:
        return {**resolved(document, said["allOf"][0]), **{n: v for n, v in said.items() if n != "allOf"}}
    if "$ref" not in said:
        return said
    found: Any = document
    for step in said["$ref"].removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/")]
    return {**resolved(document, found), **{n: v for n, v in said.items() if n != "$ref"}}


def kind_of(document: Json, schema: Json) -> str:
    """The kind of a value in words."""
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[-1].removeprefix("edFi_")
    schema = resolved(document, schema)
    named = [one for one in _kinds(schema) if one != "null"]
    if named == ["array"]:
        return f"list of {kind_of(document, schema.get('items', {}))}"
    return schema.get("format") or _WORDS.get(" ".join(named), " or ".join(named)) or "any"


def _kinds(schema: Json) -> list[str]:
    kinds: list[str] | str = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds


_WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false"}


def _tables(document: Json, schema: Json) -> Iterator[Table]:
    """The tables of an answer: what it lists, or the one thing that it is, and then what stands around them."""
    if "$ref" in schema or schema.get("type") == "array":
        yield _table(document, _last(schema), schema)
        return
    around: dict[str, Json] = {}
    for name, said in schema.get("properties", {}).items():
        if name.startswith("__") or name.endswith("_deleted") or name in AROUND:
            continue
        if _rows(document, said):
            yield _table(document, name, said)
        else:
            around[name] = said
    if around:
        yield Table(
            "", "", tuple(_column(document, n, one, n in schema.get("required", ())) for n, one in around.items())
        )


def _sent(document: Json, schema: Json) -> Iterator[Table]:
    """What a body has, and what the lists and objects in it have."""
    whole = resolved(document, schema)
    yield Table("", whole.get("description", ""), _table(document, "", schema).columns)
    for name, said in _item(document, schema).get("properties", {}).items():
        if _rows(document, said) and name != "link":
            yield _table(document, name, said)


def _last(schema: Json) -> str:
    said = schema.get("items", schema)
    return said["$ref"].rsplit("/", 1)[-1].removeprefix("edFi_") if "$ref" in said else ""


def _rows(document: Json, said: Json) -> bool:
    return bool(_item(document, said).get("properties"))


def _item(document: Json, said: Json) -> Json:
    whole = resolved(document, said)
    return resolved(document, whole.get("items", {})) if whole.get("type") == "array" else whole


def _table(document: Json, name: str, said: Json) -> Table:
    item = _item(document, said)
    needed = item.get("required", ())
    columns = (_column(document, n, one, n in needed) for n, one in item.get("properties", {}).items())
    return Table(name, resolved(document, said).get("description", ""), tuple(columns))


def _column(document: Json, name: str, said: Json, needed: bool) -> Column:
    whole = resolved(document, said)
    examples = whole.get("examples") or [whole.get("example")]
    choices = [str(one) for one in whole.get("enum", ()) if one is not None]
    about = whole.get("description", "")
    if choices:
        about = f"{about}{': ' if about else ''}one of {', '.join(choices[:20])}{', …' if len(choices) > 20 else ''}"
    example = examples[0]
    return Column(
        name,
        kind_of(document, said),
        about,
        example if isinstance(example, str) else "" if example is None else json.dumps(example),
        _ways(whole.get("x-scopes", ())),
        whole.get("x-option", ""),
        needed,
    )


# ---- a body to begin with


def _sample(document: Json, said: Json, depth: int = 0) -> Any:
    schema = resolved(document, said)
    if "enum" in schema:
        return schema["enum"][0]
    for name in ("examples", "example", "default"):
        if name in schema:
            return schema[name][0] if name == "examples" else schema[name]
    kind = next(iter(_kinds(schema)), "object")
    if kind == "array":
        return [_sample(document, schema.get("items", {}), depth + 1)] if depth < 4 else []
    if kind == "object":
        return _object(document, schema, depth)
    words = {"date": "2026-11-20", "date-time": "2026-11-20T08:45:00.000Z"}
    return {"integer": 1, "number": 1.0, "boolean": True}.get(kind, words.get(schema.get("format", ""), ""))


def _object(document: Json, schema: Json, depth: int) -> Json:
    known = schema.get("properties", {})
    wanted = schema.get("required") or (list(known)[:4] if depth < 2 else [])
    return {name: _sample(document, known[name], depth + 1) for name in wanted if name in known and name != "link"}
