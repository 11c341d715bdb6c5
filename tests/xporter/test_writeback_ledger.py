"""Whoever a write-back names is on its line of the ledger, taken or refused, and on that of the call that follows."""

from __future__ import annotations

import json
from typing import Any

from ..hub import THORNFIELD
from ..told import entries, roles, told
from .conduct_forms import incident
from .conduct_forms import student as taking_part
from .test_writeback_detention import detention
from .test_writeback_detention import student as detained
from .writer import Writer

GRAHAM = "9919"
CALLBACK = {"Method": "POST", "Url": "https://app.example.org/done"}
MARK = {"StudentId": GRAHAM, "MarkType": "S", "Date": "2026-11-20", "Session": "AM", "Mark": "I"}


def xid(writer: Writer) -> str:
    """The id by which attributes name the student."""
    return writer.read(f"Students?id={GRAHAM}&select=XID")["Students"][0]["XID"]


def seat(writer: Writer) -> dict[str, Any]:
    """A place for the student in a new plan."""
    return {"Name": "Exam", "GroupId": writer.read("SeatingPlans")["SeatingPlan"][0]["GroupId"], "Row": 1, "Column": 1}


def tag(writer: Writer) -> str:
    """A tag to hold."""
    made = writer.write("Writeback/TagDefinitions", {"TagDefinitions": [{"Code": "CH", "Name": "Choir"}]})
    return made["result"][0]["ActualId"]


def write_backs(writer: Writer) -> dict[str, tuple[str, dict[str, Any]]]:
    """A write-back of each kind that says something about the student."""
    return {
        "attendance": ("Attendance", {"Marks": [MARK]}),
        "attendance later": ("AttendanceAsync", {"Marks": [MARK], "Callback": CALLBACK}),
        "conduct": ("Conduct", {"Conducts": [incident()], "Participants": [taking_part(GRAHAM)]}),
        "detention": ("Detention", {"Detentions": [detention()], "DetentionStudents": [detained(GRAHAM)]}),
        "photo": ("Photos", {"Photos": [{"PersonId": f"-{GRAHAM}", "PersonType": "Student"}]}),
        "attributes": ("EntityAttributes", {"attributes": [{"XID": xid(writer), "Homework": "Opened"}]}),
        "tag": ("Tags", {"Tags": [{"TagDefinitionId": tag(writer), "EntityType": "Student", "EntityId": GRAHAM}]}),
        "seat": ("SeatingPlan", {"SeatingPlan": [{**seat(writer), "StudentId": GRAHAM}]}),
        "name": ("UserAsync", {"Users": [{"StudentId": GRAHAM, "Username": "g.mossgrove"}], "Callback": CALLBACK}),
        "choice": ("GDPRfilter", {"add": [{"Type": "Student", "Id": GRAHAM}]}),
    }


def test_whoever_a_write_back_names_is_on_its_line(writer: Writer) -> None:
    (graham,) = roles(writer.hub, GRAHAM)
    refused = writer.write(f"Attendance/{THORNFIELD}", {"Marks": [{**MARK, "Mark": "!"}]})
    assert refused["ExceptionType"] == "ValidationError"
    assert graham in told(writer.hub)
    for name, (path, body) in write_backs(writer).items():
        answer = writer.write(f"Writeback/{path}/{THORNFIELD}", body)
        assert answer["ExceptionType"] is None, (name, answer)
        assert graham in told(writer.hub), name


def test_whoever_is_not_granted_is_on_no_line(writer: Writer) -> None:
    backs = write_backs(writer)
    writer.leave_out("Student", GRAHAM)
    (graham,) = roles(writer.hub, GRAHAM)
    for name, (path, body) in backs.items():
        if name != "choice":
            writer.write(f"Writeback/{path}/{THORNFIELD}", body)
            assert graham not in told(writer.hub), name


def test_the_call_that_tells_what_came_of_it_has_a_line_of_theirs(writer: Writer) -> None:
    writer.write(f"AttendanceAsync/{THORNFIELD}", {"Marks": [MARK], "Callback": CALLBACK})
    writer.hub.work()
    last = entries(writer.hub)[0]
    assert (last.what.dialect, last.what.endpoint) == ("webhook", "writeback")
    assert told(writer.hub) == roles(writer.hub, GRAHAM)
    assert json.dumps(last.what.facts) == "[]"
