"""Descriptors: each of the standard's 211 lists is a resource of its own, and has the words that Ed-Fi publishes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..model.vocabulary import Descriptor as Vocabulary
from .homes import Fact, known
from .published import WORDS
from .schema import Date, Resource, Text
from .words import namespace

ENDING = "Descriptor"

_FIRST = re.compile(r"^(?:[A-Z]+(?=[A-Z][a-z])|[A-Z])")
"""The capitals with which a name begins: IDEAPart is ideaPart."""


def _resource(kind: str) -> Resource:
    entity = f"{kind}{ENDING}"
    singular = _FIRST.sub(lambda found: found[0].lower(), entity)
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


def published(kinds: Iterable[str] = WORDS) -> Iterator[dict[str, str]]:
    """Each published word of some lists as a record's values."""
    for kind in kinds:
        for said in WORDS[kind]:
            code, _, short = said.partition("|")
            yield {
                "kind": f"{kind}{ENDING}",
                "namespace": namespace(kind),
                "code": code,
                "short": short or code[:75],
                "description": short or code,
            }
