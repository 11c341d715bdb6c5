"""Rosters as files: everything that an app may read of a district, or what is other than in its last export.

A delta is a difference of two states, so nothing is lost between two of them.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...api.listing.asking import Asked, Clause, Filter, moment
from ...api.listing.reading import Told
from ...consent import Desk, DistrictReader, Holder
from ...consent.credentials import Credential
from ...consent.ledger import Ledger
from ...consent.session import Session
from ...consent.slips import shows
from ...consent.snapshots import Written
from ...errors import Malformed, NotHeld, Problem
from ...ingest.delivering import Delivery
from ...ingest.outgoing import Begin, writing
from ...model.people import Person
from . import tokens
from .answering import MANNER, district_of, reading
from .ids import shared_ids
from .properties import DISTRICT
from .sheets import Object, Sheet, manifest, needs, sheets_of
from .shelves import Seen, Shelves, digest_of

BULK, DELTA = "bulk", "delta"
"""Whether an export has everything, or only what is other than before."""

EVERY_ROW = 2**40
"""More rows than any list has."""

LAST = "last"
"""What the state of the last export of a version to somebody is called."""


@dataclass
class Tally:
    """How many rows of each file were written, how many of these say that something is gone, and what nobody knew."""

    rows: Counter[str] = field(default_factory=Counter[str])
    gone: Counter[str] = field(default_factory=Counter[str])
    blank: Counter[str] = field(default_factory=Counter[str])
    """Cells that the standard wants, by file and column, which are blank because nobody knows what belongs there."""


class Export:
    """What one holder of a credential is given as files: of the schools that granted its app something."""

    def __init__(
        self,
        desk: Desk,
        credential: Credential,
        version: str,
        mode: str,
        name: str = "",
        *,
        begins: bool = False,
        since: str = "",
    ) -> None:
        """`name` tells exports apart that follow each other; a delta that `begins` has everything where none came
        before, and one `since` a moment what the history tells, whatever was exported."""
        self.sheets = sheets_of(version)
        self.version = version
        self.mode = DELTA if since else mode
        self.since = _read_moment(since) if since else ""
        self.holder = Holder(credential)
        self.reader = _reader(desk, self.holder)
        self.at = desk.clock()
        self.snapshots = self.reader.snapshots(f"oneroster-csv {version} {name}".rstrip())
        self.tally = Tally()
        self._changed: dict[str, bytes] = {}
        self._before = self.snapshots.find(LAST, self.at)
        if begins and self._before is None:
            self.mode = BULK
        elif self.mode == DELTA and self._before is None and not since:
            raise Malformed(Problem("delta", "nothing was exported to this app before", "begin with everything: bulk"))

    @property
    def endpoint(self) -> str:
        """What the ledger calls it."""
        return f"oneroster-csv {self.version} {self.mode}"

    def write(self, begin: Begin) -> None:
        """Write the files."""
        held = tokens.allowed(self.holder)
        allowed = [one for one in self.sheets if held & needs(self.version, one)]
        with self.reader.session() as session:
            district = district_of(self.reader, session, shared_ids(self.reader, session))[DISTRICT.arg.name] or ""
            with begin("manifest.csv") as file:
                modes = dict.fromkeys((s.name for s in allowed), self.mode)
                csv.writer(file).writerows(manifest(self.version, modes, district))
            for sheet in allowed:
                with begin(sheet.file) as file:
                    out = csv.writer(file)
                    out.writerow(sheet.header)
                    (self._changed_since if self.since else self._sheet)(session, sheet, out)

    @property
    def empty(self) -> bool:
        """Whether it says nothing that is new to whoever has the last one."""
        return self.mode == DELTA and not self.tally.rows.total()

    def arrived(self) -> None:
        """Remember what was written, now that it is where it should be: the next delta begins there.

        What changed since a moment is no state that anything could begin from.
        """
        if self.since:
            return
        before = self._before.state if self._before else None
        self.snapshots.keep(LAST, self.at, "", "", Written(before, self._changed))

    # ---- a file

    def _changed_since(self, session: Session, sheet: Sheet, out: Any) -> None:
        """Write what changed since a moment, and what is gone since then, as the services list it."""
        said = Filter((Clause(MANNER.modified, ">=", self.since),))
        for thing in reading(self.reader, session, sheet.collection, Asked(limit=EVERY_ROW, filter=said)).things():
            for row in sheet.rows(thing):
                self._put(sheet, row, sheet.told(row), out)
                self.tally.gone[sheet.name] += row["status"] == MANNER.gone

    def _sheet(self, session: Session, sheet: Sheet, out: Any) -> None:
        every = reading(self.reader, session, sheet.collection, Asked())
        for number, (part, plan) in enumerate(every.plans):
            name = f"{sheet.name} {number}"
            shelves = Shelves(name, self._read)
            for some, people in session.chosen(plan, every.args):
                shown = [at for at, row in enumerate(some) if self._thing(sheet, shelves, every.told(part, row), out)]
                if shown:
                    session.shows(plan, len(shown), people.rows(shown))
            self._gone(sheet, shelves.rest(), out)
            self._changed.update(shelves.changed)

    def _thing(self, sheet: Sheet, shelves: Shelves, told: Told, out: Any) -> bool:
        """Write those rows of a thing that belong into the export, and what is gone before it; whether it has some."""
        rows = [(row, sheet.told(row)) for row in sheet.rows(told.thing)]
        of = told.who or (told.id if sheet.collection.resource.parts[0].of is Person else "")
        now = [Seen(row["sourcedId"], digest_of("\0".join(cells).encode()), of) for row, cells in rows]
        passed, before = shelves.put(told.id, now)
        self._gone(sheet, passed, out)
        known = {seen.id: seen for seen in before}
        fresh = [(row, cells) for (row, cells), seen in zip(rows, now, strict=True) if self._belongs(known, seen)]
        for row, cells in fresh:
            self._put(sheet, row, cells, out)
        there = {seen.id for seen in now}
        self._gone(sheet, [seen for seen in before if seen.id not in there], out)
        return bool(fresh)

    def _belongs(self, known: Mapping[str, Seen], seen: Seen) -> bool:
        return self.mode == BULK or known.get(seen.id) != seen

    def _put(self, sheet: Sheet, row: Object, cells: list[str], out: Any) -> None:
        # In bulk files both are blank (OneRoster 1.2 CSV Binding, section 3.2).
        stamps = ("", "") if self.mode == BULK else (row["status"], row["dateLastModified"])
        out.writerow([row["sourcedId"], *stamps, *cells])
        self.tally.rows[sheet.name] += 1
        for name, cell in zip(sheet.cells, cells, strict=True):
            if not cell and name in sheet.needed:
                self.tally.blank[f"{sheet.file}, {name}"] += 1

    def _gone(self, sheet: Sheet, gone: Iterable[Seen], out: Any) -> None:
        for seen in gone if self.mode == DELTA else ():
            shows(seen.of)
            out.writerow([seen.id, "tobedeleted", _moment(self.at), *[""] * len(sheet.cells)])
            self.tally.rows[sheet.name] += 1
            self.tally.gone[sheet.name] += 1

    def _read(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Parts of what is remembered of the last export."""
        state = self._before.state if self._before else None
        return self.snapshots.read(state)(names) if state else {}


