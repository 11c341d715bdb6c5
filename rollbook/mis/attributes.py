"""Entering attributes: notes about people and groups, which the app that wrote them keeps."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ..fields import Record
from ..model.attributes import Attribute, ContactAttribute, GroupAttribute, StaffAttribute, StudentAttribute
from ..model.groups import Group
from ..model.people import Contact, Staff
from ..model.students import Student
from ..scopes import Need, S
from .changes import Change, Invalid, Results
from .profiles import Profile
from .school import SchoolRecords

NOTED: dict[str, tuple[type[Record], type[Attribute]]] = {
    "Student": (Student, StudentAttribute),
    "Staff": (Staff, StaffAttribute),
    "Contact": (Contact, ContactAttribute),
    "Group": (Group, GroupAttribute),
}
"""What may have attributes, with the record of its having one."""


class AttributeEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """An attribute of somebody or something, by its MIS id; without a value it goes."""

    kind: str
    who: str
    name: str
    value: str | None = None


class EntityAttributes(Change, frozen=True):
    """Attributes that an app, by its relying party, keeps from now on, or no longer."""

    app: str
    attributes: tuple[AttributeEntry, ...]

    @property
    def need(self) -> Need:
        """Write-back of attributes, and what lets the ids of those be read who are named."""
        needed = S.WritebackAttributes
        for kind in sorted({entry.kind for entry in self.attributes}):
            needed &= NOTED[kind][1].scope
        return needed

    def people(self) -> dict[str, Iterable[str]]:
        """Those named, groups aside."""
        return {kind: [e.who for e in self.attributes if e.kind == kind] for kind in NOTED if kind != "Group"}

    def enter(self, school: SchoolRecords, profile: Profile) -> Results:
        """Enter the attributes, all or none."""
        for entry in self.attributes:
            record, attribute = NOTED[entry.kind]
            who = school.one(record, mis_id=entry.who)
            if who is None:
                raise Invalid(f"Invalid {entry.kind}Id: {entry.who}")
            named = school.find(attribute, who=who["id"], name=entry.name)
            before = [one for one in named if (one["app"] or "").lower() == self.app.lower()]
            if entry.value is None:
                for one in before:
                    school.remove(attribute, one["id"])
            elif before:
                school.change(attribute, before[0]["id"], {"value": entry.value})
            else:
                school.add(attribute, {"who": who["id"], "name": entry.name, "value": entry.value, "app": self.app})
        return ()
