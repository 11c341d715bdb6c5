"""What a delta changes, found out from the rows that it touches: a roster of a million rows is not mapped for one.

The users whom the delta names, and those whose records depend on theirs, are taken from the shelves as they were, and
mapped twice: as they were and as they are now. What is different is what the delta says. Of everybody else only numbers
are known, such as how many students are in which grade. Where that is not enough the whole roster is mapped, with the
same result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace
from functools import cached_property

from ...model.people import Person
from ..references import File, Files
from ..rows import Problems, Row, Rows, Stream, school_of
from ..tables import Layout, Table, split
from .news import digest_of, news
from .places import Beyond, Mapped, unlisted
from .shelves import AGENT, HOMES, NUMBER, ROW_SIGNS, TEACHING, Catalogue, Shelves

FEW = 1_000
"""As many users may be touched in a small roster; in a large one a twentieth."""

Tabled = Mapping[str, Table]
Mapper = Callable[[Tabled, Beyond, Problems, Catalogue], Mapped]
"""Maps rows of a roster, whose district and system are those of a catalogue."""


def delta_of(
    sent: Tabled, whole: Set[str], shelves: Shelves, rest: Tabled, layouts: Mapping[str, Layout]
) -> Delta | None:
    """What is new in the files that were sent, of which some are whole; None where that is not only about people.

    Nor is there any where a file has lost all its rows, or has them in another order.
    """
    said: dict[str, Table] = {}
    for name, table in sent.items():
        found = _said(name, table, whole, shelves, rest)
        if found is None:
            return None
        if name in HOMES:
            said[name] = found
    return Delta(said, {name: sent[name] for name in whole}, shelves, rest, layouts)


def _said(name: str, table: Table, whole: Set[str], shelves: Shelves, rest: Tabled) -> Table | None:
    if name not in HOMES:
        return table if name in whole and digest_of(table) == digest_of(rest[name]) else None
    if name not in whole:
        return table
    was = shelves.catalogue
    if was.rows.get(name) and not len(table):
        return None
    return news(table, was.digests.get(name), lambda: shelves.whole(table.layout))


def narrowed(delta: Delta, mapper: Mapper, problems: Problems, now: Catalogue) -> list[Stream] | None:
    """What a delta changes; its shelves are then as they are to be kept. None where all rows have to be looked at.

    `now` says what the district and the system are called now.
    """
    users, was = delta.users(), delta.shelves.catalogue
    if users is None:
        return None
    before, found = delta.before(users), Problems()
    after = delta.after(before, found)
    if after is None or _first_or_last("demographics", was, before, after):
        return None
    old = mapper(before, Beyond(_pairs(was.grades), bool(was.rows.get("demographics"))), Problems(), was)
    beyond = Beyond(grades_beyond(was, old.grades), bool(was.rows.get("demographics")))
    new = mapper(after, beyond, found, now)
    streams = difference(old, new, was.counts, delta.alike)
    if found.found or not streams:
        return None
    problems.meant.update(found.meant)
    was.district, was.system = now.district, now.system
    was.digests = {name: digest_of(table) for name, table in delta.whole.items() if name in HOMES}
    was.grades, was.counts = regraded(was, old, new), counted(streams)
    for name in HOMES:
        delta.shelves.put(name, after[name], users)
    return streams


def _first_or_last(name: str, catalogue: Catalogue, before: Tabled, after: Tabled) -> bool:
    """Whether a file gets its first rows or loses its last ones."""
    had = catalogue.rows.get(name, 0)
    return bool(had) != bool(had - len(before[name]) + len(after[name]))


@dataclass
class Delta:
    """What a delta says of people (`said`), by file, over what there was, on shelves and in the `rest`.

    Where files were sent `whole`, it is what is new in them.
    """

    said: Tabled
    whole: Tabled
    shelves: Shelves
    rest: Tabled
    layouts: Mapping[str, Layout]

    # ---- its rows

    def before(self, users: set[str]) -> dict[str, Table]:
        """Every file as it was, but for the rows of other users, and for classes that none of these is in."""
        tables = {name: self.shelves.table(of, users) for name, of in self.layouts.items() if name in HOMES}
        classes, taught = self.rest["classes"], set(tables["enrollments"]["classSourcedId"])
        if "enrollments" in self.said:
            taught.update(self.said["enrollments"]["classSourcedId"])
        # A homeroom is part of a year group, which comes with its first student.
        cells = classes.cells("sourcedId", "classType")
        some = classes.only([key in taught or kind == "homeroom" for key, kind in cells])
        return {name: {**self.rest, **tables, "classes": some}[name] for name in self.layouts}

    def after(self, before: Tabled, problems: Problems) -> Tabled | None:
        """The same as it is now; None where rows have to be set aside."""
        made = {name: self._file(name, before[name]) for name in self.layouts}
        sizes = {name: len(file.table) for name, file in made.items()}
        files = Files(made, problems, {"orgs": unlisted})
        files.begin()
        files.settle()
        after = {name: file.table for name, file in files.files.items()}
        # What a file no longer has takes nothing along: rows that refer to it have faults.
        if files.found() or (self.whole and any(len(after[name]) != sizes[name] for name in after)):
            return None
        every = {name: replace(made[name], table=table) for name, table in {**after, **self.whole}.items()}
        replace(files, files=every).note_loose()
        return after

    def _file(self, name: str, before: Table) -> File:
        of = self.layouts[name]
        table = before.patched(self.said[name]) if name in self.said else before
        table = replace(table, gone=frozenset()) if name in self.whole else table
        return File(table, Table(of, {of.key: ()}), lambda: before, whole=False)

    # ---- whom it touches

    def users(self) -> set[str] | None:
        """The users whose rows are looked at; None where there are too many."""
        most = max(FEW, self.shelves.catalogue.rows.get("users", 0) // 20)
        if len(self.touched) > most:
            return None
        near = self.touched | self.alike | self._colleagues()
        # An agent is somebody at the schools of all their students.
        near |= self._linked(near)
        near |= self._linked(near)
        return near if len(near) <= 20 * most else None

    @cached_property
    def touched(self) -> set[str]:
        """The users of whom something is said, or was said by a row that is different now."""
        found: set[str] = set()
        for name, table in self.said.items():
            keys = {*table.keys, *table.gone}
            found.update(table[HOMES[name]])
            found |= self.shelves.homes(ROW_SIGNS[name], keys) if name in ROW_SIGNS else keys
        return found

    @cached_property
    def alike(self) -> set[str]:
        """Those who have a number that somebody touched has or had: who has it alone is a question to all of them."""
        return self.shelves.homes(NUMBER, {n for t in self._users(self.touched) for n in t["identifier"] if n})

    def _colleagues(self) -> set[str]:
        """Those who teach a class of which a teacher comes or goes, or may."""
        before = self.shelves.table(self.layouts["enrollments"], self.touched)
        tables = (before, self.said["enrollments"]) if "enrollments" in self.said else (before,)
        classes = {c for t in tables for c, role in t.cells("classSourcedId", "role") if role == "teacher"}
        return self.shelves.homes(TEACHING, classes)

    def _linked(self, users: set[str]) -> set[str]:
        """The agents of some users, and those whose agents they are."""
        named = {one for table in self._users(users) for cell in table["agentSourcedIds"] for one in split(cell)}
        naming = self.shelves.homes(AGENT, users)
        if "users" in self.said:
            said = self.said["users"].cells("sourcedId", "agentSourcedIds")
            naming |= {user for user, cell in said if not users.isdisjoint(split(cell))}
        return named | naming

    def _users(self, users: set[str]) -> list[Table]:
        """The rows of some users as they were, and as they are said now."""
        before = self.shelves.table(self.layouts["users"], users)
        if "users" not in self.said:
            return [before]
        now = self.said["users"]
        return [before, now.only([key in users for key in now["sourcedId"]])]


# ---- what is different


def _pairs(grades: Mapping[str, Mapping[str, int]]) -> frozenset[tuple[str, str]]:
    return frozenset((school, grade) for school, counts in grades.items() for grade in counts)


def grades_beyond(catalogue: Catalogue, here: Mapping[str, Mapping[str, int]]) -> frozenset[tuple[str, str]]:
    """Each school with each grade in which it has students besides those who are looked at."""
    return frozenset(
        (school, grade)
        for school, grades in catalogue.grades.items()
        for grade, count in grades.items()
        if count > here.get(school, {}).get(grade, 0)
    )


def regraded(catalogue: Catalogue, before: Mapped, now: Mapped) -> dict[str, dict[str, int]]:
    """How many students are in which grade, by school, once some of them have changed."""
    found = {school: Counter(grades) for school, grades in catalogue.grades.items()}
    for school, grades in before.grades.items():
        found[school].subtract(grades)
    for school, grades in now.grades.items():
        found.setdefault(school, Counter()).update(grades)
    return {school: dict(+grades) for school, grades in found.items()}


def difference(before: Mapped, now: Mapped, counts: Mapping[str, Mapping[str, int]], anew: set[str]) -> list[Stream]:
    """What is said now and was not before, and what is said no longer; users `anew` are said in any case."""
    was = {stream.kind: stream for stream in before.streams}
    return [_difference(was[stream.kind], stream, counts.get(stream.kind.__name__, {}), anew) for stream in now.streams]


def _difference(was: Stream, now: Stream, counts: Mapping[str, int], anew: set[str]) -> Stream:
    known, keys = {row.key: row for row in was.rows}, {row.key for row in now.rows}
    again = anew if now.kind is Person else set[str]()
    said = [row for row in now.rows if row.key in again or not _same(row, known.get(row.key))]
    over = (known[key] for key in {*(known.keys() - keys), *(row.key for row in said if row.key in known)})
    others = Counter(counts)
    others.subtract(Counter(school_of(now.kind, row) for row in over))
    return replace(now, rows=said, whole=False, gone=frozenset(known.keys() - keys), others=+others)


def _same(row: Row, before: Row | None) -> bool:
    return before is not None and row[1:4] == before[1:4] and (row.numbers or {}) == (before.numbers or {})


def counted(streams: list[Stream]) -> dict[str, dict[str, int]]:
    """How many records there are of each kind, by the key of their school."""
    return {one.kind.__name__: dict(_schools(one) + Counter(one.others)) for one in streams}


def _schools(stream: Stream) -> Counter[str]:
    if isinstance(stream.rows, Rows) and stream.rows.seen:
        return stream.rows.seen.schools
    return Counter(school_of(stream.kind, row) for row in stream.rows)
