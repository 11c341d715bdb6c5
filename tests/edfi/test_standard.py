"""Every kind of document of the standard: what is valid is understood whole, what is not is told by its paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.edfi import standard
from rollbook.edfi.declaring import made_of
from rollbook.edfi.schema import (
    Collection,
    Descriptor,
    Integer,
    Number,
    Object,
    Property,
    Reference,
    Resource,
    Text,
)
from rollbook.edfi.validation import Invalid, understand
from rollbook.model.people import Person

from .drawn import documents


class Taken(Resource):
    """A kind of document that nobody writes, so that it needs no home in the record."""

    def __post_init__(self) -> None:
        """Nobody's leave is asked."""


EVERY = [Taken(k.name, k.entity, "", Person, made_of(k), unified=k.unified) for k in standard.documents()]


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), resource=st.sampled_from(EVERY))
def test_a_document_that_the_standard_allows_is_understood_without_loss(data: st.DataObject, resource: Resource):
    document = data.draw(documents(resource))
    assert understand(resource, document, posted=True) == document


@pytest.mark.parametrize("resource", EVERY, ids=str)
def test_everything_that_must_be_there_and_is_not_is_told_by_its_path(resource: Resource) -> None:
    assert refused(resource, {}) == {f"$.{p.name}" for p in resource.properties if p.needed}
    hollow = {p.name: _hollow(p) for p in resource.properties}
    assert refused(resource, hollow) == set(_lacking(resource.properties, "$"))


@pytest.mark.parametrize("resource", EVERY, ids=str)
def test_each_value_that_is_not_within_its_bounds_is_told_by_its_path(resource: Resource) -> None:
    broken = {p.name: _broken(p) for p in resource.properties}
    # What two references share is then told as being different too, under the same paths.
    assert refused(resource, broken) == set(_bounded(resource.properties, "$"))


@pytest.mark.parametrize("resource", [one for one in EVERY if one.unified], ids=str)
def test_paths_that_must_agree_are_those_of_single_values(resource: Resource) -> None:
    single = {re.sub(r"\[0\]", "[*]", path) for path in _bounded(resource.properties, "$")}
    assert {path for paths in resource.unified for path in paths} <= single
    assert all(len(set(paths)) > 1 for paths in resource.unified)


def test_one_name_of_a_schema_means_one_list_of_members() -> None:
    found: dict[str, set[tuple[str, ...]]] = {}
    for resource in EVERY:
        for name, properties in [(resource.singular, resource.properties), *_items(resource.properties)]:
            found.setdefault(name, set()).add(tuple(p.name for p in properties))
    assert {name for name, those in found.items() if len(those) > 1} == set()


def _items(properties: Iterable[Property]) -> Iterator[tuple[str, tuple[Property, ...]]]:
    for one in properties:
        if isinstance(one, Collection | Object):
            yield one.item, one.properties
            yield from _items(one.properties)


def refused(resource: Resource, document: dict[str, Any]) -> set[str]:
    """The paths of what is wrong."""
    try:
        understand(resource, document)
    except Invalid as wrong:
        return {one.where for one in wrong.problems}
    return set()


def _hollow(one: Property) -> Any:
    """A value with nothing in it that says anything."""
    nothing = {"unknown": "said by nobody"}
    if isinstance(one, Collection | Object):
        inner = {p.name: _hollow(p) for p in one.properties if isinstance(p, Collection | Object | Reference)}
        return [inner or nothing] if isinstance(one, Collection) else inner or nothing
    return nothing if isinstance(one, Reference) else None


def _lacking(properties: Iterable[Property], at: str) -> Iterator[str]:
    for one in properties:
        path = f"{at}.{one.name}"
        if isinstance(one, Reference):
            yield from (f"{path}.{m.name}" for m in one.target.members)
        elif isinstance(one, Collection | Object):
            yield from _lacking(one.properties, f"{path}[0]" if isinstance(one, Collection) else path)
        elif one.needed:
            yield path


def _broken(one: Property) -> Any:
    """A value that breaks the bounds of the property, all of those within it, or its type."""
    match one:
        case Collection():
            return [{p.name: _broken(p) for p in one.properties}]
        case Object():
            return {p.name: _broken(p) for p in one.properties}
        case Reference():
            return {m.name: _broken(m) for m in one.target.members}
        case Text():
            return "x" * (one.most + 1)
        case Integer():
            return 2 ** (one.bits - 1) if one.most is None else one.most + 1
        case Number():
            return (one.most or 0) * 2
        case Descriptor():
            return "a word without its list"
        case _:
            return "2026-02-30T25:00:00Z"


def _bounded(properties: Iterable[Property], at: str) -> Iterator[str]:
    for one in properties:
        path = f"{at}.{one.name}"
        if isinstance(one, Reference):
            yield from (f"{path}.{m.name}" for m in one.target.members)
        elif isinstance(one, Collection | Object):
            yield from _bounded(one.properties, f"{path}[0]" if isinstance(one, Collection) else path)
        else:
            yield path
