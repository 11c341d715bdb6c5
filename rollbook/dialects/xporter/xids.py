"""Every id by which a person or a group is known (school.xids)."""

from __future__ import annotations

from ...api.resource import Endpoint, Table, Union
from ...fields import Expr, Field, Key, Literal, Record
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


xids = Endpoint(
    "XIDs",
    "XIDs",
    "School",
    "The XID of every student, member of staff, contact and group, beside the other ids of the same record.",
    S.Student | S.StudentLite | S.Staff | S.StaffLite | S.Contact | S.School | S.SchoolLite,
    (Union("XIDs", (StudentXIDs, StaffXIDs, ContactXIDs, GroupXIDs)),),
)

ENDPOINTS = (xids,)
