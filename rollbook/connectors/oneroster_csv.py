"""OneRoster 1.1 and 1.2 CSV, bulk and delta, as a folder or a ZIP.

Passwords are never kept. Nor are `status` and `dateLastModified`: the hub's own history answers when a fact
changed, and exporters restamp every row. What else has no canonical field stays in the record's remainder,
under `oneroster`, by column. A row that is `tobedeleted` counts as absent. A user who is not enabled may not
sign in, but is still of the school: the user stays, with `enabledUser` in the remainder. Nobody is matched by
e-mail. The files as they were last are kept beside the records, so that a delta can be laid over them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ..ingest.bundle import Part, open_bundle
from ..ingest.roster import CONTACTS, RACES, SEXES, Tables, UserRole, map_roster
from ..ingest.roster.fills import FILLS
from ..ingest.rows import Kept, Origin, Problems, Progress, Stream
from ..ingest.tables import Layout, Table, check, check_references, drop_orphans, layout, parse, split
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
        "title! type! startDate!@ endDate!@ parentSourcedId>academicSessions schoolYear",
        type=SESSION_KINDS,
    ),
    _layout("orgs", "name! type! identifier parentSourcedId>orgs", type=ORGS),
    _layout(
        "courses",
        "schoolYearSourcedId>academicSessions title! courseCode grades orgSourcedId!>orgs subjects subjectCodes",
    ),
    _layout(
        "classes",
        "title! grades courseSourcedId!>courses classCode classType location schoolSourcedId!>orgs"
        " termSourcedIds>>academicSessions subjects subjectCodes periods",
        classType=("homeroom", "scheduled"),
    ),
    _layout(
        "users",
        "enabledUser? orgSourcedIds>>orgs role username userIds givenName! familyName! middleName identifier"
        " email sms phone agentSourcedIds>>users grades userMasterIdentifier preferredGivenName"
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
NEEDED = {"1.1": {"users": ("orgSourcedIds", "role")}, "1.2": {}}
"""Columns that only one version has, and needs."""
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
        parts = open_bundle(path, problems)
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
        table = parse(columns, data, problems)
        check(table, problems)
        manifest = cls(dict(zip(table["propertyName"], table["value"], strict=True)))
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
        if self.version not in NEEDED:
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
        for of in LAYOUTS:
            if of.file in parts and f"file.{of.name}" not in self.said:
                hint = f"add the line file.{of.name},bulk (or delta, or absent)"
                problems.add("manifest.csv", "manifest.csv", f"does not give the mode of {of.file}", hint)


@dataclass
class Roster:
    """A OneRoster roster: its files as tables, over what was said before where they are deltas or absent."""

    manifest: Manifest
    problems: Problems
    notes: list[str] = field(default_factory=list[str])
    tables: dict[str, Table] = field(default_factory=dict[str, Table])
    origin: Origin = field(default_factory=Origin)
    size: int = 0

    def take(self, of: Layout, data: bytes | None) -> None:
        """Read one file, and check what can be checked in it alone."""
        table = parse(of, data, self.problems) if data is not None else Table(of, {}, broken=True)
        for name in NEEDED.get(self.manifest.version, {}).get(of.name, ()):
            if name not in table.columns and not table.broken:
                self.problems.add(f"{of.file} line 1", f"{of.file} line 1", f"column {name} is missing", "1.1 needs it")
        self.size += len(table)
        statuses = table["status"]
        if self.manifest.mode(of.name) == "delta":
            self._check_statuses(table, statuses)
        gone = (
            {at for at, status in enumerate(statuses) if status == "tobedeleted"} if "tobedeleted" in statuses else ()
        )
        living = table.without({*of.dropped, "dateLastModified"}, gone)
        check(living, self.problems)
        self.tables[of.name] = living.without({"status"})

    def _check_statuses(self, table: Table, statuses: Iterable[str]) -> None:
        for at, status in enumerate(statuses):
            if not status:
                self.problems.cell(table.place(at), "status", "is empty", "in a delta, expected active or tobedeleted")

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
        schools = [name for name, kind in zip(orgs["name"], orgs["type"], strict=True) if kind == "school"]
        if districts:
            self.origin = Origin(orgs["sourcedId"][districts[0]], orgs["name"][districts[0]])
        else:
            alone = schools[0] if len(schools) == 1 else ""
            self.origin = Origin(None, alone or self.manifest.said.get("source.systemName") or None)

    def streams(self, kept: Kept, name: str) -> list[Stream]:
        """Every record that the roster makes; notes the problems between files."""
        self._check_version(kept)
        for of in LAYOUTS:
            mode = self.manifest.mode(of.name)
            if mode == "delta" and of.name in self.tables:
                self.tables[of.name] = _unpack(of, kept(of.file)).patched(self.tables[of.name])
            elif mode == "absent" or of.name not in self.tables:
                self.tables[of.name] = _unpack(of, kept(of.file))
        drop_orphans(self.tables)
        check_references(self.tables, self.problems)
        if self.problems.found:
            return []
        system = self.manifest.said.get("source.systemName") or OneRosterCsv.name
        return map_roster(Tables(self.tables, self._roles(), self.problems, name, system))

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
        """The files as they are now, so that a later delta can be laid over them."""
        files = {table.layout.file: msgspec.msgpack.encode(table.columns) for table in self.tables.values()}
        return {VERSION: self.manifest.version.encode(), **files}


def _unpack(of: Layout, data: bytes | None) -> Table:
    columns = msgspec.msgpack.decode(data, type=dict[str, Sequence[str]]) if data else {of.key: ()}
    return Table(of, {**columns}, (0,) * len(columns[of.key]))
