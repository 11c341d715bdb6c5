"""JSON bodies that say two things at once are refused, in every dialect that reads them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.api.bodies import read_json
from rollbook.errors import Malformed
from tests.district import edfi, researcher
from tests.hub import THORNFIELD, Answer, Hub

REPEATED = [
    (b'{"a": 1, "b": 2, "a": 1}', ["$.a"]),
    (b'{"a": {"b": 1, "b": 2, "c": {"d": null, "d": []}}}', ["$.a.b", "$.a.c.d"]),
    (b'[{"x": 1}, {"x": 1, "y": 2, "x": 3, "x": 4}]', ["$[1].x"]),
    (rb'{"a": 1, "\u0061": 2}', ["$.a"]),
    (b'{"a": [[{"b": {}, "b": {"b": 1}}]]}', ["$.a[0][0].b"]),
]


@pytest.mark.parametrize(("body", "paths"), REPEATED)
def test_every_member_that_is_given_twice_is_named_by_its_path(body: bytes, paths: list[str]) -> None:
    with pytest.raises(Malformed) as caught:
        read_json(body)
    assert sorted(p.where for p in caught.value.problems) == paths


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=3), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_what_says_each_thing_once_is_read_as_it_is(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value


TWICE = b'{"name": "First", "name": "Second"}'


def to_ed_fi(hub: Hub) -> Answer:
    """A student whose last name is given twice."""
    api = edfi(hub, hub.app("sis.example.org"))
    body = b'{"studentUniqueId": "7", "firstName": "A", "lastSurname": "B", "lastSurname": "C"}'
    head = {"authorization": f"Bearer {api.token}", "content_type": "application/json"}
    return hub.ask("POST", "/edfi/data/v3/ed-fi/students", None, body, **head)


def to_research(hub: Hub) -> Answer:
    """A project whose name is given twice."""
    head = {"authorization": f"Bearer {researcher(hub).token}", "content_type": "application/json"}
    return hub.ask("POST", "/api/private/stem/project/", None, TWICE, **head)


def to_edlink(hub: Hub) -> Answer:
    """A request for a token with two codes."""
    return hub.post("/api/authentication/token", b'{"code": "a", "code": "b", "client_id": "c", "client_secret": "d"}')


def to_xporter(hub: Hub) -> Answer:
    """A write-back of a mark with two codes."""
    body = b'{"AttendanceMarks": [{"Mark": "/", "Mark": "N"}]}'
    path = f"/api/v1/Writeback/Attendance/{THORNFIELD}?httpstatuscodes=true"
    return hub.ask("POST", path, hub.token(), body, content_type="application/json")


@pytest.mark.parametrize(
    ("send", "path"),
    [(to_ed_fi, "$.lastSurname"), (to_research, "$.name"), (to_edlink, "$.code"), (to_xporter, "$.AttendanceMarks[0]")],
)
def test_a_member_that_is_given_twice_is_400_in_every_dialect(
    small_hub: Hub, send: Callable[[Hub], Answer], path: str
) -> None:
    answer = send(small_hub)
    assert answer.status == 400, answer.body
    assert path in answer.body.decode(), answer.body


def test_only_one_place_decodes_bodies() -> None:
    """A dialect that decoded a body by itself would take what the others refuse."""
    dialects = Path(__file__).parents[1] / "rollbook" / "dialects"
    found = [p.name for p in dialects.rglob("*.py") if "json.decode(request.body" in p.read_text("utf-8")]
    assert found == []
