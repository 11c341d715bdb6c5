"""The OpenAPI document: valid, whole, and true of what is served."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.scopes import CATALOGUE

from ..hub import Hub
from ..judging import check_document, faults
from ..laws.asking import widest

Json = dict[str, Any]


@pytest.fixture(scope="module")
def document(hub: Hub) -> Json:
    """The document as it is served, to anybody."""
    return hub.get("/api/v1/openapi.json", host="rollbook.example").json


def test_the_document_is_valid_openapi(document: Json) -> None:
    check_document(document)
    assert (document["openapi"], document["servers"]) == ("3.1.0", [{"url": "http://rollbook.example"}])


def test_every_endpoint_has_its_paths(document: Json) -> None:
    for endpoint in ENDPOINTS.values():
        path = f"/api/v1/School/{{estab}}/{endpoint.segment}"
        assert path in document["paths"]
        assert (f"{path}/{{id}}" in document["paths"]) is ("id" in endpoint.filters)


def test_every_parameter_and_option_is_described(document: Json) -> None:
    for endpoint in ENDPOINTS.values():
        told = document["paths"][f"/api/v1/School/{{estab}}/{endpoint.segment}"]["get"]["parameters"]
        named = {one.get("name"): one for one in told}
        assert set(endpoint.filters) | set(endpoint.options) <= named.keys()
        for name, one in endpoint.filters.items():
            assert named[name]["required"] is (one.required and not one.unless)


def scopes_in(document: Json) -> Iterator[str]:
    for schema in document["components"]["schemas"].values():
        for field in schema["properties"].values():
            yield from (name for way in field.get("x-scopes", ()) for name in way)


def test_the_scopes_of_fields_are_those_that_can_be_granted(document: Json) -> None:
    assert set(document["x-scopes"]) == set(CATALOGUE)
    assert set(scopes_in(document)) <= set(CATALOGUE)


@pytest.fixture(scope="module")
def asked(hub: Hub) -> tuple[str, dict[str, str]]:
    """A token of all scopes, and the widest question to each endpoint."""
    token = hub.token(app="reader.example.org")
    return token, widest(hub, token)


@pytest.mark.parametrize("segment", sorted(e.segment for e in ENDPOINTS.values() if e.segment != "TestError"))
def test_an_answer_is_as_the_document_says(
    hub: Hub, document: Json, asked: tuple[str, dict[str, str]], segment: str
) -> None:
    token, paths = asked
    body = hub.school(f"{paths[segment]}&pagesize=300", token)
    operation = document["paths"][f"/api/v1/School/{{estab}}/{segment}"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    whole = {**schema, "additionalProperties": False, "components": document["components"]}
    wrong = [*faults(whole, body)]
    assert not wrong, wrong[:5]
