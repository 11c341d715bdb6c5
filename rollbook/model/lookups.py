"""Lists of words that a school chooses from, and fields that it has defined for itself."""

from __future__ import annotations

from ..fields import Code, Flag, Number, Ref, Text
from ..scopes import S
from .organisation import SchoolRecord
from .people import Contact, Staff
from .students import Student


class LookupType(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"), ("school", "name"))):
    """A list of values that a field is chosen from."""

    mis_id = Text("The MIS Id of the lookup type", "7")
    name = Text("The name of the lookup type, used as a parameter in LookupMeta", "EnrolmentStatus")
    description = Text("What the list is about", "Enrolment status of a student")


class Lookup(SchoolRecord, scope=S.School, indexes=(("school", "mis_id"), ("type", "display_order"))):
    """One of the values of a list."""

    type = Ref("The lookup type that the entry belongs to", LookupType, part_of=True, tells=("mis_id", "name"))
    mis_id = Text("The MIS Id of the lookup entry", "41")
    code = Text("The code of the entry", "C")
    description = Text("What the code stands for", "Current, single registration at this school")
    display_order = Number("The order of the entry in its list", 1)
    active = Flag("Whether the entry can still be chosen, 1 or 0", 1)


class UserDefinedField(SchoolRecord, scope=S.StudentFreeText, indexes=(("school", "kind", "name"),)):
    """A field that the school defined in its own system."""

    kind = Code("UDF person type", "Student", {"Student": "Student", "Staff": "Staff", "Contact": "Contact"})
    name = Text("Name of UDF", "Locker Number")


class FieldValue(SchoolRecord, abstract=True):
    """A value in a field that the school defined."""

    field = Ref("The field", UserDefinedField, part_of=True, tells=("name",))
    value = Text("Value of the UDF", "120")


class StudentFieldValue(
    FieldValue, scope=S.StudentFreeText, indexes=(("school", "mis_id"), ("student",), ("field", "student"))
):
    """The value of a school's own field for a student."""

    student = Ref("The student", Student, part_of=True, tells=("mis_id", "external_id", "xid", "on_roll"))
    mis_id = Text("Id of UDF / Student link", "11242")


class ContactFieldValue(
    FieldValue, scope=S.ContactFreeText, indexes=(("school", "mis_id"), ("contact",), ("field", "contact"))
):
    """The value of a school's own field for a contact."""

    contact = Ref("The contact", Contact, part_of=True, tells=("mis_id", "external_id", "xid"))
    mis_id = Text("Id of UDF / Contact link", "11242")


class StaffFieldValue(
    FieldValue, scope=S.StaffFreeText, indexes=(("school", "mis_id"), ("staff",), ("field", "staff"))
):
    """The value of a school's own field for a member of staff."""

    staff = Ref("The member of staff", Staff, part_of=True, tells=("mis_id", "external_id", "xid", "status"))
    mis_id = Text("Id of UDF / Staff link", "11242")
