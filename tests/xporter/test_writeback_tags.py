"""Tags Writeback and TagDefinitions Writeback."""

from __future__ import annotations

import pytest

from ..hub import BRAMBLESIDE
from .sending import Sender, without
from .tables import Caller, Tables

CHOIR = {"Code": "CHOIR", "Name": "Choir", "Colour": "#3355AA", "AppliesTo": "Student,Staff"}
GRAHAM = {"EntityType": "Student", "EntityId": "9919"}


def choir(sender: Sender) -> str:
    """The id of a tag that was made."""
    (row,) = sender.done("TagDefinitions", {"TagDefinitions": [CHOIR]})
    return row["ActualId"]


def tags_of(caller: Caller, definition: str) -> list[tuple[str, str, str | None, str | None]]:
    """Who and what has a tag, and when."""
    rows = [r for r in caller.rows("Tags") if r["TagDefinitionId"] == definition]
    return [(r["EntityType"], r["EntityId"], r["StartDate"], r["EndDate"]) for r in rows]


def test_a_tag_is_made_given_changed_and_taken_away(sender: Sender):
    made = choir(sender)
    (row,) = [r for r in sender.rows("Tags", "TagDefinitions") if r["Id"] == made]
    assert {**CHOIR, "Active": 1}.items() <= row.items()

    sender.done("Tags", {"Tags": [{"TagDefinitionId": made, **GRAHAM}]})
    assert tags_of(sender, made) == [("Student", "9919", "2026-11-20", None)]

    sender.done("Tags", {"Tags": [{"TagDefinitionId": int(made), **GRAHAM, "EndDate": "2027-07-21"}]})
    assert tags_of(sender, made) == [("Student", "9919", "2026-11-20", "2027-07-21")]

    sender.done("Tags", {"Tags": [{"TagDefinitionId": made, "EntityType": "Student", "EntityId": -9919}]})
    assert tags_of(sender, made) == []


def test_a_tag_that_is_given_and_taken_away_is_in_the_change_sets(sender: Sender):
    made = choir(sender)
    first = sender.seen_from("Tags")
    sender.done("Tags", {"Tags": [{"TagDefinitionId": made, **GRAHAM}]})
    then = sender.changes("Tags", first)
    assert [r["Id"] for r in then["Tags"]] == [f"{made}.Student.9919"]
    sender.done("Tags", {"Tags": [{"TagDefinitionId": made, **GRAHAM, "EntityId": "-9919"}]})
    last = sender.changes("Tags", then["__changedRows__"][0]["NextChangedRows"])
    assert last["Tags_deleted"] == [{"Id": f"{made}.Student.9919"}]


def test_what_is_read_of_those_who_are_here_can_be_sent_back_and_changes_nothing(sender: Sender, small: Tables):
    here = {"Student": small.students("OnRoll"), "Staff": small.staff("Current"), "Group": small.of('"group"')}
    ids = {(kind, one["mis_id"]) for kind, those in here.items() for one in those}
    active = {r["Id"] for r in sender.rows("Tags", "TagDefinitions") if r["Active"]}
    read = sender.answer("Tags")
    rows = [r for r in read["Tags"] if (r["EntityType"], r["EntityId"]) in ids and r["TagDefinitionId"] in active]
    assert {r["EntityType"] for r in rows} == {"Student", "Staff", "Group"}
    before = sender.writes()
    sender.done("Tags", {"Tags": rows})
    sender.done("TagDefinitions", {"TagDefinitions": read["TagDefinitions"]})
    assert sender.writes() == before


def test_a_tag_is_changed_in_what_is_told_and_keeps_its_code(sender: Sender):
    made = choir(sender)
    sender.done("TagDefinitions", {"TagDefinitions": [{"Id": made, "Name": "Chamber choir", "Active": False}]})
    (row,) = [r for r in sender.rows("Tags", "TagDefinitions") if r["Id"] == made]
    assert (row["Code"], row["Name"], row["Colour"], row["Active"]) == ("CHOIR", "Chamber choir", "#3355AA", 0)
    changed = {"TagDefinitions": [{"Id": made, "Code": "SINGERS"}]}
    assert sender.wrong("TagDefinitions", changed) == ["Invalid Code provided: SINGERS"]


def test_a_minus_before_a_definition_has_it_given_to_nobody_new_and_leaves_it_with_those_who_have_it(sender: Sender):
    made = choir(sender)
    sender.done("Tags", {"Tags": [{"TagDefinitionId": made, **GRAHAM}]})
    sender.done("TagDefinitions", {"TagDefinitions": [{"Id": f"-{made}"}]})
    assert [r["Active"] for r in sender.rows("Tags", "TagDefinitions") if r["Id"] == made] == [0]
    assert len(tags_of(sender, made)) == 1
    again = {"Tags": [{"TagDefinitionId": made, **GRAHAM}]}
    assert sender.wrong("Tags", again) == [f"Invalid TagDefinitionId provided: {made}"]
    sender.done("Tags", {"Tags": [{"TagDefinitionId": made, "EntityType": "student", "EntityId": "-9919"}]})
    assert tags_of(sender, made) == []


