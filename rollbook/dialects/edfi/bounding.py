"""What a query asks of a collection, as conditions on records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...edfi.schema import Resource
from ...errors import Problem
from ...fields import Arg, Condition, Either, HubId, KeptValue, Version
from .parameters import Query, kind_of
from .problems import InvalidQuery
from .reading import Cursor, Extent, hub_id, kept


def _held(value: Any) -> Any:
    """A value as the store can compare it: whole numbers have 64 bits there."""
    return float(value) if isinstance(value, int) and not -(2**63) <= value < 2**63 else value


def _kept_value(resource: Resource, path: tuple[str, ...], value: Any, name: str) -> Condition:
    """The documents that have a value at a path of what has no canonical field."""
    fact = KeptValue(kept(resource), *path, kind=kind_of(value))
    return fact.same(Arg(name)) if isinstance(value, str) else fact.is_(Arg(name))


def extent(resource: Resource, query: Query) -> Extent:
    """The conditions of a query; raises when it goes on where no earlier answer ended."""
    where, shape, args = list(query.where), list(query.shape), dict[str, Any](query.args)

    def add(name: str, condition: Condition, value: Any) -> None:
        where.append(condition)
        shape.append(name)
        args[name] = value

    for at, (paths, value) in enumerate(query.rest):
        name = f"rest_{at}"
        ways = [_kept_value(resource, path, value, name) for path in paths]
        add(name, Either(tuple(ways)) if len(ways) > 1 else ways[0], int(value) if isinstance(value, bool) else value)
        shape.extend("/".join(path) for path in paths)
    number = Version(resource.of)
    if query.changed_since is not None:
        add("since", number.since(Arg("since")), query.changed_since)
    if query.changed_until is not None:
        add("until", number.until(Arg("until")), query.changed_until)
    if query.id is not None:
        add("wanted", HubId(resource.of).is_(Arg("wanted")), hub_id(query.id) or "")
    cursor = None
    if query.token is not None:
        cursor = Cursor.read(query.token)
        if cursor is None:
            said = "pageToken is not one that an earlier answer gave. Begin without one."
            raise InvalidQuery(Problem("pageToken", said))
    args = {name: _held(value) for name, value in args.items()}
    further = zip(resource.parts[1:], query.others, strict=False)
    others = tuple(extent(part, replace(query, **vars(terms), others=())) for part, terms in further)
    return Extent(tuple(where), tuple(shape), args, query.limit, query.offset, cursor=cursor, others=others)
