"""How long what is kept, by rule, and what went when by which: a school's, a district's or the hub's own."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import NamedTuple

from ...model.organisation import School
from ...model.students import Student
from ..references import key_of
from .asides import LISTED, Asides, SetAside
from .erasures import STAYS
from .settings import RESTORED, Settings
from .statements import Statements

HUB = 0
"""The district of rules that are the hub's own."""

_OLD = {
    "runs": ("source_run", "ended"),
    "write-backs": ("writeback", "at"),
    "reviews": ("review", "decided"),
}
"""Tables of records of which rows go that are of before a moment, with the column that says when they are of."""

ASIDE, DATA = "set aside", "source data"
"""What is kept of sources by name: lists of rows set aside, and what they asked to keep."""

# What a source is read with (`STAYS`) is nothing that it said.
_UNREAD = (
    "source_file WHERE district = :district AND name NOT LIKE :stays AND name <> :listed AND NOT EXISTS (SELECT 1"
    " FROM sync WHERE sync.district = source_file.district AND sync.source = source_file.source AND sync.at >= :before)"
)


def _unread(district: int, before: str) -> dict[str, int | str]:
    return {"district": district, "stays": f"{STAYS}%", "listed": LISTED, "before": before}


class Rule(NamedTuple):
    """After how many days something goes, at a school (hub id) or, where that is blank, in the whole district."""

    district: int
    school: str
    what: str
    days: int


class Went(NamedTuple):
    """How much went by a rule, and when (UTC)."""

    at: str
    rule: Rule
    gone: int


class Retention(Statements):
    """How long what is kept."""

    def rules(self) -> list[Rule]:
        """All rules."""
        return [Rule(*row) for row in self._rows("SELECT district, school, what, days FROM retention ORDER BY 1, 2, 3")]

    def put(self, rule: Rule, by: str, at: str) -> None:
        """Make a rule, or change one."""
        self._do(
            "INSERT INTO retention (district, school, what, days, made_by, made) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (district, school, what) DO UPDATE SET days = excluded.days, made_by = excluded.made_by,"
            " made = excluded.made",
            (*rule, by, at),
        )

    def drop(self, rule: Rule) -> None:
        """Let a rule hold no longer."""
        self._do("DELETE FROM retention WHERE district = ? AND school = ? AND what = ?", rule[:3])

    def went(self, one: Went) -> None:
        """Write down what went by a rule."""
        district, school, what, days = one.rule
        self._do(
            "INSERT INTO retention_run (district, at, school, what, days, gone) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (district, at, school, what) DO UPDATE SET gone = excluded.gone",
            (district, one.at, school, what, days, one.gone),
        )

    def runs(self, most: int) -> list[Went]:
        """What went by which rule, the latest first."""
        asked = "SELECT at, district, school, what, days, gone FROM retention_run ORDER BY at DESC, 2, 3, 4 LIMIT ?"
        return [Went(at, Rule(*rule), gone) for at, *rule, gone in self._rows(asked, (most,))]

    def last(self) -> str:
        """When anything last went, or was looked for."""
        return self._value("SELECT max(at) FROM retention_run") or ""

    # ---- of whom

    def leavers(self, district: int, school: str, before: str) -> list[str]:
        """The students (hub ids) of a school, or of all, who left before a day."""
        at = f" AND school = {key_of(School, ':district', ':school')}" if school else ""
        return self._values(
            f"SELECT id FROM {Student.table} WHERE district = :district AND leaving_date < :before{at} ORDER BY key",
            {"district": district, "before": before, "school": school},
        )

    def stay(self, district: int, persons: Collection[str], before: str) -> frozenset[str]:
        """Those of some humans (hub ids) who are somebody still: in another role, or at another school."""
        those = f"SELECT p.key FROM person p WHERE p.district = :district AND p.id {self._in(':persons')}"
        still = (
            "SELECT person FROM staff WHERE district = :district UNION ALL SELECT person FROM contact"
            " WHERE district = :district UNION ALL SELECT person FROM student WHERE district = :district"
            " AND (leaving_date IS NULL OR leaving_date >= :before)"
        )
        found = f"SELECT id FROM person WHERE district = :district AND key IN ({those}) AND key IN ({still})"
        values = {"district": district, "persons": json.dumps(sorted(persons)), "before": before}
        return frozenset(self._values(found, values))

    # ---- what

    def old(self, what: str, district: int, before: str) -> int:
        """How many rows, or data sets of sources, there are of before a moment (UTC)."""
        if what == ASIDE:
            return sum(len(old) for old, _ in self._asides(district, before).values())
        if what == DATA:
            return self._value(f"SELECT count(*) FROM {_UNREAD}", _unread(district, before))
        table, column = _OLD[what]
        return self._value(f"SELECT count(*) FROM {table} WHERE district = ? AND {column} < ?", (district, before))

    def drop_old(self, what: str, district: int, before: str) -> int:
        """Delete them; gives how many there were."""
        if what == ASIDE:
            return self._drop_asides(district, before)
        if what == DATA:
            count = self.old(what, district, before)
            self._do(f"DELETE FROM {_UNREAD}", _unread(district, before))
            return count
        table, column = _OLD[what]
        count = self.old(what, district, before)
        self._do(f"DELETE FROM {table} WHERE district = ? AND {column} < ?", (district, before))
        return count

    def _asides(self, district: int, before: str) -> dict[str, tuple[list[SetAside], list[SetAside]]]:
        """By source, what was set aside before a moment, and what since."""
        listed = "SELECT source FROM source_file WHERE district = ? AND name = ? ORDER BY source"
        every = {one: self._lists.of_source(district, one) for one in self._values(listed, (district, LISTED))}
        return {
            source: ([row for row in rows if row.at < before], [row for row in rows if row.at >= before])
            for source, rows in every.items()
        }

    def _drop_asides(self, district: int, before: str) -> int:
        gone = 0
        for source, (old, since) in self._asides(district, before).items():
            if old:
                self._lists.keep(district, source, since)
                gone += len(old)
        return gone

    @property
    def _lists(self) -> Asides:
        return Asides(self._connection)

    def old_stones(self, district: int, before: str) -> int:
        """How much the history tells of before a moment (UTC)."""
        return self._value("SELECT count(*) FROM history WHERE district = ? AND at < ?", (district, before))

    def drop_stones(self, district: int, before: str, most: int) -> int:
        """Delete the oldest of it, and note that whoever has not asked since has to read everything again."""
        last = "SELECT max(seq) FROM (SELECT seq FROM history WHERE district = ? AND at < ? ORDER BY seq LIMIT ?) old"
        upto = self._value(last, (district, before, most))
        if upto is None:
            return 0
        gone = self._value("SELECT count(*) FROM history WHERE district = ? AND seq <= ?", (district, upto))
        self._do("DELETE FROM history WHERE district = ? AND seq <= ?", (district, upto))
        settings = Settings(self._connection, lambda: 0.0)
        gaps = [gap for gap in settings.gaps() if gap.at]
        cut = max([upto, *(gap.jump for gap in settings.gaps() if not gap.at)])
        settings.put(RESTORED, json.dumps([[0, cut, "", before], *gaps]))
        return gone
