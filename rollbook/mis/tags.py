"""Entering tags: labels that may be given, and who and what is given them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ..fields import Record
from ..model.groups import Group
from ..model.people import Staff
from ..model.students import Student
from ..model.tags import GroupTag, StaffTag, StudentTag, Tag, TagDefinition
from ..scopes import Need, S
from .changes import Change, Invalid, Results
from .profiles import Profile
from .school import Row, SchoolRecords

GIVEN: dict[str, tuple[type[Record], type[Tag]]] = {
    "Student": (Student, StudentTag),
    "Staff": (Staff, StaffTag),
    "Group": (Group, GroupTag),
}
"""What may have a tag, with the record of its having one."""


class DefinitionEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A tag that may be given: a new one, or by its id one to be changed in the facts that are told."""

    facts: Mapping[str, Any]
    """By their names in the record of a tag definition."""
    mis_id: str | None = None


class TagDefinitions(Change, frozen=True):
    """Tags to be made, or changed."""

    definitions: tuple[DefinitionEntry, ...]

    @property
    def need(self) -> Need:
        """Write-back of tags."""
        return S.WritebackTags

    def enter(self, school: SchoolRecords, profile: Profile) -> Results:
        """Enter the definitions, all or none; gives the id of each."""
        found: list[Mapping[str, Any]] = []
        codes = {(d["code"] or "").lower(): d["mis_id"] for d in school.find(TagDefinition)}
        for entry in self.definitions:
            mis_id, code = entry.mis_id, entry.facts.get("code")
            if code is not None and codes.get(code.lower(), mis_id) != mis_id:
                raise Invalid(f"Code is already in use: {code}")
            if mis_id is None:
                identity = school.add(TagDefinition, entry.facts)
                mis_id = (school.get(TagDefinition, identity) or {})["mis_id"]
            else:
                before = school.one(TagDefinition, mis_id=mis_id)
                if before is None:
                    raise Invalid(f"Invalid Id provided: {mis_id}")
                school.change(TagDefinition, before["id"], entry.facts)
            found.append({"Code": code, "ActualId": mis_id})
        return tuple(found)


class TagEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A tag given to a student, a member of staff or a group, or taken away again."""

    definition: str
    kind: str
    who: str
    start: str | None = None
    end: str | None = None
    gone: bool = False


class Tags(Change, frozen=True):
    """Tags to be given and taken away."""

    tags: tuple[TagEntry, ...]

    @property
    def need(self) -> Need:
        """Write-back of tags, and what lets them be read of those who are named."""
        needed = S.WritebackTags
        for kind in sorted({entry.kind for entry in self.tags}):
            needed &= GIVEN[kind][1].scope
        return needed

    def people(self) -> dict[str, Iterable[str]]:
        """Those named, groups aside."""
        return {kind: [e.who for e in self.tags if e.kind == kind] for kind in ("Student", "Staff")}

    def enter(self, school: SchoolRecords, profile: Profile) -> Results:
        """Enter the tags, all or none."""
        for entry in self.tags:
            record, tag = GIVEN[entry.kind]
            definition = school.one(TagDefinition, mis_id=entry.definition)
            who = school.one(record, mis_id=entry.who)
            if definition is None:
                raise Invalid(f"Invalid TagDefinitionId provided: {entry.definition}")
            if who is None:
                raise Invalid(f"Invalid {entry.kind}Id: {entry.who}")
            _enter(school, entry, tag, {"definition": definition["id"], "who": who["id"]})
        return ()


def _enter(school: SchoolRecords, entry: TagEntry, tag: type[Tag], where: Row) -> None:
    before = school.find(tag, **where)
    if entry.gone:
        for one in before:
            school.remove(tag, one["id"])
        return
    said = {name: day for name, day in (("start", entry.start), ("end", entry.end)) if day is not None}
    if not before:
        school.add(tag, {**where, "start": school.today, **said})
        return
    # A source may have the same tag twice, for two times; the one that begins on the day told is meant.
    same = next((one for one in before if one["start"] == entry.start), before[-1])
    school.change(tag, same["id"], said)
