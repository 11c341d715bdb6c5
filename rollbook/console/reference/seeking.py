"""The search over the reference: operations, fields and scopes of every API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ...scopes import CATALOGUE
from .operations import every

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
    # The descriptors of Ed-Fi are hundreds of lists of words: each is found by its name, and has nothing else to find.
    return tuple((f"{one.name} {one.about} {one.where}".lower(), one) for one in _everything())


def _everything() -> Iterator[Found]:
    for scope in CATALOGUE.values():
        yield Found("Scope", scope.name, scope.category, scope.words, f"/reference/scopes/{scope.name}")
    seen: set[tuple[str, str, str]] = set()
    for one in every():
        yield Found("Operation", one.title, f"{one.api.title}: {one.method} {one.path}", one.about, one.address)
        if one.writes or one.tag.endswith("Descriptors"):
            continue
        for table in one.tables:
            for column in table.columns:
                key = (one.api.key, table.name if table.name != "$data" else one.tag, column.name)
                if key not in seen and not seen.add(key):
                    where = f"{one.api.title}: {key[1] or one.title}"
                    yield Found(
                        "Field", column.name, where, column.about, f"{one.address}#{table.name or 'answer-fields'}"
                    )
