"""Write-backs in Queries and in OpenAPI: listed to those who may use them, and described as they are read."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.dialects.xporter import openapi
from rollbook.dialects.xporter.writeback import OPERATIONS, Operation
from rollbook.dialects.xporter.writeback.describing import paths_of, schema_name
from rollbook.dialects.xporter.writeback.sections import read_body

from ..hub import Hub
from ..judging import faults

Json = dict[str, Any]


def listed(hub: Hub, *scopes: str) -> dict[str, Json]:
    """The write-backs that Queries lists, by id."""
    rows = hub.get("/api/v1/Queries", hub.token(scopes)).json["Endpoints"]
    return {row["Id"]: row for row in rows if row["Method"] == "POST"}


def test_queries_list_the_write_backs_whose_scope_the_token_holds(small_hub: Hub):
    assert listed(small_hub, "Student") == {}
    assert set(listed(small_hub, "WritebackTags")) == {"POST.TagDefinitions", "POST.Tags"}
    assert listed(small_hub, "EmergeForWeb") == {}
    assert set(listed(small_hub, "EmergeForWeb", "WritebackSeating")) == {"POST.SeatingPlan"}
    names = {name for o in OPERATIONS.values() for name in o.listed or (o.name,)}
    assert set(listed(small_hub, "all")) == {f"POST.{name}" for name in names}


def test_a_row_is_as_the_services_own_catalogue_has_it(small_hub: Hub):
    row = listed(small_hub, "WritebackAttendance")["POST.LessonAttendance"]
    documentation = row.pop("Documentation")
    assert row == {
        "Version": "1",
        "Id": "POST.LessonAttendance",
        "Method": "POST",
        "Scope": "WritebackAttendance",
        "Path": "/api/v1/Attendance/{estab}",
        "Description": "##Attendance Writeback\n\nCreate or update session or lesson attendance marks in the MIS, of "
        "one date.",
        "Query": "",
        "Options": "",
        "Parameters": "",
        "Published": True,
        "PageSize": 0,
    }
    assert "## Marks - Mandatory" in documentation
    assert "| StudentId | 9919 | Id | Id of the student record | Yes |" in documentation


@pytest.fixture(scope="module")
def document() -> Json:
    """The OpenAPI document."""
    return openapi.document()


def example(operation: Operation) -> Json:
    """A body of the examples that are declared."""
    body = {s.name: [{p.name: p.example for p in s.properties}] for s in operation.sections}
    return {**body, "Callback": {"Method": "POST", "Url": "https://app.example.org/done"}}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_a_body_of_the_examples_fits_its_schema_and_is_read(document: Json, operation: Operation):
    described = document["paths"][paths_of(operation)[0]]["post"]
    assert described["operationId"] == f"Writeback{operation.name}"
    schema = {**document["components"]["schemas"][schema_name(operation)], "components": document["components"]}
    body = example(operation)
    assert [*faults(schema, body)] == []
    # An example of an image is cut short.
    assert [m for m in read_body(body, operation.sections).wrong if "Base64" not in m and "..." not in m] == []
