"""What is written of coursework: what Edlink documents is taken, and all else is refused in its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from schemathesis.generation import GenerationMode

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

WORK = "/classes/{class}/assignments"
WRITES: Mapping[str, Schema] = {
    f"POST {WORK}": thing("title", "description", "due_date", "grading_type", **ASSIGNMENT),
    f"PATCH {WORK}/{{work}}": thing(**ASSIGNMENT),
    f"PATCH {WORK}/{{work}}/submissions/{{submission}}": thing(**SUBMISSION),
    "POST /classes/{class}/categories": thing("title", **CATEGORY),
    "PATCH /classes/{class}/categories/{category}": thing(**CATEGORY),
    "POST /classes/{class}/rubrics": thing("title", "description", "grading_criteria", **RUBRIC),
    "PATCH /classes/{class}/rubrics/{rubric}": thing(**RUBRIC),
    "POST /classes/{class}/files": thing("title", "data", title=TEXT, description=TEXT, data=DATA, size=COUNT),
}
"""The addresses that write, and what the documentation allows of each body."""

NOTICES = some(thing("code", "message", code=TEXT, message={"type": "string"}))
DONE = thing("$data", "$request", **{"$data": {"type": "object"}, "$request": TEXT, "$warnings": NOTICES})
REFUSED = thing("$errors", "$request", **{"$errors": NOTICES, "$request": TEXT})


def json_of(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def document() -> dict[str, Any]:
    """What is written, as an OpenAPI document."""
    paths: dict[str, Any] = {}
    for label, body in WRITES.items():
        method, path = label.split()
        refusals = {status: {"description": "No", "content": json_of(REFUSED)} for status in ("400", "404", "405")}
        ids = [name.split("}")[0] for name in path.split("{")[1:]]
        paths.setdefault(path, {})[method.lower()] = {
            "parameters": [{"name": one, "in": "path", "required": True, "schema": TEXT} for one in ids],
            "requestBody": {"required": True, "content": json_of(body)},
            "responses": {"200": {"description": "It", "content": json_of(DONE)}, **refusals},
        }
    return {"openapi": "3.0.3", "info": {"title": "Edlink", "version": "2"}, "paths": paths}


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
    found = {name: app.rows(f"classes/{group}/{path}")[0]["id"] for name, path in below.items()}
    return {"class": group, "work": work, **found}


def ask(app: Vendor, known: dict[str, str], label: str, mode: GenerationMode) -> dict[int, Any]:
    """The statuses of the answers to some requests, each with what was sent, and said, last."""

    def put(case: Any) -> schemathesis.Response:
        named: list[str] = [*(case.path_parameters or {})]
        case.path_parameters = {name: known[name] for name in named}
        return send(app.hub, case, f"Bearer {app.token}", app.base)

    return answered(OPERATIONS[label], mode, 2, put)


@pytest.mark.parametrize("label", OPERATIONS)
def test_what_the_documentation_allows_is_written(app: Vendor, known: dict[str, str], label: str) -> None:
    found = ask(app, known, label, GenerationMode.POSITIVE)
    assert {*found} == {200}, found


@pytest.mark.parametrize("label", OPERATIONS)
def test_whatever_else_is_sent_is_answered_in_its_form(app: Vendor, known: dict[str, str], label: str) -> None:
    """A member that is none is warned of, so that not all of it is refused; nothing fails."""
    found = ask(app, known, label, GenerationMode.NEGATIVE)
    assert {*found} <= {200, 400}, found
