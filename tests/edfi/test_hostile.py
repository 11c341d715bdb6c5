"""Whatever is sent, the answer is a proper one: never a fault of ours, never a word too much."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from rollbook.edfi.resources import RESOURCES
from tests.district import ED_FI, EdFi, cohort
from tests.hub import THORNFIELD, Answer, Hub

from ..test_hostile import NASTY, OURS, nasty
from .conftest import caller
from .school_year import ESTAB, TERM
from .whole import NAMES, whole

hostile = settings(
    max_examples=int(os.environ.get("ROLLBOOK_HOSTILE_EXAMPLES", "60")),
    deadline=None,
    database=None,
    derandomize="ROLLBOOK_HOSTILE_EXAMPLES" not in os.environ,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def target(term_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdFi]:
    """A caller whose hub everything in this module is thrown at."""
    hub = Hub.copy(term_folder, tmp_path_factory.mktemp("target") / "hub")
    api = caller(hub)
    yield api
    assert api.get(f"schools?schoolId={THORNFIELD}")
    hub.close()


def proper(answer: Answer, *sent: str) -> None:
    """An answer is what was asked for, or a problem that says nothing of how the hub is made."""
    assert answer.status < 500, answer.body
    if answer.status < 400:
        return
    assert answer.headers["content-type"] == "application/problem+json"
    body = json.loads(answer.body)
    assert body["status"] == answer.status
    told = json.dumps([body["detail"], body.get("errors"), body.get("validationErrors")], ensure_ascii=False)
    # What the caller sent may be said again; nothing else of this kind may be said.
    assert not [word for word in OURS if word in told and not any(word.strip() in one for one in sent)], told


def send(api: EdFi, method: str, path: str, body: bytes) -> Answer:
    """A body as it is."""
    head = {"authorization": f"Bearer {api.token}", "content_type": "application/json"}
    return api.hub.ask(method, path if path.startswith("/") else f"{ED_FI}/{path}", None, body, **head)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value in a document, the document itself and its parts included."""
    yield path
    for name, inner in cast("dict[str, Any]", value).items() if isinstance(value, dict) else ():
        yield from leaves(inner, (*path, name))
    for at, inner in enumerate(cast("list[Any]", value)) if isinstance(value, list) else ():
        yield from leaves(inner, (*path, at))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """A document with another value in one place."""
    if not path:
        return by
    copied = copy.copy(value)
    copied[path[0]] = replaced(value[path[0]], path[1:], by)
    return copied


WRONG: list[Any] = [
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    10**30,
    -(10**400),
    1.5,
    1e308,
    "",
    " ",
    "\0",
    "a\0b",
    NASTY[0],
    "\U0001f600" * 400,
    "x" * 100_000,
    "9" * 400,
    "0000-00-00",
    "uri://ed-fi.org/#",
    "#",
    "uri://x\0#y",
    [],
    [[]],
    [None],
    [{}],
    {},
    {"": {"": {}}},
]


@pytest.mark.parametrize("resource", NAMES)
def test_any_value_anywhere_in_a_document_gets_a_proper_answer(target: EdFi, resource: str) -> None:
    document = whole(RESOURCES[resource], 1)
    places = list(leaves(document))
    for at, wrong in enumerate(WRONG):
        for place in places[at % 11 :: max(3, len(places) // 9)]:
            body = json.dumps(replaced(document, place, wrong)).encode()
            proper(send(target, "POST", resource, body), str(wrong))
    identity = target.get(f"{resource}?limit=1")[0]["id"]
    for wrong in WRONG:
        body = json.dumps(replaced(document, places[-1], wrong)).encode()
        proper(send(target, "PUT", f"{resource}/{identity}", body), str(wrong))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"programs":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"cohortIdentifier":"\\ud800"}',
        b'{"cohortIdentifier":"\\u0000"}',
        b'{"cohortIdentifier":1e999}',
        b'{"cohortIdentifier":' + b"9" * 100_000 + b"}",
        b'{"cohortIdentifier":NaN}',
        b'{"a":1,"a":2,"__proto__":{},"constructor":1}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"programs":[' + b",".join([b'{"programReference":{}}'] * 20_000) + b"]}",
        b'{"\x00":1}',
        "\u202e{}".encode(),
    ],
)
def test_any_body_gets_a_proper_answer(target: EdFi, body: bytes) -> None:
    for method, path in (("POST", "cohorts"), ("PUT", "cohorts/" + "0" * 32), ("POST", "/edfi/oauth/token")):
        answer = send(target, method, path, body)
        assert 400 <= answer.status < 500
        if "oauth" not in path:
            proper(answer, body.decode("utf-8", "replace"))


def test_a_body_that_is_too_large_is_told_so(target: EdFi) -> None:
    answer = send(target, "POST", "cohorts", b'"' + b"x" * (32 * 1024 * 1024 + 1) + b'"')
    proper(answer)
    assert answer.status == 413


