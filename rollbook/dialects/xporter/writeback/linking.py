"""What conduct and detentions have in common: things with numbers of the caller's own, and parts that name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from .sections import Item, shown, without_minus

Things = Mapping[str, Item]
"""Things by their numbers."""

Linked = Mapping[str, list[Item]]
"""The parts of each thing by its number."""


def bare(identity: str) -> str:
    """An id without the sign that has it taken away."""
    return without_minus(identity)[0]


def gone(identity: str) -> bool:
    """Whether an id is to be taken away."""
    return without_minus(identity)[1]


def numbered(items: Iterable[Item], wrong: list[str], twice: str) -> Things:
    """Things by their numbers; `twice` is said when two have one number, or would change the same record."""
    found: dict[str, Item] = {}
    changed: set[tuple[str, str]] = set()
    for item in items:
        number, record = item.get("Id"), (item.get("IncidentType", ""), item.get("UpdateId", ""))
        if number in found or record in changed:
            wrong.append(twice)
        if "UpdateId" in item:
            changed.add(record)
        if number is not None:
            found.setdefault(number, item)
    return found


def linked(
    items: Iterable[Item],
    things: Things,
    names: tuple[str, str],
    wrong: list[str],
    twice: str,
    same: Callable[[str], str | None] = bare,
) -> Linked:
    """The parts of things, by `names`: the property that names the thing, and the one that tells parts apart.

    `twice` is said when a thing has the same part twice, where ids are compared by what `same` makes of them.
    """
    found: dict[str, list[Item]] = {}
    seen: set[tuple[str, str]] = set()
    for item in items:
        number, identity = map(item.get, names)
        if number is None or identity is None:
            continue
        if number not in things:
            wrong.append(f"Invalid {names[0]} provided: {shown(number)}")
        key = number, same(bare(identity)) or bare(identity)
        if key in seen:
            wrong.append(twice)
        seen.add(key)
        found.setdefault(number, []).append(item)
    return found
