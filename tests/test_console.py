"""The front page, and what is served nowhere."""

from __future__ import annotations

import html
import json
import re
import shlex

import pytest

from rollbook.api.messages import Request
from rollbook.console import Front
from rollbook.console.reference import page
from rollbook.console.reference.apis import APIS
from rollbook.console.reference.operations import operations
from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.dialects.xporter.writeback import OPERATIONS
from rollbook.scopes import CATALOGUE

from .hub import Hub


def test_the_front_page_says_what_is_served_and_how_to_ask(hub: Hub) -> None:
    answer = hub.get("/", host="rollbook.example:8000")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    text = answer.body.decode()
    assert "POST /api/oauth/GetToken" in text
    assert "http://rollbook.example:8000/api/v1/School/ESTAB/Students" in text


def test_a_hostile_host_is_only_text_on_the_page(hub: Hub) -> None:
    answer = hub.get("/", host='"><script>alert(1)</script>')
    assert answer.status == 400
    assert "<script>" not in answer.body.decode()


def test_other_paths_are_not_found(hub: Hub) -> None:
    answer = hub.get("/nowhere")
    assert (answer.status, answer.json) == (
        404,
        {"error": "path: nothing is served here (the front page at / lists what is)"},
    )


def test_every_address_that_the_front_page_leads_to_answers(hub: Hub) -> None:
    # The documentation is there once it was built.
    links = links_of(hub, "/") - {"", "/docs/"}
    assert {f"/reference/{key}" for key in APIS} <= links
    # The console has somebody sign in first.
    assert {link: hub.get(link).status for link in links} == {**dict.fromkeys(links, 200), "/console": 303}


def test_the_front_page_is_only_read(hub: Hub) -> None:
    assert hub.post("/", {}).status == 405


# ---- the reference


def links_of(hub: Hub, path: str) -> set[str]:
    """The addresses that a page leads to, without their fragments."""
    answer = hub.get(path)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8"), path
    return {link.partition("#")[0] for link in re.findall(r'href="([^"]+)"', answer.body.decode())}


def test_the_reference_leads_to_a_page_for_every_endpoint_and_every_scope(hub: Hub) -> None:
    links = links_of(hub, "/reference/xporter")
    assert {f"/reference/xporter/{e.segment}" for e in ENDPOINTS.values()} <= links
    assert {f"/reference/xporter/Writeback{name}" for name in OPERATIONS} <= links
    assert {f"/reference/scopes/{name}" for name in CATALOGUE} | {api.path for api in APIS.values()} <= links_of(
        hub, "/reference"
    )


@pytest.mark.parametrize("key", APIS)
def test_every_operation_of_an_api_has_a_page_that_leads_to_pages(key: str) -> None:
    found = list(operations(key).values())
    # Of the hundreds of lists of words of Ed-Fi one stands for all.
    some = [one for one in found if not one.tag.endswith("Descriptors")] if key != "edfi" else found[:40] + found[-9:]
    for one in some:
        shown = page(one.address, [], "http://hub.example")
        assert f"<code>{one.path}</code>" in shown
        assert ("This changes records" in shown) == (one.writes and not one.open)
        led = {at for at in re.findall(r'href="(/reference/[^"#]+)"', shown) if "." not in at.rpartition("/")[2]}
        assert {at for at in led if not at.startswith(("/reference/scopes/", one.api.path))} == set()
    assert {name for one in found for way in one.ways for name in way} <= {*CATALOGUE}


def test_a_page_of_the_reference_tells_of_each_field_what_shows_it(hub: Hub) -> None:
    text = hub.get("/reference/xporter/students").body.decode()
    row = next(r for r in text.split("<tr") if "<code>UPN</code>" in r)
    assert 'href="/reference/scopes/UPN"' in row
    assert "A01937632542" in row
    edfi = hub.get("/reference/edfi/getstudents").body.decode().partition('data-table="student"')[2]
    edfi = next(r for r in edfi.split("<tr") if "<code>birthCity<" in r)
    assert 'href="/reference/scopes/StudentDemographic"' in edfi


def test_the_page_of_a_scope_lists_what_it_shows_in_every_api(hub: Hub) -> None:
    text = hub.get("/reference/scopes/upn").body.decode()
    assert text == hub.get("/reference/xporter/scopes/UPN").body.decode()
    assert set(re.findall(r"<code>(\w+)</code>", text.partition("<h2>Xporter")[2].partition("<h2>")[0])) == {
        "UPN",
        "FormerUPN",
    }
    assert "<h2>Edlink</h2>" in text


