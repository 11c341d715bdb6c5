"""Published descriptors come into the record by list, when somebody first asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from ...consent import Desk
from ...edfi.descriptors import ENDING, KINDS, published
from ...edfi.schema import Resource
from ...model.vocabulary import Descriptor


def publish(desk: Desk, kinds: Iterable[str] = KINDS) -> None:
    """Put the published words of lists into the record, where they are missing: all districts share them."""
    wanted = frozenset(kinds) - desk.vocabulary.complete
    if not wanted:
        return
    if _missing(desk, wanted):
        with desk.writers.shared() as batch:
            # Another process may have done it while this one waited for its turn.
            batch.add(Descriptor, _missing(desk, wanted))
    desk.vocabulary.complete |= wanted


def publish_of(desk: Desk, resource: Resource) -> None:
    """Put the published words of a list into the record, where a resource is one and they are missing."""
    if resource.of is Descriptor:
        publish(desk, [resource.entity.removesuffix(ENDING)])


@cache
def uris() -> frozenset[tuple[str, str]]:
    """The published words, kept already or not: each list's name, and `namespace#code` in small letters."""
    return frozenset((word["kind"], f"{word['namespace']}#{word['code']}".lower()) for word in published())


def _missing(desk: Desk, kinds: Iterable[str]) -> list[dict[str, str]]:
    """The published words of lists that the record does not hold yet."""
    known = desk.vocabulary.every()
    return [word for word in published(sorted(kinds)) if _key(word) not in known]


def _key(word: Mapping[str, str]) -> tuple[str, str, str]:
    return word["kind"], word["namespace"], word["code"]
