"""Whatever is sent to the Management APIs and to a school's page: an answer, never a fault, and nothing granted."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.dialects.xporter.inviting import FIELDS

from .hub import BRAMBLESIDE, THORNFIELD, Hub
from .school import School, asking_app, link_of

EXAMPLES = int(os.environ.get("ROLLBOOK_HOSTILE_EXAMPLES", "60"))
"""How many requests are made up for each test."""

TRIED = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)

TEXTS: st.SearchStrategy[str] = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "'; DROP TABLE app; --", "<script>", "a\r\nBcc: b@c.example", "\x00", THORNFIELD, BRAMBLESIDE]
    ),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
SCHOOLS: st.SearchStrategy[Any] = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=8)
BODIES: st.SearchStrategy[Any] = st.one_of(
    VALUES,
    st.fixed_dictionaries(
        {"RegistrationType": st.one_of(st.sampled_from(["Live", "Test"]), VALUES)},
        optional={"Schools": st.one_of(st.lists(SCHOOLS, max_size=3), VALUES)},
    ),
    st.dictionaries(
        st.sampled_from(["Estab", "RevokeDate", "RevokeDateTime"]),
        st.one_of(VALUES, st.sampled_from(["31:12:9999", "00:00:0000", "01:01:0001 23:59:59", "99:99:9999"])),
    ),
)
ACTIONS = ("authorise", "decline", "narrow", "choose", "confirm", "keep", "revoke", "endless", "people/students")
FIELD_NAMES = ("scope", "people", "when", "date", "mode", "tick", "shown", "do", "was", "q", "page")


@pytest.fixture
def asked(small_hub: Hub) -> tuple[Hub, str]:
    """A hub with an app that another school has granted something, and the app's management token."""
    app, token = asking_app(small_hub)
    small_hub.desk.grants.authorise(app, BRAMBLESIDE, ["School"])
    return small_hub, token


@TRIED
@given(body=BODIES, path=st.sampled_from(["SchoolRegister", "RevokeAccess"]))
def test_any_body_has_an_answer_and_no_fault(asked: tuple[Hub, str], body: Any, path: str) -> None:
    hub, token = asked
    sent = json.dumps(body).encode()
    answer = hub.ask("POST", f"/api/Manage/{path}?httpstatuscodes=true", token, sent, content_type="application/json")
    assert answer.status < 500, answer.json
    assert hub.desk.grants.at(hub.desk.apps.all()[0], BRAMBLESIDE).scopes == {"School"}


@TRIED
@given(
    query=st.lists(st.tuples(st.sampled_from(["estab", "includePendingAuthorisation", "Estab"]), TEXTS), max_size=3),
    path=st.sampled_from(["XporterOnDemand/GetXodSchools", "Manage/CheckEstab", "Manage/GetXodSchoolTokens"]),
)
def test_any_query_has_an_answer_and_no_fault(asked: tuple[Hub, str], query: list[tuple[str, str]], path: str) -> None:
    hub, token = asked
    said = urlencode([*query, ("httpstatuscodes", "true")], errors="surrogatepass")
    assert hub.get(f"/api/{path}?{said}", token).status < 500


@TRIED
@given(action=st.sampled_from(ACTIONS), more=st.lists(st.tuples(st.sampled_from(FIELD_NAMES), TEXTS), max_size=8))
def test_any_form_has_a_page_and_grants_no_more_than_is_asked_for(
    asked: tuple[Hub, str], action: str, more: list[tuple[str, str]]
) -> None:
    hub, _ = asked
    app = hub.desk.apps.all()[0]
    made = next((i for i in hub.desk.invitations.of(app)), None) or hub.desk.invitations.make(app, THORNFIELD)
    school = School(hub, link_of(hub, made))
    here = next((g for g in hub.desk.grants.of(app) if g.estab == THORNFIELD), None)
    registration = hub.desk.registrations.of(app)
    proof = hub.desk.invitations.proof(
        school.link.removeprefix("/authorise/"),
        action,
        here.serial if here else 0,
        [(a.scope, a.required) for a in registration.asks],
    )
    page = school.post(f"{school.link}/{action}", [("proof", proof), *more])
    assert page.answer.status < 500, page.words
    assert "was sent already" not in page.words, "the form must have come through"
    for grant in hub.desk.grants.of(app):
        assert grant.estab == BRAMBLESIDE or registration.required <= grant.scopes <= registration.scopes
