"""What is written to gradebooks: what the document of the service allows is taken, and all is answered as it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from schemathesis.generation import GenerationMode

from rollbook.dialects.oneroster.discovery import document
from rollbook.dialects.oneroster.services import SERVICES
from tests.documented import BASE, answered, send
from tests.hub import Hub

from .platform import Platform
from .test_gradebook import RIGHTS, G

SERVICE = next(service for service in SERVICES if service.root == G)
OPERATIONS: dict[str, Any] = {
    found.ok().label: found.ok()
    for found in cast(Any, schemathesis.openapi).from_dict(document(SERVICE, BASE)).get_all_operations()
    if not found.ok().label.startswith("GET ")
}
Known = dict[str, str]


@pytest.fixture(scope="module")
def grader(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform that writes to schools which nobody else reads."""
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("written"))
    yield Platform(hub, rights=RIGHTS)
    hub.close()


@pytest.fixture(scope="module")
def known(grader: Platform) -> Known:
    """Something of each kind that goes with the others, by what references and addresses call it."""
    item = grader.rows(f"{G}/lineItems")[0]
    group = item["class"]["sourcedId"]
    seen = {name: item[name]["sourcedId"] for name in ("class", "school", "category", "scoreScale")}
    seen |= dict.fromkeys(("gradingPeriod", "academicSession"), item["academicSession"]["sourcedId"])
    seen |= {"lineItem": item["sourcedId"], "student": grader.rows(f"classes/{group}/students")[0]["sourcedId"]}
    test = grader.rows(f"{G}/assessmentLineItems", filter=f"class.sourcedId='{group}'")[0]["sourcedId"]
    course = grader.one(f"classes/{group}")["course"]["sourcedId"]
    return {**seen, "assessmentLineItem": test, "parentAssessmentLineItem": test, "course": course}


def led(value: Any, known: Known) -> Any:
    """The same with references that lead somewhere, and without ids of its own and what cannot be kept."""
    if isinstance(value, list):
        return [led(one, known) for one in cast(list[Any], value)]
    if not isinstance(value, dict):
        return value
    told = {name: one for name, one in cast(dict[str, Any], value).items() if name not in ("sourcedId", "metadata")}
    return {
        n: {"sourcedId": known[n]} if n in known and isinstance(v, dict) else led(v, known) for n, v in told.items()
    }


def sendable(body: Any, known: Known) -> Any:
    """A body with references that lead somewhere; an assessment names a class, which tells whose it is."""
    if not isinstance(body, dict):
        return body
    found = {name: led(one, known) for name, one in cast(dict[str, Any], body).items()}
    for one in found.values() if "assessmentLineItem" in found else ():
        if isinstance(one, dict):
            cast(dict[str, Any], one).setdefault("class", {"sourcedId": known["class"]})
    return found


def in_address(name: str, label: str, known: Known) -> str:
    """An id for an address: of something that is there, or a new one for what is written."""
    *_, collection, last = label.split("/")
    return f"own-{collection}" if last.startswith("{") else known[name.removesuffix("SourcedId")]


def ask(grader: Platform, known: Known, label: str, mode: GenerationMode, most: int = 2) -> dict[int, Any]:
    """The statuses of the answers to some requests, each with what was sent, and said, last."""

    def put(case: Any) -> schemathesis.Response:
        named: list[str] = [*(case.path_parameters or {})]
        case.path_parameters = {name: in_address(name, label, known) for name in named}
        case.body = sendable(case.body, known)
        return send(grader.hub, case, f"Bearer {grader.token}", SERVICE.root)

    return answered(OPERATIONS[label], mode, most, put)


WRITES = [label for label in OPERATIONS if not label.startswith("DELETE ")]


@pytest.mark.parametrize("label", WRITES)
def test_what_the_document_allows_is_written(grader: Platform, known: Known, label: str) -> None:
    found = ask(grader, known, label, GenerationMode.POSITIVE)
    assert {*found} <= {200, 201}, found


@pytest.mark.parametrize("label", WRITES)
def test_whatever_else_is_sent_is_answered_as_it_says(grader: Platform, known: Known, label: str) -> None:
    found = ask(grader, known, label, GenerationMode.NEGATIVE)
    assert {*found} <= {200, 201, 400}, found


@pytest.mark.parametrize("label", [label for label in OPERATIONS if label not in WRITES])
def test_whatever_is_deleted_is_answered_as_it_says(grader: Platform, known: Known, label: str) -> None:
    found = ask(grader, known, label, GenerationMode.POSITIVE, 1)
    assert {*found} <= {204, 404}, found
