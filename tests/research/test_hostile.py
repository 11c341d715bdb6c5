"""Whatever is sent, the answer is a proper one: never a fault of ours, and nothing is told or changed that may not be.

Set ROLLBOOK_HOSTILE_EXAMPLES for more of what hypothesis invents.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rollbook.dialects.research.catalogue import ADDRESSES, RESOURCES
from rollbook.dialects.research.filtering import OPERATORS
from tests.looking import look

from ..hub import Answer, Hub
from .lab import Lab

EXAMPLES = int(os.environ.get("ROLLBOOK_HOSTILE_EXAMPLES", "60"))

hostile = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="ROLLBOOK_HOSTILE_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

OURS = ("Traceback", 'File "', "rollbook/", ".py", "sqlite", "SELECT ", "apsw", "json_each", "msgspec")
SECRET = "kestrel-secret"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Ada's project, and one of bram's that she must never learn of."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    hub = Hub(folder)
    lab = Lab(hub)
    project = lab.project(description="x", tags=["a"])
    lab.cohort("C", project, lab.subject("Mouse 1", project))
    theirs = lab.project(SECRET, "bram", description=SECRET, tags=[SECRET])
    lab.cohort(SECRET, theirs, lab.subject(SECRET, theirs, who="bram"), who="bram")
    yield lab
    hub.close()


def proper(answer: Answer) -> None:
    """A status that is meant, JSON, and no word of how the hub works or of what may not be seen."""
    assert answer.status in (200, 201, 204, 400, 401, 403, 404, 405, 409, 429), (answer.status, answer.body)
    said = answer.body.decode()
    assert not [word for word in OURS if word in said], said
    assert SECRET not in said
    assert isinstance(answer.json, dict) if said else answer.status == 204


words = st.text(max_size=40)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
addresses = st.sampled_from([f"{app}/{name}" for app, name in ADDRESSES])
names = st.sampled_from(sorted({n for r in RESOURCES.values() for n in r.attributes}))
likely = st.sampled_from(["true", "1", "2026-01-01", "01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f"])
paths = st.lists(names | words, min_size=1, max_size=6).map(".".join)


@hostile
@given(address=addresses, pairs=st.lists(st.tuples(words, words), max_size=6))
@example(address="stem/cohort", pairs=[("limit", "9" * 30), ("offset", "9" * 19)])
@example(address="stem/cohort", pairs=[("offset", str(2**63 - 1))])
@example(address="stem/cohort", pairs=[("filter{name}", "\0"), ("filter{name.in}", "\0")])
def test_any_query_is_answered_properly(lab: Lab, address: str, pairs: list[tuple[str, str]]):
    proper(lab.ask("GET", f"{address}/?{urlencode(pairs, errors='replace')}"))


@hostile
@given(
    address=addresses,
    minus=st.sampled_from(["", "-"]),
    path=paths,
    op=st.sampled_from(["", *OPERATORS, "regex"]),
    values=st.lists(words | likely, min_size=1, max_size=3),
)
@example(address="users/user", minus="", path="id", op="", values=["99999999999999999999"])
@example(address="users/user", minus="-", path="id", op="range", values=["-1,1"])
@example(
    address="stem/project", minus="", path="subjects.projects.subjects.projects.subjects.name", op="", values=["x"]
)
@example(address="stem/project", minus="", path="users.active_projects.cohorts.name", op="icontains", values=[SECRET])
def test_any_filter_is_answered_properly(lab: Lab, address: str, minus: str, path: str, op: str, values: list[str]):
    name = f"filter{{{minus}{path}{'.' if op else ''}{op}}}"
    query = urlencode([(name, value) for value in values], errors="replace")
    answer = lab.ask("GET", f"{address}/?{query}")
    # What a caller sent is told back; what they did not send is not.
    if SECRET not in query:
        proper(answer)
    elif answer.status == 200:
        assert answer.json["count"] == 0


@hostile
@given(address=addresses, tree=st.lists(paths, max_size=4), sort=st.lists(paths, max_size=3))
def test_any_inclusion_and_order_is_answered_properly(lab: Lab, address: str, tree: list[str], sort: list[str]):
    pairs = [("include[]", f"{t}.*") for t in tree] + [("sort[]", s) for s in sort] + [("exclude[]", s) for s in sort]
    proper(lab.ask("GET", f"{address}/?{urlencode(pairs, errors='replace')}"))


@hostile
@given(
    address=addresses | st.sampled_from(["stem/cohort/draw"]),
    method=st.sampled_from(["POST", "PUT", "PATCH"]),
    body=st.dictionaries(names | st.sampled_from(["school", "group", "comments"]) | words, anything, max_size=8),
)
@example(address="stem/project", method="POST", body={"name": "\ud800"})
@example(address="stem/project", method="POST", body={"name": 1e308 * 10, "extra_fields": {"a": float("nan")}})
@example(address="stem/project", method="POST", body={"name": "x", "users": {"a": {"is_owner": {}}}, "tags": [None]})
@example(address="users/group", method="POST", body={"name": 10**400})
@example(address="stem/projectmembershipinvitation", method="POST", body={"invitee": 2**63, "project": SECRET[:0]})
def test_any_body_is_answered_properly(lab: Lab, address: str, method: str, body: dict[str, Any]):
    if method == "POST":
        proper(lab.ask(method, f"{address}/", body=body))
    else:
        listed = lab.ask("GET", f"{address}/").json
        rows: list[dict[str, Any]] = [] if "detail" in listed else listed[next(iter(listed))]
        identity = rows[0]["id"] if rows else "1"
        proper(lab.ask(method, f"{address}/{identity}/", body=body))
    # Nothing that is sent gives ada away, nor lets her in where she may not be.
    assert lab.get("stem/project/", "bram")["count"] == 1


@hostile
@given(body=st.binary(max_size=60))
@example(body=b"[" * 100_000)
@example(body=b'{"a":' * 100_000)
@example(body=b'{"name": "\\ud800"}')
@example(body=b'{"name": "\xff"}')
@example(body=b'{"name": 1e999}')
@example(body=b"\xef\xbb\xbf{}")
def test_any_bytes_are_answered_properly(lab: Lab, body: bytes):
    for path in ("stem/project/", "users/group/"):
        proper(lab.ask("POST", path, body=body))
    for path in ("/api/token/", "/api/auth/device/", "/api/auth/device/token/"):
        proper(lab.hub.post(path, body))


@hostile
@given(steps=st.lists(words, max_size=6), method=st.sampled_from(["GET", "POST", "DELETE", "OPTIONS", "TRACE", "x"]))
@example(steps=["stem", "project", "..", "user"], method="GET")
@example(steps=["stem", "cohort", "draw", "draw"], method="POST")
@example(steps=["stem", "project", "\uff11"], method="GET")
@example(steps=["users", "user", "\uff11"], method="GET")
def test_any_path_is_answered_properly(lab: Lab, steps: list[str], method: str):
    path = quote("/".join(steps).encode("utf-8", "replace"), safe="/")
    for portal in ("private", "public"):
        proper(lab.ask(method, path, portal=portal))


@hostile
@given(token=st.binary(max_size=80))
def test_any_token_is_refused(lab: Lab, token: bytes):
    header = b"Bearer " + token
    answer = lab.hub.ask("GET", "/api/private/stem/project/", None, b"", authorization=header.decode("latin-1"))
    assert answer.status == 401
    proper(answer)


@pytest.mark.parametrize("text", ["'; DROP TABLE project; --", '" OR 1=1', "%", "\\", "\u202e", "😀" * 100, "<b>"])
def test_what_is_written_is_read_back_as_it_was(lab: Lab, text: str):
    tags = [text[:100]]
    added = lab.add("project", name=text, description=text, tags=tags)
    assert (added["name"], added["description"], added["tags"]) == (text.strip(), text.strip(), tags)
    query = quote(text, safe="")
    assert lab.names(f"stem/project/?filter{{name}}={query}") == [text]
    assert lab.names(f"stem/project/?filter{{tags.icontains}}={query}&filter{{description.contains}}={query}") == [text]
    assert lab.ask("DELETE", f"stem/project/{added['id']}/").status == 204


def test_a_name_that_a_hidden_project_has_is_answered_as_if_it_were_free(lab: Lab):
    project = lab.get("stem/project/?filter{name}=Maze")["projects"][0]["id"]
    assert lab.patch("project", project, name=SECRET).status == 200
    assert lab.patch("project", project, name="Maze").status == 200


def test_refused_writing_changes_nothing(lab: Lab):
    seq = "SELECT seq FROM clock WHERE district = 0"
    before = look(lab.hub.store, seq).get
    project = lab.get("stem/project/?filter{name}=Maze")["projects"][0]["id"]
    bodies: list[dict[str, Any]] = [
        {"name": ""},
        {"name": "New", "users": {lab.email("ada"): {"remove": True}}},
        {"name": "Maze", "is_public": "perhaps"},
    ]
    for body in bodies:
        lab.wrong(lab.patch("project", project, **body))
    assert look(lab.hub.store, seq).get == before
    assert json.loads(json.dumps(lab.one("project", project)))["name"] == "Maze"
