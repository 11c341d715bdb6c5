"""Paths that lead from one thing to others; each agrees with what the whole lists say."""

from __future__ import annotations

import uuid

import pytest

from rollbook.dialects.edlink.catalogue import PATHS, RESOURCES
from rollbook.model.groups import StaffMembership
from rollbook.model.people import Staff

from .vendor import Row, Vendor, having

DOCUMENTED = {
    "districts": "administrators",
    "schools": "classes courses sessions people administrators teachers students",
    "courses": "classes",
    "classes": "sections enrollments people teachers students",
    "sections": "enrollments people teachers students",
    "people": "enrollments districts schools classes sections agents",
}


def test_every_documented_path_is_there_and_no_other():
    documented = [(name, leads) for name, words in DOCUMENTED.items() for leads in words.split()]
    assert list(PATHS) == documented


OF = {"classes": "class_id", "sections": "section_id"}
"""By what an enrolment is in a thing of some kind; in others it is that of a person."""

Posts = dict[str, dict[str, set[str]]]


def held(vendor: Vendor) -> Posts:
    """Who is a student, teaches, or works at each school."""
    tables = {"students": "student", "teachers": "staff", "administrators": "staff"}
    posts: Posts = {}
    for leads, table in tables.items():
        where = "WHERE is_teacher = 1" if leads == "teachers" else ""
        for school, person in vendor.sql(f"SELECT school, person FROM {table} {where}"):
            posts.setdefault(leads, {}).setdefault(school, set()).add(person)
    return posts


def belongs(name: str, leads: str, one: str, row: Row, people: dict[str, Row], inside: list[Row], posts: Posts) -> bool:
    """Whether a row of a whole list belongs to what a path gives of one thing, whose enrolments are `inside`."""
    match name, leads:
        case "districts", "administrators":
            return "district-administrator" in row["roles"]
        case "schools", "people":
            return one in row["school_ids"]
        case "schools", "students" | "teachers" | "administrators":
            # Who teaches at one school may be a parent at another.
            here = row["id"] in posts[leads].get(one, ())
            return here and one in row["school_ids"] and leads.removesuffix("s") in row["roles"]
        case "schools", _:
            return row["school_id"] in (one, None)
        case "courses", _:
            return row["course_id"] == one
        case "classes", "sections":
            return row["class_id"] == one
        case "classes" | "sections" | "people", "enrollments":
            return row in inside
        case "classes" | "sections", "people":
            return row["id"] in {e["person_id"] for e in inside}
        case "classes" | "sections", _:
            return row["id"] in {e["person_id"] for e in inside if e["role"] == leads.removesuffix("s")}
        case "people", "districts":
            return True
        case "people", "schools":
            return row["id"] in people[one]["school_ids"]
        case "people", "classes" | "sections":
            return row["id"] in {e["class_id" if leads == "classes" else "section_id"] for e in inside}
        case "people", "agents":
            return one in (row["observer_id"], row["target_id"])
        case _:
            raise AssertionError((name, leads))


@pytest.fixture(scope="module")
def lists(vendor: Vendor) -> dict[str, list[Row]]:
    """Every list whole."""
    return {name: vendor.rows(name) for name in RESOURCES}


