"""Entering photographs of students and staff."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ..fields import Record
from ..model.people import Staff, StaffPhoto
from ..model.students import Student, StudentPhoto
from ..scopes import Need, S
from .changes import Change, Invalid, Results
from .profiles import Profile
from .school import SchoolRecords

PICTURED: dict[str, tuple[type[Record], type[Record]]] = {
    "Student": (Student, StudentPhoto),
    "Staff": (Staff, StaffPhoto),
}
"""Who may have a photograph, with its record."""


class PhotoEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A photograph of somebody, in base64; without an image theirs goes."""

    kind: str
    person: str
    image: str | None = None


class Photos(Change, frozen=True):
    """Photographs to add, replacing existing ones, and to remove."""

    photos: tuple[PhotoEntry, ...]

    @property
    def need(self) -> Need:
        """Write-back of photographs."""
        return S.WritebackPhotos

    def people(self) -> dict[str, Iterable[str]]:
        """Those who are seen."""
        return {kind: [e.person for e in self.photos if e.kind == kind] for kind in PICTURED}

    def enter(self, school: SchoolRecords, profile: Profile) -> Results:
        """Enter the photographs, all or none.

        It gives no ids: whether a photograph was there before is told by reading, which needs a scope of its own.
        """
        for entry in self.photos:
            record, photo = PICTURED[entry.kind]
            who = school.one(record, mis_id=entry.person)
            if who is None:
                raise Invalid(f"Invalid {entry.kind}Id: {entry.person}")
            before = school.find(photo, who=who["id"])
            if entry.image is None:
                for one in before:
                    school.remove(photo, one["id"])
            elif before:
                school.change(photo, before[0]["id"], {"image": entry.image})
            else:
                school.add(photo, {"who": who["id"], "image": entry.image})
        return ()
