"""User-defined fields (school.userdefinedfields, school.studentuserdefinedfields and those of contacts and staff)."""

from __future__ import annotations

from ...api.resource import Endpoint, Filter, Table
from ...fields import Arg, Called, Field, Key, Ref
from ...model.lookups import ContactFieldValue, StaffFieldValue, StudentFieldValue, UserDefinedField
from ...model.people import Contact
from ...model.people import Staff as Employee
from ...model.students import Student
from ...scopes import S


class UDFs(
    Table,
    of=UserDefinedField,
    order=(UserDefinedField.kind, UserDefinedField.name),
    key=Key(UserDefinedField.kind, ".", UserDefinedField.name),
):
    """The fields that the school has defined."""

    UDFType = UserDefinedField.kind
    UDFName = UserDefinedField.name


user_defined_fields = Endpoint(
    "UserDefinedFields",
    "User Defined Fields",
    "School",
    "The user-defined fields that the school has, of students, staff and contacts.",
    S.StudentFreeText,
    (UDFs,),
)


class StudentUDFs(
    Table,
    of=StudentFieldValue,
    only=(StudentFieldValue.student / Student.on_roll).is_("OnRoll"),
    order=(StudentFieldValue.student / Student.mis_id, StudentFieldValue.field / UserDefinedField.name),
):
    """What the school's own fields say of students on roll."""

    Id = StudentFieldValue.mis_id
    StudentId = StudentFieldValue.student / Student.mis_id
    UDFName = StudentFieldValue.field / UserDefinedField.name
    UDFValue = StudentFieldValue.value


class ContactUDFs(
    Table,
    of=ContactFieldValue,
    order=(ContactFieldValue.contact / Contact.mis_id, ContactFieldValue.field / UserDefinedField.name),
):
    """What the school's own fields say of contacts."""

    Id = ContactFieldValue.mis_id
    ContactId = ContactFieldValue.contact / Contact.mis_id
    UDFName = ContactFieldValue.field / UserDefinedField.name
    UDFValue = ContactFieldValue.value


class StaffUDFs(
    Table,
    of=StaffFieldValue,
    only=(StaffFieldValue.staff / Employee.status).is_("Current"),
    order=(StaffFieldValue.staff / Employee.mis_id, StaffFieldValue.field / UserDefinedField.name),
):
    """What the school's own fields say of current members of staff."""

    Id = StaffFieldValue.mis_id
    StaffId = StaffFieldValue.staff / Employee.mis_id
    UDFName = StaffFieldValue.field / UserDefinedField.name
    UDFValue = StaffFieldValue.value


def _filters(name: str, whom: Ref, known: tuple[Field, ...], field: Ref) -> dict[str, Filter]:
    """The filters of an endpoint about people of a kind; the document calls the first by both names."""
    words = "A single one by Id, ExternalId or XID"
    return {
        "id": Filter(words, Called(known, Arg("id"), whom)),
        name: Filter(words, Called(known, Arg(name), whom)),
        "UDFName": Filter(
            "CSV of the names of the fields to return, as UserDefinedFields lists them",
            (field / UserDefinedField.name).one_of(Arg("UDFName")),
            kind="list",
            required=True,
        ),
    }


student_user_defined_fields = Endpoint(
    "StudentUserDefinedFields",
    "Student user defined fields",
    "Students",
    "The values of user-defined fields for students on roll.",
    S.StudentFreeText,
    (StudentUDFs,),
    example={"UDFName": "Locker Number,Bus Stop"},
    filters=_filters(
        "StudentId",
        StudentFieldValue.student,
        (Student.mis_id, Student.external_id, Student.xid),
        StudentFieldValue.field,
    ),
)

contact_user_defined_fields = Endpoint(
    "ContactUserDefinedFields",
    "Contact user defined fields",
    "Contacts",
    "The values of user-defined fields for contacts.",
    S.ContactFreeText,
    (ContactUDFs,),
    example={"UDFName": "Newsletter"},
    filters=_filters(
        "ContactId",
        ContactFieldValue.contact,
        (Contact.mis_id, Contact.external_id, Contact.xid),
        ContactFieldValue.field,
    ),
)

staff_user_defined_fields = Endpoint(
    "StaffUserDefinedFields",
    "Staff user defined fields",
    "Staff",
    "The values of user-defined fields for current members of staff.",
    S.StaffFreeText,
    (StaffUDFs,),
    example={"UDFName": "Parking Space,Locker Number"},
    filters=_filters(
        "StaffId", StaffFieldValue.staff, (Employee.mis_id, Employee.external_id, Employee.xid), StaffFieldValue.field
    ),
)

ENDPOINTS = (
    user_defined_fields,
    student_user_defined_fields,
    contact_user_defined_fields,
    staff_user_defined_fields,
)
