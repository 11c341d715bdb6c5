"""The front page, and what is served nowhere."""

from __future__ import annotations

import re

from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.dialects.xporter.writeback import OPERATIONS
from rollbook.scopes import CATALOGUE

from .hub import Hub


def test_the_front_page_says_what_is_served_and_how_to_ask(hub: Hub) -> None:
    answer = hub.get("/", host="rollbook.example:8000")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    page = answer.body.decode()
    assert "POST /api/oauth/GetToken" in page
    assert "http://rollbook.example:8000/api/v1/School/ESTAB/Students" in page


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
    page = hub.get("/").body.decode()
    links = re.findall(r'href="([^"]+)"', page)
    assert len(links) == 7
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
    assert {f"/reference/xporter/scopes/{name}" for name in CATALOGUE} <= links
    assert {f"/reference/xporter/writeback/{name}" for name in OPERATIONS} <= links
    known = links | {"/", "/reference/xporter"}
    for link in sorted(links):
        if link.startswith("/reference/xporter/"):
            assert links_of(hub, link) <= known, link


def test_a_page_of_the_reference_tells_of_each_field_what_shows_it(hub: Hub) -> None:
    page = hub.get("/reference/xporter/students").body.decode()
    row = next(r for r in page.split("<tr>") if "<code>UPN</code>" in r)
    assert 'href="/reference/xporter/scopes/UPN"' in row
    assert "A01937632542" in row


def test_the_page_of_a_scope_lists_what_it_shows(hub: Hub) -> None:
    page = hub.get("/reference/xporter/scopes/upn").body.decode()
    assert set(re.findall(r"<code>(\w+)</code>", page)) == {"UPN", "FormerUPN"}


def test_a_page_of_a_write_back_tells_of_its_sections(hub: Hub) -> None:
    page = hub.get("/reference/xporter/writeback/tags").body.decode()
    assert "POST /api/v1/Writeback/Tags" in page
    assert "<code>EntityType</code>" in page
    assert "Tags Writeback" in hub.get("/reference/xporter/scopes/writebacktags").body.decode()


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
