"""Microsoft School Data Sync CSV, versions 1 (also in its UK format), 2 and 2.1, as a folder or a ZIP.

Which version it is, the names of the files tell, and of version 1 the headers which format. Names of columns count
letter by letter, as they do for School Data Sync. Passwords are never kept; what else has no field stays in the
record's remainder, under `sds`. A bundle is always whole: what is missing is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...ingest.bundle import Part, open_bundle
from ...ingest.roster.fills import FILLS
from ...ingest.roster.roster import Roster
from ...ingest.roster.sheets import Sheet, read_sheet, roster_of
from ...ingest.rows import Problems, Reading
from ...ingest.tables import Layout
from .first import US, V1, ids_of, version_1
from .second import V2, version_2


class SdsCsv:
    """School Data Sync rosters in CSV."""

    name = "sds-csv"
    format = "sds"
    fills = FILLS

    def read(self, reading: Reading) -> Roster:
        """Open a folder or ZIP and read the files of the version that it is in."""
        problems = Problems()
        parts = open_bundle(reading.path, problems)
        first = "School.csv" in parts
        if parts and not first and "orgs.csv" not in parts:
            said = "contains neither School.csv (version 1) nor orgs.csv (version 2)"
            problems.add("bundle", str(reading.path), said, "choose the folder with School Data Sync's files")
        ids = ids_of(parts, problems) if first else US
        files = V1[ids["key"]] if first else V2
        sheets: dict[str, Sheet] = {}
        for done, of in enumerate(files):
            reading.progress("reading", done, len(files))
            sheets[of.name] = read_sheet(of, parts.get(of.file), problems)
        reading.progress("reading", len(files), len(files))
        _need(parts, [of for of in files if of.name in NEEDED], problems)
        told = "roles.csv" in parts
        says = version_1(sheets, ids) if first else version_2(sheets, told)
        roster = roster_of("sds-1" if first else "1.2" if told else "sds-2", says, problems, self.name, ONCE)
        known = {of.file for of in files}
        roster.notes += [
            f"{name} is not a file of School Data Sync and was not read" for name in parts if name not in known
        ]
        return roster


SDS_CSV = SdsCsv()
ONCE = ("courses", "academicSessions")
NEEDED = {"School", "Section", "Student", "Teacher", "StudentEnrollment", "TeacherRoster", "orgs", "users"}


def _need(parts: Mapping[str, Part], files: Iterable[Layout], problems: Problems) -> None:
    for of in files:
        if parts and of.file not in parts:
            problems.add(of.file, of.file, "is missing", "each upload needs the same files, also those without rows")
