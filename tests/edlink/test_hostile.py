"""What nobody would send in good faith: every answer is Edlink's, none a fault, nothing shows of what lies within."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rollbook.dialects.edlink.catalogue import PATHS, RESOURCES
from rollbook.dialects.edlink.resource import OPERATORS, expansions

from ..hub import Answer
from .vendor import Vendor

hostile = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

OURS = ["Traceback", "apsw", "sqlite", "SELECT ", "json_object", "rollbook/", "object at 0x", "KeyError", "TypeError"]
"""What would show that something within went wrong."""

NASTY = [
    "'; DROP TABLE student;--",
    "' OR '1'='1",
    '" OR ""="',
    "\0",
    "a\0b",
    "\r\nX-Injected: 1",
    "%",
    "_",
    "*",
    "\\",
    "é",
    "\U0001d518",
    "x" * 20_000,
    "9" * 400,
    "-1",
    "1e999",
    "NaN",
    "null",
    "[]",
    "{}",
    '{"id":null}',
    '{"id":[{"operator":"in","value":""}]}',
    '{"name":[{"operator":"contains","value":"\\u0000"}]}',
    '{"name":[{"operator":"equals","value":"\\ud800"}]}',
    '{"updated_date":[{"operator":"gt","value":"0001-01-01T00:00:00+14:00"}]}',
    '{"updated_date":[{"operator":"lt","value":"9999-12-31T23:59:59-14:00"}]}',
    '{"__proto__":[{"operator":"equals","value":"x"}]}',
    "[" * 50_000,
    '{"a":' * 10_000,
    "../../etc/passwd",
    "%2e%2e%2f",
    "<script>alert(1)</script>",
    "00000000-0000-4000-8000-000000000000",
    "WyJncmFwaC9wZW9wbGUiLFtdLDk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
]

nasty = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
names = (
    st.sampled_from(["$filter", "$first", "$last", "$after", "$before", "$cursor", "$fields", "$expand", "$properties"])
    | nasty
    | nasty.map(lambda t: f"${t}")
)
lists = st.sampled_from([*RESOURCES, "events", "licenses"])


def proper(answer: Answer, *said: str) -> Any:
    """The body of an answer in Edlink's form; never a fault, and no word of ours that was not `said` to it."""
    assert answer.status in (200, 400, 401, 403, 404, 405), answer.body[:2000]
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    body = answer.json
    assert next(iter(body)) == ("$data" if answer.status == 200 else "$errors")
    if answer.status != 200:
        told = json.dumps(body)
        assert not [word for word in OURS if word in told and not any(word in one for one in said)], told
        assert all(e["code"].isupper() and e["message"] for e in body["$errors"])
    return body


@hostile
@given(lists, st.lists(st.tuples(names, nasty), max_size=4))
@example("people", [("$filter", NASTY[0])])
@example("people", [("$cursor", "=" * 100), ("$first", "1" * 400)])
@example("events", [("$after", "00000000-0000-4fff-bfff-ffffffffffff")])
@example("events", [("$after", "00000000-0000-4000-8000-000000000000"), ("$last", "5")])
def test_any_parameter_of_any_list_may_hold_anything(vendor: Vendor, name: str, pairs: list[tuple[str, str]]):
    proper(vendor.get(f"/api/v2/graph/{name}?{urlencode([*pairs, ('limit', '1')])}"), str(pairs))


clauses = st.fixed_dictionaries(
    {},
    optional={
        "operator": st.sampled_from(OPERATORS) | nasty,
        "value": nasty | st.none() | st.integers() | st.booleans(),
    },
)
properties = st.sampled_from(sorted({p for r in RESOURCES.values() for p in r.properties})) | nasty
filters = st.dictionaries(properties, st.lists(clauses | nasty, max_size=3) | nasty, max_size=3)


@hostile
@given(st.sampled_from(list(RESOURCES)), filters)
@example("people", {"id": [{"operator": "in", "value": ",".join(["00000000-0000-4000-8000-000000000000"] * 2000)}]})
@example("people", {"email": [{"operator": "contains", "value": "x" * 20_000}]})
@example("people", {"email": [{"operator": "contains", "value": ""}]})
def test_any_filter_is_followed_or_refused(vendor: Vendor, name: str, chosen: dict[str, Any]):
    proper(vendor.ask(name, filter=chosen, first=1), json.dumps(chosen))


@hostile
@given(st.lists(nasty | lists | st.sampled_from(sorted({leads for _, leads in PATHS})), min_size=1, max_size=4))
@example(["people", "..", "schools"])
@example(["events", "'"])
def test_any_path_gets_a_proper_answer(vendor: Vendor, steps: list[str]):
    proper(vendor.get(f"/api/v2/graph/{'/'.join(quote(s, safe='') for s in steps)}?$first=1"), *steps)


@hostile
@given(st.binary(max_size=200))
@example(b"a=%")
@example(b"$filter=%ff")
@example(b"&".join(b"$a%d=1" % n for n in range(500)))
def test_any_query_is_read_or_refused(vendor: Vendor, query: bytes):
    proper(vendor.get(f"/api/v2/graph/schools?{quote(query, safe='&=%;+$')}"))


@pytest.mark.parametrize("host", ["", "evil.example", "x" * 5000, "[::1]:8000"])
def test_any_host_is_only_where_the_next_page_is_said_to_be(vendor: Vendor, host: str):
    assert proper(first_person(vendor, host))["$next"].startswith("http://")


@pytest.mark.parametrize("host", ["a b", '"><script>'])
def test_what_cannot_be_a_host_is_refused(vendor: Vendor, host: str):
    answer = first_person(vendor, host)
    assert answer.status == 400
    assert "$errors" in proper(answer)


def first_person(vendor: Vendor, host: str) -> Answer:
    """The first page of one person, asked for at that host."""
    return vendor.hub.get("/api/v2/graph/people?$first=1", None, authorization=f"Bearer {vendor.token}", host=host)


@pytest.mark.parametrize("body", [b"{}", b"\xff" * 100, json.dumps({"client_id": "\0", "client_secret": "'"}).encode()])
def test_any_body_of_a_request_for_a_token_is_refused(vendor: Vendor, body: bytes):
    proper(vendor.hub.post("/api/authentication/token", body))


def test_a_long_list_with_everything_expanded_is_answered(vendor: Vendor):
    for name, resource in RESOURCES.items():
        proper(vendor.ask(name, first=10_000, expand=",".join(expansions(resource))))


def test_nothing_was_changed_by_any_of_this(vendor: Vendor):
    ((students,),) = vendor.sql("SELECT count(*) FROM student")
    assert students > 0
    assert proper(vendor.ask("people"))["$data"]
