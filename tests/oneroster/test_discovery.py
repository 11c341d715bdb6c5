"""The discovery documents: valid, and each answer as they say, whatever schemathesis makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode

from rollbook.api.listing.services import Service
from rollbook.dialects.oneroster.discovery import document, document_of
from rollbook.dialects.oneroster.services import SERVICES
from tests.documented import BASE, CHECKS, send
from tests.hub import Hub
from tests.judging import check_document

from .platform import HOST, ROOT, Platform

NEW = {service.name: service for service in SERVICES if not service.old}
OPERATIONS: dict[tuple[str, str], Any] = {
    (name, found.ok().label): found.ok()
    for name, service in NEW.items()
    for found in cast(Any, schemathesis.openapi).from_dict(document(service, BASE)).get_all_operations()
    if found.ok().label.startswith("GET ")
}
"""What is read: what may be written is tried elsewhere, on schools that nobody else reads."""


@pytest.mark.parametrize("service", NEW.values(), ids=NEW)
def test_a_document_is_valid_and_is_there_for_anybody(shared: Hub, service: Service) -> None:
    answer = shared.ask("GET", f"{service.root}/discovery/{document_of(service)}", host=HOST)
    assert answer.status == 200
    check_document(answer.json)
    assert answer.json == json.loads(json.dumps(document(service, f"http://{HOST}")))


def test_the_rostering_service_has_41_addresses_and_its_document_names_them(shared: Hub) -> None:
    told = shared.ask("GET", f"{ROOT}/discovery/onerosterv1p2rostersservice_openapi3_v1p0.json", host=HOST).json
    assert len(told["paths"]) == 41
    path = told["paths"]["/schools/{schoolSourcedId}/classes/{classSourcedId}/students"]
    assert [*path] == ["get"]
    assert path["get"]["operationId"] == "getStudentsForClassInSchool"
    assert [scope.rsplit("/", 1)[-1] for one in path["get"]["security"] for scope in one["OAuth2CC"]] == [
        "roster-core.readonly",
        "roster.readonly",
    ]
    assert told["servers"] == [{"url": f"http://{HOST}{ROOT}"}]


@pytest.fixture(scope="module")
def known(platform: Platform) -> dict[str, str]:
    """Something real of each kind, by the name that it has in addresses."""
    seen = {"school": "schools", "class": "classes", "student": "students", "teacher": "teachers", "user": "users"}
    seen |= {"course": "courses", "term": "terms"}
    return {f"{one}SourcedId": platform.rows(name, limit=1)[0]["sourcedId"] for one, name in seen.items()}


ALLOWED = [(*each, GenerationMode.POSITIVE) for each in OPERATIONS]
FORBIDDEN = [
    pytest.param("rosters", label, GenerationMode.NEGATIVE, marks=pytest.mark.slow)
    for label in ("GET /users", "GET /users/{sourcedId}", "GET /terms/{termSourcedId}/gradingPeriods")
]


@pytest.fixture(scope="module", autouse=True)
def signed_in_again(platform: Platform) -> Iterator[None]:
    """The clock that is turned here is that of all tests which read: their token would have expired."""
    yield
    platform.token = platform.sign_in().json["access_token"]


@pytest.mark.parametrize(("service", "label", "mode"), [*ALLOWED, *FORBIDDEN])
def test_each_answer_is_as_the_document_says(
    platform: Platform, known: dict[str, str], service: str, label: str, mode: GenerationMode
) -> None:
    operation = OPERATIONS[service, label]
    own = next(
        (key for name, key in known.items() if label.split("/")[1].startswith(name.removesuffix("SourcedId"))), ""
    )
    real = {"sourcedId": own, **known}

    @settings(max_examples=1, database=None, deadline=None, suppress_health_check=cast(Any, list(HealthCheck)))
    @given(operation.as_strategy(generation_mode=mode))
    def sent(case: Any) -> None:
        platform.hub.now += 60
        ids: dict[str, Any] = case.path_parameters or {}
        case.path_parameters = {name: real.get(name) or value for name, value in ids.items()}
        case.validate_response(send(platform.hub, case, f"Bearer {platform.token}", NEW[service].root), checks=CHECKS)

    sent()