@hostile
@given(st.sampled_from(NAMES), st.lists(st.tuples(nasty, nasty), max_size=4))
@example("cohorts", [("offset", "9999999999999999999")])
@example("cohorts", [("minChangeVersion", "9223372036854775808")])
@example("cohorts", [("maxChangeVersion", "9999999999999999999")])
@example("cohorts", [("educationOrganizationId", "9999999999999999999")])
@example("sessions", [("schoolYear", "9999999999999999999")])
@example("sessions", [("totalInstructionalDays", "-9999999999999999999")])
@example("studentSchoolAssociations", [("nextYearSchoolId", "9999999999999999999")])
@example("studentSchoolAssociations", [("fullTimeEquivalency", "9" * 30)])
@example("cohorts", [("cohortIdentifier", "a\0b")])
@example("cohorts", [("pageToken", "AAAA"), ("pageSize", "1")])
def test_any_parameter_may_hold_anything(target: EdFi, resource: str, pairs: list[tuple[str, str]]) -> None:
    sent = [part for pair in pairs for part in pair]
    for path in (resource, f"{resource}/deletes", f"{resource}/keyChanges", f"{resource}/partitions"):
        proper(target.ask("GET", f"{path}?{urlencode(pairs)}"), *sent)


@pytest.mark.parametrize("resource", NAMES)
def test_sql_in_a_filter_is_a_text_like_any_other(target: EdFi, resource: str) -> None:
    names = [p.name for p in RESOURCES[resource].properties if type(p).__name__ in ("Text", "Descriptor")]
    for name in names:
        for text in NASTY:
            answer = target.ask("GET", f"{resource}?{name}={quote(text, safe='')}")
            proper(answer, text, name)
            assert answer.status in (200, 400)
            if answer.status == 200:
                # Another test may have given something that very name.
                named = cast("list[dict[str, Any]]", answer.json)
                assert [one for one in named if one[name] != text] == []


TOKENS = [
    "x",
    "MA",
    "MDox",
    "MDo6MDo",
    "LTE6OjoK",
    "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5Ong6OTk5OTk5OTk5OTk5OTk5OTk5OTk6eQ",
    "=",
    "é",
]


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_of_ones_own_making_reads_nothing_else(target: EdFi, token: str) -> None:
    answer = target.ask("GET", f"cohorts?pageToken={quote(token)}&pageSize=500")
    proper(answer, token)
    little = caller(target.hub, app="nobody.example.org")
    again = little.ask("GET", f"cohorts?pageToken={quote(token)}&pageSize=500")
    assert again.status == 400 or again.json == []


@hostile
@given(st.lists(nasty, min_size=1, max_size=4))
def test_any_path_gets_a_proper_answer(target: EdFi, steps: list[str]) -> None:
    path = "/".join(quote(s, safe="") for s in steps)
    for whole_path in (f"{ED_FI}/{path}", f"/edfi/{path}", f"{ED_FI}/cohorts/{path}", f"/edfi/metadata/{path}"):
        for method in ("GET", "DELETE"):
            proper(target.ask(method, whole_path), *steps, path)


@pytest.mark.parametrize("name", ["if_match", "if_none_match", "content_type", "use_snapshot", "authorization", "host"])
def test_any_header_may_hold_anything(target: EdFi, name: str) -> None:
    identity = target.get("cohorts?limit=1")[0]["id"]
    document = target.get(f"cohorts/{identity}")
    for text in [t for t in NASTY if t.isascii() and t.isprintable() and len(t) < 1000]:
        head = {"authorization": f"Bearer {target.token}", "content_type": "application/json", name: text}
        for method in ("GET", "PUT"):
            sent = json.dumps(document).encode() if method == "PUT" else b""
            answer = target.hub.ask(method, f"{ED_FI}/cohorts/{identity}", None, sent, **head)
            assert answer.status < 500


def test_an_id_of_another_app_or_school_opens_nothing(target: EdFi) -> None:
    hub = target.hub
    hub.grant(estab="9995001", app="outsider.example.org")
    outsider = caller(hub, app="outsider.example.org")
    for resource in TERM:
        for document in target.get(f"{resource}?limit=2"):
            reference = json.dumps(document)
            if "9995001" in reference or "255901" in reference:
                continue
            mine = {d["id"] for d in outsider.get(f"{resource}?limit=500")}
            if document["id"] in mine:
                continue
            for method in ("GET", "PUT", "DELETE"):
                answer = outsider.ask(
                    method, f"{resource}/{document['id']}", TERM[resource] if method == "PUT" else None
                )
                assert answer.status == 404, (resource, method, answer.body)


def test_a_student_guessed_by_id_from_another_district_is_not_there(target: EdFi) -> None:
    outsider_app = "guesser.example.org"
    target.hub.grant(estab="9995001", app=outsider_app)
    guesser = caller(target.hub, app=outsider_app)
    for there in target.get("students?limit=3"):
        body = TERM["studentSchoolAssociations"] | {
            "schoolReference": {"schoolId": 9995001},
            "studentReference": {"studentUniqueId": there["studentUniqueId"]},
        }
        if guesser.get(f"students?studentUniqueId={quote(there['studentUniqueId'], safe='')}"):
            continue
        assert guesser.ask("POST", "studentSchoolAssociations", body).status == 409


def test_sql_and_marks_in_every_text_are_kept_to_the_letter(target: EdFi) -> None:
    for at, text in enumerate(t for t in NASTY if "\0" not in t and t.strip() and len(t) < 1000):
        document = cohort(f"n{at}", ESTAB, cohortDescription=text)
        answer = target.ask("POST", "cohorts", document)
        assert answer.status == 201, (text, answer.body)
        (shown,) = target.get(f"cohorts?cohortIdentifier=n{at}")
        assert shown["cohortDescription"] == text
