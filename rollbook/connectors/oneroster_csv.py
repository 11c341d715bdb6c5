"""OneRoster 1.1 and 1.2 CSV, bulk and delta, as a folder or a ZIP.

Passwords are never kept. Nor are `status` and `dateLastModified`: the hub's own history answers when a fact
changed, and exporters restamp every row. What else has no canonical field stays in the record's remainder,
under `oneroster`, by column. A row that is `tobedeleted` counts as absent. A user who is not enabled may not
sign in, but is still of the school: the user stays, with `enabledUser` in the remainder. Nobody is matched by
e-mail. The files as they were last are kept beside the records, so that a delta can be laid over them, and so are the
rows that were set aside, without passwords.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from ..ingest.bundle import Part, open_bundle
from ..ingest.cells import check
from ..ingest.references import BEFORE, PENDING, File, Files
from ..ingest.roster import CONTACTS, RACES, SEXES, Tables, UserRole, map_roster
from ..ingest.roster.fills import FILLS
from ..ingest.roster.places import parent_of_all, schools_of, unlisted
from ..ingest.rows import Aside, Kept, Origin, Problems, Progress, SchoolTold, Stream
from ..ingest.tables import Layout, Table, layout, parse, split
from ..model.calendar import SESSION_KINDS

STATUSES = ("active", "tobedeleted")
ORGS = ("department", "school", "district", "local", "state", "national")
ROLES = (
    *("administrator", "aide", "proctor", "student", "teacher", *CONTACTS),
    *("counselor", "districtAdministrator", "principal", "siteAdministrator", "systemAdministrator"),
)


def _layout(
    name: str, columns: str, dropped: Iterable[str] = (), key: str = "sourcedId!", **choices: Iterable[str]
) -> Layout:
    columns = f"{key} status dateLastModified~ {columns}"
    return layout(name, columns, key="sourcedId", dropped=dropped, status=STATUSES, **choices)


LAYOUTS = (
    _layout(
        "academicSessions",
        "title! type! startDate!@ endDate!@ parentSourcedId>academicSessions schoolYear^",
        type=SESSION_KINDS,
    ),
    _layout("orgs", "name! type! identifier parentSourcedId>orgs", type=ORGS),
    _layout(
        "courses",
        "schoolYearSourcedId>academicSessions title! courseCode grades% orgSourcedId!>orgs subjects subjectCodes",
    ),
    _layout(
        "classes",
        "title! grades% courseSourcedId!>courses classCode classType^ location schoolSourcedId!>orgs"
        " termSourcedIds^>>academicSessions subjects subjectCodes periods",
        classType=("homeroom", "scheduled"),
    ),
    _layout(
        "users",
        "enabledUser^? orgSourcedIds>>orgs role username^ userIds givenName! familyName! middleName identifier"
        " email sms phone agentSourcedIds>>users* grades% userMasterIdentifier preferredGivenName"
        " preferredMiddleName preferredFamilyName primaryOrgSourcedId>orgs pronouns",
        dropped=["password"],
        role=ROLES,
    ),
    _layout(
        "roles",
        "userSourcedId!>users roleType! role! beginDate@ endDate@ orgSourcedId!>orgs userProfileSourcedId",
        roleType=("primary", "secondary"),
        role=ROLES,
    ),
    _layout(
        "userProfiles",
        "userSourcedId!>users profileType vendorId applicationId description credentialType username",
        dropped=["password"],
    ),
    _layout(
        "enrollments",
        "classSourcedId!>classes schoolSourcedId!>orgs userSourcedId!>users role! primary? beginDate@ endDate@",
        role=ROLES,
    ),
    _layout(
        "demographics",
        f"birthDate@ sex {' '.join(f'{race}?' for race in RACES)} hispanicOrLatinoEthnicity?"
        " countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus",
        key="sourcedId!>users",
        sex=SEXES,
    ),
)
VERSIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {"1.1": {"users": ("role",)}, "1.2": {}}
"""What each version needs of a file besides: 1.2 has a file of its own for roles."""
HEADED = {"1.1": {"users": ("orgSourcedIds",)}, "1.2": {}}
"""Columns that only one version has, and needs in the header."""
UNREAD = {
    *(
        "categories",
        "classResources",
        "courseResources",
        "lineItems",
        "lineItemLearningObjectiveIds",
        "resources",
    ),
    *("lineItemScoreScales", "resultLearningObjectiveIds", "resultScoreScales", "results", "scoreScales"),
    "userResources",
}
VERSION = "version"
SYSTEM = "system"
ASIDE = "aside "
"""What stands before the name of a file where its rows that are set aside are kept."""
MODES = ("bulk", "delta", "absent")


# ---- reading


class OneRosterCsv:
    """OneRoster rosters in CSV."""

    name = "oneroster-csv"
    format = "oneroster"
    fills = FILLS

    def read(self, path: Path, progress: Progress) -> Roster:
        """Open a folder or ZIP and read what its manifest says is there."""
        problems = Problems()
        parts = open_bundle(path, problems, known=("manifest.csv", *(of.file for of in LAYOUTS)))
        manifest = Manifest.of(parts, problems) if parts else Manifest()
        roster = Roster(manifest, problems)
        wanted = [of for of in LAYOUTS if manifest.mode(of.name) != "absent" and of.file in parts]
        for done, of in enumerate(wanted):
            progress("reading", done, len(wanted))
            roster.take(of, parts[of.file].read(problems))
        progress("reading", len(wanted), len(wanted))
        roster.place()
        return roster


ONEROSTER_CSV = OneRosterCsv()


@dataclass(frozen=True)
class Manifest:
    """What `manifest.csv` says: the version, and of each file whether it is whole, a change, or not there."""

    said: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, parts: Mapping[str, Part], problems: Problems) -> Manifest:
        """Read the manifest and compare it with the files that are there."""
        columns = layout("manifest", "propertyName! value", key="propertyName")
        data = parts["manifest.csv"].read(problems) if "manifest.csv" in parts else None
        if data is None:
            hint = "it must say for each file whether it is bulk, delta or absent"
            problems.add("manifest.csv", "manifest.csv", "is missing", hint)
            return cls()
        table, wrong = check(parse(columns, data, problems), problems)
        for one in (*table.aside, *wrong.aside):
            problems.add("manifest.csv", one.problem.where, one.what, one.hint)
        manifest = cls(_listed(table, parts, problems))
        manifest._check(table, parts, problems)
        return manifest

    @property
    def version(self) -> str:
        """The version of OneRoster, 1.1 or 1.2."""
        # The document of 1.2 calls itself 1.2.1, and some exporters repeat that.
        return self.said.get("oneroster.version", "")[:3]

    def mode(self, name: str) -> str:
        """Whether a file is bulk, delta or absent."""
        return self.said.get(f"file.{name}", "absent")

    def _check(self, table: Table, parts: Mapping[str, Part], problems: Problems) -> None:
        at = table.keys
        if self.version not in VERSIONS:
            said = f"{self.said.get('oneroster.version', '')!r} is not a supported version"
            place = table.place(at["oneroster.version"]) if "oneroster.version" in at else ("manifest.csv", 1)
            problems.cell(place, "value", f"oneroster.version {said}", "expected 1.1 or 1.2")
        for key, value in self.said.items():
            name = key.removeprefix("file.")
            if name == key:
                continue
            if value not in MODES:
                problems.cell(table.place(at[key]), "value", f"{key} is {value!r}", f"expected {', '.join(MODES)}")
            elif value != "absent" and f"{name}.csv" not in parts:
                hint = "add the file, or change its mode to absent"
                problems.cell(table.place(at[key]), "value", f"{key} is {value}, but {name}.csv is missing", hint)


def _listed(table: Table, parts: Mapping[str, Part], problems: Problems) -> dict[str, str]:
    """What a manifest says, names of files in any case; a file that it omits is read as the others are."""
    names = {f"file.{of.name}".lower(): f"file.{of.name}" for of in LAYOUTS}
    said = {names.get(key.lower(), key): value for key, value in table.cells("propertyName", "value")}
    modes = {value for key, value in said.items() if key.startswith("file.") and value != "absent"} or {"bulk"}
    for of in LAYOUTS:
        if of.file not in parts or f"file.{of.name}" in said:
            continue
        if len(modes) == 1:
            (mode,) = modes
            said[f"file.{of.name}"] = mode
            problems.meant["manifest.csv", f"does not name {of.file}, which was read as {mode}"] += 0
        else:
            hint = f"add the line file.{of.name},bulk (or delta, or absent)"
            problems.add("manifest.csv", "manifest.csv", f"does not give the mode of {of.file}", hint)
    return said


class _Pending(NamedTuple):
    """What was set aside of a file: rows by column, and what is wrong with those that could not be read."""

    columns: dict[str, Sequence[str]]
    unread: list[Aside]


@dataclass
class Roster:
    """A OneRoster roster: its files as tables, over what was said before where they are deltas or absent."""

    manifest: Manifest
    problems: Problems
    notes: list[str] = field(default_factory=list[str])
    tables: dict[str, Table] = field(default_factory=dict[str, Table])
    wrong: dict[str, Table] = field(default_factory=dict[str, Table])
    """The rows of each file that are set aside."""
    origin: Origin = field(default_factory=Origin)
    size: int = 0
    system: str | None = None
    kept_aside: set[str] = field(default_factory=set[str])
    """The files of which rows were set aside before."""
    bare: set[str] = field(default_factory=set[str])
    """The files that have a header and no rows."""

    def take(self, of: Layout, data: bytes | None) -> None:
        """Read one file, and check what can be checked in it alone."""
        of = self._needing(of, *(("status",) if self.manifest.mode(of.name) == "delta" else ()))
        table = parse(of, data, self.problems) if data is not None else Table(of, {}, broken=True)
        self.size += len(table)
        if not (len(table) or table.broken or table.aside):
            self.bare.add(of.name)
        gone = {at for at, status in enumerate(table["status"]) if status.strip().lower() == "tobedeleted"}
        keys = frozenset(table[of.key][at] for at in gone)
        living = replace(table.without({*of.dropped, "dateLastModified"}).less(gone), gone=keys)
        good, wrong = check(living, self.problems)
        self._note_columns(good)
        self.tables[of.name], self.wrong[of.name] = good.without({"status"}), wrong.without({"status"})

    def _needing(self, of: Layout, *more: str) -> Layout:
        """A layout with what is needed in this version, and more that is needed."""
        version = self.manifest.version
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
        for name in sorted(UNREAD):
            if self.manifest.mode(name) != "absent":
                self.notes.append(f"{name}.csv is not part of a roster and was not read")
        orgs = self.tables.get("orgs")
        if orgs is None or (self.manifest.mode("orgs") == "delta" and "district" not in orgs["type"]):
            return
        districts = [at for at, kind in enumerate(orgs["type"]) if kind == "district"]
        if len(districts) > 1:
            for at in districts:
                said = f"{orgs['name'][at]} is one of {len(districts)} districts"
                self.problems.cell(orgs.place(at), "type", said, "import each district separately")
        cells = orgs.cells("sourcedId", "name", "identifier", "type")
        schools = tuple(SchoolTold(key, name, "", number) for key, name, number, kind in cells if kind == "school")
        system = self.manifest.said.get("source.systemName") or None
        if districts:
            self.origin = Origin(orgs["sourcedId"][districts[0]], orgs["name"][districts[0]], schools)
        elif above := parent_of_all(orgs):
            self.origin = Origin(above, system or above, schools)
        else:
            alone = schools[0].name if len(schools) == 1 else ""
            self.origin = Origin(None, alone or system, schools)

    def streams(self, kept: Kept, name: str) -> list[Stream]:
        """Every record that the roster makes; sets rows aside that cannot be used, and notes what stops all of it."""
        self._check_version(kept)
        if self.problems.found:
            return []
        files = Files({of.name: self._file(of, kept) for of in LAYOUTS}, self.problems, {"orgs": unlisted})
        files.begin()
        files.set_aside("classes", self._astray(files.files["classes"].table, files.files["orgs"].table))
        files.settle()
        self.tables = {name: file.table for name, file in files.files.items()}
        self.wrong = {name: file.wrong for name, file in files.files.items()}
        self._account(files.found())
        # A delta that does not name the system is no news about it.
        named = self.manifest.said.get("source.systemName") or (kept(SYSTEM) or b"").decode()
        self.system = named or (OneRosterCsv.name if self.manifest.mode("orgs") == "bulk" else None)
        return map_roster(Tables(self.tables, self._roles(), self.problems, name, self.system))

    def _file(self, of: Layout, kept: Kept) -> File:
        """A file as it is now: alone where it is whole, otherwise over what was said before."""
        of = self._needing(of)
        mode, read = self.manifest.mode(of.name), lambda: _unpack(of, kept(of.file))
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
        before, version = (kept(VERSION) or b"").decode(), self.manifest.version
        whole = all(self.manifest.mode(name) == "bulk" for name in ("users", "roles" if version == "1.2" else "users"))
        if before and before != version and not whole:
            said = f"oneroster.version is {version}, and what it changes was {before}"
            self.problems.add("manifest.csv version", "manifest.csv", said, "send users in bulk once")

    def _roles(self) -> list[UserRole]:
        """What users are where: 1.2 has a file for it, 1.1 says it of each user."""
        roles, users = self.tables["roles"], self.tables["users"]
        if self.manifest.version == "1.2":
            cells = roles.cells("userSourcedId", "role", "orgSourcedId", "beginDate", "endDate")
            raws = roles.extras(*(c.name for c in roles.layout.columns))
            return [UserRole(*row, raw=raw) for row, raw in zip(cells, raws, strict=True)]
        cells = users.cells("sourcedId", "role", "orgSourcedIds")
        return [UserRole(user, role, org) for user, role, orgs in cells for org in split(orgs)]

    def keep(self) -> dict[str, bytes]:
        """The files as they are now, so that a later delta can be laid over them, and what is set aside of them."""
        files = {table.layout.file: msgspec.msgpack.encode(table.columns) for table in self.tables.values()}
        aside = {
            f"{ASIDE}{table.layout.file}": self._set_aside(name)
            for name, table in self.tables.items()
            if len(self.wrong[name]) or name in self.kept_aside or self._unread(name)
        }
        system = {SYSTEM: self.system.encode()} if self.system else {}
        return {VERSION: self.manifest.version.encode(), **system, **files, **aside}

    def _set_aside(self, name: str) -> bytes:
        unread = self._unread(name)
        return msgspec.msgpack.encode(_Pending(self.wrong[name].columns, unread)) if self._any(name) else b""

    def _any(self, name: str) -> bool:
        return bool(len(self.wrong[name]) or self._unread(name))

    def _unread(self, name: str) -> list[Aside]:
        """What is set aside of a file and has no row that could be kept."""
        keys = self.wrong[name].keys
        return [replace(one, waits=()) for one in self.problems.aside if one.kind == name and one.key not in keys]


def _unpack(of: Layout, data: bytes | None) -> Table:
    columns = msgspec.msgpack.decode(data, type=dict[str, Sequence[str]]) if data else {of.key: ()}
    return Table(of, {**columns}, (BEFORE,) * len(columns[of.key]))
