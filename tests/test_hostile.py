"""Whatever is sent, the answer is a proper one: never a fault of ours, never a word too much, and nothing is changed.

Set ROLLBOOK_HOSTILE_EXAMPLES for more of what hypothesis invents.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.store import port
from rollbook.store.sqlite import Store
from tests.looking import changing, look, look_passing

from .hub import BRAMBLESIDE, THORNFIELD, Answer, Hub

EXAMPLES = int(os.environ.get("ROLLBOOK_HOSTILE_EXAMPLES", "60"))

hostile = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="ROLLBOOK_HOSTILE_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

SCHOOL = f"/api/v1/School/{THORNFIELD}"
KEYS = {"Message", "ExceptionType", "ExceptionMessage", "InnerException"}
STATUSES = {
    "AuthorisationPaused": 401,
    "InvalidToken": 401,
    "SchoolNotGranted": 403,
    "ScopeNotHeld": 403,
    "NotFound": 404,
    "MethodNotAllowed": 405,
    "UnknownChangeSet": 409,
    "InvalidRequest": 400,
    "RequestTooLarge": 413,
}
"""What httpstatuscodes=true says of each error; InternalError is not among them."""

OURS = (
    "Traceback",
    'File "',
    "rollbook/",
    ".py",
    "sqlite",
    "SELECT ",
    "apsw",
    "no such",
    "syntax error",
    "site-packages",
)
"""Words that only a fault would bring into an answer."""


@pytest.fixture(scope="module")
def target(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub that everything in this module is thrown at; at the end nothing in its records has changed."""
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("target"))
    hub.token()
    hub.token(estab=BRAMBLESIDE)
    before = contents(hub.store)
    yield hub
    assert contents(hub.store) == before
    hub.close()


@pytest.fixture(scope="module")
def token(target: Hub) -> str:
    """A token for everything at one school."""
    held = target.desk.grants.at(target.app(), THORNFIELD)
    # Straight into what passes, so that the records stay as they were.
    made = base64.b64encode(b"hostile" * 6).decode()
    look_passing(
        target.store,
        "INSERT INTO token VALUES (?, ?, ?, ?, 9e9)",
        (hashlib.sha256(made.encode()).digest(), held.app.id, held.id, held.serial),
    )
    return made


