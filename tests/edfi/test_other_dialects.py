"""A section written through Ed-Fi is a class with its course and its session in other dialects, and stays one."""

from __future__ import annotations

from typing import Any

from tests.district import EdFi, course, edlink, offering, section, session
from tests.hub import THORNFIELD

from .school_year import ESTAB, TERM, write


def a_class(api: EdFi) -> dict[str, Any]:
    """What Edlink tells of the section: the name of its course and those of its sessions."""
    read = edlink(api.hub, api.hub.app("sis.example.org"), THORNFIELD)
    (found,) = read.get("classes", filter={"name": [{"operator": "equals", "value": "A1"}]})
    taught = read.get(f"courses/{found['course_id']}")["name"]
    met = {s["name"] for s in read.get("sessions", first="500") if s["id"] in found["session_ids"]}
    return {"course": taught, "sessions": met}


def test_a_section_is_a_class_with_the_course_and_the_session_of_its_offering(api: EdFi) -> None:
    write(api, "sessions", "courses", "courseOfferings")
    api.post("sections", TERM["sections"] | {"sectionName": "A1"})
    assert a_class(api) == {"course": "Course ALG-1", "sessions": {"Fall"}}


def test_a_section_follows_its_offering_to_another_course_and_session(api: EdFi) -> None:
    ids = write(api, "sessions", "courses", "courseOfferings")
    api.post("sections", TERM["sections"] | {"sectionName": "A1"})
    api.post("courses", course("GEO-1", ESTAB))
    api.post("sessions", session(ESTAB, "Spring", "2027-01-05", "2027-06-10"))
    api.put("courseOfferings", ids["courseOfferings"], offering("ALG-1", ESTAB, "Spring", "GEO-1"))
    assert a_class(api) == {"course": "Course GEO-1", "sessions": {"Spring"}}


def test_a_section_of_another_offering_leaves_its_session(api: EdFi) -> None:
    write(api, "sessions", "courses", "courseOfferings")
    identity = api.post("sections", TERM["sections"] | {"sectionName": "A1"})
    api.post("sessions", session(ESTAB, "Spring", "2027-01-05", "2027-06-10"))
    api.post("courseOfferings", offering("ALG-1", ESTAB, "Spring"))
    api.put("sections", identity, section("A1", "ALG-1", ESTAB, "Spring", sectionName="A1"))
    assert a_class(api) == {"course": "Course ALG-1", "sessions": {"Spring"}}


def test_a_session_may_be_deleted_once_no_section_meets_in_it(api: EdFi) -> None:
    ids = write(api, "sessions", "courses", "courseOfferings", "sections")
    for name in ("sections", "courseOfferings", "sessions"):
        assert api.ask("DELETE", f"{name}/{ids[name]}").status == 204
