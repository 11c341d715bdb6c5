"""What keeps a document from being deleted: those that refer to it, and those that use a word."""

from __future__ import annotations

from collections.abc import Collection as Kinds
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from ...edfi.resources import EVERY
from ...edfi.schema import Collection as Listed
from ...edfi.schema import Descriptor, Property, Resource
from .asking import asked
from .metadata import needs
from .parameters import understand
from .reading import AnyReader, Asked, Collection

PAGE = 500
"""How many documents are looked through at once."""


def referrer(resource: Resource, kinds: Kinds[str]) -> str:
    """What a document is called that refers to one of a resource, by the kinds of record that do."""
    for other in EVERY:
        held = {other.of.__name__, *(link.many.child.__name__ for link in other.links.values())}
        if held & {*kinds} and resource.name in needs(other):
            return other.entity
    return "another kind"


def using(resource: Resource, word: Mapping[str, Any], readers: Sequence[AnyReader]) -> Resource | None:
    """A resource of which a document that the readers see uses a word."""
    uri = f"{word['namespace']}#{word['codeValue']}"
    kind = resource.entity.removesuffix("Descriptor")
    for other in EVERY:
        named = [p.name for p in other.properties if isinstance(p, Descriptor) and p.kind == kind]
        queries = (asked(other, understand(other, [(name, uri)])) for name in named)
        if any(Collection(other, readers, replace(query, limit=1)).page() for query in queries):
            return other
        if kind in _listed(other.properties) and _somewhere(other, readers, uri):
            return other
    return None


def _listed(properties: Sequence[Property]) -> set[str]:
    """The lists whose words stand in collections."""
    found = (one for p in properties if isinstance(p, Listed) for one in p.properties)
    return {kind for one in found for kind in ([one.kind] if isinstance(one, Descriptor) else _listed([one]))}


def _somewhere(resource: Resource, readers: Sequence[AnyReader], uri: str) -> bool:
    text = msgspec.json.encode(uri).lower()
    return any(text in msgspec.json.encode(body).lower() for body in _documents(resource, readers))


def _documents(resource: Resource, readers: Sequence[AnyReader]) -> Iterator[Mapping[str, Any]]:
    offset = 0
    while page := Collection(resource, readers, Asked(limit=PAGE, offset=offset)).page():
        yield from (one.body for one in page)
        offset += PAGE