def packed(desk: Desk, ledger: Ledger, delivery: Delivery, path: Path) -> Export:
    """What is to be delivered, as a ZIP."""
    credential, mode = desk.credentials.by_key(delivery.key), DELTA if delivery.delta else BULK
    export = Export(desk, credential, delivery.version, mode, f"for {delivery.name}", begins=delivery.delta)
    written(export, ledger, path)
    return export


def written(export: Export, ledger: Ledger, path: Path) -> None:
    """Write an export into a folder or a ZIP; whom it tells of is on the ledger before it is there."""
    app, grants = export.holder.app.id, export.reader.grant_ids
    with ledger.reading("oneroster", export.endpoint, app, grants) as slip, writing(path) as begin:
        export.write(begin)
        ledger.note(slip)


def _read_moment(text: str) -> str:
    found = moment(text)
    if found is None:
        what = f"{text[:40]!r} is not a moment"
        raise Malformed(Problem("since", what, "write it as 2026-11-20, or as 2026-11-20T08:45:00Z"))
    return found


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _reader(desk: Desk, holder: Holder) -> DistrictReader:
    if holder.credential.dialect != "oneroster":
        hint = "make one with `rollbook apps key APP oneroster --estab NUMBER`"
        raise NotHeld(Problem("key", f"is for {holder.credential.dialect}", hint))
    found = next(iter(desk.readers.for_holder(holder)), None)
    if found is None:
        raise NotHeld(Problem("key", "no school shares anything with its app", "ask the schools to grant it"))
    return found
