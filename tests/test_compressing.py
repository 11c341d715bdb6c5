"""Answers in gzip for who asks for it, and what is said of every answer."""

from __future__ import annotations

import gzip

import pytest

from .hub import THORNFIELD, Hub
from .test_aside import together

SCHOOL = f"/api/v1/School/{THORNFIELD}"


@pytest.mark.parametrize(
    "path",
    [
        f"{SCHOOL}/Students",
        f"{SCHOOL}/Groups",
        f"{SCHOOL}/AttendanceForDateRange?DateFrom=2026-11-16&DateTo=2026-11-20",
    ],
)
def test_an_answer_is_smaller_in_gzip_and_says_the_same(small_hub: Hub, path: str) -> None:
    token = small_hub.token()
    plain = small_hub.get(path, token)
    for _ in range(2):  # worked out, then from memory
        packed = small_hub.get(path, token, accept_encoding="br;q=1.0, gzip;q=0.8, *;q=0.1")
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["vary"] == "accept-encoding"
        assert gzip.decompress(packed.body) == plain.body
        assert len(packed.body) < len(plain.body) / 2
    again = small_hub.get(path, token)
    assert ("content-encoding" in again.headers, again.body) == (False, plain.body)


@pytest.mark.parametrize("asked", ["", "br", "gzip;q=0", "identity"])
def test_who_does_not_ask_for_gzip_gets_none(small_hub: Hub, asked: str) -> None:
    answer = small_hub.get(f"{SCHOOL}/Students", small_hub.token(), accept_encoding=asked)
    assert "content-encoding" not in answer.headers
    assert answer.json["Students"]


def test_pages_with_forms_are_not_compressed_and_short_answers_neither(small_hub: Hub) -> None:
    page = small_hub.get("/", accept="text/html", accept_encoding="gzip")
    short = small_hub.get("/api/v1/TokenDetails", small_hub.token(["School"]), accept_encoding="gzip")
    assert len(page.body) > 1400
    assert ("content-encoding" in page.headers, "content-encoding" in short.headers) == (False, False)


@pytest.mark.parametrize(
    "path",
    ["/", "/nowhere", f"{SCHOOL}/Students", "/edfi/data/v3/ed-fi/students", "/edfi/metadata", "/api/v2/graph/people",
     "/api/private/stem/cohort/", "/agent/v1/hello", "/authorise/x", "/api/up", "/reference/"],
)  # fmt: skip
def test_no_browser_may_guess_at_what_an_answer_is(small_hub: Hub, path: str) -> None:
    for method in ("GET", "HEAD", "POST", "DELETE"):
        for token in (None, small_hub.token()):
            answer = small_hub.ask(method, path, token)
            assert answer.headers["x-content-type-options"] == "nosniff", (method, answer.status)


def test_answers_that_are_given_again_at_once_are_the_same(small_hub: Hub) -> None:
    token = small_hub.token()
    one = ("GET", f"{SCHOOL}/Students", b"", {"authorization": f"Idaas {token}", "accept-encoding": "gzip"})
    assert len({a.body for a in together(small_hub, *[one] * 12)}) == 1
