"""Learning resources, and the classes, courses and people that use them."""

from __future__ import annotations

from ..fields import Code, Record, Ref, Text
from ..scopes import S
from .curriculum import Course
from .groups import Group
from .organisation import School, SchoolRecord
from .origin import came_from
from .people import Contact, Staff
from .students import Student

IMPORTANCE = {"primary": "Primary", "secondary": "Secondary"}


class Resource(Record, scope=S.School, indexes=(("school",), ("external_id",)), remembers=("origin", "title")):
    """Something to learn with, such as a textbook or a program, which a vendor provides."""

    school = Ref("The school that uses it; all schools of the district if empty", School, part_of=True, shared=True)
    external_id = Text("Its id in the system that it came from", "res-atlas")
    origin = came_from()
    title = Text("The title of the resource", "An Atlas of Invented Islands")
    roles = Text("CSV of the roles whom it is for, as OneRoster names them", "student,teacher")
    importance = Code("Whether it is what is mainly used", "primary", IMPORTANCE)
    vendor_resource_id = Text("The vendor's id of the resource", "atlas-7")
    vendor_id = Text("The id of the vendor", "larkspur-press.example")
    application_id = Text("The id of the program that opens it", "reader")


class ClassResource(SchoolRecord, scope=S.School, indexes=(("school",), ("group",), ("resource",))):
    """A resource that a class uses."""

    group = Ref("The class", Group, part_of=True)
    resource = Ref("The resource", Resource, part_of=True)
    external_id = Text("Its id in the system that it came from", "cr-1")
    origin = came_from()
    title = Text("What the class calls it", "Our atlas")


class CourseResource(Record, scope=S.School, indexes=(("school",), ("course",), ("resource",))):
    """A resource that all classes of a course use."""

    school = Ref("The school that offers it; all schools of the district if empty", School, shared=True)
    course = Ref("The course", Course, part_of=True)
    resource = Ref("The resource", Resource, part_of=True)
    external_id = Text("Its id in the system that it came from", "or-1")
    origin = came_from()
    title = Text("What the course calls it", "The course's atlas")


class PersonalResource(SchoolRecord, abstract=True):
    """A resource that somebody uses."""

    resource = Ref("The resource", Resource, part_of=True)
    external_id = Text("Its id in the system that it came from", "ur-1")
    origin = came_from()
    group = Ref("The class in which it is used, if not everywhere", Group)


_OF = (("school", "who"), ("who",), ("resource",))


class StudentResource(PersonalResource, scope=S.Student, indexes=_OF):
    """A resource that a student uses."""

    who = Ref("The student", Student, part_of=True)


class StaffResource(PersonalResource, scope=S.Staff, indexes=_OF):
    """A resource that a member of staff uses."""

    who = Ref("The member of staff", Staff, part_of=True)


class ContactResource(PersonalResource, scope=S.Contact, indexes=_OF):
    """A resource that somebody uses who is there for a student."""

    who = Ref("The contact", Contact, part_of=True)
