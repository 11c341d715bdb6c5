"""Documents that the standard allows, drawn at random from what it says of their resource."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import strategies as st

from rollbook.edfi.published import WORDS
from rollbook.edfi.schema import (
    Boolean,
    Collection,
    Date,
    Descriptor,
    Integer,
    Moment,
    Number,
    Object,
    Property,
    Reference,
    Resource,
    Text,
    Time,
)
from rollbook.edfi.words import uri


def documents(resource: Resource) -> st.SearchStrategy[dict[str, Any]]:
    """Documents of a resource."""
    return _objects(resource.properties).map(lambda document: _agreeing(resource, document))


def _agreeing(resource: Resource, document: dict[str, Any]) -> dict[str, Any]:
    """The same with values that must agree made one; items that were told apart by such a one are one as well."""
    for paths in resource.unified:
        unify(paths, document)
    for one in (p for p in resource.properties if isinstance(p, Collection)):
        if items := document.get(one.name):
            document[one.name] = list({_identity(one, item): item for item in items}.values())
    return document


def _objects(properties: tuple[Property, ...]) -> st.SearchStrategy[dict[str, Any]]:
    needed = {p.name: _values(p) for p in properties if p.needed or p.otherwise is not None}
    return st.fixed_dictionaries(needed, optional={p.name: _values(p) for p in properties if p.name not in needed})


def _values(one: Property) -> st.SearchStrategy[Any]:
    if isinstance(one, Reference):
        return st.fixed_dictionaries({m.name: _values(m) for m in one.target.members})
    if isinstance(one, Object):
        return _objects(one.properties).filter(bool)
    if isinstance(one, Collection):
        items = _objects(one.properties)
        return st.lists(items, min_size=1, max_size=3, unique_by=lambda item: _identity(one, item))
    if isinstance(one, Descriptor):
        codes = [w.partition("|")[0] for w in WORDS.get(one.kind, ())] or ["Local"]
        foreign = st.just(f"uri://state.example/{one.kind}Descriptor#Other, #2")
        return st.sampled_from([uri(one.kind, code) for code in codes]) | foreign
    return _scalar(one)


def _scalar(one: Property) -> st.SearchStrategy[Any]:
    match one:
        case Text():
            letters = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Z"))
            return st.text(letters, min_size=max(one.least, 1), max_size=min(one.most, 40))
        case Integer():
            return st.integers(one.least if one.least is not None else -5, one.most or 2**31 - 1)
        case Number():
            least, most = (None if edge is None else math.trunc(edge) for edge in (one.least, one.most))
            return st.floats(least, most, allow_nan=False).map(lambda n: round(n, 4))
        case Boolean():
            return st.booleans()
        case Date():
            return st.dates().map(str)
        case Time():
            return st.times().map(lambda at: at.replace(microsecond=0).isoformat())
        case Moment():
            return st.datetimes().map(lambda at: f"{at.isoformat()}Z")
        case _:
            raise TypeError(one)


def _identity(one: Collection, item: dict[str, Any]) -> str:
    return json.dumps([item.get(p.name) for p in one.properties if p.identity], sort_keys=True).lower()


def unify(paths: tuple[str, ...], document: dict[str, Any]) -> None:
    """Give all members of a unified key the first one's value."""
    found: list[tuple[dict[str, Any], str]] = []
    for path in paths:
        holders: list[dict[str, Any]] = [document]
        *steps, last = path.split(".")[1:]
        for step in steps:
            inner = [h.get(step.removesuffix("[*]")) for h in holders]
            holders = [i for value in inner if value for i in (value if step.endswith("[*]") else [value])]
        found += [(holder, last) for holder in holders]
    for holder, last in found[1:]:
        holder[last] = found[0][0][found[0][1]]
