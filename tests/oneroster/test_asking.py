"""Addresses, pages, filters, orders and fields; and what is wrong with each, all at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from rollbook.dialects.oneroster.catalogue import COLLECTIONS, PATHS

from .platform import ROOT, Platform, Row

Holds = Callable[[Row], bool]


# ---- addresses


@pytest.mark.parametrize("name", COLLECTIONS)
def test_what_is_listed_is_there_by_its_id(platform: Platform, name: str) -> None:
    for row in platform.rows(name)[:3]:
        assert platform.one(f"{name}/{row['sourcedId']}") == row


def of_class(platform: Platform, key: str, role: str) -> set[str]:
    """The users of a class with a role, as its enrolments tell them."""
    where = f"class.sourcedId='{key}' AND role='{role}'"
    return {row["user"]["sourcedId"] for row in platform.rows("enrollments", filter=where)}


def ids(rows: list[Row]) -> set[str]:
    return {row["sourcedId"] for row in rows}


def test_what_an_address_leads_to_is_what_the_whole_lists_say(platform: Platform) -> None:
    classes, users = platform.rows("classes"), {row["sourcedId"]: row for row in platform.rows("users")}
    (school, *_), (one, *_) = platform.rows("schools"), [c for c in classes if c["classType"] == "homeroom"]
    at, key = school["sourcedId"], one["sourcedId"]

    held = {i: [(r["role"], r["org"]["sourcedId"]) for r in u["roles"]] for i, u in users.items()}

    def role(word: str) -> set[str]:
        return {i for i, roles in held.items() if (word, at) in roles}

    # Whoever has left stays enrolled in what they were taught, and is no student any more.
    enrolled_here = ids(platform.rows("students"))
    assert ids(platform.rows(f"classes/{key}/students")) == of_class(platform, key, "student") & enrolled_here
    assert ids(platform.rows(f"classes/{key}/teachers")) == of_class(platform, key, "teacher")
    home = one["school"]["sourcedId"]
    for leads in ("students", "teachers"):
        below = platform.rows(f"schools/{home}/classes/{key}/{leads}")
        assert below == platform.rows(f"classes/{key}/{leads}")
    within = platform.rows(f"schools/{home}/classes/{key}/enrollments")
    assert within == platform.rows("enrollments", filter=f"class.sourcedId='{key}'")
    own = [c for c in classes if c["school"]["sourcedId"] == at]
    assert platform.rows(f"schools/{at}/classes") == own
    students = ids(platform.rows(f"schools/{at}/students"))
    assert students
    assert students <= role("student")
    assert ids(platform.rows(f"schools/{at}/teachers")) & role("teacher")
    enrolled = platform.rows("enrollments", filter=f"school.sourcedId='{at}'")
    assert platform.rows(f"schools/{at}/enrollments") == enrolled
    student = min(of_class(platform, key, "student") & enrolled_here)
    theirs = {row["class"]["sourcedId"] for row in platform.rows("enrollments", filter=f"user.sourcedId='{student}'")}
    assert ids(platform.rows(f"students/{student}/classes")) == theirs == ids(platform.rows(f"users/{student}/classes"))
    for term in platform.rows("terms")[:4]:
        meets = {c["sourcedId"] for c in classes if term["sourcedId"] in {t["sourcedId"] for t in c["terms"]}}
        assert ids(platform.rows(f"terms/{term['sourcedId']}/classes")) == meets
    course = next(c["course"]["sourcedId"] for c in classes if c["course"]["sourcedId"] != c["sourcedId"])
    follow = {c["sourcedId"] for c in classes if c["course"]["sourcedId"] == course}
    assert ids(platform.rows(f"courses/{course}/classes")) == follow
    assert {c["course"]["sourcedId"] for c in own} <= ids(platform.rows(f"schools/{at}/courses"))


NOBODY = "01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f"


def test_what_is_not_there_is_unknown_wherever_it_is_asked_for(platform: Platform) -> None:
    paths = [f"{name}/{NOBODY}" for name in COLLECTIONS] + [path.replace("{id}", NOBODY) for path in PATHS]
    (school, other) = (row["sourcedId"] for row in platform.rows("schools"))
    key = next(c["sourcedId"] for c in platform.rows("classes") if c["school"]["sourcedId"] == school)
    paths += [f"schools/{other}/classes/{key}/students", f"classes/{key}/enrollments"]
    paths += ["users/1", "nothing", "orgs/x/y/z"]
    paths += [f"students/{row['sourcedId']}" for row in platform.rows("teachers")[:1]]
    for path in paths:
        assert platform.codes(path, 404) == ["unknownobject"], path


def test_rosters_are_read_only(platform: Platform) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = platform.ask("users", method)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


# ---- pages


@pytest.mark.parametrize("name", ["orgs", "users", "courses", "enrollments", "terms"])
@pytest.mark.parametrize("order", [{}, {"sort": "dateLastModified"}, {"sort": "dateLastModified", "orderBy": "desc"}])
def test_pages_together_are_the_whole_and_links_lead_through_them(
    platform: Platform, name: str, order: dict[str, str]
) -> None:
    whole = platform.rows(name, **order)
    size = max(len(whole) // 3, 1)
    answer, pages = platform.ask(name, limit=size, **order), list[Row]()
    while True:
        assert answer.headers["x-total-count"] == str(len(whole))
        found: list[tuple[str, str]] = re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers["link"])
        by_rel = {rel: address for address, rel in found}
        pages += next(iter(answer.json.values()))
        if "next" not in by_rel:
            break
        parts = urlsplit(by_rel["next"])
        answer = platform.ask(f"{parts.path}?{parts.query}")
    assert pages == whole
    assert urlsplit(by_rel["last"]).path == f"{ROOT}/{name}"


SORTED = [("users", "familyName"), ("classes", "title"), ("orgs", "name"), ("courses", "title")]


@pytest.mark.parametrize(("name", "by"), SORTED)
def test_lists_are_sorted_by_what_is_asked_for(platform: Platform, name: str, by: str) -> None:
    up = [row.get(by) or "" for row in platform.rows(name, sort=by)]
    assert up == sorted(up)
    assert [row.get(by) or "" for row in platform.rows(name, sort=by, orderBy="desc")] == sorted(up, reverse=True)


# ---- fields and filters


def test_only_the_fields_that_are_asked_for_are_shown(platform: Platform) -> None:
    rows = platform.rows("users", fields="givenName,familyName", sort="email")
    assert {name for row in rows for name in row} == {"givenName", "familyName"}


FILTERS: dict[str, tuple[str, Holds]] = {
    "familyName~'a'": ("users", lambda row: "a" in row["familyName"].lower()),
    "familyName>='M' AND givenName<'M'": ("users", lambda row: row["familyName"] >= "M" and row["givenName"] < "M"),
    "role='teacher' OR role='student'": ("enrollments", lambda row: row["role"] in ("teacher", "student")),
    "role!='student'": ("enrollments", lambda row: row["role"] != "student"),
    "status='active'": ("courses", lambda row: True),
    "status!='active'": ("courses", lambda row: False),
    "status='tobedeleted' OR type='school'": ("orgs", lambda row: row["type"] == "school"),
    "grades~'06'": ("classes", lambda row: "06" in row.get("grades", [])),
    "dateLastModified>='2020-01-01T00:00:00Z'": ("classes", lambda row: True),
    "dateLastModified<'2020-01-01'": ("classes", lambda row: False),
    "sex='female'": ("demographics", lambda row: row.get("sex") == "female"),
    "title='It''s not there'": ("classes", lambda row: False),
    "sourcedId='no id'": ("users", lambda row: False),
}


@pytest.mark.parametrize("said", FILTERS)
def test_a_filter_finds_just_those_for_which_it_holds(platform: Platform, said: str) -> None:
    name, holds = FILTERS[said]
    whole = platform.rows(name)
    assert platform.rows(name, filter=said) == [row for row in whole if holds(row)]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"filter": "familyName"}, "invaliddata"),
        ({"filter": "familyName='a' AND"}, "invaliddata"),
        ({"filter": "familyName='a' AND givenName='b' OR email='c'"}, "invaliddata"),
        ({"filter": "password='a'"}, "invalid_filter_field"),
        ({"filter": "enabledUser>'a'"}, "invalid_filter_field"),
        ({"filter": "dateLastModified>'soon'"}, "invaliddata"),
        ({"fields": "shoeSize"}, "invalid_selection_field"),
        ({"sort": "roles"}, "invaliddata"),
        ({"orderBy": "up"}, "invaliddata"),
        ({"limit": "0"}, "invaliddata"),
        ({"offset": "-1"}, "invaliddata"),
        ({"page": "1"}, "invaliddata"),
    ],
)
def test_what_cannot_be_understood_is_refused(platform: Platform, said: dict[str, str], code: str) -> None:
    assert platform.codes("users", 400, **said) == [code]


def test_everything_that_is_wrong_is_told_at_once(platform: Platform) -> None:
    answer = platform.ask("users", filter="foo='1'", sort="zip", limit="x", fields="nah", orderBy="up", page="1")
    said = answer.json["imsx_description"]
    assert all(f"{name}: " in said for name in ("filter", "sort", "limit", "fields", "orderBy", "page")), said
