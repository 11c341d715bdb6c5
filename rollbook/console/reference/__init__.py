"""The reference that a browser shows: every API of the hub, what it can be asked, and the call as one would write it.

It is made of the OpenAPI documents that the hub gives to anybody, and knows nothing of any school. What a form on its
pages sends, the reader's browser sends, with a credential that never comes here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from ...errors import NotFound, Problem, nearest
from ...scopes import CATALOGUE, Scope
from ..pages import render
from .apis import APIS, Api
from .calls import Call
from .operations import Operation, every, fields, operations
from .seeking import seek

ROOT = "/reference"

MOST_LISTED = 400
"""How many operations are on the first page of an API; where there are more, each of its resources has a page."""


def page(path: str, query: Iterable[tuple[str, str]], base: str, *, demo: Mapping[str, Any] | None = None) -> str:
    """The page at a path below `ROOT`; `base` is the address of the hub. Raises `NotFound`."""
    steps = [step for step in path.removeprefix(ROOT).split("/") if step]
    match steps:
        case []:
            return render("reference/index.html", apis=APIS.values(), scopes=by_category(CATALOGUE.values()))
        case ["search"]:
            return search(dict(query).get("q", ""))
        case ["scopes", name] | ["xporter", "scopes", name]:
            return scope_page(name)
        case [key]:
            return api_page(_api(key))
        case [key, *rest] if len(rest) == 1 or rest[0] == "writeback":
            return _below(_api(key), "".join(rest), query, base, demo)
        case _:
            raise NotFound(Problem("path", "is no page of the reference", f"{ROOT} lists them"))


def _api(key: str) -> Api:
    if key not in APIS:
        raise NotFound(Problem("path", "is no API", nearest(key, APIS)))
    return APIS[key]


def by_category(things: Iterable[Scope]) -> list[tuple[str, list[Scope]]]:
    """Scopes by what they are about."""
    ordered = sorted(things, key=lambda one: one.category)
    return [(name, list(some)) for name, some in groupby(ordered, lambda one: one.category)]


def search(words: str) -> str:
    """What was found."""
    found, count = seek(words[:200])
    return render("reference/search.html", words=words[:200], found=found, count=count)


# ---- an API


def api_page(api: Api) -> str:
    """What an API can be asked, by resource."""
    found = operations(api.key)
    tags = _by_tag(found.values())
    return render("reference/api.html", api=api, tags=tags, count=len(found), short=len(found) > MOST_LISTED)


def _by_tag(found: Iterable[Operation]) -> dict[str, list[Operation]]:
    tags: dict[str, list[Operation]] = {}
    for one in found:
        tags.setdefault(one.tag, []).append(one)
    return tags


def _below(api: Api, name: str, query: Iterable[tuple[str, str]], base: str, demo: Mapping[str, Any] | None) -> str:
    found = operations(api.key)
    if (one := found.get(name.lower())) is not None:
        return operation_page(one, query, base, demo)
    tags = _by_tag(found.values())
    tag = next((tag for tag in tags if tag.lower() == name.lower()), None)
    if tag is None:
        raise NotFound(Problem("path", "is no endpoint", nearest(name[:80], [one.id for one in found.values()])))
    return render("reference/tag.html", api=api, tag=tag, some=tags[tag])


def operation_page(one: Operation, query: Iterable[tuple[str, str]], base: str, demo: Mapping[str, Any] | None) -> str:
    """One operation, with its form filled in as the address says."""
    filled = {name: value for name, value in query if value}
    if demo and one.api.key == "xporter":
        filled = {"path.estab": demo["xporter"]["estab"], **filled}
    return render(
        "reference/operation.html",
        one=one,
        call=Call(one, base, filled),
        filled=filled,
        places=[(title, [p for p in one.parameters if p.place == place]) for place, title in PLACES.items()],
        demo=demo is not None,
    )


PLACES = {"path": "In the path", "query": "In the query", "header": "In headers"}


# ---- scopes


def scope_page(name: str) -> str:
    """The fields that a scope shows, by itself or with others, and what it lets an app write."""
    scope = next((s for s in CATALOGUE.values() if s.name.lower() == name.lower()), None)
    if scope is None:
        raise NotFound(Problem("path", "is no scope", nearest(name, CATALOGUE)))
    shown: dict[str, dict[str, list[tuple[str, str, list[str]]]]] = {}
    for one, table, column, others in _shown_by(scope.name):
        of = shown.setdefault(one.api.title, {}).setdefault(table, [])
        of.append((column, one.address, others))
    written = [one for one in every() if one.writes and any(scope.name in way for way in one.ways)]
    return render("reference/scope.html", scope=scope, shown=shown, written=written)


def _shown_by(scope: str) -> Iterator[tuple[Operation, str, str, list[str]]]:
    for one, table, column in fields():
        if ways := [way for way in column.ways if scope in way]:
            name = table if table not in ("", "$data") else one.tag
            # A way that needs nothing else comes before those that do.
            yield one, name, column.name, sorted(set(min(ways, key=len)) - {scope})
