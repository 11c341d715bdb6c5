"""Tags, and who and what has them (school.tags)."""

from __future__ import annotations

from ...api.resource import Endpoint, Table, Union
from ...fields import Expr, Field, Key, LastUpdated, Literal, Ref, RowHash
from ...model.groups import Group
from ...model.people import Staff
from ...model.students import Student
from ...model.tags import GroupTag, StaffTag, StudentTag, Tag, TagDefinition
from ...scopes import S


def _given(of: type[Tag], who: Ref, mis_id: Field, xid: Field, kind: str) -> dict[str, Expr]:
    """The columns of a tag that was given, whatever it was given to."""
    definition = of.definition / TagDefinition.mis_id
    return {
        "Id": Key(
            definition,
            ".",
            kind,
            ".",
            who / mis_id,
            about="Unique composite key",
            example="1.Student.9919",
        ),
        "TagDefinitionId": definition,
        "Tag": of.definition / TagDefinition.name,
        "EntityType": Literal(kind, "What has the tag: Student, Staff or Group"),
        "EntityId": who / mis_id,
        "EntityXID": who / xid,
        "StartDate": of.start,
        "EndDate": of.end,
        "LastUpdated": LastUpdated(of),
        "RowHash": RowHash(of),
    }


class StudentTags(
    Table,
    of=StudentTag,
    name="Tags",
    order=(StudentTag.who, StudentTag.definition, StudentTag.start),
    shared=_given(StudentTag, StudentTag.who, Student.mis_id, Student.xid, "Student"),
):
    """Tags of students."""


class StaffTags(
    Table,
    of=StaffTag,
    name="Tags",
    order=(StaffTag.who, StaffTag.definition, StaffTag.start),
    shared=_given(StaffTag, StaffTag.who, Staff.mis_id, Staff.xid, "Staff"),
):
    """Tags of staff."""


class GroupTags(
    Table,
    of=GroupTag,
    name="Tags",
    order=(GroupTag.who, GroupTag.definition, GroupTag.start),
    shared=_given(GroupTag, GroupTag.who, Group.mis_id, Group.xid, "Group"),
):
    """Tags of groups."""


class TagDefinitions(Table, of=TagDefinition, order=(TagDefinition.mis_id,)):
    """The tags that may be given."""

    Id = TagDefinition.mis_id
    Code = TagDefinition.code
    Name = TagDefinition.name
    Description = TagDefinition.description
    Colour = TagDefinition.colour
    AppliesTo = TagDefinition.applies_to
    Active = TagDefinition.active
    LastUpdated = LastUpdated(TagDefinition)
    RowHash = RowHash(TagDefinition)


tags = Endpoint(
    "Tags",
    "Tags",
    "School",
    "Labels that students, staff and groups were given, and the labels that there are.",
    S.School | S.SchoolLite | S.StudentFreeText | S.StaffFreeText,
    (Union("Tags", (StudentTags, StaffTags, GroupTags)), TagDefinitions),
)

ENDPOINTS = (tags,)
