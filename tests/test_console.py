"""The front page, and what is served nowhere."""

from __future__ import annotations

import re

from .hub import Hub


def test_the_front_page_says_what_is_served_and_how_to_ask(hub: Hub) -> None:
    answer = hub.get("/", host="rollbook.example:8000")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    page = answer.body.decode()
    assert "POST /api/oauth/GetToken" in page
    assert "http://rollbook.example:8000/api/v1/School/ESTAB/Students" in page


def test_a_hostile_host_is_only_text_on_the_page(hub: Hub) -> None:
    page = hub.get("/", host='"><script>alert(1)</script>').body.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_other_paths_are_not_found(hub: Hub) -> None:
    answer = hub.get("/nowhere")
    assert (answer.status, answer.json) == (
        404,
        {"error": "path: nothing is served here (the front page at / lists what is)"},
    )


def test_every_address_that_the_front_page_leads_to_answers(hub: Hub) -> None:
    page = hub.get("/").body.decode()
    links = re.findall(r'href="([^"]+)"', page)
    assert len(links) == 3
    assert {link: hub.get(link).status for link in links} == dict.fromkeys(links, 200)


def test_the_front_page_is_only_read(hub: Hub) -> None:
    assert hub.post("/", {}).status == 405
