"""Every id by which a person or a group is known, and what is kept of it under the XID (school.xids)."""

from __future__ import annotations

from ...api.resource import Endpoint, Option, Table, Union, With
from ...fields import Condition, Expr, Field, Key, LastUpdated, Literal, Record, RowHash
from ...model.attributes import (
    ASKING,
    Attribute,
    ContactAttribute,
    GroupAttribute,
    StaffAttribute,
    StudentAttribute,
)
from ...model.groups import Group
from ...model.people import Contact, Staff
from ...model.students import Student
from ...scopes import S


def _ids(of: type[Record], kind: str) -> dict[str, Expr]:
    """The columns of one kind of record; what it is is told under its own scope."""
    xid, mis_id, idaas_id, external_id = (_fact(of, n) for n in ("xid", "mis_id", "idaas_id", "external_id"))
    return {
        "Id": Key(kind, ".", mis_id, about="Unique Id of the row", example="Student.9919"),
        "XID": xid,
        "IdaasId": idaas_id,
        "Mis_Id": mis_id,
        "ExternalId": external_id,
        "Type": Literal(kind, "What kind of record it is: Student, Staff, Contact or Group"),
    }


def _fact(of: type[Record], name: str) -> Field:
    return of.fields[name]


class StudentXIDs(Table, of=Student, name="XIDs", order=(Student.mis_id,), shared=_ids(Student, "Student")):
    """The ids of students, leavers and those to come too."""


class StaffXIDs(Table, of=Staff, name="XIDs", order=(Staff.mis_id,), shared=_ids(Staff, "Staff")):
    """The ids of staff, former and future ones too."""


class ContactXIDs(Table, of=Contact, name="XIDs", order=(Contact.mis_id,), shared=_ids(Contact, "Contact")):
    """The ids of contacts."""


class GroupXIDs(Table, of=Group, name="XIDs", order=(Group.mis_id,), shared=_ids(Group, "Group")):
    """The ids of groups, past and future ones too."""


def _kept(of: type[Attribute], xid: Field, kind: str) -> dict[str, Expr]:
    """The columns of an attribute, whatever it is of."""
    whose = of.refs()["who"] / xid
    return {
        "Id": Key(whose, ".", of.kept_by, ".", of.name, about="Unique composite key", example="x3h8w2d.App.Homework"),
        "XID": whose,
        "Type": Literal(kind, "What kind of record has it: Student, Staff, Contact or Group"),
        "Name": of.name,
        "Value": of.value,
        "KeptBy": of.kept_by,
        "LastUpdated": LastUpdated(of),
        "RowHash": RowHash(of),
    }


def _seen(of: type[Attribute]) -> Condition:
    # What one app keeps is no other app's to read.
    return of.app.unknown() | of.app.same(ASKING)


def _order(of: type[Attribute]) -> tuple[Expr, ...]:
    return (of.refs()["who"], of.name, of.app)


class StudentAttributes(
    Table,
    of=StudentAttribute,
    name="EntityAttributes",
    only=_seen(StudentAttribute),
    order=_order(StudentAttribute),
    shared=_kept(StudentAttribute, Student.xid, "Student"),
):
    """Attributes of students."""


class StaffAttributes(
    Table,
    of=StaffAttribute,
    name="EntityAttributes",
    only=_seen(StaffAttribute),
    order=_order(StaffAttribute),
    shared=_kept(StaffAttribute, Staff.xid, "Staff"),
):
    """Attributes of staff."""


class ContactAttributes(
    Table,
    of=ContactAttribute,
    name="EntityAttributes",
    only=_seen(ContactAttribute),
    order=_order(ContactAttribute),
    shared=_kept(ContactAttribute, Contact.xid, "Contact"),
):
    """Attributes of contacts."""


class GroupAttributes(
    Table,
    of=GroupAttribute,
    name="EntityAttributes",
    only=_seen(GroupAttribute),
    order=_order(GroupAttribute),
    shared=_kept(GroupAttribute, Group.xid, "Group"),
):
    """Attributes of groups."""


entity_attributes = Union("EntityAttributes", (StudentAttributes, StaffAttributes, ContactAttributes, GroupAttributes))

xids = Endpoint(
    "XIDs",
    "XIDs",
    "School",
    "The XID of every student, member of staff, contact and group, beside the other ids of the same record; "
    "and what the school and the app keep of them.",
    S.Student | S.StudentLite | S.Staff | S.StaffLite | S.Contact | S.School | S.SchoolLite,
    (Union("XIDs", (StudentXIDs, StaffXIDs, ContactXIDs, GroupXIDs)), entity_attributes),
    options={
        "includeAttributes": Option("Include the attributes that the school and the app keep", With(entity_attributes))
    },
)

ENDPOINTS = (xids,)
