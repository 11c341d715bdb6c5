"""The reference that a browser shows: the endpoints of Xporter with their fields, and the scopes that show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, TypeVar

from ..api.resource import Endpoint, With
from ..dialects.xporter.catalogue import ENDPOINTS
from ..dialects.xporter.openapi import schema, ways
from ..dialects.xporter.writeback import OPERATIONS, describing
from ..errors import NotFound, Problem, nearest
from ..scopes import CATALOGUE
from .pages import render

ROOT = "/reference/xporter"

Thing = TypeVar("Thing")


def page(path: str) -> str:
    """The page at a path below `ROOT`; raises `NotFound`."""
    steps = [step for step in path.removeprefix(ROOT).split("/") if step]
    if not steps:
        return index()
    if len(steps) == 2 and steps[0] == "scopes":
        return scope_page(steps[1])
    if len(steps) == 2 and steps[0] == "writeback":
        return writeback_page(steps[1])
    if len(steps) == 1:
        return endpoint_page(steps[0])
    raise NotFound(Problem("path", "is no page of the reference", f"{ROOT} lists them"))


def index() -> str:
    """Every endpoint, write-back and scope, by category."""
    endpoints = list(ENDPOINTS.values())
    return render(
        "reference.html",
        endpoints=endpoints,
        operations=list(OPERATIONS.values()),
        categories=_by_category(endpoints),
        scopes=_by_category(CATALOGUE.values()),
    )


def _by_category(things: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    def category(one: Any) -> str:
        return one.category

    return [(name, list(some)) for name, some in groupby(sorted(things, key=category), category)]


def endpoint_page(segment: str) -> str:
    """One endpoint."""
    endpoint = ENDPOINTS.get(segment.lower())
    if endpoint is None:
        raise NotFound(Problem("path", "is no endpoint", nearest(segment, [e.segment for e in ENDPOINTS.values()])))
    return render("endpoint.html", endpoint=endpoint, tables=list(_tables(endpoint)), ways=ways)


def _tables(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    for table in endpoint.tables:
        options = [
            name for name, o in endpoint.options.items() for e in o.effects if isinstance(e, With) and table in e.tables
        ]
        yield {
            "name": table.name,
            "about": " ".join((part.__doc__ or "").strip() for part in endpoint.parts(table)),
            "options": options,
            "fields": [
                {
                    "name": name,
                    "type": told.get("format") or next(t for t in told["type"] if t != "null"),
                    "example": told.get("examples", [""])[0],
                    "about": told["description"],
                    "option": told.get("x-option"),
                    "ways": told["x-scopes"],
                }
                for name, told in schema(endpoint, table)["properties"].items()
            ],
        }


def writeback_page(name: str) -> str:
    """One write-back."""
    operation = next((o for o in OPERATIONS.values() if o.name.lower() == name.lower()), None)
    if operation is None:
        raise NotFound(Problem("path", "is no write-back", nearest(name, OPERATIONS)))
    sections = [
        {"name": section.name, "about": section.about, "mandatory": mandatory, "rows": describing.rows(section)}
        for section, mandatory in describing.sections_of(operation)
    ]
    return render(
        "writeback.html",
        operation=operation,
        paths=describing.paths_of(operation),
        head=describing.HEAD,
        sections=sections,
        ways=ways,
    )


def scope_page(name: str) -> str:
    """The fields that a scope shows, by itself or with others."""
    scope = next((s for s in CATALOGUE.values() if s.name.lower() == name.lower()), None)
    if scope is None:
        raise NotFound(Problem("path", "is no scope", nearest(name, CATALOGUE)))
    shown: list[tuple[str, str, list[tuple[str, list[str]]]]] = []
    for endpoint in ENDPOINTS.values():
        for table in endpoint.tables:
            fields = [
                (field, sorted(set(way) - {scope.name}))
                for field, told in schema(endpoint, table)["properties"].items()
                for way in told["x-scopes"]
                if scope.name in way
            ]
            if fields:
                shown.append((endpoint.segment, table.name, fields))
    written = [o for o in OPERATIONS.values() if any(scope.name in way for way in o.need.ways)]
    return render("scope.html", scope=scope, shown=shown, written=written)
