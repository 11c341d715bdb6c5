"""A source that is all documents of a district, as they were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ...fields import Record
from ...model.groups import GroupProgram, GroupSession
from ...model.organisation import District
from ...model.people import Contact, Staff
from ...model.students import Relationship
from ..kinds import KINDS
from ..rows import Kept, Origin, Problems, Row, SchoolTold, Stream
from .directory import DISTRICTS, Directory
from .documents import RESOURCES, Told, told
from .mapping import Mapper, Rows

COUNTS, DIRECTORY, CURSOR = "counts", "directory", "cursor"
POSITIONS = "staffEducationOrganizationAssignmentAssociations"

FOLLOWS: dict[type[Record], tuple[str, ...]] = {
    Staff: ("staffs",),
    Contact: ("contacts",),
    Relationship: ("studentContactAssociations",),
    GroupSession: ("sections",),
    GroupProgram: ("cohorts",),
}
"""The resources from which rows of these kinds follow, where they are no documents themselves."""


def resources_of(kind: type[Record]) -> tuple[str, ...]:
    """The resources whose documents make records of a kind."""
    own = tuple(name for name, one in RESOURCES.items() if one.of is kind)
    return FOLLOWS.get(kind) or own


@dataclass
class Documents:
    """The documents of a district; `cursor` is what a reading of changes goes on from, if there can be one."""

    problems: Problems = field(default_factory=Problems)
    cursor: bytes = b""
    notes: list[str] = field(default_factory=list[str])
    origin: Origin = field(default_factory=Origin)
    size: int = 0
    told: dict[str, list[Told]] = field(default_factory=dict[str, list[Told]])
    """By resource; one that is not there was not read."""
    mapper: Mapper = field(default_factory=lambda: Mapper(Directory()))
    counts: dict[str, int] = field(default_factory=dict[str, int])

    def take(self, name: str, said: Iterable[tuple[Mapping[str, Any], tuple[str, int]]]) -> None:
        """Take documents of a resource, with where each was read."""
        found = self.told.setdefault(name, [])
        for document, place in said:
            self.size += 1
            if (one := told(RESOURCES[name], document, place, self.problems)) is not None:
                found.append(one)

    def settle(self) -> None:
        """Enter all documents in the directory, and find out which district they are of."""
        for name in RESOURCES:
            self.mapper.enter(self.told.get(name, ()))
        districts = self.told.get(DISTRICTS, [])
        if len(districts) > 1:
            said = f"there are {len(districts)} of them"
            self.problems.add(DISTRICTS, DISTRICTS, said, "read each district separately")
        schools = tuple(
            SchoolTold(one.key, str(one.body["nameOfInstitution"]), str(one.body["schoolId"]))
            for one in self.told.get("schools", ())
        )
        name = str(districts[0].body["nameOfInstitution"]) if districts else schools[0].name if schools else None
        if lost := sum(self._at_district(one) for one in self.told.get(POSITIONS, ())):
            self.notes.append(f"{lost:,} {POSITIONS} are at the district, and positions are kept at schools only")
        self.origin = Origin(districts[0].key if districts else None, name, schools)

    def _at_district(self, one: Told) -> bool:
        number = str(one.body["educationOrganizationReference"]["educationOrganizationId"])
        return number in self.mapper.directory.by_natural.get(DISTRICTS, {})

    # ---- rows

    def streams(self, kept: Kept, name: str) -> list[Stream]:
        """Every record that the documents make, each kind after those that it refers to."""
        if self.problems.found:
            return []
        before = msgspec.msgpack.decode(kept(COUNTS) or b"\x80", type=dict[str, int])
        self._count(before)
        rows = self._rows(name)
        return [self._stream(kind, rows.get(kind, []), before) for kind in KINDS if self._there(kind)]

    def _there(self, kind: type[Record]) -> bool:
        return kind is District or any(name in self.told for name in resources_of(kind))

    def _stream(self, kind: type[Record], rows: list[Row], before: Mapping[str, int]) -> Stream:
        # What was read of a resource before and was not read now is not gone.
        unread = any(before.get(name) and name not in self.told for name in resources_of(kind))
        aside = [one for one in self.problems.aside if one.kind == kind.__name__]
        whole = not unread and all(one.key for one in aside)
        return Stream(kind, rows, whole, aside=frozenset(one.key for one in aside if one.key))

    def _count(self, before: Mapping[str, int]) -> None:
        self.counts = {name: n for name, n in before.items() if name not in self.told}
        for name, documents in self.told.items():
            self.counts[name] = len(documents)
            if not documents and before.get(name):
                self.problems.emptied[name] = before[name]

    def _rows(self, name: str) -> Rows:
        found: Rows = {}
        for documents in self.told.values():
            for kind, row in self.mapper.rows(documents):
                found.setdefault(kind, []).append(row)
        for kind, row in self.mapper.contacts(self.told.get("studentContactAssociations", ())):
            found.setdefault(kind, []).append(row)
        found[Staff] = list(self.mapper.staff(self.mapper.directory.roles()))
        found.setdefault(District, []).extend(() if found.get(District) else [Row("the district", {"name": name}, {})])
        return found

    def keep(self) -> Mapping[str, bytes]:
        """What the next reading needs: how many documents there were, and to understand changes, what they name."""
        kept = {COUNTS: msgspec.msgpack.encode(self.counts, order="sorted")}
        if self.cursor:
            kept |= {CURSOR: self.cursor, DIRECTORY: msgspec.msgpack.encode(self.mapper.directory)}
        return kept
