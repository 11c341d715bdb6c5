"""The places of a roster in OneRoster's shape: district, schools, and what lies within and above them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from ...fields import Value
from ..rows import Problems, Row, Stream
from ..tables import Table


class UserRole(NamedTuple):
    """What a user is at an organisation; `raw` is the row that said so, where roles have rows."""

    user: str
    role: str
    org: str
    begin: str = ""
    end: str = ""
    raw: dict[str, str] | None = None


@dataclass(frozen=True)
class Beyond:
    """What there is of a roster besides the rows that are looked at."""

    grades: frozenset[tuple[str, str]] = frozenset()
    """Each school with each grade in which it has other students."""
    demographics: bool = False
    """Whether it speaks of anybody's demographics."""


class Mapped(NamedTuple):
    """The records that a roster makes, and how many of its students are in which grade, by school."""

    streams: list[Stream]
    grades: dict[str, dict[str, int]]


@dataclass
class Tables:
    """A whole roster, by OneRoster's names of files and columns, with the system that made it."""

    by_name: Mapping[str, Table]
    roles: list[UserRole]
    problems: Problems
    district: str
    system: str | None
    """The system that made it; where it is not known, nothing is said of it."""
    beyond: Beyond = Beyond()

    def __getitem__(self, name: str) -> Table:
        return self.by_name[name]

    @property
    def tells_demographics(self) -> bool:
        """Whether the roster speaks of anybody's demographics: one that never did must not wipe what others said."""
        return self.beyond.demographics or bool(len(self["demographics"]))


def blank(**values: Value) -> dict[str, Value]:
    """Values, where an empty text stands for nothing."""
    return {name: None if value == "" else value for name, value in values.items()}


def more(extra: dict[str, str] | None, **named: str) -> dict[str, str] | None:
    """A remainder with more in it; what is blank is left out."""
    return {**(extra or {}), **{name: value for name, value in named.items() if value}} or None


def schools_of(orgs: Table) -> dict[str, str | None]:
    """The school that each organisation is or is a part of, also of those that others name as theirs above."""
    found: dict[str, str | None] = dict.fromkeys(unlisted(orgs))
    for key in orgs.keys:
        at, seen = key, set[str]()
        while at and at not in seen and orgs.get(at, "type") != "school":
            seen.add(at)
            at = orgs.get(at, "parentSourcedId")
        found[key] = at if orgs.get(at, "type") == "school" else None
    return found


def houses_of(orgs: Table, housing: Set[str]) -> Table:
    """The organisations, of which departments that house classes are schools."""
    cells = orgs.cells("sourcedId", "type")
    kinds = tuple("school" if kind == "department" and key in housing else kind for key, kind in cells)
    return replace(orgs, columns={**orgs.columns, "type": kinds})


def without_courses(classes: Table) -> Table:
    """Classes of a roster that lists no courses: they are right though theirs are not there."""
    columns = tuple(replace(c, required=c.required and c.to != "courses") for c in classes.layout.columns)
    return replace(classes, layout=replace(classes.layout, columns=columns))


def shared_numbers(orgs: Table) -> dict[str, list[str]]:
    """The numbers that several schools have, with what these are called."""
    found: dict[str, list[str]] = {}
    for kind, number, name in orgs.cells("type", "identifier", "name"):
        if kind == "school" and number:
            found.setdefault(number, []).append(name)
    return {number: names for number, names in found.items() if len(names) > 1}


def unlisted(orgs: Table) -> set[str]:
    """The keys of organisations that others are part of and that are not listed: exporters filter them out."""
    return set(orgs["parentSourcedId"]) - orgs.keys.keys() - {""}


def parent_of_all(orgs: Table) -> str | None:
    """The key of the one organisation that all schools are part of, where it is not listed: their district."""
    parents = {parent for kind, parent in orgs.cells("type", "parentSourcedId") if kind == "school"}
    (only,) = parents if len(parents) == 1 else ("",)
    return only if only and only not in orgs.keys else None


class Places:
    """The organisations, and the school that each is a part of."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.orgs = tables["orgs"]
        self._note_numbers()

    def _note_numbers(self) -> None:
        place = f"{self.orgs.layout.file}, column identifier"
        for number, names in shared_numbers(self.orgs).items():
            said = f"{number!r} is the number of {' and '.join(names)}, of which none is known by it"
            self.tables.problems.meant[place, said] += 0

    @cached_property
    def school_of(self) -> dict[str, str | None]:
        """The school that each organisation is, or is a part of (some systems roster departments)."""
        return schools_of(self.orgs)

    @cached_property
    def district_key(self) -> str:
        """The key of the district: its sourcedId, or a word for the district of a roster that has none."""
        orgs = self.orgs
        found = next((key for key, kind in orgs.cells("sourcedId", "type") if kind == "district"), None)
        return found or parent_of_all(orgs) or "the district"

    def _orgs(self, *kinds: str) -> Iterator[tuple[tuple[str, ...], dict[str, str] | None, tuple[str, int]]]:
        orgs = self.orgs
        cells = orgs.cells("sourcedId", "type", "name", "identifier", "parentSourcedId")
        for at, (row, extra) in enumerate(zip(cells, orgs.extras(), strict=True)):
            if row[1] in kinds or (not kinds and row[1] not in {"district", "school"}):
                yield row, extra, orgs.place(at)

    def district(self) -> list[Row]:
        """The district's own record."""
        for (key, _, name, identifier, parent), extra, place in self._orgs("district"):
            values = blank(name=name, identifier=identifier, external_id=key)
            return [Row(key, values, {}, more(extra, parentSourcedId=parent), place)]
        return [Row(self.district_key, {"name": self.tables.district}, {})]

    def schools(self, grades: Callable[[str], str]) -> list[Row]:
        """The schools with the grades of each; their parent is the district unless the remainder says otherwise."""
        system: dict[str, Value] = {"mis": self.tables.system} if self.tables.system else {}
        return [
            Row(
                key,
                blank(name=name, identifier=identifier, external_id=key, grades=grades(key)) | system,
                {},
                more(extra, parentSourcedId=parent if parent != self.district_key else ""),
                place,
            )
            for (key, _, name, identifier, parent), extra, place in self._orgs("school")
        ]

    def organisations(self) -> list[Row]:
        """Departments, and bodies above the district."""
        return [
            Row(
                key,
                blank(name=name, kind=kind, identifier=identifier, external_id=key, parent_id=parent),
                {},
                extra,
                place,
            )
            for (key, kind, name, identifier, parent), extra, place in self._orgs()
        ]
