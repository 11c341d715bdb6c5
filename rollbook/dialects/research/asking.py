"""What a request asks of a resource: filters, order, a page, what to include; every mistake is told at once."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...errors import Malformed, Problem, nearest
from ...fields import ALWAYS, Condition, Down, Expr
from .attributes import Nothing, One, Relation, Several
from .catalogue import RESOURCES, Resource
from .filtering import Filter, sortable, understand

LIMIT, MOST = 20, 100
"""How many resources a list holds unless asked, and at most."""

FAR = 2**53
"""The furthest place in a list that can be asked for."""

Tree = dict[str, Any]
"""Which relations to include; within each, which of theirs."""

PARAMETERS = ("filter{...}", "sort[]", "include[]", "exclude[]", "limit", "offset", "format")


@dataclass(frozen=True)
class Asked:
    """A request that was understood."""

    where: Condition = ALWAYS
    order: tuple[Expr, ...] = ()
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])
    key: Hashable = ()
    limit: int = LIMIT
    offset: int = 0
    include: Tree = field(default_factory=dict[str, Any])
    exclude: frozenset[str] = frozenset()


def understand_query(resource: Resource, query: list[tuple[str, str]], *, one: bool) -> Asked:
    """What a query asks; of `one` resource there is nothing to filter or sort."""
    given: dict[str, list[str]] = {}
    for name, value in query:
        given.setdefault(name, []).append(value)
    problems: list[Problem] = []
    filters: list[Filter] = []
    for place, name in enumerate(n for n in given if n.startswith("filter")):
        try:
            filters.append(_filter(resource, name, given[name], place))
        except Malformed as error:
            problems += error.problems
    order = _order(resource, given.get("sort[]", []), problems)
    include = _include(resource, given.get("include[]", []), problems)
    exclude = _exclude(resource, given.get("exclude[]", []), problems)
    limit = _whole(given, "limit", LIMIT, 1, problems)
    offset = _whole(given, "offset", 0, 0, problems)
    problems += _unknown(given, one=one)
    if problems:
        raise Malformed(*problems)
    where = ALWAYS
    for filtered in filters:
        where = where & filtered.condition
    return Asked(
        where,
        tuple(expr for _, expr in order) or resource.order,
        {name: value for filtered in filters for name, value in filtered.args.items()},
        (tuple(f.key for f in filters), tuple(name for name, _ in order)),
        min(limit, MOST),
        min(offset, FAR),
        include,
        exclude,
    )


def _filter(resource: Resource, name: str, values: list[str], place: int) -> Filter:
    inside = re.fullmatch(r"filter\{(-?[^{}]+)\}", name)
    if inside is None:
        raise Malformed(Problem(name[:80], "is not a filter", "write filter{name} or filter{name.icontains}"))
    return understand(resource, inside[1], values, place)


def _order(resource: Resource, names: list[str], problems: list[Problem]) -> list[tuple[str, Expr]]:
    found: list[tuple[str, Expr]] = []
    for name in (part for value in names for part in value.split(",")):
        expr = sortable(resource, name.removeprefix("-"))
        if expr is None:
            hint = f"known: {', '.join(sorts(resource))}"
            problems.append(Problem("sort[]", f"lists cannot be sorted by {name[:60]}", hint))
        else:
            found.append((name, Down(expr) if name.startswith("-") else expr))
    return found


def sorts(resource: Resource) -> list[str]:
    """What lists of a resource can be sorted by."""
    return [name for name in resource.attributes if sortable(resource, name) is not None]


def _include(resource: Resource, names: list[str], problems: list[Problem]) -> Tree:
    tree: Tree = {}
    for name in names:
        at, branch = resource, tree
        # `subjects`, `subjects.` and `subjects.*` are the same.
        for step in re.sub(r"\.\*?$", "", name).split("."):
            attribute = at.attributes.get(step)
            if isinstance(attribute, Nothing):
                branch[step] = {}
                break
            if not isinstance(attribute, One | Several):
                if attribute is None:
                    known = [n for n, a in at.attributes.items() if isinstance(a, Relation)]
                    hint = f"known: {', '.join(known)}" if known else ""
                    problems.append(Problem("include[]", f"{step[:60]} is not related to {at.name}", hint))
                break
            branch = branch.setdefault(step, {})
            at = RESOURCES[attribute.model]
    return tree


def _exclude(resource: Resource, names: list[str], problems: list[Problem]) -> frozenset[str]:
    unknown = [n for n in names if n not in resource.attributes]
    problems += [
        Problem("exclude[]", f"{n[:60]} is not a field of {resource.name}", nearest(n[:60], resource.attributes))
        for n in unknown
    ]
    return frozenset(names)


def _whole(given: Mapping[str, list[str]], name: str, default: int, least: int, problems: list[Problem]) -> int:
    value = given.get(name, [str(default)])[-1]
    if re.fullmatch(r"\d{1,19}", value, re.ASCII) and int(value) >= least:
        return int(value)
    problems.append(Problem(name, f"A valid integer is required, {least} or more."))
    return default


def _unknown(given: Mapping[str, list[str]], *, one: bool) -> list[Problem]:
    of_lists = {"sort[]", "limit", "offset"}
    found: list[Problem] = []
    for name in given:
        if one and (name in of_lists or name.startswith("filter")):
            found.append(Problem(name[:80], "is only for lists"))
        elif name not in PARAMETERS and not name.startswith("filter"):
            found.append(Problem(name[:80], "is not a parameter", nearest(name[:80], PARAMETERS)))
    return found
