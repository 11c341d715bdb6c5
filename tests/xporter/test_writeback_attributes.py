"""EntityAttributes Writeback, and where its attributes are read."""

from __future__ import annotations

import pytest

from rollbook.model.attributes import StudentAttribute

from ..hub import Hub
from .sending import Sender, without
from .tables import Caller, Row, Tables

PATH = "XIDs?includeAttributes=true"


def xid(sender: Caller, path: str) -> str:
    """The XID of a person or a group."""
    return sender.rows(path)[0]["XID"]


def kept(sender: Caller, of: str) -> dict[str, tuple[str, str]]:
    """The attributes of an XID, each with its value and who keeps it."""
    rows = [r for r in sender.rows(PATH, "EntityAttributes") if r["XID"] == of]
    return {r["Name"]: (r["Value"], r["KeptBy"]) for r in rows}


@pytest.mark.parametrize("path", ["Students/9919", "Staff", "Contacts", "Groups"])
def test_attributes_are_kept_of_people_and_groups_changed_and_removed(sender: Sender, path: str):
    whose = xid(sender, path)
    before = kept(sender, whose)
    sender.done("EntityAttributes", {"attributes": [{"XID": whose, "Reads": "Every day", "Badge": "Blue"}]})
    assert kept(sender, whose) == {**before, "Reads": ("Every day", "App"), "Badge": ("Blue", "App")}
    sender.done("EntityAttributes", {"attributes": [{"XID": whose, "Reads": "Never", "Badge": None}]})
    assert kept(sender, whose) == {**before, "Reads": ("Never", "App")}


def test_a_row_has_the_id_of_whose_it_is_who_keeps_it_and_its_name(sender: Sender):
    graham = xid(sender, "Students/9919")
    sender.done("EntityAttributes", {"attributes": [{"XID": graham, "Homework": "Opened"}]})
    (row,) = [r for r in sender.rows(PATH, "EntityAttributes") if r["XID"] == graham and r["Name"] == "Homework"]
    assert (row["Id"], row["Type"], row["Value"]) == (f"{graham}.App.Homework", "Student", "Opened")


def test_attributes_are_in_the_change_sets(sender: Sender):
    graham = xid(sender, "Students/9919")
    first = sender.seen_from(PATH)
    sender.done("EntityAttributes", {"attributes": [{"XID": graham, "Reads": "Every day"}]})
    then = sender.changes(PATH, first)
    assert [r["Id"] for r in then["EntityAttributes"]] == [f"{graham}.App.Reads"]
    sender.done("EntityAttributes", {"attributes": [{"XID": graham, "Reads": None}]})
    last = sender.changes(PATH, then["__changedRows__"][0]["NextChangedRows"])
    assert last["EntityAttributes_deleted"] == [{"Id": f"{graham}.App.Reads"}]


def test_what_one_app_keeps_no_other_app_sees_or_overwrites(sender: Sender):
    graham = xid(sender, "Students/9919")
    before = kept(sender, graham)
    other = without(sender, "Student", "9920")
    for app, word in ((sender, "Opened"), (other, "Closed")):
        assert "Portal" not in kept(app, graham)
        app.done("EntityAttributes", {"attributes": [{"XID": graham, "Portal": word}]})
    assert kept(sender, graham) == {**before, "Portal": ("Opened", "App")}
    other.done("EntityAttributes", {"attributes": [{"XID": graham, "Portal": None}]})
    assert kept(other, graham) == before
    assert kept(sender, graham) == {**before, "Portal": ("Opened", "App")}


def test_what_the_school_keeps_every_app_with_the_scopes_sees(sender: Sender, small: Tables):
    (graham,) = [s for s in small.of("student") if s["mis_id"] == "9919"]
    small.add(StudentAttribute, who=graham["id"], name="Cloakroom", value="Peg 7")
    sender.done("EntityAttributes", {"attributes": [{"XID": graham["xid"], "Cloakroom": "Peg 8"}]})
    rows = [r for r in sender.rows(PATH, "EntityAttributes") if r["Name"] == "Cloakroom"]
    assert [(r["Value"], r["KeptBy"]) for r in rows] == [("Peg 7", "School"), ("Peg 8", "App")]
    assert kept(without(sender, "Student", "9920"), graham["xid"])["Cloakroom"] == ("Peg 7", "School")


@pytest.mark.parametrize(
    "scopes", [("Student", "School"), ("WritebackAttributes",), ("WritebackAttributes", "Contact")]
)
def test_attributes_of_students_need_both_scopes(sender: Sender, scopes: tuple[str, ...]):
    graham = xid(sender, "Students/9919")
    other = Sender(sender.hub, scopes)
    answer = other.send("EntityAttributes", {"attributes": [{"XID": graham, "Reads": "Never"}]})
    if "WritebackAttributes" in scopes:
        assert answer["ExceptionMessage"] == f"Invalid XID: {graham}"
    else:
        assert answer["ExceptionType"] == "ScopeNotHeld"
        assert other.rows(PATH, "EntityAttributes") == []


def test_who_is_left_out_has_no_attributes(sender: Sender):
    graham = xid(sender, "Students/9919")
    sender.done("EntityAttributes", {"attributes": [{"XID": graham, "Reads": "Every day"}]})
    other = without(sender, "Student", "9919")
    assert kept(other, graham) == {}
    body = {"attributes": [{"XID": graham, "Reads": "Never"}]}
    assert other.wrong("EntityAttributes", body) == [f"Invalid XID: {graham}"]


def test_everything_that_is_wrong_is_told_at_once(sender: Sender):
    graham = xid(sender, "Students/9919")
    rows: list[Row] = [
        {"XID": "x000000", "Reads": "Every day"},
        {"Reads": "Every day"},
        {"XID": graham, "Reads": True, "x" * 51: "long name", "Long": "y" * 501, "Zero": "a\0b"},
        {"XID": graham, "Long": "again"},
    ]
    assert sender.wrong("EntityAttributes", {"attributes": rows}) == [
        "Missing mandatory field XID",
        "Invalid Reads provided: True",
        "Invalid Zero provided: a�b",
        "Invalid XID: x000000",
        f"Invalid attribute name provided: {'x' * 51}",
        f"Long field max character limit (500) exceeded for XID: {graham}",
        "Only write back one Long for each XID",
    ]


def test_the_demo_has_attributes_of_the_school_and_of_its_app(small_hub: Hub):
    names = {(r["Type"], r["Name"]) for r in Caller(small_hub).rows(PATH, "EntityAttributes")}
    assert names == {("Student", "Locker"), ("Staff", "Laptop"), ("Group", "Noticeboard")}
