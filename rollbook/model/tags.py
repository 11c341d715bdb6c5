"""Tags: labels that a school, or an app for it, gives to students, staff and groups."""

from __future__ import annotations

from ..fields import Code, Date, Flag, Ref, Text
from ..scopes import S
from .groups import Group
from .organisation import SchoolRecord
from .people import Staff
from .students import Student

_ANY = S.School | S.SchoolLite | S.StudentFreeText | S.StaffFreeText


class TagDefinition(SchoolRecord, scope=_ANY, indexes=(("school", "mis_id"),)):
    """A label that may be given."""

    mis_id = Text("Id of the tag definition", "1")
    code = Code("Short code of the tag, which never changes", "LIBRARIAN")
    name = Text("The tag as shown to people", "Pupil librarian")
    description = Text("What the tag means", "Helps in the library at lunchtime")
    colour = Text("The colour in which the tag is shown", "#2F6B4F")
    applies_to = Text("CSV of what may be given the tag: Student, Staff, Group", "Student")
    active = Flag("Whether the tag may still be given, boolean", 1)


class Tag(SchoolRecord, abstract=True):
    """A label given to something."""

    definition = Ref("Id of the tag definition", TagDefinition, part_of=True, tells=("mis_id", "code", "name"))
    start = Date("The first day on which the tag applies", "2026-09-07")
    end = Date("The last day on which the tag applies", "2027-07-21")


_WHO = ("mis_id", "xid", "idaas_id")
_OF = (("school", "who"), ("who",))


class StudentTag(Tag, scope=S.StudentFreeText, indexes=_OF):
    """A label given to a student."""

    who = Ref("The student", Student, part_of=True, tells=_WHO)


class StaffTag(Tag, scope=S.StaffFreeText, indexes=_OF):
    """A label given to a member of staff."""

    who = Ref("The member of staff", Staff, part_of=True, tells=_WHO)


class GroupTag(Tag, scope=S.School | S.SchoolLite, indexes=_OF):
    """A label given to a group."""

    who = Ref("The group", Group, part_of=True, tells=_WHO)
