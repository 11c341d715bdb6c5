"""The search over the reference: operations, fields and scopes of every API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ...scopes import CATALOGUE
from .operations import every, fields

MOST = 60
"""How many things are shown that were found."""


@dataclass(frozen=True)
class Found:
    """Something that the reference tells of."""

    kind: str
    name: str
    where: str
    about: str
    address: str


def seek(words: str) -> tuple[list[Found], int]:
    """What all the words stand in, what is called so first; and how many there are."""
    wanted = words.lower().split()
    if not wanted:
        return [], 0
    hits = [
        (_rank(one, wanted), at, one) for at, (text, one) in enumerate(_index()) if all(word in text for word in wanted)
    ]
    return [one for _, _, one in sorted(hits, key=lambda hit: hit[:2])[:MOST]], len(hits)


def _rank(one: Found, wanted: list[str]) -> int:
    name, whole = one.name.lower(), " ".join(wanted)
    if name == whole:
        return 0
    if name.startswith(whole):
        return 1
    return 2 if all(word in name for word in wanted) else 3


@cache
def _index() -> tuple[tuple[str, Found], ...]:
    return tuple((f"{one.name} {one.about} {one.where}".lower(), one) for one in _everything())


def _everything() -> Iterator[Found]:
    for scope in CATALOGUE.values():
        yield Found("Scope", scope.name, scope.category, scope.words, f"/reference/scopes/{scope.name}")
    for one in every():
        yield Found("Operation", one.title, f"{one.api.title}: {one.method} {one.path}", one.about, one.address)
    for one, table, column in fields():
        where = f"{one.api.title}: {table if table not in ('', '$data') else one.tag}"
        yield Found("Field", column.name, where, column.about, f"{one.address}#{table or 'answer-fields'}")