def test_a_page_of_a_write_back_tells_of_its_sections(hub: Hub) -> None:
    text = hub.get("/reference/xporter/writeback/tags").body.decode()
    assert '<span class="method writes">POST</span> <code>/api/v1/Writeback/Tags</code>' in text
    assert "<code>EntityType</code>" in text
    assert "Tags Writeback" in hub.get("/reference/scopes/writebacktags").body.decode()


def test_a_form_shows_the_call_as_one_would_write_it(hub: Hub) -> None:
    text = hub.get(
        "/reference/edfi/getStudents?query.limit=2&query.birthDate=2011-01-01&header.Use-Snapshot=it%27s&token=no",
        host="hub.example",
    ).body.decode()
    shown = [html.unescape(block) for block in re.findall(r"<pre[^>]*>(.*?)</pre>", text, re.S)]
    url = "http://hub.example/edfi/data/v3/ed-fi/students?limit=2&birthDate=2011-01-01"
    assert shlex.split(shown[0].replace("\\\n", "")) == [
        *("curl", "-sS", url, "-H", "Authorization: Bearer $TOKEN", "-H", "Use-Snapshot: it's")
    ]
    assert [url in shown[1], url in shown[2], "EdFiClient" in shown[3]] == [True, True, True]
    compile(shown[1], "shown", "exec")
    # What is no option of the operation is nowhere: a credential in an address would be.
    assert "token=no" not in text


def test_the_search_finds_endpoints_fields_and_scopes_of_every_api(hub: Hub) -> None:
    text = hub.get("/reference/search?q=birthCity").body.decode()
    assert re.search(r'Field</span> <a href="/reference/edfi/getStudents#student">birthCity</a>', text)
    assert ">Scope</span>" in hub.get("/reference/search?q=UPN").body.decode()
    assert "Fetch a list of students" in hub.get("/reference/search?q=list+of+students").body.decode()
    assert "Nothing has all of these words" in hub.get("/reference/search?q=%3Cxyzzy").body.decode()


def test_only_a_demo_offers_its_own_credentials(hub: Hub) -> None:
    assert hub.get("/reference/demo.json").status == 404
    assert 'id="demo"' not in hub.get("/reference/edlink/graph.people").body.decode()
    facts = {
        "xporter": {"estab": "9994001", "relyingParty": "demo", "schoolSecret": "s", "managementSecret": "never"},
        "edfi": {"key": "k", "secret": "s"},
        "edlink": {"token": "t"},
        "oneroster": {"client_id": "c", "client_secret": "s"},
        "research": {"token": "r"},
    }
    front = Front(facts)
    answer = front.handle(Request("GET", "/reference/demo.json", b"", {}))
    assert isinstance(answer.body, bytes)
    assert {*json.loads(answer.body)} == {*APIS}
    assert b"never" not in answer.body
    shown = front.handle(Request("GET", "/reference/xporter/Students", b"", {}))
    assert isinstance(shown.body, bytes)
    assert b'value="9994001"' in shown.body
    assert b'id="demo"' in shown.body


def test_what_pages_load_comes_from_the_hub_alone(hub: Hub) -> None:
    for path, kind in (
        ("/reference/page.css", "text/css; charset=utf-8"),
        ("/reference/try.js", "text/javascript; charset=utf-8"),
        ("/favicon.svg", "image/svg+xml"),
        ("/favicon.ico", "image/svg+xml"),
    ):
        assert (hub.get(path).status, hub.get(path).headers["content-type"]) == (200, kind)
    for path in ("/", "/reference/edlink/graph.people", "/nowhere"):
        answer = hub.get(path, accept="text/html")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script(?! src=)|style=|(?:src|href)=\"(?:https?:)?//", answer.body.decode())


def test_a_page_that_the_reference_does_not_have_is_not_found(hub: Hub) -> None:
    for path, hint in (
        ("Studnts", "did you mean Students?"),
        ("scopes/UPM", "did you mean UPN?"),
        ("a/b/c", "lists them"),
    ):
        answer = hub.get(f"/reference/xporter/{path}")
        assert answer.status == 404
        assert hint in answer.json["error"]
    assert hub.get("/reference/xporters").status == 404
    assert hub.post("/reference/xporter", {}).status == 405
