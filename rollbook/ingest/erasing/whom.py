"""Whom somebody means who is to be erased: by words, or by a hub id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...errors import NotFound, Problem
from ...store.port import Store

MOST = 50
"""How many people are listed at most, of each district."""


def alike(store: Store, words: str) -> Iterator[dict[str, Any]]:
    """Those whom words may mean, a name or a number: hub id, name, date of birth, and how many roles they have."""
    for district in store.kept.schools.districts():
        for row in store.kept.people.like(district.number, words.split(), MOST):
            yield {**row, "roles": len(store.kept.people.roles(str(row["id"])))}


def places(store: Store, identity: str) -> list[tuple[int, str]]:
    """The districts that have somebody, by the hub id of the person or of a role; raises `NotFound`."""
    people = store.kept.people
    ids = dict.fromkeys((identity, *people.persons(identity)))
    numbers = [district.number for district in store.kept.schools.districts()]
    found = [(number, one) for one in ids for number in numbers if people.is_in(number, one)]
    if not found:
        hint = "look for them with --find; whoever was erased is nobody any more"
        raise NotFound(Problem("person", f"{identity[:60]} is not the hub id of anybody", hint))
    return found