def test_everything_that_is_wrong_with_tags_is_told_at_once(sender: Sender):
    made = choir(sender)
    rows = [
        {"EntityType": "Student"},
        {"TagDefinitionId": "4711", **GRAHAM},
        {"TagDefinitionId": made, "EntityType": "Contact", "EntityId": "1"},
        {"TagDefinitionId": made, "EntityType": "Group", "EntityId": "99999999"},
        {"TagDefinitionId": made, **GRAHAM, "StartDate": "2026-11-21", "EndDate": "2026-11-20"},
        {"TagDefinitionId": made, **GRAHAM, "StartDate": "tomorrow"},
    ]
    assert sender.wrong("Tags", {"Tags": rows}) == [
        "Missing mandatory field TagDefinitionId",
        "Missing mandatory field EntityId",
        "Invalid EntityType provided: Contact",
        "Invalid StartDate provided: tomorrow",
        "Invalid TagDefinitionId provided: 4711",
        "Invalid GroupId: 99999999",
        f"Invalid TagDefinitionId provided: {made}",
        "Invalid EndDate provided: 2026-11-20",
    ]


def test_everything_that_is_wrong_with_definitions_is_told_at_once(sender: Sender):
    rows = [
        {"Name": "Nameless", "Colour": "red", "AppliesTo": "Student,Cat"},
        {"Id": "4711", "Name": "x" * 101},
        CHOIR,
        {**CHOIR, "Code": "choir"},
    ]
    assert sender.wrong("TagDefinitions", {"TagDefinitions": rows}) == [
        "Invalid AppliesTo provided: Student,Cat",
        "Invalid Colour provided: red",
        "Missing mandatory field Code",
        "Name field max character limit (100) exceeded for Code: ",
        "Invalid Id provided: 4711",
        "Code is given twice: choir",
    ]
    taken = {"TagDefinitions": [{"Code": "Librarian", "Name": "Reader"}]}
    assert sender.wrong("TagDefinitions", taken) == ["Code is already in use: Librarian"]


@pytest.mark.parametrize("entity", ["-9919", "9919"])
def test_a_student_who_is_left_out_is_not_there_to_be_tagged_and_keeps_their_tags(sender: Sender, entity: str):
    made = choir(sender)
    sender.done("Tags", {"Tags": [{"TagDefinitionId": made, **GRAHAM}]})
    other = without(sender, "Student", "9919")
    rows = [{"TagDefinitionId": made, **GRAHAM, "EntityId": entity}]
    assert other.wrong("Tags", {"Tags": rows}) == ["Invalid StudentId: 9919"]
    assert other.wrong("Tags", {"Tags": [{**rows[0], "EntityId": "123456789"}]}) == ["Invalid StudentId: 123456789"]
    other.done("TagDefinitions", {"TagDefinitions": [{"Id": f"-{made}"}]})
    assert tags_of(other, made) == []
    assert tags_of(sender, made) == [("Student", "9919", "2026-11-20", None)]


def test_a_kind_of_entity_is_tagged_by_those_who_may_read_its_tags(sender: Sender):
    made = choir(sender)
    other = Sender(sender.hub, ("WritebackTags", "StaffFreeText"))
    staff = next(r["EntityId"] for r in other.rows("Tags") if r["EndDate"] is None)
    other.done("Tags", {"Tags": [{"TagDefinitionId": made, "EntityType": "Staff", "EntityId": staff}]})
    rows = [{"TagDefinitionId": made, **GRAHAM}]
    assert other.wrong("Tags", {"Tags": rows}) == ["EntityType Student needs the scope StudentFreeText"]
    reader = Sender(sender.hub, ("StudentFreeText",))
    assert reader.send("Tags", {"Tags": rows})["ExceptionType"] == "ScopeNotHeld"


def test_a_tag_of_another_school_is_not_there(sender: Sender):
    elsewhere = Sender(sender.hub, ("all",), BRAMBLESIDE)
    theirs = elsewhere.done(
        "TagDefinitions", {"TagDefinitions": [{**CHOIR, "Id": None, "Code": f"C{n}"} for n in "12"]}
    )
    rows = [{"TagDefinitionId": f"{int(theirs[-1]['ActualId']) + 50}", **GRAHAM}]
    assert sender.wrong("Tags", {"Tags": rows})[0].startswith("Invalid TagDefinitionId")
    answer = sender.send(f"Tags/{BRAMBLESIDE}", {"Tags": rows})
    assert answer["ExceptionType"] == "SchoolNotGranted"


def test_a_repeat_under_one_idempotency_key_makes_one_tag(sender: Sender):
    body = b'{"TagDefinitions": [{"Code": "CHOIR", "Name": "Choir"}]}'
    path = "/api/v1/Writeback/TagDefinitions"
    first = sender.hub.ask("POST", path, sender.token, body, **{"idempotency-key": "one"}).json
    assert sender.hub.ask("POST", path, sender.token, body, **{"idempotency-key": "one"}).json == first
    assert len([r for r in sender.rows("Tags", "TagDefinitions") if r["Code"] == "CHOIR"]) == 1
