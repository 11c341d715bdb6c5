"""The documents that tell clients what is here, as the clients read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest

from rollbook.dialects.edfi import metadata
from rollbook.edfi.resources import EVERY, RESOURCES
from tests.judging import check_document

BASE = "https://hub.example/edfi"


def specification(kind: str) -> Any:
    """A specification as it comes over the wire."""
    return json.loads(json.dumps(metadata.find(BASE, ["metadata", "data", "v3", kind, "swagger.json"])))


def test_the_front_page_says_where_everything_is() -> None:
    assert metadata.find(BASE, []) == {
        "version": "7.3",
        "informationalVersion": "7.3",
        "suite": "3",
        "build": "0.1.0",
        "dataModels": [
            {"name": "Ed-Fi", "version": "5.2.0", "informationalVersion": "The Ed-Fi Data Model 5.2.0"},
        ],
        "urls": {
            "dependencies": "https://hub.example/edfi/metadata/data/v3/dependencies",
            "openApiMetadata": "https://hub.example/edfi/metadata/",
            "oauth": "https://hub.example/edfi/oauth/token",
            "dataManagementApi": "https://hub.example/edfi/data/v3/",
            "xsdMetadata": "https://hub.example/edfi/metadata/xsd",
            "changeQueries": "https://hub.example/edfi/changeQueries/v1/",
        },
    }


def test_the_specifications_are_listed() -> None:
    assert metadata.find(BASE, ["metadata"]) == [
        {
            "name": "Resources",
            "endpointUri": "https://hub.example/edfi/metadata/data/v3/resources/swagger.json",
            "prefix": "",
        },
        {
            "name": "Descriptors",
            "endpointUri": "https://hub.example/edfi/metadata/data/v3/descriptors/swagger.json",
            "prefix": "",
        },
        {
            "name": "Change-Queries",
            "endpointUri": "https://hub.example/edfi/metadata/changequeries/v1/swagger.json",
            "prefix": "Other",
        },
    ]


def test_the_change_queries_are_a_valid_openapi_document_with_their_own_address() -> None:
    document = json.loads(json.dumps(metadata.find(BASE, ["metadata", "changequeries", "v1", "swagger.json"])))
    check_document(document)
    assert list(document["paths"]) == ["/availableChangeVersions"]
    assert document["servers"] == [{"url": "https://hub.example/edfi/changeQueries/v1"}]
    answer = document["components"]["schemas"]["availableChangeVersions"]["properties"]
    assert list(answer) == ["oldestChangeVersion", "newestChangeVersion"]


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        (["metadata", "specifications"], ["metadata"]),
        (["metadata", "dependencies"], ["metadata", "data", "v3", "dependencies"]),
        (
            ["metadata", "specifications", "resources-spec.json"],
            ["metadata", "data", "v3", "resources", "swagger.json"],
        ),
        (
            ["metadata", "specifications", "descriptors-spec.json"],
            ["metadata", "data", "v3", "descriptors", "swagger.json"],
        ),
    ],
)
def test_the_successor_has_the_same_documents_elsewhere(newer: list[str], older: list[str]) -> None:
    assert metadata.find(BASE, newer) == metadata.find(BASE, older) is not None


@pytest.mark.parametrize("steps", [["metadata", "data"], ["metadata", "composites"], ["metadata", "xsd", "core"]])
def test_nothing_stands_elsewhere(steps: list[str]) -> None:
    assert metadata.find(BASE, steps) is None


# ---- the order of resources


def test_what_is_referred_to_comes_first() -> None:
    rows = metadata.find(BASE, ["metadata", "dependencies"])
    order = {row["resource"].removeprefix("/ed-fi/"): row["order"] for row in rows}
    assert order.keys() == RESOURCES.keys()
    assert [row["order"] for row in rows] == sorted(order.values())
    for one in EVERY:
        assert order["cohortTypeDescriptors"] == 1 < order[one.name]
        assert all(order[below] < order[one.name] for below in metadata.needs(one) - {one.name}), one.name


def test_a_dependency_is_told_as_clients_read_it() -> None:
    rows = metadata.find(BASE, ["metadata", "dependencies"])
    assert {"resource": "/ed-fi/cohorts", "order": 10, "operations": ["Create", "Update"]} in rows


# ---- specifications


def test_each_resource_has_its_addresses_and_schema() -> None:
    every = specification("resources")
    assert [tag["name"] for tag in every["tags"]] == [r.name for r in EVERY]
    for tag in every["tags"]:
        assert tag["description"]
        own = f"/ed-fi/{tag['name']}"
        assert {p: sorted(every["paths"][p]) for p in every["paths"] if p == own or p.startswith(f"{own}/")} == {
            own: ["get", "post"],
            f"{own}/{{id}}": ["delete", "get", "put"],
            f"{own}/deletes": ["get"],
            f"{own}/keyChanges": ["get"],
            f"{own}/partitions": ["get"],
        }


def test_a_cohort_is_described() -> None:
    cohort = specification("resources")["components"]["schemas"]["edFi_cohort"]
    assert cohort["required"] == ["cohortIdentifier", "educationOrganizationReference", "cohortTypeDescriptor"]
    assert list(cohort["properties"]) == [
        "id",
        "cohortIdentifier",
        "educationOrganizationReference",
        "academicSubjectDescriptor",
        "cohortDescription",
        "cohortScopeDescriptor",
        "cohortTypeDescriptor",
        "programs",
        "_etag",
        "_lastModifiedDate",
    ]
    assert cohort["properties"]["cohortIdentifier"] == {
        "description": "The name or id of the cohort",
        "type": "string",
        "maxLength": 36,
        "x-Ed-Fi-isIdentity": True,
    }
    assert cohort["properties"]["educationOrganizationReference"] == {
        "$ref": "#/components/schemas/edFi_educationOrganizationReference"
    }
    assert cohort["properties"]["programs"]["items"] == {"$ref": "#/components/schemas/edFi_cohortProgram"}


def test_a_reference_is_described() -> None:
    schemas = specification("resources")["components"]["schemas"]
    assert schemas["edFi_cohortReference"]["required"] == ["cohortIdentifier", "educationOrganizationId"]
    assert schemas["edFi_cohortReference"]["properties"]["educationOrganizationId"] == {
        "description": "The number of the organisation",
        "type": "integer",
        "minimum": 1,
        "format": "int64",
        "x-Ed-Fi-isIdentity": True,
    }


def test_whoever_a_document_may_refer_to_is_described() -> None:
    response = specification("resources")["components"]["schemas"]["edFi_surveyResponse"]["properties"]
    assert {"studentReference", "staffReference", "contactReference"} <= response.keys()


def test_whoever_is_named_is_brought_to_a_school_first() -> None:
    order = metadata.places()
    assert order["students"] < order["studentSchoolAssociations"] < order["studentSectionAssociations"]
    assert order["contacts"] < order["studentContactAssociations"] < order["surveyResponses"]
    assert (
        order["staffs"] < order["staffEducationOrganizationAssignmentAssociations"] < order["staffCohortAssociations"]
    )
    below = ("graduationPlans", "staffEducationOrganizationEmploymentAssociations")
    assert all(order[name] < order["studentHealths"] for name in below)


def test_a_list_of_words_is_described() -> None:
    schemas = specification("descriptors")["components"]["schemas"]
    assert schemas["edFi_cohortTypeDescriptor"]["required"] == ["codeValue", "namespace", "shortDescription"]
    assert list(schemas["edFi_cohortTypeDescriptor"]["properties"])[:2] == ["id", "cohortTypeDescriptorId"]


def test_filters_are_told_where_clients_look_for_them() -> None:
    document = specification("resources")
    parameters = document["paths"]["/ed-fi/cohorts"]["get"]["parameters"]
    assert {"id", "cohortIdentifier"} <= {p["name"] for p in parameters if p.get("in") == "query"}
    shared = [p["$ref"].removeprefix("#/components/parameters/") for p in parameters if "$ref" in p]
    assert shared == [
        "offset",
        "limit",
        "pageToken",
        "pageSize",
        "minChangeVersion",
        "maxChangeVersion",
        "totalCount",
        "Use-Snapshot",
    ]
    assert document["components"]["parameters"]["limit"]["schema"] == {
        "type": "integer",
        "minimum": 0,
        "maximum": 500,
        "default": 25,
    }


def test_the_key_of_some_resources_is_said_to_change() -> None:
    paths = specification("resources")["paths"]
    changing = {p.split("/")[2] for p, item in paths.items() if item.get("put", {}).get("x-Ed-Fi-isUpdatable")}
    assert changing == {r.name for r in EVERY if r.key_may_change}


@pytest.mark.parametrize("kind", ["resources", "descriptors"])
def test_each_schema_that_is_named_is_there(kind: str) -> None:
    document = specification(kind)
    for name in _refs(document):
        place = document
        for step in name.removeprefix("#/").split("/"):
            place = place[step]
    operations = [o["operationId"] for item in document["paths"].values() for o in item.values()]
    assert len(set(operations)) == len(operations)
    assert document["servers"] == [{"url": "https://hub.example/edfi/data/v3"}]
    flows = document["components"]["securitySchemes"]["oauth2_client_credentials"]["flows"]
    assert flows["clientCredentials"]["tokenUrl"] == "https://hub.example/edfi/oauth/token"


def _refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        yield from (one for name, one in members.items() if name == "$ref")
        value = list(members.values())
    if isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from _refs(one)
