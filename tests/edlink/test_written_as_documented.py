"""What is written of coursework: what Edlink documents is taken, and all else refused, as the hub's document says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from jsonschema import Draft202012Validator
from schemathesis.generation import GenerationMode

from rollbook.dialects.edlink import openapi
from tests.documented import answered, send
from tests.hub import Hub

from .test_coursework import RIGHTS
from .vendor import Vendor

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string", "maxLength": 200, "pattern": "^[^\\u0000]*$"}
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 40, "pattern": "^[^\\u0000]+$"}
MOMENT: Schema = {"type": "string", "enum": ["2026-12-04T16:00:00.000Z", "2026-12-04T16:00:00+01:00"]}
POINTS: Schema = {"type": "number", "minimum": 1, "maximum": 1000}
COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": 100}


def thing(*needed: str, **members: Schema) -> Schema:
    return {"type": "object", "additionalProperties": False, "required": [*needed], "properties": members}


def some(of: Schema, **more: int) -> Schema:
    return {"type": "array", "items": of, **more}


LINK = thing("type", "url", type={"enum": ["link"]}, url=TEXT, title=TEXT)
DATA = some({"type": "integer", "minimum": 0, "maximum": 255}, maxItems=20)
FILE = thing("type", "title", "data", type={"enum": ["file"]}, title=TEXT, data=DATA, size=COUNT)
ATTACHED = some({"anyOf": [LINK, FILE]}, maxItems=2)
LEVEL = thing("name", "points", name=NAME, description=TEXT, points=POINTS)
CRITERION = thing("name", "performance_levels", name=NAME, performance_levels=some(LEVEL, minItems=1, maxItems=1))
ASSIGNMENT = {
    "title": TEXT,
    "description": TEXT,
    "state": {"enum": ["draft", "scheduled", "open", "locked"]},
    "attachments": ATTACHED,
    "due_date": MOMENT,
    "start_date": MOMENT,
    "end_date": MOMENT,
    "assignee_mode": {"enum": ["all"]},
    "points_possible": POINTS,
    "grading_type": {"enum": ["points", "percent", "pass_fail", "letter_grade"]},
    "submission_types": some(TEXT, maxItems=2),
    "max_attempts": COUNT,
}
CATEGORY = {"title": TEXT, "weight": POINTS, "drop_lowest": COUNT, "position": COUNT}
RUBRIC = {"title": TEXT, "description": TEXT, "grading_criteria": some(CRITERION, minItems=1, maxItems=1)}
SUBMISSION = {
    "flags": some({"enum": ["missing", "late", "excused"]}, maxItems=2),
    "grade_comment": TEXT,
    "grade_points": POINTS,
    "grade": TEXT,
    "extra_attempts": COUNT,
    "override_due_date": MOMENT,
}

ALIAS = {"type": {"enum": ["planner"]}, "identifier": {"enum": ["unit-4", "unit-5"]}}

GRAPH = "/api/v2/graph"
CLASS = f"{GRAPH}/classes/{{class_id}}"
WORK = f"{CLASS}/assignments"
WRITES: Mapping[str, Schema] = {
    f"POST {WORK}": thing("title", "description", "due_date", "grading_type", **ASSIGNMENT),
    f"PATCH {WORK}/{{assignment_id}}": thing(**ASSIGNMENT),
    f"POST {WORK}/{{assignment_id}}/aliases": thing("type", "identifier", **ALIAS),
    f"PATCH {WORK}/{{assignment_id}}/submissions/{{submission_id}}": thing(**SUBMISSION),
    f"POST {CLASS}/categories": thing("title", **CATEGORY),
    f"PATCH {CLASS}/categories/{{category_id}}": thing(**CATEGORY),
    f"POST {CLASS}/rubrics": thing("title", "description", "grading_criteria", **RUBRIC),
    f"PATCH {CLASS}/rubrics/{{rubric_id}}": thing(**RUBRIC),
    f"POST {CLASS}/files": thing("title", "data", title=TEXT, description=TEXT, data=DATA, size=COUNT),
}
"""The addresses that write, and what the documentation allows of each body."""

DOCUMENT = openapi.document()
"""What the hub says of itself."""

WRITTEN = {
    f"{method.upper()} {path}"
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if "requestBody" in operation and path.startswith(GRAPH)
}


def document() -> dict[str, Any]:
    """The hub's document of what is written, with bodies as Edlink documents them."""
    paths: dict[str, Any] = {}
    for label, body in WRITES.items():
        method, path = label.split()
        told = DOCUMENT["paths"][path][method.lower()]
        asked = [one for one in told["parameters"] if one["in"] == "path"]
        sent = {"required": True, "content": {"application/json": {"schema": body}}}
        paths.setdefault(path, {})[method.lower()] = {**told, "parameters": asked, "requestBody": sent}
    return {**DOCUMENT, "paths": paths}


def body_of(label: str) -> Any:
    """What the hub's document says of the body of a request."""
    method, path = label.split()
    told = DOCUMENT["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]["schema"]
    return Draft202012Validator({**told, "components": DOCUMENT["components"]})


OPERATIONS: dict[str, Any] = {
    found.ok().label: found.ok() for found in cast(Any, schemathesis.openapi).from_dict(document()).get_all_operations()
}


@pytest.fixture(scope="module")
def app(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendor]:
    """An app that writes to schools which nobody else reads."""
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("written"))
    yield Vendor(hub, rights=RIGHTS)
    hub.close()


@pytest.fixture(scope="module")
def known(app: Vendor) -> dict[str, str]:
    """Something of each kind, by what addresses call it."""
    ((group, work),) = app.sql('SELECT "group", id FROM aspect WHERE rubric IS NOT NULL AND district = 1 LIMIT 1')
    below = {"category": "categories", "rubric": "rubrics", "submission": f"assignments/{work}/submissions"}
    found = {f"{name}_id": app.rows(f"classes/{group}/{path}")[0]["id"] for name, path in below.items()}
    return {"class_id": group, "assignment_id": work, **found}


def ask(app: Vendor, known: dict[str, str], label: str, mode: GenerationMode) -> dict[int, Any]:
    """The statuses of the answers to some requests, each with what was sent, and said, last."""

    def put(case: Any) -> schemathesis.Response:
        named: list[str] = [*(case.path_parameters or {})]
        case.path_parameters = {name: known[name] for name in named}
        if mode is GenerationMode.POSITIVE:
            assert body_of(label).is_valid(case.body), case.body
        return send(app.hub, case, f"Bearer {app.token}")

    return answered(OPERATIONS[label], mode, 2, put)


def test_every_body_that_the_document_has_is_tried() -> None:
    """An alias that is changed is so only once."""
    assert WRITTEN - {*WRITES} == {f"PATCH {WORK}/{{assignment_id}}/aliases/{{alias_id}}"}


@pytest.mark.parametrize("label", OPERATIONS)
def test_what_the_documentation_allows_is_written(app: Vendor, known: dict[str, str], label: str) -> None:
    found = ask(app, known, label, GenerationMode.POSITIVE)
    assert {*found} == {200}, found


@pytest.mark.parametrize("label", OPERATIONS)
def test_whatever_else_is_sent_is_answered_in_its_form(app: Vendor, known: dict[str, str], label: str) -> None:
    """A member that is none is warned of, so that not all of it is refused; nothing fails."""
    found = ask(app, known, label, GenerationMode.NEGATIVE)
    assert {*found} <= {200, 400}, found
