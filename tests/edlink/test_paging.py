"""Paging: `$first`, `$last`, `$after`, `$before`, and `$next` with a cursor that remembers what was asked."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from rollbook.dialects.edlink.catalogue import RESOURCES
from rollbook.model.attendance import Mark
from rollbook.model.calendar import Session
from rollbook.model.people import Person

from ..hub import Hub
from .vendor import ALL, Row, Vendor, having

LONG = ["sessions", "courses", "people", "classes", "enrollments", "agents"]


def flat(pages: list[list[Row]]) -> list[Row]:
    """The things of all pages."""
    return [row for page in pages for row in page]


@pytest.mark.parametrize("name", RESOURCES)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_the_pages_of_a_list_are_the_whole_list(vendor: Vendor, name: str, size: int):
    whole = vendor.rows(name)[: 40 if size == 1 else ALL]
    chosen = {"filter": having("id", "in", ",".join(r["id"] for r in whole))} if size == 1 and len(whole) == 40 else {}
    pages = vendor.follow(name, first=size, **chosen)
    assert flat(pages) == whole
    assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)
    assert pages[-1]


@pytest.mark.parametrize("name", LONG)
def test_backwards_the_pages_are_the_list_from_its_end(vendor: Vendor, name: str):
    assert flat(vendor.follow(name, last=9)) == vendor.rows(name)[::-1]


@pytest.mark.parametrize("name", LONG)
def test_after_and_before_lead_on_from_any_thing_in_the_list(vendor: Vendor, name: str):
    whole = vendor.rows(name)
    at = len(whole) // 2
    middle = whole[at]["id"]
    assert vendor.body(name, first=5, after=middle)["$data"] == whole[at + 1 : at + 6]
    assert vendor.body(name, last=5, before=middle)["$data"] == whole[at - 5 : at][::-1]
    assert vendor.body(name, first=5, before=middle)["$data"] == whole[:at][:5]
    assert vendor.body(name, last=5, after=middle)["$data"] == whole[at + 1 :][::-1][:5]
    between = vendor.rows(name, after=whole[at - 3]["id"], before=whole[at + 3]["id"])
    assert between == whole[at - 2 : at + 3]


def test_before_alone_gives_what_stands_just_before(vendor: Vendor):
    whole = vendor.rows("sessions")
    assert vendor.body("sessions", before=whole[3]["id"])["$data"] == whole[:3][::-1]


def test_a_page_has_a_hundred_things_when_nothing_is_said(vendor: Vendor):
    body = vendor.body("enrollments")
    assert len(body["$data"]) == 100
    assert flat(vendor.follow("enrollments")) == vendor.rows("enrollments")


def test_the_last_page_leads_nowhere(vendor: Vendor):
    count = len(vendor.rows("sessions"))
    assert "$next" in vendor.body("sessions", first=count - 1)
    assert "$next" not in vendor.body("sessions", first=count)
    assert "$next" not in vendor.body("sessions", last=count)


def test_a_place_need_not_be_a_thing_that_is_there(vendor: Vendor):
    assert vendor.ids("people", after="00000000-0000-4000-8000-000000000000") == vendor.ids("people")
    assert vendor.rows("people", after="ffffffff-ffff-4fff-bfff-ffffffffffff") == []


def test_things_that_come_between_two_pages_neither_repeat_nor_hide_others(writer: Vendor):
    whole = writer.ids("sessions")
    first = writer.body("sessions", first=6)
    with writer.hub.store.write(1) as batch:
        batch.remove(Session, whole[2])
        (made,) = batch.add(Session, [{"name": "Extra", "id": "00000000-0000-4000-8000-000000000001"}])
    rest = writer.get(first["$next"]).json["$data"]
    assert [r["id"] for r in (*first["$data"], *rest)] == whole[:12]
    assert made not in [r["id"] for r in rest]


# ---- cursors


def cursor(address: str) -> str:
    """The cursor in the address of a next page."""
    (found,) = parse_qs(urlsplit(address).query)["$cursor"]
    return found


def opened(text: str) -> Any:
    """What a cursor holds."""
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def closed(held: Any) -> str:
    """A cursor that holds something else."""
    return base64.urlsafe_b64encode(json.dumps(held).encode()).rstrip(b"=").decode()


def test_the_address_of_the_next_page_is_whole_and_holds_nothing_but_a_cursor(vendor: Vendor):
    address: str = vendor.body("people", first=2)["$next"]
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.path) == ("http", "hub.example.org", "/api/v2/graph/people")
    assert list(parse_qs(parts.query)) == ["$cursor"]


def test_through_a_proxy_the_next_page_is_where_the_client_looks_for_edlink(vendor: Vendor):
    answer = vendor.hub.get(
        "/api/v2/graph/people?$first=2", None, authorization=f"Bearer {vendor.token}", host="ed.link"
    )
    assert answer.json["$next"].startswith("https://ed.link/api/v2/graph/people?$cursor=")


def test_a_request_in_absolute_form_is_answered(vendor: Vendor):
    address = "https://ed.link/api/v2/graph/schools"
    answer = vendor.hub.get(address, None, authorization=f"Bearer {vendor.token}", host="ed.link")
    assert [s["id"] for s in answer.json["$data"]] == vendor.ids("schools")


def test_a_cursor_remembers_everything_that_was_asked(vendor: Vendor):
    asked: dict[str, Any] = {
        "filter": having("role", "equals", "student"),
        "fields": "id,role,person_id",
        "expand": "person",
    }
    whole = vendor.rows("enrollments", **asked)
    assert flat(vendor.follow("enrollments", first=150, **asked)) == whole
    assert {tuple(r) for r in whole} == {("id", "role", "person_id", "person")}
    assert {r["role"] for r in whole} == {"student"}


def test_what_is_said_beside_a_cursor_is_ignored_with_a_warning(vendor: Vendor):
    text = cursor(vendor.body("people", first=3)["$next"])
    plain = vendor.body("people", cursor=text)
    more = vendor.body("people", cursor=text, first=50, after=vendor.school(), filter="{", fields="id")
    assert more["$data"] == plain["$data"]
    assert [w["code"] for w in more["$warnings"]] == ["PAGING_IGNORED"] * 4
    assert [w["message"].split()[0] for w in more["$warnings"]] == ["$after", "$fields", "$filter", "$first"]
    assert "$warnings" not in plain


def test_a_cursor_of_one_address_does_not_fit_another(vendor: Vendor):
    text = cursor(vendor.body("people", first=3)["$next"])
    assert vendor.refusal("schools", cursor=text)[0] == (
        "INVALID_CURSOR",
        "$cursor: belongs to another address (begin with the first page again)",
    )


def test_a_cursor_may_be_used_for_two_hours(small_hub: Hub):
    vendor = Vendor(small_hub)
    address = vendor.body("people", first=3)["$next"]
    small_hub.now += 7199
    assert vendor.get(address).status == 200
    small_hub.now += 1
    assert vendor.get(address).json["$errors"] == [
        {
            "code": "INVALID_CURSOR",
            "message": "$cursor: is older than two hours (begin with the first page again)",
        }
    ]


def test_an_answer_that_is_kept_never_leads_to_a_cursor_that_has_aged(small_hub: Hub):
    vendor = Vendor(small_hub)
    first = vendor.body("people", first=3)["$next"]
    small_hub.now += 899
    assert vendor.body("people", first=3)["$next"] == first
    small_hub.now += 1
    assert vendor.body("people", first=3)["$next"] != first


def test_a_list_is_answered_from_memory_until_the_roster_changes(writer: Vendor):
    def request() -> str:
        return writer.body("people", first=3)["$request"]

    first = request()
    assert request() == first
    student, person = writer.role("student", "9919")
    with writer.hub.store.write(1) as batch:
        batch.add(Mark, [{"school": writer.school(), "student": student, "date": "2026-11-20", "mark": "/"}])
    assert request() == first
    with writer.hub.store.write(1) as batch:
        batch.change(Person, person, {"surname": "Quill"})
    assert request() != first


WRONG = ["", "x", "é", "W10", "bnVsbA", "e30", "W1siYSJdXQ", "=" * 10, "A" * 70_000, closed([["a"]] * 3)]


@pytest.mark.parametrize("text", [w for w in WRONG if w])
def test_a_cursor_that_nobody_made_is_refused(vendor: Vendor, text: str):
    ((code, _),) = vendor.refusal("people", cursor=text)
    assert code == "INVALID_CURSOR"


def test_a_cursor_that_was_tampered_with_is_read_like_any_request(vendor: Vendor):
    path, _, until = opened(cursor(vendor.body("people", first=3)["$next"]))
    tampered = closed([path, [["$filter", "{"], ["$first", "0"], ["$colour", "red"]], until])
    assert [code for code, _ in vendor.refusal("people", cursor=tampered)] == [
        "INVALID_PARAMETER",
        "INVALID_PAGE_SIZE",
        "INVALID_FILTER",
    ]
    again = closed([path, [["$cursor", tampered], ["$first", "2"]], until])
    assert len(vendor.body("people", cursor=again)["$data"]) == 2


# ---- what is wrong


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"first": 0}, ["INVALID_PAGE_SIZE"]),
        ({"first": 10_001}, ["INVALID_PAGE_SIZE"]),
        ({"first": "-1"}, ["INVALID_PAGE_SIZE"]),
        ({"first": "two"}, ["INVALID_PAGE_SIZE"]),
        ({"first": ""}, ["INVALID_PAGE_SIZE"]),
        ({"first": "\uff11"}, ["INVALID_PAGE_SIZE"]),
        ({"last": "1e3"}, ["INVALID_PAGE_SIZE"]),
        ({"first": 1, "last": 1}, ["INVALID_PAGE_SIZE"]),
        ({"after": "9919"}, ["INVALID_UUID"]),
        ({"before": "x", "after": "y"}, ["INVALID_UUID", "INVALID_UUID"]),
        ({"colour": "red"}, ["INVALID_PARAMETER"]),
        ({"First": "1"}, ["INVALID_PARAMETER"]),
        (
            {"first": 0, "after": "x", "filter": "{", "colour": 1},
            ["INVALID_PARAMETER", "INVALID_PAGE_SIZE", "INVALID_UUID", "INVALID_FILTER"],
        ),
    ],
)
def test_everything_that_is_wrong_with_a_page_is_told_at_once(vendor: Vendor, said: dict[str, Any], told: list[str]):
    assert [code for code, _ in vendor.refusal("people", **said)] == told


def test_a_parameter_is_given_once(vendor: Vendor):
    answer = vendor.get("/api/v2/graph/people?$first=1&$first=2")
    assert answer.json["$errors"][0]["message"] == "$first: is given twice (give it once)"


def test_what_has_no_dollar_is_ignored(vendor: Vendor):
    answer = vendor.get("/api/v2/graph/schools?limit=1&first=1&filter={&")
    assert answer.json["$data"] == vendor.rows("schools")
    assert "$warnings" not in answer.json


def test_what_belongs_to_writing_is_accepted(vendor: Vendor):
    assert vendor.rows("schools", properties="a,b", idempotency="x") == vendor.rows("schools")


@pytest.mark.parametrize("said", [{"first": 5}, {"filter": "{}"}, {"after": "x"}, {"cursor": "x"}])
def test_one_thing_is_neither_paged_nor_filtered(vendor: Vendor, said: dict[str, Any]):
    assert [c for c, _ in vendor.refusal(f"schools/{vendor.school()}", **said)] == ["INVALID_PARAMETER"]
