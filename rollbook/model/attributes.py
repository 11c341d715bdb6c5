"""Attributes: notes that a school, or an app for it, keeps about people and groups, each under a name of its own."""

from __future__ import annotations

from ..fields import Arg, Computed, Ref, Text, When
from ..scopes import S
from .groups import Group
from .organisation import SchoolRecord
from .people import Contact, Staff
from .students import Student


class Attribute(SchoolRecord, abstract=True):
    """A named note about something; no other app can see an app's notes."""

    name = Text("What the attribute is called", "Homework")
    value = Text("What it says", "Opened every day this week")
    app = Text("The relying party of the app that keeps it; none for the school itself", "app.example.org")
    kept_by = Computed(
        "Whether the school keeps it, or the requesting app",
        "App",
        When((app.unknown(), "School"), otherwise="App"),
    )


_WHO = ("mis_id", "xid")
_OF = (("school", "who"), ("who",))


class StudentAttribute(Attribute, scope=S.WritebackAttributes & (S.Student | S.StudentLite), indexes=_OF):
    """A note about a student."""

    who = Ref("The student", Student, part_of=True, tells=_WHO)


class StaffAttribute(Attribute, scope=S.WritebackAttributes & (S.Staff | S.StaffLite), indexes=_OF):
    """A note about a member of staff."""

    who = Ref("The member of staff", Staff, part_of=True, tells=_WHO)


class ContactAttribute(Attribute, scope=S.WritebackAttributes & S.Contact, indexes=_OF):
    """A note about a contact."""

    who = Ref("The contact", Contact, part_of=True, tells=_WHO)


class GroupAttribute(Attribute, scope=S.WritebackAttributes & (S.School | S.SchoolLite), indexes=_OF):
    """A note about a group."""

    who = Ref("The group", Group, part_of=True, tells=_WHO)


ASKING = Arg("app")
"""The relying party of the app that asks."""
