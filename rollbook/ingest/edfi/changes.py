"""A source that is what changed in a district's documents since they were read: changed ones, and those gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ...fields import Record
from ...model.groups import GroupProgram, GroupSession
from ...model.people import Staff
from ..kinds import KINDS
from ..rows import Kept, Origin, Problems, Row, Stream
from .directory import STUDENT_AT, WORK, Directory
from .documents import RESOURCES, Told, key_of, natural, told
from .mapping import Mapper
from .roster import COUNTS, CURSOR, DIRECTORY, resources_of

OF_CONTACTS = ("contacts", "studentContactAssociations")


@dataclass
class Changes:
    """What changed; `totals` are how many documents there are of each resource now."""

    directory: Directory
    cursor: bytes
    totals: Mapping[str, int]
    problems: Problems = field(default_factory=Problems)
    notes: list[str] = field(default_factory=list[str])
    origin: Origin = field(default_factory=Origin)
    size: int = 0
    told: dict[str, list[Told]] = field(default_factory=dict[str, list[Told]])
    gone: dict[type[Record], set[str]] = field(default_factory=dict[type[Record], set[str]])
    roles: set[str] = field(default_factory=set[str])
    """The roles of staff that there were before."""

    def take(self, name: str, said: Iterable[Mapping[str, Any]]) -> None:
        """Take changed documents of a resource."""
        resource = RESOURCES[name]
        found = (told(resource, document, (name, at), self.problems) for at, document in enumerate(said, 1))
        self.told[name] = [one for one in found if one is not None]
        self.size += len(self.told[name])

    def lose(self, name: str, said: Iterable[Mapping[str, Any]]) -> None:
        """Take what is gone of a resource, as the feed of deletes tells it, but for what is there again."""
        resource, there = RESOURCES[name], {one.key for one in self.told.get(name, ())}
        for one in said:
            key = key_of(resource, str(one.get("id") or ""), natural(resource, one["keyValues"]))
            if key not in there:
                self.gone.setdefault(resource.of, set()).add(key)

    def settle(self) -> bool:
        """Bring the directory up to date; False where that needs more than the changes, and all has to be read."""
        mapper, directory = Mapper(self.directory), self.directory
        self.roles = directory.roles()
        students = self._students()
        if any(name in self.totals and (self.told.get(name) or students) for name in OF_CONTACTS):
            return False
        before = {student: directory.chosen(student) for student in students}
        offerings = {one.key: directory.get("courseOfferings", one.key) for one in self.told.get("courseOfferings", ())}
        groups = {(name, one.key) for name in ("sections", "cohorts") for one in self.told.get(name, ())}
        parts = {part for group in groups for part in mapper.parts(*group)}
        for name in RESOURCES:
            parts |= self._leave(name, mapper)
            mapper.enter(self.told.get(name, ()))
        left = parts - {part for group in groups for part in mapper.parts(*group)}
        for kind, key in left:
            self.gone.setdefault(kind, set()).add(key)
        for role in self.roles - directory.roles():
            self.gone.setdefault(Staff, set()).add(role)
        return not any(
            (
                any(self._moved(before[student], directory.chosen(student)) for student in students),
                any(
                    was and was.more != directory.entries["courseOfferings"][key].more for key, was in offerings.items()
                ),
                any(len(directory.entries.get(name, {})) != self.totals[name] for name in self._counted()),
            )
        )

    def _students(self) -> set[str]:
        """The students whose enrolments changed."""
        known, gone = self.directory.entries.get(STUDENT_AT, {}), self.gone.get(RESOURCES[STUDENT_AT].of, set())
        keys = {*gone, *(one.key for one in self.told.get(STUDENT_AT, ()))}
        found = {known[key].more[0] for key in keys if key in known}
        named = self.directory.by_natural.get("students", {})
        for one in self.told.get(STUDENT_AT, ()):
            text = natural(RESOURCES["students"], one.body["studentReference"])
            found |= {named[text]} if text in named else set()
        return found

    def _moved(self, before: Mapping[str | None, str | None], now: Mapping[str | None, str | None]) -> bool:
        """Whether what is kept of a student is of another enrolment now."""
        return any(now.values()) and any(now.get(school) != key for school, key in before.items())

    def _leave(self, name: str, mapper: Mapper) -> set[tuple[type[Record], str]]:
        """Take what is gone of a resource out of the directory; gives the rows that went with it."""
        parts = set[tuple[type[Record], str]]()
        for key in self.gone.get(RESOURCES[name].of, set()):
            if self.directory.get(name, key) is not None:
                parts |= mapper.parts(name, key) if name in ("sections", "cohorts") else set()
                self.directory.leave(name, key)
        return parts

    def _counted(self) -> Set[str]:
        """The resources of which all documents are in the directory."""
        bare = {one.kind for one in self.problems.aside}
        names = (n for n in self.directory.entries if n not in WORK and RESOURCES[n].of.__name__ not in bare)
        return {name for name in names if name in self.totals}

    # ---- rows

    def streams(self, kept: Kept, name: str) -> list[Stream]:
        """The records that changed, and the keys of those that are gone."""
        mapper, rows = Mapper(self.directory), dict[type[Record], list[Row]]()
        for documents in self.told.values():
            for kind, row in mapper.rows(documents):
                rows.setdefault(kind, []).append(row)
        rows[Staff] = list(mapper.staff(self.directory.roles() - self.roles))
        return [
            self._stream(kind, rows.get(kind, []), mapper) for kind in KINDS if rows.get(kind) or self.gone.get(kind)
        ]

    def _stream(self, kind: type[Record], rows: list[Row], mapper: Mapper) -> Stream:
        aside = frozenset(one.key for one in self.problems.aside if one.kind == kind.__name__ and one.key)
        others = max(self._count(kind, mapper) - len(rows) - len(aside), 0)
        return Stream(kind, rows, False, frozenset(self.gone.get(kind, ())), aside, {"": others} if others else {})

    def _count(self, kind: type[Record], mapper: Mapper) -> int:
        """How many records of a kind there are now."""
        if kind is Staff:
            return len(self.directory.roles())
        if kind in (GroupSession, GroupProgram):
            name = "sections" if kind is GroupSession else "cohorts"
            return sum(len(mapper.parts(name, key)) for key in self.directory.entries.get(name, {}))
        return sum(self.totals.get(name, 0) for name in resources_of(kind))

    def keep(self) -> Mapping[str, bytes]:
        """What the next reading needs, as a whole one keeps it."""
        return {
            COUNTS: msgspec.msgpack.encode(dict(self.totals), order="sorted"),
            CURSOR: self.cursor,
            DIRECTORY: msgspec.msgpack.encode(self.directory),
        }
