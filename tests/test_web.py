"""Reading services over HTTP: whatever they do, what is read is whole and right, or nothing is."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rollbook.errors import Malformed, Unavailable
from rollbook.ingest.rows import Request
from rollbook.ingest.web import (
    Auth,
    Bearer,
    ClientCredentials,
    Cursor,
    JwtExchange,
    KeyHeader,
    Listing,
    NextUrl,
    Numbered,
    OAuth1,
    Offset,
    Service,
    Session,
    fetch,
    service_of,
)
from tests.services import Asked, Reply, serving

PEOPLE = [{"id": f"p{n}", "name": f"Person {n}"} for n in range(7)]
LISTING = Listing("people", ("people",), Offset(3))


def page(asked: Asked, rows: list[dict[str, str]] = PEOPLE) -> Reply:
    """A page by offset, with the number of all rows."""
    begin = int(asked.params["offset"])
    part = rows[begin : begin + int(asked.params["limit"])]
    return Reply({"people": part}, headers={"X-Total-Count": str(len(rows))})


@dataclass
class Reader:
    """A service that was read, with what is on record, and how long was waited."""

    noted: list[Request] = field(default_factory=list[Request])
    waited: list[float] = field(default_factory=list[float])

    def read(
        self,
        answers: Callable[[Asked], Reply],
        listing: Listing = LISTING,
        folder: Path | None = None,
        auth: Callable[[str], Auth] | None = None,
        **limits: Any,
    ) -> list[dict[str, Any]] | None:
        with serving(answers) as served:
            # An address that is the same for each reading, as a provider's is.
            service = Service(served.address.replace("127.0.0.1", "localhost"), **limits)
            made = auth(served.address) if auth else None
            with Session(service, made, self.noted.append, sleep=self.waited.append) as session:
                return fetch(session, listing, folder)


def refusal(answers: Callable[[Asked], Reply], listing: Listing = LISTING, **limits: Any) -> str:
    with pytest.raises(Malformed) as raised:
        Reader().read(answers, listing, **limits)
    return str(raised.value)


# ---- pages


def test_a_list_is_read_page_by_page_and_each_request_is_on_record() -> None:
    reader = Reader()
    assert reader.read(page) == PEOPLE
    said = [(one.method, one.address.partition("/people")[2], one.status, one.rows) for one in reader.noted]
    assert said == [
        ("GET", "?limit=3&offset=0", 200, 3),
        ("GET", "?limit=3&offset=3", 200, 3),
        ("GET", "?limit=3&offset=6", 200, 1),
    ]


def test_a_service_that_caps_its_pages_and_says_nothing_is_read_to_the_end() -> None:
    def capped(asked: Asked) -> Reply:
        begin = int(asked.params["offset"])
        return Reply({"people": PEOPLE[begin : begin + 2]})

    assert Reader().read(capped) == PEOPLE


def test_pages_are_followed_by_number_cursor_and_the_address_of_the_next_one() -> None:
    def served(asked: Asked) -> Reply:
        begin = 3 * (int(asked.params.get("page", 1)) - 1) if "page" in asked.params else int(asked.params.get("at", 0))
        after = begin + 3 if begin + 3 < len(PEOPLE) else None
        link = {"Link": f'<{asked.url.partition("?")[0]}?at={after}>; rel="next"'} if after else {}
        url = f"http://elsewhere.invalid/people?at={after}".replace("elsewhere.invalid", "localhost") if after else None
        body = {"people": PEOPLE[begin : begin + 3], "cursor": after, "links": [{"rel": "next", "uri": url}]}
        return Reply({**body, "next": url}, headers=link)

    for pages in (Numbered(3), Cursor("at", "cursor"), NextUrl("next"), NextUrl("links"), NextUrl()):
        assert Reader().read(served, Listing("people", ("people",), pages)) == PEOPLE, pages


def test_a_page_that_comes_twice_is_an_error() -> None:
    again = refusal(lambda asked: Reply({"people": PEOPLE[:3]}, headers={"X-Total-Count": "7"}))
    assert "gives a page again that it gave before" in again


def test_rows_that_are_fewer_than_the_total_are_an_error() -> None:
    with pytest.raises(Unavailable, match="says that it has 9 rows and gave 7"):
        Reader().read(lambda asked: Reply(page(asked).body, headers={"X-Total-Count": "9"}))


def test_rows_are_compared_with_a_count_that_the_service_keeps_beside_its_pages() -> None:
    def served(asked: Asked) -> Reply:
        if asked.path == "/people/count":
            return Reply({"resource": {"count": 8}})
        begin = 3 * (int(asked.params["page"]) - 1)
        return Reply({"people": PEOPLE[begin : begin + 3]})

    listing = Listing("people", ("people",), Numbered(3), count="people/count resource.count")
    with pytest.raises(Unavailable, match="says that it has 8 rows and gave 7"):
        Reader().read(served, listing)


def test_a_list_that_counts_no_rows_is_not_asked_for_its_pages() -> None:
    reader = Reader()
    listing = Listing("people", ("people",), Numbered(3), count="people/count count")
    assert reader.read(lambda asked: Reply({"count": 0}), listing) == []
    assert [one.address.rpartition("/")[2] for one in reader.noted] == ["count"]


def test_a_lone_row_may_come_without_a_list_around_it() -> None:
    listing = Listing("people", ("people.person",), lone=True)
    assert Reader().read(lambda asked: Reply({"people": {"person": PEOPLE[0]}}), listing) == PEOPLE[:1]
    assert Reader().read(lambda asked: Reply({"people": {"person": PEOPLE}}), listing) == PEOPLE
    assert "which its rows would be in" in refusal(lambda asked: Reply({"people": "none"}), listing)


# ---- what is no list


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply({}), "has no 'people', which its rows would be in"),
        (Reply({"people": None, "error": {"code": "server_busy"}}), "would be in: server_busy"),
        (Reply({"people": ["p1"]}), "holds something else than rows"),
        (Reply(b"<html>Sign in", headers={"Content-Type": "text/html"}), "a page to sign in"),
        (Reply(b"<!DOCTYPE html>"), "a page to sign in"),
        (Reply(status=302, headers={"Location": "https://login.example.org/"}), "another host, login.example.org"),
        (Reply({"error": "invalid_token"}, 401), "does not accept the credentials: invalid_token (check them"),
        (Reply({}, 403), "may not be read with these credentials"),
        (Reply({}, 404), "is not there"),
        (Reply({"people": [{"id": "x" * 5000}]}), "is larger than 4,000 bytes"),
        (Reply(b'{"people": [{"id": "p1"}'), "is not whole"),
    ],
)
def test_no_error_is_a_list_without_rows(reply: Reply, said: str) -> None:
    assert said in refusal(lambda _: reply, most_bytes=4000)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 422, 429, 500, 503])
@pytest.mark.parametrize(
    "body",
    [
        {"message": "Fernwhistle was born on 2015-04-13"},
        {"error": "Fernwhistle", "error_description": "2015-04-13"},
        {"errors": [{"code": "Fernwhistle", "detail": "2015-04-13"}]},
        {"imsx_CodeMinor": {"imsx_codeMinorField": [{"imsx_codeMinorFieldValue": "Fernwhistle 2015-04-13"}]}},
        b"<s:Envelope><s:Fault><s:Text xml:lang='en'>Fernwhistle 2015-04-13</s:Text></s:Fault></s:Envelope>",
    ],
)
def test_what_a_service_says_in_its_own_words_is_repeated_nowhere(status: int, body: object) -> None:
    reader = Reader()
    with pytest.raises((Malformed, Unavailable)) as raised:
        reader.read(lambda _: Reply(body, status))
    said = f"{raised.value} {raised.value.problems} {[one.error for one in reader.noted]}"
    assert "Fernwhistle" not in said
    assert "2015" not in said


def test_a_list_that_is_optional_need_not_be_served() -> None:
    listing = Listing("people", ("people",), Offset(3), optional=True)
    assert Reader().read(lambda _: Reply({}, 404), listing) is None
    assert "credentials" in refusal(lambda _: Reply({}, 403), listing)


def test_redirects_within_the_service_are_followed() -> None:
    def moved(asked: Asked) -> Reply:
        if asked.path == "/people":
            return Reply(status=308, headers={"Location": asked.url.replace("/people", "/v2/people")})
        return page(asked)

    assert Reader().read(moved) == PEOPLE


# ---- again


class Failing:
    """A service that fails at some of its requests, by their number."""

    def __init__(self, fails: Mapping[int, Reply]) -> None:
        self.fails = fails
        self.count = 0

    def __call__(self, asked: Asked) -> Reply:
        self.count += 1
        return self.fails.get(self.count) or page(asked)


def test_what_is_throttled_waits_as_long_as_it_is_asked() -> None:
    reader = Reader()
    day = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 90))
    fails = {2: Reply({}, 429, {"Retry-After": "7"}), 4: Reply({}, 503, {"Retry-After": day}), 5: Reply({}, 500)}
    assert reader.read(Failing(fails)) == PEOPLE
    assert [round(wait) for wait in reader.waited[:1]] == [7]
    assert 30 < reader.waited[1] <= 90
    assert 0 < reader.waited[2] <= 2
    assert [one.status for one in reader.noted] == [200, 429, 200, 503, 500, 200]


def test_a_wait_beyond_the_deadline_is_not_waited() -> None:
    reader = Reader()
    with pytest.raises(Unavailable, match="asks to wait 7,200 seconds, and the time for a reading is over"):
        reader.read(Failing({2: Reply({}, 429, {"Retry-After": "7200"})}), deadline=3600.0)
    assert reader.waited == []


def test_an_answer_that_is_cut_short_is_asked_for_again() -> None:
    reader = Reader()
    assert reader.read(Failing({2: Reply({"people": PEOPLE}, cut=9), 4: Reply(b'{"people": [{"id"')})) == PEOPLE
    assert [one.error for one in reader.noted] == [
        "",
        "broke off its answer",
        "",
        "is not whole: the JSON ends or breaks before its end",
        "",
    ]


def test_no_more_requests_are_sent_in_a_second_than_is_set() -> None:
    reader = Reader()
    reader.read(page, per_second=0.01)
    assert [wait > 90 for wait in reader.waited if wait] == [True, True]


def test_a_reading_that_was_cut_short_goes_on_after_the_last_page_that_came(tmp_path: Path) -> None:
    down = {n: Reply({}, 503) for n in range(2, 8)}
    served = Failing(down)
    with serving(served) as up, Session(Service(up.address), sleep=lambda _: None) as session:
        with pytest.raises(Unavailable):
            fetch(session, LISTING, tmp_path)
        up.asked.clear()
        assert fetch(session, LISTING, tmp_path) == PEOPLE
        assert [one.params["offset"] for one in up.asked] == ["3", "6"]


def test_pages_that_cannot_be_believed_are_not_gone_on_from(tmp_path: Path) -> None:
    with pytest.raises(Malformed):
        Reader().read(Failing({2: Reply({})}), folder=tmp_path)
    assert [*tmp_path.iterdir()] == []


# ---- who calls


def test_a_token_is_fetched_and_renewed_when_it_has_expired() -> None:
    tokens = iter(f"token-{n}" for n in range(1, 9))
    valid: list[str] = []

    def guarded(asked: Asked) -> Reply:
        if asked.path == "/token":
            valid[:] = [next(tokens)]
            form = asked.body.decode()
            known = asked.headers["authorization"] == f"Basic {base64.b64encode(b'us:pass%3Aword').decode()}"
            assert known
            assert form == "grant_type=client_credentials&scope=read+write"
            return Reply({"access_token": valid[0], "token_type": "bearer", "expires_in": 3600})
        if asked.headers["authorization"] != f"Bearer {valid[0]}":
            return Reply({}, 401)
        # Each token is good for one page.
        valid[:] = ["spent"]
        return page(asked)

    reader = Reader()

    def auth(home: str) -> Auth:
        return ClientCredentials(f"{home}/token", "us", "pass:word", ("read", "write"))

    assert reader.read(guarded, auth=auth) == PEOPLE
    assert [one.status for one in reader.noted] == [200, 200, 401, 200, 200, 401, 200, 200]
    assert "pass" not in repr(reader.noted)
    assert "pass" not in repr(auth("http://localhost"))


def test_a_token_that_is_refused_twice_is_refused() -> None:
    def guarded(asked: Asked) -> Reply:
        return Reply({"access_token": "t"}) if asked.path == "/token" else Reply({}, 401)

    with pytest.raises(Malformed, match="does not accept the credentials"):
        Reader().read(guarded, auth=lambda home: ClientCredentials(f"{home}/token", "us", "s"))


def test_an_answer_without_a_token_is_an_error() -> None:
    with pytest.raises(Malformed, match="answered without a token"):
        Reader().read(lambda _: Reply({}), auth=lambda home: ClientCredentials(f"{home}/token", "us", "s"))


def test_a_key_is_exchanged_for_a_token_whose_text_is_the_answer() -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": time.time() + 300}).encode()).decode().rstrip("=")

    def guarded(asked: Asked) -> Reply:
        if asked.path == "/auth":
            assert asked.headers["authorization"] == "Bearer key"
            return Reply(f"e30.{claims}.s".encode(), headers={"Content-Type": "text/plain"})
        assert asked.headers["authorization"] == f"Bearer e30.{claims}.s"
        return page(asked)

    reader = Reader()
    assert reader.read(guarded, auth=lambda home: JwtExchange(f"{home}/auth", "key")) == PEOPLE
    assert [one.method for one in reader.noted] == ["POST", "GET", "GET", "GET"]


@pytest.mark.parametrize(
    ("auth", "name", "value"),
    [(Bearer("b"), "authorization", "Bearer b"), (KeyHeader("AERIES-CERT", "k"), "aeries-cert", "k")],
)
def test_tokens_and_keys_that_were_handed_over_are_sent(auth: Auth, name: str, value: str) -> None:
    def guarded(asked: Asked) -> Reply:
        assert asked.headers[name] == value
        return page(asked)

    assert Reader().read(guarded, auth=lambda _: auth) == PEOPLE


def test_a_signature_is_that_of_the_specification(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of RFC 5849 has a token; this one has none, and was worked out by another program (oauthlib)."""
    import httpx

    monkeypatch.setattr("rollbook.ingest.web.auth.secrets.token_hex", lambda _: "kllo9940pd9333jh")  # pyright: ignore
    monkeypatch.setattr("rollbook.ingest.web.auth.time.time", lambda: 1191242096)
    url = "https://photos.example.net/ims/oneroster/v1p1/users?filter=status%3D%27active%27&limit=2&offset=0"
    for method, signature in SIGNATURES.items():
        request = httpx.Request("GET", url)
        OAuth1("dpf43f3p2l4k3l03", "kd94hf93k423kf44", method).sign(request)
        assert f'oauth_signature="{signature}"' in request.headers["authorization"]


