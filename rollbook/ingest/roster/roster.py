"""A roster in OneRoster's shape, as a source: whatever format it came in, it is brought into these tables.

Passwords are never kept. Nor are `status` and `dateLastModified`: the hub's own history answers when a fact
changed, and exporters restamp every row. A row that is `tobedeleted` counts as absent. The tables as they were last are
kept beside the records, so that a delta can be laid over them, and so are the rows that were set aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import msgspec

from ... import __version__
from ..cells import check
from ..columns import distinct
from ..packed import PackedFiles
from ..references import BEFORE, PENDING, File, Files
from ..rows import SETTLED, Aside, Kept, Origin, Problems, SchoolTold, Stream
from ..tables import Layout, Table, split
from . import Beyond, Mapped, Tables, UserRole, map_roster
from .layouts import HEADED, LAYOUTS, ROSTER, VERSIONS
from .narrow import counted, delta_of, narrowed
from .news import digest_of
from .places import houses_of, parent_of_all, schools_of, shared_numbers, unlisted, without_courses
from .shelves import HOMES, Catalogue, Shelves, catalogue_of, catalogued, shelve, shelves_for

VERSION = "version"
SYSTEM = "system"
OURS = "rollbook-"
"""What stands before a district's hub id where a manifest names the system that made it, and that is a hub."""
OVER = ("tobedeleted", "inactive")
"""The statuses of rows that are no longer."""
ASIDE = "aside "
"""What stands before the name of a file where its rows that are set aside are kept."""


class _Pending(NamedTuple):
    """What was set aside of a file: rows by column, and what is wrong with those that could not be read."""

    columns: dict[str, Sequence[str]]
    unread: list[Aside]


@dataclass(frozen=True)
class Extent:
    """How much a roster says: of each table whether it is `bulk`, `delta` or absent, in which version of OneRoster.

    `system` is that which made it, blank where it does not say.
    """

    version: str
    modes: Mapping[str, str]
    system: str = ""
    hub: str = ""
    """The hub id of the district, where a hub wrote it."""

    def mode(self, name: str) -> str:
        """Whether a table is bulk, delta or absent."""
        return self.modes.get(name, "absent")


