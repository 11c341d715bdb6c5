"""Exports of any shape, CSV or JSON, by a mapping that whoever keeps the source writes in one file.

It is for what has no connector of its own: `rollbook sources map` proposes a mapping, and docs/mapping.md says how one
is written. A mapping brings rows into the tables of a OneRoster roster, and from there on they are read as any roster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..errors import Malformed
from ..fields import Field
from ..ingest.bundle import open_bundle
from ..ingest.mapping.opened import Decode, columns_of, contents, objects_in, plan_for
from ..ingest.mapping.plan import Plan
from ..ingest.mapping.tabled import tables
from ..ingest.roster.fills import FILLS
from ..ingest.roster.layouts import LAYOUTS
from ..ingest.roster.roster import Extent, Roster
from ..ingest.rows import Problems, Reading
from ..ingest.settings import PATH, Setting
from ..ingest.tables import Layout

MAPPING = Setting(
    "mapping", "The file with the mapping, if it is not mapping.toml beside the files", needed=False, file=True
)


@dataclass
class Mapped:
    """Files of one kind, by a mapping."""

    name: str
    ending: str
    decode: Decode
    format: str = "mapped"
    fills: frozenset[Field] = FILLS
    settings: tuple[Setting, ...] = (PATH, MAPPING)

    def read(self, reading: Reading) -> Roster:
        """Read the files that the mapping names, and bring their rows into a roster's tables."""
        problems = Problems()
        try:
            plan = plan_for(reading.path, reading.settings.get(MAPPING.name, ""))
        except Malformed as wrong:
            for one in wrong.problems:
                problems.add(one.where, one.where, one.what, one.hint)
            plan = Plan("", ())
        modes: Mapping[str, str] = dict.fromkeys(plan.tables, "bulk")
        roster = Roster(Extent(plan.version, modes, plan.system), problems, self.name, _layouts())
        if not problems.found:
            self._take(roster, plan, reading)
        return roster

    def _take(self, roster: Roster, plan: Plan, reading: Reading) -> None:
        files = open_bundle(reading.path, roster.problems, ending=self.ending, known=plan.files, alone=True)
        if not files:
            return
        layouts = {of.name: roster.layout(of) for of in roster.layouts}
        for name in sorted(files.keys() - {*plan.files}):
            roster.notes.append(f"{name} is not in the mapping and was not read")
        made = tables(plan, contents(plan, files, self.decode, roster.problems), layouts, roster.problems)
        for done, table in enumerate(made):
            reading.progress("reading", done, len(made))
            roster.take(table)
        roster.place()


def _layouts() -> tuple[Layout, ...]:
    return tuple(replace(of, ending="") for of in LAYOUTS)


MAPPED_CSV = Mapped("mapped-csv", ".csv", columns_of)
MAPPED_JSON = Mapped("mapped-json", ".json", objects_in)