@pytest.mark.parametrize(("name", "leads"), PATHS)
def test_a_path_gives_those_of_the_whole_list_that_belong_to_one_thing(
    vendor: Vendor, lists: dict[str, list[Row]], name: str, leads: str
):
    people = {p["id"]: p for p in lists["people"]}
    enrolled, posts = lists["enrollments"], held(vendor)
    whole, ids = lists[PATHS[name, leads].leads], [row["id"] for row in lists[name]]
    met = 0
    divided = [s["class_id"] for s in lists["sections"]] if name == "classes" else []
    for one in dict.fromkeys((*ids[:6], *divided, *ids[:: max(1, len(ids) // 12)], ids[-1])):
        rows = vendor.rows(f"{name}/{one}/{leads}")
        inside = [e for e in enrolled if e[OF.get(name, "person_id")] == one]
        assert rows == [row for row in whole if belongs(name, leads, one, row, people, inside, posts)]
        met += len(rows)
    # In the demo's first district nobody runs the district, and no section has a teacher of its own.
    assert met or (name, leads) in (("districts", "administrators"), ("sections", "teachers"))


def test_somebody_who_runs_the_district_is_its_administrator(writer: Vendor):
    staff, person = writer.role("staff", "1")
    (district,) = writer.ids("districts")
    with writer.hub.store.write(1) as batch:
        batch.change(Staff, staff, {"roles": "districtAdministrator"})
    assert writer.ids(f"districts/{district}/administrators") == [person]


def test_a_section_may_have_teachers_of_its_own(writer: Vendor):
    section = writer.rows("sections")[0]
    (member,) = (e["id"] for e in writer.rows(f"classes/{section['class_id']}/enrollments") if e["role"] == "teacher")
    with writer.hub.store.write(1) as batch:
        batch.change(StaffMembership, member, {"section": section["id"]})
    (teacher,) = writer.rows(f"sections/{section['id']}/teachers")
    assert writer.one(f"enrollments/{member}")["person_id"] == teacher["id"]
    assert section["id"] in writer.ids(f"people/{teacher['id']}/sections")


def test_a_path_is_paged_filtered_and_expanded_like_a_list(vendor: Vendor):
    path = f"schools/{vendor.school()}/students"
    whole = vendor.rows(path)
    assert [row for page in vendor.follow(path, first=4) for row in page] == whole
    assert [row for page in vendor.follow(path, last=4) for row in page] == whole[::-1]
    named = vendor.rows(path, filter=having("first_name", "equals", "Graham"), expand="schools", fields="last_name")
    assert [(p["last_name"], p["schools"][0]["name"]) for p in named] == [
        (p["last_name"], "Thornfield Academy") for p in whole if p["first_name"] == "Graham"
    ]


@pytest.mark.parametrize("name", RESOURCES)
def test_what_is_not_there_leads_nowhere(vendor: Vendor, name: str):
    unknown = str(uuid.uuid4())
    one = RESOURCES[name].one
    told = [("NOT_FOUND", f"{one}: was not found (list {name} to see which exist)")]
    assert vendor.refusal(f"{name}/{unknown}") == told
    for of, leads in PATHS:
        if of == name:
            assert vendor.refusal(f"{name}/{unknown}/{leads}") == told


def test_a_thing_of_another_resource_or_district_is_not_there(vendor: Vendor):
    ((elsewhere,),) = vendor.sql("SELECT id FROM school WHERE district = 2")
    for path in (f"people/{vendor.school()}", f"schools/{elsewhere}", f"schools/{elsewhere}/people"):
        assert vendor.refusal(path)[0][0] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("path", "code", "told"),
    [
        ("schools/9919", "INVALID_UUID", "path: 9919 is not a UUID (give the id of a thing in the list)"),
        ("schools/9919/people", "INVALID_UUID", "path: 9919 is not a UUID (give the id of a thing in the list)"),
        ("school", "NOT_FOUND", "path: school was not found (did you mean schools?)"),
        ("schools/{school}/student", "NOT_FOUND", "path: student was not found (did you mean students?)"),
        ("sessions/{school}/classes", "NOT_FOUND", "path: classes was not found (none are known)"),
        (
            "schools/{school}/people/x",
            "NOT_FOUND",
            "path: schools/{school}/people/x was not found (did you mean schools?)",
        ),
        ("profile", "NOT_FOUND", "path: profile was not found ("),
        ("licenses/{school}", "NOT_FOUND", "path: licenses/{school} was not found (did you mean licenses?)"),
    ],
)
def test_a_path_that_leads_nowhere_gets_a_hint(vendor: Vendor, path: str, code: str, told: str):
    ((found, message),) = vendor.refusal(path.format(school=vendor.school()))
    assert found == code
    assert message.startswith(told.format(school=vendor.school())[:100].split("{")[0])


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
@pytest.mark.parametrize("path", ["people", "people/x", "events", "nothing"])
def test_rosters_are_only_read(vendor: Vendor, method: str, path: str):
    answer = vendor.hub.ask(method, f"/api/v2/graph/{path}", None, b"{}", authorization=f"Bearer {vendor.token}")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.json["$errors"] == [
        {
            "code": "UNSUPPORTED_OPERATION",
            "message": f"method: {method} is not allowed here (rosters are read-only: use GET)",
        }
    ]


def test_a_slash_at_the_end_changes_nothing(vendor: Vendor):
    assert vendor.rows("schools/") == vendor.rows("schools")


def test_head_answers_as_get_does_without_a_body(vendor: Vendor):
    answer = vendor.hub.ask("HEAD", "/api/v2/graph/schools", None, b"", authorization=f"Bearer {vendor.token}")
    assert (answer.status, answer.body) == (200, b"")