def contents(store: port.Store) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the records file holds."""
    tables = look(store, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return {name: look(store, f'SELECT * FROM "{name}"').fetchall() for (name,) in tables}


def proper(answer: Answer, *sent: str) -> dict[str, Any]:
    """The JSON of an answer, which is one of those that Xporter gives."""
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    body = answer.json
    told = body.get("ExceptionMessage")
    if told is None:
        assert answer.status == 200
        return body
    assert body.keys() == KEYS
    kind = body["ExceptionType"]
    assert kind in STATUSES
    assert answer.status in (200, STATUSES[kind])
    # What the caller sent may be said again; nothing else of this kind may be said.
    assert not [word for word in OURS if word in told and not any(word.strip() in one for one in sent)], told
    assert "Brambleside" not in told
    return body


def failed(hub: Hub, path: str, token: str | None) -> tuple[str, str]:
    """The type and the message of the error that a request gets, in both ways of telling it."""
    plain = hub.get(path, token)
    status = hub.get(f"{path}{'&' if '?' in path else '?'}httpstatuscodes=true", token)
    told = proper(plain)
    assert (plain.status, status.status) == (200, STATUSES[told["ExceptionType"]])
    assert proper(status) == told
    return told["ExceptionType"], told["ExceptionMessage"]


# ---- what to throw

NASTY = [
    "'; DROP TABLE student;--",
    "' OR '1'='1",
    '" OR ""="',
    "1) UNION SELECT secret FROM app--",
    "x' || (SELECT hex(secret) FROM app) || '",
    "\\",
    "'",
    '"',
    "`",
    "%",
    "_",
    "*",
    ";",
    "\0",
    "a\0b",
    "\r\nX-Injected: 1",
    "\x1b[31m",
    "\u202egnp.exe",
    "\ufeff",
    "\uffff",
    "é",
    "e\u0301",
    "\U0001d518\U0001d52b",
    "ﷺ" * 50,
    "x" * 20_000,
    "9" * 400,
    "-1",
    "0",
    "1e999",
    "NaN",
    "null",
    "true",
    "[]",
    "{}",
    "../../etc/passwd",
    "%2e%2e%2f",
    "%00",
    "${7*7}{{7*7}}",
    "<script>alert(1)</script>",
    ":today",
    "?1",
    "9999-99-99",
    "2026-02-30",
    "0000-00-00",
    "2026-W01-1",
    "2026-11-20T25:61:61",
    "+002026-11-20",
    "\uff12\uff10\uff12\uff16-11-20",
]

nasty = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
names = (
    st.sampled_from(sorted({n for e in ENDPOINTS.values() for n in (*e.filters, *e.options)}))
    | st.sampled_from(["page", "pagesize", "changedRows", "select", "options", "onlyGetDBStatus", "httpstatuscodes"])
    | nasty
)
endpoints = st.sampled_from(sorted(e.segment for e in ENDPOINTS.values() if e.segment != "TestError"))


@hostile
@given(endpoints, st.lists(st.tuples(names, nasty), max_size=5))
@example("Students", [("id", "'; DROP TABLE student;--")])
@example("Students", [("changedRows", "' OR '1'='1")])
@example("Students", [("page", "1" * 400), ("pagesize", "-1")])
@example("Groups", [("Type", "RegGrp'; --"), ("Code", "%")])
@example("AttendanceForDateRange", [("DateFrom", "2026-02-30"), ("DateTo", "tomorrow")])
def test_any_parameter_of_any_endpoint_may_hold_anything(
    target: Hub, token: str, segment: str, pairs: list[tuple[str, str]]
) -> None:
    answer = target.get(f"{SCHOOL}/{segment}?{urlencode(pairs)}&httpstatuscodes=true", token)
    body = proper(answer, *(part for pair in pairs for part in pair))
    if "ExceptionMessage" in body and answer.status == 200:
        pytest.fail(f"httpstatuscodes=true and {body}")


@pytest.mark.parametrize("segment", [e.segment for e in ENDPOINTS.values() if "id" in e.filters])
def test_sql_in_a_text_filter_is_a_text_like_any_other(target: Hub, token: str, segment: str) -> None:
    said = ENDPOINTS[segment.lower()].example
    nasty, unknown = (f"{SCHOOL}/{segment}?{urlencode({**said, 'id': one})}" for one in (NASTY[0], "nobody"))
    body = proper(target.get(nasty, token))
    assert "ExceptionType" not in body
    assert body == target.get(unknown, token).json
    assert look(target.store, "SELECT count(*) FROM student").get > 0


@hostile
@given(st.lists(nasty, min_size=1, max_size=4), st.booleans())
@example(["Students", "9919"], True)
@example(["..", "9992001", "SchoolInfo"], False)
def test_any_path_gets_a_proper_answer(target: Hub, token: str, steps: list[str], encoded: bool) -> None:
    path = "/".join(quote(s, safe="" if encoded else "/.:;=@") for s in steps)
    proper(target.get(f"{SCHOOL}/{path}", token), *steps)
    proper(target.get(f"/api/v1/{path}", token), *steps)


@hostile
@given(st.binary(max_size=200))
@example(b"a=%")
@example(b"%ff=%fe")
@example(b"=&=&&;")
@example(b"\xff\xfe")
@example(b"&".join(b"a%d=1" % n for n in range(500)))
def test_any_query_is_read_or_refused(target: Hub, token: str, query: bytes) -> None:
    proper(target.get(f"{SCHOOL}/Students?{quote(query, safe='&=%;+')}", token))
    proper(target.get(f"{SCHOOL}/Students?{query.decode('latin-1')}", token), query.decode("latin-1"))


@hostile
@given(st.text(st.characters(max_codepoint=255), max_size=60))
@example("Idaas")
@example("Idaas \0")
@example("Idaas ' OR 1=1 --")
@example("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
@example("Idaas " + "x" * 60_000)
def test_any_authorization_is_a_stranger(target: Hub, shown: str) -> None:
    answer = target.get(f"{SCHOOL}/Students?httpstatuscodes=true", authorization=shown)
    assert (answer.status, proper(answer)["ExceptionType"]) == (401, "InvalidToken")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(["estab", "relyingParty", "password", "thirdpartyid", "ESTAB", "__proto__", ""])


@hostile
@given(st.binary(max_size=300) | st.dictionaries(fields, json_values | nasty).map(lambda d: json.dumps(d).encode()))
@example(b'{"relyingParty": "\\ud800", "password": "\\udfff"}')
@example(b'{"relyingParty": "a\\u0000b", "password": "\\u0000"}')
@example(b"[" * 60_000)
@example(b'{"a":' * 10_000)
@example(b"\xef\xbb\xbf{}")
@example(b'{"password": 1e999}')
@example(b"relyingParty=%ff&password=%00")
@example(b"x" * 70_000)
def test_any_body_of_a_token_request_is_refused_in_the_documents_form(target: Hub, body: bytes) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = target.post("/api/oauth/GetToken", body, kind)
        said = answer.json
        assert (answer.status, said["token"], said["expires"]) == (200, None, "0001-01-01T00:00:00")
        assert said.keys() == {"token", "expires", *KEYS}
        assert said["ExceptionType"] is None
        assert not [word for word in OURS if word in said["ExceptionMessage"] and word.strip().encode() not in body]


columns = st.sampled_from(
    ["Id", "Surname", "*", "UPN", "GroupIds", "StudentSiblings.Id", "nothing", "Staff.Surname", ""]
)


@hostile
@given(st.lists(st.tuples(columns, st.none() | nasty), max_size=4))
@example([("Id", "a\", 'x', (SELECT secret FROM app), '")])
@example([("Id", "'||(SELECT 1)||'")])
@example([("Id", "\n")])
@example([("Id", "__proto__"), ("Surname", "constructor")])
@example([("Id", "x"), ("Surname", "x")])
@example([("Id", "x" * 65)])
def test_any_selection_is_followed_to_the_letter_or_refused(
    target: Hub, token: str, chosen: list[tuple[str, str | None]]
) -> None:
    said = ",".join(column if name is None else f"{column} as {name}" for column, name in chosen)
    answer = target.get(f"{SCHOOL}/Students?pagesize=1&select={quote(said)}", token)
    body = proper(answer, said, *(n for _, n in chosen if n))
    if "ExceptionMessage" not in body and all(c in ("Id", "Surname", "UPN") for c, _ in chosen) and chosen:
        assert list(body["Students"][0]) == [(name or column).strip() for column, name in chosen]


# ---- what is large


@pytest.mark.parametrize("more", ["", "&includeGroupIds=true", "&changedRows=*"])
def test_more_columns_than_a_row_can_have_are_refused(target: Hub, token: str, more: str) -> None:
    wide = ",".join(f"Id as a{n}" for n in range(500))
    answer = target.get(f"{SCHOOL}/Students?pagesize=1&select={quote(wide)}{more}", token)
    assert len(proper(answer)["Students"][0]) == 500
    told = failed(target, f"{SCHOOL}/Students?select={quote(wide + ',Id as more')}{more}", token)
    assert told == ("InvalidRequest", "select: selects 501 columns (select at most 500)")


def test_a_selection_of_very_many_columns_is_refused_in_no_time(target: Hub, token: str) -> None:
    started = time.process_time()
    kind, _ = failed(target, f"{SCHOOL}/Students?select={'*,' * 3_000}", token)
    assert kind == "InvalidRequest"
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "asked",
    [
        "AttendanceForDateRange?DateFrom=0001-01-01&DateTo=9999-12-31&pagesize=1",
        "Students?page=1000000000000&pagesize=100011",
        "Students?includeAttMarkString=true&includeAttStats=true&includeGroupIds=true&includeSiblingsList=true",
    ],
)
def test_what_is_large_but_meant_is_answered_in_good_time(target: Hub, token: str, asked: str) -> None:
    # Of the processor, which a busy machine gives to others meanwhile.
    started = time.process_time()
    assert "ExceptionMessage" not in proper(target.get(f"{SCHOOL}/{asked}", token))
    assert time.process_time() - started < 5


def test_a_page_of_a_change_set_that_was_never_begun_is_refused_in_no_time(target: Hub, token: str) -> None:
    kind, said = failed(target, f"{SCHOOL}/Students?changedRows=*&page=1000000000000&pagesize=100011", token)
    assert kind == "UnknownChangeSet"
    assert said == "page: belongs to a change set that has expired (request page=1 of it again)"


def test_a_body_of_more_than_32_mb_is_refused(target: Hub, token: str) -> None:
    answer = target.ask("POST", f"{SCHOOL}/Students?httpstatuscodes=true", token, b"x" * (32 * 1024 * 1024 + 1))
    assert (answer.status, proper(answer)["ExceptionMessage"]) == (413, "the body is larger than 32 MB")


# ---- what is wrong, said all at once


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            "Students?yearGroup=3&colour=red&pagesize=0&page=two",
            [
                "yearGroup: is not a filter or option of Students (did you mean yearGroupId?)",
                "colour: is not a filter or option of Students (known: ",
                "page: two is not a whole number",
                "pagesize: 0 is out of range (give a whole number from 1 to 100011)",
            ],
        ),
        (
            "AttendanceForDateRange?DateFrom=2026-02-30&sessionType=noon",
            [
                "DateFrom: 2026-02-30 is not a date (use yyyy-MM-dd, such as 2026-09-01)",
                "DateTo: is required (give DateTo, such as DateTo=2026-09-01)",
                "sessionType: noon is not a valid value (known: AM, PM)",
            ],
        ),
        (
            "AttendanceForDateRange?DateFrom=2026-11-20&DateTo=2026-11-02",
            ["DateFrom: 2026-11-20 is after DateTo 2026-11-02 (swap them)"],
        ),
        (
            "Students?options=includePhoto,includeleavers,nonsense&includePhotos=perhaps",
            [
                "includePhotos: perhaps is not true or false (use true or false)",
                "options: includePhoto is not an option of Students (did you mean includePhotos?)",
                "options: nonsense is not an option of Students (known: ",
            ],
        ),
        (
            "Students?select=Surnam,Id as x,Forename as x,Staff.Id,Id as a'b",
            [
                "select: Surnam is not a column of Students (did you mean Surname?)",
                "select: Staff is not a table of Students (",
                "select: a'b cannot name a column (use letters, digits, spaces and _ . -)",
                "select: x is the name of two columns of Students (rename one with as)",
            ],
        ),
        ("Students?id=1&ID=2", ["ID: is given twice (give it once)"]),
        ("Students/1?id=2", ["id: differs between the path and the query (give it once)"]),
        ("Counts/1", ["path: Counts does not take an id"]),
        ("Students?page=0", ["page: 0 is out of range (give a whole number of at least 1)"]),
    ],
)
def test_everything_that_is_wrong_is_told_at_once_with_how_to_mend_it(
    target: Hub, token: str, asked: str, told: list[str]
) -> None:
    kind, message = failed(target, f"{SCHOOL}/{quote(asked, safe='?&=,/')}", token)
    assert kind == "InvalidRequest"
    assert message.count("; ") == len(told) - 1
    for one in told:
        assert one in message


@pytest.mark.parametrize(
    ("path", "kind", "told"),
    [
        (f"{SCHOOL}/Studnets", "NotFound", "path: Studnets is not an endpoint (did you mean Students?)"),
        ("/api/v1/TokenDetial", "NotFound", "path: is unknown (did you mean tokendetails?)"),
        (
            f"/api/v1/School/{BRAMBLESIDE}/Students",
            "SchoolNotGranted",
            "estab: is not the school that the token is for",
        ),
        ("/api/v1/School/' OR 1=1/Students", "SchoolNotGranted", "estab: is not the school that the token is for"),
        (f"{SCHOOL}/Students?changedRows={'0' * 32}", "UnknownChangeSet", "changedRows: is not a value that this"),
        (f"{SCHOOL}/Students?x=%ff", "InvalidRequest", "query: is not a list of name=value in UTF-8"),
        (f"{SCHOOL}/Students?" + "a=1&" * 300, "InvalidRequest", "query: is not a list of name=value in UTF-8"),
    ],
)
def test_what_is_not_there_gets_a_hint_and_its_status(target: Hub, token: str, path: str, kind: str, told: str) -> None:
    found, message = failed(target, path.replace(" ", "%20"), token)
    assert found == kind
    assert message.startswith(told)


# ---- paths and methods


@pytest.mark.parametrize(
    "path",
    [
        f"/api/v1//School/{BRAMBLESIDE}//SchoolInfo",
        f"/api/v1/School/{BRAMBLESIDE}/../{THORNFIELD}/SchoolInfo",
        f"/api/v1/School/{THORNFIELD}/../{BRAMBLESIDE}/SchoolInfo",
        f"/api/v1/School/{THORNFIELD}/%2e%2e/{BRAMBLESIDE}/SchoolInfo",
        f"/api/v1/School/{THORNFIELD}%2f..%2f{BRAMBLESIDE}/SchoolInfo",
        f"/api/v1/School/{BRAMBLESIDE}%00/SchoolInfo",
        f"/api/v1/School/{THORNFIELD}%00{BRAMBLESIDE}/SchoolInfo",
        f"/api/v1/School/{THORNFIELD}/{BRAMBLESIDE}/SchoolInfo/x/y",
        "/api/v1/School/",
        "/api/v1/",
        "/api/v1/School/%E2%80%AE/SchoolInfo",
        f"/api/v1/School/0{THORNFIELD}/SchoolInfo",
        f"/api/v1/School/{THORNFIELD}%20/SchoolInfo",
    ],
)
def test_no_trick_with_a_path_leads_to_another_school(target: Hub, token: str, path: str) -> None:
    failed(target, path, token)
    assert "Brambleside" not in target.get(path, token).body.decode()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW", "get"])
@pytest.mark.parametrize("path", [f"{SCHOOL}/Students", "/api/v1/TokenDetails", "/api/v1/nothing"])
def test_another_method_is_refused_and_named(target: Hub, token: str, method: str, path: str) -> None:
    answer = target.ask(method, f"{path}?httpstatuscodes=true", token, b'{"Surname": "x"}')
    assert (answer.status, proper(answer)["ExceptionMessage"]) == (
        405,
        f"method: {method} is not allowed here (use GET)",
    )


def test_a_table_that_is_dropped_in_vain_is_still_there(small_folder: Path, tmp_path: Path) -> None:
    """The check at the end of this module can fail: it sees a single field that has changed."""
    shutil.copytree(small_folder, tmp_path / "hub")
    with Store(tmp_path / "hub") as store:
        before = contents(store)
        with changing(store) as db:
            db.execute("UPDATE person SET surname = 'x' WHERE id = (SELECT min(id) FROM person)")
        assert contents(store) != before
