"""What keeps a document from being deleted: those that refer to it, and those that use a word."""

from __future__ import annotations

from collections.abc import Collection as Kinds
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from ...consent import DistrictReader
from ...edfi.homes import Listing
from ...edfi.resources import EVERY, RESOURCES
from ...edfi.schema import Collection as Listed
from ...edfi.schema import Descriptor, Resource
from ...fields import Arg, Matches
from .bounding import extent
from .metadata import needs
from .parameters import understand
from .reading import AnyReader, Collection, Extent, find_quietly

PAGE = 500
"""How many documents are looked through at once."""


def referrer(resource: Resource, kinds: Kinds[str]) -> str:
    """What a document is called that refers to one of a resource, by the kinds of record that do."""
    for other in EVERY:
        own = {part.of.__name__ for part in other.parts}
        held = own | {link.many.child.__name__ for link in other.links.values()}
        if held & {*kinds} and resource.name in needs(other):
            return other.entity
    return "another kind"


def using(resource: Resource, word: Mapping[str, Any], readers: Sequence[AnyReader]) -> Resource | None:
    """A resource of which a document that the readers see uses a word."""
    uri = f"{word['namespace']}#{word['codeValue']}"
    kind = resource.entity.removesuffix("Descriptor")
    written = _written(kind, uri, readers)
    if written is not None:
        return written
    # What other dialects and sources wrote is a fact of a record, which a question finds.
    for other in (part for one in EVERY for part in one.parts):
        queries = (extent(other, understand(other, [(name, uri)])) for name in _facts(other, kind))
        if any(Collection(other, readers, replace(query, limit=1)).page() for query in queries):
            return other
        if any(_in_list(other, home, uri, readers) for home in _lists(other, kind)):
            return other
    return None


def _written(kind: str, uri: str, readers: Sequence[AnyReader]) -> Resource | None:
    """The same of what clients of this API wrote."""
    for reader in (r for r in readers if isinstance(r, DistrictReader)):
        for name, identity in reader.using(kind, uri):
            resource = RESOURCES.get(name)
            if resource and find_quietly(resource, [reader], identity):
                return resource
    return None


def _facts(resource: Resource, kind: str) -> list[str]:
    """The properties whose words of a list are facts of the record."""
    return [p.name for p in resource.properties if isinstance(p, Descriptor) and p.kind == kind and p.home]


def _lists(resource: Resource, kind: str) -> list[Listing]:
    """The facts of the record that are many words of a list."""
    listed = ((p.home, p.properties) for p in resource.properties if isinstance(p, Listed))
    return [
        home
        for home, inner in listed
        if isinstance(home, Listing) and any(isinstance(p, Descriptor) and p.kind == kind for p in inner)
    ]


def _in_list(resource: Resource, home: Listing, uri: str, readers: Sequence[AnyReader]) -> bool:
    """Whether a document that the readers see has a word in a fact of many."""
    code = str(home.codec.write(uri)).replace(",", "%2C")
    some = Extent((Matches(home.expr, "icontains", Arg("within")),), ("within", home.expr.name), {"within": code}, PAGE)
    text = msgspec.json.encode(uri).lower()
    return any(text in msgspec.json.encode(body).lower() for body in _documents(resource, readers, some))


def _documents(resource: Resource, readers: Sequence[AnyReader], some: Extent) -> Iterator[Mapping[str, Any]]:
    offset = 0
    while page := Collection(resource, readers, replace(some, offset=offset)).page():
        yield from (one.body for one in page)
        offset += PAGE
