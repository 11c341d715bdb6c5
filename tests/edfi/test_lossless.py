"""Nothing is lost: each property of each resource is read back as it was written, found by, and told when it moves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest

from rollbook.edfi.resources import HOMED, RESOURCES, resolvable
from rollbook.edfi.schema import Boolean, Collection, Date, Descriptor, Integer, Number, Property, Reference, Time
from tests.district import EdFi
from tests.hub import Hub

from .conftest import caller
from .school_year import TERM
from .test_writing import plain
from .whole import NAMES, least, scalars, whole

VARIANTS = range(4)


@pytest.fixture
def term(term_folder: Path, tmp_path: Path) -> Iterator[EdFi]:
    """A caller over a copy of it."""
    hub = Hub.copy(term_folder, tmp_path / "hub")
    yield caller(hub)
    hub.close()


def same(value: Any) -> Any:
    """A document as it compares: the order of a collection's items says nothing."""
    if isinstance(value, dict):
        return {n: same(v) for n, v in sorted(cast("dict[str, Any]", value).items())}
    if isinstance(value, list):
        return sorted((same(v) for v in cast("list[Any]", value)), key=lambda v: json.dumps(v, sort_keys=True))
    return value


def prepared(term: EdFi, resource: str, variant: int) -> dict[str, Any]:
    """A whole document; a human is somebody's from the beginning."""
    document = whole(RESOURCES[resource], variant)
    roles = {
        "students": ("studentSchoolAssociations", "studentReference", "studentUniqueId"),
        "staffs": ("staffEducationOrganizationAssignmentAssociations", "staffReference", "staffUniqueId"),
        "contacts": ("studentContactAssociations", "contactReference", "contactUniqueId"),
    }
    if resource in roles:
        link, reference, key = roles[resource]
        term.post(resource, least(RESOURCES[resource], document))
        term.post(link, {**TERM[link], reference: {key: document[key]}})
    return document


def posted(term: EdFi, resource: str, variant: int) -> tuple[str, dict[str, Any]]:
    """The id of a whole document, and the document."""
    document = prepared(term, resource, variant)
    answer = term.ask("POST", resource, document)
    assert answer.status in (200, 201), answer.body
    return answer.headers["location"].rsplit("/", 1)[-1], document


@pytest.mark.parametrize("resource", NAMES)
def test_what_an_update_leaves_out_is_gone_and_what_it_says_is_there(term: EdFi, resource: str) -> None:
    identity, document = posted(term, resource, 1)
    few = least(RESOURCES[resource], document)
    assert term.ask("PUT", f"{resource}/{identity}", few).status == 204
    assert same(plain(term.get(f"{resource}/{identity}"))) == same(few)
    assert term.ask("PUT", f"{resource}/{identity}", document).status == 204
    assert same(plain(term.get(f"{resource}/{identity}"))) == same(document)


@pytest.mark.parametrize("resource", NAMES)
def test_every_property_is_read_back_as_it_was_written_and_found_by(term: EdFi, resource: str) -> None:
    for variant in VARIANTS:
        identity, document = posted(term, resource, variant)
        assert same(plain(term.get(f"{resource}/{identity}"))) == same(document), variant
        for name, one, value in scalars(RESOURCES[resource], document):
            check_filter(term, resource, identity, name, one, value)


@pytest.mark.parametrize("resource", NAMES)
def test_a_document_of_another_source_is_found_by_each_of_its_values(shelf: EdFi, resource: str) -> None:
    """What was never written through Ed-Fi has values that stand in for what is not known."""
    documents = shelf.get(f"{resource}?limit=500")
    for document in documents[:: max(1, len(documents) // 5)]:
        for name, one, value in scalars(RESOURCES[resource], document):
            check_filter(shelf, resource, document["id"], name, one, value)


def check_filter(api: EdFi, resource: str, identity: str, name: str, one: Property, value: Any) -> None:
    """A value finds the document, another one does not, and the name may be written in any case."""

    def found(asked: Any, named: str = name) -> list[str]:
        text = str(asked).lower() if isinstance(asked, bool) else str(asked)
        return [d["id"] for d in api.get(f"{resource}?{named}={quote(text, safe='')}&id={identity}")]

    assert found(value) == [identity], (name, value)
    assert found(value, name.upper()) == [identity]
    assert found(other(one, value)) == [], (name, other(one, value))
    if isinstance(one, Descriptor):
        assert found(value.upper()) == [identity]


def other(one: Property, value: Any) -> Any:
    """A value that the document does not have."""
    if isinstance(one, Boolean):
        return not value
    if isinstance(one, Date):
        return "1999-01-01"
    if isinstance(one, Time):
        return "23:59:59"
    if isinstance(one, Integer):
        return value + 1 if one.most is None or value < one.most else value - 1
    if isinstance(one, Number):
        return value + 0.125
    return value + "x"


@pytest.mark.parametrize("resource", NAMES)
def test_a_change_of_each_property_moves_the_document_and_nothing_else(term: EdFi, resource: str) -> None:
    identity, document = posted(term, resource, 0)
    different = whole(RESOURCES[resource], 1)
    version, tag = newest(term), term.get(f"{resource}/{identity}")["_etag"]
    for one in RESOURCES[resource].properties:
        if one.identity or one.name not in document or one.name == "localEducationAgencyReference":
            continue
        if one.name in different and document[one.name] != different[one.name]:
            document[one.name] = different[one.name]
        elif one.needed:
            continue
        else:
            del document[one.name]
        term.put(resource, identity, document)
        moved = [(d["id"], d["_etag"] != tag) for d in term.get(f"{resource}?minChangeVersion={version + 1}")]
        assert moved == [(identity, True)], one.name
        unmoved = [d["id"] for d in term.get(f"{resource}?maxChangeVersion={version}&limit=500&id={identity}")]
        assert unmoved == [], one.name
        before, version, tag = version, newest(term), term.get(f"{resource}/{identity}")["_etag"]
        assert version > before, one.name


def newest(api: EdFi) -> int:
    """How far the record has come."""
    return api.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"]


def test_every_property_that_can_be_written_was_tried() -> None:
    missing = {
        r.name: [
            p.name
            for p in r.properties
            if p.name not in whole(r, 0) | whole(r, 1)
            and not (isinstance(p, Reference) and not resolvable(p.target))
            and not (
                isinstance(p, Collection)
                and any(isinstance(i, Reference) and not resolvable(i.target) for i in p.properties)
            )
        ]
        for r in HOMED
    }
    assert {name: those for name, those in missing.items() if those} == {}
