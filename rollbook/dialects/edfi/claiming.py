"""What a key lets its holder do before any school is asked: its claim sets, and the namespaces that it writes in.

Both are decided from the key and the request alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ...consent import Desk, Holder
from ...edfi import claims
from ...edfi.claims import ACTIONS, NAMESPACED, STANDARD, ClaimSet, claims_of
from ...edfi.schema import Resource
from ...errors import Malformed, NotFound, Problem, nearest
from . import problems
from .refusal import Refusal

SETTING = "Ed-Fi claim sets"
"""Where a hub keeps the claim sets of its operator's own."""

METHODS = {"GET": "Read", "POST": "Create", "PUT": "Update", "DELETE": "Delete"}
CHANGES = ("deletes", "keychanges")


def own(desk: Desk) -> Mapping[str, ClaimSet]:
    """The claim sets of an operator's own, by name."""
    said = desk.definitions.of(SETTING)
    sets = map(claims.read, msgspec.json.decode(said)) if said else ()
    return {one.name: one for one in sets}


def keep(desk: Desk, said: Any) -> ClaimSet:
    """Keep a claim set of an operator's own, in the place of one with its name."""
    one = claims.read(said)
    _write(desk, {**own(desk), one.name: one}.values())
    return one


def drop(desk: Desk, name: str) -> None:
    """Forget a claim set: keys that name it may do nothing by it."""
    known = dict(own(desk))
    if known.pop(name, None) is None:
        raise NotFound(Problem("name", f"there is no claim set {name}", nearest(name, known)))
    _write(desk, known.values())


def _write(desk: Desk, sets: Iterable[ClaimSet]) -> None:
    desk.definitions.put(SETTING, msgspec.json.encode([claims.told(one) for one in sets]).decode())


def named(desk: Desk, name: str) -> ClaimSet:
    """A claim set of an operator's own; raises `Malformed` where there is none with this name."""
    known = own(desk)
    if name not in known:
        raise Malformed(Problem("--claims", f"there is no claim set {name}", nearest(name, known)))
    return known[name]


def held(desk: Desk, holder: Holder) -> tuple[ClaimSet, ...]:
    """The claim sets of a key."""
    words = holder.credential.words
    mine: Mapping[str, ClaimSet] = own(desk) if any(word.own for word in words) else {}
    found = [(mine if word.own else STANDARD).get(word.name) for word in words]
    return tuple(one for one in found if one is not None)


def action(method: str, feed: str) -> str:
    """What a request does with a resource; `feed` is what follows its name in the address."""
    return "ReadChanges" if feed in CHANGES else METHODS[method]


def require(desk: Desk, holder: Holder, resource: Resource, wanted: str) -> None:
    """Raise unless a claim set of the key allows an action with a resource."""
    sets = held(desk, holder)
    if any(one.allows(resource.name, wanted) for one in sets):
        return
    name = ", ".join(word.name for word in holder.credential.words)
    any_action = any(one.may.get(resource.name) for one in sets)
    answer = problems.no_action if any_action else problems.no_claim
    raise Refusal(answer(name, wanted, claims_of(resource.name), writes=holder.credential.writes))


def in_namespace(holder: Holder, resource: Resource, document: Mapping[str, Any]) -> None:
    """Raise unless a document is in a namespace in which the holder may write."""
    prefixes, said = holder.credential.namespaces, document.get("namespace")
    if not prefixes or resource.name not in NAMESPACED or not isinstance(said, str):
        return
    if not any(said.lower().startswith(prefix.lower()) for prefix in prefixes):
        raise Refusal(problems.other_namespace(prefixes))


def operations(desk: Desk, holder: Holder, names: Iterable[str]) -> list[dict[str, Any]]:
    """What a key may do with each of some resources, as `token_info` tells it."""
    sets = held(desk, holder)
    may = {name: [a for a in ACTIONS if any(one.allows(name, a) for one in sets)] for name in sorted(names)}
    return [{"resource": f"/ed-fi/{name}", "operations": actions} for name, actions in may.items() if actions]
