"""OneRoster 1.1 and 1.2 CSV, bulk and delta, as a folder or a ZIP.

What has no canonical field stays in the record's remainder, under `oneroster`, by column. A user who is not enabled may
not sign in, but is still of the school: the user stays, with `enabledUser` in the remainder. Nobody is matched by
e-mail. Gradebooks and resources are read beside rosters. What is kept and what is not: `ingest/roster/roster.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..ingest.bundle import Part, open_bundle
from ..ingest.cells import check
from ..ingest.roster.fills import FILLS
from ..ingest.roster.layouts import LAYOUTS, VERSIONS
from ..ingest.roster.roster import OURS, Extent, Roster
from ..ingest.rows import Problems, Reading
from ..ingest.tables import Layout, Table, layout, parse

MODES = ("bulk", "delta", "absent")


class OneRosterCsv:
    """OneRoster rosters in CSV."""

    name = "oneroster-csv"
    format = "oneroster"
    fills = FILLS

    def read(self, reading: Reading) -> Roster:
        """Open a folder or ZIP and read what its manifest says is there."""
        problems, progress = Problems(), reading.progress
        parts = open_bundle(reading.path, problems, known=("manifest.csv", *(of.file for of in LAYOUTS)))
        extent = (Manifest.of(parts, problems) if parts else Manifest()).extent
        roster = Roster(extent, problems, self.name)
        wanted = [of for of in LAYOUTS if extent.mode(of.name) != "absent" and of.file in parts]
        for done, of in enumerate(wanted):
            progress("reading", done, len(wanted))
            roster.take(_table(parts[of.file], roster.layout(of), problems))
        progress("reading", len(wanted), len(wanted))
        roster.place()
        roster.origin = replace(roster.origin, hub=extent.hub)
        return roster


ONEROSTER_CSV = OneRosterCsv()


def _table(part: Part, of: Layout, problems: Problems) -> Table:
    data = part.read(problems)
    return Table(of, {}, broken=True) if data is None else parse(of, data, problems)


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

    @property
    def extent(self) -> Extent:
        """What of it is there, and how much of each file."""
        modes = {name.removeprefix("file."): mode for name, mode in self.said.items() if name.startswith("file.")}
        system, code = (self.said.get(f"source.{name}", "") for name in ("systemName", "systemCode"))
        return Extent(self.version, modes, system, code.removeprefix(OURS) if code.startswith(OURS) else "")

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
    """What a manifest says, names of files in any case; a file of which it gives no mode is read as the others are."""
    names = {f"file.{of.name}".lower(): f"file.{of.name}" for of in LAYOUTS}
    said = {names.get(key.lower(), key): value for key, value in table.cells("propertyName", "value")}
    # A mode that is left blank says as little as a line that is left out.
    said = {key: value for key, value in said.items() if value or not key.startswith("file.")}
    modes = {value for key, value in said.items() if key.startswith("file.") and value != "absent"} or {"bulk"}
    for of in LAYOUTS:
        if of.file not in parts or f"file.{of.name}" in said:
            continue
        if len(modes) == 1:
            (mode,) = modes
            said[f"file.{of.name}"] = mode
            problems.meant["manifest.csv", f"gives no mode for {of.file}, which was read as {mode}"] += 0
        else:
            hint = f"add the line file.{of.name},bulk (or delta, or absent)"
            problems.add("manifest.csv", "manifest.csv", f"does not give the mode of {of.file}", hint)
    return said