@dataclass
class Roster:
    """A roster in OneRoster's shape: its tables, over what was said before where they are deltas or absent.

    `connector` names the system of a roster that does not tell its own.
    """

    extent: Extent
    problems: Problems
    connector: str
    layouts: tuple[Layout, ...] = LAYOUTS
    notes: list[str] = field(default_factory=list[str])
    tables: dict[str, Table] = field(default_factory=dict[str, Table])
    wrong: dict[str, Table] = field(default_factory=dict[str, Table])
    """The rows of each file that are set aside."""
    origin: Origin = field(default_factory=Origin)
    size: int = 0
    system: str | None = None
    kept_aside: set[str] = field(default_factory=set[str])
    """The files of which rows were set aside before."""
    kept: PackedFiles = field(default_factory=PackedFiles)
    bare: set[str] = field(default_factory=set[str])
    """The files that have a header and no rows."""
    also: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """What the connector has to find again besides, such as from when on changes are news."""
    _before: Shelves | None = None

    def layout(self, of: Layout) -> Layout:
        """The columns of a table with what this version needs of them, and a delta besides."""
        return self._needing(of, *(("status",) if self.extent.mode(of.name) == "delta" else ()))

    def take(self, table: Table) -> None:
        """Take a table in its layout, and check what can be checked in it alone."""
        of = table.layout
        self.size += len(table)
        if not (len(table) or table.broken or table.aside):
            self.bare.add(of.name)
        gone = self._over(table)
        keys = frozenset(table[of.key][at] for at in gone)
        living = replace(table.without({*of.dropped, "dateLastModified"}).less(gone), gone=keys)
        good, wrong = check(living, self.problems)
        self._note_columns(good)
        self.tables[of.name], self.wrong[of.name] = good.without({"status"}), wrong.without({"status"})

    def _over(self, table: Table) -> set[int]:
        """The rows that are to be deleted, and those that OneRoster 1.0 called inactive, which is the same."""
        if {status.strip().lower() for status in distinct(table["status"])}.isdisjoint(OVER):
            return set()
        statuses = [status.strip().lower() for status in table["status"]]
        if times := statuses.count("inactive"):
            said = "'inactive', which is OneRoster 1.0's, was read as tobedeleted"
            self.problems.meant[f"{table.layout.file}, column status", said] += times
        return {at for at, status in enumerate(statuses) if status in OVER}

    def _needing(self, of: Layout, *more: str) -> Layout:
        """A layout with what is needed in this version, and more that is needed."""
        version = self.extent.version
        headed = HEADED.get(version, {}).get(of.name, ())
        columns = tuple(replace(c, headed=True) if c.name in headed else c for c in of.columns)
        return replace(of, columns=columns).requiring(*VERSIONS.get(version, {}).get(of.name, ()), *more)

    def _note_columns(self, table: Table) -> None:
        known = {c.name for c in table.layout.columns} | table.layout.dropped
        for name in table.columns:
            if name not in known and not name.startswith("metadata."):
                said = "is no column of OneRoster's; what it holds is kept with the records"
                self.problems.meant[f"{table.layout.file}, column {name}", said] += 0

    def place(self) -> None:
        """Find out which district the roster speaks for."""
        orgs = self._with_schools(self.tables)
        if orgs is None or (self.extent.mode("orgs") == "delta" and "district" not in orgs["type"]):
            return
        districts = [at for at, kind in enumerate(orgs["type"]) if kind == "district"]
        if len(districts) > 1:
            for at in districts:
                said = f"{orgs['name'][at]} is one of {len(districts)} districts"
                self.problems.cell(orgs.place(at), "type", said, "import each district separately")
        cells, shared = orgs.cells("sourcedId", "name", "identifier", "type"), shared_numbers(orgs)
        schools = tuple(
            SchoolTold(key, name, "", "" if number in shared else number)
            for key, name, number, kind in cells
            if kind == "school"
        )
        system = self.extent.system or None
        if districts:
            self.origin = Origin(orgs["sourcedId"][districts[0]], orgs["name"][districts[0]], schools)
        elif above := parent_of_all(orgs):
            self.origin = Origin(above, system or above, schools)
        else:
            alone = schools[0].name if len(schools) == 1 else ""
            self.origin = Origin(None, alone or system, schools)

    def _with_schools(self, tables: dict[str, Table]) -> Table | None:
        """The organisations, of which one that has classes is a school though the roster lists none."""
        orgs, classes = tables.get("orgs"), tables.get("classes")
        if orgs is not None and classes is not None and "school" not in orgs["type"]:
            found = houses_of(orgs, set(classes["schoolSourcedId"]))
            if count := found["type"].count("school"):
                said = "a department that has classes was read as a school, since no school is listed"
                self.problems.meant["orgs.csv, column type", said] = count
                tables["orgs"] = orgs = found
        return orgs

    def _tells_no_courses(self, courses: Table) -> bool:
        return self.extent.mode("courses") == "absent" and not len(courses)

    def streams(self, kept: Kept, name: str) -> list[Stream]:
        """Every record that the roster makes; sets rows aside that cannot be used, and notes what stops all of it."""
        self._check_version(kept)
        if self.problems.found:
            return []
        # A delta that does not name the system is no news about it.
        named = self.extent.system or (kept(SYSTEM) or b"").decode()
        self.system = named or (self.connector if self.extent.mode("orgs") == "bulk" else None)
        now = Catalogue(__version__, name, self.system)
        return self._changes(kept, now) or self._everything(kept, now)

    def _changes(self, kept: Kept, now: Catalogue) -> list[Stream] | None:
        """What is new about people, where all else is as it was; None where that is not so, or not plain."""
        was, fine = catalogue_of(kept), all(not (t.broken or t.aside) for t in self.tables.values())
        if was is None or was.mapping != now.mapping or not kept(SETTLED) or not fine:
            return None
        layouts, shelves = {of.name: self._needing(of) for of in self.layouts}, Shelves(kept, was)
        rest = {of.name: _unpack(of, kept(of.file)) for of in layouts.values() if of.name not in HOMES}
        if any(len(table) for name, table in rest.items() if name not in ROSTER):
            # What people achieved and what they use is not on their shelves.
            return None
        if self._tells_no_courses(rest["courses"]):
            rest["classes"] = without_courses(rest["classes"])
        whole = {name for name in self.tables if self.extent.mode(name) == "bulk"}
        delta = delta_of(self.tables, whole, shelves, rest, layouts)
        streams = narrowed(delta, self._map, self.problems, now) if delta else None
        self.kept = PackedFiles(shelves.keep() if streams else ())
        return streams

    def _map(self, tables: Mapping[str, Table], beyond: Beyond, problems: Problems, of: Catalogue) -> Mapped:
        return map_roster(Tables(tables, self._roles(tables), problems, of.district, of.system, beyond))

    def _everything(self, kept: Kept, now: Catalogue) -> list[Stream]:
        self._before = Shelves(kept, was) if (was := catalogue_of(kept)) else None
        files = Files({of.name: self._file(of, kept) for of in self.layouts}, self.problems, {"orgs": unlisted})
        if orgs := self._with_schools({name: file.table for name, file in files.files.items()}):
            files.files["orgs"].table = orgs
        if self._tells_no_courses(files.files["courses"].table):
            files.files["classes"].table = without_courses(files.files["classes"].table)
        files.begin()
        files.set_aside("classes", self._astray(files.files["classes"].table, files.files["orgs"].table))
        files.settle()
        files.note_loose()
        self.tables = {name: file.table for name, file in files.files.items()}
        self.wrong = {name: file.wrong for name, file in files.files.items()}
        self._account(files.found())
        self.kept = self._keep(kept, now)
        streams, now.grades = self._map(self.tables, Beyond(), self.problems, now)
        now.counts = counted(streams)
        self.kept = self.kept.beside(catalogued(now))
        # A large roster is held once, as rows or as records.
        self.tables = {}
        return streams

    def _file(self, of: Layout, kept: Kept) -> File:
        """A file as it is now: alone where it is whole, otherwise over what was said before."""
        of = self._needing(of)
        mode, read = self.extent.mode(of.name), lambda: self._read_before(of, kept)
        self.kept_aside |= {of.name} if kept(ASIDE + of.file) else set()
        if mode == "bulk" and of.name in self.tables:
            if of.name in self.bare and (had := len(read())):
                self.problems.emptied[of.file] = had
            return File(self.tables[of.name], self.wrong[of.name], read)
        said = self.tables.get(of.name, Table(of, {of.key: ()}))
        pending, wrong = self._pending(of, kept(ASIDE + of.file), said)
        aside = (*pending.aside, *said.aside)
        table = replace(read().patched(replace(pending, gone=frozenset())).patched(said), aside=aside)
        return File(table, wrong.patched(self.wrong.get(of.name, Table(of, {of.key: ()}))), read, whole=False)

    def _read_before(self, of: Layout, kept: Kept) -> Table:
        # A hub that was last read by an older Rollbook has every file whole.
        on_shelves = self._before is not None and of.name in HOMES
        return self._before.whole(of) if self._before and on_shelves else _unpack(of, kept(of.file))

    def _pending(self, of: Layout, data: bytes | None, said: Table) -> tuple[Table, Table]:
        """What was set aside before and is not said anew: the rows that are right by now, and the others."""
        if not data:
            return Table(of, {of.key: ()}), Table(of, {of.key: ()})
        columns, unread = msgspec.msgpack.decode(data, type=_Pending)
        anew = said.gone | said.keys.keys() | {one.key for one in said.aside}
        before = Table(of, {of.key: (), **columns}, (PENDING,) * len(columns.get(of.key, ())))
        good, wrong = check(before.only([key not in anew for key in before[of.key]]), self.problems)
        return replace(good, aside=(*good.aside, *(one for one in unread if one.key not in anew))), wrong

    def _astray(self, classes: Table, orgs: Table) -> dict[int, tuple[str, str, str]]:
        """Classes of an organisation that is neither a school nor part of one."""
        schools, name = schools_of(orgs), "schoolSourcedId"
        return {
            at: (name, f"{org!r} is neither a school nor part of one", "a class must belong to a school")
            for at, org in enumerate(classes[name])
            if org in schools and schools[org] is None
        }

    def _account(self, aside: list[Aside]) -> None:
        """Note what is set aside with the school of each row, and of how many rows it is."""
        if not aside:
            return
        schools = {name: self._schools(name) for name in self.tables}
        self.problems.aside += [
            replace(
                one,
                school=schools[one.kind].get(one.key, ""),
                waits=tuple(w._replace(school=schools[w.kind].get(w.key, "")) for w in one.waits),
            )
            for one in aside
        ]
        for name, found in schools.items():
            counted = Counter(school for school in found.values() if school)
            unread = sum(one.kind == name and one.key not in self.wrong[name].keys for one in aside)
            self.problems.rows[name] = counted + Counter({"": len(self.tables[name]) + len(self.wrong[name]) + unread})

    def _schools(self, name: str) -> dict[str, str]:
        """The school of each row of a file by the row's key, also of those that are set aside; blank: of none."""
        of_org = schools_of(self.tables["orgs"])
        tables = (self.tables[name], self.wrong[name])
        column = next((c.name for c in tables[0].layout.columns if c.to == "orgs"), "")
        if name == "orgs":
            return {key: of_org.get(key) or "" for table in tables for key in table.keys}
        if not column:
            return {key: "" for table in tables for key in table.keys}
        cells = (cell for table in tables for cell in table.cells(table.layout.key, column))
        return {key: next((s for org in split(orgs) if (s := of_org.get(org))), "") for key, orgs in cells}

    def _check_version(self, kept: Kept) -> None:
        before, version = (kept(VERSION) or b"").decode(), self.extent.version
        whole = all(self.extent.mode(name) == "bulk" for name in ("users", "roles" if version == "1.2" else "users"))
        if before and before != version and not whole:
            said = f"oneroster.version is {version}, and what it changes was {before}"
            self.problems.add("manifest.csv version", "manifest.csv", said, "send users in bulk once")

    def _roles(self, tables: Mapping[str, Table]) -> list[UserRole]:
        """What users are where: 1.2 has a file for it, 1.1 says it of each user."""
        roles, users = tables["roles"], tables["users"]
        if self.extent.version == "1.2":
            cells = roles.cells("userSourcedId", "role", "orgSourcedId", "beginDate", "endDate")
            raws = roles.extras(*(c.name for c in roles.layout.columns))
            return [UserRole(*row, raw=raw) for row, raw in zip(cells, raws, strict=True)]
        cells = users.cells("sourcedId", "role", "orgSourcedIds")
        return [UserRole(user, role, org) for user, role, orgs in cells for org in split(orgs)]

    def keep(self) -> Mapping[str, bytes]:
        """The files as they are now, so that a later delta can be laid over them, and what is set aside of them."""
        system = {SYSTEM: self.system.encode()} if self.system else {}
        return self.kept.beside({VERSION: self.extent.version.encode(), **system, **self.also})

    def _keep(self, kept: Kept, now: Catalogue) -> PackedFiles:
        whole = {name for name in HOMES if self.extent.mode(name) == "bulk"}
        now.digests = {name: digest_of(self.tables[name]) for name in whole}
        now.shelves = max(shelves_for(len(self.tables["users"])), self._before.catalogue.shelves if self._before else 0)
        rest = {t.layout.file: _packed(t) for n, t in self.tables.items() if n not in HOMES}
        former = {t.layout.file: b"" for n, t in self.tables.items() if n in HOMES and kept(t.layout.file)}
        aside = {
            f"{ASIDE}{table.layout.file}": self._set_aside(name)
            for name, table in self.tables.items()
            if len(self.wrong[name]) or name in self.kept_aside or self._unread(name)
        }
        return PackedFiles(shelve(self.tables, now)).beside({**rest, **former, **aside})

    def _set_aside(self, name: str) -> bytes:
        unread = self._unread(name)
        columns: dict[str, Sequence[str]] = {n: tuple(cells) for n, cells in self.wrong[name].columns.items()}
        return msgspec.msgpack.encode(_Pending(columns, unread)) if self._any(name) else b""

    def _any(self, name: str) -> bool:
        return bool(len(self.wrong[name]) or self._unread(name))

    def _unread(self, name: str) -> list[Aside]:
        """What is set aside of a file and has no row that could be kept."""
        keys = self.wrong[name].keys
        return [replace(one, waits=()) for one in self.problems.aside if one.kind == name and one.key not in keys]


def _packed(table: Table) -> bytes:
    return msgspec.msgpack.encode({name: tuple(cells) for name, cells in table.columns.items()})


def _unpack(of: Layout, data: bytes | None) -> Table:
    columns = msgspec.msgpack.decode(data, type=dict[str, Sequence[str]]) if data else {of.key: ()}
    return Table(of, {**columns}, (BEFORE,) * len(columns[of.key]))
