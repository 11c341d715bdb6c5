"""The OpenAPI documents of the APIs: valid, there for anybody, and every reading is answered as they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from .demo_hub import DemoHub
from .judging import check_document, faults
from .looking import look

ROSTER = "/ims/oneroster"
DOCUMENTS = {
    "edlink": "/api/v2/openapi.json",
    "oneroster": f"{ROSTER}/v1p1/discovery/openapi.json",
    "rosters": f"{ROSTER}/rostering/v1p2/discovery/onerosterv1p2rostersservice_openapi3_v1p0.json",
    "gradebook": f"{ROSTER}/gradebook/v1p2/discovery/onerosterv1p2gradebookservice_openapi3_v1p0.json",
    "resources": f"{ROSTER}/resources/v1p2/discovery/onerosterv1p2resourcesservice_openapi3_v1p0.json",
    "research": "/api/public/openapi.json",
}
API = {"edlink": "edlink", "research": "research"}
Operation = dict[str, Any]
MY = "/api/v2/my/"
NEVER = "01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f"


@pytest.fixture(scope="module")
def demo(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHub]:
    """A hub that is only read."""
    made = DemoHub(small_folder, tmp_path_factory.mktemp("documents") / "hub")
    yield made
    made.hub.close()


def closed(value: Any) -> Any:
    """The same document, of which no object may have members that it does not name."""
    if isinstance(value, list):
        return [closed(one) for one in cast(list[Any], value)]
    if not isinstance(value, dict):
        return value
    told = {name: closed(one) for name, one in cast(dict[str, Any], value).items()}
    whole = isinstance(told.get("properties"), dict) and told.get("type") == "object"
    return {"additionalProperties": False, **told} if whole else told


class Walk:
    """Every reading that a document names, each with ids of things that are there."""

    def __init__(self, demo: DemoHub, name: str, known: dict[str, str]) -> None:
        self.demo, self.api = demo, API.get(name, "oneroster")
        answer = demo.hub.get(DOCUMENTS[name], host="hub.example")
        assert answer.status == 200
        self.document: dict[str, Any] = answer.json
        self.strict = closed(answer.json)
        self.root = self.document["servers"][0]["url"].removeprefix("http://hub.example")
        self.known = known
        self.absent: set[str] = set()
        self.failed: list[str] = []

    def read(self, path: str) -> Any:
        return self.demo.get(path, "my" if path.startswith(MY) else self.api)

    def filled(self, path: str) -> str:
        """An address with ids of things that are there: of the list before each, or of one of its kind elsewhere."""
        steps = path.strip("/").split("/")
        for at, step in enumerate(steps):
            if step.startswith("{"):
                listed = f"{self.root}/{'/'.join(steps[:at])}{'/' if path.endswith('/') else ''}"
                steps[at] = (self.known.get(step) if not path.startswith(MY) else "") or self.first(listed) or NEVER
        return f"{self.root}/{'/'.join(steps)}{'/' if path.endswith('/') else ''}"

    def first(self, path: str) -> str:
        answer = self.read(path)
        lists = [cast(list[dict[str, Any]], v) for v in answer.json.values() if isinstance(v, list)]
        row = lists[0][0] if answer.status == 200 and lists and lists[0] else {}
        return str(row.get("id") or row.get("sourcedId") or "")

    def check(self, path: str, operation: Operation, method: str = "GET", body: bytes = b"") -> None:
        """Whether what is answered is as the document says."""
        api = "my" if path.startswith(MY) else self.api
        answer = self.demo.send(method, self.filled(path), api, body)
        said, label = operation["responses"].get(str(answer.status)), f"{method} {path} ({answer.status})"
        if said is None:
            self.failed.append(f"{label} is not foreseen")
            return
        content, kind = said.get("content", {}), answer.headers.get("content-type", "").partition(";")[0]
        if kind and kind not in content:
            self.failed.append(f"{label}: {kind} is not foreseen")
        elif kind == "application/json":
            self.compare(label, content[kind]["schema"], answer.json)
        if answer.status == 404:
            self.absent.add(path)

    def compare(self, label: str, schema: Any, told: Any) -> None:
        """Whether a body is what a schema of the document says, and nothing more."""
        whole = {**closed(schema), "components": self.strict["components"]}
        old = self.document["openapi"].startswith("3.0")
        self.failed += [f"{label} {one[:300]}" for one in faults(whole, told, old=old)][:3]


@pytest.fixture(scope="module")
def known(demo: DemoHub) -> dict[str, str]:
    """A class with work of its own, and its work, by the names that they have in addresses."""
    found = 'SELECT "group", id FROM aspect WHERE rubric IS NOT NULL AND district = 1 LIMIT 1'
    ((group, work),) = look(demo.hub.store, found)
    rosters = f"{ROSTER}/rostering/v1p2"
    school = demo.get(f"{rosters}/classes/{group}", "oneroster").json["class"]["school"]["sourcedId"]
    seen = {"student": f"classes/{group}/students", "course": "courses", "user": "users"}
    rows = {one: next(iter(demo.get(f"{rosters}/{at}", "oneroster").json.values()))[0] for one, at in seen.items()}
    roster = {f"{{{one}SourcedId}}": row["sourcedId"] for one, row in rows.items()}
    own = {"{class_id}": group, "{assignment_id}": work, "{classSourcedId}": group, "{lineItemSourcedId}": work}
    return {**roster, **own, "{schoolSourcedId}": school}


DOWNLOAD = "/files/{file_id}/download"
WORK = "/api/v2/graph/classes/{class_id}/assignments/{assignment_id}"
APPROVALS = ("taxonomies/species", "taxonomies/strain", "resources/supplier", "dissemination/journal")
INVITED = (
    "stem/project_membership_invitation",
    "stem/project_group_membership_invitation",
    "users/group_membership_invitation",
    "users/group_membership_request",
)
"""What only those who are asked, and those who ask, may read."""
ABSENT: dict[str, set[str]] = {
    "edlink": {f"{WORK}{DOWNLOAD}", f"{WORK}/submissions/{{submission_id}}{DOWNLOAD}"},
    "oneroster": {"/gradingPeriods/{sourcedId}"},
    "rosters": {"/gradingPeriods/{sourcedId}"},
    "research": {
        *(
            f"/api/{portal}/{path}"
            for portal in ("private", "public")
            for path in (*(f"{one}_approval/{{id}}/" for one in APPROVALS), "stem/project/{id}/counts/")
        ),
        *(f"/api/public/{one}/{{id}}/" for one in INVITED),
    },
}
"""Of what there is none in the demo, so that its address is answered with 404, as its document says."""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_valid_and_each_reading_is_answered_as_it_says(
    demo: DemoHub, known: dict[str, str], name: str
) -> None:
    walk = Walk(demo, name, known)
    check_document(walk.document)
    for path, item in walk.document["paths"].items():
        # An app's integrations are read with a secret that is no key's.
        if "get" in item and not path.startswith("/api/v1/"):
            walk.check(path, item["get"])
    assert walk.failed == []
    # A student has little work of their own.
    assert {path for path in walk.absent if not path.startswith(MY)} == ABSENT.get(name, set())
    assert len(walk.absent - ABSENT.get(name, set())) < 16


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_writing_that_cannot_be_understood_is_refused_as_a_document_says(
    demo: DemoHub, known: dict[str, str], name: str
) -> None:
    walk = Walk(demo, name, known)
    for path, item in walk.document["paths"].items():
        for method in ("post", "put", "patch"):
            if method in item and not path.endswith(("/device/", "/counts/")):
                walk.check(path, item[method], method.upper(), b"[1")
    assert walk.failed == []
