"""Descriptors: each list of words is a resource of its own, and has the words that Ed-Fi publishes."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.vocabulary import Descriptor as Vocabulary
from .homes import Fact, known
from .published import WORDS
from .schema import Date, Resource, Text
from .words import namespace

ENDING = "Descriptor"


def _resource(kind: str) -> Resource:
    entity = f"{kind}{ENDING}"
    singular = entity[0].lower() + entity[1:]
    return Resource(
        f"{singular}s",
        entity,
        f"The words of the list {entity}, which documents use as namespace#codeValue.",
        of=Vocabulary,
        only=Vocabulary.kind.is_(entity) & known(Vocabulary.namespace, Vocabulary.code),
        numbered=f"{singular}Id",
        fresh={"kind": entity},
        properties=(
            Text("codeValue", "The value itself", 50, identity=True, home=Fact(Vocabulary.code, any_case=True)),
            Text("description", "What it means", 1024, home=Fact(Vocabulary.description)),
            Date("effectiveBeginDate", "The first day on which it is used", home=Fact(Vocabulary.effective_from)),
            Date("effectiveEndDate", "The last day on which it is used", home=Fact(Vocabulary.effective_to)),
            Text(
                "namespace",
                "The namespace that defines it",
                255,
                5,
                identity=True,
                home=Fact(Vocabulary.namespace, any_case=True),
            ),
            Text("shortDescription", "The value as shown to people", 75, required=True, home=Fact(Vocabulary.short)),
        ),
    )


KINDS: dict[str, Resource] = {kind: _resource(kind) for kind in sorted(WORDS)}
"""The lists by kind, without `Descriptor`."""

DESCRIPTORS: dict[str, Resource] = {r.name: r for r in KINDS.values()}
"""The lists by the name that stands in their address."""


def published() -> Iterator[dict[str, str]]:
    """Each published word as a record's values."""
    for kind, words in WORDS.items():
        for said in words:
            code, _, short = said.partition("|")
            yield {
                "kind": f"{kind}{ENDING}",
                "namespace": namespace(kind),
                "code": code,
                "short": short or code[:75],
                "description": short or code,
            }