def test_a_signature_with_a_token_is_the_example_of_the_specification(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of OAuth Core 1.0, appendix A.5."""
    import httpx

    monkeypatch.setattr("rollbook.ingest.web.auth.secrets.token_hex", lambda _: "kllo9940pd9333jh")  # pyright: ignore
    monkeypatch.setattr("rollbook.ingest.web.auth.time.time", lambda: 1191242096)
    request = httpx.Request("GET", "http://photos.example.net/photos?file=vacation.jpg&size=original")
    token = ("nnch734d00sl2jdk", "pfkkdhi9sl3r4s00")
    OAuth1("dpf43f3p2l4k3l03", "kd94hf93k423kf44", "HMAC-SHA1", *token).sign(request)
    assert 'oauth_signature="tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D"' in request.headers["authorization"]


SIGNATURES = {
    "HMAC-SHA1": "cUk4wuF0tz8ryHS6CoGySk3wIW4%3D",
    "HMAC-SHA256": "bUSHsnB6QPxrIvWBF2N2t03rEC6ID64aGFKZ20Obeig%3D",
}


# ---- settings


def test_settings_say_how_a_service_is_reached() -> None:
    said = {"address": "https://sis.example.org/api", "proxy": "http://proxy:3128", "per-second": "2", "hours": "0.5"}
    service = service_of(said, per_second=5.0, timeout=9.0)
    assert (service.per_second, service.deadline, service.timeout, service.proxy) == (2.0, 1800.0, 9.0, said["proxy"])
    for wrong in ({"per-second": "many"}, {"address": "http://sis.example.org"}, {"address": "sis"}):
        with pytest.raises(Malformed):
            service_of({**said, **wrong})


def test_a_service_is_reached_through_the_proxy_that_is_set() -> None:
    with serving(lambda asked: page(asked)) as proxy:
        service = Service("http://localhost:9/api", proxy=proxy.address, proxy_user="us:pass")
        with Session(service) as session:
            assert fetch(session, LISTING) == PEOPLE
    assert proxy.asked[0].headers["proxy-authorization"] == f"Basic {base64.b64encode(b'us:pass').decode()}"
