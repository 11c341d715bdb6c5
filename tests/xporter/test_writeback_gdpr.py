"""GDPRfilter Writeback: an app leaves people out of its own grant, and never lets in whom the school left out."""

from __future__ import annotations

from typing import Any

import pytest

from ..hub import BRAMBLESIDE, THORNFIELD
from .writer import APP, Writer


def post(writer: Writer, path: str = f"Writeback/GDPRfilter/{THORNFIELD}", **lists: Any) -> dict[str, Any]:
    """The answer to a change of the lists."""
    return writer.write(path, lists)


def students(*mis_ids: str) -> list[dict[str, str]]:
    """Students, as the lists name them."""
    return [{"Type": "Student", "Id": mis_id} for mis_id in mis_ids]


def seen(writer: Writer) -> list[str]:
    """Those of three students whom the app sees."""
    return [s["Id"] for s in writer.read("Students?select=Id")["Students"] if s["Id"] in ("9919", "9920", "9921")]


def choose(writer: Writer, mode: str, *mis_ids: str) -> None:
    """The school's own choice of students."""
    desk = writer.hub.desk
    desk.people.choose(desk.grants.at(writer.hub.app(APP), THORNFIELD), "students", mode, mis_ids)


def test_an_app_leaves_a_student_out_and_lets_them_in_again(writer: Writer):
    answer = post(writer, add=students("9920"))
    assert answer == {"Message": "success", "ExceptionMessage": None, "ExceptionType": None, "InnerException": None}
    assert seen(writer) == ["9919", "9921"]
    post(writer, path="Writeback/GDPRfilter", add=students("9919", "9919"), remove=[{"type": "student", "id": 9920}])
    assert seen(writer) == ["9920", "9921"]


def test_where_the_school_lists_whom_the_app_sees_to_be_taken_off_is_to_be_left_out(writer: Writer):
    choose(writer, "only", "9919", "9920")
    post(writer, remove=students("9919"))
    assert seen(writer) == ["9920"]
    post(writer, add=students("9919"), remove=students("9920"))
    assert seen(writer) == ["9919"]


@pytest.mark.parametrize("mode", ["only", "except"])
def test_nobody_whom_the_school_left_out_can_be_named_or_let_in(writer: Writer, mode: str):
    choose(writer, mode, *(["9920", "9921"] if mode == "only" else ["9919"]))
    for name in ("add", "remove"):
        answer = writer.write("Writeback/GDPRfilter", {name: students("9919", "nobody")})
        assert answer["ExceptionMessage"] == "Invalid StudentId: 9919; Invalid StudentId: nobody"
    assert post(writer, add=students("9920", "9919"))["ExceptionType"] == "ValidationError"
    assert seen(writer) == ["9920", "9921"]


def test_everything_that_is_wrong_is_said_at_once(writer: Writer):
    answer = post(writer, add=[{"Type": "Person", "Id": "1"}, {"Id": "2"}, *students("9919")], remove=students("9919"))
    assert answer["ExceptionMessage"].split("; ") == [
        "Invalid Type provided: Person",
        "Missing mandatory field Type",
        "Student 9919 is in add and in remove",
    ]
    assert post(writer)["ExceptionMessage"] == "Missing mandatory section add or remove"
    assert seen(writer) == ["9919", "9920", "9921"]


def test_it_needs_its_scope_and_the_school_of_the_token(writer: Writer):
    assert post(writer, f"Writeback/GDPRfilter/{BRAMBLESIDE}", add=students("9919"))["ExceptionType"] is not None
    writer.hold("Student", "School")
    assert "needs the scope WritebackGDPRfilter" in post(writer, add=students("9919"))["ExceptionMessage"]
    assert seen(writer) == ["9919", "9920", "9921"]


def test_a_kind_of_person_that_is_not_granted_is_not_asked_after(writer: Writer):
    writer.hold("Student", "WritebackGDPRfilter")
    for mis_id in ("20001", "nobody"):
        answer = post(writer, add=[{"Type": "Contact", "Id": mis_id}])
        assert answer["ExceptionMessage"] == "Type Contact needs the scope Contact"


def test_the_other_apps_of_a_school_notice_nothing(writer: Writer):
    other = writer.hub.token(app="other.example.org")
    before = writer.hub.get(f"/api/v1/School/{THORNFIELD}/Students", other).body
    post(writer, add=students("9919"))
    assert writer.hub.get(f"/api/v1/School/{THORNFIELD}/Students", other).body == before
